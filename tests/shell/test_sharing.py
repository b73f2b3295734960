"""An answer to all walks through its group: each once, whatever crashes, stops, refuses or joins meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

import pytest

from bridge.app import beside
from bridge.core.conversation import Phase, Record
from bridge.core.decide import decide
from bridge.core.decision import Decision, Switch
from bridge.core.deeds import Deed
from bridge.core.effects import Intent
from bridge.core.events import LetterRead, Page, PostDeleted, Sighting
from bridge.core.likeness import Joined, marks
from bridge.core.model import Account, Author, Post, Verdict
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.core.publications import Posted, Publication
from bridge.core.replies import Command, Filed, LetterOutcome
from bridge.ports import Circumstances, PermanentProblem, Receipt, TemporaryProblem, UncertainProblem
from bridge.shell import courier
from bridge.shell.house import House
from bridge.store.open import open_store
from bridge.store.store import SqlStore
from bridge.testing import making
from bridge.testing.fittings import MovableClock

SAID = "The whole site is down again since ten o'clock and nobody tells us anything"
FIRST = making.post("p000", SAID, thread="t000")
OTHERS = 40
KINDS = ("judge", "inject", "publish", "share", "act", "tell")
LIMITS = replace(making.LIMITS, to_each=lambda author: f"@{author.handle} ")
POLICY = replace(making.POLICY, channels={"forum": replace(making.CHANNEL, limits=LIMITS)})
TURN = timedelta(seconds=10)


def other(number: int) -> Post:
    """What one of the others says."""
    return making.post(
        f"p{number:03}",
        f"{SAID}{'!' * (number % 3)}",
        thread=f"t{number:03}",
        author=Author(id=f"u{number}x", handle=f"user{number}"),
    )


@dataclass
class Forum:
    """A channel that remembers what was said to whom, and fails as a test wants."""

    name: str = "forum"
    limits = LIMITS
    said: list[tuple[str, str]] = field(default_factory=list)
    acted: list[tuple[Deed, str]] = field(default_factory=list)
    fails: Callable[[str], Exception | None] = lambda _parent: None
    after: Callable[[str], Exception | None] = lambda _parent: None

    async def open(self) -> Account:
        return making.ACCOUNT

    async def poll(self, cursor: str | None) -> Page:
        return Page(sightings=(), cursor=cursor or "")

    async def publish(self, publication: Publication) -> Posted:
        if (problem := self.fails(publication.parent)) is not None:
            raise problem
        self.said.append((publication.parent, publication.text))
        if (problem := self.after(publication.parent)) is not None:
            raise problem
        return Posted(id=f"a{len(self.said)}")

    async def find(self, publication: Publication) -> Posted | None:
        found = [n for n, said in enumerate(self.said, 1) if said == (publication.parent, publication.text)]
        return Posted(id=f"a{found[0]}") if found else None

    async def act(self, deed: Deed, target: str) -> None:
        self.acted.append((deed, target))

    async def close(self) -> None:
        return None

    @property
    def reached(self) -> list[str]:
        return [parent for parent, _text in self.said]


@dataclass
class Queue:
    """A desk that remembers what it got."""

    name: str = "support"
    got: list[Sealed] = field(default_factory=list)

    def seal(self, message: Proxy | Notice) -> Sealed:
        return making.seal(message)

    async def inject(self, sealed: Sealed) -> None:
        self.got.append(sealed)

    async def tell(self, sealed: Sealed) -> None:
        self.got.append(sealed)

    async def close(self) -> None:
        return None

    def told(self, key: str) -> list[str]:
        return [sealed.text for sealed in self.got if sealed.key.startswith(key)]


class Folds:
    """A judge whose route folds."""

    def judge(self, post: Post, circumstances: Circumstances) -> Verdict:
        return replace(making.VERDICT, fold=timedelta(hours=2))


class Town:
    """A ticket with its group, and a house that may crash and come back."""

    def __init__(self) -> None:
        self.clock = MovableClock()
        self.forum = Forum()
        self.queue = Queue()
        self.store: SqlStore = open_store(":memory:", clock=self.clock, create=True, platforms={})
        self.house = self._house()

    def _house(self) -> House:
        return House(
            store=self.store,
            groups=self.store,
            clock=self.clock,
            channels={"forum": self.forum},
            desks={"support": self.queue},
            inboxes={},
            judge=Folds(),
            policy=lambda: POLICY,
            postmarks={},
            owner="me",
        )

    async def fill(self, others: int = OTHERS) -> None:
        """The first customer has a ticket, and the others joined it."""
        posts = [FIRST, *(other(number) for number in range(1, others + 1))]
        await self.house.apply(Decision(sightings=tuple(Sighting(post=post) for post in posts)))
        sent = replace(making.sent(FIRST), at=self.clock.now())
        await self.house.apply(Decision(record=replace(making.waiting(FIRST), version=0, sent=(sent,))))
        for post in posts[1:]:
            await self.join(post)
        self.clock.advance(timedelta(minutes=5))

    async def join(self, post: Post) -> None:
        record = Record(key=post.conversation, phase=Phase.FOLDED, posts=(post,), group=FIRST.conversation.id)
        joined = Joined(group=FIRST.conversation.id, post=post, at=self.clock.now())
        await self.house.apply(Decision(record=record, joined=joined))

    async def write(self, text: str, *commands: str, refused: str = "") -> Filed:
        """The agent's mail comes, and what becomes of it."""
        record = await self.store.conversation(FIRST.conversation.id)
        assert record is not None
        said = replace(making.reading(text=text, record=record), commands=tuple(Command(name=c) for c in commands))
        said = replace(said, fingerprint=f"{said.fingerprint[:8]}{record.version}")
        others = await self.store.crowd(record.id, until=self.clock.now())
        rows = [await self.store.kept(given.key) for given in record.given if given.letter and not given.published]
        event = LetterRead(
            reading=said,
            received=self.clock.now(),
            inbox="replies",
            raw=b"",
            others=others if "all" in commands else 0,
            rows=tuple(row for row in rows if row is not None and hasattr(row, "effect")),
        )
        decision = decide(record, event, at=self.house.moment())
        assert decision.filed is not None
        assert decision.filed.reason == refused, decision.filed
        await self.house.apply(decision)
        return decision.filed

    async def turns(self, count: int) -> None:
        """So much of the daemon's life."""
        for _ in range(count):
            self.clock.advance(TURN)
            await courier.drain(self.house, KINDS)

    async def over(self) -> None:
        await self.turns(OTHERS * 2 + 30)


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    made = Town()
    yield made
    made.store.close()


async def test_everybody_gets_it_once_at_the_channels_pace(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(5)
    assert town.forum.said == []
    await town.turns(11)
    assert 9 <= len(town.forum.said) <= 12
    await town.over()

    assert town.forum.said[0] == ("p000", "We are on it.")
    assert sorted(town.forum.reached) == [f"p{number:03}" for number in range(OTHERS + 1)]
    (told,) = town.queue.told("tell|to_all_over")
    assert f"{OTHERS} published besides the first one." in told
    assert not town.queue.told("tell|published")


async def test_cancel_within_the_undo_window_takes_back_all_of_it(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(2)
    await town.write("", "cancel")
    await town.over()
    assert town.forum.said == []
    assert town.queue.told("tell|to_all_over") == []
    assert len(town.queue.told("tell|cancelled")) == 1


async def test_cancel_on_the_way_stops_it_for_who_has_not_got_it(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(16)
    before = len(town.forum.said)
    assert before > 5
    await town.write("", "cancel")
    await town.over()
    assert len(town.forum.said) == before
    (told,) = town.queue.told("tell|to_all_over")
    assert f"{before - 1} published" in told
    assert "stopped by #cancel" in told


async def test_a_pause_holds_it_and_its_end_lets_it_go_on(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(10)
    before = len(town.forum.said)
    await town.house.apply(Decision(switches=(Switch(name="publishing", value="paused", by="ops"),)))
    await town.turns(20)
    assert len(town.forum.said) == before
    await town.house.apply(Decision(switches=(Switch(name="publishing", value="", by="ops"),)))
    await town.over()
    assert len(town.forum.said) == OTHERS + 1


async def test_three_refusals_in_a_row_end_it(town: Town) -> None:
    await town.fill()
    town.forum.fails = lambda parent: PermanentProblem("no") if parent > "p004" else None
    await town.write("We are on it.", "all")
    await town.over()
    assert town.forum.reached == ["p000", "p001", "p002", "p003", "p004"]
    (told,) = town.queue.told("tell|to_all_over")
    assert "4 published besides the first one; of the others 3 were refused by the platform" in told
    assert "three times in a row" in told


async def test_refusals_here_and_there_stop_nobody_else(town: Town) -> None:
    await town.fill()
    town.forum.fails = lambda parent: PermanentProblem("no") if int(parent[1:]) % 3 == 1 else None
    await town.write("We are on it.", "all")
    await town.over()
    assert len(town.forum.said) == OTHERS + 1 - 14


async def test_while_the_platform_says_wait_nobody_else_is_tried(town: Town) -> None:
    await town.fill()
    tried: list[str] = []

    def slow(parent: str) -> Exception | None:
        tried.append(parent)
        return TemporaryProblem("slow down", after=300.0) if parent == "p002" and tried.count("p002") < 3 else None

    town.forum.fails = slow
    await town.write("We are on it.", "all")
    await town.turns(40)
    assert tried == ["p000", "p001", "p002", "p002"]
    await town.over()
    assert len(town.forum.said) == OTHERS + 1


async def test_what_is_in_doubt_is_looked_for_before_the_next_has_its_turn(town: Town) -> None:
    await town.fill()
    town.forum.after = lambda parent: UncertainProblem("silence") if parent == "p002" else None
    await town.write("We are on it.", "all")
    await town.over()
    assert sorted(town.forum.reached) == [f"p{number:03}" for number in range(OTHERS + 1)]


async def test_the_first_answer_that_fails_keeps_all_others_back(town: Town) -> None:
    await town.fill()
    town.forum.fails = lambda parent: PermanentProblem("no")
    await town.write("We are on it.", "all")
    await town.over()
    assert town.forum.said == []
    town.clock.advance(timedelta(days=2))
    await town.turns(3)
    (told,) = town.queue.told("tell|to_all_over")
    assert "0 published" in told


async def delete_first(town: Town) -> None:
    """The first customer takes the post away that made the ticket."""
    await town.house.happened(FIRST.conversation.id, PostDeleted(key=FIRST.key))


async def test_where_the_first_post_is_gone_before_its_answer_nobody_gets_it_and_the_ticket_is_told(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await delete_first(town)
    await town.over()
    assert town.forum.said == []
    (told,) = town.queue.told("tell|to_all_over")
    assert "0 published" in told
    assert "post is gone" in told


async def test_where_the_first_post_goes_after_its_answer_the_others_get_theirs(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    while not town.forum.said:
        await town.turns(1)
    await delete_first(town)
    await town.over()
    assert sorted(town.forum.reached) == [f"p{number:03}" for number in range(OTHERS + 1)]


async def test_an_answer_to_all_under_a_post_that_is_gone_is_held_with_its_words(town: Town) -> None:
    await town.fill()
    await delete_first(town)
    filed = await town.write("We are on it.", "all", refused="target_gone")
    assert filed.outcome is LetterOutcome.HELD
    await town.over()
    assert town.forum.said == []


async def test_who_changed_or_left_meanwhile_is_left_out(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(9)
    gone, changed = other(30), other(31)
    await town.house.happened(gone.conversation.id, PostDeleted(key=gone.key))
    record = await town.store.conversation(changed.conversation.id)
    assert record is not None
    await town.house.apply(Decision(record=record.with_post(replace(changed, text="I love this shop and its people"))))
    await town.over()
    assert {"p030", "p031"}.isdisjoint(town.forum.reached)
    assert len(town.forum.said) == OTHERS + 1 - 2
    (told,) = town.queue.told("tell|to_all_over")
    assert "1 are gone" in told
    assert "1 say something else by now" in told


async def test_who_joins_after_the_mail_was_written_is_judged_anew_and_has_a_ticket_again(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(2)
    late = [other(number) for number in (98, 99)]
    await town.house.apply(Decision(sightings=tuple(Sighting(post=post) for post in late)))
    for post in late:
        await town.join(post)
    await town.over()

    assert {"p098", "p099"}.isdisjoint(town.forum.reached)
    assert len([sealed for sealed in town.queue.got if sealed.key.startswith("inject|forum|p09")]) == 1
    found = await town.store.leads(
        marks(late[0], "forum\x1fsupport\x1fhelp"), since=town.clock.now() - timedelta(hours=2)
    )
    assert [lead.post.id for lead in found] in (["p098"], ["p099"])


async def test_who_writes_again_has_a_ticket_with_the_history_and_the_first_ticket_is_told(town: Town) -> None:
    await town.fill(3)
    await town.write("We are on it.", "all")
    await town.over()
    again = replace(other(2), id="p802", text="It is still down for me, and my invoice is wrong as well by the way")
    judge = making.judge(again)
    await town.house.apply(Decision(sightings=(Sighting(post=again),)))
    await town.house.apply(Decision(intents=(Intent(effect=judge, at=town.clock.now()),)))
    await town.turns(2)
    record = await town.store.conversation(again.conversation.id)
    assert record is not None
    assert record.phase is Phase.WAITING
    assert [given.text for given in record.given] == ["@user2 We are on it."]
    (told,) = town.queue.told("tell|followed")
    assert again.url in told


async def test_a_second_answer_to_all_reaches_everybody_again(town: Town) -> None:
    await town.fill(3)
    await town.write("We are on it.", "all")
    await town.over()
    await town.write("It works again.", "all")
    await town.over()
    assert town.forum.reached == ["p000", "p001", "p002", "p003"] * 2
    assert town.forum.said[5] == ("p001", "@user1 It works again.")


async def test_a_newer_answer_to_all_ends_the_older_one_on_its_way(town: Town) -> None:
    await town.fill()
    await town.write("We are on it.", "all")
    await town.turns(16)
    await town.write("It works again.", "all")
    await town.over()
    news = [parent for parent, text in town.forum.said if "works" in text]
    assert len(news) == OTHERS + 1
    assert len(town.forum.said) < 2 * OTHERS


async def test_to_delete_it_deletes_it_everywhere(town: Town) -> None:
    await town.fill(5)
    await town.write("We are on it.", "all")
    await town.over()
    await town.write("", "delete")
    await town.turns(20)
    assert sorted(town.forum.acted) == sorted((Deed.DELETE, f"a{number}") for number in range(1, 7))
    record = await town.store.conversation(other(3).conversation.id)
    assert record is not None
    assert record.phase is Phase.FOLDED
    assert len(town.queue.told("tell|to_all_taken")) == 1


async def test_to_delete_it_waits_for_what_is_on_its_way_and_deletes_that_too(town: Town) -> None:
    """What is in doubt may stand there, and what stands there is taken away."""
    await town.fill(5)
    await town.write("We are on it.", "all")
    town.forum.after = lambda parent: UncertainProblem("the line broke") if parent == "p002" else None
    while "p002" not in town.forum.reached:
        await town.turns(1)
    await town.write("", "delete")
    await town.turns(40)
    assert town.forum.reached == ["p000", "p001", "p002"]
    assert sorted(town.forum.acted) == sorted((Deed.DELETE, f"a{number}") for number in range(1, 4))
    (told,) = town.queue.told("tell|to_all_taken")
    assert "goes from 2 others" in told


async def test_whoever_joined_a_ticket_that_an_operator_gives_up_gets_one_of_their_own(town: Town) -> None:
    await town.fill(3)
    proxy = making.inject(FIRST)
    waits = Intent(effect=proxy, at=town.clock.now() + timedelta(hours=1))
    await town.house.apply(Decision(intents=(waits,)))
    await beside.give_up(town.house, proxy.key, "nobody knows this desk")
    lead = await town.store.conversation(FIRST.conversation.id)
    assert lead is not None
    assert lead.phase is Phase.LEFT, "nobody joins it any more"

    await town.turns(3)
    groups = [await town.store.conversation(other(number).conversation.id) for number in (1, 2, 3)]
    assert [record.phase for record in groups if record] == [Phase.WAITING, Phase.FOLDED, Phase.FOLDED]
    assert len(town.queue.got) == 1


CRASHES = 20
"""At the most; how many there are is up to the dice."""


class Crash(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("seed", range(12))
async def test_nothing_is_lost_or_doubled_by_crashes_around_any_commit(town: Town, seed: int) -> None:
    """After each crash the next process claims what the dead one had; what it was saying is looked for first."""
    await town.fill(8)
    await town.write("We are on it.", "all")
    chance, crashes = Random(seed), list[str]()

    async def failing(decision: Decision) -> Receipt:
        before, after = (len(crashes) < CRASHES and chance.random() < 0.2 for _ in range(2))
        if before:
            crashes.append("before")
            raise Crash
        receipt = await town.store.apply(decision)
        if after:
            crashes.append("after")
            raise Crash
        return receipt

    town.house = replace(town.house, store=_Failing(town.store, failing))
    for _ in range(150):
        town.clock.advance(TURN)
        try:
            await courier.drain(town.house, KINDS)
        except BaseException as problem:
            if not isinstance(problem, Crash):
                raise
            town.clock.advance(2 * courier.MAIL_LEASE)
    assert crashes
    assert sorted(town.forum.reached) == [f"p{number:03}" for number in range(9)]
    assert len(set(town.queue.told("tell|to_all_over"))) == 1


class _Failing:
    """A store whose commits fail."""

    def __init__(self, store: SqlStore, apply: Callable[[Decision], Awaitable[Receipt]]) -> None:
        self._store = store
        self.apply = apply

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)
