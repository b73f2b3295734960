"""Receipts of ticket systems, news of a ticket's state, and surveys."""

RECEIPT_SUBJECTS = (
    "we have received your", "we've received your", "we received your", "your request has been received", "your message has been received",
    "your email has been received", "your ticket has been", "your request has been", "your case has been", "ticket created",
    "ticket received", "ticket opened", "new ticket", "new support ticket", "request received", "case created", "case received",
    "new case", "acknowledgement", "acknowledgment", "acknowledgement of receipt", "confirmation of receipt", "receipt confirmation",
    "thank you for contacting", "thanks for contacting", "thank you for your email", "thank you for your e-mail", "thank you for your message",
    "thank you for your enquiry", "thank you for your inquiry", "thank you for your request", "thanks for your email",
    "thanks for getting in touch", "thanks for reaching out", "support request received", "how did we do", "how would you rate",
    "rate your experience", "rate our service", "rate the support", "customer satisfaction survey", "satisfaction survey",
    "tell us how we did", "we'd love your feedback", "your feedback is important", "ticket closed", "ticket resolved", "case closed",
    "your ticket is closed", "issue resolved", "eingangsbestätigung", "empfangsbestätigung", "e-mail empfangsbestätigung", "ihre anfrage bei",
    "ihre anfrage ist eingegangen", "wir haben ihre anfrage erhalten", "wir haben ihre nachricht erhalten", "bestätigung ihrer anfrage",
    "bestätigung ihres", "vielen dank für ihre anfrage", "vielen dank für ihre nachricht", "vielen dank für ihre e-mail", "ihr ticket",
    "kundenzufriedenheit", "ihre meinung ist uns wichtig", "accusé de réception", "accusé réception", "confirmation de réception",
    "nous avons bien reçu", "votre demande a été", "votre demande a bien été", "enquête de satisfaction", "votre avis nous intéresse",
    "acuse de recibo", "confirmación de recepción", "hemos recibido su", "hemos recibido tu", "su solicitud ha sido", "encuesta de satisfacción",
    "recebemos a sua", "recebemos sua", "recebemos o seu", "confirmação de recebimento", "confirmação de receção", "aviso de recebimento",
    "pesquisa de satisfação", "conferma di ricezione", "conferma ricezione", "abbiamo ricevuto la", "la tua richiesta è stata",
    "la sua richiesta è stata", "ontvangstbevestiging", "bevestiging van ontvangst", "wij hebben uw", "we hebben uw", "uw aanvraag",
    "mottagningsbekräftelse", "bekräftelse på mottaget", "vi har tagit emot", "mottagningskvittens", "kvittering for modtagelse",
    "bekræftelse på modtagelse", "vi har modtaget", "vi har mottatt", "mottaksbekreftelse", "vastaanottokuittaus",
    "vastaanottovahvistus", "viestisi on vastaanotettu", "potwierdzenie otrzymania", "potwierdzenie przyjęcia", "potwierdzenie odbioru",
    "otrzymaliśmy", "potvrzení přijetí", "potvrzení o přijetí", "potvrdenie prijatia", "visszaigazolás", "átvételi elismervény",
    "confirmare de primire", "am primit", "talebiniz alındı", "mesajınız alındı", "ваше обращение", "ваш запрос", "ваша заявка",
    "подтверждение получения", "мы получили ваш", "ваше звернення", "ваш запит", "потвърждение за получаване", "potvrda primitka",
    "potvrda prijema", "επιβεβαίωση λήψης", "אישור קבלה", "קיבלנו את פנייתך", "تأكيد استلام", "تم استلام", "受付完了", "受付確認",
    "お問い合わせありがとうございます", "お問い合わせを受け付け", "お問い合わせ受付", "受付のお知らせ", "收到您的", "已收到您的", "感谢您的来信", "您的请求", "您的工单",
    "感謝您的來信", "문의가 접수", "접수되었습니다", "접수 완료", "문의해 주셔서", "terima kasih telah menghubungi", "đã nhận được",
)  # fmt: skip
"""How subjects of receipts, of a ticket's state and of surveys begin."""

RECEIPTS = (
    "we have received your", "we've received your", "we received your", "has been received", "have received your", "confirm receipt of",
    "confirms receipt of", "confirm that we have received", "acknowledge receipt of", "acknowledges receipt of", "acknowledge your",
    "thank you for contacting", "thanks for contacting", "thank you for your email", "thank you for your e-mail",
    "thank you for your message", "thank you for your enquiry", "thank you for your inquiry", "thank you for your request", "thanks for your request",
    "thank you for submitting", "thanks for getting in touch", "thank you for getting in touch", "thank you for reaching out",
    "a ticket has been", "your ticket has been", "your request has been", "your case has been", "has been created",
    "has been opened", "has been assigned", "has been logged", "has been registered", "has been closed", "has been resolved", "has been solved",
    "wir haben ihre", "ist bei uns eingegangen", "ist eingegangen", "bestätigen den eingang", "bestätigen wir den eingang", "den eingang ihrer",
    "vielen dank für ihre", "herzlichen dank für ihre", "danke für ihre", "nous avons bien reçu", "bien reçu votre", "nous accusons réception",
    "merci de nous avoir contacté", "merci pour votre message", "merci pour votre demande", "votre demande a été", "votre demande a bien été", "hemos recibido", "ha sido recibid", "gracias por contactar",
    "gracias por su", "recebemos a sua", "recebemos sua", "recebemos o seu", "foi recebid", "obrigado por entrar em contato", "obrigado pelo seu contato",
    "abbiamo ricevuto", "è stata ricevuta", "è stato ricevuto", "grazie per averci contattato", "hebben uw", "hebben wij ontvangen",
    "in goede orde ontvangen", "bedankt voor uw", "dank voor uw", "vi har tagit emot", "har mottagits", "tack för ditt", "tack för att du",
    "vi har modtaget", "tak for din", "vi har mottatt", "takk for din", "takk for at du", "olemme vastaanottaneet", "on vastaanotettu",
    "kiitos viestistäsi", "kiitos yhteydenotostasi", "otrzymaliśmy", "została przyjęta", "została zarejestrowana", "dziękujemy za",
    "přijali jsme", "obdrželi jsme", "děkujeme za", "prijali sme", "ďakujeme za", "megkaptuk", "köszönjük", "am primit", "vă mulțumim",
    "alınmıştır", "alındı", "bize ulaştığınız için", "получили ваш", "получено", "зарегистрирован", "спасибо за обращение", "благодарим за обращение",
    "отримали ваш", "зареєстрован", "дякуємо за звернення", "получихме", "благодарим ви", "zaprimili smo", "primili smo", "prejeli smo", "λάβαμε",
    "קיבלנו את", "התקבלה", "تم استلام", "لقد تلقينا", "受け付け", "受付", "お問い合わせいただき", "お問い合わせありがとう", "已收到", "收到您的", "感谢您的", "感謝您的",
    "접수되었습니다", "문의해 주셔서", "telah kami terima", "kami telah menerima", "đã nhận được",
)  # fmt: skip
"""Thanks and receipts: agents say so too, so that they count only beside a promise and a number."""

PROMISES = (
    "in response to the creation of", "we opened ticket", "we have opened ticket", "opened your ticket", "been assigned ticket",
    "been assigned the number", "assigned the following number", "trouble ticket", "ticket number", "ticket id", "ticket no", "case number", "case id", "reference number", "request number", "your reference", "ticket #",
    "case #", "request #", "request (#", "ticket (#", "track the status", "view your ticket", "view your request", "status of your ticket",
    "status of your request", "subject line of all", "in the subject line", "add additional comments", "to add additional comments",
    "ticketnummer", "vorgangsnummer", "bearbeitungsnummer", "fallnummer", "im betreff", "numéro de ticket", "numéro de dossier",
    "número de ticket", "número de caso", "número de protocolo", "numero di ticket", "numero ticket", "ärendenummer", "sagsnummer", "saksnummer",
    "numer zgłoszenia", "číslo požadavku", "номер обращения",
    "under the number", "registered under", "logged it as", "logged as", "been logged", "opened a ticket", "a ticket has been created", "reviewed by our support",
    "an agent will respond", "an agent will get back", "to provide additional information", "unter der nummer", "unter der ticketnummer", "unter der vorgangsnummer",
    "numéro de demande", "sous le numéro", "enregistrée sous", "con el número", "número de solicitud", "registrada con", "sob o número",
    "número do chamado", "número do pedido", "con il numero", "numero della richiesta", "onder nummer", "zaaknummer", "med nummer",
    "fått nummer", "tikettinumero", "numerolla", "asianumero", "pod numerem", "numer sprawy", "pod číslem", "pod číslom",
    "evidován", "zaevidov", "számon", "azonosító", "cu numărul", "numărul solicitării", "kayıt numara", "talep numara", "под номером",
    "під номером", "с номер", "pod brojem", "με αριθμό", "αριθμός αιτήματος", "מספר פנייה", "מספר הפנייה", "رقم الطلب", "رقم التذكرة", "工单编号", "单号", "编号为",
    "案件編號", "티켓 번호", "nomor tiket", "mã yêu cầu", "номер заявки", "номер запроса", "受付番号", "お問い合わせ番号", "工单号", "접수번호",
)  # fmt: skip
"""Numbers and directions that a ticket system gives."""

SURVEYS = (
    "satisfaction survey", "rate your experience", "how would you rate", "rate the support you received", "rate this conversation",
    "take our survey", "take a short survey", "complete this survey", "short survey", "good, i'm satisfied",
    "bad, i'm unsatisfied", "kundenzufriedenheit", "kurze umfrage", "bewerten sie unseren", "enquête de satisfaction", "encuesta de satisfacción",
    "likely are you to recommend", "likely is it that you would recommend", "recommend us to a friend", "to a friend or colleague", "rate our service",
    "rate our support", "how did we do", "tell us how we did", "umfrage dauert", "an unserer umfrage", "bewerten sie unser", "wie zufrieden sind sie", "wie zufrieden waren sie",
    "auf einer skala von", "weiterempfehlen", "répondez à notre", "évaluez notre", "évaluez-vous", "quelle note", "sur une échelle de", "recommanderiez",
    "cómo calificaría", "responda a la encuesta", "conteste la encuesta", "recomendaría", "valore nuestra", "como avalia", "avalie o", "avalie a",
    "responda ao questionário", "ao nosso questionário", "recomendaria", "valuta l'assistenza", "valuta il servizio", "consiglieresti", "beoordeel onze", "beoordeel uw", "enquête duurt", "enquête in te", "invullen van de enquête",
    "hoe tevreden", "betygsätt", "enkäten", "hur nöjd", "bedøm vores", "besvar vores spørgeskema", "hvor tilfreds", "hvor fornøyd", "undersøkelsen tar", "arvioi palvelu",
    "vastaa kyselyyn", "kuinka tyytyväinen", "krótką ankietę", "wypełnij ankietę", "prosimy o ocenę", "jak oceniasz", "krátký dotazník", "ohodnoťte",
    "töltse ki a kérdőív", "értékelje", "completați chestionar", "vă rugăm să evaluați", "memnuniyet anketi", "anketi doldur", "değerlendirin", "пройдите опрос", "оцените работу",
    "опрос займ", "оцените, пожалуйста", "оцініть", "опитування", "заповніть анкету", "оценете", "βαθμολογήστε", "סקר שביעות", "דרגו את", "استبيان",
    "アンケートにご協力", "対応はいかが", "评价我们", "填写问卷", "問卷", "설문", "survei kepuasan", "khảo sát",
    "pesquisa de satisfação", "sondaggio", "klanttevredenheid", "оцените качество", "アンケート", "满意度调查", "만족도 조사",
)  # fmt: skip

STATES = (
    "ticket has been resolved", "ticket has been closed", "ticket was resolved", "ticket was closed", "ticket is closed", "request has been resolved",
    "request has been closed", "case has been resolved", "case has been closed", "closing this ticket", "closing this request", "closing your ticket",
    "close this ticket", "has been marked as resolved", "has been marked as solved", "changed its status", "ticket wurde gelöst",
    "wurde geschlossen", "wurde als gelöst", "anfrage wurde gelöst", "ticket a été fermé", "demande a été résolue",
    "demande a été clôturée", "demande a été fermée", "solicitud ha sido resuelta", "solicitud ha sido cerrada", "ticket se ha cerrado", "foi resolvid",
    "foi encerrad", "è stato chiuso", "è stata chiusa", "è stata risolta", "is gesloten", "is opgelost", "har stängts", "har lösts", "er lukket",
    "er blevet lukket", "er løst", "on suljettu", "on ratkaistu", "zostało zamknięte", "zostało rozwiązane", "byl uzavřen", "byl vyřešen", "bol uzavretý",
    "lezártuk", "a fost închis", "kapatılmıştır", "kapatıldı", "было закрыто", "закрыта", "закрито", "解決済み", "クローズ", "已关闭", "已解決", "已解决", "종료되었습니다",
)  # fmt: skip
"""News of a ticket's state; agents speak so too, so that they count only beside directions how to undo it."""

REOPENING = (
    "reopen", "re-open", "open it again", "has not been resolved", "not heard back from you", "automatically closed",
    "closed automatically", "erneut zu öffnen", "wieder zu öffnen", "wieder öffnen", "wiedereröffnen", "rouvrir", "réouvrir", "reabrir", "riaprire",
    "heropenen", "öppna igen", "genåbne", "gjenåpne", "avata uudelleen", "ponownie otworzyć", "znovu otevř", "znovu otvor", "újranyit", "redeschide",
    "yeniden aç", "открыть снова", "открыть повторно", "переоткрыть", "再オープン", "重新打开", "重新開啟", "다시 열",
)  # fmt: skip
"""How a ticket is opened again."""
