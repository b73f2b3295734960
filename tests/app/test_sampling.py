"""The weekly sample all the way: what was left alone, the mail about it, its answer, labels, and a late ticket."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from functools import partial
from pathlib import Path

import pytest

from bridge.app import feedback
from bridge.app.asking import ask
from bridge.app.beside import NotHeld, drop, release
from bridge.app.daemon import opened_by, run_once, single_pass
from bridge.app.overview import overview
from bridge.app.sampling import Sampling, missed
from bridge.config import Loaded, load
from bridge.core.sampling import finished
from bridge.store import fsck, reports
from bridge.store.codec import micros
from bridge.store.erasing import erase_person
from bridge.store.reports import FactRow
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock
from bridge.testing.town import AGENT, HELP_RULES, Town, answer, plain

ADMIN = "admin@acme.test"
ASKS = '\n[[rule]]\nname = "asks"\nwhen = { is_question = true }\npoints = 1\n'


@pytest.fixture
async def forum() -> AsyncIterator[Forum]:
    board = Forum(journal=None, brand="acme")
    await board.start()
    yield board
    await board.stop()


@pytest.fixture
async def town(tmp_path: Path, forum: Forum) -> Town:
    """A town in which four posts were left alone a week ago, one of them a near miss."""
    place = Town(root=tmp_path)
    place.write(
        endpoint=forum.url, account=forum.brand.id, token=forum.token, more=f'\n[bridge.sample]\nto = "{ADMIN}"\n'
    )
    file = place.configuration / "bridge.toml"
    told = f'internal_senders = ["{AGENT}"'
    file.write_text(file.read_text().replace(told, f'{told}, "{ADMIN}"'))
    place.rules(HELP_RULES + ASKS)
    clock = MovableClock()
    clock.advance(timedelta(days=-8))
    await once(place, clock)
    for n in range(3):
        forum.write(f"bob{n}", f"What a nice day number {n}", title="Weather")
    forum.write("jane", "Why is my order not here yet?", title="Order")
    await once(place, clock)
    return place


def loaded(town: Town) -> Loaded:
    found = load(town.configuration, town.configuration / "credentials")
    assert isinstance(found, Loaded), found
    return found


async def once(town: Town, clock: MovableClock) -> None:
    async with opened_by(clock, loaded(town)) as parts:  # type: ignore[arg-type]  # it tells the time, too
        await single_pass(*parts)


async def sample(town: Town) -> Message:
    """The sample's mail, after two passes: it is one."""
    for _ in range(2):
        await run_once(loaded(town))
    (mail,) = [mail for mail in town.mails() if mail["To"] == ADMIN]
    return mail


async def facts(town: Town, *kinds: str) -> list[FactRow]:
    found = await ask(loaded(town), partial(reports.facts, after=0, limit=999))
    return [fact for fact in found if fact.kind in kinds]


def number(mail: Message, words: str) -> int:
    """Under which number a post stands in the mail."""
    before = plain(mail).partition(words)[0]
    return int(before.rpartition(" on forum")[0].rpartition("\n")[2].partition(".")[0])


async def test_the_answer_becomes_labels_a_late_ticket_and_a_figure(town: Town) -> None:
    mail = await sample(town)
    assert mail["Subject"].startswith("Rightly left alone? 4 of 4 posts")
    jane = number(mail, "Why is my order")
    assert jane == 1, "near misses stand first"

    town.deliver(answer(mail, f"#should {jane}\n#right rest\n\nThanks, Al", sender=ADMIN).as_bytes())
    await run_once(loaded(town))

    ticket = next(m for m in town.mails() if m["To"] == "support@acme.test")
    thanks = next(m for m in town.mails() if "1 should have been answered" in plain(m))
    assert "Late: left alone at first, and sent here after all by an admin's word, a day after" in plain(ticket)
    assert "an admin said that it should have been answered" in plain(ticket)
    assert thanks["To"] == ADMIN
    said = await ask(loaded(town), feedback.everything)
    assert {(one.post.author.handle, one.label, one.holds) for one in said} == {
        ("jane", "actionable", True),
        *((f"bob{n}", "actionable", False) for n in range(3)),
    }
    seen = await overview(loaded(town))
    assert (seen.missed.judged, seen.missed.should, seen.missed.share) == (4, 1, 0.25)
    assert any(line.startswith("left alone and missed: 25.0%") for line in seen.lines())
    assert await ask(loaded(town), partial(fsck.check, now=micros(datetime.now(UTC)))) == ()


async def test_an_agent_answers_the_late_ticket_like_any_other(town: Town, forum: Forum) -> None:
    mail = await sample(town)
    town.deliver(answer(mail, f"#should {number(mail, 'Why is my order')}", sender=ADMIN).as_bytes())
    await run_once(loaded(town))
    (ticket,) = [m for m in town.mails() if m["To"] == "support@acme.test"]
    town.deliver(answer(ticket, "It is on its way, and sorry for the silence.").as_bytes())
    await run_once(loaded(town))

    assert [said.text for said in forum.said()] == ["It is on its way, and sorry for the silence."]


@pytest.mark.parametrize(
    "sender", [AGENT, "Eve <eve@evil.test>"], ids=["an agent, who may answer customers", "a stranger"]
)
async def test_nobody_but_the_admin_labels_anything(town: Town, sender: str) -> None:
    mail = await sample(town)
    town.deliver(answer(mail, "#should all", sender=sender).as_bytes())
    await run_once(loaded(town))

    assert await facts(town, "reviewed") == []
    assert [m["To"] for m in town.mails()] == [ADMIN]


async def test_an_answer_of_a_stranger_can_be_dropped_and_not_released(town: Town) -> None:
    mail = await sample(town)
    town.deliver(answer(mail, "#should all", sender="Eve <eve@evil.test>").as_bytes())
    await run_once(loaded(town))
    async with opened_by(MovableClock(), loaded(town)) as (house, _current, store):  # type: ignore[arg-type]
        (held,) = await store.read(partial(reports.held, limit=9))
        with pytest.raises(NotHeld):
            await release(house, held.key)
        await drop(house, held.key)
        assert await store.read(partial(reports.held, limit=9)) == ()


async def test_words_in_answer_to_a_sample_are_published_nowhere(town: Town, forum: Forum) -> None:
    mail = await sample(town)
    town.deliver(answer(mail, "They all look fine to me.", sender=ADMIN).as_bytes())
    await run_once(loaded(town))

    assert forum.said() == []
    assert await facts(town, "reviewed") == []
    assert "Nothing was noted" in plain(town.mails()[-1])


async def test_the_marks_of_a_sample_mean_nothing_in_an_answer_to_a_customer(town: Town, forum: Forum) -> None:
    forum.write("jim", "help, nothing works", title="Help")
    await run_once(loaded(town))
    (ticket,) = [m for m in town.mails() if m["To"] == "support@acme.test"]
    town.deliver(answer(ticket, "#right 1\n\nTry again now.").as_bytes())
    await run_once(loaded(town))

    assert forum.said() == []
    assert await facts(town, "reviewed") == []


async def test_the_same_letter_again_and_a_second_word(town: Town) -> None:
    mail = await sample(town)
    letter = answer(mail, "#should 1\n#right rest", sender=ADMIN).as_bytes()
    for raw in (letter, letter, answer(mail, "#right 1", sender=ADMIN).as_bytes()):
        town.deliver(raw)
        await run_once(loaded(town))

    assert len(await facts(town, "reviewed")) == 5
    assert len([m for m in town.mails() if m["To"] == "support@acme.test"]) == 1
    assert (await overview(loaded(town))).missed.should == 0


async def test_two_nodes_send_one_sample(town: Town) -> None:
    clock = MovableClock()
    async with opened_by(clock, loaded(town)) as (house, _current, store):  # type: ignore[arg-type]
        for _node in range(2):
            await Sampling(house, store, lambda: UTC).turn()
        clock.advance(timedelta(days=7))
        await Sampling(house, store, lambda: UTC).turn()
    sent = await facts(town, "sampled")
    assert len({fact.conversation for fact in sent}) == len(sent) == 3
    assert len([mail for mail in town.mails() if mail["To"] == ADMIN]) <= 1


async def test_two_nodes_that_draw_at_once_send_one_sample(town: Town) -> None:
    """The draw of the second was made before the first was written; the fact's own key stops it."""
    from bridge.app import sampling

    async with opened_by(MovableClock(), loaded(town)) as (house, _current, store):  # type: ignore[arg-type]
        node = Sampling(house, store, lambda: UTC)
        week = finished(house.clock.now(), UTC)
        draw = await node._drawn(week, 20)
        await Sampling(house, store, lambda: UTC).turn()
        posts = await store.read(lambda connection: sampling._posts(connection, draw))
        sampler = house.policy().sampler
        assert sampler is not None
        late = sampling.sampled(week, draw, posts, sampler=sampler, delimiter="k3yk3yk3", at=house.moment())
        assert not (await house.apply(late)).applied


async def test_an_erased_person_is_in_no_sample_any_more(town: Town) -> None:
    mail = await sample(town)
    town.deliver(answer(mail, "#should 1", sender=ADMIN).as_bytes())
    await run_once(loaded(town))
    async with opened_by(MovableClock(), loaded(town)) as (_house, _current, store):  # type: ignore[arg-type]
        jane = (await ask(loaded(town), feedback.everything))[0].post.author.id
        assert _holding(town, b"Why is my order")
        await erase_person(store, "sandbox", jane, by="operator ann")
        week = finished(datetime.now(UTC), UTC)
        assert (await store.read(lambda connection: missed(connection, week, UTC))).should == 1
    assert not _holding(town, b"Why is my order")


def _holding(town: Town, words: bytes) -> list[str]:
    """Files of the state that hold these words as they are."""
    return [file.name for file in town.state.rglob("*") if file.is_file() and words in file.read_bytes()]


async def test_nobody_is_sent_a_sample_where_nobody_is_named(town: Town) -> None:
    file = town.configuration / "bridge.toml"
    file.write_text(file.read_text().replace(f'[bridge.sample]\nto = "{ADMIN}"', "[bridge.sample]"))
    await run_once(loaded(town))
    assert town.mails() == []
