"""Lines that clients and ticket systems draw between the answer and what they put below it."""

import re

from bridge.letters.normal import lowered

_ORIGINAL = (
    # "original message" and "forwarded message" as clients print them between dashes
    "original message|original text|original mail|original e-mail|original email|original appointment|forwarded message|"
    "forwarded by|begin forwarded message|message transferred|ursprüngliche nachricht|ursprungliche nachricht|originalnachricht|"
    "original-nachricht|original nachricht|ursprüngliche mail|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|"
    "weitergeleitet von|message d'origine|message original|message d’origine|message d'origine|message initial|message transféré|"
    "message transmis|début du message transféré|début du message réexpédié|message réexpédié|mensaje original|"
    "mensaje reenviado|inicio del mensaje reenviado|mensaje original de|messaggio originale|messaggio inoltrato|"
    "inizio messaggio inoltrato|messaggio inviato|mensagem original|mensagem encaminhada|início da mensagem encaminhada|"
    "início da mensagem reencaminhada|mensagem reencaminhada|oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|"
    "doorgestuurd bericht|begin doorgestuurd bericht|ursprungligt meddelande|originalmeddelande|vidarebefordrat meddelande|"
    "vidarebefordrat brev|vidarebefordrat mejl|oprindelig meddelelse|original meddelelse|original besked|videresendt meddelelse|"
    "videresendt besked|videresendte besked|start på videresendt besked|opprinnelig melding|original melding|videresendt melding|"
    "alkuperäinen viesti|välitetty viesti|edelleenlähetetty viesti|wiadomość oryginalna|oryginalna wiadomość|"
    "wiadomość przekazana dalej|przekazana wiadomość|wiadomość przekazywana|treść przekazanej wiadomości|"
    "původní zpráva|původní e-mail|přeposlaná zpráva|přeposlaný e-mail|začátek přeposílané zprávy|pôvodná správa|preposlaná správa|eredeti üzenet|"
    "továbbított üzenet|továbbított levél|mesaj original|mesajul original|mesaj redirecționat|mesaj trimis mai departe|оригинално съобщение|препратено съобщение|"
    "исходное сообщение|оригинальное сообщение|пересылаемое сообщение|пересланное сообщение|переадресованное сообщение|начало переадресованного сообщения|"
    "первоначальное сообщение|початкове повідомлення|оригінальне повідомлення|вихідне повідомлення|переслане повідомлення|"
    "αρχικό μήνυμα|προωθημένο μήνυμα|orijinal mesaj|özgün ileti|özgün mesaj|iletilen mesaj|iletilmiş mesaj|yönlendirilmiş ileti|"
    "الرسالة الأصلية|رسالة أصلية|الرسالة الأصلية|رسالة معاد توجيهها|رسالة محولة|הודעה מקורית|הודעה שהועברה|ההודעה המקורית|پیام اصلی|پیام ارسال شده|"
    "ข้อความต้นฉบับ|ข้อความที่ส่งต่อ|thư gốc|tin nhắn gốc|thư được chuyển tiếp|tin nhắn được chuyển tiếp|"
    "pesan asli|pesan terusan|mesej asal|mesej dimajukan|原始邮件|原邮件|转发邮件|转发的邮件|原始郵件|轉寄郵件|轉寄的郵件|原始信件|转发的信息|被转发邮件信息|原始訊息|"
    "元のメッセージ|元のメール|転送されたメッセージ|転送メッセージ|転送先|転送者|원본 메시지|원본 메일|원본메일|전달된 메시지|algne kiri|edastatud kiri|algsõnum|"
    "sākotnējais ziņojums|pārsūtītais ziņojums|pradinis laiškas|persiųstas laiškas|persiunčiamas laiškas|izvirno sporočilo|posredovano sporočilo|"
    "izvorna poruka|proslijeđena poruka|originalna poruka|prosleđena poruka|оригинална порука|прослеђена порука|missatge original|missatge reenviat|"
    "mensaxe orixinal|jatorrizko mezua|upprunaleg skilaboð|मूल संदेश|mesazhi origjinal|originalnachricht von|ende der weitergeleiteten nachricht|"
    "end of forwarded message|message cité|quoted message|previous message|réponse au message de|pôvodný e-mail|originele bericht|izvirno sporočilo|eredeti e-mail|nachricht von|antwort auf"
)
_BEGINS_FORWARD = (
    "begin forwarded message|anfang der weitergeleiteten nachricht|début du message transféré|début du message réexpédié|"
    "inicio del mensaje reenviado|inizio messaggio inoltrato|início da mensagem encaminhada|início da mensagem reencaminhada|"
    "begin doorgestuurd bericht|vidarebefordrat brev|start på videresendt besked|videresendt melding|välitetty viesti alkaa|"
    "początek przekazywanej wiadomości|začátek přeposílané zprávy|začiatok preposlanej správy|továbbított levél kezdete|"
    "початок переспрямованого повідомлення|начало переадресованного сообщения|iletilen mesajın başı|αρχή προωθημένου μηνύματος|"
    "下面是被转发的邮件|開始轉寄郵件|転送されたメッセージの始まり|転送されたメッセージ|전달된 메시지 시작|بداية الرسالة المعاد توجيهها|תחילת ההודעה שהועברה"
)
_PREVIOUS = (
    # what forums put above the posts that they repeat
    "previous replies|previous discussion|bisherige antworten|vorherige antworten|réponses précédentes|respuestas anteriores|respuestas previas|"
    "risposte precedenti|respostas anteriores|vorige antwoorden|eerdere antwoorden|tidigare svar|tidligere svar|aiemmat vastaukset|poprzednie odpowiedzi|"
    "předchozí odpovědi|предыдущие ответы|попередні відповіді|önceki yanıtlar|之前的回复|以前の返信|이전 댓글"
)
_TITLES = re.compile(
    r"(?:" + "|".join(re.escape(title) for title in sorted(set(_ORIGINAL.split("|")), key=len, reverse=True)) + ")"
)
_FRAME = re.compile(
    r"^[\s>|*]{0,8}[-_=*~—–─]{2,}\s{0,9}[*_]{0,3}(?P<title>[^\n]{3,100}?)\s{0,9}(?:[-_=*~—–─:：]{2,}|[:：]?[\s*_]{0,9}$)"
)
_RULE = re.compile(r"^[\s*]{0,8}(?:[-_=~*#+·•—–─━═‐‑‒―]\s?){3,}[\s*]{0,8}$")
_MIN_TITLE, _MAX_TITLE = 4, 140
_MAX_RULE = 400
_FRAMES = frozenset("-_=~—–─")
_FRAMED = re.compile(r"^([-_=~—–─])\1{2,} ?[^\W\d_][^\n]{2,80}? ?\1{3,}$")
_FORWARDS = frozenset((_BEGINS_FORWARD + "|" + _PREVIOUS).split("|"))


def is_rule(line: str) -> bool:
    """Whether a line is nothing but a drawn line of at least three signs."""
    return len(line) < _MAX_RULE and _RULE.match(line) is not None


def is_original_title(line: str) -> bool:
    """Whether a line announces the original or a forwarded mail ("-----Original Message-----"), or begins with that."""
    text = line.strip()[:_MAX_TITLE]
    if len(text) < _MIN_TITLE:
        return False
    if lowered(text).strip(" *_:：") in _FORWARDS:
        return True
    framed = _FRAME.match(text) if text[0] in "-_=*~—–─>|" else None
    return framed is not None and _TITLES.search(lowered(framed["title"])) is not None


def is_framed(line: str) -> bool:
    """Whether a line is a title between drawn lines, as only programs write them."""
    text = line.strip()
    return len(text) < _MAX_TITLE and text[:1] in _FRAMES and _FRAMED.match(text) is not None
