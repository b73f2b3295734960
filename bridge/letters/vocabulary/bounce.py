"""Failure and delay notices of mail servers: how their subjects begin and what their bodies say."""

SUBJECT_BEGINNINGS = (
    # en
    "undelivered mail", "undeliverable mail", "undeliverable message", "undeliverable email",
    "undelivered message", "returned mail", "returned message", "returned email",
    "mail returned", "message returned", "delivery status notification",
    "mail delivery failed", "mail delivery failure",
    "mail delivery error", "mail delivery problem", "mail delivery system", "mail delivery subsystem", "mail delivery report",
    "mail delivery status", "mail delivery warning", "mail delivery deferred", "mail delivery delayed", "mail failure",
    "mail system error", "mail status report", "mail could not be delivered", "mail not delivered",
    "mail undeliverable", "message undeliverable", "message delivery failure", "message delivery has failed",
    "message delivery failed", "message delivery error", "message delivery delayed", "message delivery status",
    "message could not be delivered", "message not delivered",
    "message you sent blocked", "message undelivered", "non delivery", "non-delivery",
    "nondeliverable mail", "nondelivery", "non-deliverable", "ndr", "ndn", "failure notice", "failure notification",
    "failed mail", "sorry, your message could not be delivered",
    "your message could not be delivered", "your mail could not be delivered", "your email could not be delivered",
    "email delivery failure",
    "email delivery failed", "e-mail delivery failure", "email delivery error", "email could not be delivered",
    "email not delivered", "blocked message", "rejected mail",
    "automatically rejected mail",
    "mailbox unavailable", "mailbox does not exist",
    "recipient rejected", "warning: could not send message", "warning: message",
    "warning - delayed mail", "warning: mail", "delayed mail",
    "postmaster notify", "postmaster warning", "bounced mail",
    "notice: mail delivery status", "notice: mail delivery",
    "mta-blocked", "unzustellbar",
    # de
    "unzustellbare nachricht", "unzustellbare mail", "unzustellbare e-mail", "nachricht nicht zustellbar",
    "zustellungsfehler", "zustellungsbenachrichtigung", "zustellbericht",
    "übermittlungsfehler", "unzustellbarkeitsbericht", "benachrichtigung zum übermittlungsstatus",
    "benachrichtung zum übermittlungsstatus", "benachrichtigung zum zustellstatus", "fehlgeschlagene zustellung",
    "ihre nachricht konnte nicht zugestellt werden", "nachricht konnte nicht zugestellt werden",
    # fr
    "message non remis", "message non distribué",
    "échec de la remise", "échec de la distribution", "échec de distribution", "échec d'envoi", "échec de remise",
    "notification d'état de remise", "notification de l'état de remise", "retard de remise", "mail non délivré",
    "courrier non distribué", "impossible de remettre", "avis de non-remise", "courriel non remis",
    "utilisateur non recensé",
    # es, ca, pt
    "mensaje no entregado",
    "correo no entregado", "correo devuelto", "mensaje devuelto", "fallo en la entrega",
    "notificación de estado de entrega", "notificación del estado de la entrega",
    "no s'ha pogut lliurar", "mensagem não entregue",
    "notificação de status de entrega", "notificação do estado de entrega", "e-mail devolvido",
    "mensagem devolvida",
    # it
    "non recapitabile", "messaggio non recapitabile", "impossibile recapitare", "mancato recapito",
    "messaggio non recapitato", "messaggio non consegnato", "notifica di stato consegna",
    "notifica sullo stato del recapito", "avviso di mancata consegna", "recapito non riuscito",
    # nl
    "onbestelbaar", "kan niet worden bezorgd", "bericht niet bezorgd",
    "kennisgeving van bezorgingsstatus", "bezorgingsfout",
    # sv, da, no, fi, et
    "olevererbart", "kunde inte levereras", "meddelandet kunde inte levereras",
    "meddelande om leveransstatus", "leveransstatus",
    "meddelelse om leveringsstatus", "uleverbar",
    "uleverlig", "toimitus epäonnistui", "viestiä ei voitu toimittaa", "toimittamaton", "toimitusvirhe",
    "ei saa kohale toimetada", "edastamine ebaõnnestus",
    # pl, cs, sk, hu, ro
    "niedostarczona", "niedostarczone", "nie można dostarczyć", "wiadomość niedostarczona", "błąd dostarczenia",
    "zwrot wiadomości", "powiadomienie o stanie dostarczenia", "wiadomosc odrzucona", "wiadomość odrzucona", "opóźnienie dostarczenia",
    "nedoručitelná", "nedoručená zpráva", "zpráva nebyla doručena", "selhání doručení",
    "oznámení o stavu doručení", "nedoručená správa", "zlyhanie doručenia", "kézbesíthetetlen",
    "kézbesítési hiba", "nem kézbesíthető", "sikertelen kézbesítés", "kézbesítési értesítés", "mesaj nelivrat",
    "imposibil de livrat", "eroare de livrare", "notificare privind starea livrării",
    # tr, ru, uk, bg, hr, sl, el
    "teslim durumu bildirimi", "ileti teslim edilemedi",
    "недоставленное сообщение", "ваше сообщение не доставлено", "сообщение не доставлено",
    "уведомление о состоянии доставки", "отчет о доставке", "недоставлене",
    "повідомлення не доставлено", "не вдалося доставити", "недоставено", "неуспешна доставка",
    "neuspjela isporuka", "nedostavljivo", "ni bilo dostavljeno", "neuspešna dostava",
    "αποτυχία παράδοσης", "μη παραδοθέν", "αδύνατη η παράδοση",
    # he, ar, ja, zh, ko, id, vi, th
    "לא ניתן למסירה", "הודעה שלא נמסרה", "כשל במסירה", "تعذر التسليم", "فشل التسليم", "لم يتم التسليم", "غير قابل للتسليم",
    "配信不能", "配信できません", "メッセージを配信できません", "配信エラー", "送信エラー", "配送エラー", "エラーメール", "メール配信エラー",
    "配信遅延", "宛先不明", "退信", "退信通知", "系统退信", "邮件退回", "邮件被退回", "傳遞失敗",
    "退件通知", "無法傳遞", "無法投遞", "传递失败", "递送失败", "传送失败", "배달되지 않음", "배달되지 못함", "배달 실패", "전송 실패",
    "반송된 메일", "메일 발송 실패", "발송실패",
    "thư không chuyển được", "ไม่สามารถนำส่ง",
)  # fmt: skip
"""A subject that is one of these or begins with one."""

SUBJECT_HINTS = (
    "undeliverable", "undelivered", "returned to sender", "return to sender", "delivery status", "delivery notification", "delivery failure",
    "delivery failed", "delivery report", "delivery problem", "delivery problems", "delivery error", "delivery delayed", "delivery delay",
    "delivery has failed", "delivery incomplete", "mail failed", "mail error", "mail rejected", "message rejected", "message blocked",
    "message status", "message failed", "message delayed", "failed delivery", "failed to deliver", "failed message", "could not deliver",
    "could not send message", "cannot deliver", "unable to deliver", "error sending", "email rejected", "rejected message", "rejected",
    "address not found", "user unknown", "unknown user", "unknown recipient", "mailbox full", "invalid recipient", "recipient unknown",
    "recipient not found", "quota exceeded", "over quota", "warning message", "delayed message", "delayed delivery", "delay", "postmaster", "bounce",
    "bounced", "bounce notification", "loop alert", "problem delivering", "problems delivering", "banned", "submission of mail", "relay denied",
    "status of your message", "nicht zustellbar", "zustellung fehlgeschlagen", "zustellfehler", "zustellung verzögert", "fehler beim senden",
    "nicht zugestellt", "non remis", "non remise", "non délivré", "non distribué", "erreur d'envoi", "utilisateur inconnu", "no se puede entregar",
    "no se ha podido entregar", "no se pudo entregar", "no entregado", "error de entrega", "fallo de entrega", "error en la entrega",
    "entrega retrasada", "não entregue", "não foi possível entregar", "falha na entrega", "falha de entrega", "falha no envio", "erro de entrega",
    "entrega atrasada", "não é possível entregar", "entrega adiada", "mancata consegna", "errore di consegna", "consegna ritardata", "niet bezorgd",
    "niet afgeleverd", "bezorging mislukt", "aflevering mislukt", "niet te bezorgen", "bezorging vertraagd", "ej levererat", "kan inte levereras",
    "leveransfel", "kan ikke leveres", "ikke leveret", "ikke levert", "kunne ikke leveres", "leveringsfejl", "leveringsfeil", "uleveret", "palautettu",
    "nedoručitelné", "nedoručeno", "nedoručiteľné", "nelivrat", "teslim edilemedi", "iletilemedi", "gönderilemedi", "недоставлено", "не доставлено",
    "ошибка доставки", "невозможно доставить", "помилка доставки", "nije isporučeno", "neisporučeno", "δεν παραδόθηκε", "不達", "无法投递", "未送达", "投递失败",
    "发送失败", "退件", "반송", "tidak terkirim", "gagal dikirim", "pengiriman gagal", "không gửi được", "không thể gửi", "ส่งไม่สำเร็จ", "ไม่สามารถส่ง",
)  # fmt: skip
"""Beginnings that customers who wait for a parcel use, too: the text must bear them out."""

COLON_HEADS = (
    "undeliverable", "undelivered", "unzustellbar", "nicht zustellbar", "non remis", "non distribuable", "no se puede entregar", "no entregado",
    "não entregue", "não é possível entregar", "non recapitabile", "onbestelbaar", "kan niet worden bezorgd", "olevererbart", "kan ikke leveres",
    "uleverlig", "toimittamaton", "nie można dostarczyć", "niedostarczona", "nedoručitelné", "nedoručiteľné", "kézbesíthetetlen", "nelivrabil",
    "teslim edilemedi", "не удается доставить", "недоставлено", "не вдалося доставити", "μη παραδόσιμο", "אין אפשרות למסור", "غير قابل للتسليم",
    "配信不能", "无法送达", "无法传递", "無法傳遞", "배달되지 않음", "delay", "delayed", "verzögert", "retardé",
)  # fmt: skip
"""What Exchange puts before the colon of a subject."""

SUBJECT_PHRASES = (
    "returning message to sender", "returned to sender", "returning to sender", "delivery status notification",
    "could not be delivered", "cannot be delivered", "was not delivered", "not delivered", "delivery failure", "delivery failed",
    "undeliverable mail", "undelivered mail", "see transcript for details", "cannot send message", "could not send message",
    "message has not yet been delivered", "still being retried", "user unknown", "unknown user", "mailbox full",
    "mail delivery failed", "mail delivery failure", "mail failure", "mailbox unavailable", "quota exceeded",
    "no recipient addresses", "blocked by our", "rejected by", "delivery has been delayed", "message delayed", "delayed 24 hours",
    "delayed 48 hours", "returned mail", "failure notice", "non-delivery", "nondelivery", "mta-blocked", "not listed in",
    "not sent", "konnte nicht zugestellt werden", "nicht zustellbar", "n'a pas pu être remis", "n'a pas pu être délivré",
    "no se ha podido entregar", "non è stato recapitato", "kon niet worden bezorgd", "не доставлено", "退信", "配信できません",
)  # fmt: skip
"""Words anywhere in a subject that is no answer to another."""

DELAY_SUBJECTS = (
    "delay", "delayed", "warning", "still being retried", "not yet been delivered", "could not send message for past",
    "will retry", "temporarily", "verzögert", "verzögerung", "retard", "retrasada", "atrasada", "ritardata", "vertraagd", "遅延",
    "försenat", "forsinket", "opóźnienie", "延迟",
)  # fmt: skip
"""Words in a subject of such a notice that say that the server keeps trying."""

NOTICES = (
    "your message was blocked", "your message has been blocked", "your email was blocked", "your email has been blocked", "your message was rejected",
    "your message has been rejected", "your email was rejected", "your email has been rejected", "your e-mail was rejected",
    "ihre nachricht wurde abgelehnt", "ihre e-mail wurde abgelehnt", "ihre nachricht wurde blockiert", "ihre e-mail wurde blockiert",
    "votre message a été rejeté", "votre message a été bloqué", "su mensaje ha sido rechazado", "su mensaje ha sido bloqueado", "sua mensagem foi rejeitada",
    "sua mensagem foi bloqueada", "il tuo messaggio è stato rifiutato", "il tuo messaggio è stato bloccato", "uw bericht is geweigerd", "uw bericht is geblokkeerd",
    "ваше сообщение отклонено", "ваше письмо отклонено", "ваше сообщение заблокировано",
    # qmail and its kin
    "this is the qmail-send program", "hi. this is the", "hi. the mta program", "this is the email server at",
    "this is the deliver program at", "i'm afraid i wasn't able to deliver your message", "i wasn't able to deliver your message",
    "i'm sorry to have to inform you that", "i tried to deliver", "this is a permanent error; i've given up",
    "i've given up. sorry it didn't work out",
    # exim, postfix, sendmail, courier, opensmtpd, dma
    "this message was created automatically by mail delivery software", "this message was created automatically by the mail system",
    "this message was created automatically by mail delivery", "a message that you sent could not be delivered",
    "a message that you sent has not yet been delivered", "a message that you sent contained no recipient addresses",
    "a message that you sent was rejected", "a message you sent could not be delivered", "this is the mail system at host",
    "this is the postfix program at host", "this is the mail system at", "this is the smtp server program",
    "your message could not be delivered to one or more recipients", "this is an informative message about an error",
    "this is a delivery status notification", "these recipients of your message have been processed by the mail server",
    "the original message was received at", "the following addresses had permanent fatal errors",
    "the following addresses had permanent delivery errors", "the following addresses had transient non-fatal errors",
    "the following addresses had delivery problems", "the following addresses had successful", "transcript of session follows",
    "this is a warning message only", "you do not need to resend your message", "unsent message follows",
    "this is the dragonfly mail agent", "there was an error delivering your mail", "this is the maildrop",
    "message will be retried for", "returned message follows",
    "this message is generated by the mail", "hi! this is the mailer-daemon", "hi! this is the mailer daemon",
    # exchange, notes, groupwise, x400, messaging server, mdaemon, imail, lsmtp
    "your message did not reach some or all of the intended recipients", "the following recipient(s) could not be reached",
    "the following recipient(s) cannot be reached", "did not reach the following recipient",
    "delivery has failed to these recipients", "delivery has failed to these distribution lists",
    "delivery to the following recipients failed", "delivery to the following recipients has been delayed",
    "delivery to the following recipient failed", "delivery to the following recipient has been delayed",
    "delivery is delayed to these recipients", "your message wasn't delivered", "your message couldn't be delivered",
    "message wasn't delivered to", "the e-mail address you entered couldn't be found",
    "the email address you entered couldn't be found", "diagnostic information for administrators", "generating server:",
    "microsoft exchange will not try to redeliver", "your message wasn't delivered to anyone",
    "this report relates to a message you sent", "your message cannot be delivered to the following recipients",
    "your message was not delivered to", "failed to reach the intended recipient",
    "the message that you sent was undeliverable to the following", "the message you sent could not be delivered",
    "the following recipient was not found", "----- failed addresses", "failed addresses follow", "failed recipient",
    "the following addresses did not receive a copy of your message", "unknown local-part",
    "invalid final delivery userid",
    "delivery failure report", "action: failed", "final-recipient:",
    "not listed in domino directory", "not listed in public name & address book", "undeliverable address",
    # services
    "unable to deliver message to",
    "unable to deliver your message", "sorry, unable to deliver", "sorry, we were unable to deliver your message",
    "was unable to deliver your message", "could not deliver message to",
    "could not deliver your message", "your message could not be delivered", "your mail could not be delivered",
    "your email could not be delivered", "message not delivered to the following", "message delivery failed",
    "mail delivery failed", "the response from the remote server was",
    "technical details of permanent failure", "technical details of temporary failure", "google tried to deliver your message",
    "message will be retried for", "the following message to",
    "here is your list of failed recipients",
    "has encountered delivery problems",
    "recipient address rejected", "remote host said:", "host said:",
    "smtp error from remote", "smtp error:", "error type: smtp", "error-for:", "reported error:",
    "mail could not be delivered", "message from interscan",
    "bulk email filter", "undelivered mail follows", "returned mail follows",
    "original message follows", "original message headers", "included is a copy of the message header",
    "--- below this line is a copy of the message", "start of returned message", "message header follows",
    "message header as follows", "duplicated message-id", "mail from (bounce)", "the message content was not accepted",
    "requested action not taken", "requested mail action aborted", "requested mail action not taken", "error message below", "smtp error",
    "mail server responded", "the error was:", "error transcript", "recipient failed", "delivery attempt failed", "undeliverable to",
    # other languages
    "ihre nachricht konnte nicht zugestellt werden",
    "ihre nachricht hat einige oder alle", "fehler bei der nachrichtenzustellung",
    "votre message n'a pas pu être",
    "échec de la remise", "su mensaje no se pudo entregar",
    "il messaggio non è stato recapitato",
    "uw bericht kon niet worden bezorgd",
    "配信できませんでした", "送信できませんでした",
    "配信することができません", "配信されませんでした", "宛先のメールアドレスが", "あて先不明",
    "您的邮件无法", "抱歉，您的邮件", "退信原因", "無法傳遞", "無法送達", "수신자를 찾을 수",
)  # fmt: skip
"""The voice of a mail server, mostly in its first lines."""

CAUSES = (
    "looked like spam", "looks like spam", "spam filter", "content filter", "contact the administrator", "contact your administrator", "spamfilter",
    "inhaltsfilter", "filtre anti-spam", "filtro de spam", "filtro antispam", "спам-фильтр",
    "invalid user", "invalid recipient", "invalid mailbox", "invalid address", "unknown recipient", "recipient unknown", "unrouteable address",
    "unroutable address", "host unknown", "host not found", "domain not found", "relaying denied", "relay denied", "relay access denied",
    "access denied", "connection refused", "connection timed out", "mailbox unavailable", "mailbox not found", "mailbox does not exist",
    "account disabled", "account has been disabled", "account is disabled", "over quota", "mailbox full", "exceeded storage", "message size exceeds",
    "mail loop", "too many hops", "permanent error", "permanent failure", "delivery failure", "delivery failed", "message rejected",
    "bounced", "blacklisted", "spam message rejected", "service unavailable", "address rejected", "not listed in", "not found in directory",
    "the mail system at", "could not be delivered to:", "no further attempts will be made", "unknown user:", "user not known at this site",
    "the delivery of your message", "the mail you sent to", "could not be delivered because", "was not delivered to:", "could not deliver mail to",
    "couldn't be found at", "we were unable to deliver", "we are unable to deliver", "we couldn't deliver", "unable to deliver mail",
    "message could not be delivered", "address not found", "the response was:", "was undeliverable", "the reason for the problem",
    "rejected your message", "has been rejected", "was rejected by the recipient", "the recipient's mailbox is full", "user's mailbox is full",
    "mailbox is full", "is over quota", "over its quota", "quota exceeded", "user unknown", "no such user", "does not exist here",
    "remote server replied", "while talking to", "cannot be delivered to", "could not be sent to", "this message was rejected", "was blocked by",
    "below is a copy of", "content rejected", "an error occurred while trying to deliver the mail", "intended recipient:", "session transcript",
    "empfänger unbekannt", "für den folgenden empfänger", "die folgenden empfänger", "konnte nicht zugestellt werden",
    "konnte leider nicht zugestellt werden", "wurde nicht zugestellt", "n'a pas pu être remis", "n'a pas pu être délivré", "n'a pu être remis",
    "n'est pas parvenu", "no se ha podido entregar", "no ha podido ser entregado", "no pudo ser entregado", "no pudo entregarse",
    "não pôde ser entregue", "não pode ser entregue", "não foi possível entregar", "não foi entregue", "non è stato possibile recapitare",
    "non è stato possibile consegnare", "non può essere recapitato", "kon niet worden afgeleverd", "kan niet worden bezorgd", "kunde inte levereras",
    "kunne ikke leveres", "ei voitu toimittaa", "nie została dostarczona", "nie mogła zostać dostarczona", "nie może zostać dostarczona",
    "nelze doručit", "nebylo možné doručit", "nem sikerült kézbesíteni", "nem kézbesíthető", "nu a putut fi livrat", "teslim edilemedi",
    "не было доставлено", "не может быть доставлено", "не доставлено", "не удалось доставить", "не вдалося доставити", "не може бути доставлено",
    "لم يتم تسليم", "配送できませんでした", "お届けできません", "届けられませんでした", "宛先不明", "无法投递", "无法送达", "未能送达", "投递失败", "배달되지", "전송하지 못했습니다",
)  # fmt: skip
"""What such notices say, and people who write about parcels and mailboxes, too."""

DELAYS = (
    "has not yet been delivered", "not yet been delivered", "delivery has been delayed", "has been delayed", "is delayed to these",
    "this is a warning message only", "you do not need to resend", "still being retried", "will be retried for",
    "will continue to try", "will keep trying", "no action is required on your part", "transient non-fatal errors",
    "delivery attempts will continue", "delivery will continue to be attempted", "warning: message still undelivered",
    "will be retried", "noch nicht zugestellt", "verzögert", "action: delayed",
    "message delayed", "temporarily unable",
)  # fmt: skip
"""And how it says that the server keeps trying."""

FINALITIES = (
    "permanent error", "permanent fatal", "permanent failure", "permanent delivery", "retry timeout exceeded", "delivery timeout exceeded",
    "timeout exceeded", "will be deleted from queue", "cannot send message for", "could not send message for",
    "action: failed", "given up", "giving up", "no further attempts", "will not try", "will not be retried", "too long in queue",
    "delivery failed", "returned to sender", "returning message",
)  # fmt: skip
"""And how it says that the server does not try again."""
