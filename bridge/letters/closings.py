"""Closing phrases ("Kind regards", "Mit freundlichen Grüßen") in forty languages."""

import re

from bridge.letters.normal import lowered

REGARDS: dict[str, str] = {
    "af": "vriendelike groete|groete|die uwe|met vriendelike groete|beste groete",
    "ar": "مع أطيب التحيات|مع التحية|مع تحياتي|تحياتي|أطيب التحيات|مع خالص التحية|خالص التحية|مع أطيب التمنيات|تفضلوا بقبول فائق الاحترام|وتفضلوا بقبول فائق الاحترام|مع فائق الاحترام|مع الاحترام|المخلص",
    "bg": "с уважение|поздрави|сърдечни поздрави|най-добри пожелания|с най-добри пожелания|с поздрави",
    "ca": "salutacions|cordialment|una salutació cordial|salutacions cordials|atentament",
    "cs": "s pozdravem|s přátelským pozdravem|s úctou|s přáním hezkého dne|s přáním pěkného dne|zdravím",
    "da": "med venlig hilsen|med venlige hilsner|venlig hilsen|venlige hilsner|bedste hilsner|bedste hilsen|de bedste hilsner|mange hilsner|mange hilsener|hilsen|hilsner|kærlig hilsen|mvh|m.v.h|vh|v.h|dbh|kh|mvh.",
    "de": (
        "mit freundlichen grüßen|mit freundlichen grüssen|mit freundlichen gruessen|mit freundlichem gruß|mit freundlichem gruss|"
        "freundliche grüße|freundliche grüsse|freundliche gruesse|mit besten grüßen|mit besten grüssen|mit besten gruessen|beste grüße|beste grüsse|beste gruesse|"
        "viele grüße|viele grüsse|viele gruesse|liebe grüße|liebe grüsse|liebe gruesse|herzliche grüße|herzliche grüsse|herzliche gruesse|"
        "mit herzlichen grüßen|mit herzlichen grüssen|schöne grüße|schöne grüsse|schöne gruesse|sonnige grüße|hochachtungsvoll|lieben gruß|lieben gruss|lieber gruß|liebe gruss|"
        "freundlicher gruß|freundlichen gruß|freundliche gruss|freundlicher gruss|viele liebe grüße|ganz liebe grüße|grüße|grüsse|gruesse|gruß|gruss|mfg|m.f.g|mfg.|lg|vg|bg|vlg|hg|"
        "mit kollegialen grüßen|mit vorzüglicher hochachtung|mit sportlichen grüßen|mit bestem gruß|besten gruß|beste gruess|fründlichi grüess|liebi grüess|es grüßt|es grüsst|mit lieben grüßen|mit lieben grüssen|"
        "mit den besten grüßen|mit den besten grüssen|mit freundlichen gr|schönen gruß|schönen gruss|gruessli|grüessli|herzlich|herzlichst|ihr team|ihr|tschüss|tschüß|tschau|servus|bis dann"
    ),
    "el": "με εκτίμηση|φιλικά|με φιλικούς χαιρετισμούς|χαιρετισμούς|με τιμή|μετά τιμής|πολλούς χαιρετισμούς|θερμούς χαιρετισμούς|με φιλικούς χαιρετισμους|εγκάρδια",
    "en": (
        "regards|best regards|kind regards|kindest regards|warm regards|warmest regards|many regards|with regards|with kind regards|with best regards|"
        "with warm regards|with kindest regards|with my best regards|best wishes|with best wishes|kind wishes|warm wishes|all the best|sincerely|yours sincerely|sincerely yours|"
        "yours faithfully|faithfully yours|faithfully|yours truly|truly yours|very truly yours|yours most sincerely|yours|yours ever|yours respectfully|respectfully|respectfully yours|"
        "respectfully submitted|cordially|cordially yours|with gratitude|with appreciation|with thanks|with many thanks|rgds|brgds|br|kr|b.r|k.r|b/r|best rgds|kind rgds|most sincerely|"
        "warmly|very best|very best regards|my best|my best regards|my very best|kind regard|best regard|regard|regards and thanks|thanks and regards|thanks & regards|thank you and regards|"
        "thanks and best regards|thanks & best regards|thanks and kind regards|thanks with regards|thanks n regards|thanking you|thanking you in anticipation|"
        "your sincerely|with love|lots of love|much love|love|hugs|xoxo|xx|xxx|"
        "ciao|greetings|best greetings|kind greetings|friendly greetings|with kind greetings|with best greetings|"
        "for and on behalf of|the team|your team|yrs|sincerly|sincerley|warmest|respectfully yours|obediently"
    ),
    "es": (
        "saludos|un saludo|saludos cordiales|cordiales saludos|un cordial saludo|cordial saludo|saludo cordial|atentamente|atte|atte.|muy atentamente|cordialmente|un abrazo|"
        "un fuerte abrazo|abrazos|afectuosamente|mis mejores deseos|saludos atentos|le saluda atentamente|les saluda atentamente|reciba un cordial saludo|reciban un cordial saludo|"
        "sin otro particular|muchos saludos|slds|besos|respetuosamente|sinceramente|con un cordial saludo"
    ),
    "et": "lugupidamisega|parimate soovidega|tervitades|parimat|heade soovidega|lugupidamisega teie",
    "eu": "agur bero bat|adeitasunez|ondo izan",
    "fa": "با احترام|با تشکر|ارادتمند|با تقدیم احترام|با سپاس",
    "fi": "ystävällisin terveisin|terveisin|parhain terveisin|yst.terv|yst. terv|t|terv|terveiset|parhain terveisin,|kunnioittavasti|ystävällisesti|yt",
    "fr": (
        "cordialement|bien cordialement|très cordialement|salutations|meilleures salutations|sincères salutations|salutations distinguées|mes salutations|bien à vous|bien à toi|"
        "sincèrement|amicalement|bien amicalement|respectueusement|cdlt|cdt|cordlt|bien sincèrement|avec mes salutations|avec mes meilleures salutations|salutations cordiales|"
        "veuillez agréer|veuillez recevoir|je vous prie d'agréer|je vous prie de croire|je vous prie de recevoir|"
        "bien à vous,|bisous|crdlt|avec nos salutations"
    ),
    "gl": "un saúdo|saúdos|atentamente",
    "he": "בברכה|בכבוד רב|בברכת|תודה ובברכה|בידידות|שלך|בברכה,|בתודה",
    "hi": "सादर|भवदीय|शुभकामनाओं सहित|आपका",
    "hr": "srdačan pozdrav|lijep pozdrav|pozdrav|s poštovanjem|lp|lijepi pozdrav|pozdravi|srdačno|s pozdravom",
    "hu": "üdvözlettel|tisztelettel|szívélyes üdvözlettel|üdv|üdvözlet|köszönettel|legjobb üdvözlettel|maradok tisztelettel|baráti üdvözlettel",
    "id": "salam|hormat kami|salam hormat|hormat saya|salam hangat|salam sejahtera",
    "is": "kveðja|bestu kveðjur|með kveðju|kær kveðja|með bestu kveðju|virðingarfyllst|kv",
    "it": (
        "cordiali saluti|distinti saluti|saluti|un saluto|un cordiale saluto|cordialmente|i miei migliori saluti|migliori saluti|tanti saluti|a presto|in fede|un caro saluto|cari saluti|"
        "porgo distinti saluti|porgo cordiali saluti|con i migliori saluti|con i più cordiali saluti|un abbraccio|cordialità|i più cordiali saluti"
    ),
    "ja": "敬具|以上|草々",
    "ko": "드림|올림",
    "lt": "pagarbiai|su pagarba|geriausi linkėjimai|linkėjimai|geros dienos|nuoširdžiai",
    "lv": "ar cieņu|ar sveicieniem|jauku dienu|sveicieni|ar laba vēlējumiem|patiesi jūsu",
    "mk": "со почит|поздрав|срдечен поздрав",
    "ms": "yang benar|salam hormat|sekian, terima kasih|sekian terima kasih|yang ikhlas",
    "nb": "med vennlig hilsen|vennlig hilsen|beste hilsen|hilsen|mvh|med venleg helsing|beste helsing|vennlig hilsning|hilsninger|med hilsen|med beste hilsen|mange hilsener|beste hilsener|klem",
    "nl": (
        "met vriendelijke groet|met vriendelijke groeten|vriendelijke groet|vriendelijke groeten|mvg|m.v.g|groet|groeten|hartelijke groet|hartelijke groeten|met hartelijke groet|"
        "met hartelijke groeten|beste groeten|hoogachtend|met beleefde groet|met beste groeten|gr|gr.|grtz|groetjes|met groet|met groeten|met zonnige groet|met warme groet|vriendelijk groetend|"
        "lieve groeten|liefs|met kollegiale groet|mvrgr|grt|met dank en vriendelijke groet"
    ),
    "pl": (
        "pozdrawiam|z poważaniem|pozdrowienia|z wyrazami szacunku|serdecznie pozdrawiam|pozdrawiam serdecznie|pozdr|łączę pozdrowienia|z pozdrowieniami|"
        "z wyrazami poważania|z uszanowaniem|łączę wyrazy szacunku|z serdecznymi pozdrowieniami|pozdrawiamy|z szacunkiem|pozdrowienia serdeczne"
    ),
    "pt": (
        "atenciosamente|cumprimentos|com os melhores cumprimentos|melhores cumprimentos|cordialmente|abraços|abraço|um abraço|att|att.|saudações|saudações cordiais|"
        "respeitosamente|com os meus cumprimentos|com os melhores cumprimentos,|atentamente|sinceramente|beijos|bjs|os melhores cumprimentos|cordiais saudações|at.te|atte"
    ),
    "ro": "cu stimă|cu respect|toate cele bune|o zi bună|o zi buna|cu stima|numai bine|salutări|salutari|cu drag|al dumneavoastră|cele bune",
    "ru": "с уважением|с наилучшими пожеланиями|всего доброго|с приветом|с уважением и наилучшими пожеланиями|искренне ваш|всего хорошего|всего наилучшего|с благодарностью|с ув|с почтением|ваш",
    "sk": "s pozdravom|s úctou|s priateľským pozdravom|s prianím pekného dňa|zdravím|s prianim pekneho dna",
    "sl": "lep pozdrav|s spoštovanjem|lp|lep dan|prijazen pozdrav|z lepimi pozdravi|lepo pozdravljeni|pozdrav",
    "sq": "me respekt|përshëndetje|të fala|gjithë të mirat",
    "sr": "срдачан поздрав|с поштовањем|поздрав|srdačan pozdrav|s poštovanjem|pozdrav|са поштовањем|sa poštovanjem",
    "sv": "med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|mvh|bästa hälsningar|med bästa hälsning|med bästa hälsningar|hälsning|m.v.h|vh|varma hälsningar|hjärtliga hälsningar|hälsar|allt gott|med hälsning",
    "th": "ด้วยความเคารพ|ขอแสดงความนับถือ|ขอบคุณครับ|ขอบคุณค่ะ|ด้วยความนับถือ",
    "tl": "lubos na gumagalang|sumasaiyo",
    "tr": "saygılarımla|saygılarımızla|iyi çalışmalar|iyi günler|sevgiler|selamlar|en iyi dileklerimle|saygılar|kolay gelsin|selamlarımla|hürmetlerimle|sevgilerimle",
    "uk": "з повагою|з найкращими побажаннями|щиро ваш|всього найкращого|з вдячністю|з пошаною|усього найкращого",
    "vi": "trân trọng|kính thư|thân ái|thân mến|trân trọng cảm ơn|thân|trân trọng kính chào",
    "zh": "此致|敬礼|此致敬礼|祝好|顺颂商祺|谨启|敬上|顺祝商祺|祝您工作愉快|此致 敬礼|敬禮|順頌商祺|順祝商祺|謹啟|祝商祺|顺祝|祝工作顺利|祝您生活愉快|此致，敬礼|顺颂时祺",
}
THANKS: dict[str, str] = {
    "ar": "شكرا|شكراً|شكرا لك|مع الشكر|وشكرا|شكرا جزيلا|شكراً جزيلاً|مع جزيل الشكر",
    "bg": "благодаря|благодарим|мерси|предварително благодаря",
    "ca": "gràcies|moltes gràcies",
    "cs": "děkuji|děkujeme|díky|dekuji|předem děkuji|děkuji vám|mockrát děkuji|dík",
    "da": "tak|mange tak|på forhånd tak|tusind tak|tak for hjælpen",
    "de": "danke|vielen dank|besten dank|herzlichen dank|danke schön|dankeschön|vielen dank im voraus|danke im voraus|danke und gruß|danke und viele grüße|vielen dank und freundliche grüße|vielen dank und viele grüße|merci|danke und grüße|vielen dank und beste grüße|vielen dank und liebe grüße|danke & gruß|danke vielmals|lieben dank|1000 dank|tausend dank",
    "el": "ευχαριστώ|ευχαριστούμε|σας ευχαριστώ|ευχαριστώ πολύ|ευχαριστώ εκ των προτέρων",
    "en": "thanks|thank you|many thanks|thanks a lot|thanks again|thank you again|thanks in advance|thank you in advance|thank you very much|thanks very much|thank you so much|thanks so much|cheers|best|thx|tnx|ta|ty|much appreciated|much thanks|thank u|thanx|thanks for your help|thank you for your help|thanks and cheers|cheers and thanks|with thanks in advance|big thanks|thanks kindly|thank you kindly|kind thanks|thanks again for everything",
    "es": "gracias|muchas gracias|mil gracias|gracias de antemano|de antemano gracias|muchas gracias de antemano|gracias y saludos|muchas gracias y saludos|gracias por todo|desde ya muchas gracias",
    "et": "tänan|aitäh|tänades|ette tänades",
    "fi": "kiitos|kiitos paljon|kiitän|kiitokset|kiitos etukäteen|kiitoksia|kiittäen",
    "fr": "merci|merci d'avance|merci beaucoup|avec mes remerciements|merci par avance|en vous remerciant|merci à vous|merci encore|mille mercis|grand merci|avec tous mes remerciements|vous remerciant par avance|je vous remercie|je vous remercie par avance|merci et bonne journée",
    "hr": "hvala|hvala vam|zahvaljujem|hvala unaprijed|hvala lijepa|puno hvala",
    "hu": "köszönöm|köszönjük|előre is köszönöm|köszi|köszönöm szépen|köszönettel",
    "id": "terima kasih|makasih|terimakasih|terima kasih banyak",
    "it": "grazie|grazie mille|mille grazie|ringraziando|tante grazie|grazie in anticipo|la ringrazio|vi ringrazio|grazie anticipatamente|grazie e saluti|grazie e cordiali saluti",
    "ja": "よろしくお願いします|よろしくお願いいたします|宜しくお願いします|宜しくお願い致します|宜しくお願いいたします|よろしくお願い致します|よろしくお願い申し上げます|宜しくお願い申し上げます|以上、よろしくお願いいたします|どうぞよろしくお願いいたします|ありがとうございます|ありがとうございました|ありがとう|感謝します",
    "he": "תודה|תודה רבה|תודה מראש",
    "hi": "धन्यवाद",
    "ko": "감사합니다|고맙습니다|안녕히 계세요|수고하세요",
    "lt": "ačiū|dėkoju|iš anksto dėkoju|dėkui",
    "lv": "paldies|liels paldies",
    "nb": "takk|mange takk|tusen takk|på forhånd takk|takker",
    "nl": "bedankt|dank|dank je|dank u|dank u wel|hartelijk dank|alvast bedankt|met dank|dankjewel|bij voorbaat dank|bij voorbaat hartelijk dank|veel dank|alvast hartelijk dank|dank je wel|hartelijk bedankt",
    "pl": "dziękuję|dzięki|dziekuje|z góry dziękuję|dziękuje|dziękujemy|dziękuję bardzo|bardzo dziękuję|z góry dzięki|dziękuję i pozdrawiam|dzięki i pozdrawiam",
    "pt": "obrigado|obrigada|muito obrigado|muito obrigada|desde já obrigado|desde já agradeço|grato|grata|obrigado desde já|agradecido|agradeço|agradeço desde já|obrigado e cumprimentos",
    "ro": "mulțumesc|multumesc|vă mulțumesc|mersi|vă mulțumim|cu mulțumiri|mulțumesc anticipat|mulțumim",
    "ru": "спасибо|благодарю|заранее спасибо|заранее благодарен|спасибо за помощь|большое спасибо|заранее благодарю|благодарим",
    "sk": "ďakujem|ďakujeme|dakujem|vopred ďakujem|ďakujem pekne|vďaka",
    "sl": "hvala|hvala lepa|najlepša hvala|hvala in lep pozdrav",
    "sr": "хвала|hvala|hvala unapred|хвала унапред",
    "sv": "tack|tack så mycket|tack på förhand|stort tack|tusen tack|tackar|tack för hjälpen|många tack",
    "th": "ขอบคุณ|ขอบคุณมาก",
    "tr": "teşekkürler|teşekkür ederim|şimdiden teşekkürler|çok teşekkürler|teşekkür ederiz|şimdiden teşekkür ederim",
    "uk": "дякую|дякуємо|заздалегідь дякую|щиро дякую|спасибі",
    "vi": "cảm ơn|xin cảm ơn|cám ơn|chân thành cảm ơn",
    "zh": "谢谢|多谢|谢谢！|感謝|謝謝|非常感谢|感谢",
}
"""Phrases that also stand in a text on their own: they close it only above a name."""

_TEAM = re.compile(
    r"(?:your|the|yours, the|ihr|euer|dein|das|votre|l'|su|el|tu|seu|o|a sua|il|il tuo|il vostro|uw|je|jouw|het|ditt|ert|dit|jeres|deres|twój|wasz|váš)"
    r"(?: ?[\w&.+-]{1,30}){0,3}[ -]?(?:team|équipe|equipo|equipe|squadra|zespół|tým|tím|tiimi|csapat)(?: [\w&.+-]{1,30}){0,2}"
)
"""Who signs in the name of several: "Your Ticket-Team", "Das ganze Acme-Team", "L'équipe Acme"."""
_MARKS = " ,.;:!?،。，！、*_~-–—()\"'…"
_WORDS_END = re.compile(r"[\s,.;:!،。，！、–—-]")

_MAX_LENGTH = 90
_MAX_NAMED_WORDS = 3
_MAX_NAME_WORDS = 5
_LINKING = (
    "aus|from|de|desde|von|vom|der|dem|und|and|et|y|e|en|og|och|i|a|ja|fra|från|z|ze|iz|da|dal|van|vanuit|the|your|ihr|dein|euer|best|kind|"
    "regards|im|auftrag|del"
)
_LINKS = frozenset(_LINKING.split("|"))
"""Words in small letters that may stand between a closing and a name."""


def _phrases(groups: dict[str, str]) -> frozenset[str]:
    return frozenset(phrase.strip(_MARKS) for group in groups.values() for phrase in group.split("|"))


_REGARDS = _phrases(REGARDS)
_THANKS = _phrases(THANKS)
_BEGINNINGS = tuple(sorted((phrase for phrase in _REGARDS if " " in phrase or len(phrase) > 1), key=len, reverse=True))
_BEFORE_COMMA = _REGARDS | _THANKS


def is_regards(line: str) -> bool:
    """Whether a line is a formal closing, with or without a name or a place behind it."""
    plain = _plain(line)
    if not plain:
        return False
    if plain in _REGARDS or _is_named(plain) or _TEAM.fullmatch(plain):
        return True
    if not plain.startswith(_BEGINNINGS):
        return False
    phrase = next(phrase for phrase in _BEGINNINGS if plain.startswith(phrase))
    if not _WORDS_END.match(plain[len(phrase) :]):
        return False
    behind = line.split()[phrase.count(" ") + 1 :]
    if not behind or len(behind) > _MAX_NAME_WORDS or behind[-1].endswith((":", "?")):
        return not behind
    return all(map(_is_name_or_link, behind))


def _is_name_or_link(word: str) -> bool:
    """Whether a word behind a closing is a name, another closing's beginning, or links one to it."""
    bare = word.strip(_MARKS + "/|&+")
    return not bare or not bare[0].islower() or bare.casefold() in _LINKS


def is_thanks(line: str) -> bool:
    """Whether a line is nothing but a word of thanks, or another phrase that closes only above a name."""
    return _plain(line) in _THANKS


def _plain(line: str) -> str:
    """The line as it stands in the vocabulary, empty where it is too long to be a closing."""
    text = line.strip()
    if not text or len(text) > _MAX_LENGTH or text[0] in ">|":
        return ""
    return " ".join(lowered(text).strip(_MARKS + "\u2013\u2014").split())


def _is_named(plain: str) -> bool:
    """Whether it is, as in "Best, John", a closing of any length, a comma, and a name."""
    phrase, comma, name = plain.partition(",")
    return (
        bool(comma)
        and phrase.strip(_MARKS) in _BEFORE_COMMA
        and 0 < len(name.split()) <= _MAX_NAMED_WORDS
        and name.strip()[-1:] not in {".", "?", "!"}
    )
