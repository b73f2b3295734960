"""`bridge outbox` beside a daemon at work, on both databases: what is listed, tried once more, and given up."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.app.daemon import opened
from bridge.cli.commands import app
from bridge.config import Loaded, load
from bridge.core.decision import Decision
from bridge.core.effects import Effect, Intent, Row, Settlement, State, Turn
from bridge.shell import courier
from bridge.shell.house import House
from bridge.store import reports
from bridge.testing import making
from bridge.testing.making import NOW
from bridge.testing.postgres import PACKAGES, postgres_cluster, programs
from bridge.testing.town import Town

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def server(require: Callable[[list[str], tuple[str, ...]], None]) -> Iterator[Callable[[], str]]:
    if programs() is None:
        require(["initdb"], PACKAGES)
    with postgres_cluster() as cluster:
        yield cluster.create


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    place = Town(root=tmp_path)
    place.write(endpoint="http://127.0.0.1:9", account="brand", token="token")
    place.rules("")
    if request.param == "postgresql":
        secret = place.configuration / "credentials" / "database"
        secret.write_text(request.getfixturevalue("server")(), encoding="utf-8")
        secret.chmod(0o600)
        file = place.configuration / "bridge.toml"
        file.write_text(file.read_text().replace("[bridge]\n", '[bridge]\ndatabase = { credential = "database" }\n'))
    return place


@pytest.fixture
async def house(town: Town) -> AsyncIterator[House]:
    """The daemon's, open while the commands run."""
    loaded = load(town.configuration, town.configuration / "credentials")
    assert isinstance(loaded, Loaded), loaded
    async with opened(loaded) as (house, _current, _store):
        yield house


async def outbox(town: Town, *words: str) -> tuple[int, str, str]:
    """A command in a shell of its own."""
    line = ["outbox", *words, "--config", str(town.configuration)]
    done = await asyncio.to_thread(CliRunner().invoke, app, line, env={"COLUMNS": "300"})
    return done.exit_code, done.stdout, done.stderr


async def listed(town: Town, *words: str) -> list[dict[str, object]]:
    _code, said, _err = await outbox(town, "list", "--json", *words)
    return [json.loads(line) for line in said.splitlines()]


async def intend(house: House, *effects: Effect) -> None:
    await house.apply(Decision(intents=tuple(Intent(effect=effect, at=NOW) for effect in effects)))


async def claimed_and(house: House, effect: Effect, state: State, reason: str) -> None:
    """Let the courier have come to this with an effect, an hour before its next time."""
    await intend(house, effect)
    kind = type(effect).__name__.lower()
    (row,) = (await house.store.claim([kind], 1, owner="courier", lease=HOUR)).rows
    at = house.clock.now() + HOUR if state in {State.READY, State.UNSURE} else None
    await house.apply(
        Decision(settlements=(Settlement(key=row.key, state=state, epoch=row.epoch, at=at, reason=reason),))
    )


async def kept(house: House, effect: Effect) -> Row:
    row = await house.store.kept(effect.key)
    assert isinstance(row, Row)
    return row


async def test_what_failed_is_listed_and_goes_at_once(town: Town, house: House) -> None:
    inject = making.inject()
    await claimed_and(house, inject, State.READY, "temporary")
    (row,) = await listed(town)
    assert (row["kind"], row["state"], row["tries"], row["why"]) == ("inject", "ready", 1, "temporary")
    assert (row["target"], row["channel"], row["desk"]) == ("desk support: forum/p1", "forum", "support")
    assert await courier.drain(house, ["inject"]) == 0

    assert await outbox(town, "retry", inject.key) == (0, f"{inject.key}: it is tried at once\n", "")
    assert await courier.drain(house, ["inject"]) == 1
    assert len(town.mails()) == 1
    assert await listed(town) == []
    assert (await outbox(town, "list"))[1] == "nothing is unsettled\n"


async def test_what_is_in_doubt_is_never_sent_for_the_order(town: Town, house: House) -> None:
    for number, state in enumerate((State.UNSURE, State.HELD)):
        publish = making.publish(of=making.post(f"p{number}", thread=f"t{number}"), letter=f"f{number}")
        await claimed_and(house, publish, state, "unsure")
        code, said, _err = await outbox(town, "retry", publish.key)

        row = await kept(house, publish)
        assert (code, row.state) == (0, State.UNSURE)
        assert house.clock.now() < row.due < house.clock.now() + HOUR
        assert "it is looked up at" in said


async def test_what_is_given_up_is_on_record(town: Town, house: House) -> None:
    inject = making.inject()
    await house.apply(Decision(record=replace(making.waiting(), version=0)))
    await claimed_and(house, inject, State.HELD, "undeliverable")
    assert (await outbox(town, "drop", inject.key, "--why", " "))[0] == 2
    assert (await outbox(town, "drop", inject.key))[0] == 2
    assert await outbox(town, "drop", inject.key, "--why", "spam after all") == (
        0,
        f"{inject.key}: it will never be done (it was held)\n",
        "",
    )

    assert (await kept(house, inject)).state is State.DROPPED
    facts = await house.store.read(lambda connection: reports.facts(connection, -1, 1))
    assert (facts[0].kind, facts[0].detail["why"], facts[0].actor[:9]) == ("dropped", "spam after all", "operator ")


async def test_refusals_are_told_one_by_one_and_the_rest_is_done(town: Town, house: House) -> None:
    inject, publish = making.inject(), making.publish()
    await claimed_and(house, inject, State.READY, "temporary")
    await intend(house, publish)
    (running,) = (await house.store.claim(["publish"], 1, owner="courier", lease=HOUR)).rows
    code, said, err = await outbox(town, "retry", "nothing", running.key, inject.key)

    assert code == 1
    assert said == f"{inject.key}: it is tried at once\n"
    assert "nothing: there is no such effect" in err
    assert f"{running.key}: it is in hand just now" in err
    assert (await kept(house, publish)).state is State.RUNNING


async def test_the_list_is_filtered_and_says_who_waits_behind_whom(town: Town, house: House) -> None:
    first, second = making.publish(letter="f1"), making.publish(letter="f2")
    await intend(house, first, second, making.judge(making.post("p9", thread="t9")))
    paced = Intent(effect=making.inject(making.post("p8", thread="t8")), at=NOW, turn=Turn.OPENS)
    await house.apply(Decision(intents=(paced,)))

    assert [(row["key"], row["why"]) for row in await listed(town, "--kind", "publish")] == [
        (first.key, "its time"),
        (second.key, "its time; behind an earlier one of its conversation"),
    ]
    assert [row["kind"] for row in await listed(town, "--state", "paced")] == ["inject"]
    assert {row["kind"] for row in await listed(town, "--desk", "support")} == {"inject", "publish"}
    assert len(await listed(town, "--channel", "forum")) == 4
    assert await listed(town, "--channel", "elsewhere") == []
    assert len(await listed(town, "--limit", "1")) == 1
    assert "behind an earlier one" in (await outbox(town, "list"))[1]
    assert (await outbox(town, "list", "--state", "lost"))[0] == 2
    assert (await outbox(town, "list", "--kind", "lost"))[0] == 2
