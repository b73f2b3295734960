"""An answer to all on a real daemon: one mail of the agent, one answer under each post, and the ticket told once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.app.daemon import opened, run_once
from bridge.app.gathering import members, tell_groups
from bridge.app.showing import conversation, conversations
from bridge.config import Loaded, load
from bridge.shell import courier, inbound
from bridge.shell.health import Lookout
from bridge.store import fsck
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town, answer, plain

RULES = """
[[rule]]
name = "outage"
when = { any_word = ["down"] }
points = 3

[[route]]
name = "outage"
when = { min_points = 3 }
desk = "support"
fold = "2h"
"""

SAID = "The whole site is down again since ten o'clock and nobody tells us anything"
WORDS = "We are on it and expect the site back at noon."
OTHERS = 5
KINDS = ("judge", "inject", "tell", "publish", "share", "reread")


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture
def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    file = place.configuration / "bridge.toml"
    file.write_text(file.read_text().replace('interval = "1s"\n', 'interval = "1s"\nall_per_minute = 60\n'))
    place.rules(RULES)
    return place


def loaded(town: Town) -> Loaded:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


async def raid(town: Town, forum: Forum) -> list[int]:
    """Some say the same, and the ticket is told how many."""
    await run_once(loaded(town))
    first = forum.write("user0", SAID, title="Down")
    await run_once(loaded(town))
    others = [forum.write(f"user{number}", f"{SAID}{'!' * number}", title="Down") for number in range(1, OTHERS + 1)]
    await run_once(loaded(town))
    return [first, *others]


@asynccontextmanager
async def working(town: Town) -> AsyncIterator[None]:
    """The daemon's couriers at work."""
    async with opened(loaded(town)) as (house, _current, store):
        stop = asyncio.Event()
        await tell_groups(house, store)
        await inbound.drain(house, "replies", lookout=Lookout(house))
        async with asyncio.TaskGroup() as group:
            group.create_task(courier.serve(house, KINDS, slots=5, stop=stop))
            try:
                yield
            finally:
                stop.set()
                house.bell.ring()


async def comes(what: Callable[[], object]) -> None:
    """Wait for something that is true or not empty."""
    for _ in range(600):
        if what():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not come")


def told(town: Town, words: str) -> list[str]:
    """Mails that say so."""
    return [plain(mail) for mail in town.mails() if words in plain(mail)]


async def test_one_answer_reaches_all(town: Town, forum: Forum) -> None:
    posts = await raid(town, forum)
    forum.delete(posts[3])
    await run_once(loaded(town))
    (mail,) = (mail for mail in town.mails() if SAID in plain(mail) and "nearly the same" not in plain(mail))
    town.deliver(answer(mail, f"#all\n\n{WORDS}").as_bytes())
    async with working(town):
        await comes(lambda: told(town, "published besides the first one"))

    said = {item.parent: item.text for item in forum.said()}
    first, *others = (post for post in posts if post != posts[3])
    assert said == {first: WORDS} | {post: f"@user{posts.index(post)} {WORDS}" for post in others}
    assert len(forum.said()) == OTHERS
    (over,) = told(town, "published besides the first one")
    assert f"{OTHERS - 1} published besides the first one" in over
    assert len(told(town, "goes to the first customer and then")) == 1
    (ticket,) = [row.id for row in await conversations(loaded(town), 99) if await members(loaded(town), row.id, 99)]
    rows = await members(loaded(town), ticket, 99)
    assert sorted(row.answer for row in rows) == ["published"] * (OTHERS - 1)
    story = await conversation(loaded(town), ticket)
    assert story is not None
    said_of_it = [who for _at, who, _text in story.told]
    assert "answer to all by agent@acme.test: done" in said_of_it
    assert {"fact to_all", "fact to_all_over"} <= set(said_of_it)
    async with opened(loaded(town)) as (_house, _current, store):
        assert await store.read(lambda connection: fsck.check(connection, 0)) == ()
