"""How subjects of out-of-office answers begin in forty languages."""

SUBJECT_BEGINNINGS = (
    # en
    "automatic reply", "automatic response", "automated reply", "automated response", "auto reply", "auto-reply", "autoreply",
    "auto response", "auto-response", "autoresponse", "auto responder", "autoresponder", "auto", "out of office",
    "out of the office", "out-of-office", "ooo", "oof", "vacation", "vacation reply", "vacation message", "vacation notice",
    "on vacation", "on holiday", "on leave", "annual leave", "away", "away from office", "away from my mail",
    "away from the office", "i am away", "i'm away", "i am out of the office", "i'm out of the office", "i am on vacation",
    "absence", "absence notice", "absence notification", "holiday notice", "not in office", "not in the office",
    "no longer with", "maternity leave", "parental leave", "away until", "away message", "auto notification",
    # de
    "automatische antwort", "automatische rückantwort", "automatische rückmeldung", "automatische mitteilung",
    "automatische nachricht", "automatische e-mail", "autoantwort", "auto-antwort", "automatische abwesenheitsnotiz",
    "abwesenheitsnotiz", "abwesenheitsmeldung", "abwesenheitsnachricht", "abwesenheitsbenachrichtigung", "abwesenheitsassistent",
    "abwesenheit", "abwesend", "abwesenheitsagent", "urlaubsnotiz", "urlaub", "im urlaub", "urlaubsmeldung", "nicht im büro",
    "nicht im haus", "außer haus", "ausser haus", "ich bin nicht im büro", "ich bin im urlaub", "ich bin abwesend",
    # fr
    "réponse automatique", "message automatique", "réponse d'absence", "message d'absence", "avis d'absence",
    "notification d'absence", "absence du bureau", "absent du bureau", "absente du bureau", "absent", "absente", "en congé",
    "en congés", "en vacances", "hors du bureau", "je suis absent", "je suis absente", "je suis en congé", "absence de",
    "accusé d'absence", "actuellement absent", "actuellement absente",
    # es, ca, gl, eu
    "respuesta automática", "contestación automática", "mensaje automático", "fuera de la oficina", "fuera de oficina",
    "ausente", "ausente de la oficina", "ausencia", "respuesta de ausencia", "aviso de ausencia", "de vacaciones",
    "estoy de vacaciones", "resposta automàtica", "fora de l'oficina", "absència", "resposta automática",
    "erantzun automatikoa", "bulegotik kanpo",
    # pt
    "mensagem automática", "fora do escritório", "fora da escritório", "ausência", "ausência temporária", "ausente do escritório",
    "aviso de ausência", "de férias", "em férias", "férias",
    # it
    "risposta automatica", "messaggio automatico", "fuori sede", "fuori ufficio", "fuori dall'ufficio", "assente",
    "assenza", "assente dall'ufficio", "notifica di assenza", "avviso di assenza", "in ferie", "sono in ferie", "autorisposta",
    # nl, af
    "automatisch antwoord", "automatische beantwoording", "automatische reactie", "automatisch bericht", "afwezig",
    "afwezigheid", "afwezigheidsbericht", "afwezigheidsassistent", "afwezigheidsmelding", "niet aanwezig", "niet op kantoor",
    "buiten kantoor", "met vakantie", "op vakantie", "vakantie", "outomatiese antwoord",
    # sv, da, no, is
    "automatiskt svar", "autosvar", "automatsvar", "auto-svar", "automatiskt meddelande", "frånvaro", "frånvarande",
    "frånvaromeddelande", "frånvaroassistenten", "ej på kontoret", "inte på kontoret", "på semester", "semester",
    "automatisk svar", "automatisk besvarelse", "ikke på kontoret", "ikke til stede", "fraværsmeddelelse", "fraværsbesked",
    "fraværsmelding", "fravær", "fraværende", "på ferie", "ferie", "ute av kontoret", "ute av kontor", "sjálfvirkt svar",
    "fjarverandi",
    # fi, et
    "automaattinen vastaus", "automaattivastaus", "poissaoloilmoitus", "poissaoloviesti", "poissa", "poissa toimistosta",
    "lomalla", "olen lomalla", "en ole paikalla", "automaatvastus", "automaatne vastus", "kontorist väljas", "eemal", "puhkusel",
    # pl, cs, sk
    "automatyczna odpowiedź", "odpowiedź automatyczna", "autoodpowiedź", "automatyczna informacja", "poza biurem",
    "nieobecność", "nieobecność w biurze", "nieobecny", "urlop", "na urlopie", "automatická odpověď", "mimo kancelář",
    "nepřítomnost", "nepřítomen", "jsem mimo kancelář", "dovolená", "na dovolené", "automatická odpoveď", "mimo kancelárie",
    "mimo kanceláriu", "neprítomnosť", "dovolenka", "na dovolenke",
    # hu, ro
    "automatikus válasz", "automatikus üzenet", "házon kívül", "irodán kívül", "távollét", "távolléti üzenet", "szabadság",
    "szabadságon", "răspuns automat", "mesaj automat", "absent din birou", "plecat din birou", "în afara biroului",
    "lipsesc din birou", "în concediu", "concediu",
    # tr, az
    "otomatik yanıt", "otomatik cevap", "ofis dışında", "ofis dışındayım", "dışarıda", "izindeyim", "yıllık izin", "tatildeyim",
    "avtomatik cavab",
    # ru, uk, be, bg, sr, mk
    "автоматический ответ", "автоответ", "автоответчик", "автоматическое сообщение", "нет на месте", "вне офиса", "отсутствие",
    "отсутствую", "я в отпуске", "в отпуске", "отпуск", "автоматична відповідь", "автовідповідь", "автоматичне повідомлення",
    "немає на роботі", "поза офісом", "відсутній", "відсутня", "у відпустці", "відпустка", "аўтаматычны адказ",
    "автоматичен отговор", "извън офиса", "отсъствие", "в отпуск", "аутоматски одговор", "ван канцеларије",
    "автоматски одговор",
    # hr, bs, sr, sl
    "automatski odgovor", "izvan ureda", "izvan kancelarije", "van kancelarije", "odsutan", "odsutna", "odsutnost",
    "na godišnjem odmoru", "godišnji odmor", "samodejni odgovor", "avtomatski odgovor", "odsoten", "odsotna", "odsotnost",
    "zunaj pisarne", "na dopustu", "dopust",
    # lt, lv
    "automatinis atsakymas", "nesu biure", "esu atostogose", "atostogos", "automātiskā atbilde", "automātiska atbilde",
    "ārpus biroja", "atvaļinājums", "atvaļinājumā", "prombūtne",
    # el, sq
    "αυτόματη απάντηση", "εκτός γραφείου", "απουσία", "απουσιάζω", "άδεια", "përgjigje automatike",
    # he, ar, fa
    "תשובה אוטומטית", "מענה אוטומטי", "הודעה אוטומטית", "מחוץ למשרד", "הודעת היעדרות", "בחופשה", "رد تلقائي", "الرد التلقائي",
    "الرد الآلي", "رد آلي", "خارج المكتب", "في إجازة", "پاسخ خودکار", "خارج از دفتر",
    # ja, zh, ko
    "自動応答", "自動返信", "自動返答", "不在", "不在通知", "不在連絡", "不在のお知らせ", "外出中", "休暇中", "【自動返信】",
    "自动答复", "自动回复", "自動回覆", "自動回復", "自动应答", "外出", "不在办公室", "不在辦公室", "休假", "休假中", "休假通知", "请假",
    "자동 회신", "자동회신", "자동 응답", "자동응답", "자동 답장", "부재중", "부재 중", "부재 알림", "휴가", "휴가중", "휴가 중",
    # id, ms, vi, th, hi, tl, sw
    "balasan otomatis", "jawaban otomatis", "di luar kantor", "sedang cuti", "balasan automatik", "di luar pejabat",
    "trả lời tự động", "thư trả lời tự động", "vắng mặt", "ngoài văn phòng", "không có mặt ở văn phòng", "nghỉ phép",
    "ตอบกลับอัตโนมัติ", "การตอบกลับอัตโนมัติ", "ตอบอัตโนมัติ", "ไม่อยู่ที่สำนักงาน", "ไม่อยู่ที่ออฟฟิศ", "ลาพักร้อน",
    "स्वचालित उत्तर", "कार्यालय से बाहर", "awtomatikong tugon", "jibu la moja kwa moja",
)  # fmt: skip
"""A subject that is one of these, or begins with one and a colon, a dash, a bracket or the like."""

SUBJECT_PHRASES = (
    "is out of the office", "is out of office", "am out of the office", "out of office autoreply", "out of office auto-reply",
    "out of office reply", "out of office response", "out of office notification", "out of office message",
    "out of office notice", "is on vacation", "is on holiday", "is on leave", "is on annual leave", "is away until",
    "will be out of the office", "automatic out of office", "vacation auto", "vacation autoreply", "is no longer with",
    "no longer works", "has left the company", "ist nicht im büro", "ist nicht im haus", "ist außer haus", "ist im urlaub",
    "ist abwesend", "est absent", "est absente", "est en congé", "is afwezig", "is niet aanwezig", "é assente", "e' assente",
    "è assente", "está ausente", "está fuera de la oficina", "esta fuera de la oficina", "está fora do escritório",
    "är inte på kontoret", "er ikke på kontoret", "jest poza biurem", "je mimo kancelář", "autoreply", "autoresponse",
    "auto-reply", "auto-response", "automatic reply", "automatische antwort", "réponse automatique", "respuesta automática",
    "resposta automática", "risposta automatica", "automatisch antwoord", "abwesenheitsnotiz",
)  # fmt: skip
"""Words anywhere in a subject that is no answer to another."""
