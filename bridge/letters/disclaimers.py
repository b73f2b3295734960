"""Paragraphs that servers, scanners and lists add: disclaimers, warnings, virus notes, list footers."""

import re

from ahocorasick_rs import AhoCorasick, MatchKind

_CERTAIN = (
    # phrases that stand in nobody's own answer
    "if you have received this e-mail in error|if you have received this email in error|if you have received this message in error|if you received this email in error|"
    "if you received this e-mail in error|if you received this message in error|if you have received this communication in error|if you have received this transmission in error|"
    "if you are not the intended recipient|if you are not the named addressee|if you are not the addressee|if you are not the intended addressee|intended recipient|named addressee|"
    "intended only for the|intended solely for the|for the sole use of|for the exclusive use of|for the use of the individual|may contain confidential|may contain privileged|contains confidential|"
    "contains information that is confidential|is confidential and|are confidential and|confidential and may|confidential and/or|confidential and intended|privileged and confidential|confidentiality notice|legally privileged|"
    "any unauthorized review|unauthorised use|unauthorized use|unauthorized copying|unauthorised copying|unauthorized disclosure|dissemination, distribution|distribution or copying|disclosure, copying|"
    "virus-free|virus free|checked for viruses|scanned for viruses|swept by|swept for viruses|scanned by|free from viruses|free of viruses|protected by antivirus|avast antivirus|avast logo|www.avast.com|www.avg.com|checked by avg|no virus found|this email has been scanned|this e-mail has been scanned|"
    "this message has been scanned|messagelabs|mimecast|mailscanner|consider the environment|think before you print|think of the environment|before printing this|do you really need to print|save paper|"
    "originated from outside|originated outside|external email|external e-mail|external sender|this email is from outside|came from outside|sent from outside|this message is from an external|you don't often get email from|learn why this is important|"
    "do not click links|do not click on links|do not click any links|be cautious with links|exercise caution|unless you recognize the sender|"
    "views expressed in this|views or opinions expressed|views or opinions presented|opinions expressed in this|no liability for|accepts no liability|accept no liability|accepts no responsibility|cannot accept liability|"
    "vertrauliche informationen|vertrauliche und|vertraulich und|vertrauliche oder rechtlich|enthält vertrauliche|enthaelt vertrauliche|enthalten vertrauliche|rechtlich geschützte|irrtümlich erhalten|irrtuemlich erhalten|nicht der richtige adressat|"
    "nicht der vorgesehene empfänger|nicht der beabsichtigte empfänger|nicht der angegebene empfänger|nicht der bestimmungsgemäße|nicht der adressat|bestimmten empfänger|unerlaubte kopieren|unbefugte weitergabe|unbefugte weiterleitung|ausschließlich für den adressaten|ausschliesslich für den adressaten|"
    "vernichten sie diese|löschen sie diese e-mail|denken sie an die umwelt|an die umwelt, bevor|vor dem ausdrucken|vor dem drucken|umwelt zuliebe|diese e-mail ausdrucken|diese mail ausdrucken|diese nachricht ausdrucken|externe e-mail|von einem externen absender|von außerhalb|von ausserhalb der organisation|auf viren geprüft|auf viren überprüft|virenfrei|"
    "ce message et toutes les pièces jointes|ce message et ses pièces jointes|ce courriel et ses pièces jointes|ce message est confidentiel|contient des informations confidentielles|informations confidentielles|si vous avez reçu ce message par erreur|si vous avez reçu ce courriel par erreur|reçu ce message par erreur|n'êtes pas le destinataire|"
    "pensez à l'environnement|avant d'imprimer|n'imprimez ce|intention exclusive de|usage exclusif du destinataire|courriel externe|provient de l'extérieur|expéditeur externe|exempt de virus|garantie sans virus|absence de virus|"
    "este mensaje y sus adjuntos|este correo electrónico y|información confidencial|informacion confidencial|si usted no es el destinatario|si no es el destinatario|si no es usted el destinatario|si ha recibido este mensaje por error|si ha recibido este correo por error|si recibe este mensaje por error|recibido por error|"
    "antes de imprimir|cuide el medio ambiente|medio ambiente|uso exclusivo del destinatario|exclusivamente a su destinatario|dirigido exclusivamente|libre de virus|aviso legal|protección de datos de carácter|correo externo|remitente externo|"
    "le informazioni contenute in|questo messaggio e|questa e-mail e|se avete ricevuto questo|se ha ricevuto questo|se ricevete questo|ricevuto per errore|ricevuta per errore|uso esclusivo del destinatario|informazioni riservate|informazioni confidenziali|d.lgs. 196|d. lgs. 196|prima di stampare|privo di virus|regolamento ue 2016/679|"
    "esta mensagem e|este e-mail e|informações confidenciais|informação confidencial|se você recebeu esta mensagem por engano|se recebeu esta mensagem por engano|recebeu esta mensagem por engano|recebeu este e-mail por engano|recebeu esta mensagem por erro|não é o destinatário|uso exclusivo do destinatário|livre de vírus|sem vírus|antes de imprimir|pense no ambiente|meio ambiente|"
    "dit bericht is uitsluitend|dit e-mailbericht is|deze e-mail is uitsluitend|vertrouwelijke informatie|niet de beoogde ontvanger|niet de geadresseerde|uitsluitend bestemd voor|ten onrechte ontvangen|abusievelijk ontvangen|per abuis|aan deze e-mail kunnen geen rechten|denk aan het milieu|bespaar papier|disclaimer op|externe afzender|"
    "detta meddelande kan innehålla|konfidentiell information|inte är avsedd mottagare|avsedd mottagare|fått detta meddelande av misstag|fått detta mail av misstag|tänk på miljön|innan du skriver ut|extern avsändare|utanför organisationen|behandlar dina personuppgifter|virusfri|"
    "denne e-mail kan indeholde|denne e-mail er|fortrolige oplysninger|ikke er rette modtager|modtaget denne e-mail ved en fejl|modtaget denne mail ved en fejl|fortrolig information|tænk på miljøet|"
    "denne e-posten|konfidensiell informasjon|taushetsbelagt|ikke er rette mottaker|mottatt denne e-posten ved en feil|tenk på miljøet|før du skriver ut|"
    "tämä viesti on tarkoitettu|luottamuksellista tietoa|luottamuksellinen|ette ole viestin|oikea vastaanottaja|säästä paperia|ajattele ympäristöä|viestin tietosuoja|"
    "niniejsza wiadomość|wiadomość ta|ta wiadomość|treść tej wiadomości|informacje poufne|poufne informacje|nie jest adresatem|nie jesteś adresatem|nie są państwo adresatem|zamierzonym odbiorcą|otrzymali tę wiadomość omyłkowo|omyłkowo|otrzymania jej przez pomyłkę|przez pomyłkę|zanim wydrukujesz|pomyśl o środowisku|wolny od wirusów|administratorem danych osobowych|administratorem państwa danych|klauzula informacyjna|rodo|"
    "tato zpráva|tento e-mail|tento email|důvěrné informace|nejste zamýšleným|nejste-li adresátem|nejste-li zamýšleným|obdrželi omylem|omylem|než vytisknete|před vytištěním|neobsahuje viry|životní prostředí|"
    "táto správa|dôverné informácie|nie ste zamýšľaným|nie ste adresátom|pred vytlačením|životné prostredie|"
    "bizalmas információ|nem ön a címzett|tévedésből kapta|tévesen kapta|kizárólag a címzett|mielőtt kinyomtatja|vírusmentes|"
    "acest mesaj este|informații confidențiale|informatii confidentiale|nu sunteți destinatarul|nu sunteti destinatarul|din greșeală|înainte de a tipări|gândiți-vă la mediu|"
    "това съобщение|поверителна информация|не сте адресат|получили по грешка|преди да отпечатате|"
    "данное сообщение|это сообщение|настоящее сообщение|конфиденциальную информацию|конфиденциальная информация|не являетесь адресатом|не являетесь получателем|получили по ошибке|по ошибке|прежде чем печатать|проверено на вирусы|без вирусов|антивирус|"
    "це повідомлення|конфіденційну інформацію|не є адресатом|отримали помилково|перевірено на віруси|"
    "το παρόν μήνυμα|εμπιστευτικές πληροφορίες|δεν είστε ο παραλήπτης|εκ παραδρομής|πριν εκτυπώσετε|χωρίς ιούς|"
    "bu e-posta|bu mesaj ve|bu ileti|gizli bilgi|gizlidir|yanlışlıkla aldıysanız|yanlışlıkla size|alıcısı değilseniz|yasal uyarı|yazdırmadan önce|çevreyi düşünün|"
    "هذه الرسالة|معلومات سرية|إذا استلمت هذه|عن طريق الخطأ|المرسل إليه|הודעה זו|מידע חסוי|אינך הנמען|בטעות|"
    "本邮件|本电子邮件|机密信息|如果您不是|收件人以外|误收|保密|本郵件|機密資訊|誤收|本メールは|機密情報|誤って|この電子メール|機密が含まれ|本 메일은|본 메일|기밀|잘못 수신|수신인이 아닌|"
    "thông tin bí mật|nếu bạn không phải là người nhận|email ini dan|informasi rahasia|bukan penerima|e-mel ini|maklumat sulit"
)
_UNSURE = frozenset(
    # phrases of the list above that also stand in ordinary answers: they count only in company of another
    "omylem|по ошибке|בטעות|هذه الرسالة|عن طريق الخطأ|omyłkowo|przez pomyłkę|rodo|questo messaggio e|questa e-mail e|esta mensagem e|este e-mail e|"
    "este correo electrónico y|medio ambiente|meio ambiente|tato zpráva|tento e-mail|tento email|táto správa|denne e-mail er|denne e-posten|ta wiadomość|wiadomość ta|acest mesaj este|това съобщение|"
    "это сообщение|данное сообщение|це повідомлення|bu e-posta|bu mesaj ve|bu ileti|本邮件|本电子邮件|如果您不是|保密|本郵件|本メールは|誤って|이 메일|본 메일|기밀|dit e-mailbericht is|din greșeală|per abuis|email ini dan|e-mel ini|"
    "scanned by|recibido por error|ricevuto per errore|no virus found|virus free|virus-free|swept by|save paper|external email|externe e-mail|luottamuksellinen|gizli bilgi|gizlidir|intended recipient|"
    "é confidencial|confidential and|is confidential and|are confidential and|vertraulich und|vertrauliche und|vertrauliche informationen|vertrouwelijke informatie|información confidencial|informacion confidencial|"
    "informações confidenciais|informação confidencial|informacje poufne|poufne informacje|důvěrné informace|informations confidentielles|antes de imprimir|vor dem drucken|exercise caution|životní prostředí|životné prostredie|антивирус|"
    "contains confidential|scanned for viruses|checked for viruses|von außerhalb|sent from outside|came from outside|prima di stampare|pred vytlačením|aviso legal|по грешка|المرسل إليه|机密信息|機密情報|機密資訊".split(
        "|"
    )
)
_WEAK = (
    "confidential|recipient|addressee|disclose|dissemination|unauthorized|unauthorised|prohibited|attachments|delete this|notify the sender|liability|viruses|vertraulich|empfänger|absender|"
    "weitergabe|löschen|haftung|destinataire|confidentiel|expéditeur|destinatario|confidencial|remitente|riservat|mittente|destinatári|remetente|vertrouwelijk|geadresseerde|afzender|mottagare|"
    "avsändare|modtager|afsender|poufn|adresat|nadawc|důvěrn|příjemc|odesílatel|címzett|feladó|confiden|destinatar|адресат|отправител|получател|конфиденц|відправник|gizli|alıcı|gönderen|سري|المرسل|"
    "privileged|strictly|print|environment|e-mail|email|message|nachricht|mensaje|messaggio|mensagem|bericht|wiadomość|сообщение"
)
_TITLES = (
    "disclaimer|confidentiality notice|confidentiality|caution|warning|notice|important notice|legal notice|legal disclaimer|privacy notice|haftungsausschluss|rechtlicher hinweis|wichtiger hinweis|"
    "hinweis|achtung|avertissement|attention|avis de confidentialité|aviso legal|aviso de confidencialidad|aviso|avvertenza|avviso di riservatezza|nota de confidencialidade|aviso de confidencialidade|vertrouwelijkheid|"
    "varning|observera|advarsel|bemærk|huomio|varoitus|uwaga|zastrzeżenie|upozornění|upozornenie|figyelem|figyelmeztetés|atenție|внимание|увага|предупреждение|προσοχή|uyarı|yasal uyarı|تنبيه|تحذير|אזהרה|注意|警告|免责声明|免責聲明|주의|"
    "external|extern|externe|externo|esterno|ekstern|ulkoinen|zewnętrzny|externí|külső|внешнее письмо|exterior|external email|[external]|[extern]|[ext]"
)
_FOOTER = (
    "to unsubscribe|unsubscribe from|to stop receiving|you received this message because|you are receiving this because|you received this email because|you are subscribed to|mailing list|visit this group at|"
    "for more options, visit|to post to this group|to view this discussion|visit the topic|view it on github|mute the thread|manage your subscription|to unsubscribe from|reply to this email directly|"
    "yahoo! groups|yahoo groups|google groups|do you yahoo|mail.yahoo.com|listinfo|to leave this list|list archive|abmelden von|um sich abzumelden|abbestellen|se désabonner|vous désabonner|cancelar la suscripción|cancelar suscripción|darse de baja|"
    "annullare l'iscrizione|cancelar inscrição|cancelar a inscrição|afmelden|uitschrijven|avregistrera|afmeld|avmeld|wypisać się|odhlásit|leiratkoz|dezabon|отписаться|отказаться от|відписатися|κατάργηση εγγραφής|abonelikten|退订|取消订阅|取消訂閱|登録解除|配信停止|수신거부|"
    "get your free|join the millions|sign up for|msn hotmail|hotmail.com|windows live|express yourself|free email|do more with|learn more about windows|send instant messages|is your pc infected|find local movie|get a sneak peek|"
    "this message was sent to|this email was sent to|was sent using|ticket details|powered by|help.zendesk|zendesk, inc|freshdesk|delivered by|service, powered"
)
_LEADING_TITLE = re.compile(
    r"^[\W_]{0,12}(?:"
    + "|".join(re.escape(title) for title in sorted(_TITLES.split("|"), key=len, reverse=True))
    + r")[\W_]{0,3}(?:[:!：！\])]|$)"
)
_CERTAIN_WORTH, _UNSURE_WORTH, _TITLE_WORTH, _ENOUGH = 3, 2, 2, 4
_MAX_WEAK = 3
_MAX_PARAGRAPH = 4000


def _weighed() -> tuple[AhoCorasick, tuple[int, ...]]:
    """All phrases in one automaton, and what each is worth."""
    worth = (
        dict.fromkeys(_WEAK.split("|"), 1)
        | dict.fromkeys(_CERTAIN.split("|"), _CERTAIN_WORTH)
        | dict.fromkeys(_UNSURE, _UNSURE_WORTH)
    )
    return AhoCorasick(list(worth), matchkind=MatchKind.Standard), tuple(worth.values())


_PHRASES, _WORTH = _weighed()
_FOOTERS = AhoCorasick(_FOOTER.split("|"), matchkind=MatchKind.Standard)


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph, its lines joined by single spaces, is a legal, environmental, virus or outside-sender note."""
    plain = _plain(paragraph)
    found = {place for place, _, _ in _PHRASES.find_matches_as_indexes(plain, overlapping=True)}
    worths = [_WORTH[place] for place in found]
    strong = sum(worth for worth in worths if worth > 1)
    title = _TITLE_WORTH if _LEADING_TITLE.match(plain) else 0
    return bool(strong or title) and strong + title + min(worths.count(1), _MAX_WEAK) >= _ENOUGH


def is_banner(paragraph: str) -> bool:
    """Whether a paragraph above the answer is a mail server's warning about an outside sender."""
    return is_disclaimer(paragraph)


def is_footer(paragraph: str) -> bool:
    """Whether a paragraph is a mailing list's, free mailer's or ticket system's footer; only looked at where a text ends."""
    return bool(_FOOTERS.find_matches_as_indexes(_plain(paragraph)))


def _plain(paragraph: str) -> str:
    return paragraph[:_MAX_PARAGRAPH].casefold().replace("’", "'").replace("*", "")
