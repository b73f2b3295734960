"""Poll one channel once and apply what came: the only way in for posts."""

from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bridge.core.arrivals import Arrivals, ConversationEvent, sort_out, unreadable, wanted
from bridge.core.events import Page, WordSaid
from bridge.ports import Keeping, PermanentProblem, StoreLost, TemporaryProblem
from bridge.shell import crash, leases
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.shell.judging import vouched
from bridge.shell.lastlook import newest_word

log = structlog.get_logger("bridge.intake")

PAGES = 50
"""Pages that one turn follows at the most, so that a backlog of one channel leaves time to the others."""

LONGEST_PAUSE = timedelta(minutes=30)
"""Between turns of a channel that keeps failing."""

LEASE_SPARE = timedelta(minutes=2)
"""What a channel's lease lasts beyond its interval, for a slow turn."""

PAUSED = timedelta(seconds=5)
"""How soon a channel that an operator paused, or that another node reads, is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll brought."""

    page: Page
    arrivals: Arrivals
    moved: bool
    """False where there was nothing to write: no new post and the same cursor."""


async def turn(house: House, name: str, interval: timedelta, *, lookout: Lookout) -> timedelta:
    """Poll a channel's pages and say how long to wait before its next turn; never raises but StoreLost.

    A channel that fails keeps its cursor, so nothing is dropped: the gap is caught up when it works again.
    """
    try:
        if not await _may_read(house, name, interval):
            house.read.discard(f"channel {name}")
            return PAUSED
        polled = await poll_all(house, name, pages=PAGES)
    except StoreLost:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever an adapter raises, nothing was stored and the cursor stays
        house.read.discard(f"channel {name}")
        health = await lookout.failed(f"channel {name}", problem)
        return _pause(problem, interval, health.failures)
    last = polled[-1].page
    if not last.more:
        house.read.add(f"channel {name}")
    await lookout.well(f"channel {name}", allowance=last.allowance, left=last.left)
    await _parts(name, polled, lookout)
    _say(name, polled)
    return max(interval, timedelta(seconds=last.wait)) if last.wait else interval


async def _may_read(house: House, name: str, interval: timedelta) -> bool:
    """Whether no operator paused the channel and no other node reads it (C13)."""
    if (await house.store.switches()).get(f"channel:{name}"):
        return False
    return await leases.hold(house, f"channel:{name}", length=interval + LEASE_SPARE)


async def _parts(name: str, polled: list["Polled"], lookout: Lookout) -> None:
    """Parts of a channel, such as one of its feeds, have their own health: the others are unaffected."""
    for one in polled:
        for trouble in one.page.troubles:
            problem = PermanentProblem(trouble.reason) if trouble.lasting else TemporaryProblem(trouble.reason)
            await lookout.failed(f"part {name}/{trouble.part}", problem)
        for part in one.page.recovered:
            await lookout.well(f"part {name}/{part}")


def _pause(problem: Exception, interval: timedelta, failures: int) -> timedelta:
    """As long as the other side asked for, or longer with each failure (D07, D09)."""
    if isinstance(problem, TemporaryProblem) and problem.after is not None:
        return timedelta(seconds=problem.after)
    return min(interval * (1 << min(failures, 10)), max(LONGEST_PAUSE, interval))


def _say(name: str, polled: list["Polled"]) -> None:
    """One line where anything came."""
    counts: dict[str, int] = {}
    for one in polled:
        for what, count in one.arrivals.counts.items():
            counts[what] = counts.get(what, 0) + count
    if any(counts[what] for what in ("new", "edited", "deleted", "quarantined")):
        log.info("posts_arrived", channel=name, **{what: count for what, count in counts.items() if count})


async def poll(house: House, name: str) -> Polled:
    """Poll a channel once and store its page; raises what the channel raises, and then nothing has changed.

    The page's events are applied before its cursor moves, so a crash in between brings the page again (C02, C03).
    """
    before = await house.store.cursor(name)
    try:
        account = await house.account(name)
        page = await house.channels[name].poll(before)
    finally:
        await _keep_unreadable(house, name)
    page = page if page.account else replace(page, account=account)
    known = await house.store.known(name, wanted(page))
    arrivals = sort_out(page, known, channel=house.policy().channels[name], before=before, now=house.clock.now())
    crash.point("page.before")
    for conversation, event in arrivals.events:
        await house.happened(conversation, await _with_newest(house, event))
        if isinstance(event, WordSaid):
            log.info("word_said", channel=name, conversation=conversation, said=event.said)
    for answer in arrivals.vouched:
        await vouched(house, answer)
    moved = page.cursor != before or bool(arrivals.page.sightings or arrivals.page.quarantined)
    if moved:
        await house.apply(arrivals.page)
    crash.point("page.after")
    return Polled(page=page, arrivals=arrivals, moved=moved)


async def _with_newest(house: House, event: ConversationEvent) -> ConversationEvent:
    """The event with what the customer said before about text messages, where it is such a word."""
    if not isinstance(event, WordSaid):
        return event
    post = event.post
    newest = await newest_word(house, post.channel, thread=post.thread, theirs=post.author.id)
    return replace(event, newest=newest)


async def _keep_unreadable(house: House, name: str) -> None:
    """Whole answers that could not be read are kept, though they brought no page (C21)."""
    channel = house.channels[name]
    items = channel.unreadable() if isinstance(channel, Keeping) else ()
    if items:
        await house.apply(unreadable(items, channel=name, now=house.clock.now()))
        log.warning("answer_unreadable", channel=name, kept=len(items))


async def poll_all(house: House, name: str, *, pages: int) -> list[Polled]:
    """Poll until the channel has no more, at most `pages` times: a backlog is caught up without a pause."""
    polled = [await poll(house, name)]
    while polled[-1].page.more and len(polled) < pages:
        polled.append(await poll(house, name))
    return polled
