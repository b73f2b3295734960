"""Header blocks ("From: … Sent: … To: …") that clients put above an original, in forty languages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.letters.dates import is_dated
from bridge.letters.normal import lowered

LABELS: dict[str, str] = {
    "from": (
        "from|von|de|da|van|från|fra|lähettäjä|od|odesílatel|odosielateľ|feladó|de la|expeditor|от|от кого|від|від кого|из|"
        "από|αποστολέας|kimden|gönderen|kimdən|من|المرسل|מאת|מ|از|فرستنده|จาก|từ|người gửi|dari|daripada|pengirim|"
        "发件人|寄件者|寄件人|發件人|发信人|差出人|送信者|送信元|보낸 사람|보낸사람|발신|saatja|kellelt|nuo|siuntėjas|no|"
        "sūtītājs|pošiljatelj|pošiljalac|šalje|од|пошиљалац|подател|отправитель|відправник|ад|адпраўнік|remitente|"
        "expéditeur|absender|mittente|afzender|remetente|avsändare|afsender|avsender|nadawca|nga|mula sa|frá|"
        "sendandi|nork|igorlea|remitent|प्रेषक|প্রেরক|afsendt af|message de|ot|izpratil|ուղարկող|გამგზავნი|"
        "кімнен|envoyé par|inviato da|enviado por|verzonden door|gesendet von|mailed by"
    ),
    "sent": (
        "sent|date|gesendet|gesendet am|datum|datum/uhrzeit|datum und uhrzeit|envoyé|envoyé le|date d'envoi|enviado|"
        "enviado el|enviado em|enviada em|enviada|fecha|fecha y hora|data|data e ora|data de envio|inviato|inviato il|"
        "data di invio|verzonden|verzonden op|verstuurd|skickat|skickat den|sendt|dato|sendt den|lähetetty|päiväys|"
        "päivämäärä|pvm|wysłano|wysłane|data wysłania|odesláno|odoslané|dátum|elküldve|küldve|küldés dátuma|trimis|trimis la|"
        "изпратено|изпратен|дата|отправлено|послано|надіслано|відправлено|дасланыя|εστάλη|ημερομηνία|στάλθηκε|"
        "gönderildi|gönderme tarihi|gönderim tarihi|gönderilme tarihi|tarih|göndərilib|تاريخ الإرسال|تم الإرسال|التاريخ|"
        "أرسلت|الإرسال|נשלח|תאריך|ارسال شده|تاریخ|ส่ง|ส่งเมื่อ|วันที่|đã gửi|ngày|gửi|ngày gửi|dikirim|tanggal|terkirim|"
        "dihantar|tarikh|发送时间|发送日期|日期|时间|传送时间|寄件日期|寄件時間|傳送時間|傳送日期|送信日時|日付|日時|送信|送信日|"
        "보낸 날짜|날짜|보낸 시간|일시|발송일|saadetud|saatmisaeg|kuupäev|nosūtīts|datums|išsiųsta|poslano|poslato|послато|датум|"
        "sent on|sent at|date/time|date sent|date et heure|dagsetning|bidaltze-data|enviat|तारीख|दिनांक|प्रेषित|"
        "message du|when|received|empfangen|dërguar|ամսաթիվ|თარიღი|күні|petsa|ipinadala"
    ),
    "to": (
        "to|an|à|a|para|aan|naar|till|til|vastaanottaja|do|komu|címzett|către|catre|до|кому|к|προς|παραλήπτης|kime|alıcı|"
        "إلى|الى|אל|ל|به|گیرنده|ถึง|đến|tới|kepada|untuk|收件人|收件者|收信人|宛先|受信者|送信先|받는 사람|받는사람|수신|saaja|adressaat|"
        "kellele|adresāts|kam|za|primatelj|primalac|прима|за|destinatario|destinatari|destinataire|empfänger|ontvanger|"
        "destinatário|mottagare|modtager|mottaker|adresat|odbiorca|príjemca|příjemce|prejemnik|получатель|одержувач|каму|"
        "gavėjas|për|viðtakandi|norentzat|per|प्रति|প্রতি|ստացող|მიმღები|кімге|kay|undisclosed recipients"
    ),
    "cc": (
        "cc|bcc|kopie|kopie an|copie|copie à|copie carbone|cópia|copia|copia a|kopia|kopia till|kopi|kopi til|kopio|dw|do wiadomości|udw|kópia|"
        "másolatot kap|másolat|копие|копия|копія|копи|κοιν|κοινοποίηση|bilgi|gizli|نسخة|نسخة إلى|עותק|רونوشت|رونوشت|สำเนา|"
        "đồng gửi|抄送|副本|参照|참조|koopia|kopija|tembusan|salinan|afrit|còpia|c c|cci|cco|kk|sk|v kopii|skrytá kopie|us cc|ccn|ccb|blindkopie|rejtett másolat"
    ),
    "subject": (
        "subject|betreff|betr|objet|sujet|asunto|oggetto|onderwerp|assunto|ämne|emne|aihe|otsikko|temat|předmět|predmet|"
        "tárgy|subiect|относно|тема|тэма|θέμα|konu|mövzu|الموضوع|נושא|הנדון|موضوع|เรื่อง|chủ đề|tiêu đề|subjek|perihal|perkara|"
        "主题|主旨|主題|标题|件名|題名|제목|teema|temats|tema|zadeva|наслов|предмет|assumpte|gaia|efni|विषय|বিষয়|thema|"
        "subj|onderw|subjekt|subjekts|judul|paksa|թեմա|თემა|тақырып|titel|sujet du message|vedr"
    ),
    "other": (
        "reply-to|reply to|antwort an|antworten an|répondre à|responder a|rispondi a|antwoord naar|svara till|attachments|"
        "attachment|anlagen|anlage|anhänge|pièces jointes|datos adjuntos|adjuntos|allegati|bijlagen|bilagor|vedlegg|"
        "anexos|załączniki|přílohy|вложения|вкладення|importance|wichtigkeit|priority|priorität|sensitivity|organization|"
        "organisation|message-id|x-mailer|mime-version|content-type|resent-from|resent-to|resent-date|sender|in-reply-to|"
        "references|return-path|delivered-to|received|list-id|newsgroups|followup-to|添付ファイル|附件|첨부|attach|uhrzeit|time|via|mailing list|mailed-by|signed-by|security"
    ),
}
"""The labels of each role; the label of the language that a client speaks, not that of the mail."""

_ROLE_OF = {label.strip(":"): role for role, group in LABELS.items() for label in group.split("|")}
_LONE = {role: frozenset(LABELS[role].split("|")) for role in ("to", "subject")}
"""Labels that may stand on a line of their own, without a colon."""
_LATER_LABEL = re.compile(r"([^\W\d_]{1,20})\s?:")
_MAX_LABEL = 28
_ENOUGH = 3
_MAX_VALUE_LINES = 8
_MAX_BLOCK = 30
_MAX_WRAPPED = 200


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """A block of header fields: its first line, the line after it, and whether it can be nothing else."""

    start: int
    end: int
    certain: bool


def role(line: str) -> str:
    """The role of the field that a line begins with, empty where it is none."""
    colon = _colon(line)
    if colon <= 0:
        return ""
    return _ROLE_OF.get(lowered(line[:colon]).strip(" *_\t|."), "")


def _colon(line: str) -> int:
    """Where the label's colon stands, -1 where none does near the beginning."""
    head = line[: _MAX_LABEL + 12]
    places = [place for place in (head.find(":"), head.find("："), head.find("﹕")) if place >= 0]
    return min(places, default=-1)


def header_block(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """The header block that begins with that line (without quote marks), None where none does.

    Values may stand on the line below their label and may be wrapped; blank lines between fields are allowed.
    """
    first = role(lines[start])
    if not first or first in {"other", "cc"}:
        return None
    roles, values, end = _fields(lines, start)
    return _judged(roles, values, start, end=end)


def lone_block(lines: Sequence[str], start: int) -> HeaderBlock | None:
    """The head that older Notes draws: labels alone on their lines, recipient and subject; the sender and the date stand above."""
    if len(lines[start]) > _MAX_LABEL or lowered(lines[start]).strip() not in _LONE["to"]:
        return None
    near = range(start + 1, min(start + _MAX_VALUE_LINES, len(lines)))
    subject = next((place for place in near if lowered(lines[place]).strip() in _LONE["subject"]), 0)
    if not subject or not any("@" in lines[place] for place in range(max(start - _MAX_VALUE_LINES, 0), subject)):
        return None
    return HeaderBlock(_sender_above(lines, start), min(subject + 2, len(lines)), certain=True)


def _sender_above(lines: Sequence[str], start: int) -> int:
    """The first of the lines above that hold the sender's address and the date."""
    first = place = start
    while place > 0 and start - place < _MAX_VALUE_LINES:
        place -= 1
        if "@" in lines[place] or is_dated(lines[place]):
            first = place
        elif lines[place].strip():
            break
    return first


def _judged(roles: Sequence[str], values: str, start: int, *, end: int) -> HeaderBlock | None:
    kinds = set(roles) - {"other"}
    marked = "@" in values or any(map(str.isdigit, values))
    if len(kinds) >= _ENOUGH:
        return HeaderBlock(start, end, certain="@" in values or {"from", "subject"} <= kinds)
    if len(kinds) < _ENOUGH - 1 or not marked:
        return None
    if "from" in kinds:
        return HeaderBlock(start, end, certain="@" in values and kinds != {"from", "to"})
    return HeaderBlock(start, end, certain=False) if "sent" in kinds and "@" in values else None


def _fields(lines: Sequence[str], start: int) -> tuple[list[str], str, int]:
    """Roles in order, all values together, and the line after the last field."""
    roles: list[str] = []
    values: list[str] = []
    place = end = start
    since_label = 0
    while place < min(len(lines), start + _MAX_BLOCK) and since_label <= _MAX_VALUE_LINES:
        line = lines[place].strip()
        found = role(line) if line else ""
        if found and (found != "other" or roles):
            roles.extend([found, *_further_roles(line)])
            values.append(line[_colon(line) + 1 :])
            end, since_label = place + 1, 0
        elif not _may_continue(lines, place, last=roles[-1]):
            break
        elif line:
            values.append(line)
            end = place + 1
        place += 1
        since_label += 1
    return roles, " ".join(values), end


def _further_roles(line: str) -> list[str]:
    """Roles of labels that stand later in the same line: some clients join all fields."""
    rest = line[_colon(line) + 1 :]
    if ":" not in rest:
        return []
    return [found for label in _LATER_LABEL.findall(rest) if (found := _ROLE_OF.get(lowered(label)))]


def _may_continue(lines: Sequence[str], place: int, *, last: str) -> bool:
    """Whether a line without a label still belongs to the block: a wrapped value, or a gap before the next field."""
    line = lines[place].strip()
    if not line:
        return _next_role(lines, place + 1, reach=2) != "" or _value_is_missing(lines, place)
    if _value_is_missing(lines, place - 1):
        return True
    wrapped = lines[place][:1] in {" ", "\t"} or "@" in line or last in {"to", "cc", "subject"} or is_dated(line)
    return wrapped and len(line) <= _MAX_WRAPPED and _next_role(lines, place + 1, reach=3) != ""


def _next_role(lines: Sequence[str], place: int, *, reach: int) -> str:
    return next((found for line in lines[place : place + reach] if (found := role(line))), "")


def _value_is_missing(lines: Sequence[str], place: int) -> bool:
    """Whether the last text above is a label alone, so that its value must follow."""
    for above in range(place, max(place - 3, -1), -1):
        text = lines[above].strip(" *_\t")
        if text:
            return bool(role(lines[above])) and text.endswith((":", "："))
    return False
