"""People and machines: every sign of threat-model 5.2, absences in many languages, and what people write that sounds like a machine (G3, A12 to A15)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.replies import LetterKind
from bridge.letters.automatic import KINDS, Classification, Facts, classify
from bridge.letters.matching import fold
from bridge.letters.mime import read
from bridge.letters.vocabulary import (
    absence,
    absence_subjects,
    automated,
    bounce,
    calendars,
    challenges,
    mass,
    receipts,
)

ANSWER = (
    "From: Ann Agent <ann@acme.example>",
    "Subject: Re: [X] where is my parcel?",
    "In-Reply-To: <p.1@bridge.example>",
)


def told(text: str, *fields: str, facts: Facts = Facts()) -> Classification:  # noqa: B008 - frozen
    head = [*fields, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return classify(read("\r\n".join([*head, "", text]).encode()), facts)


MARKS = [
    ("Auto-Submitted: auto-replied", "autoreply"),
    ("Auto-Submitted: auto-generated (vacation)", "autoreply"),
    ("Auto-Submitted: auto-notified; owner-email=x@y.example", "autoreply"),
    ("Precedence: junk", "autoreply"),
    ("Precedence: list", "autoreply"),
    ("Precedence: Auto_Reply", "autoreply"),
    ("X-Autoreply: yes", "autoreply"),
    ("X-Autorespond: yes", "autoreply"),
    ("X-Apple-Action: VACATION/1.0", "ooo"),
    ("X-POST-MessageClass: 9; Autoresponder", "autoreply"),
    ("List-Id: <list.acme.example>", "list"),
    ("Sender: owner-list@acme.example", "list"),
    ("Message-ID: <FS_autoreply-123@acme.example>", "auto-ack"),
    ("X-ServiceNow-Generated: true", "notification"),
]

ORIGINS = [
    ("Return-Path: <>", "autoreply"),
    ("Return-Path: <MAILER-DAEMON>", "autoreply"),
    ("X-Bridge-Instance: other", "notification"),
    ("X-Bridge-Hops: 1", "notification"),
    ("X-Failed-Recipients: queue@acme.example", "bounce-other"),
]

NO_SIGNS = [
    "Precedence: bulk",
    "Auto-Submitted: no",
    "X-Auto-Response-Suppress: All",
    "Return-Path: <ann@acme.example>",
    "Return-Path: <bounces+12-ab=acme.example@esp.example>",
    "X-Priority: 1",
    "X-RT-Ticket: acme #5",
    "X-Zammad-Reply-To: x",
    "List-Unsubscribe: <mailto:leave@acme.example>",
    "Feedback-ID: 1:2:3:esp",
    "X-Mailer: Microsoft Outlook 16.0",
    "X-PHP-Originating-Script: 33:freescout.php",
]


@pytest.mark.parametrize(("field", "label"), MARKS + ORIGINS)
def test_each_mark_suffices(field: str, label: str) -> None:
    found = told("It is on its way.", *ANSWER, field)
    assert (found.label, found.kind) == (label, KINDS[label])
    assert found.signs


@pytest.mark.parametrize("field", NO_SIGNS)
def test_what_stands_on_peoples_answers_is_no_sign(field: str) -> None:
    assert told("It is on its way.", *ANSWER, field) == Classification(kind=LetterKind.REPLY, label="human", signs=())


@pytest.mark.parametrize(("field", "label"), MARKS)
def test_a_sender_may_be_excused_from_marks(field: str, label: str) -> None:
    excused = Facts(human_despite_header=frozenset({"ann@acme.example"}))
    assert told("It is on its way.", *ANSWER, field, facts=excused).kind is LetterKind.REPLY
    assert (
        told("This is an automated message. Please do not reply.", *ANSWER, field, facts=excused).kind
        is not LetterKind.REPLY
    )


@pytest.mark.parametrize(("field", "label"), ORIGINS)
def test_nobody_is_excused_from_what_no_ticket_system_writes(field: str, label: str) -> None:
    excused = Facts(human_despite_header=frozenset({"ann@acme.example"}))
    assert told("It is on its way.", *ANSWER, field, facts=excused).label == label


@pytest.mark.parametrize(
    "sender",
    ["no-reply@acme.example", "NoReply@acme.example", "Acme <do_not_reply@acme.example>", "support-noreply@acme.example",
     "nicht-antworten@acme.example", "ne-pas-repondre@acme.example", "naoresponda@acme.example", "non.rispondere@acme.example"],
)  # fmt: skip
def test_senders_that_take_no_answer_are_machines(sender: str) -> None:
    assert told("Hello.", f"From: {sender}", *ANSWER[1:]).kind is LetterKind.OTHER


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@mx.example", "postmaster@acme.example", "Mail Delivery Subsystem <x@y.example>", "<>"]
)
def test_mail_servers_are_machines(sender: str) -> None:
    assert told("Hello.", f"From: {sender}", "Subject: hello").kind is LetterKind.BOUNCE


def test_the_acknowledgement_of_the_desk_is_known_in_any_case_and_wrapping() -> None:
    """A14."""
    facts = Facts(acknowledgements=("we'll be with you in no time",))
    assert told("Dear Jane,\r\nWe’ll be with\r\nyou in NO time!", *ANSWER, facts=facts).label == "auto-ack"
    assert told("On time!\r\n\r\n> We'll be with you in no time", *ANSWER, facts=facts).kind is LetterKind.REPLY
    assert told("Hello.", *ANSWER, facts=Facts(acknowledgements=("", " "))).kind is LetterKind.REPLY


ABSENCES = {
    "en": "I am currently out of the office and will be back on Monday. For urgent matters please contact bob@acme.example.",
    "de": "Ich bin bis einschließlich 5. Januar nicht im Büro. In dringenden Fällen wenden Sie sich bitte an meine Kollegin. Ich bin im Urlaub.",
    "fr": "Bonjour, je suis actuellement absent. Je serai de retour le 5 janvier. En cas d'urgence, veuillez contacter Paul.",
    "es": "Hola, estoy de vacaciones hasta el 5 de enero. Para asuntos urgentes, contacte con María.",
    "ca": "Hola, estic de vacances fins al 5 de gener. En cas d'urgència truqueu a la Maria.",
    "pt": "Olá, encontro-me de férias até ao dia 5 de janeiro. Em caso de urgência, por favor contacte a Maria.",
    "pt-br": "Olá! Estou de férias e retornarei no dia 5. Assuntos urgentes, favor entrar em contato com a Maria.",
    "it": "Buongiorno, sono in ferie fino al 5 gennaio. In caso di urgenza contattare Mario.",
    "nl": "Ik ben met vakantie tot en met 5 januari. Bij dringende zaken kunt u contact opnemen met Piet.",
    "sv": "Hej, jag är på semester till och med 5 januari. Vid brådskande ärenden kontakta Anna.",
    "da": "Hej, jeg holder ferie til og med 5. januar. Ved akutte henvendelser kontakt venligst Anna.",
    "no": "Hei, jeg er på ferie til og med 5. januar. Vennligst kontakt Anna i hastesaker.",
    "fi": "Olen lomalla 5.1. asti. Kiireellisissä asioissa ota yhteyttä Annaan.",
    "et": "Olen puhkusel kuni 5. jaanuarini. Kiireloomuliste küsimuste korral pöördu Anna poole.",
    "pl": "Jestem na urlopie do dnia 5 stycznia. W pilnych sprawach proszę o kontakt z Anną.",
    "cs": "Dobrý den, jsem na dovolené do 5. ledna. V naléhavých případech kontaktujte Annu.",
    "sk": "Dobrý deň, čerpám dovolenku do 5. januára. V súrnych prípadoch kontaktujte Annu.",
    "hu": "Szabadságon vagyok január 5-ig. Sürgős esetben keresse Annát.",
    "ro": "Bună ziua, sunt în concediu până în 5 ianuarie. Pentru urgențe, contactați-o pe Ana.",
    "tr": "Merhaba, 5 Ocak tarihine kadar yıllık izindeyim. Acil durumlarda Ayşe ile iletişime geçebilirsiniz.",
    "ru": "Здравствуйте! Я в отпуске до 5 января. По срочным вопросам обращайтесь к Анне.",
    "uk": "Добрий день! Я у відпустці до 5 січня. З термінових питань звертайтеся до Анни.",
    "bg": "Здравейте, в отпуск съм до 5 януари. За спешни въпроси се обърнете към Анна.",
    "hr": "Poštovani, na godišnjem odmoru sam do 5. siječnja. Za hitne slučajeve obratite se Ani.",
    "sl": "Pozdravljeni, na dopustu sem do 5. januarja. V nujnih primerih se obrnite na Ano.",
    "lt": "Sveiki, šiuo metu atostogauju iki sausio 5 d. Skubiais klausimais kreipkitės į Oną.",
    "lv": "Labdien, esmu atvaļinājumā līdz 5. janvārim. Steidzamos gadījumos sazinieties ar Annu.",
    "el": "Θα απουσιάζω από το γραφείο μέχρι τις 5 Ιανουαρίου. Για επείγοντα θέματα επικοινωνήστε με την Άννα.",
    "he": "שלום, אני בחופשה עד ה-5 בינואר. בעניינים דחופים ניתן לפנות לאנה.",
    "ar": "مرحبا، أنا في إجازة حتى 5 يناير. للحالات العاجلة يرجى التواصل مع آنا.",
    "ja": "1月5日まで不在にしております。お急ぎの場合は田中までご連絡ください。",
    "zh": "您好，我正在休假，1月5日回来。如有紧急事宜，请联系李明。",
    "zh-tw": "您好，我正在休假中，1月5日返回。如有緊急事宜，請聯絡李明。",
    "ko": "안녕하세요. 1월 5일까지 휴가 중입니다. 급한 용무는 김민수에게 연락 부탁드립니다.",
    "id": "Saya sedang cuti sampai 5 Januari. Untuk hal mendesak, hubungi Ani.",
    "vi": "Tôi đang nghỉ phép đến ngày 5 tháng 1. Nếu có việc khẩn, vui lòng liên hệ với Lan.",
    "th": "ขณะนี้ฉันลาพักร้อนจนถึงวันที่ 5 มกราคม หากมีเรื่องด่วนกรุณาติดต่อคุณอร",
}

LOOSE_ABSENCES = [
    "Thank you for your email. I will be out of the office from March 19-25. If you require any assistance during my absence, please contact Bob.",
    "Vielen Dank für Ihre Nachricht. Ich bin vom 1.5. bis 7.5. nicht im Büro. In dringenden Fällen hilft meine Kollegin.",
    "Vielen Dank für Ihre E-Mail, ich bin leider nicht im Büro. Ihre Mail wird nicht weitergeleitet.",
    "Je ne suis pas au bureau jusqu'à la semaine prochaine. En cas d'urgence appelez Paul.",
    "Me encuentro del 1 al 5 de mayo fuera de la oficina. Ante cualquier urgencia, contactar a María.",
    "W dniach 1-5 maja jestem poza biurem. W sprawach pilnych proszę o kontakt z Anną.",
    "Tack för ditt mail! Jag är tillbaka på kontoret den 5 maj. Vid brådskande ärenden ring växeln.",
    "Bedankt voor uw e-mail. Ik ben helaas niet aanwezig. Voor dringende zaken kunt u terecht bij mijn collega.",
]

ABSENT_SUBJECTS = [
    "Automatic reply: [X] where is my parcel?", "Out of Office", "Out of office: Ann Agent", "AutoReply: hello", "Auto: Re: hello",
    "Away until May 5", "Ann Agent is out of the office (returning 03/01)", "[EXTERNAL] Automatic reply: hello", "Automatische Antwort: Hallo",
    "Abwesenheitsnotiz: Hallo", "Abwesend", "Réponse automatique : Bonjour", "Absent(e) du bureau : bonjour", "Respuesta automática: Hola",
    "Resposta automática: Olá", "Risposta automatica: Ciao", "Fuori sede", "Automatisch antwoord: Hallo", "Afwezig: hallo", "Automatiskt svar: hej",
    "Autosvar: hej", "Frånvaro: hej", "Automatisk svar: hej", "Automaattinen vastaus: hei", "Poissa", "Automatyczna odpowiedź: cześć",
    "Automatická odpověď: ahoj", "Automatická odpoveď: ahoj", "Automatikus válasz: szia", "Răspuns automat: salut", "Otomatik Yanıt: merhaba",
    "Автоматический ответ: привет", "Автоматична відповідь: привіт", "Автоматичен отговор: здравей", "Automatski odgovor: bok", "Samodejni odgovor: živjo",
    "Automatinis atsakymas: labas", "Automātiska atbilde: sveiki", "Automaatvastus: tere", "Αυτόματη απάντηση: γεια", "תשובה אוטומטית: שלום",
    "رد تلقائي: مرحبا", "自動応答: こんにちは", "自動返信：こんにちは", "不在: こんにちは", "自动答复: 你好", "自动回复：你好", "자동 회신: 안녕", "부재 중: 안녕",
    "Balasan otomatis: halo", "Trả lời tự động: xin chào", "ตอบกลับอัตโนมัติ: สวัสดี",
]  # fmt: skip


@pytest.mark.parametrize("language", ABSENCES)
def test_a12_an_absence_is_known_by_its_words_alone(language: str) -> None:
    found = told(ABSENCES[language], *ANSWER)
    assert (found.kind, found.label) == (LetterKind.AUTOMATIC, "ooo")


@pytest.mark.parametrize("text", LOOSE_ABSENCES)
def test_a12_dates_and_courtesies_may_stand_between_the_words(text: str) -> None:
    assert told(text, *ANSWER).label == "ooo"


@pytest.mark.parametrize("subject", ABSENT_SUBJECTS)
def test_a12_an_absence_is_known_by_its_subject_alone(subject: str) -> None:
    found = told("1234", ANSWER[0], f"Subject: {subject}", ANSWER[2])
    assert (found.kind, found.label) == (LetterKind.AUTOMATIC, "ooo")


RECEIPTS = [
    ("Re: [X] hello", "Dear customer,\r\nThis is an automated response. We have received your request.", "auto-ack"),
    ("[acme #5] AutoReply: [X] hello", "This message has been automatically generated in response to the creation of a ticket.", "auto-ack"),
    ("[Request received] hello", "Your request (#35436) has been received and is being reviewed by our support staff.", "auto-ack"),
    ("Ticket Received - hello", "Dear Jane, we would like to acknowledge that we have received your request and a ticket has been created.", "auto-ack"),
    ("Eingangsbestätigung: hello", "Vielen Dank für Ihre Anfrage. Wir melden uns.", "auto-ack"),
    ("Re: hello", "Diese E-Mail wurde automatisch erstellt. Ihre Anfrage ist eingegangen.", "auto-ack"),
    ("Accusé de réception : hello", "Nous avons bien reçu votre message.", "auto-ack"),
    ("Acuse de recibo", "Hemos recibido su solicitud.", "auto-ack"),
    ("お問い合わせありがとうございます", "このメールは自動送信されています。受付番号 123", "auto-ack"),
    ("How would you rate the support you received?", "Please rate your experience: Good, I'm satisfied. Bad, I'm unsatisfied", "auto-ack"),
    ("Re: hello", "Hello Jane,\r\nHow would you rate the support you received?\r\nGood, I'm satisfied\r\nBad, I'm unsatisfied", "auto-ack"),
    ("Re: hello", "Это автоматический ответ, ваш запрос зарегистрирован.", "auto-ack"),
    ("Re: hello", "Your mail waits. Please click the link below to deliver it: prove that you are human for spamarrest", "challenge"),
    ("Read: [X] hello", "Your message was read on Monday.", "mdn"),
    ("Gelesen: [X] hello", "Ihre Nachricht wurde gelesen.", "mdn"),
    ("Accepted: [X] hello", "", "calendar"),
    ("Zugesagt: [X] hello", "", "calendar"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "label"), RECEIPTS)
def test_a14_a15_receipts_surveys_and_the_like_need_no_header(subject: str, text: str, label: str) -> None:
    threaded = () if label in {"mdn", "calendar"} else ("In-Reply-To: <p.1@bridge.example>",)
    assert told(text, ANSWER[0], f"Subject: {subject}", *threaded).label == label


THREADED = [
    ("Accepted: [X] hello", "Ann Agent has accepted this invitation.", "calendar"),
    ("Zugesagt: [X] hello", "Ann Agent hat diese Einladung angenommen.", "calendar"),
    ("Accepté : [X] hello", "Ann Agent a accepté cette invitation.", "calendar"),
    ("Avböjt: [X] hello", "Ann Agent har tackat nej till den här inbjudan.", "calendar"),
    ("Read: [X] hello", "Your message\r\n  To: Ann\r\n was read on Monday.", "mdn"),
    ("Not read: [X] hello", "Your message was deleted without being read on Monday.", "mdn"),
    ("Gelesen: [X] hello", "Ihre Nachricht wurde am Montag gelesen.", "mdn"),
    ("Lu : [X] hello", "Votre message a été lu lundi.", "mdn"),
    ("Return Receipt (displayed) - [X] hello", "This is a Return Receipt for the mail that you sent.", "mdn"),
    ("[Ticket#67001] hello", "Your request (Ticket#67001) has been received and will be reviewed by our support staff.", "auto-ack"),
    ("[#4711] hello", "Vi har modtaget din sag med sagsnummer 4711 og vender tilbage.", "auto-ack"),
    ("[#4711] hello", "Děkujeme za Vaši zprávu. Váš požadavek byl zaevidován pod číslem 4711.", "auto-ack"),
    ("[#4711] hello", "您的请求已收到，工单编号为4711。", "auto-ack"),
    ("[SUP-17] hello", "Thanks for your request. We've logged it as SUP-17 and an agent will respond shortly.", "auto-ack"),
    ("[#4711] hello", "Your ticket has been resolved. You can reopen the ticket by replying to this message.", "auto-ack"),
    ("[#4711] hello", "Ihr Ticket 4711 wurde geschlossen. Antworten Sie, um es wieder zu öffnen.", "auto-ack"),
    ("Re: hello", "I apologize for this automatic reply to your email. To control spam, I now allow messages only from senders I have approved.", "challenge"),
    ("Re: hello", "Ihre E-Mail wurde zum Schutz vor Spam zurückgehalten. Bestätigen Sie, dass Sie ein Mensch sind.", "challenge"),
    ("Re: hello", "Ваше письмо задержано системой защиты от спама: подтвердите, что вы не робот.", "challenge"),
    ("Re: hello", "Your email was rejected by the spam filter because it looked like spam.", "bounce-other"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "label"), THREADED)
def test_a13_a14_a15_what_machines_answer_is_known_by_subject_and_text_together(
    subject: str, text: str, label: str
) -> None:
    assert told(text, ANSWER[0], f"Subject: {subject}", ANSWER[2]).label == label


PLAINLY = [
    "Thank you for contacting us! We have received your message. Please send us your case number by private message.",
    "Your ticket 4711 is still open, sorry. I will ask the warehouse and write to you tomorrow.",
    "Ihr Ticket wurde leider versehentlich geschlossen, ich habe es noch einmal angelegt. Ticketnummer 4711.",
    "We registered it as case 4711 with the manufacturer and they will call you.",
    "Your review was rejected by the spam filter. I let it through now.",
    "The driver was unable to deliver your message card, sorry.",
    "We have read your message with great care and changed the rule.",
    "How would you rate the picture quality with the new cable?",
    "I am back from holiday and looked into it: the parcel left on Friday.",
    "Please click the link in your mail to confirm that you are the owner of the account.",
]


@pytest.mark.parametrize("text", PLAINLY)
def test_what_people_write_without_a_quotation_is_not_taken_for_a_machines(text: str) -> None:
    assert told(text, *ANSWER).kind is LetterKind.REPLY


@pytest.mark.parametrize("subject", ["Accepted: my warranty?", "Read: this", "Reminder - my parcel"])
def test_a_customers_subject_that_begins_like_a_calendars_says_nothing(subject: str) -> None:
    assert told("We will look into it.", ANSWER[0], f"Subject: {subject}", ANSWER[2]).kind is LetterKind.REPLY


BOUNCES = [
    ("Undelivered Mail Returned to Sender", "This is the mail system at host mx.example.\r\n\r\n<x@y.example>: host unknown", "bounce-other"),
    ("failure notice", "Hi. This is the qmail-send program at mx.example.\r\n<x@y.example>:\r\nSorry, no mailbox here by that name. (#5.1.1)", "bounce-other"),
    ("Mail delivery failed: returning message to sender", "This message was created automatically by mail delivery software.", "bounce-other"),
    ("Undeliverable: hello", "Your message did not reach some or all of the intended recipients.", "bounce-other"),
    ("DELIVERY FAILURE: User x not listed in Domino Directory", "Your message was not delivered to: x@y.example because: not listed", "bounce-other"),
    ("Returned mail: see transcript for details", "The original message was received at Mon\r\n   ----- The following addresses had permanent fatal errors -----", "bounce-other"),
    ("Unzustellbar: hallo", "Fehler bei der Nachrichtenzustellung an folgende Empfänger", "bounce-other"),
    ("Non remis : bonjour", "Échec de la remise pour ces destinataires", "bounce-other"),
    ("メッセージを配信できません。", "宛先のメールアドレスが見つかりません。", "bounce-other"),
    ("系统退信", "抱歉，您的邮件被退回来了", "bounce-other"),
    ("Delayed Mail (still being retried)", "This is the mail system at mx.example. Your message could not be delivered. It will be retried.", "bounce-delay"),
    ("Delivery Status Notification (Delay)", "This is an automatically generated Delivery Status Notification. THIS IS A WARNING MESSAGE ONLY.", "bounce-delay"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "text", "label"), BOUNCES)
def test_a13_failure_notices_are_known_by_their_words(subject: str, text: str, label: str) -> None:
    found = told(text, "From: someone@acme.example", f"Subject: {subject}")
    assert (found.kind, found.label) == (LetterKind.BOUNCE, label)


HUMAN = [
    "Your mailbox is full, that is why we could not deliver our mail to you: user unknown. Please write to us again.",
    "We were unable to deliver your parcel. It will be retried on Monday.",
    "Thank you for contacting us! We have received your message. Please send us your case number by private message.",
    "Thanks for reaching out. Our team will get back to you as soon as possible.",
    "Vielen Dank für Ihre Nachricht. Die Rechnung wird automatisch erstellt und versendet.",
    "The invoice is automatically generated every month and sent automatically.",
    "That mail was no fraud, it is an automated message from our shop.",
    "Our shop is on holiday until Monday, please call us if it is urgent.",
    "The driver is on vacation, but his colleague will be back on Monday.",
    "Der Fahrer ist im Urlaub, bitte wenden Sie sich an die Filiale.",
    "You can unsubscribe from the newsletter in your account settings, and manage your email preferences there.",
    "Please do not reply to this address but use the form: our mailbox is overflowing.\r\nKind regards\r\nAnn",
    "Please take a moment to restart the router. How would you rate the connection then?",
    "Your order has shipped, the tracking number is on its way.",
    "If you are on vacation and it is urgent, please call us: our office is open day and night. For immediate assistance use the app.",
    "Mr Maier is out of the office until Monday, my colleague will look after your parcel. Please contact us again if it is urgent for you.",
    "Ihr Berater ist bis Montag nicht im Büro, mein Kollege kümmert sich darum.",
    "Le service est indisponible. Veuillez nous contacter par message privé.",
    "I have whitelisted your address. Please confirm your message once more.",
    "El paquete no se ha podido entregar, lo intentaremos otra vez.",
    "Die Sendung konnte nicht zugestellt werden, der Empfänger unbekannt verzogen.",
    "荷物をお届けできませんでした。宛先不明です。",
    "",
]


@pytest.mark.parametrize("text", HUMAN)
def test_what_people_write_is_not_taken_for_a_machines(text: str) -> None:
    assert (
        told(
            f"{text}\r\n\r\nOn 2026-11-22 03:52, Jane wrote:\r\n> Automatic reply: This is an automated message.",
            *ANSWER,
        ).kind
        is LetterKind.REPLY
    )


@pytest.mark.parametrize(
    "subject",
    ["Re: Automatic reply does not work", "AW: Abwesend", "Re: [X] Undelivered mail", "[acme #5] [X] @jane: delivery failed twice", "Delay of flight 7",
     "Delivery problem with my parcel", "Warning: bad service", "Fwd: Out of office", "R: Assente", "答复: 不在", "RE: Read: this"],
)  # fmt: skip
def test_subjects_of_customers_are_not_taken_for_machines(subject: str) -> None:
    assert told("We will look into it.", ANSWER[0], f"Subject: {subject}").kind is LetterKind.REPLY


def test_quoted_machines_do_not_count() -> None:
    quoted = "\r\n".join(f"> {line}" for line in ABSENCES["en"].split(". "))
    assert (
        told(f"He is back.\r\n\r\nOn Mon, 5 Jan 2026 at 10:00 Bob <bob@acme.example> wrote:\r\n{quoted}", *ANSWER).kind
        is LetterKind.REPLY
    )
    block = f"He is back.\r\n\r\nFrom: Bob <bob@acme.example>\r\nSent: Monday\r\nSubject: x\r\n\r\n{ABSENCES['en']}"
    assert told(block, *ANSWER).kind is LetterKind.REPLY


def invitation(method: str, *fields: str) -> Classification:
    parameter = f"; method={method}" if method else ""
    lines = [
        *fields, "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', "", "--b", "Content-Type: text/plain", "", "See you.", "--b",
        f"Content-Type: text/calendar{parameter}", "", "BEGIN:VCALENDAR", "END:VCALENDAR", "--b--",
    ]  # fmt: skip
    return classify(read("\r\n".join(lines).encode()), Facts())


def test_a13_calendars_speak_for_themselves_but_an_event_may_be_attached_to_an_answer() -> None:
    assert invitation("REPLY", *ANSWER).label == "calendar"
    assert invitation("", *ANSWER).label == "human"
    assert invitation("", ANSWER[0], "Subject: Party").label == "calendar"


def test_labels_name_their_kind() -> None:
    assert {kind for label, kind in KINDS.items() if label != "human"} == {
        LetterKind.AUTOMATIC,
        LetterKind.BOUNCE,
        LetterKind.OTHER,
    }


@pytest.mark.parametrize(
    "module", [absence, absence_subjects, automated, bounce, calendars, challenges, mass, receipts]
)
def test_vocabularies_hold_no_phrase_that_folds_to_nothing_or_to_a_few_letters(module: object) -> None:
    phrases = {
        phrase for name, value in vars(module).items() if name.isupper() for phrase in value if not name.startswith("_")
    }
    assert [
        phrase
        for phrase in phrases
        if len(fold(phrase)) < (2 if fold(phrase) > "\u0590" else 3) and not phrase.endswith(" ")
    ] == ["lu"] * (module is calendars)


@settings(max_examples=200)
@given(st.binary(max_size=400), st.binary(max_size=400))
def test_nothing_is_raised_whatever_the_mail(head: bytes, body: bytes) -> None:
    classify(read(b"Subject: x" + head.replace(b"\r", b"").replace(b"\n\n", b"\n") + b"\n\n" + body), Facts())


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<style",
        "<style>",
        "&",
        "> ",
        ":\n",
        "a@b: 1:23\n",
        "[x]",
        "----- ",
        "From: a@\n",
        "auto ",
        "-ig ",
        "е",
        "\u0301",
        "不在",
    ],
)
def test_hostile_mail_costs_linear_time(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    told(
        text,
        "From: x",
        f"Subject: {unit * 500}".replace("\n", ""),
        f"Sender: {'-' * 5000}",
        f"Return-Path: {'a-' * 5000}",
    )
    html = f"From: x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{text}".encode()
    classify(read(html), Facts())
