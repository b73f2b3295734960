"""A platform's time for private answers: the ticket is warned before it is over, once, and only while it waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.effects import LANES, Inject, Remind, State
from bridge.core.events import Performed, PostJudged
from bridge.core.lane import Lane
from bridge.core.model import Visibility
from bridge.core.proxies import Audience
from bridge.testing.making import NOW, VERDICT, claimed, judge, moment, post, private_post, waiting

DAY = timedelta(hours=24)
OPEN = replace(private_post(), private_until=NOW + DAY)


def judged(of):
    event = PostJudged(
        claimed=claimed(judge(of)), post=of, verdict=VERDICT, current=of.fingerprint, delimiter="abcd1234"
    )
    return decide(None, event, at=moment())


def reminded(record, of, *, now):
    effect = Remind(post=of.id, conversation=record.id, until=of.private_until)
    return decide(record, Performed(claimed=claimed(effect)), at=moment(now))


def test_the_warning_is_intended_with_the_proxy_and_keeps_nothing_waiting() -> None:
    inject, remind = judged(OPEN).intents
    assert isinstance(inject.effect, Inject)
    assert remind.effect == Remind(post="d1", conversation=OPEN.conversation.id, until=OPEN.private_until)
    assert remind.at == NOW + timedelta(hours=20)
    assert [kind for kind, lane in LANES.items() if lane is Lane.LATER] == [Remind]


@pytest.mark.parametrize(
    "of",
    [
        private_post(),
        replace(private_post(), private_until=NOW),
        post(private_until=NOW + DAY, answers=frozenset({Visibility.PUBLIC})),
    ],
    ids=["no limit", "over already", "public answers only"],
)
def test_nothing_is_intended_where_no_time_runs(of) -> None:
    (only,) = judged(of).intents
    assert isinstance(only.effect, Inject)


@pytest.mark.parametrize(
    ("of", "tail"),
    [
        (replace(OPEN, answer_url="https://box.test/"), "given by hand: https://box.test/"),
        (post(private_until=NOW + DAY, answer_url="https://box.test/"), "An answer in public is still possible"),
    ],
    ids=["private", "public"],
)
def test_the_ticket_is_warned_while_it_waits(of, tail: str) -> None:
    decision = reminded(waiting(of), of, now=NOW + timedelta(hours=20))
    (notice,) = [intent.effect.notice for intent in decision.intents]
    assert (notice.audience, notice.reason) == (Audience.TICKET, "closing")
    assert "on Forum yet, and a private one is taken there only until" in notice.text
    assert tail in notice.text
    assert decision.settlements[0].state is State.DONE


@pytest.mark.parametrize("phase", [Phase.ANSWERED, Phase.CLOSED, Phase.LEFT])
def test_nobody_is_warned_of_what_is_answered_or_set_aside(phase: Phase) -> None:
    record = replace(waiting(OPEN), phase=phase)
    assert reminded(record, OPEN, now=NOW + timedelta(hours=20)).intents == ()


def test_nobody_is_warned_of_what_is_gone_or_over() -> None:
    gone = replace(waiting(OPEN), deleted=(OPEN.id,))
    assert reminded(gone, OPEN, now=NOW + timedelta(hours=20)).intents == ()
    assert reminded(waiting(OPEN), OPEN, now=NOW + DAY).intents == ()


def test_a_later_message_has_a_later_warning_in_its_place() -> None:
    later = replace(OPEN, id="d2", private_until=NOW + DAY + timedelta(hours=1))
    record = waiting(OPEN, later)
    assert reminded(record, OPEN, now=NOW + timedelta(hours=20)).intents == ()
    assert len(reminded(record, later, now=NOW + timedelta(hours=21)).intents) == 1
