"""Fetch letters, have them decided, file them away: the only way back in.

    fetch ─► headers ─► a lane for each conversation ─► see through, lanes side by side ─► file

The mail stays in its mailbox until its outcome is stored, so a crash anywhere brings it again (C07, C08).
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta

from bridge.core.replies import Letter, LetterOutcome
from bridge.letters.reading import Envelope
from bridge.ports import StoreLost
from bridge.shell import crash, leases
from bridge.shell.bell import stopped
from bridge.shell.considering import envelopes, see_through
from bridge.shell.health import Lookout
from bridge.shell.house import House

WAIT = timedelta(minutes=5)
"""How long one fetch may wait for letters."""

ONCE_WAIT = timedelta(seconds=1)
"""How long a single pass waits for letters, and a daemon until it has read once what lies there."""

LEASE = timedelta(minutes=2)
"""How long an inbox stays with a node that gives no sign of life; it is renewed while the node fetches."""

ELSEWHERE = 5.0
"""Seconds until an inbox that another node uses is asked for again."""

PAUSE = 5.0
"""Seconds before an inbox that failed is asked again; it doubles up to LONGEST_PAUSE."""

LONGEST_PAUSE = 300.0

TOGETHER = 50
"""Letters that are seen through side by side, at most: a commit, and each way to a thread and back, is shared by many."""

TOGETHER_BYTES = 4 * 1024 * 1024
"""How large they may be together, as long as it is more than one: an opened letter takes several times its size."""

BEHIND = timedelta(minutes=15)
"""How long letters stay behind one that waits for its proof and is not handed out again: somebody took it away."""

Opened = tuple[Letter, Envelope | None]
Stored = tuple[Letter, LetterOutcome]
Lane = tuple[str, object]
"""An inbox, and what its letters are about."""


async def serve(house: House, name: str, *, lookout: Lookout, stop: asyncio.Event) -> None:
    """Take letters from an inbox as they come, until told to stop."""
    pause = PAUSE
    while not stop.is_set():
        try:
            wait = WAIT if f"inbox {name}" in house.read else ONCE_WAIT
            taken = await take_alone(house, name, wait=wait, stop=stop)
            if taken is None:
                await stopped(stop, ELSEWHERE)
                continue
        except StoreLost:
            raise
        except Exception as problem:  # noqa: BLE001 - whatever an inbox raises, its letters are still in their mailbox
            house.read.discard(f"inbox {name}")
            await lookout.failed(f"inbox {name}", problem)
            await stopped(stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            _note(house, name, taken)
            await lookout.well(f"inbox {name}")
            pause = PAUSE


def _note(house: House, name: str, taken: int) -> None:
    """Nothing came: whatever was sent before was read."""
    if not taken:
        house.read.add(f"inbox {name}")


async def drain(house: House, name: str, *, lookout: Lookout) -> None:
    """Take what lies in an inbox now; raises only StoreLost, so that one that fails leaves the others their pass."""
    taken: int | None = 1
    try:
        while taken:
            taken = await take_alone(house, name, wait=ONCE_WAIT, stop=asyncio.Event())
    except StoreLost:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever an inbox raises, its letters are still in their mailbox
        house.read.discard(f"inbox {name}")
        await lookout.failed(f"inbox {name}", problem)
    else:
        if taken is not None:
            _note(house, name, taken)
            await lookout.well(f"inbox {name}")


async def take_alone(house: House, name: str, *, wait: timedelta, stop: asyncio.Event) -> int | None:
    """Fetch once as the only node that uses the inbox; how many letters came, None where another one does (C13)."""
    if not await leases.hold(house, f"inbox:{name}", length=LEASE):
        return None
    async with leases.kept(house, f"inbox:{name}", length=LEASE, stop=stop) as over:
        return await take(house, name, wait=wait, stop=over)


async def take(house: House, name: str, *, wait: timedelta, stop: asyncio.Event) -> int:
    """Fetch once and see every letter through; returns how many came.

    One whose proof waits for the resolver stays where it lies with the later ones of its conversation, and the inbox
    hands them out again.
    """
    found = await _fetched(house, name, wait=wait, stop=stop)
    for some in _armfuls(found):
        await _see_through(house, name, some)
    return len(found)


async def _fetched(house: House, name: str, *, wait: timedelta, stop: asyncio.Event) -> Sequence[Letter]:
    """What one fetch brings; nothing where we are told to stop meanwhile."""
    fetching = asyncio.create_task(house.inboxes[name].fetch(wait))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else ()
    finally:
        stopping.cancel()
        fetching.cancel()
        await asyncio.gather(stopping, fetching, return_exceptions=True)


def _armfuls(found: Sequence[Letter]) -> Iterator[Sequence[Letter]]:
    """The letters in their order, as many at a time as may be open at once."""
    start = size = 0
    for place, letter in enumerate(found):
        if place > start and (place - start == TOGETHER or size + len(letter.raw) > TOGETHER_BYTES):
            yield found[start:place]
            start, size = place, 0
        size += len(letter.raw)
    if start < len(found):
        yield found[start:]


async def _see_through(house: House, name: str, some: Sequence[Letter]) -> None:
    """See letters through and file those whose outcome is stored; raises the first problem of those that have none.

    Lanes that wait behind a letter which is not among these are left alone.
    """
    opened = zip(some, await envelopes(house, some), strict=True)
    stored: list[Stored] = []
    lanes = {lane: letters for lane, letters in _lanes(opened).items() if not _behind(house, (name, lane), letters)}
    ends = await asyncio.gather(
        *(_one_by_one(house, letters, stored) for letters in lanes.values()), return_exceptions=True
    )
    for lane, end in zip(lanes, ends, strict=True):
        _remember(house, (name, lane), end if isinstance(end, Letter) else None)
    for letter, outcome in stored:
        await house.inboxes[name].file(letter, outcome)
        crash.point("letter.filed")
    for end in ends:
        if isinstance(end, BaseException):
            raise end


def _behind(house: House, lane: Lane, letters: Sequence[Opened]) -> bool:
    """Whether a lane waits for the proof of a letter that is not among these: nothing overtakes it."""
    waits = house.behind.get(lane)
    if waits is None or any(letter.uid == waits[0] for letter, _ in letters):
        return False
    return house.clock.now() - waits[1] < BEHIND


def _remember(house: House, lane: Lane, waits: Letter | None) -> None:
    """Keep in mind for which letter a lane waits now, if for any."""
    if waits is None:
        house.behind.pop(lane, None)
    else:
        house.behind[lane] = (waits.uid, house.clock.now())


def _lanes(opened: Iterable[Opened]) -> Mapping[object, Sequence[Opened]]:
    """The letters of each signed address in their order; one that names no single conversation is alone in its lane."""
    lanes: dict[object, list[Opened]] = {}
    for letter, envelope in opened:
        named = envelope.conversations if envelope else ()
        lanes.setdefault(named[0] if len(named) == 1 else (letter.uid,), []).append((letter, envelope))
    return lanes


async def _one_by_one(house: House, lane: Sequence[Opened], stored: list[Stored]) -> Letter | None:
    """See the letters of one conversation through; one that fails keeps its later ones waiting, and no other lane's.

    Gives back the one that waits for what could prove its sender.
    """
    for letter, envelope in lane:
        crash.point("letter.fetched")
        outcome = await see_through(house, letter, envelope)
        if outcome is None:
            return letter
        stored.append((letter, outcome))
        crash.point("letter.stored")
    return None
