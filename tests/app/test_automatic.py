"""Standard responses without an agent, all the way: once for a person, within a budget, never past an agent, and safe against kills."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bridge.app import feedback
from bridge.app.asking import ask
from bridge.app.daemon import opened_by, single_pass
from bridge.app.overview import overview
from bridge.config import Loaded, load
from bridge.core.decision import Decision, Switch
from bridge.ports import Page, TemporaryProblem
from bridge.shell import granting
from bridge.store import fsck, reports, retention
from bridge.store.codec import micros
from bridge.store.store import SqlStore
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.town import Town, answer, plain

RULES = """
[[route]]
name = "opening"
when = { any_word = ["opening hours"] }
desk = "support"
auto_answer = "hours"
"""
HOURS = "Hello {customer}, we are open from nine to five."
SAID = "we are open from nine to five."


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
async def town(tmp_path: Path, forum: Forum, clock: MovableClock) -> Town:
    place = Town(root=tmp_path)
    place.write(
        endpoint=forum.url,
        account=forum.brand.id,
        token=forum.token,
        more="\n[bridge.auto_answers]\non = true\nper_hour = 2\nundo = '1m'\n",
    )
    place.rules(RULES)
    (place.configuration / "responses").mkdir()
    (place.configuration / "responses" / "hours.md").write_text(HOURS)
    await once(place, clock)
    return place


def loaded(town: Town) -> Loaded:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


async def once(town: Town, clock: MovableClock) -> None:
    async with opened_by(clock, loaded(town)) as parts:  # type: ignore[arg-type]  # it tells the time, too
        await single_pass(*parts)


async def later(town: Town, clock: MovableClock, by: timedelta = timedelta(minutes=2)) -> None:
    clock.advance(by)
    await once(town, clock)


def write(forum: Forum, who: str, title: str = "Hours") -> int:
    return forum.write(who, "What are your opening hours on Sunday?", title=title)


async def test_a_customer_is_answered_after_the_undo_and_the_ticket_says_so(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    topic = write(forum, "jane")
    await once(town, clock)
    assert forum.said() == []
    (ticket,) = town.mails()
    assert "Automatic: at " in plain(ticket)
    assert SAID in plain(ticket)

    await later(town, clock)
    assert [(said.topic, said.text) for said in forum.said()] == [(topic, "Hello jane, we are open from nine to five.")]
    await later(town, clock)
    assert len(forum.said()) == 1
    facts = await ask(loaded(town), partial(reports.facts, after=0, limit=999))
    assert [fact.actor for fact in facts if fact.kind == "published"] == ["bridge"]
    assert any("without an agent" in line for line in (await overview(loaded(town))).lines())
    assert await ask(loaded(town), partial(fsck.check, now=micros(clock.now()))) == ()


async def test_what_nobody_wrote_teaches_the_model_nothing(town: Town, forum: Forum, clock: MovableClock) -> None:
    write(forum, "jane")
    await once(town, clock)
    await later(town, clock)
    assert len(forum.said()) == 1
    assert await ask(loaded(town), feedback.everything) == ()


async def test_a_person_gets_one_a_day_through_restarts(town: Town, forum: Forum, clock: MovableClock) -> None:
    write(forum, "jane")
    await once(town, clock)
    await later(town, clock)
    write(forum, "jane", "Again")
    await once(town, clock)
    await later(town, clock)
    assert len(forum.said()) == 1
    assert any("the customer had one within a day" in plain(mail) for mail in town.mails())
    assert len(town.mails()) == 2


async def test_the_budget_of_an_hour_ends_them_and_the_posts_go_to_their_desk(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    for n in range(5):
        write(forum, f"jim{n}")
    await once(town, clock)
    await later(town, clock)
    assert len(forum.said()) == 2
    assert len(town.mails()) == 5
    assert sum("the channel's budget is used up" in plain(mail) for mail in town.mails()) == 3


@pytest.mark.parametrize("words", ["#cancel", "We open at ten on Sundays.", "#close", "#ignore"])
async def test_an_agent_comes_first(town: Town, forum: Forum, clock: MovableClock, words: str) -> None:
    write(forum, "jane")
    await once(town, clock)
    town.deliver(answer(town.mails()[0], words).as_bytes())
    await once(town, clock)
    await later(town, clock, timedelta(minutes=5))
    await later(town, clock, timedelta(hours=2))
    assert not any(SAID in said.text for said in forum.said())


async def test_a_word_of_an_operator_stops_them(town: Town, forum: Forum, clock: MovableClock) -> None:
    """A pause lasts longer than its moment: it is not said late."""
    write(forum, "jane")
    await once(town, clock)
    async with opened_by(clock, loaded(town)) as (house, _current, _store):  # type: ignore[arg-type]
        await house.apply(Decision(switches=(Switch(name="publishing", value="paused", by="op"),)))
    await later(town, clock)
    await later(town, clock, timedelta(hours=2))
    async with opened_by(clock, loaded(town)) as (house, _current, store):  # type: ignore[arg-type]
        await house.apply(Decision(switches=(Switch(name="publishing", value="", by="op"),)))
        assert await store.read(partial(reports.held, limit=9)) == ()
    await later(town, clock)
    assert forum.said() == []
    assert any("did not go out" in plain(mail) for mail in town.mails())


async def test_switched_off_in_the_configuration_nothing_goes_out_that_was_intended(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    write(forum, "jane")
    await once(town, clock)
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace("on = true", "on = false"))
    await later(town, clock)
    write(forum, "bob")
    await once(town, clock)
    await later(town, clock)
    assert forum.said() == []
    assert len([mail for mail in town.mails() if "opening hours" in plain(mail)]) >= 2


async def test_a_storm_that_begins_meanwhile_stops_it(town: Town, forum: Forum, clock: MovableClock) -> None:
    write(forum, "jane")
    await once(town, clock)
    async with opened_by(clock, loaded(town)) as (house, current, store):  # type: ignore[arg-type]
        since = clock.now().isoformat()
        await house.apply(Decision(switches=(Switch(name="storm:forum", value=since, by="bridge"),)))
        clock.advance(timedelta(minutes=2))
        await single_pass(house, current, store)
    assert forum.said() == []


async def test_a_ticket_that_waits_for_the_answer_does_not_come_once_it_stands(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    town.rules(RULES + 'hold_for = "1h"\n')
    write(forum, "jane")
    await once(town, clock)
    await later(town, clock)
    assert len(forum.said()) == 1
    await later(town, clock, timedelta(hours=2))
    assert town.mails() == []


async def test_a_ticket_that_waits_for_the_answer_comes_where_it_never_went_out(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    town.rules(RULES + 'hold_for = "1h"\n')
    write(forum, "jane")
    await once(town, clock)
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace("on = true", "on = false"))
    await later(town, clock)
    await later(town, clock, timedelta(hours=2))
    await once(town, clock)
    assert forum.said() == []
    texts = [plain(mail) for mail in town.mails()]
    assert any("opening hours" in text for text in texts)
    assert any("did not go out" in text for text in texts)


async def test_two_programs_that_answer_each_other_end_at_once(town: Town, forum: Forum, clock: MovableClock) -> None:
    """Another bridge with the same rule: whatever it says under our answer is no reason for a second one."""
    topic = write(forum, "other")
    await once(town, clock)
    await later(town, clock)
    for _turn in range(3):
        forum.write("other", "Thanks! Our opening hours are nine to five, too.", topic=topic)
        await later(town, clock)
        await later(town, clock)
    assert len(forum.said()) == 1


async def test_nodes_that_judge_at_once_grant_a_person_one(town: Town, forum: Forum, clock: MovableClock) -> None:
    """Two threads of one customer in the hands of two nodes: what one reserved the other does not get."""
    write(forum, "jane", "One")
    write(forum, "jane", "Two")
    await once(town, clock)
    await later(town, clock)
    assert len(forum.said()) == 1


async def test_what_is_reserved_stays_through_a_restart_and_goes_when_its_time_is_over(
    town: Town, clock: MovableClock
) -> None:
    for expected in (None, None):
        async with opened_by(clock, loaded(town)) as (_house, _current, store):  # type: ignore[arg-type]
            await store.lease("chore:x", owner="dead", length=timedelta(hours=9))
            mine = await store.lease("reserved|person|x", owner="a", length=timedelta(hours=24))
            assert mine is not None
            assert await store.lease("reserved|person|x", owner="b", length=timedelta(hours=24)) is expected
    async with opened_by(clock, loaded(town)) as (_house, _current, store):  # type: ignore[arg-type]
        assert await store.lease("chore:x", owner="b", length=timedelta(hours=1)) is not None
        clock.advance(timedelta(hours=25))
        keep = retention.Keep(posts=timedelta(days=30), letters=timedelta(days=30), facts=timedelta(days=400))
        assert (await retention.retain(store, keep))["lease"] >= 1


async def test_a_budget_that_is_used_up_is_not_asked_of_the_store_by_every_post(
    town: Town, forum: Forum, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    taking = SqlStore.lease

    async def lease(store: SqlStore, name: str, *, owner: str, length: timedelta):
        asked.append(name)
        return await taking(store, name, owner=owner, length=length)

    monkeypatch.setattr(SqlStore, "lease", lease)
    for n in range(20):
        write(forum, f"jim{n}")
    await once(town, clock)
    assert len([name for name in asked if name.startswith("reserved|")]) < 60
    assert timedelta(minutes=1) == granting.LOOK_AGAIN


@pytest.mark.parametrize("words", ["#cancel", "We open at ten on Sundays.", "#close"])
async def test_what_an_agent_wrote_while_we_were_away_is_read_first(
    town: Town, forum: Forum, clock: MovableClock, words: str
) -> None:
    write(forum, "jane")
    await once(town, clock)
    town.deliver(answer(town.mails()[0], words).as_bytes())
    await later(town, clock)  # its moment came meanwhile
    await later(town, clock)
    assert not any(SAID in said.text for said in forum.said())


async def test_while_the_inbox_cannot_be_read_nothing_goes_out(town: Town, forum: Forum, clock: MovableClock) -> None:
    write(forum, "jane")
    await once(town, clock)
    new = town.replies / "new"
    new.rename(town.replies / "away")
    new.write_text("no folder")
    await later(town, clock)
    assert forum.said() == []
    new.unlink()
    (town.replies / "away").rename(new)
    await later(town, clock)
    assert len(forum.said()) == 1


async def test_while_the_platform_cannot_be_read_nothing_goes_out(
    town: Town, forum: Forum, clock: MovableClock
) -> None:
    write(forum, "jane")
    await once(town, clock)
    clock.advance(timedelta(minutes=2))
    async with opened_by(clock, loaded(town)) as (house, current, store):  # type: ignore[arg-type]
        reading = house.channels["forum"].poll

        async def unreadable(cursor: str | None) -> Page:
            raise TemporaryProblem("it does not answer")

        house.channels["forum"].poll = unreadable  # type: ignore[method-assign]
        await single_pass(house, current, store)
        assert forum.said() == []
        house.channels["forum"].poll = reading  # type: ignore[method-assign]
        clock.advance(timedelta(minutes=2))
        await single_pass(house, current, store)
    assert len(forum.said()) == 1
