"""How letters walk through the gates: closed by default, released only by whom it may concern, answered under one post."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bridge.core import gates
from bridge.core.case import Case, Waiver, answered
from bridge.core.conversation import Record
from bridge.core.gates import GATES, RIGHTS, Gate, Passed, may_be_told, walk
from bridge.core.model import Visibility
from bridge.core.policy import Limits
from bridge.core.replies import Command, Finding, LetterOutcome
from bridge.testing.cases import (
    NOON,
    SYSTEM,
    case,
    command,
    post,
    private,
    proxy_id,
    reading,
    record,
    sent,
)

HELD, REFUSED = LetterOutcome.HELD, LetterOutcome.REFUSED

# Who is told, and who may overrule.


def test_nobody_is_told_about_a_letter_of_no_desk() -> None:
    assert not may_be_told(case(desk=None))


def test_a_released_letter_still_meets_the_gates_behind() -> None:
    letter = case(**SYSTEM, reading__proof="", waived={"first_answer": Waiver.OPERATOR})
    finding = walk(letter)
    assert isinstance(finding, Finding)
    assert finding.reason == "sender_unproven"


def test_what_was_waived_is_on_record() -> None:
    passed = walk(case(doubtful=True, waived={"doubtful": Waiver.SENDER, "content": Waiver.OPERATOR}))
    assert isinstance(passed, Passed)
    assert passed.waived == ("doubtful",)


def test_the_sender_cannot_release_from_what_limits_a_thief() -> None:
    """A06: a stolen mailbox does not open the content rules, the breaker, the list of senders or their proof."""
    firm = {gate.reason for gate in GATES if gate.waiver > Waiver.SENDER}
    assert {
        "content",
        "breaker",
        "sender_not_allowed",
        "sender_unproven",
        "approval",
        "own_address",
        "private_words",
    } <= firm


# Closed by default.


@pytest.mark.parametrize(
    "answer", [True, False, 0, b"", [], object()], ids=["true", "false", "zero", "bytes", "list", "object"]
)
def test_an_unknown_answer_of_a_gate_is_held(answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    odd: Callable[[Case], Any] = lambda _: answer  # noqa: E731 - a gate in one line
    monkeypatch.setattr(gates, "GATES", (*RIGHTS, Gate("G9", "content", HELD, Waiver.OPERATOR, odd)))
    finding = walk(case())
    assert isinstance(finding, Finding)
    assert (finding.gate, finding.reason, finding.outcome) == ("G9", "content", HELD)


@pytest.mark.parametrize("number", range(len(GATES)))
def test_a_gate_that_fails_is_shut(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Case) -> str | None:
        raise ZeroDivisionError("private text")

    broken = replace(GATES[number], check=fails)
    monkeypatch.setattr(gates, "GATES", (*GATES[:number], broken, *GATES[number + 1 :]))
    finding = walk(case())
    assert isinstance(finding, Finding)
    assert (finding.reason, finding.outcome) == (broken.reason, HELD)
    assert "private" not in finding.detail


def test_a_counting_rule_that_fails_holds_the_answer() -> None:
    def fails(_: str) -> int:
        raise RuntimeError

    finding = walk(case(channel__limits=Limits(max_length=10, count=fails)))
    assert isinstance(finding, Finding)
    assert (finding.reason, finding.outcome) == ("too_long", HELD)


# Which post is answered.


def threaded() -> Record:
    older, newer = post("p1"), post("p2", text="And now the south is down as well.")
    return record(posts=(older, newer), sent=(sent(older, "a", 60), sent(newer, "b", 30)))


@pytest.mark.parametrize(
    ("in_reply_to", "expected"),
    [
        ((proxy_id("a"),), "p1"),
        ((proxy_id("b"), proxy_id("a")), "p2"),
        ((proxy_id("A"),), "p1"),
        ((), "p2"),
        (("<strange@acme.example>",), "p2"),
        ((proxy_id("z"),), "p2"),
        (("<strange@acme.example>", proxy_id("a")), "p1"),
    ],
)
def test_the_post_is_chosen_among_the_own_proxies(in_reply_to: tuple[str, ...], expected: str) -> None:
    found = answered(threaded(), reading(in_reply_to=in_reply_to), received=NOON)
    assert found is not None
    assert found.post == expected


def test_nobody_answers_a_proxy_that_was_not_yet_there() -> None:
    found = answered(threaded(), reading(in_reply_to=()), received=NOON - timedelta(minutes=45))
    assert found is not None
    assert found.post == "p1"


def test_without_proxies_nothing_is_answered() -> None:
    assert answered(record(sent=()), reading(), received=NOON) is None


@pytest.mark.parametrize("commands", [(), command("private"), command("close", "media")])
def test_law_9_a_private_conversation_is_answered_in_private_whatever_is_asked(commands: tuple[Command, ...]) -> None:
    assert private(reading__commands=commands).visibility is Visibility.PRIVATE
    assert case(record=None).visibility is Visibility.PRIVATE
