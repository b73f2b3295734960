"""A raid on a real daemon: one ticket for all who say the same, each author kept, and its count told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge.app import gathering
from bridge.app.daemon import opened, run_once
from bridge.app.gathering import members
from bridge.app.showing import conversations, status
from bridge.config import Loaded, load
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.ports import Desk
from bridge.shell import courier, intake
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
    place.rules(RULES)
    return place


def loaded(town: Town) -> Loaded:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


async def tell(town: Town) -> None:
    """What the chore does every half minute."""
    async with opened(loaded(town)) as (house, _current, store):
        await gathering.tell_groups(house, store)
        await gathering.tell_groups(house, store)
        await courier.drain(house, ["tell"])


def posts(town: Town) -> list[Message]:
    """Mails about posts, without those that only tell a count."""
    return [mail for mail in town.mails() if "nearly the same" not in plain(mail)]


async def test_a_raid_makes_one_ticket(town: Town, forum: Forum) -> None:
    await run_once(loaded(town))
    for number in range(25):
        forum.write(f"user{number}", f"{SAID}{'!' * number}", title="Down")
    forum.write("jane", "My till has been down for a week, please send somebody to the shop", title="Till")
    forum.write_private("kim", SAID)
    await run_once(loaded(town))
    assert len(town.mails()) == 4

    await tell(town)
    assert len(town.mails()) == 4
    (told,) = (mail for mail in town.mails() if "nearly the same" in plain(mail))
    assert "24 more posts by 24 people" in plain(told)
    assert "user" in plain(told)
    assert "reaches the customer above alone" in plain(told)
    (group,) = [row.id for row in await conversations(loaded(town), 99) if await members(loaded(town), row.id, 99)]
    kept = await members(loaded(town), group, 99)
    assert len({row.who for row in kept}) == 24
    assert (await status(loaded(town))).folded == 24
    async with opened(loaded(town)) as (_house, _current, store):
        assert await store.read(lambda connection: fsck.check(connection, 0)) == ()


class Choosy:
    """A desk that cannot seal its first notice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._asked = 0

    def seal(self, message: Proxy | Notice) -> Sealed:
        self._asked += 1
        if self._asked == 1:
            raise ValueError("these words fit in no mail")
        return self._desk.seal(message)


async def test_one_group_that_cannot_be_told_silences_no_other(town: Town, forum: Forum) -> None:
    await run_once(loaded(town))
    for number, said in enumerate((SAID, "My till in the shop is down and shows nothing but a blue picture of a cat")):
        for other in range(3):
            forum.write(f"user{number}{other}", f"{said}{'!' * other}", title="Down")
    async with opened(loaded(town)) as (house, _current, store):
        await intake.poll(house, "forum")
        await courier.drain(house, ["judge", "inject"])
        choosy = replace(house, desks={"support": Choosy(house.desks["support"])})
        with capture_logs() as lines:
            await gathering.tell_groups(choosy, store)
        await courier.drain(house, ["tell"])

    assert [line["event"] for line in lines] == ["group_not_told"]
    assert len([mail for mail in town.mails() if "nearly the same" in plain(mail)]) == 1


async def test_after_the_answer_the_next_one_makes_a_ticket_again(town: Town, forum: Forum) -> None:
    await run_once(loaded(town))
    forum.write("ann", SAID, title="Down")
    forum.write("bob", SAID, title="Down")
    await run_once(loaded(town))
    (mail,) = posts(town)
    town.deliver(answer(mail, "It works again, sorry for that.").as_bytes())
    await run_once(loaded(town))
    forum.write("cid", SAID, title="Down")
    await run_once(loaded(town))

    assert len(forum.said()) == 1
    assert len(posts(town)) == 2


async def test_whoever_joined_a_ticket_whose_post_is_gone_has_one_again(town: Town, forum: Forum) -> None:
    """An answer to it can reach nobody: the first of the others makes the next ticket, and the rest join that."""
    await run_once(loaded(town))
    first = forum.write("ann", SAID, title="Down")
    await run_once(loaded(town))
    for name in ("bob", "cid", "dan"):
        forum.write(name, f"{SAID}!", title="Down")
    await run_once(loaded(town))
    assert len(posts(town)) == 1
    forum.delete(first)
    await run_once(loaded(town))
    await run_once(loaded(town))

    (mail,) = (mail for mail in posts(town)[1:] if SAID in plain(mail) and "deleted" not in plain(mail))
    rows = await conversations(loaded(town), 99)
    groups = [len(found) for row in rows if (found := await members(loaded(town), row.id, 99))]
    assert sorted(groups) == [2, 3]
    town.deliver(answer(mail, "#all\n\nWe are on it.").as_bytes())
    await run_once(loaded(town))
    assert len(forum.said()) >= 1


async def test_who_joined_and_writes_again_is_heard(town: Town, forum: Forum) -> None:
    """And so is one whose words are others' no more."""
    await run_once(loaded(town))
    forum.write("ann", SAID, title="Down")
    topic = forum.write("bob", SAID, title="Down")
    await run_once(loaded(town))
    forum.write("bob", "And by the way my invoice of last month is wrong and the portal is down", topic=topic)
    await run_once(loaded(town))
    assert len(posts(town)) == 2

    forum.edit(topic, "Sorry, only my own till is down, the number on it is 4711 if that helps")
    await run_once(loaded(town))
    assert len(posts(town)) >= 3


async def test_a_customer_whose_ticket_was_answered_is_heard_in_it_again(town: Town, forum: Forum) -> None:
    """Their own agent knows them; among those who joined another ticket nobody would."""
    await run_once(loaded(town))
    topic = forum.write("ann", "My till is down since yesterday, the number on it is 4711", title="Till")
    await run_once(loaded(town))
    (mail,) = town.mails()
    town.deliver(answer(mail, "It works again, sorry for that.").as_bytes())
    await run_once(loaded(town))
    forum.write("bob", SAID, title="Down")
    await run_once(loaded(town))
    forum.write("ann", SAID, topic=topic)
    await run_once(loaded(town))

    assert len(town.mails()) == 3
    assert (await status(loaded(town))).folded == 0


async def test_a_group_is_found_again_for_hours(town: Town, forum: Forum) -> None:
    await run_once(loaded(town))
    forum.write("ann", SAID, title="Down")
    forum.write("bob", SAID, title="Down")
    await run_once(loaded(town))
    async with opened(loaded(town)) as (house, _current, store):
        since = house.clock.now() - timedelta(minutes=1)
        assert len(await store.read(lambda connection: gathering.groups.groups(connection, since))) == 1
