"""What is certainly not the agent's text: a second look at the cut, by other means than the cut itself (B01, threat-model 5.3.4)."""

import re
from collections.abc import Iterator

from bridge.core.conversation import Record
from bridge.core.overlap import folded

_QUOTED = re.compile(r"^\s*(?:>|＞|\|\s?>|&gt;)")
_WROTE = (
    "wrote|writes|schrieb|geschrieben|schreibt|a écrit|écrit|escribió|escribio|ha scritto|scrisse|escreveu|schreef|geschreven|skrev"
    "|kirjoitti|napisał|napisała|napisał\\(a\\)|napsal|napsala|napísal|napísala|a scris|írta|napisao|napisala|je napisal|написал"
    "|написала|написав|пишет|пише|написа|έγραψε|yazdı|şunu yazdı|şunları yazdı|đã viết|menulis|escribiu|va escriure|skrifaði"
    "|kirjutas|rakstīja|rašė|shkroi|เขียน|写道|寫道|写到|のメール|書きました|作成しました|작성|씀|님이 작성|כתב|כתבה|كتب|نوشت|ने लिखा|added the comment"
)
_ATTRIBUTION = re.compile(
    rf"(?:{_WROTE})(?:\(\w{{1,2}}\))?(?:[^\w\n]{{0,4}}|(?:[^,.;!?<\n]|<[^>\n]{{0,200}}>){{0,80}}[:：])\s*$",
    re.IGNORECASE,
)
_DATE_OR_ADDRESS = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}[:.]\d{2}|[\w.+-]+@[\w-]+\.|\b(?:19|20)\d\d\b|[<\[]"
)
_SEPARATOR = re.compile(
    r"^\s*[-_*=\u2010-\u2015\u2500]{2,}\s*[^\W\d_][^\n]{2,60}?[-_*=\u2010-\u2015\u2500]{2,}\s*$|^\s*[_\u2010-\u2015\u2500]{8,}\s*$|^\s*-{8,}\s*$"
)
_FIELD = re.compile(
    r"^\s*\*?(?:from|to|cc|bcc|sent|date|subject|reply-to|message-id|von|an|gesendet|datum|betreff|de|à|envoyé|objet|enviado|enviada"
    r"|para|asunto|assunto|fecha|data|da|a|inviato|oggetto|van|aan|verzonden|onderwerp|fra|til|sendt|emne|från|till|skickat|ämne"
    r"|lähettäjä|vastaanottaja|lähetetty|aihe|od|do|komu|wysłano|temat|odesláno|předmět|отправлено|от|кому|тема|дата|від|发件人|收件人"
    r"|发送时间|主题|寄件者|收件者|主旨|差出人|宛先|送信日時|件名|보낸 사람|받는 사람|제목|gönderen|kime|konu|tarih|feladó|címzett|tárgy"
    r"|από|προς|θέμα|מאת|אל|נושא|من|إلى|الموضوع)\*?\s?[:：]\*?\s?\S",
    re.IGNORECASE,
)
_MIN_WORDS = 5
_MIN_SIGNS = 24
"""A shorter line is said by everybody."""


def found(text: str, record: Record) -> str | None:
    """Where a text that should be the agent's alone holds something else, by kind and line; None where it does not."""
    lines = text.split("\n")
    keys = _keys(text)
    proxies = _proxy_lines(record) if _may_stand(keys, record) else frozenset()
    for number, (line, key) in enumerate(zip(lines, keys, strict=True), 1):
        what = "a line of the mail that it answers" if key in proxies else _what(line, record)
        if what:
            return f"line {number} is {what}"
    header = next(_headers(lines), 0)
    return f"line {header} begins the header of another mail" if header else None


def _may_stand(keys: list[str], record: Record) -> bool:
    """Whether one of the lines can be a proxy's: the words of a line stand one behind the other in the whole text, too."""
    flat = [" ".join(folded(sent.text).split()) for sent in record.sent]
    return any(key in text for key in keys if key for text in flat)


def _what(line: str, record: Record) -> str:
    """What a line is that is not the agent's; empty where it may be."""
    if _QUOTED.match(line):
        return "quoted text"
    if _SEPARATOR.match(line):
        return "a separator line"
    if _DATE_OR_ADDRESS.search(line) and _ATTRIBUTION.search(line):  # the rarer and quicker one first
        return "the attribution of a quotation"
    if any(sent.delimiter and sent.delimiter in line for sent in record.sent):
        return "the line above which the answer belongs"
    return "a ticket's tag" if record.tag and record.tag.casefold() in line.casefold() else ""


def _headers(lines: list[str]) -> Iterator[int]:
    """Where header blocks begin: three lines in a row that look like fields of a mail, or two with an address or date."""
    for number in range(len(lines) - 1):
        block = [line for line in lines[number : number + 3] if _FIELD.match(line)]
        certain = sum(_DATE_OR_ADDRESS.search(line) is not None for line in block)
        if len(block) >= 3 or (len(block) == 2 and certain and _FIELD.match(lines[number])):  # noqa: PLR2004 - see above
            yield number + 1


def _proxy_lines(record: Record) -> frozenset[str]:
    """The lines of this conversation's proxies, but for what we ourselves said before: an agent may say it again."""
    said = {key for given in record.given for key in _keys(given.text)}
    return frozenset(key for sent in record.sent for key in _keys(sent.text)) - said - {""}


def _keys(text: str) -> list[str]:
    """Lines as they survive quoting and rewrapping; empty ones where they are too short to prove anything."""
    split = [line.strip(" \t>|").split() for line in folded(text).split("\n")]
    return [
        " ".join(words) if len(words) >= _MIN_WORDS or sum(map(len, words)) >= _MIN_SIGNS else "" for words in split
    ]
