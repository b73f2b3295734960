"""A desk with a pace in a flood: nothing is lost or doubled, nobody in private waits, and a restart forgets nothing."""

import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from bridge.app import figures, pacing
from bridge.config.pace_stanza import FigureStanza
from bridge.core.events import Page, Sighting
from bridge.core.model import Account, Kind, Post, Priority, Verdict
from bridge.core.policy import Pace, Policy
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.core.publications import Posted, Publication
from bridge.ports import Circumstances, TemporaryProblem
from bridge.shell import courier, intake
from bridge.shell.health import Lookout
from bridge.shell.house import House
from bridge.store import fsck, reports
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

FLOOD = 30
"""Posts a second: ten times what is usual for a busy site."""
SECONDS = 15
PER_MINUTE = 60
PACE = Pace(per_minute=PER_MINUTE, open=100_000)


@dataclass
class Forum:
    """A channel that shows a page for each second, with one direct message in it."""

    clock: MovableClock
    pages: int = SECONDS
    name: str = "forum"
    limits = making.LIMITS

    async def open(self) -> Account:
        return making.ACCOUNT

    async def poll(self, cursor: str | None) -> Page:
        second = int(cursor or 0)
        if second >= self.pages:
            return Page(sightings=(), cursor=str(second))
        posts = [self._post(f"p{second}-{n}") for n in range(FLOOD)]
        return Page(sightings=tuple(Sighting(post=p) for p in [*posts, self._message(second)]), cursor=str(second + 1))

    def _post(self, number: str) -> Post:
        return making.post(number, f"words {number}", thread=f"t{number}", at=self.clock.now())

    def _message(self, second: int) -> Post:
        message = replace(making.private_post(f"d{second}"), thread=f"dm{second}", at=self.clock.now())
        assert message.kind is Kind.DIRECT
        return message

    async def publish(self, publication: Publication) -> Posted:
        raise AssertionError(publication.key)

    async def find(self, publication: Publication) -> Posted | None:
        raise AssertionError(publication.key)

    async def close(self) -> None:
        return None


@dataclass
class Queue:
    """A desk that remembers what it got and when."""

    clock: MovableClock
    name: str = "support"
    got: list[tuple[datetime, str]] = field(default_factory=list)

    def seal(self, message: Proxy | Notice) -> Sealed:
        return making.seal(message)

    async def inject(self, sealed: Sealed) -> None:
        self.got.append((self.clock.now(), sealed.key.split("|")[2]))

    async def tell(self, sealed: Sealed) -> None:
        raise AssertionError(sealed.key)

    async def close(self) -> None:
        return None


class Forwards:
    """A judge that forwards everything."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return replace(making.VERDICT, priority=Priority.NORMAL)


@dataclass
class Site:
    """A house with a desk whose pace can be changed, as a reload does."""

    clock: MovableClock
    queue: Queue
    store: SqlStore
    house: House
    policy: Policy

    async def second(self) -> None:
        """One second of the daemon's life."""
        await intake.poll(self.house, "forum")
        await courier.drain(self.house, ["judge"])
        await pacing.admit(self.house, self.store, {})
        await courier.drain(self.house, ["inject"])
        self.clock.advance(timedelta(seconds=1))


Open = Callable[[Pace | None], Site]


@pytest.fixture
def site(tmp_path: Path) -> Open:
    """Opens the same database again and again."""
    clock = MovableClock()
    queue = Queue(clock)

    def opened(pace: Pace | None) -> Site:
        store = open_store(tmp_path / "bridge.db", clock=clock, create=True, platforms={})
        policy = replace(making.POLICY, desks={"support": replace(making.DESK, pace=pace)})
        house = House(
            store=store,
            groups=store,
            clock=clock,
            channels={"forum": Forum(clock)},
            desks={"support": queue},
            inboxes={},
            judge=Forwards(),
            policy=lambda: policy,
            postmarks={},
            owner="me",
        )
        return Site(clock, queue, store, house, policy)

    return opened


async def test_ten_times_the_traffic(site: Open) -> None:
    """FT18, at a size for every run: direct messages reach the desk within a minute, and in the end everything does."""
    here = site(PACE)
    for _ in range(SECONDS):
        await here.second()
    got = [key for _, key in here.queue.got]
    assert sum(key.startswith("d") for key in got) == SECONDS
    assert sum(key.startswith("p") for key in got) <= PER_MINUTE
    status = await here.store.read(lambda connection: reports.status(connection, here.clock.now() - timedelta(hours=1)))
    assert status.turns[0].count == SECONDS * FLOOD - sum(key.startswith("p") for key in got)

    here.store.close()
    again = site(PACE)
    for _minute in range(SECONDS * FLOOD // PER_MINUTE + 1):
        before = len(again.queue.got)
        again.clock.advance(timedelta(seconds=58))
        for _ in range(3):
            await again.second()
        assert len(again.queue.got) - before <= PER_MINUTE
    keys = [key for _, key in again.queue.got]
    assert len(keys) == len(set(keys)) == SECONDS * (FLOOD + 1)
    assert await again.store.read(lambda connection: fsck.check(connection, 0)) == ()
    again.store.close()


async def test_a_full_desk_holds_back_and_never_drops(site: Open) -> None:
    here = site(Pace(open=10))
    for _ in range(3):
        await here.second()

    assert sum(key.startswith("p") for _, key in here.queue.got) <= 10
    waiting = await here.store.read(lambda connection: reports.status(connection, here.clock.now()))
    assert sum(each.count for each in waiting.turns) == 3 * FLOOD + 3 - len(here.queue.got)
    here.store.close()


async def test_a_desk_without_a_pace_any_more_takes_what_still_waits(site: Open) -> None:
    here = site(Pace(open=1))
    await here.second()
    here.store.close()
    free = site(None)
    for _ in range(SECONDS):
        await free.second()

    assert len({key for _, key in free.queue.got}) == SECONDS * (FLOOD + 1)
    free.store.close()


def _figure(**source: object) -> FigureStanza:
    return FigureStanza.model_validate({"hold_above": 3, **source})


def _program(text: str) -> FigureStanza:
    return _figure(command=[sys.executable, "-c", text])


@pytest.mark.parametrize(("said", "figure"), [("7", 7), (" 12\\n", 12), ("3.5", 3), ("0", 0)])
async def test_a_command_prints_how_much_waits(said: str, figure: int) -> None:
    assert await figures.asked(_program(f"print('{said}', end='')")) == figure


@pytest.mark.parametrize(
    "program",
    ["print('many')", "print(-1)", "print('1' * 20)", "raise SystemExit(1)", "pass", "print('7 7')"],
)
async def test_what_is_no_number_is_no_figure(program: str) -> None:
    with pytest.raises(TemporaryProblem):
        await figures.asked(_program(program))


@pytest.mark.parametrize("program", ["import time; time.sleep(60)", "while True: print(1, flush=True)"])
async def test_a_command_that_does_not_end_is_ended(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "PATIENCE", 0.5)
    with pytest.raises(TemporaryProblem):
        await figures.asked(_program(program))


async def test_a_missing_command_is_no_figure() -> None:
    with pytest.raises(TemporaryProblem, match="could not be asked"):
        await figures.asked(_figure(command=["/nowhere/acd-waiting"]))


@asynccontextmanager
async def served(status: int, text: str) -> AsyncIterator[FigureStanza]:
    """An address that answers so."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, headers={"Location": "/"})

    app = web.Application()
    app.router.add_get("/waiting", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield _figure(url=f"http://127.0.0.1:{port}/waiting")
    await runner.cleanup()


async def test_an_address_answers_how_much_waits() -> None:
    async with served(200, "42\n") as figure:
        assert await figures.asked(figure) == 42


@pytest.mark.parametrize(("status", "text"), [(500, "1"), (302, "1"), (200, "<html>"), (200, "")])
async def test_an_address_that_tells_no_number(status: int, text: str) -> None:
    async with served(status, text) as figure:
        with pytest.raises(TemporaryProblem):
            await figures.asked(figure)


async def test_a_figure_is_asked_for_in_its_time_and_forgotten_when_it_fails(site: Open) -> None:
    here = site(None)
    answers: list[int | TemporaryProblem] = [7, TemporaryProblem("down"), 8]
    told = figures.Figures(_configured, Lookout(here.house), _asked(answers))
    seen = []
    for seconds in (0, 29, 31, 62):
        await told.renew(making.NOW + timedelta(seconds=seconds))
        seen.append((dict(told.known), str(here.house.watches["figure support"].state)))
    here.store.close()

    assert seen == [({"support": 7}, "well"), ({"support": 7}, "well"), ({}, "failing"), ({"support": 8}, "well")]


async def test_a_figure_is_asked_for_in_its_time_also_by_a_clock_that_was_set_back(site: Open) -> None:
    """C12."""
    here = site(None)
    told = figures.Figures(_configured, Lookout(here.house), _asked([7, 8]))
    for hours in (6, 0):
        await told.renew(making.NOW + timedelta(hours=hours))
    here.store.close()

    assert dict(told.known) == {"support": 8}


def _asked(answers: list[int | TemporaryProblem]) -> figures.Ask:
    async def ask(_stanza: FigureStanza) -> int:
        answer = answers.pop(0)
        if isinstance(answer, TemporaryProblem):
            raise answer
        return answer

    return ask


def _configured() -> Mapping[str, FigureStanza]:
    return {"support": _figure(command=["x"])}
