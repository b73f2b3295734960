"""An admin's answer to a sample: what it may say, and that all of it counts or nothing."""

from dataclasses import replace

import pytest

from bridge.core.effects import Judge, Tell
from bridge.core.policy import Sampler
from bridge.core.replies import Command, LetterKind, LetterOutcome
from bridge.core.reviewing import Review, SampleAnswered, reviewed
from bridge.testing import making
from bridge.testing.making import NOW

ADMIN = "admin@acme.test"
SAMPLE = "a" * 16
POSTS = [making.post(f"p{n}", thread=f"t{n}", text=f"Post number {n}") for n in range(1, 6)]
REVIEWS = tuple(Review(key=post.key, post=post) for post in POSTS)
AT = making.moment(policy=replace(making.POLICY, sampler=Sampler(to=ADMIN, desk="support", posts=20)))
SAID = making.reading(
    "", sender=ADMIN, kind=LetterKind.REPLY, proof="dmarc", conversations=(SAMPLE,), desk="support", commands=()
)


def event(*lines: tuple[str, str], reviews: tuple[Review, ...] = REVIEWS, **changes: object) -> SampleAnswered:
    commands = tuple(Command(name=name, argument=words) for name, words in lines)
    said = replace(SAID, commands=commands, **changes)  # type: ignore[arg-type]  # a test's own fields
    return SampleAnswered(
        reading=said,
        received=NOW,
        inbox="replies",
        raw=b"x",
        switches={},
        sample=SAMPLE,
        reviews=reviews,
        delimiter="k3y",
    )


def labels(given: SampleAnswered) -> dict[int, str]:
    facts = reviewed(given, at=AT).facts
    return {int(fact.detail["number"]): fact.detail["label"] for fact in facts if fact.kind == "reviewed"}


S, R = "should", "right"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([(S, "3"), (R, "rest")], {3: S, 1: R, 2: R, 4: R, 5: R}),
        ([(S, "2, 4 and 5")], {2: S, 4: S, 5: S}),
        ([(S, "2-4")], {2: S, 3: S, 4: S}),
        ([(R, "1\u20132"), (S, "the rest")], {1: R, 2: R, 3: S, 4: S, 5: S}),
        ([(R, "all")], dict.fromkeys(range(1, 6), R)),
        ([(S, "none"), (R, "Rest")], dict.fromkeys(range(1, 6), R)),
        ([(S, "1"), (S, "1 2")], {1: S, 2: S}),
    ],
)
def test_numbers_as_people_write_them(lines: list[tuple[str, str]], found: dict[int, str]) -> None:
    assert labels(event(*lines)) == found


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [(S, "")],
        [(S, "6")],
        [(S, "0")],
        [(S, "4-2")],
        [(S, "3"), (R, "3")],
        [(S, "rest"), (R, "rest")],
        [(S, "three")],
        [(S, "3 because it asks 7 things")],
    ],
)
def test_what_cannot_be_understood_counts_not_at_all_and_is_told(lines: list[tuple[str, str]]) -> None:
    decision = reviewed(event((S, "1"), *lines) if lines else event(), at=AT)
    assert [fact.kind for fact in decision.facts] == ["letter"]
    assert decision.filed is not None
    assert decision.filed.outcome is LetterOutcome.REFUSED
    (told,) = decision.intents
    assert isinstance(told.effect, Tell)
    assert told.effect.notice.to == ADMIN


def test_a_strange_line_at_the_top_is_asked_about() -> None:
    decision = reviewed(event((S, "1"), unknown_commands=("#ignore 3",)), at=AT)
    assert decision.filed is not None
    assert decision.filed.reason == "not_understood"


def test_what_should_have_been_answered_goes_to_the_desk_with_its_age() -> None:
    judges = [intent.effect for intent in reviewed(event((S, "3")), at=AT).intents if isinstance(intent.effect, Judge)]
    assert [(judge.post.id, judge.desk) for judge in judges] == [("p3", "support")]
    assert judges[0].gap == "a day"
    assert judges[0].key != Judge(post=POSTS[2]).key


def test_the_same_post_goes_there_once_however_often_it_is_said() -> None:
    first = reviewed(event((S, "3")), at=AT).intents[0]
    again = reviewed(event((S, "3 4"), fingerprint="another"), at=AT).intents[0]
    assert first.key == again.key


def test_what_is_gone_or_seen_to_is_a_label_alone_and_said() -> None:
    gone = Review(key=POSTS[0].key, post=None)
    known = Review(key=POSTS[1].key, post=POSTS[1], seen_to=True)
    decision = reviewed(event((S, "1 2 3"), reviews=(gone, known, *REVIEWS[2:])), at=AT)
    judged = [intent.effect.post.id for intent in decision.intents if isinstance(intent.effect, Judge)]
    (notice,) = [intent.effect.notice for intent in decision.intents if isinstance(intent.effect, Tell)]
    assert judged == ["p3"]
    assert "Sent to desk support: 3." in notice.text
    assert "already, or they are answered: 2." in notice.text
    assert "Gone since, so that nobody can answer them: 1." in notice.text
    assert "Of 2 you said nothing" in notice.text
    assert len([fact for fact in decision.facts if fact.kind == "reviewed"]) == 3


@pytest.mark.parametrize(
    ("changes", "outcome", "reason"),
    [
        ({"sender": "ann@acme.test"}, LetterOutcome.HELD, "sender_not_allowed"),
        ({"sender": "lea@acme.test"}, LetterOutcome.HELD, "sender_not_allowed"),
        ({"submitter": "eve@evil.test"}, LetterOutcome.HELD, "sender_not_allowed"),
        ({"proof": ""}, LetterOutcome.HELD, "sender_unproven"),
        ({"proof": "internal"}, LetterOutcome.HELD, "sender_unproven"),
        ({"kind": LetterKind.AUTOMATIC}, LetterOutcome.AUTOMATIC, "automatic"),
        ({"kind": LetterKind.BOUNCE}, LetterOutcome.BOUNCE, "bounce"),
        ({"conversations": (SAMPLE, "b" * 16)}, LetterOutcome.HELD, "many_tokens"),
        ({"desk": "noc"}, LetterOutcome.HELD, "desk_missing"),
        ({"unparsable": "its MIME structure is refused"}, LetterOutcome.HELD, "unparsable"),
    ],
)
def test_nobody_else_labels_anything(changes: dict[str, object], outcome: LetterOutcome, reason: str) -> None:
    decision = reviewed(event((S, "all"), **changes), at=AT)
    assert decision.filed is not None
    assert (decision.filed.outcome, decision.filed.reason) == (outcome, reason)
    assert [fact.kind for fact in decision.facts] == ["letter"]
    assert not any(isinstance(intent.effect, Judge) for intent in decision.intents)


def test_a_revoked_admin_labels_nothing() -> None:
    decision = reviewed(replace(event((S, "all")), switches={f"agent:{ADMIN}": "revoked"}), at=AT)
    assert decision.filed is not None
    assert decision.filed.reason == "sender_not_allowed"


def test_once_nobody_shall_look_at_samples_their_answers_count_no_more() -> None:
    decision = reviewed(event((S, "all")), at=making.moment())
    assert decision.filed is not None
    assert decision.filed.outcome is LetterOutcome.HELD


def test_of_a_sample_that_is_not_kept_nothing_is_noted() -> None:
    decision = reviewed(event((S, "1"), reviews=()), at=AT)
    assert decision.filed is not None
    assert decision.filed.outcome is LetterOutcome.REFUSED
