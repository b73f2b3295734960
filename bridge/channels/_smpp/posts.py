"""A customer's text as a post."""

import msgspec

from bridge.channels._smpp.alphabets import decoded
from bridge.channels._smpp.parts import MISSING, Whole
from bridge.channels._smpp.reading import posted_id
from bridge.channels._smpp.settings import Alphabet
from bridge.channels._text import clean, line
from bridge.core.events import Sighting
from bridge.core.model import Author, Kind, Post, Visibility

_LONGEST_NAME = 40
_NOBODY = "unknown sender"
"""Each text without a sender is somebody else's."""


def sighting(whole: Whole, *, channel: str, ledger: str, alphabet: Alphabet) -> Sighting:
    """The post, private as every text is; it is answered from the number that the customer wrote to."""
    first, name = whole.parts[0], posted_id(ledger, whole.first)
    sender = line(first.source, _LONGEST_NAME)
    post = Post(
        channel=channel,
        id=name,
        kind=Kind.SMS,
        visibility=Visibility.PRIVATE,
        thread=first.target,
        author=Author(id=sender or f"{_NOBODY} {name}", handle=sender, name="" if sender else _NOBODY),
        text=clean(words(whole, alphabet)),
        at=whole.at,
        answers=frozenset({Visibility.PRIVATE}) if first.answerable else frozenset(),
    )
    return Sighting(post=post, raw=msgspec.json.encode(whole.parts))


def words(whole: Whole, alphabet: Alphabet) -> str:
    """The text; octets of neighbours are joined before they are read, for phones cut between two halves of a character."""
    runs = whole.runs()
    texts = [decoded(b"".join(part.text for part in run), run[0].coding, alphabet) for run in runs]
    first, last = runs[0][0].part, runs[-1][-1].part
    if first is None or last is None:
        return "".join(texts)
    text = texts[0]
    for before, after, more in zip(runs, runs[1:], texts[1:], strict=False):
        gap = (
            before[-1].part is not None
            and after[0].part is not None
            and after[0].part.place > before[-1].part.place + 1
        )
        text += f"{MISSING}{more}" if gap else more
    head = MISSING.lstrip() if first.place > 1 else ""
    tail = MISSING.rstrip() if last.place < last.total else ""
    return f"{head}{text}{tail}"
