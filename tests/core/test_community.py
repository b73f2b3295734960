"""The community first: whose answers count, what the ticket learns of the others, and at which hour it comes."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import arrivals, community
from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.decision import Decision
from bridge.core.effects import State
from bridge.core.events import AnsweredByOthers, Page, Performed, PostJudged, Sighting
from bridge.core.rules import compile_rules, judge
from bridge.core.rules.vocabulary import Hours, Route, Situation, When
from bridge.ports import Known
from bridge.testing.making import CHANNEL, CUSTOMER, NOW, VERDICT, claimed, moment, post, waiting
from bridge.testing.making import judge as to_judge

OTHER = replace(CUSTOMER, id="u2", handle="bob")
ANSWER = post("p9", "Hold the button for ten seconds.", parent="p1", author=OTHER)
HELPERS = ("accepted", "liked", "@Wizard", "forum/u77")


def held(helpers=HELPERS, until=NOW + timedelta(hours=4)):
    """A conversation whose post the community may answer first."""
    record = waiting()
    return replace(record, sent=tuple(replace(s, at=until, waits=True, helped_by=helpers) for s in record.sent))


def helped(record, answer):
    return decide(record, AnsweredByOthers(answer=answer), at=moment())


@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        (ANSWER, False),
        (replace(ANSWER, accepted=True), True),
        (replace(ANSWER, likes=1), True),
        (replace(ANSWER, author=replace(OTHER, handle="wizard")), True),
        (replace(ANSWER, author=replace(OTHER, id="u77")), True),
        (replace(ANSWER, author=replace(OTHER, handle="accepted")), False),
    ],
    ids=["anybody", "accepted", "liked", "super-user by handle", "super-user by id", "who calls himself so"],
)
def test_whose_answers_count(answer, counts) -> None:
    assert community.helps(answer, HELPERS) is counts
    assert community.helps(answer, ())


@pytest.mark.parametrize(
    ("helpers", "answer"),
    [
        (("liked",), replace(ANSWER, accepted=True)),
        (("accepted",), replace(ANSWER, likes=9)),
        (("@wizard",), replace(ANSWER, likes=9, accepted=True)),
    ],
)
def test_only_what_is_named_counts(helpers, answer) -> None:
    assert not community.helps(answer, helpers)


def test_an_answer_that_counts_keeps_the_post_from_the_queue() -> None:
    decision = helped(held(), replace(ANSWER, accepted=True))
    assert [(s.state, s.reason) for s in decision.settlements] == [(State.DROPPED, "answered_by_others")]
    assert (decision.record.phase, decision.record.sent) == (Phase.ANSWERED, ())


def test_an_answer_that_nobody_vouches_for_is_remembered_once() -> None:
    """And in its newest words, should it be edited."""
    decision = helped(held(), ANSWER)
    [sent] = decision.record.sent
    assert (decision.settlements, decision.record.phase) == ((), Phase.WAITING)
    assert [(quote.author, quote.text) for quote in sent.tried] == [("bob", ANSWER.text)]
    assert helped(decision.record, ANSWER) == Decision()
    [edited] = helped(decision.record, replace(ANSWER, text="For twenty.")).record.sent
    assert [quote.text for quote in edited.tried] == ["For twenty."]


def test_it_counts_as_soon_as_somebody_vouches_for_it() -> None:
    tried = helped(held(), ANSWER).record
    assert helped(tried, replace(ANSWER, likes=1)).settlements


def test_no_more_is_remembered_than_a_ticket_can_show() -> None:
    record = held()
    for number in range(20):
        answer = replace(ANSWER, id=f"a{number}", url=f"https://forum.test/a{number}", text=f"{number} " * 500)
        record = helped(record, answer).record
    [sent] = record.sent
    assert [quote.url for quote in sent.tried] == [f"https://forum.test/a{n}" for n in range(15, 20)]
    assert all(len(quote.text) <= 300 for quote in sent.tried)


def test_silence_brings_the_ticket_with_what_was_tried() -> None:
    """Told right after the proxy, in its own thread; and forgotten then."""
    record = helped(held(until=NOW + timedelta(minutes=1)), ANSWER).record
    event = PostJudged(
        claimed=claimed(to_judge()), post=post(), verdict=VERDICT, current=post().fingerprint, delimiter="abcd1234"
    )
    [inject] = [i.effect for i in decide(None, event, at=moment()).intents]
    record = replace(record, sent=tuple(replace(s, key=inject.key) for s in record.sent))
    decision = decide(record, Performed(claimed=claimed(inject)), at=moment(NOW + timedelta(hours=4)))
    [tell] = [intent.effect for intent in decision.intents]
    assert "what was tried" in tell.notice.text
    assert ANSWER.text in tell.notice.text
    assert ANSWER.url in tell.notice.text
    assert [s.tried for s in decision.record.sent] == [()]


def test_the_helpers_of_the_route_come_with_the_proxy() -> None:
    verdict = replace(VERDICT, hold_for=timedelta(hours=4), helped_by=HELPERS)
    event = PostJudged(
        claimed=claimed(to_judge()), post=post(), verdict=verdict, current=post().fingerprint, delimiter="abcd1234"
    )
    assert decide(None, event, at=moment()).record.sent[0].helped_by == HELPERS


def sorted_out(*posts, known=("p1", "p9")):
    page = Page(sightings=tuple(Sighting(post=each) for each in posts), cursor="2")
    fingerprints = {"p1": post().fingerprint, "p9": ANSWER.fingerprint}
    ours = {name: Known(fingerprint=fingerprints[name], conversation="c1") for name in known}
    return arrivals.sort_out(page, ours, channel=CHANNEL, before="1", now=NOW)


def test_an_answer_that_is_liked_later_is_heard_of_again() -> None:
    """Its words are known, so it is no edit and nothing new."""
    liked = replace(ANSWER, likes=2)
    found = sorted_out(liked)
    assert found.vouched == (liked,)
    assert (found.events, found.page.sightings) == ((), ())
    assert sorted_out(ANSWER).vouched == ()
    assert sorted_out(liked, known=("p9",)).vouched == ()
    assert sorted_out(replace(liked, author=replace(OTHER, id=next(iter(CHANNEL.own))))).vouched == ()


BERLIN = ZoneInfo("Europe/Berlin")
DAY = Hours(since=time(8), until=time(18), zone=BERLIN, zone_name="Europe/Berlin")
NIGHT = Hours(since=time(22), until=time(6), zone=BERLIN, zone_name="Europe/Berlin")


@pytest.mark.parametrize(
    ("hours", "at", "opens"),
    [
        (DAY, "2026-11-20T12:00", "2026-11-20T12:00"),
        (DAY, "2026-11-20T08:00", "2026-11-20T08:00"),
        (DAY, "2026-11-20T18:00", "2026-11-21T08:00"),
        (DAY, "2026-11-20T03:00", "2026-11-20T08:00"),
        (NIGHT, "2026-11-20T23:00", "2026-11-20T23:00"),
        (NIGHT, "2026-11-20T05:59", "2026-11-20T05:59"),
        (NIGHT, "2026-11-20T12:00", "2026-11-20T22:00"),
        (DAY, "2026-03-28T20:00", "2026-03-29T08:00"),
        (DAY, "2026-10-24T20:00", "2026-10-25T08:00"),
    ],
)
def test_when_somebody_is_there(hours: Hours, at: str, opens: str) -> None:
    """Also over the night in which the clocks are changed."""
    moment_ = datetime.fromisoformat(at).replace(tzinfo=BERLIN).astimezone(UTC)
    assert hours.opening(moment_) == datetime.fromisoformat(opens).replace(tzinfo=BERLIN)


@given(st.timedeltas(timedelta(0), timedelta(days=365)), st.times(), st.times())
def test_the_opening_is_the_first_moment_that_is_in_it(after: timedelta, since: time, until: time) -> None:
    """And less than a day away; hours that are none never open, and hold nothing longer than to their beginning."""
    hours = Hours(since=since.replace(fold=0), until=until.replace(fold=0), zone=UTC, zone_name="UTC")
    start = datetime(2026, 1, 1, tzinfo=UTC) + after
    opening = hours.opening(start)
    assert start <= opening <= start + timedelta(days=1)
    assert hours.holds(opening) or since == until


def test_a_route_holds_until_somebody_is_there() -> None:
    route = Route(name="later", when=When(), desk="support", hold_for=timedelta(hours=4), hold_hours=DAY)
    evening = datetime(2026, 11, 20, 19, 0, tzinfo=BERLIN)
    verdict = judge(compile_rules([], [route]), post(), Situation(now=evening.astimezone(UTC)))
    assert verdict.hold_for == timedelta(hours=13)
    noon = evening.replace(hour=12)
    verdict = judge(compile_rules([], [route]), post(), Situation(now=noon.astimezone(UTC)))
    assert verdict.hold_for == timedelta(hours=4)
