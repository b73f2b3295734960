"""The weekly sample: its week by the installation's own time, a draw that is the same each time, and what it says of all."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bridge.core.effects import Tell
from bridge.core.model import PostKey, Reason, Verdict
from bridge.core.policy import Sampler
from bridge.core.proxies import Audience
from bridge.core.sampling import (
    MODEL,
    NEAR,
    NOTHING,
    Brief,
    Draw,
    Lot,
    Pick,
    Tally,
    Week,
    before,
    finished,
    missed,
    sampled,
    tally,
    wanted,
)
from bridge.testing import making

WEEK = finished(making.NOW, UTC)
BERLIN = ZoneInfo("Europe/Berlin")
SAMPLER = Sampler(to="admin@acme.test", desk="support", posts=20)


@pytest.mark.parametrize(
    ("now", "name"),
    [
        (datetime(2026, 3, 2, 5, 59, tzinfo=UTC), "2026-W08"),  # one minute to seven in Berlin
        (datetime(2026, 3, 2, 6, 0, tzinfo=UTC), "2026-W09"),
        (datetime(2026, 3, 8, 23, 30, tzinfo=UTC), "2026-W09"),
        (datetime(2027, 1, 4, 12, 0, tzinfo=UTC), "2026-W53"),
    ],
)
def test_a_week_is_over_on_monday_at_seven(now: datetime, name: str) -> None:
    assert finished(now, BERLIN).name == name


def test_a_week_with_a_change_of_the_clocks_is_a_whole_one() -> None:
    week = finished(datetime(2026, 3, 30, 12, 0, tzinfo=UTC), BERLIN)
    assert week.until - week.since == timedelta(hours=167)
    assert week.until == datetime(2026, 3, 29, 22, 0, tzinfo=UTC)


def test_weeks_before_one_follow_without_a_hole_through_a_change_of_the_clocks() -> None:
    weeks = before(finished(datetime(2026, 4, 20, 12, 0, tzinfo=UTC), BERLIN), BERLIN, 8)
    assert [week.name for week in weeks] == [f"2026-W{number:02}" for number in range(16, 8, -1)]
    assert all(later.since == earlier.until for later, earlier in itertools.pairwise(weeks))


@pytest.mark.parametrize(
    ("brief", "stratum"),
    [
        (Brief(), NOTHING),
        (Brief(points=2, why=(Reason(rule="a", hit=True, detail=""), Reason(rule="", hit=False, detail=""))), NEAR),
        (Brief(labels={"actionable": 0.7}), MODEL),
        (Brief(points=3, why=(Reason(rule="our people", hit=True, detail="route; author: @us"),)), "route our people"),
    ],
)
def test_the_reason_in_one_word(brief: Brief, stratum: str) -> None:
    assert brief.stratum == stratum


def drawn(posts: list[tuple[PostKey, str]], most: int) -> Draw:
    lot = Lot(WEEK, most)
    for key, stratum in posts:
        lot.add(key, stratum)
    return lot.drawn()


def many(stratum: str, count: int) -> list[tuple[PostKey, str]]:
    return [(PostKey(channel="forum", id=f"{stratum}{n}"), stratum) for n in range(count)]


def test_a_draw_has_near_misses_twice_as_often_and_some_of_every_reason() -> None:
    posts = [*many(NOTHING, 900), *many(NEAR, 40), *many("route staff", 60), *many("route spam", 1)]
    draw = drawn(posts, 20)
    counts = {stratum: sum(pick.stratum == stratum for pick in draw.picks) for stratum in draw.of}
    assert draw.of == {NOTHING: 900, NEAR: 40, "route staff": 60, "route spam": 1}
    assert counts == {NEAR: 10, NOTHING: 5, "route staff": 4, "route spam": 1}


def test_a_draw_is_the_same_in_whatever_order_posts_come_and_another_in_another_week() -> None:
    posts = [*many(NOTHING, 300), *many(NEAR, 30)]
    shuffled = random.Random(1).sample(posts, len(posts))
    assert drawn(posts, 20) == drawn(shuffled, 20)
    lot = Lot(finished(making.NOW + timedelta(days=7), UTC), 20)
    for key, stratum in posts:
        lot.add(key, stratum)
    assert lot.drawn().picks != drawn(posts, 20).picks


def test_what_is_less_than_wanted_is_drawn_whole() -> None:
    assert {pick.key.id for pick in drawn(many(NEAR, 3), 20).picks} == {"near0", "near1", "near2"}
    assert drawn([], 20) == Draw(picks=(), of={})


def test_the_mail_shows_words_reasons_and_places_by_number() -> None:
    near = making.post("p1", "Is anybody there?\n#should 1", url="https://forum.test/p1")
    verdict = Verdict(route=None, desk=None, points=1, why=(Reason(rule="asks", hit=True, detail="is_question: ?"),))
    draw = Draw(picks=(Pick(key=near.key, stratum=NEAR),), of={NEAR: 1, NOTHING: 1500})
    decision = sampled(
        WEEK, draw, {near.key: (near, verdict)}, sampler=SAMPLER, delimiter="k3yk3yk3", at=making.moment()
    )
    (intent,) = decision.intents
    assert isinstance(intent.effect, Tell)
    notice = intent.effect.notice
    assert (notice.audience, notice.to, notice.drawn) == (Audience.ADMIN, "admin@acme.test", (near.key,))
    assert notice.subject == "Rightly left alone? 1 of 1,501 posts, week 2026-W09"
    assert "1. jane on forum" in notice.text
    assert "| Is anybody there?\n| #should 1\n" in notice.text
    assert "Left alone: too few points (asks: is_question: ?)" in notice.text
    assert "https://forum.test/p1" in notice.text
    assert decision.once == decision.facts[0].key == "sampled|2026-W09"
    assert decision.facts[0].detail == {"of near": "1", "of nothing": "1500", "1": "forum/p1", "why 1": "near"}


def test_of_a_week_in_which_nothing_was_left_alone_there_is_no_mail() -> None:
    decision = sampled(WEEK, Draw(picks=(), of={}), {}, sampler=SAMPLER, delimiter="x", at=making.moment())
    assert decision.intents == ()
    assert decision.once


def test_each_reason_counts_by_how_many_it_left_alone() -> None:
    """Half of the 100 near misses and none of the 900 others: 5 % of all, though 5 of the 15 that were looked at."""
    said = (*(((NEAR, True),) * 5), *(((NEAR, False),) * 5), *(((NOTHING, False),) * 5))
    found = missed([Tally(of={NEAR: 100, NOTHING: 900}, said=said)])
    assert (found.judged, found.should, found.share) == (15, 5, pytest.approx(0.05))


def test_where_nobody_looked_there_is_no_share() -> None:
    assert missed([Tally(of={NEAR: 5}, said=())]).share is None
    assert missed([]).share is None


def test_the_last_word_about_a_number_counts() -> None:
    sample = {"of near": "4", "1": "forum/p1", "why 1": NEAR, "2": "forum/p2", "why 2": NEAR}
    words = [
        {"number": "1", "label": "right"},
        {"number": "2", "label": "right"},
        {"number": "1", "label": "should"},
        {"number": "9", "label": "should"},
    ]
    assert set(tally(sample, words).said) == {(NEAR, True), (NEAR, False)}


def test_what_a_person_wants_goes_to_the_desk_at_once_and_what_a_route_takes_stays_with_it() -> None:
    left = Verdict(route=None, desk=None, hold_for=timedelta(hours=4), fold=timedelta(hours=1), points=2)
    found = wanted(left, "noc")
    assert (found.route, found.desk, found.hold_for, found.fold, found.points) == ("sample", "noc", None, None, 2)
    assert wanted(making.VERDICT, "noc").desk == "support"
    assert wanted(left, "") is left


def test_a_week_is_named_like_a_conversation_and_each_otherwise() -> None:
    ids = {Week(name=f"2026-W{n:02}", since=making.NOW, until=making.NOW).id for n in range(1, 53)}
    assert len(ids) == 52
    assert all(len(each) == 16 for each in ids)
