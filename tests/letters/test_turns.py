"""A turn of a chat is read to the last character, and only from an inbox whose letters are turns."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.replies import Command, Form, Letter, LetterKind, Turn
from bridge.letters import opening, turns
from bridge.letters.address import KeyRing, Purpose, signed_address
from bridge.letters.inspection import inspect
from bridge.letters.reading import Postmark

RING = KeyRing(keys={"k1": b"k" * 32}, signing="k1")
CONVERSATION = "abcdefghijklmnop"
ADDRESS = signed_address(RING, Purpose.REPLY, subject=CONVERSATION, desk="chat", domain="reply.acme.test")
POSTMARK = Postmark(ring=RING, domain="reply.acme.test", desks=("chat",), delivered="", form=Form.TURN)
TURN = Turn(id="t1", address=ADDRESS, sender="Ann@acme.test", proof="signature", text="We are on it.")


def read(raw: bytes, *, inbox: str = "chat", form: Form = Form.TURN):
    letter = Letter(inbox=inbox, uid="1", raw=raw, received=datetime(2026, 3, 2, tzinfo=UTC))
    found = opening.envelope(letter, replace(POSTMARK, form=form))
    return opening.reading(found, None, desks={}, key_of=lambda _selector, _domain: None)


def test_a_turn_says_what_it_says() -> None:
    said = read(turns.written(TURN))
    assert (said.conversations, said.desk, said.forged) == ((CONVERSATION,), "chat", 0)
    assert (said.sender, said.proof, said.kind) == ("ann@acme.test", "signature", LetterKind.REPLY)
    assert (said.text, said.confident, said.further) == ("We are on it.", True, True)


@given(text=st.text(alphabet="ab >-:|_*\n", max_size=300))
def test_nothing_is_cut_out_of_words_without_a_command(text: str) -> None:
    """What looks like a quotation or a signature in a mail is what the agent means in a chat."""
    assert read(turns.written(replace(TURN, text=f"> so\n-- \n{text}x"))).text == f"> so\n-- \n{text}x"


def test_commands_stand_on_top() -> None:
    said = read(turns.written(replace(TURN, text="#private\nHello")))
    assert (said.commands, said.text) == ((Command(name="private"),), "Hello")


def test_the_same_id_is_the_same_turn_whatever_it_says_and_only_there() -> None:
    one, other = turns.written(TURN), turns.written(replace(TURN, text="Other words."))
    assert read(one).fingerprint == read(other).fingerprint
    assert read(one).fingerprint != read(one, inbox="other").fingerprint
    assert read(turns.written(replace(TURN, id="t2", corrects="t1"))).corrects == read(one).fingerprint


def test_a_machine_is_no_person() -> None:
    assert read(turns.written(replace(TURN, automatic="bot"))).kind is LetterKind.AUTOMATIC


def test_a09_an_address_that_we_did_not_sign_is_forged() -> None:
    said = read(turns.written(replace(TURN, address=ADDRESS.replace(CONVERSATION, CONVERSATION[::-1]))))
    assert (said.conversations, said.forged) == ((), 1)


def test_an_address_for_complaints_opens_nothing() -> None:
    bounce = signed_address(RING, Purpose.BOUNCE, subject=CONVERSATION, desk="chat", domain="reply.acme.test")
    assert read(turns.written(replace(TURN, address=bounce))).forged == 1


def test_a_mail_that_holds_a_turn_is_a_mail() -> None:
    """The form is the inbox's, and never told from the bytes: a stranger may mail any bytes."""
    assert read(turns.written(TURN), form=Form.MAIL).sender == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[]", b"{}", b"null", b"\xff", b"[" * 5000, b'{"turn": 1}',
        turns.written(TURN).replace(b'"turn": 1', b'"turn": 2'),
        turns.written(TURN).replace(b'"t1"', b"7"),
        turns.written(TURN).replace(b'"proof"', b'"prof"'),
    ],
)  # fmt: skip
def test_e08_what_no_inbox_wrote_is_unparsable(raw: bytes) -> None:
    assert read(raw).unparsable


@pytest.mark.parametrize("change", [{"text": "x" * 20_001}, {"id": "x" * 501}, {"id": ""}, {"sender": ""}])
def test_what_is_too_large_or_nobodys_is_not_written(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"characters|empty"):
        turns.written(replace(TURN, **change))


def test_people_see_a_held_turn_as_what_it_is() -> None:
    said = inspect(turns.written(replace(TURN, text="#private\nHello")))
    assert (said.text, said.commands, said.kind) == ("Hello", (Command(name="private"),), LetterKind.REPLY)


PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 20


def test_b06_a_file_that_comes_with_the_words_is_meant_to_go_out_with_them() -> None:
    said = read(turns.written(replace(TURN, files=(b64encode(PNG).decode(),))))
    assert ([file.content for file in said.attachments], said.asks("media"), said.lost) == ([PNG], True, 0)


@pytest.mark.parametrize(
    "change", [{"links": ("https://acd.test/a.png",)}, {"files": (b64encode(b"%PDF-1").decode(),)}]
)
def test_b06_a_file_that_cannot_go_out_is_not_forgotten(change: dict[str, tuple[str, ...]]) -> None:
    said = read(turns.written(replace(TURN, **change)))
    assert (said.attachments, said.asks("media"), said.lost) == ((), True, 1)


def test_turns_of_earlier_versions_are_read() -> None:
    assert b"files" not in turns.written(TURN)


@pytest.mark.parametrize(
    "turn",
    [replace(TURN, files=("no base64!",)), replace(TURN, links=("x" * 2001,)), replace(TURN, links=("x",) * 11)],
)
def test_lists_are_bounded_and_are_what_they_say(turn: Turn) -> None:
    with pytest.raises(ValueError, match=r"one of|no list"):
        turns.written(turn)


def test_e08_lists_that_are_none_are_unparsable() -> None:
    raw = turns.written(replace(TURN, links=("https://acd.test/a.png",)))
    assert read(raw.replace(b'["https://acd.test/a.png"]', b'"https://acd.test/a.png"')).unparsable
