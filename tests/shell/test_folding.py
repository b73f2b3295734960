"""Who joins whose ticket, through the real store: quotes and reposts of one post, in a storm and without."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import storms
from bridge.core.conversation import Phase
from bridge.core.decision import Decision, Switch
from bridge.core.effects import Intent
from bridge.core.events import Sighting
from bridge.core.model import Author, Post, Verdict
from bridge.ports import Circumstances
from bridge.shell import courier
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock

SAID = "The whole site is down again since ten o'clock and nobody tells us anything"
FIRST = making.post("p1", SAID, thread="t1")


class Folds:
    """A judge whose route folds."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return replace(making.VERDICT, fold=timedelta(hours=2))


class Queue:
    """A desk that seals."""

    name = "support"
    seal = staticmethod(making.seal)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = MovableClock()
    store = open_store(":memory:", clock=clock, create=True, platforms={})
    yield House(
        store=store,
        groups=store,
        clock=clock,
        channels={},
        desks={"support": Queue()},
        inboxes={},
        judge=Folds(),
        policy=lambda: making.POLICY,
        postmarks={},
        owner="me",
    )
    store.close()


def quote(number: int, text: str, **changes: object) -> Post:
    """Somebody quotes the first post."""
    author = Author(id=f"q{number}", handle=f"quoter{number}")
    return making.post(f"q{number}", text, thread=f"q{number}", author=author, about="p1", **changes)


async def judged(house: House, *posts: Post) -> list[Phase]:
    """They come and are judged, one after the other; where their conversations stand then."""
    found = []
    for post in posts:
        intent = Intent(effect=making.judge(post), at=house.clock.now())
        await house.apply(Decision(sightings=(Sighting(post=post),), intents=(intent,)))
        await courier.drain(house, ["judge"])
        record = await house.store.conversation(post.conversation.id)
        assert record is not None
        found.append(record.phase)
    return found


OWN = "My own account is locked since yesterday, please open it for me again"


async def test_quotes_and_reposts_join_what_they_pass_on(house: House) -> None:
    flood = [quote(n, text) for n, text in enumerate(("lol", "", "this!", SAID))]
    repost = quote(9, f"RT @jane: {SAID[:30]}", is_repost=True)
    assert await judged(house, FIRST, *flood, repost) == [Phase.WAITING, *[Phase.FOLDED] * 5]
    assert await house.groups.crowd(FIRST.conversation.id, until=house.clock.now()) == 5


async def test_a_quote_with_words_of_its_own_makes_a_ticket_but_in_a_storm(house: House) -> None:
    assert await judged(house, FIRST, quote(1, OWN)) == [Phase.WAITING, Phase.WAITING]
    storm = Switch(name=storms.name("forum"), value=house.clock.now().isoformat(), by="bridge")
    await house.apply(Decision(switches=(storm,)))
    other = "Nobody of you ever answers when we ask for our money back, it is a shame"
    assert await judged(house, quote(2, other)) == [Phase.FOLDED]


async def test_a_short_post_that_quotes_nothing_joins_nobody(house: House) -> None:
    short = making.post("s1", "lol", thread="s1", author=Author(id="s1"))
    assert (
        await judged(house, FIRST, short, replace(short, id="s2", thread="s2", author=Author(id="s2")))
        == [Phase.WAITING] * 3
    )
