"""Two nodes of one configuration over one PostgreSQL database, killed and paused at random (FT05, FT12).

Judged from outside: the mailbox, the forum and the nodes' own logs.
"""

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridge.store import fsck, schema
from bridge.store.codec import micros
from bridge.store.open import reading
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.node import Node
from bridge.testing.postgres import PACKAGES, postgres_cluster, programs
from bridge.testing.town import HELP_RULES, Town, answer, plain

SECONDS, SEED = {"ci": (60, 5), "release": (900, 12)}[os.environ.get("BRIDGE_FAULTS", "ci")]
HURRIED = str(Path(__file__).with_name("hurried.py"))

TAKEOVER = 24 + 12 + 2 + 30
"""Seconds: the longest lease of hurried.py, the request's time-out, two looks' settle times, and 30 (FT12)."""

SLOW = 0.6
"""Seconds until the forum accepts an answer, also when its writer was killed meanwhile: the window in which doubt arises."""

SHORTEST, LONGEST_PAUSE = 1.0, 9.0
"""Seconds that a node stands still: longer than most leases, shorter than what the request's guard allows."""

_BROKEN = re.compile(r"Traceback|effect_failed|letter_unreadable|chore_failed")
BEFORE, AFTER = 3, 30
"""Lines of a log that are shown of what stands there, so that a failure says why."""

_POST = re.compile(r"post(\d{4}) please help")


@pytest.fixture(scope="module")
def database(require: Callable[[list[str], tuple[str, ...]], None]) -> Iterator[str]:
    """A private cluster with an empty database, which keeps what it has committed."""
    if programs() is None:
        require(["initdb"], PACKAGES)
    with postgres_cluster() as cluster:
        yield cluster.create()


@pytest.fixture
def forum(forum: Forum) -> Forum:
    forum.fail(Mode.ACCEPT_LATE, amount=SLOW)
    return forum


@pytest.fixture
def town(tmp_path: Path, forum: Forum, database: str) -> Town:
    """One configuration for both nodes."""
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(HELP_RULES)
    secret = place.configuration / "credentials" / "database"
    secret.write_text(database, encoding="utf-8")
    secret.chmod(0o600)
    file = place.configuration / "bridge.toml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("[bridge]\n", '[bridge]\ndatabase = { credential = "database" }\n')
    text = text.replace('interval = "1s"\n', 'interval = "500ms"\ntimeout = "1s"\nin_flight = "1s"\n')
    many = "per_conversation_hour = 30, per_conversation_day = 100, per_agent_hour = 9000, per_desk_hour = 9000"
    text = text.replace("min_typing", f"breaker = {{ {many} }}\nmin_typing")
    file.write_text(text, encoding="utf-8")
    return place


@dataclass(slots=True, kw_only=True)
class Life:
    """What goes on while nodes come and go: customers write, an agent answers."""

    town: Town
    forum: Forum
    chance: random.Random
    posts: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    """What was answered, by the post's number."""

    async def customers(self, until: asyncio.Event) -> None:
        while not until.is_set():
            self.write()
            await _pause(until, self.chance.uniform(0.2, 0.8))

    def write(self) -> None:
        self.posts.append(f"{len(self.posts):04}")
        self.forum.write(f"customer{len(self.posts) % 7}", f"post{self.posts[-1]} please help", title="Help")

    async def agent(self, until: asyncio.Event) -> None:
        while not until.is_set():
            await asyncio.to_thread(self.answer_all)
            await _pause(until, 0.3)

    def answer_all(self) -> None:
        """Each post once, whatever else comes."""
        for number, mails in proxies(self.town).items():
            if number not in self.answers:
                self.answers[number] = f"Answer number {number} from us."
                self.town.deliver(answer(mails[0], self.answers[number]).as_bytes())


def proxies(town: Town) -> dict[str, list[Message]]:
    """Mails that carry posts, by the post's number."""
    found: dict[str, list[Message]] = {}
    for mail in town.mails():
        post = _POST.search(plain(mail))  # the first is the post itself, further ones are earlier contacts
        if post and mail["Reply-To"]:
            found.setdefault(post[1], []).append(mail)
    return found


async def _pause(until: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(until.wait(), seconds)


async def havoc(nodes: list[Node], chance: random.Random, until: asyncio.Event) -> Counter[str]:
    """Kill or pause either node, again and again; both may be gone at once."""
    done: Counter[str] = Counter()

    async def one(node: Node, own: random.Random) -> None:
        while not until.is_set():
            await _pause(until, own.uniform(1.0, 6.0))
            what = own.choice(("killed", "paused"))
            done[what] += 1
            if what == "killed":
                await node.kill()
                await _pause(until, own.uniform(0.0, 3.0))
                await node.start()
            else:
                node.pause()
                await asyncio.sleep(own.uniform(SHORTEST, LONGEST_PAUSE))
                node.wake()

    async with asyncio.TaskGroup() as group:
        for node in nodes:
            group.create_task(one(node, random.Random(chance.random())))
    return done


async def comes_true(holds: Callable[[], bool], *, within: float) -> bool:
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - other processes raise no events here
                await asyncio.sleep(0.2)
            return True
    return False


@pytest.fixture
async def nodes(town: Town, tmp_path: Path) -> AsyncIterator[list[Node]]:
    pair = [Node(town.configuration, log=tmp_path / f"{name}.log", program=(HURRIED,)) for name in ("one", "two")]
    yield pair
    for node in pair:
        await node.kill()


def outside(life: Life) -> dict[str, object]:
    """What is wrong, seen from the far ends alone."""
    found = proxies(life.town)
    said = Counter(item.text for item in life.forum.said())
    return {
        "posts lost": sorted(set(life.posts) - set(found)),
        "posts in more than one mail": [n for n, mails in found.items() if len({m["Message-ID"] for m in mails}) > 1],
        "mails delivered twice": [n for n, mails in found.items() if len(mails) > 1],
        "published twice": [text for text, count in said.items() if count > 1],
        "answers lost": sorted(set(life.answers.values()) - set(said)),
        "published though nobody wrote it": sorted(set(said) - set(life.answers.values())),
        "under another post": [i.text for i in life.forum.said() if not _under_its_own(life.forum, i)],
    }


def _under_its_own(forum: Forum, item) -> bool:
    parent = next(one for one in forum.board.shown_to(forum.brand.id) if one.id == item.parent)
    return _POST.findall(parent.text) == re.findall(r"Answer number (\d{4})", item.text)


def holds_the_channel(node: Node, database: str) -> bool:
    """Whether the lease of the forum is this process's."""
    with reading(database) as connection:
        owner = connection.execute(
            sa.select(schema.lease.c.owner).where(schema.lease.c.name == "channel:forum")
        ).scalar()
    return f".{node.pid}." in str(owner)


def broken(log: str) -> list[str]:
    """Where a log tells of a broken program, with the lines before and after."""
    lines = log.splitlines()
    places = [number for number, line in enumerate(lines) if _BROKEN.search(line)]
    return ["\n".join(lines[max(0, place - BEFORE) : place + AFTER]) for place in places]


@pytest.mark.timeout(SECONDS + 240)
async def test_ft12_two_nodes_judge_each_post_once_and_publish_nothing_twice(
    town: Town, forum: Forum, nodes: list[Node], database: str
) -> None:
    chance = random.Random(SEED)
    for node in nodes:
        await node.start()
    assert await comes_true(lambda: all('"started"' in node.said() for node in nodes), within=60), nodes[0].said()
    forum.write("customer", "Nice weather.", title="First contact")
    assert await comes_true(lambda: any('"state": "well"' in node.said() for node in nodes), within=30)
    life, until = Life(town=town, forum=forum, chance=chance), asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(life.customers(until))
        group.create_task(life.agent(until))
        havocked = group.create_task(havoc(nodes, chance, until))
        await asyncio.sleep(SECONDS)
        until.set()

    # The last one to fall never rises again: the other one has to take over and see its work through.
    for _ in range(10):
        life.write()
    await asyncio.sleep(0.7)
    falling = nodes[0] if not holds_the_channel(nodes[1], database) else nodes[1]
    (staying,) = (node for node in nodes if node is not falling)
    await falling.kill()
    begun = asyncio.get_running_loop().time()

    def settled() -> bool:
        life.answer_all()
        wrong = outside(life)
        return not wrong["posts lost"] and not wrong["answers lost"] and len(life.answers) == len(life.posts)

    in_time = await comes_true(settled, within=TAKEOVER)
    took = asyncio.get_running_loop().time() - begun
    doubts = sum(node.said().count("effect_doubted") for node in nodes)
    settled_in = f"{dict(havocked.result())}, all settled {took:.1f} s after the last kill"
    print(f"{doubts} doubts, {len(life.posts)} posts, {len(life.answers)} answers, {settled_in}")  # noqa: T201 - for -s
    assert {what: found for what, found in outside(life).items() if found} == {}, staying.said()[-6000:]
    assert in_time
    await asyncio.sleep(TAKEOVER / 10)
    assert {what: found for what, found in outside(life).items() if found} == {}
    assert await staying.stop() == 0
    troubles = [around for node in nodes for around in broken(node.said())]
    assert not troubles, "\n\n".join(troubles)
    assert "lease_taken" in staying.said(), "the node that stayed never took over from the other"
    assert havocked.result().keys() == {"killed", "paused"}, havocked.result()
    assert doubts, "no publication was ever in doubt"
    with reading(database) as connection:
        assert list(fsck.check(connection, now=micros(datetime.now(UTC)))) == []
