"""What out-of-office answers say in forty languages."""

from itertools import product

_WHO = ("i am", "i'm", "i will be", "i'll be", "i shall be", "i have been", "i've been", "i am going to be")
_HOW = ("", "currently ", "presently ", "temporarily ", "now ", "away ", "actually ")
_WHERE = (
    "out of the office", "out of office", "out of my office", "out of the country", "out of town", "out on leave",
    "out on vacation", "away from the office", "away from my office", "away from my desk", "away from my email",
    "away from my e-mail", "away on business", "away on holiday", "away on vacation", "away on leave", "away until",
    "away from work", "on vacation", "on holiday", "on holidays", "on annual leave", "on leave", "on extended leave", "on a leave of absence", "on family leave", "on bereavement leave",
    "on maternity leave", "on paternity leave", "on parental leave", "on sick leave", "on medical leave", "on a sabbatical",
    "on sabbatical", "on a business trip", "on business travel", "on pto", "on paid time off", "taking annual leave",
    "not in the office", "not at the office", "not available until", "unavailable until", "travelling",
    "traveling", "off work", "in training until", "attending a conference", "out until", "back in the office",
)  # fmt: skip

STATEMENTS = (
    *(f"{who} {how}{where}" for who, how, where in product(_WHO, _HOW, _WHERE)),
    "i will be out of", "my out of office",
    "thank you for your email. i am away", "my office is closed", "i no longer work", "i have left the company",


    "this mailbox is no longer", "this mailbox is not monitored", "this mailbox is unattended",
    "this email address is no longer", "this e-mail address is no longer", "this address is no longer",
    "this email account is no longer", "this inbox is not monitored", "i have changed my email address",
    "my email address has changed", "my e-mail address has changed", "i have a new email address",
    # de
    "ich bin nicht im büro", "ich bin zurzeit nicht im büro", "ich bin derzeit nicht im büro", "bin ich nicht im büro",
    "ich bin außer haus", "ich bin ausser haus", "bin ich außer haus", "ich bin derzeit nicht im haus",
    "ich bin zur zeit nicht im haus", "ich bin zurzeit nicht im haus", "ich bin nicht im haus", "bin ich nicht im haus",
    "ich bin im urlaub", "ich befinde mich im urlaub", "ich befinde mich derzeit im urlaub",
    "ich bin derzeit im urlaub", "bin ich im urlaub", "ich bin abwesend", "ich bin derzeit abwesend",
    "ich bin momentan abwesend", "bin ich abwesend",
    "bin ich nicht erreichbar",
    "ich bin nicht erreichbar", "derzeit nicht erreichbar", "während meiner abwesenheit", "in meiner abwesenheit",
    "ich bin in elternzeit", "ich bin auf dienstreise", "ich bin auf geschäftsreise",
    "diese e-mail-adresse ist nicht mehr", "dieses postfach wird nicht",
    "meine e-mail-adresse hat sich geändert",
    # fr
    "je suis absent", "je suis absente", "je suis actuellement absent", "je suis actuellement en congé", "je suis en congé",
    "je suis en congés", "je suis en vacances", "je suis actuellement en vacances", "je suis actuellement en déplacement",
    "je suis en déplacement", "je serai absent", "je serai absente", "je serai en congé", "je suis hors du bureau",
    "absent du bureau", "absente du bureau", "absent(e)", "actuellement absent", "pendant mon absence", "durant mon absence",
    "en mon absence", "je suis de retour le", "je serai de retour",
    "mon adresse mail a changé", "en congé maternité", "en arrêt maladie",
    # es, ca
    "estoy fuera de la oficina", "estaré fuera de la oficina", "me encuentro fuera de la oficina", "me encuentro de vacaciones",
    "me encuentro ausente", "estoy de vacaciones", "estaré de vacaciones", "estaré ausente", "estoy ausente",
    "no estoy en la oficina", "no me encuentro en la oficina", "no estaré en la oficina", "durante mi ausencia",
    "en mi ausencia", "estoy de baja", "sóc fora de l'oficina",
    "estic de vacances", "durant la meva absència",
    # pt
    "estou fora do escritório", "estarei fora do escritório", "encontro-me ausente", "encontro-me fora", "encontro-me de férias",
    "estou de férias", "estarei de férias", "estou em férias", "estarei em férias", "estou ausente", "estarei ausente",
    "durante a minha ausência", "na minha ausência", "durante minha ausência", "não estou no escritório",

    # it
    "sono fuori ufficio", "sono fuori sede", "sarò fuori ufficio", "sarò fuori sede", "sono assente", "sarò assente",
    "sono in ferie", "sarò in ferie", "sono attualmente fuori", "sono attualmente in ferie", "sono attualmente assente",
    "non sono in ufficio", "non sarò in ufficio", "durante la mia assenza", "in mia assenza", "sono in vacanza",

    # nl
    "ik ben afwezig", "ik ben momenteel afwezig", "ik ben niet aanwezig", "ik ben niet op kantoor",
    "ben ik niet aanwezig", "ben ik afwezig", "ben ik niet op kantoor", "ik ben met vakantie", "ik ben op vakantie",
    "ben ik met vakantie", "ben ik op vakantie", "ik ben met verlof", "tijdens mijn afwezigheid",
    "bij afwezigheid", "ik ben buiten kantoor",
    # sv, da, no, is
    "jag är inte på kontoret", "jag är inte på plats", "jag är på semester", "jag har semester", "jag är frånvarande",
    "jag är ledig", "jag är föräldraledig", "jag är tjänstledig", "jag är bortrest",
    "under min frånvaro", "jeg er ikke på kontoret", "jeg er på ferie", "jeg holder ferie", "jeg har ferie",
    "jeg er ikke til stede", "jeg er fraværende", "jeg er bortreist", "jeg er ute av kontoret", "jeg er på barsel",
    "i mit fravær", "i mitt fravær", "under mit fravær",
    "ég er í fríi", "ég verð ekki við",
    # fi, et
    "olen lomalla", "olen poissa", "olen vuosilomalla", "en ole paikalla", "en ole toimistolla", "en ole tavoitettavissa",
    "palaan töihin", "palaan toimistolle", "poissa toimistosta", "olen puhkusel", "ei ole kontoris", "viibin puhkusel",
    "olen eemal", "minu äraolekul",
    # pl, cs, sk
    "jestem poza biurem", "przebywam poza biurem", "przebywam na urlopie", "jestem na urlopie", "jestem nieobecny",
    "jestem nieobecna", "będę nieobecny", "będę nieobecna", "będę poza biurem", "nie ma mnie w biurze",
    "podczas mojej nieobecności", "w czasie mojej nieobecności", "pod moją nieobecność",
    "jsem mimo kancelář", "nejsem v kanceláři", "jsem na dovolené", "čerpám dovolenou", "jsem nepřítomen", "jsem nepřítomna",
    "budu mimo kancelář", "nebudu v kanceláři", "budu na dovolené", "v době mé nepřítomnosti", "po dobu mé nepřítomnosti",
    "som mimo kancelárie", "nie som v kancelárii", "som na dovolenke", "čerpám dovolenku",
    "počas mojej neprítomnosti", "v čase mojej neprítomnosti",
    # hu, ro
    "nem vagyok az irodában", "nem vagyok irodában", "szabadságon vagyok", "szabadságon leszek", "házon kívül vagyok",
    "irodán kívül vagyok", "távol leszek", "távollétem alatt", "távollétemben", "nu sunt la birou", "nu sunt în birou",
    "sunt plecat din birou", "sunt în concediu", "sunt în afara biroului", "voi fi în concediu", "în absența mea",
    "în lipsa mea", "lipsesc din birou",
    # tr
    "ofis dışındayım", "ofiste değilim", "ofis dışında olacağım", "ofiste olmayacağım", "izindeyim", "yıllık izindeyim",
    "izinli olacağım", "tatildeyim", "yokluğumda", "ofis dışında bulunmaktayım", "izinde olacağım",
    # ru, uk, bg, sr
    "я в отпуске", "я нахожусь в отпуске", "нахожусь в отпуске", "буду в отпуске", "я отсутствую", "буду отсутствовать",
    "меня нет в офисе", "меня не будет в офисе", "меня нет на рабочем месте", "не на рабочем месте", "я вне офиса",
    "нахожусь вне офиса", "в моё отсутствие", "в мое отсутствие", "во время моего отсутствия", "на время моего отсутствия",
    "в командировке", "я у відпустці", "перебуваю у відпустці", "буду у відпустці", "я відсутній",
    "буду відсутній", "буду відсутня", "мене немає в офісі", "за моєї відсутності", "під час моєї відсутності",
    "у відрядженні", "извън офиса съм", "в отпуск съм", "ще бъда в отпуск", "отсъствам",
    "по време на отсъствието ми", "одсутан сам", "на одмору сам",
    # hr, sl
    "nisam u uredu", "nisam u kancelariji", "odsutan sam", "odsutna sam", "na godišnjem odmoru", "na godišnjem sam",
    "izvan ureda sam", "u mojoj odsutnosti", "tijekom moje odsutnosti", "za vrijeme moje odsutnosti", "nisem v pisarni",
    "odsoten sem", "odsotna sem", "sem na dopustu", "na dopustu sem", "v moji odsotnosti", "v času moje odsotnosti",
    # lt, lv
    "esu atostogose", "šiuo metu atostogauju", "atostogauju", "nesu biure", "mano nebuvimo metu", "esmu atvaļinājumā",
    "atrodos atvaļinājumā", "neesmu birojā", "manas prombūtnes laikā",
    # el
    "βρίσκομαι εκτός γραφείου", "είμαι εκτός γραφείου", "θα βρίσκομαι εκτός γραφείου", "θα απουσιάζω", "απουσιάζω από το γραφείο",
    "βρίσκομαι σε άδεια", "είμαι σε άδεια", "θα είμαι σε άδεια", "κατά την απουσία μου",
    # he, ar, fa
    "אני לא במשרד", "איני במשרד", "אינני במשרד", "אני מחוץ למשרד", "אני בחופשה", "אני נמצא בחופשה", "אני נמצאת בחופשה",
    "אהיה בחופשה", "בהיעדרי", "בהעדרי", "أنا خارج المكتب", "أنا حاليا خارج المكتب", "خارج المكتب حاليا", "أنا في إجازة",
    "سأكون خارج المكتب", "سأكون في إجازة", "خلال غيابي", "أثناء غيابي", "در مرخصی هستم", "در دفتر نیستم",
    # ja, zh, ko
    "不在にしております", "不在にします", "不在となります", "不在です", "不在のため", "休暇をいただいて", "休暇を頂いて", "休暇中です", "休暇中のため",
    "出張中", "外出しております", "お休みをいただいて", "夏季休業", "年末年始休業", "退職いたしました",
    "我不在办公室", "我正在休假", "我在休假", "我目前不在", "我将不在", "我现在不在", "我出差", "正在出差", "休假期间", "外出期间",
    "暂时无法回复", "已离职", "我目前不在辦公室", "我正在休假中", "休假期間", "暫時無法回覆",
    "부재중입니다", "부재 중입니다", "휴가 중입니다", "휴가중입니다", "자리를 비", "출장 중", "출장중", "부재 기간", "퇴사하였습니다",
    # id, ms, vi, th, hi
    "saya sedang cuti", "saya sedang di luar kantor", "saya tidak berada di kantor", "saya berada di luar kantor",
    "selama saya cuti", "saya bercuti", "saya tiada di pejabat", "tôi đang nghỉ phép", "tôi không có mặt tại văn phòng",
    "tôi hiện không có mặt", "tôi sẽ vắng mặt", "tôi đang vắng mặt", "trong thời gian vắng mặt", "tôi đi công tác",
    "ไม่อยู่ที่สำนักงาน", "ไม่อยู่ในสำนักงาน", "ลาพักร้อน", "ลาพักผ่อน", "ไม่ได้อยู่ที่ออฟฟิศ", "मैं कार्यालय से बाहर",
    "मैं छुट्टी पर", "मेरी अनुपस्थिति",
)  # fmt: skip
"""Somebody says that they are away."""

CONSEQUENCES = (
    # en
    "i will return", "i'll return", "returning on", "upon my return", "on my return", "when i return", "when i get back",
    "after my return", "will be back", "back in the office", "back at work", "back on", "i am back", "until", "till",
    "in my absence", "during my absence", "while i am away", "while i'm away", "limited access to email",
    "limited access to e-mail", "limited access to my email", "no access to email", "no access to e-mail",
    "no access to my email", "without access to", "intermittent access", "limited email access", "checking email",
    "checking my email", "monitoring my email", "if your matter is urgent", "if it is urgent", "if urgent", "if this is urgent",
    "if your query is urgent", "if your email is urgent", "if your enquiry is urgent", "if you require immediate",
    "if you need immediate", "for urgent", "for immediate", "in urgent cases", "in case of emergency", "for emergencies",
    "in an emergency", "urgent matters", "urgent enquiries", "urgent inquiries", "immediate assistance", "please contact",
    "contact my colleague", "will respond", "will reply", "your email will not be", "not be forwarded", "will be read",
    "please direct", "please redirect", "please forward", "please use",
    # de
    "wieder erreichbar", "wieder im büro", "wieder im haus", "wieder für sie da", "wieder zurück", "zurück", "nach meiner rückkehr",
    "bis zum", "bis einschließlich", "bis einschl", "während meiner abwesenheit", "in meiner abwesenheit", "vertretung",
    "vertritt mich", "vertreten", "in dringenden fällen", "in dringenden angelegenheiten", "bei dringenden", "dringende",
    "nicht weitergeleitet", "wird nicht gelesen", "nicht automatisch weitergeleitet", "wenden sie sich bitte",
    "wenden sie sich", "kontaktieren sie", "bitte an", "nur eingeschränkt", "nicht erreichbar", "keinen zugriff",
    # fr
    "de retour", "mon retour", "jusqu'au", "jusqu'à", "en cas d'urgence", "pour toute urgence", "pour toute demande urgente",
    "veuillez contacter", "vous pouvez contacter", "merci de contacter", "veuillez vous adresser", "pendant mon absence",
    "durant mon absence", "en mon absence", "ne sera pas transféré", "accès limité", "pas accès à", "vous pouvez joindre",
    # es, ca
    "regreso", "mi regreso", "mi vuelta", "de vuelta", "hasta el", "en caso de urgencia", "cualquier urgencia", "para asuntos urgentes", "si es urgente",
    "para cualquier", "contacte con", "póngase en contacto", "contactar con", "acceso limitado", "durante mi ausencia",
    "en cas d'urgència", "fins al",
    # pt
    "regressarei", "retornarei", "meu retorno", "meu regresso", "até ao dia", "até o dia", "até dia", "em caso de urgência",
    "assuntos urgentes", "por favor contacte", "favor contatar", "favor entrar em contato", "entre em contato", "acesso limitado",
    "durante a minha ausência", "durante minha ausência", "de volta",
    # it
    "rientro", "mio ritorno", "rientrerò", "sarò di nuovo", "fino al", "sino al", "in caso di urgenza", "per urgenze",
    "per questioni urgenti", "contattare", "rivolgersi a", "accesso limitato", "durante la mia assenza",
    # nl
    "weer aanwezig", "weer bereikbaar", "weer op kantoor", "tot en met", "tot aan", "in dringende gevallen", "bij dringende",
    "voor dringende", "bij spoed", "in geval van nood", "contact opnemen met", "neem contact op", "tijdens mijn afwezigheid",
    "niet doorgestuurd", "terug op",
    # sv, da, no, is
    "tillbaka", "åter på kontoret", "åter den", "vid brådskande", "i brådskande", "kontakta", "till och med", "under min frånvaro",
    "tilbage", "tilbake", "til og med", "i hastende", "ved akut", "kontakt venligst", "vennligst kontakt", "kontakt",
    "i mit fravær", "i mitt fravær", "ved behov", "til baka",
    # fi, et
    "palaan", "takaisin", "asti", "saakka", "kiireellisissä", "kiireisissä", "ota yhteyttä", "ottakaa yhteyttä", "tagasi",
    "kiireloomuli", "kuni", "pöördu",
    # pl, cs, sk
    "wracam", "wrócę", "powrót", "powrocie", "do dnia", "w pilnych", "w sprawach pilnych", "proszę o kontakt", "prosimy o kontakt",
    "kontaktować", "ograniczony dostęp", "vrátím se", "zpět", "do dne", "v naléhavých", "v neodkladných", "kontaktujte",
    "obraťte se", "vrátim sa", "späť", "v naliehavých", "v súrnych", "obráťte sa",
    # hu, ro
    "visszatér", "térek vissza", "sürgős", "keresse", "forduljon", "-ig", "mă întorc", "revin", "întoarcere", "până la",
    "până în", "pentru urgențe", "în caz de urgență", "contactați",
    # tr
    "döneceğim", "dönüşümde", "tarihine kadar", "acil durum", "acil konular", "iletişime geç", "irtibata geç", "kadar",
    # ru, uk, bg, sr
    "вернусь", "возвращ", "до ", "по срочным", "в срочных", "в случае срочной", "срочные вопросы", "обращайтесь", "обратитесь",
    "свяжитесь", "прошу обращаться", "повернусь", "з термінових", "у термінових", "звертайтеся", "зверніться",
    "ще се върна", "спешни", "свържете се", "обърнете се", "вратићу се",
    # hr, sl
    "vraćam se", "povratak", "povratka", "u hitnim", "za hitne", "kontaktirajte", "obratite se", "vrnem se", "nazaj",
    "v nujnih", "obrnite se",
    # lt, lv
    "grįšiu", "iki", "skubiais", "kreipkitės", "susisiekite", "atgriezīšos", "līdz", "steidzam", "sazinieties",
    # el
    "επιστρέφω", "θα επιστρέψω", "επιστροφή", "έως", "μέχρι", "επείγον", "επικοινωνήστε", "απευθυνθείτε",
    # he, ar, fa
    "אחזור", "אשוב", "עד ", "דחוף", "דחופים", "ניתן לפנות", "אנא פנו", "سأعود", "حتى", "للحالات العاجلة", "في الحالات العاجلة",
    "عاجل", "يرجى التواصل", "يرجى الاتصال", "بازمی", "تماس بگیرید",
    # ja, zh, ko
    "まで", "戻り", "復帰", "お急ぎ", "緊急", "ご連絡", "返信いたします", "返信が遅れ", "返来", "回来", "返回", "紧急", "緊急", "请联系", "請聯絡", "請聯繫",
    "尽快", "盡快", "까지", "복귀", "급한", "긴급", "연락", "회신",
    # id, ms, vi, th, hi
    "kembali", "sampai", "hingga", "mendesak", "hubungi", "sehingga", "segera", "trở lại", "quay lại", "đến ngày", "đến hết",
    "khẩn", "liên hệ", "กลับมา", "จนถึง", "ด่วน", "ติดต่อ", "तक", "वापस", "संपर्क",
)  # fmt: skip
"""And what follows from it: until when, and whom to ask instead."""

FRAGMENTS = (
    "no longer with the company", "no longer works for", "has left the company", "nicht mehr im unternehmen", "ne travaille plus", "ya no trabaja",
    "não trabalha mais", "non lavora più", "niet meer werkzaam", "больше не работает", "out of the office", "out of office", "not in the office", "not be in the office", "away from the office", "on extended leave", "on annual leave",
    "on parental leave", "on maternity leave", "nicht im büro", "nicht im haus", "nicht am arbeitsplatz", "außer haus", "in elternzeit", "pas au bureau",
    "hors du bureau", "absent du bureau", "absente du bureau", "fuera de la oficina", "ausente de la oficina", "fora do escritório", "ausente do escritório",
    "fuori ufficio", "fuori sede", "niet op kantoor", "niet aanwezig", "inte på kontoret", "tillbaka på kontoret", "ikke på kontoret", "poissa toimistosta",
    "poza biurem", "mimo kancelář", "mimo kancelárie", "házon kívül", "irodán kívül", "nu sunt la birou", "din birou", "ofis dışında", "вне офиса", "нет в офисе",
    "поза офісом", "немає в офісі", "извън офиса", "izvan ureda", "zunaj pisarne", "εκτός γραφείου", "לא במשרד", "מחוץ למשרד", "خارج المكتب", "不在办公室",
    "不在辦公室", "di luar kantor", "ngoài văn phòng",
)  # fmt: skip
"""Not being at work, whoever it is; customers are on holiday, too, but they are not out of the office."""

FORWARDINGS = (
    "for urgent", "if urgent", "if your matter is urgent", "urgent matters", "urgent enquiries", "urgent inquiries",
    "urgent requests", "in urgent cases", "in my absence", "during my absence", "on my return", "upon my return", "after my return", "when i return",
    "when i am back", "when i get back", "limited access to", "no access to", "access to my email", "access to email", "in case of emergency", "in dringenden", "bei dringenden", "dringende", "während meiner abwesenheit", "in meiner abwesenheit",
    "nach meiner rückkehr", "nicht weitergeleitet", "meine vertretung", "en cas d'urgence",
    "pour toute urgence", "mon retour", "mon absence", "ma messagerie", "mes mails", "en caso de urgencia", "cualquier urgencia", "asuntos urgentes", "mi ausencia",
    "mi regreso", "mi vuelta", "em caso de urgência", "assuntos urgentes", "minha ausência", "meu retorno", "meu regresso", "in caso di urgenza", "per urgenze",
    "mio rientro", "mia assenza", "bij spoed", "dringende zaken", "dringende gevallen", "mijn afwezigheid", "brådskande", "min frånvaro",
    "mit fravær", "mitt fravær", "hastende", "hastesaker", "kiireelli", "kiireisi", "kiireloomuli", "w pilnych", "sprawach pilnych",
    "mojej nieobecności", "v naléhavých", "neodkladn", "mé nepřítomnosti", "súrn", "naliehav", "mojej neprítomnosti", "sürgős", "távollét", "pentru urgențe", "caz de urgență",
    "absența mea", "acil", "yokluğumda", "срочн", "моего отсутствия", "мое отсутствие", "термінов", "моєї відсутності", "спешн", "hitn", "nujn", "skubi", "steidzam",
    "επείγον", "επείγοντα", "דחוף", "דחופים", "عاجل", "للحالات العاجلة", "غيابي", "お急ぎ", "緊急", "紧急", "緊急", "急事", "급한", "긴급", "mendesak", "khẩn", "ด่วน",
)  # fmt: skip
"""Whom to ask instead, or what becomes of mail in the meantime: only someone who is away themselves says so."""
