"""Attribution lines: "On Monday, Jane wrote:" in forty languages, by structure first and by words second."""

import re
from collections.abc import Sequence
from enum import IntEnum

from bridge.letters.dates import has_date, has_number, is_dated
from bridge.letters.normal import lowered

WROTE: dict[str, str] = {
    "af": "geskryf|skryf",
    "ar": "كتب|كتبت|كتبوا|وكتب|أرسل",
    "az": "yazdı|yazıb",
    "be": "напісаў|напісала|напісаў(ла)|піша",
    "bg": "написа|писа|пише",
    "bn": "লিখেছেন|লিখেছে",
    "ca": "va escriure|ha escrit|escrigué",
    "cs": "napsal|napsala|napsal(a)|napsal/a|píše|napsali",
    "da": "skrev",
    "de": "schrieb|schrieben|geschrieben|schreibt",
    "el": "έγραψε|έγραψαν|γράφει|έγραψε/αν",
    "en": "wrote|writes|quoth|written|has written|added the comment|added a comment|commented",
    "eo": "skribis",
    "es": "escribió|escribio|escribía|escribe|escribieron",
    "et": "kirjutas|kirjutasid",
    "eu": "idatzi du|idatzi zuen|idatzi",
    "fa": "نوشت|نوشته|نوشته است",
    "fi": "kirjoitti|kirjoittivat",
    "fr": "a écrit|écrit|ecrit|écrivait|ont écrit",
    "gl": "escribiu",
    "he": "כתב|כתבה|נכתב|כתב/ה|כתב(ה)|מאת",
    "hi": "ने लिखा|लिखा",
    "hr": "napisao|napisala|napisao je|je napisao/la|piše",
    "hu": "írta|írt|ezt írta|a következőt írta|írták",
    "hy": "գրել է|գրեց",
    "id": "menulis|tulis",
    "is": "skrifaði|skrifar",
    "it": "ha scritto|scritto|scrisse|scrive|hanno scritto",
    "ja": "書きました|書いた|のメッセージ|のメール|さんのメール|送信しました|のコメント",
    "ka": "დაწერა|წერს",
    "kk": "жазды",
    "ko": "작성|썼습니다|작성하였습니다|작성했습니다|님의 말|쓴 글",
    "lt": "rašė|parašė",
    "lv": "rakstīja|raksta",
    "mk": "напиша",
    "ms": "menulis|tulis",
    "nb": "skrev|skreiv",
    "nl": "schreef|schreven|geschreven|heeft geschreven",
    "pl": "napisał|napisała|napisał(a)|napisali|pisze|pisał|napisano|napisana|napisane",
    "pt": "escreveu|escrevia|escreveram",
    "ro": "a scris|scris|scrie",
    "ru": "написал|написала|написал(а)|написали|пишет|писал|писала|пишете",
    "sk": "napísal|napísala|napísal(a)|napísal/a|píše",
    "sl": "je napisal|napisal|napisala|piše",
    "sq": "shkroi|ka shkruar",
    "sr": "је написао|написао|написала|напис(а)о|пише|je napisao|napisala",
    "sv": "skrev",
    "th": "เขียน|เขียนว่า",
    "tl": "sinulat|ay sumulat",
    "tr": "yazdı|şunu yazdı|şöyle yazdı|şunları yazdı",
    "uk": "написав|написала|написав(ла)|пише|писав|написали",
    "vi": "đã viết|viết|đã ghi",
    "zh": "写道|寫道|写到|寫到|撰写|寫了|写了|来信|的邮件|撰寫",
}
"""The verb, per language (ISO 639-1), as clients write it; forms that differ by case count once."""

_OPENING = (
    "on|am|le|el|il|op|em|den|på|dne|dňa|dnia|w|в|у|на|στις|pe|în|in|la|at|a|pada|vào|dana|në|ngày|u|v|no|"
    "às|em-|saat|ב|בתאריך|في|بتاريخ|در|tarihinde|il-giorno|dia|在|於|于"
)
"""Words that begin an attribution before its date, all languages together."""
_OPENERS = frozenset(_OPENING.split("|"))
_TIGHT_SCRIPT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FRAME_MARKS = " *_-–—=~"
"""What some clients draw around the line."""
_GMT = re.compile(r"\d{4}-\d\d-\d\d \d{1,2}:\d\d (?:gmt|utc)[+-]\d")
_MAX_VERBAL = 8
_MAX_MARKS = 4
_MIN_LONE, _MAX_LONE = 3, 12
_MAX_HEAD = 100
_WORD_MARKS = "\"'<>[]«»„“”,.;:!*_ "
_ADDRESS = re.compile(r"[^\s@<>(]{1,80}@[^\s@<>)]{1,120}")
_ADDRESSED_END = re.compile(r"(?:[<(\[]\s?(?:mailto:)?[^\s@<>]{1,80}@[^\s<>]{1,200}\s?[>)\]]|[\"”»'])\s?[:：]$")
_NAMED = re.compile(
    r"(?:\"[^\"]{1,80}\"|(?:[^\W\d_a-z]\S{0,40}\s){1,5})\s?<[^\s@<>]{1,80}@[^\s<>]{1,200}>(?:\s\S{1,20}){2,8}$"
)
"""A name, its address in brackets, and few words that must hold a date and a time."""
_MAX_LENGTH = 600
_MAX_LINES = 5


class Surety(IntEnum):
    """How surely a text is an attribution and nothing else."""

    NONE = 0
    LIKELY = 1
    """Only where a quotation follows."""
    CERTAIN = 2


def _split_words() -> tuple[frozenset[str], tuple[str, ...]]:
    """The verbs as single words, and those of scripts that are written without spaces."""
    words = {word for group in WROTE.values() for phrase in group.split("|") for word in (phrase, phrase.split()[-1])}
    tight = tuple(word for word in words if _TIGHT_SCRIPT.search(word))
    return frozenset(word for word in words if " " not in word and not _TIGHT_SCRIPT.search(word)) - {"comment"}, tight


_VERBS, _TIGHT_VERBS = _split_words()
_PHRASES = ("added the comment", "added a comment", "added a note")


def attribution(lines: Sequence[str], end: int) -> tuple[Surety, int]:
    """How surely an attribution ends with that line, and the line where it begins; it may be wrapped over five.

    Lines are without quote marks.
    The fewest lines that begin like an attribution are taken, so that a line of the answer right above stays out.
    """
    if _is_framed(lines[end]):
        return Surety.CERTAIN, end
    if not _may_end(lines[end]):
        return _unfinished(lines, end), end
    best = (Surety.NONE, end)
    joined = ""
    for start in range(end, max(end - _MAX_LINES, -1), -1):
        line = lines[start].strip()
        if not line or len(joined) > _MAX_LENGTH:
            break
        joined = f"{line} {joined}" if joined else line
        surety = _surety(joined)
        if surety > best[0]:
            best = (surety, start)
        if surety is Surety.CERTAIN and _begins(joined) and not joined.startswith("<"):
            return surety, _with_head(lines, start)
    return best[0], _with_name(lines, best[1]) if best[0] is Surety.CERTAIN else best[1]


def _is_framed(line: str) -> bool:
    """Whether an attribution stands between drawn lines, where its verb need not be its last word."""
    text = line.strip()
    framed = text.startswith("--") and text.endswith("--") and "@" in text
    return framed and _surety(f"{text.strip(_FRAME_MARKS)}:") is Surety.CERTAIN


def _unfinished(lines: Sequence[str], place: int) -> Surety:
    """An attribution that lost its address and its colon: a date, a time and a name alone in a paragraph."""
    line = lines[place].strip()
    if _GMT.match(lowered(line)):
        return Surety.CERTAIN
    if "<" in line and is_dated(line) and (_NAMED.match(line) or (line.endswith(">") and _begins(line))):
        return Surety.LIKELY
    alone = not (place and lines[place - 1].strip()) and not (place + 1 < len(lines) and lines[place + 1].strip())
    words = line.split()
    if not alone or not _MIN_LONE <= len(words) <= _MAX_LONE or line[-1] in ".!?;,":
        return Surety.NONE
    dated = is_dated(line) and _begins(line)
    named = sum(1 for word in words if word[0].isupper() and word.isalpha()) > 1
    return Surety.LIKELY if dated and named else Surety.NONE


def is_attributed(line: str) -> bool:
    """Whether a line is an attribution but for its colon or its verb; only looked at right above a header block."""
    text = line.strip()
    return (
        len(text) < _MAX_LENGTH
        and text[-1:] not in set(".!?")
        and (is_dated(text) or (_has_verb(lowered(text)) and has_number(text)))
    )


def _may_end(line: str) -> bool:
    """A cheap look: the last line of an attribution ends in a colon or in the verb."""
    line = line.rstrip(_FRAME_MARKS)
    if line.endswith((":", "：")):
        return len(line) <= _MAX_MARKS or bool(line.strip(_WORD_MARKS))
    if not line or line[-1] in ".!?,;":
        return False
    return _ends_in_verb(lowered(line))


def _ends_in_verb(plain: str) -> bool:
    last = plain.rstrip(":： ").rsplit(None, 1)[-1:]
    if not last:
        return False
    word = last[0].strip(_WORD_MARKS)
    return _is_verb(word) or (not plain.isascii() and word.endswith(_TIGHT_VERBS))


def _surety(text: str) -> Surety:
    """How surely a text is an attribution, however it was wrapped."""
    plain = lowered(text).strip(_FRAME_MARKS)
    if len(plain) > _MAX_LENGTH:
        return Surety.NONE
    colon = plain.endswith((":", "："))
    day = has_number(plain) or has_date(plain)
    if _has_verb(plain):
        return _with_verb(plain, colon=colon, day=day)
    return _without_verb(plain) if colon and (day or "@" in plain) else Surety.NONE


def _without_verb(plain: str) -> Surety:
    """What any language has: a date or a clock time, and an address, before the colon."""
    addressed = _ADDRESS.search(plain) is not None
    if addressed and (is_dated(plain) or _ADDRESSED_END.search(plain) or (has_date(plain) and _begins(plain))):
        return Surety.CERTAIN if "<" in plain or _begins(plain) else Surety.LIKELY
    short = plain.count(" ") < _MAX_LONE
    return (
        Surety.LIKELY
        if is_dated(plain) or (short and (addressed or (has_date(plain) and _begins(plain))))
        else Surety.NONE
    )


def _with_verb(plain: str, *, colon: bool, day: bool) -> Surety:
    """A sentence of the agent's own may hold a verb and a date as well: an address or a clock time tells them apart."""
    addressed = "@" in plain
    verbal = plain.count(" ") < _MAX_VERBAL and _ends_in_verb(plain)
    dated = day and is_dated(plain)
    if (addressed and (day or colon)) or dated:
        return Surety.CERTAIN
    opened = day and _is_verb(plain.split(None, 1)[0])
    return (
        Surety.LIKELY if (colon and (verbal or opened or _begins(plain))) or (day and _begins(plain)) else Surety.NONE
    )


def _has_verb(plain: str) -> bool:
    words = plain.split()
    if any(_is_verb(word.strip(_WORD_MARKS)) for word in words):
        return True
    return any(phrase in plain for phrase in _PHRASES) or (
        not plain.isascii() and any(verb in plain for verb in _TIGHT_VERBS)
    )


def _is_verb(word: str) -> bool:
    """Also of both sexes: napsal(a), написав(-ла), napisao/la."""
    return word in _VERBS or word.partition("(")[0] in _VERBS or word.partition("/")[0] in _VERBS


def _begins(text: str) -> bool:
    """Whether the text begins like an attribution: with a date, or with few words before one, and without a loose end."""
    if text.count(">") > text.count("<"):
        return False
    words = [word.strip(_WORD_MARKS) for word in lowered(text[:48]).lstrip(" *_\"'>-").split()[:4]]
    if not words:
        return False
    if words[0] in _OPENERS:
        return words[0] not in {"a", "in", "la"} or any(word[:1].isdigit() for word in words[1:])
    return words[0][:1].isdigit() or (
        words[0][:1].isalpha() and "@" not in words[0] and any(word[:1].isdigit() for word in words[1:])
    )


def _with_head(lines: Sequence[str], start: int) -> int:
    """One line further up where that line is the cut-off beginning ("On Mon, Apr 2," above "2012 at ...")."""
    above = lines[start - 1].strip() if start else ""
    if not above or len(above) > _MAX_HEAD or above[-1] in ".!?:;" or not lines[start].strip()[:1].isdigit():
        return start
    first = above.split(None, 1)[0].casefold().strip(_WORD_MARKS)
    return start - 1 if first in _OPENERS and has_number(above) else start


def _with_name(lines: Sequence[str], start: int) -> int:
    """One line further up where the attribution would begin with a bare address: the name stands above it."""
    line = lines[start].strip()
    loose = line.count(">") > line.count("<") or line.startswith(("<", "(", "["))
    return start - 1 if start and loose and lines[start - 1].strip() else start
