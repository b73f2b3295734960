"""Ten thousand posts at once: every one is stored and judged once, and nothing waits for a second page."""

from dataclasses import replace
from datetime import timedelta

from bridge.core.events import Page, Sighting
from bridge.core.model import Account, Post, Verdict
from bridge.core.publications import Posted, Publication
from bridge.ports import Channel, Circumstances
from bridge.shell import courier, intake
from bridge.shell.house import House
from bridge.store import reports
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock

POSTS = 10_000


class Flood:
    """A channel that shows everything in one page."""

    name = "forum"
    limits = making.LIMITS

    async def open(self) -> Account:
        return making.ACCOUNT

    async def poll(self, cursor: str | None) -> Page:
        if cursor is not None:
            return Page(sightings=(), cursor=cursor)
        posts = (making.post(f"p{number}", f"words {number}", thread=f"t{number}") for number in range(POSTS))
        return Page(sightings=tuple(Sighting(post=post) for post in posts), cursor="1")

    async def publish(self, publication: Publication) -> Posted:
        raise AssertionError(publication.key)

    async def find(self, publication: Publication) -> Posted | None:
        raise AssertionError(publication.key)

    async def close(self) -> None:
        return None


class Leaves:
    """A judge that leaves everything alone."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return replace(making.LEFT, why=())


async def test_ten_thousand_posts_at_once() -> None:
    clock = MovableClock()
    store = open_store(":memory:", clock=clock, create=True, platforms={})
    channel: Channel = Flood()
    house = House(
        store=store,
        groups=store,
        clock=clock,
        channels={"forum": channel},
        desks={},
        inboxes={},
        judge=Leaves(),
        policy=lambda: making.POLICY,
        postmarks={},
        owner="me",
    )
    await intake.poll(house, "forum")
    assert (await intake.poll(house, "forum")).moved is False
    assert await courier.drain(house, ["judge"]) == POSTS

    status = await store.read(lambda connection: reports.status(connection, clock.now() - timedelta(hours=1)))
    store.close()
    assert (status.posts, status.unjudged, status.waiting) == ({"": POSTS}, 0, ())
