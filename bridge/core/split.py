"""A text too long for a platform: where it breaks, and the numbered parts that it can be published in."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bridge.core import graphemes

MAX_PARTS = 99

Count = Callable[[str], int]
"""A platform's own counting rule."""

_RUN = re.compile(r"\S+")
_SENTENCE_END = re.compile(
    r".*[.!?\u2026\u3002\uff01\uff1f\u061f\u0964][\"')\]\u00bb\u2019\u201d\u300d\u300f]*", re.DOTALL
)
_CLOSED = re.compile(r"[\u3002\uff01\uff1f\uff0c\u3001\u061f\u0964]")
"""Marks after which scripts without spaces may break."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrun:
    """An answer that is longer than its platform takes; it is never cut."""

    count: int
    limit: int
    """In the same unit as `count`."""
    unit: str
    at: int
    """Index of the first character that does not fit any more."""


class Unsplittable(ValueError):
    """The text does not go into 99 parts of this length."""


def measure(text: str, *, limit: int, count: Count, unit: str) -> Overrun | None:
    """Count a text as its platform does; None where it fits."""
    total = count(text)
    if total <= limit:
        return None
    return Overrun(count=total, limit=limit, unit=unit, at=_fitting(text, list(range(len(text) + 1)), limit, count))


def split(text: str, *, limit: int, count: Count) -> tuple[str, ...]:
    """The text in numbered parts, each within the limit by the platform's own counting, one part where it fits.

    Parts end at a paragraph, a sentence or a word; only a word that is too long for a whole part is broken.
    Raises Unsplittable.
    """
    text = text.strip()
    if count(text) <= limit:
        return (text,)
    for digits in (1, 2):
        parts = _parts(text, number=f" ({'9' * digits}/{'9' * digits})", limit=limit, count=count)
        if parts and len(parts) < 10**digits:
            return tuple(f"{part} ({number}/{len(parts)})" for number, part in enumerate(parts, 1))
    raise Unsplittable("the text does not go into 99 parts of this length")


def _parts(text: str, *, number: str, limit: int, count: Count) -> list[str]:
    """The parts without their numbers, for which room is kept; empty where they are too many or not one letter fits."""
    parts: list[str] = []
    rest = text
    while rest:
        if len(parts) == MAX_PARTS:
            return []
        end = _end(rest, number, limit, count)
        if not end:
            return []
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _end(rest: str, number: str, limit: int, count: Count) -> int:
    """Where the next part ends; 0 where not one letter fits."""

    def counted(part: str) -> int:
        return count(part.rstrip() + number)

    if counted(rest) <= limit:
        return len(rest)
    ends = [run.end() for run in _RUN.finditer(rest, 0, _horizon(rest, limit))]
    fits = _fitting(rest, ends, limit, counted)
    if not fits:
        return _broken(rest, ends[0] if ends else len(rest), limit, counted)
    return _at_rest(rest, [end for end in ends if fits // 2 <= end <= fits], limit, counted)


def _horizon(rest: str, limit: int) -> int:
    """How far a part can reach at most: no platform counts less than a tenth of a unit for a character of a word."""
    return min(len(rest), 10 * limit + 4000)


def _fitting(text: str, ends: list[int], limit: int, count: Count) -> int:
    """The last of the ends up to which the text fits; 0 where none does.

    Counts grow with the text but for links, which count less once they are whole; so the neighbours are tried too.
    """
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high) // 2
        if count(text[: ends[middle]]) <= limit:
            low = middle + 1
        else:
            high = middle
    return next((end for end in reversed(ends[:low]) if count(text[:end]) <= limit), 0)


def _at_rest(rest: str, ends: list[int], limit: int, counted: Count) -> int:
    """The best of the ends that fit: after a paragraph, else after a sentence, else after the last word."""
    fit = [end for end in ends if counted(rest[:end]) <= limit]
    paragraphs = [end for end in fit if rest[end : end + 2].startswith(("\n\n", "\r\n"))]
    sentences = [end for end in fit if _SENTENCE_END.fullmatch(rest, _word_start(rest, end), end)]
    return (paragraphs or sentences or fit)[-1]


def _word_start(text: str, end: int) -> int:
    """Where the word that ends here begins."""
    start = end
    while start and not text[start - 1].isspace():
        start -= 1
    return start


def _broken(rest: str, end: int, limit: int, counted: Count) -> int:
    """Where a word that is too long for a part is broken: after a mark of its own script, else between characters."""
    places = [place for place in range(1, end) if graphemes.cut(rest, place) == place]
    fits = _fitting(rest, places, limit, counted)
    marks = [mark.end() for mark in _CLOSED.finditer(rest, fits // 2, fits) if mark.end() in places]
    return marks[-1] if marks else fits
