"""Poll one channel once and apply what came: the only way in for posts."""

from dataclasses import dataclass

from bridge.core.arrivals import Arrivals, sort_out, wanted
from bridge.core.events import Page
from bridge.shell import crash
from bridge.shell.house import House


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one poll brought."""

    page: Page
    arrivals: Arrivals
    moved: bool
    """False where there was nothing to write: no new post and the same cursor."""


async def poll(house: House, name: str) -> Polled:
    """Poll a channel once and store its page; raises what the channel raises, and then nothing has changed.

    The page's events are applied before its cursor moves, so a crash in between brings the page again (C02, C03).
    """
    channel = house.channels[name]
    before = await house.store.cursor(name)
    page = await channel.poll(before)
    known = await house.store.known(name, wanted(page))
    arrivals = sort_out(page, known, channel=house.policy().channels[name], before=before, now=house.clock.now())
    crash.point("page.before")
    for conversation, event in arrivals.events:
        await house.happened(conversation, event)
    moved = page.cursor != before or bool(arrivals.page.sightings or arrivals.page.quarantined)
    if moved:
        await house.apply(arrivals.page)
    crash.point("page.after")
    return Polled(page=page, arrivals=arrivals, moved=moved)


async def poll_all(house: House, name: str, *, pages: int) -> list[Polled]:
    """Poll until the channel has no more, at most `pages` times: a backlog is caught up without a pause."""
    polled = [await poll(house, name)]
    while polled[-1].page.more and len(polled) < pages:
        polled.append(await poll(house, name))
    return polled
