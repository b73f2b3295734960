"""What mail to many, systems and feedback loops say; agents say some of it, so that it counts only in mail that answers nothing."""

BULK = (
    # en
    "unsubscribe", "to opt out", "to opt-out", "opt out of", "to stop receiving", "stop receiving these", "no longer wish to receive",
    "no longer want to receive", "don't want to receive", "do not want to receive", "do not wish to receive", "prefer not to receive",
    "remove yourself from", "to be removed from", "removed from this list", "removed from our", "manage your subscription", "manage your email",
    "email preferences", "e-mail preferences", "subscription preferences", "update your preferences", "change your preferences",
    "notification settings", "you are receiving this", "you're receiving this", "you receive this e-mail because", "you receive this email because",
    "you received this e-mail because", "you received this email because", "you received this message because", "you have received this email because",
    "you are getting this", "why am i receiving", "why did i get this", "this email was sent to", "this message was sent to", "this e-mail was sent to",
    "this mailing was sent", "this message was intended for", "view this email in your browser", "view in browser", "view in your browser",
    "view it in your browser", "view this in your browser", "view the online version", "view online version", "view as a web page", "view as web page",
    "trouble viewing this", "having trouble viewing", "having trouble reading", "can't see this email", "can't read this email", "cannot view this email",
    "html newsletter", "add us to your address book", "to your address book", "safe sender list", "forward to a friend", "you subscribed to",
    "you are subscribed to", "you signed up for", "because you registered", "because you opted",
    # de, fr, es, ca, pt, it, nl
    "abbestellen", "newsletter abmelden", "vom newsletter", "keine weiteren e-mails", "keine e-mails mehr", "im browser ansehen", "im browser anzeigen",
    "im browser öffnen", "onlineversion", "online-version", "nicht korrekt dargestellt", "nicht richtig dargestellt", "nicht richtig angezeigt",
    "sie erhalten diese e-mail, weil", "sie erhalten diese nachricht, weil", "sie erhalten diesen newsletter", "désabonner", "désinscrire",
    "désinscription", "désabonnement", "dans votre navigateur", "version en ligne", "ne plus recevoir", "vous recevez cet e-mail", "vous recevez cet email",
    "vous recevez ce message car", "darse de baja", "darte de baja", "date de baja", "cancelar suscripción", "cancelar la suscripción",
    "dejar de recibir", "ver en el navegador", "en su navegador", "si no puede ver", "donar-se de baixa", "cancelar inscrição", "cancelar a inscrição",
    "cancelar a subscrição", "descadastrar", "não deseja mais receber", "não deseja receber", "deixar de receber", "visualizar no navegador",
    "no seu navegador", "annulla iscrizione", "annullare l'iscrizione", "disiscriv", "cancellarsi dalla", "cancellare l'iscrizione", "non ricevere più",
    "visualizza nel browser", "nel tuo browser", "ricevi questa e-mail perché", "uitschrijven", "afmelden voor", "bekijk online", "bekijk deze e-mail",
    "online bekijken", "u ontvangt deze e-mail omdat",
    # sv, da, no, fi
    "avregistrera", "avprenumerera", "avsluta prenumeration", "avanmäl", "läs i webbläsaren", "visa i webbläsaren", "afmeld nyhedsbrev", "frameld",
    "afmelde", "meld deg av", "avslutte abonnement", "peruuta tilaus", "poistu postituslistalta", "peruuta uutiskirje",
    # pl, cs, sk, hu, ro, tr
    "wypisz się", "wypisać się", "rezygnacja z subskrypcji", "zrezygnować z otrzymywania", "zobacz w przeglądarce", "odhlásit odběr", "odhlásit se z odběru",
    "zrušit odběr", "odhlásiť", "leiratkoz", "dezabona", "abonelikten", "listeden çık", "üyelikten çık",
    # ru, uk, bg, hr, el
    "отписаться", "отказаться от рассылки", "отписка", "отписки", "відписатися", "отпишете", "odjaviti se", "odjava s", "κατάργηση εγγραφής", "διαγραφή από τη",
    # he, ar, ja, zh, ko, id, vi, th
    "הסרה מרשימת", "להסרה", "إلغاء الاشتراك", "配信停止", "配信解除", "配信中止", "メールマガジン", "メルマガ", "登録解除", "購読解除", "购读解除", "退订", "取消订阅", "退訂",
    "取消訂閱", "수신거부", "수신 거부", "berhenti berlangganan", "hủy đăng ký", "ยกเลิกการรับ", "ยกเลิกการสมัคร",
)  # fmt: skip
"""One suffices."""

BULK_HINTS = (
    "newsletter", "mailing list", "press release", "for immediate release", "for release:", "all rights reserved", "privacy policy", "privacy statement",
    "terms and conditions", "terms of use", "special offer", "limited time", "click here", "subscribe", "this issue", "read more", "learn more", "shop now",
    "buy now", "order now", "free shipping", "discount", "% off", "sale ends", "register now", "follow us", "web version", "view online", "read online",
    "best price", "exclusive offer", "promotion", "sponsor", "advertis", "copyright", "dear customer", "dear member", "dear subscriber", "dear user",
    "dear valued", "angebot", "rabatt", "jetzt bestellen", "jetzt kaufen", "gutschein", "impressum", "datenschutz", "lettre d'information",
    "mentions légales", "boletín", "oferta", "desconto", "promoção", "offerta", "sconto", "aanbieding", "nieuwsbrief", "nyhetsbrev", "nyhedsbrev",
    "uutiskirje", "hírlevél", "bülten", "рассылк", "キャンペーン", "プレゼント", "優惠", "优惠", "促销", "이벤트",
)  # fmt: skip
"""Several suffice."""

NOTIFICATIONS = (
    "spam detection software, running on", 'software zur erkennung von "spam"', "has identified this incoming email as possible spam",
    "logiciel de détection de spam", "virus was found", "virus found in", "virus alert", "virus warning", "virus detected", "virus was detected",
    "contained a virus", "contains a virus", "infected with a virus", "infected file", "message quarantined", "message has been quarantined",
    "quarantine summary", "quarantine report", "quarantine notification", "quarantine digest", "encrypted mail notification",
    "benachrichtigung über verschlüsselte", "you have received a secure message", "you have received an encrypted", "you have a new voicemail",
    "you have a new voice message", "new voicemail from", "voicemail message from", "fax message from", "has received a fax", "you have received a fax",
    "you have received a new fax", "you have a new message from", "sent you a message", "new comment on", "new reply to", "mentioned you in", "view it on github",
    "reply to this email directly or", "reply to this email directly, ", "view this issue", "you are receiving this mail because", "password reset",
    "reset your password", "your verification code", "security alert", "new sign-in", "new login from", "verify your email", "confirm your email address",
    "confirm your subscription", "activate your account", "email verification", "order confirmation", "your order has", "your order number",
    "has shipped", "has been shipped", "payment received", "statement is ready", "news alert", "google alert", "cron daemon", "backup completed",
    "backup failed", "notification type: problem", "notification type: recovery", "service alert", "host alert", "build failed", "build succeeded",
    "pipeline failed", "pipeline #", "this report was generated", "daily digest", "weekly digest", "viruswarnung", "neue sprachnachricht",
    "bestellbestätigung", "versandbestätigung", "ihre bestellung wurde", "shipping confirmation", "amazon shipping", "incident inc", "logwatch",
)  # fmt: skip
"""One suffices, in the subject or the text."""

NOTIFICATION_HINTS = (
    "attachment was removed", "attachment removed", "commented on", "assigned to", "has been assigned", "changed status", "status changed", "issue type:",
    "priority:", "severity:", "status:", "reporter:", "assignee:", "project:", "component:", "state: ", "your order", "tracking number", "invoice",
    "receipt for", "report for", "daily report", "weekly report", "calendar reminder", "zugewiesen", "ihre bestellung", "see all stories",
    "view all", "log in to", "sign in to", "my account", "your account", "click the link",
)  # fmt: skip
"""Several suffice."""

COMPLAINTS = (
    "this is an email abuse report", "this is an abuse report", "email abuse report for an email message", "email abuse complaint",
    "authentication failure report", "authentication-failure report", "feedback-type:", "this is a spf/dkim", "complaint about message from",
)  # fmt: skip
"""Feedback loops."""
