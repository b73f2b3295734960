"""Where an answer ends: signatures with and without a mark, device lines, disclaimers, footers and closings."""

import re
from collections.abc import Sequence

from bridge.letters.closings import is_regards, is_thanks
from bridge.letters.devices import is_device_line
from bridge.letters.disclaimers import is_banner, is_disclaimer, is_footer
from bridge.letters.marks import Kind, Marks, mark, own_runs
from bridge.letters.quotes import Doubts
from bridge.letters.separators import is_rule

_DASHES = frozenset({"--", "-- ", "--\u00a0", "- -", "—", "––", "\u2014 ", "-- -", "__"})
_PLACEHOLDER = re.compile(
    r"^[\s*]{0,4}(?:\[(?:image|cid|bild|imagen|immagine|inline image|logo|photo|icon)\b[^\]]{0,200}\]|<cid:[^>]{1,200}>|\[[^\]\s]{1,80}\.(?:png|jpe?g|gif|bmp)\])[\s*]{0,4}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^\W{0,6}(?:tel|telephone|phone|ph|fax|mobile|mob|cell|cellphone|direct|office|hotline|skype|e-?mail|mail|web|website|internet|www|homepage|telefon|telefax|handy|mobil|"
    r"durchwahl|tél|téléphone|portable|teléfono|móvil|celular|telefono|cellulare|telefone|telemóvel|telefoon|mobiel|mobiltelefon|tlf|puh|puhelin|gsm|kom|komórka|т|тел|моб|факс|"
    r"τηλ|κιν|電話|携帯|电话|手机|電郵|邮箱|전화|هاتف|טל|נייד|[tfmepdw])\s?[.:|/]{1,2}\s{0,9}\S|"
    r"^\W{0,4}(?:https?://|www\.)\S+\W{0,4}$|^\W{0,4}[^\s@]{1,60}@[^\s@]{1,80}\.[a-z]{2,20}(?:\s?<mailto:[^>]{1,200}>)?\W{0,4}$|"
    r"^\W{0,4}(?:\+|00)\d[\d ()/.-]{6,25}\W{0,4}$|^\W{0,4}\(?0\d{1,5}\)?[\d /.-]{5,20}$",
    re.IGNORECASE,
)
_UUENCODE = re.compile(r"^begin [0-7]{3,4} \S")
_POSTSCRIPT = re.compile(r"^\W{0,2}(?:p\.?\s?p?\.?s|ps|n\.?b|edit|update)\b\W", re.IGNORECASE)
_SENTENCE_WORDS, _LONG_LINE_WORDS = 4, 14
_MAX_NAME_WORDS, _MAX_NAME = 6, 60
_MAX_SIGNATURE = 40


def mark_ends(lines: Sequence[str], marks: Marks, doubts: Doubts, *, names: frozenset[str]) -> None:
    """Mark, in every run of own lines, what stands there by machine or by habit; `names` are the sender's own, folded."""
    _mark_uuencoded(lines, marks)
    runs = list(own_runs(lines, marks))
    for number, (start, end) in enumerate(runs):
        _mark_run(lines, marks, doubts, start, end=end, names=names, first=number == 0)


def _mark_run(  # noqa: PLR0913 - one run of a text, the marks, and what is known about it
    lines: Sequence[str], marks: Marks, doubts: Doubts, start: int, *, end: int, names: frozenset[str], first: bool
) -> None:
    if first:
        start = _mark_banner(lines, marks, start, end)
    end = _mark_dashes(lines, marks, doubts, start, end=end)
    end = _mark_tail(lines, marks, start, end)
    end = _mark_device(lines, marks, doubts, start, end=end)
    end = _mark_closing(lines, marks, doubts, start, end=end)
    end = _mark_named(lines, marks, start, end=end, names=names)
    end = _mark_tail(lines, marks, start, end)
    _mark_contacts(lines, marks, doubts, start, end=end)


def is_sentence(line: str) -> bool:
    """Whether a line reads like running text rather than like a line of a signature."""
    words = line.split()
    if len(words) >= _LONG_LINE_WORDS:
        return True
    return len(words) >= _SENTENCE_WORDS and line.rstrip(" )\"'*”").endswith(
        (".", "?", "!", "…", "。", "？", "！", "؟")
    )


def is_contact(line: str) -> bool:
    """Whether a line is a telephone number, an address of mail or web, with or without its label."""
    return len(line) < 200 and _CONTACT.match(line) is not None


def _mark_uuencoded(lines: Sequence[str], marks: Marks) -> None:
    place = 0
    while place < len(lines):
        if marks[place] is None and lines[place].startswith("begin ") and _UUENCODE.match(lines[place]):
            end = next((at for at in range(place, len(lines)) if lines[at].strip() == "end"), len(lines) - 1)
            mark(marks, place, end + 1, kind=Kind.FOOTER)
            place = end
        place += 1


def _mark_banner(lines: Sequence[str], marks: Marks, start: int, end: int) -> int:
    """Mark warnings above the answer; where the rest begins."""
    while start < end:
        stop = next((place for place in range(start, end) if not lines[place].strip()), end)
        paragraph = " ".join(lines[start:stop])
        if not (is_rule(paragraph) or is_banner(paragraph)) or stop == end:
            return start
        if is_rule(paragraph) and not is_banner(_paragraph_from(lines, stop, end)):
            return start
        mark(marks, start, stop, kind=Kind.DISCLAIMER)
        start = next((place for place in range(stop, end) if lines[place].strip()), end)
    return start


def _paragraph_from(lines: Sequence[str], start: int, end: int) -> str:
    found: list[str] = []
    for place in range(start, end):
        if lines[place].strip():
            found.append(lines[place])
        elif found:
            break
    return " ".join(found)


def _mark_dashes(lines: Sequence[str], marks: Marks, doubts: Doubts, start: int, *, end: int) -> int:
    """Mark a signature below its two dashes; where the rest ends."""
    place = next((at for at in range(start, end) if lines[at].strip() in _DASHES), end)
    if place == end:
        return end
    if sum(1 for line in lines[place:end] if is_sentence(line)) > _SENTENCE_WORDS and end - place > _MAX_SIGNATURE:
        doubts.add("a long text stands below a signature mark", lines[place + 1])
    mark(marks, place, end, kind=Kind.SIGNATURE)
    return _trimmed(lines, start, place)


def _trimmed(lines: Sequence[str], start: int, end: int) -> int:
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end


def _mark_tail(lines: Sequence[str], marks: Marks, start: int, end: int) -> int:
    """Mark footers, disclaimers, device lines, drawn rules and placeholders at the end; where the rest ends."""
    while end > start:
        above = _paragraph_start(lines, start, end)
        kind, since = _tail_kind(lines, above, end, whole=above == start)
        if kind is None:
            return end
        mark(marks, since, end, kind=kind)
        end = _trimmed(lines, start, since)
    return end


def _paragraph_start(lines: Sequence[str], start: int, end: int) -> int:
    while end > start and lines[end - 1].strip():
        end -= 1
    return end


def _tail_kind(lines: Sequence[str], start: int, end: int, *, whole: bool) -> tuple[Kind | None, int]:
    """What the last paragraph, or its last line, is; and where that begins."""
    last = lines[end - 1]
    if is_rule(last):
        return Kind.FOOTER, end - 1
    if _PLACEHOLDER.match(last):
        return Kind.FOOTER, end - 1
    if is_device_line(last) and not (whole and end - start == 1):
        return Kind.DEVICE_LINE, end - 1
    if whole:
        return None, end
    paragraph = " ".join(line.strip() for line in lines[start:end])
    if is_disclaimer(paragraph):
        return Kind.DISCLAIMER, start
    return (Kind.FOOTER, start) if is_footer(paragraph) else (None, end)


def _mark_device(lines: Sequence[str], marks: Marks, doubts: Doubts, start: int, *, end: int) -> int:
    """Mark a device line that stands alone inside the run: at its top it ends nothing, further down it does."""
    for place in range(start, end):
        if is_device_line(lines[place]) and _stands_alone(lines, place, start, end):
            if place == start:
                mark(marks, place, place + 1, kind=Kind.DEVICE_LINE)
                continue
            if any(is_sentence(line) for line in lines[place + 1 : end]):
                doubts.add("text stands below a device's line", lines[place])
            mark(marks, place, end, kind=Kind.DEVICE_LINE)
            return _trimmed(lines, start, place)
    return end


def _stands_alone(lines: Sequence[str], place: int, start: int, end: int) -> bool:
    above = place == start or not lines[place - 1].strip()
    below = place + 1 >= end or not lines[place + 1].strip()
    return above and (below or place != start)


def _mark_closing(lines: Sequence[str], marks: Marks, doubts: Doubts, start: int, *, end: int) -> int:
    """Mark from the closing phrase on; where the rest ends."""
    first = next((place for place in range(start, end) if lines[place].strip() and marks[place] is None), end)
    for place in range(first + 1, end):
        line = lines[place]
        if is_regards(line):
            closes = _closes(lines, place, end, doubts)
        else:
            closes = is_thanks(line) and _names_below(lines, place, end)
        if closes:
            mark(marks, place, end, kind=Kind.SIGNATURE)
            return _trimmed(lines, start, place)
    return end


def _closes(lines: Sequence[str], place: int, end: int, doubts: Doubts) -> bool:
    """Whether all below a formal closing is a signature."""
    contact = False
    for line in lines[place + 1 : end]:
        contact = contact or is_contact(line)
        if _POSTSCRIPT.match(line) or (is_sentence(line) and not contact):
            if any(is_contact(below) for below in lines[place + 1 : end]):
                doubts.add("a closing stands above more text", lines[place])
            return False
    return True


def _names_below(lines: Sequence[str], place: int, end: int) -> bool:
    """Whether nothing but a name, or a signature that begins with one, follows."""
    below = [line.strip() for line in lines[place + 1 : end] if line.strip()]
    if not below or not (_is_name(below[0]) or is_regards(below[0]) or is_thanks(below[0])):
        return False
    return not any(is_sentence(line) or _POSTSCRIPT.match(line) for line in below)


def _is_name(line: str) -> bool:
    """Whether a line could be a person's or a team's name: few words, no sentence."""
    text = line.strip(" *_,-–—~")
    return (
        0 < len(text) <= _MAX_NAME
        and len(text.split()) <= _MAX_NAME_WORDS
        and text[-1] not in ".?!:;"
        and not any(map(str.isdigit, text))
        and "@" not in text
        and not text[0].islower()
    )


def _mark_named(lines: Sequence[str], marks: Marks, start: int, *, end: int, names: frozenset[str]) -> int:
    """Mark from the sender's own name on, where it stands alone on a line and only a signature follows."""
    if not names:
        return end
    first = next((place for place in range(start, end) if lines[place].strip()), end)
    for place in range(max(first + 1, end - _MAX_SIGNATURE), end):
        if _is_own_name(lines[place], names) and not any(is_sentence(line) for line in lines[place + 1 : end]):
            mark(marks, place, end, kind=Kind.SIGNATURE)
            return _trimmed(lines, start, place)
    return end


def _is_own_name(line: str, names: frozenset[str]) -> bool:
    words = [word.strip(".,-–—~*_()").casefold() for word in line.split()]
    return (
        0 < len(words) <= _MAX_NAME_WORDS
        and all(word in names for word in words if len(word) > 1)
        and any(len(word) > 1 for word in words)
    )


def _mark_contacts(lines: Sequence[str], marks: Marks, doubts: Doubts, start: int, *, end: int) -> None:
    """Mark a last paragraph of telephone numbers and addresses: a signature, unless the text announces it."""
    above = _paragraph_start(lines, start, end)
    block = lines[above:end]
    contacts = sum(1 for line in block if is_contact(line))
    if above == start or not contacts or any(is_sentence(line) for line in block):
        return
    before = _trimmed(lines, start, above)
    if lines[before - 1].rstrip().endswith((":", "：")) or len(block) == 1:
        return
    doubts.add("this may be a signature", block[0])
    mark(marks, above, end, kind=Kind.SIGNATURE)
