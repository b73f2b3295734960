"""The chat floor by itself: whatever happens in whatever order, nobody's words are lost, doubled or given to somebody else."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.access.chat.brought import Order, Word
from bridge.access.chat.kept import Kept
from bridge.access.chat.names import slug
from bridge.access.chat.portrait import portrait
from bridge.access.xmpp import hearing, telling, words, writing
from bridge.access.xmpp.chats import Chat, Stage
from bridge.access.xmpp.floor import FORGOTTEN, MOST_OPEN, Floor
from bridge.access.xmpp.ledger import Ledger, Page
from bridge.access.xmpp.queues import Queue
from bridge.access.xmpp.stanzas import Heard, Reject, Say, Seen, Show, read
from bridge.access.xmpp.steps import Step
from bridge.ports import TemporaryProblem

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN, BOB, EVE = "ann@acd.test", "bob@acd.test", "eve@acd.test"
ROOM = "queue@rooms.acd.test"
QUEUE = Queue(name="support", address="support@social.acd.test", agents=(ANN, BOB), room=ROOM)


def order(number: int = 1, *, conversation: str = "7q2kabcdefghijkl", text: str = "help", **more: str) -> Order:
    return Order(
        key=f"inject:{conversation}/{number}",
        message_id=f"<{conversation}{number}@bridge.test>",
        conversation=conversation,
        desk="support",
        reply=f"reply+{conversation}@bridge.test",
        slug="jane.doe",
        name="Jane Doe",
        platform="Forum",
        card="Jane Doe wrote.",
        text=text,
        at=AT,
        **more,
    )


def floor(**more: object) -> Floor:
    found = Floor("social.acd.test", [replace(QUEUE, **more)], [])
    hearing.lined(found)
    for name in ("ann", "bob"):
        arrives(found, name)
    found.step()
    return found


def arrives(found: Floor, name: str, **more: str) -> None:
    seen = Seen(sender=f"{ROOM}/{name}", to=QUEUE.address, kind="", real=f"{name}@acd.test/x")
    hearing.seen(found, replace(seen, **more), AT)


def in_room(nick: str, text: str, **more: object) -> Heard:
    return replace(Heard(sender=f"{ROOM}/{nick}", to=QUEUE.address, group=True, id="1", text=text), **more)


def in_window(agent: str, text: str, *, stanza: str = "s1", **more: object) -> Heard:
    heard = Heard(sender=f"{agent}/x", to="jane.doe-7q2k@social.acd.test", group=False, id=stanza, text=text)
    return replace(heard, **more)


def said(step: Step, to: str) -> list[str]:
    return [stanza.text for stanza in step.stanzas if isinstance(stanza, Say) and stanza.to == to]


def the_chat(found: Floor) -> Chat:
    [chat] = found.chats.values()
    return chat


def taken(found: Floor, nick: str = "ann") -> Step:
    found.brought(order(), AT)
    hearing.heard(found, in_room(nick, "!take 7q2k"), AT)
    return found.step()


def test_a_room_that_shut_us_out_is_entered_again() -> None:
    """Else who waits is announced to nobody until the line breaks; one who refuses us is not asked again and again."""
    found = floor()
    found.brought(order(), AT)
    found.step()
    arrives(found, "queue", kind="unavailable", codes=frozenset({"110", "307"}))
    assert [stanza.to for stanza in found.step().stanzas if isinstance(stanza, Show) and stanza.joins] == [
        f"{ROOM}/queue"
    ]
    arrives(found, "queue", codes=frozenset({"110"}))
    assert [text for text in said(found.step(), ROOM) if "!take 7q2k" in text]
    arrives(found, "queue", kind="error")
    arrives(found, "ann", kind="unavailable")
    assert not [stanza for stanza in found.step().stanzas if isinstance(stanza, Show) and stanza.joins]


def test_a_nick_proves_nothing() -> None:
    found = floor()
    found.brought(order(), AT)
    arrives(found, "ann", kind="unavailable")
    arrives(found, "ann", real=f"{EVE}/x")
    hearing.heard(found, in_room("ann", "!take 7q2k"), AT)
    assert the_chat(found).stage is Stage.WAITING


@pytest.mark.parametrize(
    "heard",
    [
        in_room("ann", "!take 7q2k", late=True),
        in_room("queue", "!take 7q2k"),
        in_room("stranger", "!take 7q2k"),
        in_room("", "!take 7q2k"),
        in_room("ann", "!take zzzz"),
        in_room("ann", "please !take 7q2k"),
        replace(in_room("ann", "!take 7q2k"), sender="other@rooms.acd.test/ann"),
    ],
    ids=["history", "our own", "unknown nick", "the room", "unknown code", "no order", "another room"],
)
def test_what_is_no_order_claims_nothing(heard: Heard) -> None:
    found = floor()
    found.brought(order(), AT)
    hearing.heard(found, heard, AT)
    assert the_chat(found).stage is Stage.WAITING


def test_an_error_that_quotes_our_words_is_no_answer() -> None:
    found = floor()
    taken(found)
    hearing.heard(found, in_window(ANN, "help", error="feature-not-implemented"), AT)
    assert found.step().answers == ()
    assert the_chat(found).agent == ANN


def test_an_agent_who_cannot_be_reached_loses_the_conversation() -> None:
    found = floor()
    taken(found)
    hearing.heard(found, in_window(ANN, "", error="service-unavailable"), AT)
    assert the_chat(found).stage is Stage.WAITING
    assert "cannot be reached" in "".join(said(found.step(), ROOM))


def test_a_turn_that_was_not_confirmed_goes_again_as_a_correction_of_itself() -> None:
    found = floor()
    [card, first] = [stanza for stanza in taken(found).stanzas if isinstance(stanza, Say) and stanza.to == ANN]
    found.arrived(the_chat(found), ANN, card.id)
    hearing.broke(found)
    arrives(found, "ann")
    [again] = [stanza for stanza in found.step().stanzas if isinstance(stanza, Say)]
    assert (again.corrects, again.text) == (first.id, "help")
    found.arrived(the_chat(found), ANN, again.id)
    hearing.broke(found)
    arrives(found, "ann")
    assert [stanza for stanza in found.step().stanzas if isinstance(stanza, Say)] == []


def test_where_receipts_come_only_receipts_count() -> None:
    found = floor()
    step = taken(found)
    card = next(stanza for stanza in step.stanzas if isinstance(stanza, Say) and stanza.to == ANN)
    found.arrived(the_chat(found), ANN, card.id)
    found.settled(step.stanzas)
    assert [turn.there for turn in the_chat(found).turns] == [True, False]


def test_words_that_came_while_nobody_was_there_wait_for_the_agent() -> None:
    found = floor()
    taken(found)
    hearing.broke(found)
    found.brought(order(2, text="more"), AT)
    assert said(found.step(), ANN) == []
    arrives(found, "ann")
    assert "more" in said(found.step(), ANN)


def test_after_a_kill_words_that_are_brought_go_as_corrections_of_themselves() -> None:
    found = floor()
    taken(found)
    found.doubtful_until = AT + timedelta(minutes=1)
    found.brought(order(2, text="more"), AT)
    more = next(stanza for stanza in found.step().prompt if isinstance(stanza, Say) and stanza.text == "more")
    assert more.corrects
    found.brought(order(3, text="later"), AT + timedelta(minutes=2))
    [later] = found.step().prompt
    assert isinstance(later, Say)
    assert not later.corrects


async def test_a_ledger_knows_whether_the_last_who_had_it_ended_well(tmp_path: Path) -> None:
    chat = Chat(local="a-1", code="1", conversation="c", desk="d", reply="r", name="A", since=AT)
    first = Ledger(tmp_path / "floor.db")
    assert first.ended_well
    await first.write(Page(chats=[chat], letters=[Kept(uid=7, raw=b"x", received=AT)]))
    second = Ledger(tmp_path / "floor.db")
    assert not second.ended_well
    assert (second.chats(), second.letters(), second.last_uid()) == ([chat], [Kept(uid=7, raw=b"x", received=AT)], 7)
    await second.close(Page(filed=[7]))
    third = Ledger(tmp_path / "floor.db")
    assert third.ended_well
    assert (third.letters(), third.last_uid()) == ([], 7)
    await third.close(Page())
    await first.close(Page())


def test_an_ended_conversation_waits_again_when_the_customer_writes_and_is_forgotten_when_old() -> None:
    found = floor()
    taken(found)
    hearing.heard(found, in_window(ANN, "!done"), AT)
    assert the_chat(found).stage is Stage.DONE
    found.brought(order(2), AT)
    assert the_chat(found).stage is Stage.WAITING
    found.done(replace(the_chat(found), agent=ANN), AT)
    found.step()
    hearing.ticked(found, AT + FORGOTTEN + timedelta(seconds=1))
    assert found.chats == {}
    assert found.step().gone == ("jane.doe-7q2k",)


def test_a_notice_reaches_the_window_once_and_the_next_agent_reads_it() -> None:
    found = floor()
    taken(found)
    word = Word(
        key="tell:1",
        desk="support",
        audience="ticket",
        to="",
        conversation="7q2kabcdefghijkl",
        text="Deleted.",
        at=AT,
    )
    telling.told(found, word)
    telling.told(found, word)
    assert said(found.step(), ANN) == ["[bridge] Deleted."]
    hearing.heard(found, in_window(ANN, "!give bob"), AT)
    assert "bridge: Deleted." in said(found.step(), BOB)[0]


def test_codes_grow_where_they_would_be_taken_for_each_other() -> None:
    found = floor()
    for tail in "abc":
        found.brought(order(conversation=f"7q2k{tail * 12}"), AT)
    assert sorted(chat.code for chat in found.chats.values()) == ["7q2k", "7q2kb", "7q2kc"]


@pytest.mark.parametrize(
    ("given_names", "expected"),
    [
        (("Jané Doe",), "jane.doe"),
        (("田中", "tanaka_9"), "tanaka.9"),
        (("田中", ""), "customer"),
        (("a" * 99,), "a" * 40),
        (("../../etc <x@y>/z",), "etc.x.y.z"),
    ],
)
def test_names_become_addresses(given_names: tuple[str, ...], expected: str) -> None:
    assert slug(*given_names) == expected


@given(st.text(), st.text(), st.text())
def test_whatever_is_said_is_one_sound_stanza(text: str, name: str, link: str) -> None:
    say = Say(sender="jane@social.acd.test", to=ANN, id="1", text=text, name=name, links=(link,))
    found = read(ET.fromstring(f"<x>{writing.written(say)}</x>")[0])
    assert isinstance(found, Heard)
    assert found.text.replace("\r", "\n").split() == writing.sound(text).replace("\r", "\n").split()
    ET.fromstring(writing.written(Show(sender="a@b", to=ANN, name=name)))
    ET.fromstring(writing.written(Reject(sender="a@b", to=ANN, id=name, condition="forbidden", text=text)))


@given(st.text())
def test_no_line_of_a_customer_passes_for_ours(text: str) -> None:
    lines = words.of_customer(text).split("\n")
    assert not any(line.lstrip().lower().startswith("[bridge]") for line in lines)


def test_a_portrait_is_a_small_picture_and_the_same_for_the_same() -> None:
    assert portrait("a") == portrait("a") != portrait("b")
    assert portrait("a").startswith(b"\x89PNG")
    assert len(portrait("a")) < 1000


class Story:
    """Events by their names, in the order in which they are drawn."""

    def __init__(self) -> None:
        self.floor, self.now, self.brought, self.answers, self.number = floor(), AT, 0, [], 0

    def play(self, event: str) -> None:
        what, _, who = event.partition(" ")
        self.number += 1
        self.now += timedelta(seconds=20)
        owner = next((chat.agent for chat in self.floor.chats.values()), "")
        getattr(self, what)(who)
        made = [answer.agent for answer in self.floor.step().answers]
        assert made in ([], [owner])
        self.answers += made

    def order(self, _who: str) -> None:
        self.brought += 1
        self.floor.brought(order(self.brought, text=f"words {self.brought}"), self.now)

    def take(self, who: str) -> None:
        hearing.heard(self.floor, in_room(who, "!take 7q2k"), self.now)

    def say(self, who: str) -> None:
        heard = in_window(f"{who}@acd.test", f"re {self.number}", stanza=f"s{self.number}")
        hearing.heard(self.floor, heard, self.now)

    def window(self, line: str) -> None:
        owner = next((chat.agent for chat in self.floor.chats.values()), "") or ANN
        hearing.heard(self.floor, in_window(owner, line, stanza=f"s{self.number}"), self.now)

    def breaks(self, _who: str) -> None:
        hearing.broke(self.floor)

    def comes(self, who: str) -> None:
        arrives(self.floor, who)

    def goes(self, who: str) -> None:
        arrives(self.floor, who, kind="unavailable")

    def ticks(self, _who: str) -> None:
        hearing.ticked(self.floor, self.now)


EVENTS = st.sampled_from(
    [
        "order",
        "take ann",
        "take bob",
        "say ann",
        "say bob",
        "breaks",
        "ticks",
        "comes ann",
        "comes bob",
        "goes ann",
        "goes bob",
        "window !release",
        "window !give bob",
    ]
)


@given(st.lists(EVENTS, max_size=40))
@settings(deadline=None)
def test_whatever_happens_everything_said_is_kept_and_only_the_owner_speaks(events: list[str]) -> None:
    story = Story()
    for event in events:
        story.play(event)
    for chat in story.floor.chats.values():
        kept = {turn.text for turn in chat.turns}
        assert {f"words {number}" for number in range(1, story.brought + 1)} <= kept
        assert len([turn for turn in chat.turns if turn.text.startswith("re ")]) == len(story.answers)
        assert (chat.stage is Stage.TAKEN) == bool(chat.agent)


def test_words_that_no_agent_has_are_never_dropped_for_newer_ones() -> None:
    found = floor()
    for number in range(1, 101):
        found.brought(order(number, text=f"words {number}"), AT)
    hearing.heard(found, in_room("ann", "!take 7q2k"), AT)
    assert [text for text in said(found.step(), ANN) if text.startswith("words")] == [
        f"words {n}" for n in range(1, 101)
    ]


def test_a_conversation_with_too_much_that_nobody_read_takes_no_more() -> None:
    found = floor()
    for number in range(MOST_OPEN):
        found.brought(order(number, text="x"), AT)
    with pytest.raises(TemporaryProblem):
        found.brought(order(MOST_OPEN, text="x"), AT)


UPLOADS = "https://upload.acd.test"
FILE = f"{UPLOADS}/1/a.png"


def uploads(found: Floor) -> Floor:
    found.files_from = frozenset({UPLOADS})
    taken(found)
    return found


def sends(found: Floor, *links: str, text: str = "", stanza: str = "f1", **more: str) -> Step:
    heard = in_window(ANN, text or "\n".join(links), stanza=stanza, links=links, **more)
    hearing.heard(found, heard, AT)
    return found.step()


def test_b06_a_file_goes_out_with_the_next_words_and_only_once() -> None:
    found = uploads(floor())
    step = sends(found, FILE)
    assert step.answers == ()
    assert "1 file(s) go out with your next words" in said(step, ANN)[0]
    assert sends(found, FILE).answers == ()
    [first] = sends(found, text="Here it is.", stanza="s2").answers
    [second] = sends(found, text="And more.", stanza="s3").answers
    assert (first.text, first.links, second.links) == ("Here it is.", (FILE,), ())


def test_a_file_that_has_words_with_it_waits_for_none() -> None:
    [answer] = sends(uploads(floor()), FILE, text="Here it is.").answers
    assert (answer.text, answer.links) == ("Here it is.", (FILE,))


def test_a_correction_keeps_the_files_of_what_it_corrects() -> None:
    found = uploads(floor())
    sends(found, FILE, text="Here it si.", stanza="s1")
    sends(found, f"{UPLOADS}/2/b.png", stanza="f2")
    [answer] = sends(found, text="Here it is.", stanza="s2", corrects="s1").answers
    assert (answer.text, answer.links, the_chat(found).files) == ("Here it is.", (FILE,), (f"{UPLOADS}/2/b.png",))


@pytest.mark.parametrize("order", ["!drop", "!release", "!done"])
def test_files_that_waited_in_vain_are_forgotten_and_that_is_said(order: str) -> None:
    found = uploads(floor())
    sends(found, FILE)
    step = sends(found, text=order, stanza="s2")
    assert the_chat(found).files == ()
    assert any("Not sent, and forgotten: 1 file(s)" in text for text in said(step, ANN))


def test_nobody_drops_what_is_anothers() -> None:
    found = uploads(floor())
    sends(found, FILE)
    hearing.heard(found, in_room("bob", "!drop 7q2k"), AT)
    assert the_chat(found).files == (FILE,)


@pytest.mark.parametrize("link", ["https://elsewhere.test/a.png", "https://upload.acd.test.evil.test/a.png", "x"])
def test_a_link_elsewhere_is_words(link: str) -> None:
    [answer] = sends(uploads(floor()), link).answers
    assert (answer.text, answer.links) == (link, ())


def test_more_files_than_a_turn_has_are_refused() -> None:
    found = uploads(floor())
    step = sends(found, *(f"{FILE}{number}" for number in range(11)))
    assert [stanza.condition for stanza in step.stanzas if isinstance(stanza, Reject)] == ["policy-violation"]
    assert the_chat(found).files == ()


@pytest.mark.parametrize(
    "text", ["!done.", "!done!", "!done,thanks", "Thanks!\n!done 7q2k", "  !Release", "Bye\n  !close now"]
)
def test_a_line_that_begins_like_an_order_is_never_said_to_a_customer(text: str) -> None:
    found = floor()
    taken(found)
    hearing.heard(found, in_window(ANN, text), AT)
    step = found.step()
    assert step.answers == ()
    assert said(step, ANN) or the_chat(found).stage is not Stage.TAKEN


@pytest.mark.parametrize("text", ["Wow! Great.", "It works!", "a !b", "! done", "!", "!?", "!2"])
def test_other_exclamations_are_words(text: str) -> None:
    found = floor()
    taken(found)
    hearing.heard(found, in_window(ANN, text), AT)
    assert [answer.text for answer in found.step().answers] == [text]
