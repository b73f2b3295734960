"""The whole loop in one process: a post goes out as a mail, the agent's answer comes back under the post."""

import sqlite3
from pathlib import Path

import pytest

from bridge.app.daemon import run_once
from bridge.app.showing import conversations, status
from bridge.config import Loaded, load
from bridge.testing.fakes.forum import Forum
from bridge.testing.town import Town, answer, plain

RULES = """
[[rule]]
name = "help"
when = { any_word = ["help", "broken"] }
points = 3

[[route]]
name = "support"
when = { min_points = 3 }
desk = "support"

[[test]]
post = { text = "please help" }
expect = { route = "support", rules = ["help"] }
"""


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


async def test_a_post_goes_out_as_a_mail_and_the_answer_stands_under_it(town: Town, forum: Forum) -> None:
    assert await run_once(loaded(town))
    topic = forum.write("jane", "My shop is broken, can you help?", title="Broken")
    forum.write("bob", "Nice weather today.", title="Weather")
    await run_once(loaded(town))

    (mail,) = town.mails()
    assert "My shop is broken" in plain(mail)
    assert "jane" in mail["From"]

    town.deliver(answer(mail, "Sorry for that! Please try again now.").as_bytes())
    await run_once(loaded(town))

    (said,) = forum.said()
    assert said.text == "Sorry for that! Please try again now."
    assert said.topic == topic

    await run_once(loaded(town))
    assert len(forum.said()) == 1
    assert len(town.mails()) == 1


async def test_a_storm_is_noticed_without_a_daemon(town: Town, forum: Forum) -> None:
    await run_once(loaded(town))
    forum.write("bob", "Nice weather today.", title="Weather")
    await run_once(loaded(town))
    with sqlite3.connect(town.state / "bridge.db") as database:
        database.execute("UPDATE post SET seen = seen - 2 * 86400000000")
    database.close()
    for number in range(60):
        forum.write(f"user{number}", f"Number {number} of many.", title="Many")
    await run_once(loaded(town))

    assert "storm:forum" in (await status(loaded(town))).switches
    assert any("60 posts within ten minutes" in plain(mail) for mail in town.mails())


async def test_the_community_answers_first(town: Town, forum: Forum) -> None:
    """A reply that triage leaves alone keeps the post from the queue; one that has the same trouble does not."""
    town.rules(RULES.replace('desk = "support"', 'desk = "support"\nhold_for = "4h"'))
    await run_once(loaded(town))
    helped = forum.write("jane", "My shop is broken, can you help?", title="Broken")
    alone = forum.write("mia", "My till is broken, can you help?", title="Till")
    await run_once(loaded(town))
    forum.write("bob", "Press the green button.", topic=helped)
    forum.write("ben", "Mine is broken too.", topic=alone)
    await run_once(loaded(town))

    phases = sorted(row.phase for row in await conversations(loaded(town), 9))
    assert phases == ["answered", "left", "waiting", "waiting"]
    assert dict((await status(loaded(town))).saved) == {"others": 1}
    (waiting,) = (pile for pile in (await status(loaded(town))).waiting if pile.kind == "inject")
    assert (waiting.state, waiting.count) == ("ready", 2)


async def test_only_those_who_are_vouched_for_keep_a_post_from_the_queue(town: Town, forum: Forum) -> None:
    """And when the time is over the ticket comes with what the others tried."""
    keys = 'desk = "support"\nhold_for = "4h"\nhelped_by = ["accepted", "@wizard"]'
    town.rules(RULES.replace('desk = "support"', keys))
    await run_once(loaded(town))
    helped = forum.write("jane", "My shop is broken, can you help?", title="Broken")
    alone = forum.write("mia", "My till is broken, can you help?", title="Till")
    await run_once(loaded(town))
    forum.write("wizard", "Press the green button.", topic=helped)
    forum.write("bob", "Have you tried the red one?", topic=alone)
    await run_once(loaded(town))

    assert dict((await status(loaded(town))).saved) == {"others": 1}
    assert town.mails() == []
    with sqlite3.connect(town.state / "bridge.db") as database:
        database.execute("UPDATE outbox SET due = 0 WHERE kind = 'inject' AND state = 'ready'")
    database.close()
    await run_once(loaded(town))
    await run_once(loaded(town))
    proxy, told = (plain(mail) for mail in town.mails())
    assert "My till is broken" in proxy
    assert "Have you tried the red one?" in told
