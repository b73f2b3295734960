"""What a poll shows of the ledger: texts that are whole or have waited long enough, receipts of answers that did not arrive."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from bridge.channels._smpp.entries import Came, Entry, Sent, Taken, Told
from bridge.channels._smpp.parts import LATE, Whole, put_together
from bridge.channels._smpp.receipts import FAILED, spellings
from bridge.core.events import Undelivered

A_POLL = 100
"""Texts that one poll shows."""

SETTLED = timedelta(seconds=30)
"""How old an answer must be before its receipt is handed on: until then the store may not know its id."""

HOPE = timedelta(hours=1)
"""How long a receipt waits for the answer that it is about: some come before the SMSC told us the id."""


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """A cursor: how far a ledger was read, and what of it is not over."""

    ledger: str
    """Another one's numbers mean nothing here."""
    upto: int
    waiting: tuple[int, ...] = ()
    """Texts with gaps and receipts below that which were not shown yet, by their first numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What one poll shows, and what it leaves."""

    texts: tuple[Whole, ...]
    undelivered: tuple[Undelivered, ...]
    unmatched: int
    """Receipts that are about no answer of ours."""
    reached: Reached
    more: bool
    """Whether more may be on its way: the SMSC sends as much at once as its window has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A ledger as it stands at a moment."""

    name: str
    entries: Mapping[int, Entry]
    now: datetime
    wait: timedelta
    """How long missing parts are waited for."""
    last: int
    """The number up to which it is complete."""

    def texts(self) -> Sequence[Whole]:
        """Of customers."""
        return put_together(entry for entry in self.entries.values() if isinstance(entry, Came))

    def told(self) -> Sequence[Told]:
        """Receipts."""
        return [entry for entry in self.entries.values() if isinstance(entry, Told)]

    def is_due(self, text: Whole) -> bool:
        """Whether nothing is missing, or was waited for long enough."""
        return text.is_complete or self.now - text.at >= self.wait


def begun(shelf: Shelf, backfill: timedelta) -> Read:
    """The first contact: what is young enough."""
    if backfill:
        before = shelf.now - backfill
        old = [text.last for text in shelf.texts() if text.at < before]
        return read(shelf, Reached(ledger=shelf.name, upto=max(old, default=0)))
    return Read(texts=(), undelivered=(), unmatched=0, reached=Reached(ledger=shelf.name, upto=shelf.last), more=False)


def read(shelf: Shelf, before: Reached) -> Read:
    """What is new or became due since the cursor."""
    if before.ledger != shelf.name:
        before = Reached(ledger=shelf.name, upto=0)
    fresh = [text for text in shelf.texts() if text.last > before.upto or text.first in before.waiting]
    due = [text for text in fresh if shelf.is_due(text)]
    shown = due[:A_POLL]
    cut = len(due) > A_POLL
    upto = max(before.upto, shown[-1].last if cut else shelf.last)
    news = [told for told in shelf.told() if told.n > before.upto or told.n in before.waiting]
    fates = Fates.of(shelf, [told for told in news if told.n <= upto])
    open_texts = [text.first for text in fresh if text not in shown and text.first <= upto]
    return Read(
        texts=tuple(shown),
        undelivered=tuple(fates.undelivered),
        unmatched=fates.unmatched,
        reached=Reached(ledger=shelf.name, upto=upto, waiting=(*open_texts, *fates.waiting)),
        more=cut or upto > before.upto,
    )


def over(shelf: Shelf, stored: Reached) -> Iterator[int]:
    """Numbers of entries that nothing asks for once this cursor is stored."""
    if stored.ledger != shelf.name:
        return
    needed = {part.n for text in shelf.texts() if not _is_over(shelf, text, stored) for part in text.parts}
    for entry in shelf.entries.values():
        past = entry.n <= stored.upto and entry.n not in stored.waiting and entry.n not in needed
        if past and isinstance(entry, Came | Told):
            yield entry.n


def _is_over(shelf: Shelf, text: Whole, stored: Reached) -> bool:
    """Whether a text was shown and no part of it is expected any more."""
    shown = text.last <= stored.upto and text.first not in stored.waiting
    return shown and (text.is_complete or shelf.now - text.at >= LATE)


def posted_id(ledger: str, number: int) -> str:
    """By what an answer or a text is known outside: the ledger that has it, and its number there."""
    return f"{ledger}-{number}"


@dataclass(slots=True)
class Fates:
    """What receipts say of answers."""

    undelivered: list[Undelivered]
    waiting: list[int]
    unmatched: int = 0

    @classmethod
    def of(cls, shelf: Shelf, told: Sequence[Told]) -> "Fates":
        """Receipts, each tied to the answer whose id it bears."""
        fates = cls([], [])
        if not told:
            return fates
        answers = _Answers.of(shelf)
        for one in told:
            fates._sort(shelf, one, answers.about(one))
        fates.undelivered = list(dict.fromkeys(fates.undelivered))
        return fates

    def _sort(self, shelf: Shelf, told: Told, taken: Taken | None) -> None:
        """Hand it on, let it wait, or give it up."""
        if taken is None:
            if shelf.now - told.at < HOPE:
                self.waiting.append(told.n)
            else:
                self.unmatched += 1
        elif told.state in FAILED:
            if shelf.now - taken.at < SETTLED:
                self.waiting.append(told.n)
            else:
                why = FAILED[told.state] + (f" (code {told.error})" if told.error else "")
                self.undelivered.append(Undelivered(id=posted_id(shelf.name, taken.sent), why=why))


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the SMSC took, by every spelling of its ids: the same digits may be one id in decimal and another in hexadecimal."""

    spelled: Mapping[str, Sequence[Taken]]
    peers: Mapping[int, str]

    @classmethod
    def of(cls, shelf: Shelf) -> "_Answers":
        spelled: dict[str, list[Taken]] = {}
        for entry in shelf.entries.values():
            if isinstance(entry, Taken) and entry.id:
                for name in spellings(entry.id):
                    spelled.setdefault(name, []).append(entry)
        peers = {entry.n: entry.peer for entry in shelf.entries.values() if isinstance(entry, Sent)}
        return cls(spelled, peers)

    def about(self, told: Told) -> Taken | None:
        """The one that went to the receipt's phone, the id as it is before any other spelling and the newest first; else the id as it is."""
        found = [one for name in spellings(told.id) for one in self.spelled.get(name, ())]
        found.sort(key=lambda one: (one.id == told.id, one.n), reverse=True)
        same_phone = next((one for one in found if self.peers.get(one.sent) == told.peer), None)
        return same_phone or next((one for one in found if one.id == told.id), None)
