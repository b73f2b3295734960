"""The Matrix floor by itself: who waits, who has whom, and which words are whose, whatever agents do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.access.chat.brought import Order
from bridge.access.matrix import names, words
from bridge.access.matrix.chats import Chat, Stage
from bridge.access.matrix.events import Said, event
from bridge.access.matrix.floor import FORGOTTEN, Floor
from bridge.access.matrix.hearing import heard
from bridge.access.matrix.names import Namespace
from bridge.access.matrix.queues import Queue
from bridge.access.matrix.steps import Invite, PutOut, Say, Step, Tell
from bridge.letters.turns import read

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SPACE = Namespace(server="acd.test", prefix="bridge_")
ANN, BOB = "ann@acd.test", "bob@acd.test"
QUEUE = Queue(name="support", agents=(ANN, BOB), claims=True)
ROOM, HALL = "!room:acd.test", "!queue:acd.test"
CONVERSATION = "7q2kabcdefghijkl"


def order(number: int = 1, *, conversation: str = CONVERSATION, text: str = "help", **more: Any) -> Order:
    return Order(
        key=f"inject:{number}",
        message_id=f"<{number}@bridge.test>",
        conversation=conversation,
        desk="support",
        reply=f"reply+{conversation}@bridge.test",
        slug="jane",
        name="Jane Doe",
        platform="Forum",
        card="Jane Doe wrote.",
        text=text,
        at=AT,
        **more,
    )


class Scene:
    """A floor with one queue, and what followed last."""

    def __init__(self, queue: Queue = QUEUE) -> None:
        self.floor = Floor(SPACE, {queue.name: queue}, [])
        self.floor.queue_rooms[queue.name] = HALL
        self.count = 0

    def bring(self, number: int = 1, **more: Any) -> Step:
        wanted = order(number, **more)
        chat = self.floor.known(wanted, AT)
        if not chat.room:
            self.floor.housed(replace(chat, room=f"!{wanted.conversation}" if more else ROOM))
        self.floor.brought(wanted, f"$brought{number}", AT)
        return self.floor.step()

    def say(self, agent: str, text: str, *, room: str = ROOM, now: datetime = AT, **more: Any) -> Step:
        self.count += 1
        said = Said(room=room, sender=names.user(agent), id=f"$said{self.count}", kind="m.text", text=text, **more)
        heard(self.floor, said, now)
        return self.floor.step()

    def leave(self, agent: str) -> Step:
        given = {"type": "m.room.member", "event_id": "$left", "room_id": ROOM, "sender": names.user(agent)}
        found = event(given | {"state_key": names.user(agent), "content": {"membership": "leave"}})
        assert found
        heard(self.floor, found, AT)
        return self.floor.step()

    @property
    def chat(self) -> Chat:
        return self.floor.chats[f"support {CONVERSATION}"]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def told(step: Step) -> list[str]:
    return [act.text for act in step.acts if isinstance(act, Tell | Say)]


def test_who_waits_is_announced_with_the_newest_words_and_how_many_there_are(scene: Scene) -> None:
    assert told(scene.bring()) == ["7q2k: Jane Doe via Forum: help\n!take 7q2k"]
    assert told(scene.bring(2, text="please\nnow")) == ["7q2k: Jane Doe via Forum (2 messages): please now\n!take 7q2k"]


def test_the_first_who_takes_it_has_it(scene: Scene) -> None:
    scene.bring()
    step = scene.say(ANN, "!take 7q2k", room=HALL)
    assert step.acts == (
        Invite(room=ROOM, agent=ANN),
        next(act for act in step.acts if isinstance(act, Tell)),
    )
    assert (scene.chat.stage, scene.chat.agent) == (Stage.TAKEN, ANN)
    assert told(scene.say(BOB, "!take 7q2k", room=HALL)) == ["7q2k is with ann."]
    assert told(scene.say(ANN, "!take 7q2k", room=HALL)) == ["7q2k is yours already."]
    assert told(scene.bring(2)) == []


def test_who_keeps_the_customer_waiting_too_long_may_lose_it_to_a_colleague(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    late = AT + QUEUE.patience
    assert told(scene.say(BOB, "!take 7q2k", room=HALL, now=late - timedelta(seconds=1))) == ["7q2k is with ann."]
    assert (
        PutOut(room=ROOM, agent=ANN, why="it is with bob now") in scene.say(BOB, "!take 7q2k", room=HALL, now=late).acts
    )
    assert scene.chat.agent == BOB
    scene.say(BOB, "hello")
    assert told(scene.say(ANN, "!take 7q2k", room=HALL, now=late + QUEUE.patience)) == ["7q2k is with bob."]


def test_what_an_agent_has_who_is_listed_no_more_waits_again(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    scene.floor.queues = {"support": replace(QUEUE, agents=(BOB,))}
    assert told(scene.bring(2))[0].startswith("7q2k: Jane Doe")
    assert scene.chat.agent == ""


def test_only_who_has_it_answers(scene: Scene) -> None:
    scene.bring()
    assert told(scene.say(ANN, "hello")) == ["Not sent: this conversation is nobody's: !take 7q2k."]
    scene.say(ANN, "!take")
    step = scene.say(BOB, "hello")
    assert (step.letters, told(step)) == ((), ["Not sent: this conversation is with ann."])
    [letter] = scene.say(ANN, "hello").letters
    turn = read(letter)
    assert turn
    assert (turn.text, turn.sender, turn.answers) == ("hello", ANN, "<1@bridge.test>")


def test_handing_over_puts_one_out_and_asks_the_other_in(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    step = scene.say(ANN, "!give 7q2k @bob:acd.test")
    assert [act for act in step.acts if not isinstance(act, Tell)] == [
        PutOut(room=ROOM, agent=ANN, why="it is with bob now"),
        Invite(room=ROOM, agent=BOB),
    ]
    assert scene.chat.agent == BOB
    assert told(scene.say(ANN, "!give 7q2k ann", room=HALL)) == ["7q2k is with bob."]
    assert told(scene.say(BOB, "!give 7q2k bob")) == ["7q2k is with bob already."]
    assert told(scene.say(BOB, "!give 7q2k eve")) == ["Say to whom: !give CODE NAME, of an agent of this queue."]


def test_what_is_put_back_or_left_waits_again(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    assert told(scene.say(ANN, "!release"))[0].startswith("Back in the queue, ann put it back.\n7q2k: Jane")
    scene.say(BOB, "!take 7q2k", room=HALL)
    assert told(scene.leave(ANN)) == []
    assert told(scene.leave(BOB))[0].startswith("Back in the queue, bob left its room.")
    assert (scene.chat.stage, scene.chat.agent) == (Stage.WAITING, "")


def test_what_has_ended_opens_again_with_the_customers_next_words(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    step = scene.say(ANN, "#close")
    assert len(step.letters) == 1
    assert scene.chat.stage is Stage.DONE
    assert told(scene.say(ANN, "!done 7q2k", room=HALL)) == ["7q2k has ended."]
    assert told(scene.bring(2)) == ["7q2k: Jane Doe via Forum: help\n!take 7q2k"]


def test_where_nobody_claims_all_are_asked_in_and_all_are_heard() -> None:
    scene = Scene(replace(QUEUE, claims=False))
    assert [act for act in scene.bring().acts if isinstance(act, Invite)] == [
        Invite(room=ROOM, agent=ANN),
        Invite(room=ROOM, agent=BOB),
    ]
    assert len(scene.say(ANN, "one").letters) == len(scene.say(BOB, "two").letters) == 1
    assert told(scene.say(BOB, "!take")) == ["Nobody claims here: all agents are in every room."]
    scene.say(BOB, "!done")
    assert Invite(room=ROOM, agent=ANN) in scene.bring(2).acts


@pytest.mark.parametrize("text", ["!nothing", "!take 7q2k and more words", "!done\nGoodbye.", "!TAKE zzzz"])
def test_what_begins_like_an_order_is_never_said_to_the_customer(scene: Scene, text: str) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    step = scene.say(ANN, text)
    assert step.letters == ()
    assert len(told(step)) == 1


def test_agents_talk_among_themselves_in_the_queues_room(scene: Scene) -> None:
    scene.bring()
    assert scene.say(ANN, "who takes Jane?", room=HALL).acts == ()
    assert told(scene.say(ANN, "!help", room=HALL)) == [words.HELP]
    assert told(scene.say(ANN, "!list", room=HALL)) == ["1 waiting, 0 served.\n7q2k: Jane Doe waits"]
    assert told(scene.say("eve@acd.test", "!take 7q2k", room=HALL)) == []
    assert scene.chat.stage is Stage.WAITING


def test_two_conversations_are_never_mixed_up(scene: Scene) -> None:
    scene.bring()
    scene.bring(2, conversation="7q2kzzzzzzzzzzzz")
    codes = {chat.code: chat.conversation for chat in scene.floor.chats.values()}
    assert codes == {"7q2k": CONVERSATION, "7q2kz": "7q2kzzzzzzzzzzzz"}
    scene.say(ANN, "!take 7q2kz", room=HALL)
    [letter] = scene.say(ANN, "hello", room="!7q2kzzzzzzzzzzzz").letters
    turn = read(letter)
    assert turn
    assert (turn.address, turn.answers) == ("reply+7q2kzzzzzzzzzzzz@bridge.test", "<2@bridge.test>")


def test_what_could_not_be_kept_follows_again(scene: Scene) -> None:
    first = scene.bring()
    scene.floor.undo(first)
    again = scene.floor.step()
    assert (again.chats, again.acts) == (first.chats, first.acts)


def test_what_ended_long_ago_is_forgotten(scene: Scene) -> None:
    scene.bring()
    scene.say(ANN, "!take")
    scene.say(ANN, "!done")
    scene.floor.forget_old(AT + FORGOTTEN)
    assert scene.floor.chats
    scene.floor.forget_old(AT + FORGOTTEN + timedelta(seconds=1))
    assert scene.floor.step().gone == (f"support {CONVERSATION}",)


@pytest.mark.parametrize(
    ("user", "listed"),
    [
        ("@ann:acd.test", "ann@acd.test"),
        ("@Ann:acd.test", ""),
        ("@ann:acd.test:8448", ""),
        ("ann:acd.test", ""),
        ("@ann", ""),
        ("@an n:acd.test", ""),
        ("@ann:acd.test\n", ""),
    ],
)
def test_a_user_is_listed_as_one_name_or_not_at_all(user: str, listed: str) -> None:
    assert names.mailbox(user) == listed
    assert names.user(listed) == (user if listed else "")


def test_nobody_else_can_pass_for_ours() -> None:
    ours = ("@bridge_bot:acd.test", "@bridge_c.abc:acd.test")
    assert all(map(SPACE.is_ours, ours))
    assert not any(map(SPACE.is_ours, ("@bridge_bot:evil.test", "@bridge:acd.test", "@bridge_x:evil:acd.test2")))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KINDS = st.sampled_from(
    ["m.room.message", "m.room.member", "m.room.redaction", "m.room.encrypted", "m.room.encryption", "m.reaction", "x"]
)
KEYS = st.sampled_from(
    ["msgtype", "body", "m.relates_to", "m.new_content", "url", "filename", "membership", "redacts", "event_id"]
)


@given(
    kind=st.just("m.room.member"),
    content=st.fixed_dictionaries({"membership": json_values}),
    sender=st.just("@ann:acd.test"),
    room=st.just(ROOM),
)
def test_e21_a_membership_of_any_form_is_read(kind: str, content: dict[str, Any], sender: str, room: str) -> None:
    event(
        {"type": kind, "event_id": "$odd", "room_id": room, "sender": sender, "content": content, "state_key": sender}
    )


@given(
    kind=KINDS,
    content=st.dictionaries(KEYS, json_values | st.sampled_from(["m.text", "m.image", "join", "leave"]), max_size=6),
    sender=st.sampled_from(["@ann:acd.test", "@bob:acd.test", "@eve:evil.test", "@bridge_bot:acd.test"]),
    room=st.sampled_from([ROOM, HALL, "!other"]),
)
def test_e21_no_event_breaks_the_floor_or_speaks_for_somebody_else(
    kind: str, content: dict[str, Any], sender: str, room: str
) -> None:
    scene = Scene()
    scene.bring()
    scene.say(ANN, "!take")
    given = {
        "type": kind,
        "event_id": "$odd",
        "room_id": room,
        "sender": sender,
        "content": content,
        "state_key": sender,
    }
    if found := event(given):
        heard(scene.floor, found, AT)
    letters = scene.floor.step().letters
    assert not letters or (sender, room) == ("@ann:acd.test", ROOM)


@given(st.text(alphabet='ab"é🦊\n', max_size=50_000))
def test_parts_are_the_whole_and_none_is_too_large(text: str) -> None:
    found = words.parts(text)
    assert "".join(found) == text
    assert all(len(part.encode()) <= words.PART for part in found)
