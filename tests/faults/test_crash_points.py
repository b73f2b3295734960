"""FT03: the process ends at every named point of a post's and a reply's life, and after the restart all is as it should be."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from bridge.app.compose import WallClock
from bridge.core.decision import Decision
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Effect, Intent, Remind
from bridge.shell.crash import POINTS
from bridge.store import fsck, reports
from bridge.store.codec import micros
from bridge.store.open import open_store, reading
from bridge.testing import making
from bridge.testing.checker import check
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.town import HELP_RULES, Town, answer, plain

pytestmark = [pytest.mark.timeout(180)]

T = TypeVar("T")

GONE = making.post().conversation.id
WANTED = "please help: the shop shows nothing but an error since this morning"
SECONDS = 90
CRASHED = 137


@pytest.fixture
def town(tmp_path: Path, forum: Forum) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint=forum.url, account=forum.brand.id, token=forum.token)
    place.rules(HELP_RULES)
    file = place.configuration / "bridge.toml"
    text = file.read_text().replace('interval = "1s"\n', 'interval = "200ms"\ntimeout = "1s"\nin_flight = "1s"\n')
    file.write_text(text.replace("min_typing", "confirm = true\nmin_typing"))
    return place


class Daemon:
    """The real daemon, started again whenever a crash point ended it."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.crashes = 0
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, crash_at: str = "") -> None:
        environment = {**os.environ, "BRIDGE_CRASH_AT": crash_at}
        command = [sys.executable, "-m", "bridge", "run", "--config", str(self._town.configuration)]
        with (self._town.root / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, stdout=log, stderr=log, env=environment)

    async def mind(self) -> None:
        """Start it again, without a crash point, where it is gone."""
        assert self._process is not None
        if self._process.returncode is not None:
            assert self._process.returncode == CRASHED, logged(self._town)[-3000:]
            self.crashes += 1
            await self.start()

    async def stop(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()


OF_ALL = [point for point in POINTS if point.startswith("share.")]


@pytest.mark.parametrize("point", [point for point in POINTS if point not in OF_ALL])
async def test_nothing_is_lost_or_doubled(point: str, town: Town, forum: Forum) -> None:
    if point.startswith("look."):
        forum.fail(Mode.ACCEPT_THEN_ERROR, times=1)
    await first_contact(town)
    if (effect := orphan(point.partition(".")[0])) is not None:
        await intend(town, effect)
    daemon = Daemon(town)
    await daemon.start(point)
    forum.write("jane", "post-0001 please help", title="post-0001")
    people = answering(town) if not point.startswith("reread.") else overruling(town)
    try:
        async with asyncio.TaskGroup() as group:
            life = group.create_task(people)
            for _ in range(SECONDS * 20):
                await daemon.mind()
                if daemon.crashes and life.done() and settled(town, forum):
                    break
                await asyncio.sleep(0.05)
            else:
                pytest.fail(f"{point}: {daemon.crashes} crashes, and no rest\n{logged(town)[-3000:]}")
    finally:
        await daemon.stop()

    assert daemon.crashes == 1
    said = [item.text for item in forum.said()]
    found = check(["post-0001", "answer-0001"], mails=town.mails()[:1] + notices_left_out(town), said=said)
    assert found.fine, found
    assert sound(town) == ()


@pytest.mark.parametrize("point", [*OF_ALL, "publish.sent"])
async def test_an_answer_to_all_reaches_each_once(point: str, town: Town, forum: Forum) -> None:
    """The process ends in the middle of them, and nobody is lost or gets it twice."""
    town.rules(HELP_RULES + 'fold = "1h"\n')
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace('interval = "200ms"\n', 'interval = "200ms"\nall_per_minute = 60\n'))
    await first_contact(town)
    daemon = Daemon(town)
    await daemon.start()
    first = forum.write("jane", WANTED, title="Help")
    mail = (await comes(town.mails, town))[0]
    others = [forum.write(name, f"{WANTED}!", title="Help") for name in ("bob", "cid", "dan")]
    await comes(lambda: joined(town) == len(others), town)
    await daemon.stop()
    await daemon.start(f"{point}:2")
    try:
        town.deliver(answer(mail, "#all\n\nIt works again.").as_bytes())
        for _ in range(SECONDS * 20):
            await daemon.mind()
            if daemon.crashes and any("published besides the first one" in plain(m) for m in town.mails()):
                break
            await asyncio.sleep(0.05)
        else:
            pytest.fail(f"{point}: {daemon.crashes} crashes, and no rest\n{logged(town)[-3000:]}")
    finally:
        await daemon.stop()

    said = sorted((item.parent or 0, item.text) for item in forum.said())
    named = zip(others, ("bob", "cid", "dan"), strict=True)
    assert said == [(first, "It works again."), *((post, f"@{name} It works again.") for post, name in named)]
    assert len([m for m in town.mails() if "published besides the first one" in plain(m)]) == 1
    assert sound(town) == ()


def joined(town: Town) -> int:
    """How many posts joined another one's ticket."""
    with reading(town.state / "bridge.db") as connection:
        return reports.status(connection, datetime.now(UTC) - timedelta(hours=1)).folded


async def answering(town: Town, text: str = "") -> None:
    """The agent answers the proxy."""
    mails = await comes(town.mails, town)
    town.deliver(answer(mails[0], f"answer-0001 It works again. {text}".strip()).as_bytes())


async def overruling(town: Town) -> None:
    """The answer has a link that holds it, and an operator lets it go."""
    await answering(town, "See https://elsewhere.test/ please.")
    found = await comes(lambda: held(town), town)
    command = [sys.executable, "-m", "bridge", "held", "release", found[0].key, "--config", str(town.configuration)]
    operator = await asyncio.create_subprocess_exec(*command)
    assert await operator.wait() == 0


def orphan(kind: str) -> Effect | None:
    """An effect that the forum's life never asks for, of a conversation that is not there any more."""
    until = datetime.now(UTC) + timedelta(hours=1)
    orphans: dict[str, Effect] = {
        "remind": Remind(post="1", conversation=GONE, until=until),
        "act": Act(
            deed=Deed.LIKE,
            channel="forum",
            target="1",
            conversation=GONE,
            letter="0" * 64,
            agent="agent@acme.test",
            notify="agent@acme.test",
            desk="support",
        ),
    }
    return orphans.get(kind)


async def intend(town: Town, effect: Effect) -> None:
    """Put it into the outbox, due at once, while no daemon runs."""
    store = open_store(town.state / "bridge.db", clock=WallClock(), create=False, platforms={})
    try:
        receipt = await store.apply(Decision(intents=(Intent(effect=effect, at=datetime.now(UTC)),)))
        assert receipt.new_intents == 1
    finally:
        store.close()


async def first_contact(town: Town) -> None:
    """The daemon meets the forum before the first customer writes."""
    daemon = Daemon(town)
    await daemon.start()
    await comes(lambda: '"state": "well"' in logged(town), town)
    await daemon.stop()


async def comes(what: Callable[[], T], town: Town) -> T:
    """Wait for something that is true or not empty; fails with the daemon's log."""
    for _ in range(SECONDS * 20):
        if found := what():
            return found
        await asyncio.sleep(0.05)
    pytest.fail(logged(town)[-3000:])


def logged(town: Town) -> str:
    return (town.root / "log").read_text()


def held(town: Town) -> tuple[reports.HeldItem, ...]:
    """What waits for a person."""
    with reading(town.state / "bridge.db") as connection:
        return reports.held(connection, 9)


def settled(town: Town, forum: Forum) -> bool:
    """Whether the answer stands, its confirmation came, and nothing is left to do, for us or for a person."""
    if not forum.said() or len(town.mails()) < 2:
        return False
    with reading(town.state / "bridge.db") as connection:
        return not reports.status(connection, MovableClock().now()).waiting


def notices_left_out(town: Town) -> list:
    """Further mails that are proxies and no notices: there must be none under another Message-ID."""
    return [mail for mail in town.mails()[1:] if mail["Auto-Submitted"] == "auto-generated"]


def sound(town: Town) -> tuple[str, ...]:
    """Invariants that do not hold (delivery.md 8.1)."""
    with reading(town.state / "bridge.db") as connection:
        return tuple(found.text for found in fsck.check(connection, micros(MovableClock().now())))
