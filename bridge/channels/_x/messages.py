"""Reading direct messages, which X lists from the newest to the past, for thirty days, and cannot be asked to begin anywhere."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.channels._x.place import Reach, floor, newest_of
from bridge.channels._x.shapes import Message
from bridge.channels._x.wire import Included, Listed, entries
from bridge.core.events import Gap

_PAGES = 6
_FEW, _MANY = 10, 100

Fetch = Callable[[str | None, int], Awaitable[Listed]]
"""A page after a token, of so many events: each costs, so few are asked for at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """What a poll read of the messages, the oldest first."""

    reach: Reach
    known: Mapping[int, int]
    fresh: tuple[Entry[Message], ...] = ()
    broken: tuple[Broken, ...] = ()
    included: Included = field(default_factory=Included)
    gap: Gap | None = None


async def read(fetch: Fetch, reach: Reach | None, known: Mapping[int, int], *, begin: int | None) -> Letters:
    """New messages; without a reach it is the first contact, which emits those after `begin` only, or none."""
    raws: list[msgspec.Raw] = []
    along, token, met = Included(), None, False
    low = floor(reach, known) if reach is not None else begin
    for number in range(_PAGES):
        page = await fetch(token, _FEW if number == 0 else _MANY)
        raws += page.raws
        along = Included(users={**along.users, **page.included.users}, media={**along.media, **page.included.media})
        token = page.next_token
        met = low is None or any(message.value.id <= low for message in entries(page.raws, Message)[0])
        if token is None or met:
            break
    good, bad = entries(raws, Message)
    ids = [*(entry.value.id for entry in good), *(b.number for b in bad if b.number is not None)]
    top = max(ids, default=0)
    if reach is None:
        start = Reach(newest=top, begin=top if begin is None else begin)
        return _sifted(start, known, good, bad if begin is not None else [], along=along, gap=None)
    missed = token is not None and not met and bool(ids)
    gap = Gap(since=f"m{reach.newest}", until=f"m{min(ids)}") if missed else None
    after = msgspec.structs.replace(reach, newest=max(reach.newest, top))
    return _sifted(after, known, good, bad, along=along, gap=gap)


def _sifted(  # noqa: PLR0917 - the parts of one result, used here alone
    reach: Reach,
    known: Mapping[int, int],
    good: list[Entry[Message]],
    bad: list[Broken],
    along: Included,
    gap: Gap | None,
) -> Letters:
    """What of it is new; a message never changes."""
    fresh = [e for e in good if e.value.id > reach.begin and known.get(e.value.id) != 1]
    unread = [b for b in bad if b.number is None or known.get(b.number) not in {1, b.version}]
    seen = {**known, **{e.value.id: 1 for e in good}, **{b.number: b.version for b in unread if b.number is not None}}
    return Letters(
        reach=reach,
        known=newest_of(seen),
        fresh=tuple(sorted(fresh, key=lambda entry: entry.value.id)),
        broken=tuple(unread),
        included=along,
        gap=gap,
    )
