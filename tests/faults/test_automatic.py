"""An answer that nobody wrote, where the process is killed at every step around it: once to a person, never against an agent's word, never lost in silence."""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from faults.automatic_life import KILLED

from bridge.store import fsck
from bridge.store.codec import micros
from bridge.store.open import reading
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.town import Town, answer, plain

pytestmark = [pytest.mark.timeout(3600)]

EVERY = {"ci": 20, "release": 1}[os.environ.get("BRIDGE_FAULTS", "ci")]
"""Which of all steps kill; the cases take turns."""

RULES = """
[[route]]
name = "opening"
when = { any_word = ["opening hours"] }
desk = "support"
auto_answer = "hours"
"""
LIFE = (1, 90, 90)
"""Seconds before each pass of the life that is killed: the posts come, their answer's moment comes, and what followed it."""
AFTER = (300, 90, 600, 900, 2400, 900, 900)
"""And of the one that follows: leases run out, doubts settle, and the moment goes by."""
ASKED = "What are your opening hours on Sunday?"


def furnished(root: Path, forum: Forum) -> Town:
    """A town of its own for one life."""
    place = Town(root=root)
    budget = "\n[bridge.auto_answers]\non = true\nper_hour = 3\nundo = '1m'\n"
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token, more=budget)
    place.rules(RULES)
    (place.configuration / "responses").mkdir()
    (place.configuration / "responses" / "hours.md").write_text("Hello {customer}, we are open from nine to five.")
    return place


async def lived(town: Town, pauses: tuple[int, ...], *, ahead: int = 0, last: int = 0) -> int:
    """How many steps the life had; 0 where it was killed."""
    program = str(Path(__file__).with_name("automatic_life.py"))
    words = [str(town.configuration), str(ahead), ",".join(map(str, pauses)), str(last)]
    with (town.root / "log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable, program, *words, stdout=asyncio.subprocess.PIPE, stderr=log
        )
        told, _ = await process.communicate()
    assert process.returncode in {0, KILLED}, (town.root / "log").read_text()[-3000:]
    return int(told.splitlines()[-1]) if process.returncode == 0 else 0


POSTS = {"Jane's first": "jane", "Bob's only": "bob", "Jane's second": "jane"}
"""Who asks under which title."""


def nothing(_town: Town) -> None:
    """Nobody does anything while the process is gone."""


def cancel(town: Town) -> None:
    """The agent writes `#cancel` to every ticket that came."""
    for mail in town.mails():
        town.deliver(answer(mail, "#cancel").as_bytes())


def switch_off(town: Town) -> None:
    """The admin wants no such answers any more."""
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace("on = true", "on = false"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What people do between the kill and the next start, and the first of the steps that kill."""

    meanwhile: Callable[[Town], None]
    first: int


CASES = {
    "nobody": Case(meanwhile=nothing, first=1),
    "an agent": Case(meanwhile=cancel, first=7),
    "an admin": Case(meanwhile=switch_off, first=13),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_kills_around_an_automatic_answer(tmp_path: Path, case: Case) -> None:
    steps = await life(tmp_path / "whole", case, last=0)
    assert steps > 20
    for number in range(case.first, steps + 1, EVERY):
        await life(tmp_path / str(number), case, last=number)


async def life(root: Path, case: Case, *, last: int) -> int:
    """One life with its own forum, killed at that step; how many steps it had."""
    forum = Forum(journal=None, brand="acme")
    await forum.start()
    try:
        town = furnished(root, forum)
        await lived(town, (1,))
        topics = {title: forum.write(who, ASKED, title=title) for title, who in POSTS.items()}
        steps = await lived(town, LIFE, last=last)
        known = {item.id for item in forum.said()}
        promised = {title for title in topics if tickets(town, title)}
        case.meanwhile(town)
        await lived(town, AFTER, ahead=sum(LIFE))
    finally:
        await forum.stop()
    answered = {title for title, topic in topics.items() if any(item.topic == topic for item in forum.said())}
    late = {
        title
        for title in answered
        if not any(item.topic == topics[title] and item.id in known for item in forum.said())
    }
    told = f"killed at step {last}: answered {answered}, of them late {late}"
    assert len(forum.said()) == len(answered), told
    assert max(Counter(POSTS[title] for title in answered).values(), default=0) <= 1, told
    assert case.meanwhile is not nothing or {POSTS[title] for title in answered} == {"jane", "bob"}, told
    assert case.meanwhile is not switch_off or not late, told
    assert case.meanwhile is not cancel or not late & promised, told
    for title in topics:
        assert len(tickets(town, title)) == 1, (told, title)
        assert title in answered or is_told(town, title), (told, title)
    assert sound(town) == (), told
    return steps


def tickets(town: Town, title: str) -> set[str]:
    """The proxies of a post, each once however often it came; notices do not repeat what was asked."""
    return {mail["Message-ID"] for mail in town.mails() if title in mail["Subject"] and ASKED in plain(mail)}


def is_told(town: Town, title: str) -> bool:
    """Whether a mail of the post says that it has no answer of ours, or that its cancelling was heard."""
    texts = [plain(mail) for mail in town.mails() if title in mail["Subject"]]
    return any("no answer goes out" in text or "did not go out" in text or "cancel" in text for text in texts)


def sound(town: Town) -> tuple[str, ...]:
    """Invariants that do not hold (delivery.md 8.1)."""
    with reading(town.state / "bridge.db") as connection:
        return tuple(found.text for found in fsck.check(connection, micros(MovableClock().now())))
