"""Send the weekly sample of what was left alone, and say how many of such posts should have been answered."""

import secrets
from collections.abc import Callable
from datetime import tzinfo
from functools import partial

import structlog
from sqlalchemy import Connection

from bridge.core.model import Post, PostKey, Verdict
from bridge.core.sampling import Draw, Lot, Missed, Week, before, finished, sampled
from bridge.shell.house import House
from bridge.store import groups, reports, samples
from bridge.store.codec import micros
from bridge.store.store import SqlStore

log = structlog.get_logger("bridge.samples")

WEEKS = 13
"""Samples of so many weeks say how many posts are missed."""


class Sampling:
    """Looks whether a week is over of which no sample went out yet."""

    def __init__(self, house: House, store: SqlStore, zone: Callable[[], tzinfo]) -> None:
        self._house = house
        self._store = store
        self._zone = zone

    async def turn(self) -> None:
        """Send the last week's sample, once for all nodes and restarts: the fact of it is the proof."""
        at = self._house.moment()
        sampler, week = at.policy.sampler, finished(at.now, self._zone())
        if sampler is None or sampler.desk not in self._house.desks:
            return
        if await self._store.read(partial(groups.told, keys=[week.once])):
            return
        draw = await self._drawn(week, sampler.posts)
        posts = await self._store.read(lambda connection: _posts(connection, draw))
        decision = sampled(week, draw, posts, sampler=sampler, delimiter=secrets.token_hex(4), at=at)
        if (await self._house.apply(decision)).applied:
            log.info("sample_drawn", week=week.name, posts=len(posts), of=sum(draw.of.values()))

    async def _drawn(self, week: Week, most: int) -> Draw:
        """The draw of a week, looked at piece by piece."""
        lot, seen, last, more = Lot(week, most), micros(week.since), 0, True
        while more:
            page = await self._store.read(partial(samples.left, seen=seen, last=last, until=week.until))
            for key, stratum in page.posts:
                lot.add(key, stratum)
            seen, last, more = page.seen, page.last, page.more
        return lot.drawn()


def _posts(connection: Connection, draw: Draw) -> dict[PostKey, tuple[Post, Verdict | None]]:
    """The drawn posts whose words are there."""
    found = ((pick.key, reports.post(connection, pick.key)) for pick in draw.picks)
    return {key: (each.post, each.verdict) for key, each in found if each is not None and each.deleted is None}


def missed(connection: Connection, week: Week, zone: tzinfo) -> Missed:
    """How many of the posts that were left alone should have been answered, by the samples of the last weeks."""
    return samples.looked_at(connection, [each.id for each in before(week, zone, WEEKS)])
