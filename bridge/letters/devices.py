"""Device lines: what phones, apps and web mails write under an answer by themselves, in thirty-five languages."""

import re

from bridge.letters.normal import lowered

_SENT = (
    # "sent from (my)": what the line begins with
    "sent from|sent via|sent using|sent with|sent by my|sent on my|sent through|sent on the|get outlook for|download outlook for|"
    "gesendet von|gesendet mit|von meinem|gesendet aus|gesendet über|gesendet via|diese nachricht wurde von meinem|diese e-mail wurde von meinem|"
    "holen sie sich outlook|laden sie outlook|hol dir outlook|von samsung|vom iphone|"
    "envoyé de|envoyé depuis|envoyé à partir|envoyé avec|envoyé par|envoyé via|envoye de|télécharger outlook|obtenez outlook|"
    "provenance : courrier|enviado desde|enviado de|enviado via|enviado con|enviado por|enviado a través|obtener outlook|descargar outlook|mandado desde|"
    "enviada do|enviada a partir|enviado do|enviado a partir|enviado pelo|enviado através|obter o outlook|obtenha o outlook|baixar o outlook|"
    "inviato da|inviato dal|inviato con|inviato tramite|inviata da|ottieni outlook|scarica outlook|"
    "verzonden vanaf|verzonden via|verstuurd vanaf|verstuurd via|verzonden met|verstuurd met|verzonden van|outlook downloaden|outlook voor|download outlook|"
    "skickat från|skickad från|skickat via|skickat med|hämta outlook|sendt fra|sendt via|sendt med|sendt med|hent outlook|få outlook|sendt ved|"
    "lähetetty|hanki outlook|hae outlook|wysłane z|wysłano z|wysłano za pomocą|wysłane za pomocą|pobierz outlook|wysłane przez|"
    "odesláno z|odesláno ze|posláno z|odoslané z|odoslané zo|poslané z|získat outlook|získejte outlook|stáhnout outlook|"
    "elküldve az|elküldve|az iphone|küldve|outlook letöltése|trimis de pe|trimis din|trimis de la|trimis cu|obțineți outlook|descărcați outlook|"
    "изпратено от|изпратено чрез|отправлено с|отправлено из|отправлено через|отправлено со|отправлено от|послано с|скачать outlook|получить outlook|"
    "надіслано з|надіслано із|надіслано через|відправлено з|відправлено із|отримати outlook|στάλθηκε από|εστάλη από|απεστάλη από|λήψη του outlook|"
    "iphone'umdan|iphone'dan|outlook'u edinin|android için outlook|ios için outlook|"
    "أرسلت من|مرسل من|مُرسل من|تم الإرسال من|أُرسلت من|مرسلة من|الحصول على outlook|احصل على outlook|"
    "נשלח מ|נשלח מה|נשלח באמצעות|קבל את outlook|ارسال شده از|ارسال از|دریافت outlook|ส่งจาก|ส่งจากของฉัน|รับ outlook|"
    "đã gửi từ|được gửi từ|gửi từ|tải outlook|dikirim dari|terkirim dari|dikirim melalui|dihantar dari|dapatkan outlook|dihantar daripada|"
    "发自我的|从我的|来自我的|发送自|发自|从 |自我的|获取 outlook|下载 outlook|從我的|傳送自|寄自|自我的|取得 outlook|下載 outlook|"
    "iphoneから送信|androidから送信|outlook for|から送信|에서 보냄|다운로드 outlook|"
    "saadetud minu|saadetud|nosūtīts no|išsiųsta iš|poslano iz|poslano s|poslano sa|poslato sa|poslato iz|послато са|пратено од|"
    "enviat des|enviat amb|enviado dende|nire iphonetik|sent úr|sent frá|envoyé d'|dërguar nga|ipinadala mula|सेंट फ्रॉम|"
    "von meinem iphone|sent via the|posted from|written on|typed on|via mobile|sent mobile|sorry for typos|please excuse|excuse typos|excuse my brevity|"
    "bitte entschuldigen sie|entschuldigen sie die kürze|diese nachricht wurde mobil"
)
_DEVICES = (
    "cell|cellphone|iphone|ipad|ipod|android|samsung|galaxy|blackberry|nokia|windows phone|htc|huawei|honor|xiaomi|redmi|oneplus|oppo|"
    "vivo|motorola|moto|sony|xperia|lg|pixel|nexus|wiko|fairphone|smartphone|handy|mobile|mobil|telefon|phone|tablet|mobiltelefon|mobiltelefonen|gsm|cellulare|móvil|movil|"
    "celular|portable|téléphone|telefono|teléfono|telemóvel|puhelimesta|puhelin|telefón|телефон|телефона|смартфона|айфона|планшета|outlook|"
    "yahoo|gmx|web.de|mail.ru|yandex|яндекс|gmail|mail|mailbox|app|courier|courrier|windows 10|windows 11|proton|protonmail|tutanota|aol|"
    "airmail|spark|nine|k-9|mobileme|ios|macbook|mac|imac|apple|watch|inbox|thunderbird|postbox|office 365|hotmail|email|e-mail|correo|posta|poczta|"
    "手机|手機|iphone|邮箱|郵件|携帯|스마트폰|휴대폰|הנייד|جوال|هاتف|الهاتف|موبايل|גלקסי|laptop|kindle|playstation|zimbra|roundcube|freemail|orange|sfr|free|laposte|wind|vodafone|telekom|o2|"
    "aquamail|bluemail|blue mail|boxer|newton|superhuman|front|hey|missive|polymail|edison|cleanfox|mailspring|evolution|typewriter|pigeon"
)
_SIGNS = tuple(sorted({part for part in _SENT.split("|") if part}, key=len, reverse=True))
_TRAILING = (
    "gesendet", "göndərildi", "gönderildi", "gönderilmiştir", "lähetetty", "küldve", "elküldve", "から送信", "から送信されました", "에서 보냄",
    "에서 보낸 메일", "에서 보냄.", "bidalia", "पर भेजा गया", "से भेजा गया", "傳送", "发送", "發送", "寄出", "saadetud", "से भेजा", "küldöm", "verzonden", "geschickt",
)  # fmt: skip
_DEVICE = re.compile(
    r"(?<![^\W_])(?:" + "|".join(map(re.escape, sorted(set(_DEVICES.split("|")), key=len, reverse=True))) + r")"
)
_STRONG = (
    # these alone are enough
    "sent from|get outlook for|gesendet von mein|von meinem|envoyé de mon|envoyé depuis|enviado desde|enviado do meu|"
    "inviato da|verzonden vanaf|verstuurd vanaf|skickat från|sendt fra|wysłane z|odesláno z|odoslané z|отправлено с|"
    "надіслано з|发自我的|via mobile|enviado de meu|enviado de mi|trimis de pe|gesendet mit der|lähetetty"
)
_STRONG_SIGNS = tuple(_STRONG.split("|"))
_BRAND = re.compile(
    r"iphon|ipad|android|samsung|galaxy|blackberry|huawei|xiaomi|outlook|yahoo|windows (?:phone|1[01])|gmail|smartphon|proton ?mail|gmx|"
    r"web\.de|яндекс|айфон|aquamail|bluemail|k-9"
)
_ADVERTISED = re.compile(
    r"(?:get|download) (?:outlook|blue ?mail|aqua ?mail|spark|edison mail|airmail|mailspring|newton|boxer|k-9(?: mail)?|fairemail|"
    r"proton ?mail|yahoo mail|gmail|typeapp|thunderbird|em client) for "
)
"""How apps recommend themselves."""
_MAX_BRANDED = 10
_MAX_HEAD, _MAX_WORDS = 10, 16
"""The device is named soon, and before any comma: "Sent from my desk, not from my phone" is a sentence."""
_MIN_LENGTH, _MAX_LENGTH = 6, 110


def names_a_device(line: str) -> bool:
    """Whether a short line names a brand of telephones or a mail program: perhaps one more device line."""
    text = line.strip()
    return 0 < len(text) <= _MAX_LENGTH and text.count(" ") < _MAX_BRANDED and _BRAND.search(lowered(text)) is not None


def is_device_line(line: str) -> bool:
    """Whether a line was written by a device or an app ("Sent from my iPhone", "Von meinem iPad gesendet")."""
    text = line.strip(" *_-–—~\t<>()[]")
    if not _MIN_LENGTH <= len(text) <= _MAX_LENGTH:
        return False
    plain = lowered(text)
    if _ADVERTISED.match(plain):
        return plain.count(" ") <= _MAX_HEAD
    if not plain.startswith(_SIGNS) and not plain.rstrip(".").endswith(_TRAILING):
        return False
    head = " ".join(plain.partition(", ")[0].split()[:_MAX_HEAD])
    if _DEVICE.search(head) is not None:
        return plain.count(" ") <= _MAX_WORDS
    return plain.startswith(_STRONG_SIGNS) and plain.count(" ") <= _MAX_HEAD and plain[-1] not in ".!?"
