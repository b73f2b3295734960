"""What the daemon's chores tell and set going, also after a store that was out of reach."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bridge.app.chores import chores
from bridge.app.compose import Current
from bridge.config import Loaded, load
from bridge.core.conversation import HeldLetter
from bridge.core.decision import Decision
from bridge.core.effects import Reread, Settlement, State, Tell
from bridge.ports import TemporaryProblem
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.testing import making
from bridge.testing.fittings import MovableClock
from bridge.testing.store_away import Distant
from bridge.testing.store_deciding import filed, page
from bridge.testing.town import Town


class Quiet:
    """A desk that seals and never sends."""

    seal = staticmethod(making.seal)


@pytest.fixture
async def store(clock: MovableClock) -> AsyncIterator[Distant]:
    opened = open_store(":memory:", clock=clock, create=True, platforms={})
    yield Distant(opened)
    opened.close()


@pytest.fixture
def house(store: Distant, clock: MovableClock) -> House:
    return House(
        store=store,
        groups=store,
        clock=clock,
        channels={},
        desks={"support": Quiet()},
        inboxes={},
        judge=None,
        policy=lambda: making.POLICY,
        postmarks={},
        owner="node",
    )


@pytest.fixture
def current(tmp_path: Path) -> Current:
    town = Town(root=tmp_path)
    town.write(endpoint="http://forum.test/", account="acme", token="token")
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return Current(found)


async def mails(store: Distant) -> list[str]:
    """Reasons of the notices that are on their way."""
    batch = await store.claim(["tell"], 9, owner="test", lease=timedelta(minutes=1))
    return [row.effect.notice.reason for row in batch.rows if isinstance(row.effect, Tell)]


async def test_an_alarm_that_could_not_be_told_is_told_when_the_store_is_back(
    house: House, current: Current, store: Distant, clock: MovableClock
) -> None:
    await store.apply(Decision(filed=replace(filed(), conversation="")))
    clock.advance(timedelta(hours=5))
    alarm = next(chore for chore in chores(house, current, store, doubtful=lambda: False) if chore.name == "alarms")

    store.away = True
    with pytest.raises(TemporaryProblem):
        await alarm.do()
    store.away = False
    for _ in range(2):
        await alarm.do()
    assert await mails(store) == ["held_waiting"]


async def test_an_answer_that_no_lead_approves_is_told_to_the_operator_after_an_hour(
    house: House, current: Current, store: Distant, clock: MovableClock
) -> None:
    await store.apply(Decision(filed=replace(filed(), conversation="", reason="approval")))
    alarm = next(chore for chore in chores(house, current, store, doubtful=lambda: False) if chore.name == "alarms")
    clock.advance(timedelta(minutes=59))
    await alarm.do()
    assert await mails(store) == []
    clock.advance(timedelta(minutes=2))
    await alarm.do()
    assert await mails(store) == ["approval_waiting"]


async def test_an_answer_whose_approvers_keep_silent_goes_to_the_other_leads_and_then_to_the_operator(
    house: House, current: Current, store: Distant, clock: MovableClock
) -> None:
    years = timedelta(days=9999)
    desk = replace(making.DESK, approve_by=("boss@acme.test",), approve_within=timedelta(minutes=6), expires=years)
    policy = replace(making.POLICY, desks={"support": desk})
    house = replace(house, policy=lambda: policy, desks={"support": Quiet()})
    await store.apply(Decision(record=replace(making.waiting(), version=0)))
    await house.happened(making.waiting().id, making.letter(making.reading(), received=clock.now()))
    every = {chore.name: chore for chore in chores(house, current, store, doubtful=lambda: False)}

    seen = []
    for minutes in (0, 5, 2, 5, 2):
        clock.advance(timedelta(minutes=minutes))
        await every["approvals"].do()
        await every["alarms"].do()
        record = await store.conversation(making.waiting().id)
        seen.append((record.held[0].proposal.asked, [reason for reason in await mails(store) if reason != "approval"]))
    boss, both = ("boss@acme.test",), ("boss@acme.test", making.LEAD)
    assert seen == [(boss, []), (boss, []), (both, []), (both, []), (both, ["approval_waiting"])]


async def test_an_alarm_that_ends_after_a_restart_is_told_as_over(
    house: House, current: Current, store: Distant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D10: and the restart does not tell it again."""
    await asyncio.to_thread(Path(current.loaded.bridge.state).mkdir)
    free = dict.fromkeys(("total", "used"), 100)
    for left, told in ((1, ["disk_nearly_full"]), (1, []), (50, ["recovered"]), (50, [])):
        monkeypatch.setattr(
            "bridge.app.chores.shutil.disk_usage", lambda _, left=left: SimpleNamespace(**free, free=left)
        )
        alarm = next(chore for chore in chores(house, current, store, doubtful=lambda: False) if chore.name == "alarms")
        await alarm.do()
        assert await mails(store) == told


async def test_no_other_held_letters_keep_the_paused_ones_from_being_read_anew(
    house: House, current: Current, store: Distant
) -> None:
    """However many wait for a person before them."""
    record = making.waiting()
    paused = HeldLetter(fingerprint="late", sender=making.AGENT, reason="paused", at=making.NOW)
    await store.apply(Decision(record=replace(record, version=0, held=(paused,))))
    for number in range(500):
        await store.apply(Decision(filed=replace(filed(), fingerprint=f"fp{number}")))
    await store.apply(Decision(filed=replace(filed(), fingerprint="late", reason="paused")))
    resumption = next(
        chore for chore in chores(house, current, store, doubtful=lambda: False) if chore.name == "resumption"
    )
    await resumption.do()

    batch = await store.claim(["reread"], 9, owner="test", lease=timedelta(minutes=1))
    assert [row.effect.letter for row in batch.rows if isinstance(row.effect, Reread)] == ["late"]


@pytest.mark.parametrize("doubtful", [True, False])
async def test_c12_nothing_is_erased_as_too_old_by_a_doubtful_clock(
    house: House, current: Current, store: Distant, clock: MovableClock, *, doubtful: bool
) -> None:
    await store.apply(page([making.post()]))
    (row,) = (await store.claim(["judge"], 1, owner="me", lease=timedelta(minutes=1))).rows
    await store.apply(Decision(settlements=(Settlement(key=row.key, epoch=row.epoch, state=State.DONE),)))
    clock.advance(timedelta(days=400))
    found = chores(house, current, store, doubtful=lambda: doubtful)
    retention = next(chore for chore in found if chore.name == "retention")
    await retention.do()

    assert (await store.known("forum", ["p1"]))["p1"].deleted is not doubtful
    assert retention.first == timedelta(hours=1)
