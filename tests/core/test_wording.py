"""Notices: told once, to the right one, with what to do; texts of strangers stay quoted."""

from dataclasses import replace
from datetime import timedelta
from string import Formatter

import pytest

from bridge.core import gates, grouping, operators, share_wording, wording
from bridge.core.case import Waiver
from bridge.core.conversation import Given
from bridge.core.events import GroupGrew
from bridge.core.model import Quote
from bridge.core.operator_phrases import ALERT, OPERATOR
from bridge.core.phrases import APPROVE, HELD, NEVER_TOLD, OTHER_WORDS, OTHERWISE, OUTCOMES, TAKEN_BACK, TICKET
from bridge.core.policy import Policy
from bridge.core.proxies import Audience
from bridge.core.publications import Posted
from bridge.core.replies import Finding, LetterOutcome
from bridge.core.share import Tally
from bridge.core.split import Overrun
from bridge.testing import making
from bridge.testing.making import AGENT, NOW, POLICY

RECORD = replace(making.waiting(), subject="Jane Doe on Forum: The shop is down", tag="[acme #17]")
TALLY = Tally(published=3, waiting=1, left_out={"changed": 2, "own_ticket": 1})
REASONS = sorted({gate.reason for gate in gates.GATES})


def finding(reason: str, detail: str = "two lines look like a signature") -> Finding:
    return Finding(gate="G8", reason=reason, outcome=LetterOutcome.HELD, detail=detail)


def held(reason: str, now=NOW, text: str = "We are on it.", **changes):
    reading = replace(making.reading(text=text), **changes)
    return wording.held(RECORD, reading, finding(reason), desk="support", to=AGENT, now=now)


@pytest.mark.parametrize("reason", REASONS)
def test_every_gate_has_words_or_is_told_to_nobody(reason) -> None:
    notice = held(reason)
    if reason in NEVER_TOLD:
        assert notice is None
        return
    assert reason in HELD
    assert notice.audience is Audience.AGENT
    assert notice.to == AGENT
    assert notice.reason == reason
    assert notice.references == (RECORD.sent[0].message_id,)
    assert notice.conversation == RECORD.id
    assert notice.subject.endswith(": [acme #17] Jane Doe on Forum: The shop is down")
    assert "| We are on it." in notice.text
    assert "{" not in notice.text


@pytest.mark.parametrize("gate", gates.GATES, ids=lambda gate: gate.reason)
def test_a_release_is_offered_only_where_the_sender_may_release(gate) -> None:
    offers = "#release" in HELD[gate.reason].text if gate.reason in HELD else False
    assert offers == (gate.waiver is Waiver.SENDER)


def test_strangers_and_machines_are_never_told() -> None:
    assert {
        "no_token",
        "bad_token",
        "automatic",
        "sender_not_allowed",
        "sender_unproven",
        "bounce",
        "replay",
    } <= NEVER_TOLD
    assert not NEVER_TOLD & set(HELD)


@pytest.mark.parametrize(
    "table",
    [HELD, OUTCOMES, OPERATOR, {"": OTHERWISE}, {"": ALERT}, {"": APPROVE}, {"": OTHER_WORDS}, {"": TAKEN_BACK}],
)
def test_phrases_are_whole_and_name_known_values(table) -> None:
    known = {
        "detail",
        "reason",
        "post",
        "url",
        "count",
        "limit",
        "unit",
        "fits",
        "how",
        "subject",
        "since",
        "agent",
        "said",
        "before",
        "changed",
        "lead",
        "until",
    }
    for phrase in table.values():
        assert phrase.subject
        assert phrase.text.strip() == phrase.text
        used = {field for text in (phrase.subject, phrase.text) for _, field, _, _ in Formatter().parse(text) if field}
        assert used <= known


def test_a_reason_is_told_once_a_day_and_conversation() -> None:
    assert held("content").key == held("content", now=NOW + timedelta(hours=3), text="Other words.").key
    assert held("content").key != held("content", now=NOW + timedelta(days=1)).key
    assert held("content").key != held("extract_doubt").key


def test_an_unknown_reason_still_says_something() -> None:
    notice = held("quota_used_up")
    assert "(quota_used_up)" in notice.text
    assert "Two lines look like a signature." in notice.text


def too_long(count: int, *, whole: bool = False):
    over = Overrun(count=count, limit=280, unit="characters", at=11)
    reading = making.reading(text="We are on it, and will tell you here.")
    return wording.too_long(RECORD, reading, over, whole=whole, desk="support", to=AGENT, now=NOW)


def test_too_long_shows_the_count_the_place_and_the_way_out() -> None:
    notice = too_long(301)
    assert "has 301 characters; at most 280" in notice.text
    assert "| We are on i \u25c0" in notice.text
    assert "#split" in notice.text
    assert "| We are on it, and will tell you here." in notice.text


def test_where_one_answer_fits_no_split_is_offered() -> None:
    notice = too_long(301, whole=True)
    assert "has 301 characters; at most 280" in notice.text
    assert "#split" not in notice.text


def test_who_shortens_and_not_enough_hears_it_again() -> None:
    assert too_long(301).key == too_long(301).key != too_long(290).key


@pytest.mark.parametrize(
    "reason", ["late", "unsure", "refused", "undeliverable", "login", "target_gone", "of_an_adapter"]
)
def test_a_publication_held_at_the_last_moment_is_told_once(reason) -> None:
    publish = making.publish()
    notice = wording.held_publication(RECORD, publish, reason, detail="", now=NOW)
    assert notice.to == publish.notify
    assert notice.key == f"tell|{reason}|{publish.key}"
    assert "| We are on it." in notice.text
    assert "{" not in notice.text
    assert "\n\n\n" not in notice.text


def test_what_cannot_be_known_is_given_to_a_person() -> None:
    text = wording.held_publication(RECORD, making.publish(), "unsure", detail="", now=NOW).text
    assert "#done" in text
    assert "#release" in text
    assert "https://forum.test/t1/p1" in text


@pytest.mark.parametrize("reason", sorted(OUTCOMES))
def test_outcomes_are_told_once_for_each_publication(reason) -> None:
    publish = making.publish()
    notice = wording.outcome(RECORD, publish, reason, url="https://forum.test/r9", now=NOW)
    assert notice.key == f"tell|{reason}|{publish.key}"
    assert notice.audience is Audience.AGENT


def test_published_gives_the_link_and_no_other_kind_of_address() -> None:
    posted = Posted(id="r9", url="https://forum.test/t1/r9")
    assert posted.url in wording.published(RECORD, making.publish(), posted, now=NOW).text
    bad = Posted(id="r9", url="javascript:alert(1)")
    assert "javascript" not in wording.published(RECORD, making.publish(), bad, now=NOW).text


def test_a_rehearsal_shows_the_exact_words() -> None:
    publication = making.publish("We are\non it.").publication
    notice = wording.rehearsed(RECORD, publication, others=0, desk="support", to=AGENT, now=NOW)
    assert "In public these exact words" in notice.text
    assert notice.text.endswith("| We are\n| on it.")
    assert notice.key == f"tell|rehearsal|{publication.key}"


@pytest.mark.parametrize("reason", sorted(TICKET))
def test_a_ticket_learns_under_its_own_subject(reason) -> None:
    post = making.post("p1", "new words")
    make = {
        "edited": lambda: wording.edited(RECORD, post, now=NOW),
        "deleted": lambda: wording.deleted(RECORD, "p1", now=NOW),
        "answered_natively": lambda: wording.answered_natively(
            RECORD, Given(key="native|n1", text="by hand", at=NOW), now=NOW
        ),
        "undelivered": lambda: wording.undelivered(
            RECORD, Given(key="k1", text="hello", at=NOW, published="r1"), why="no phone", now=NOW
        ),
        "grown": lambda: grouping.grown(
            RECORD, GroupGrew(step=5, count=7, people=6, newest=(post,)), at=making.moment()
        ),
        "stopped": lambda: wording.consent_changed(RECORD, post, "stopped", now=NOW),
        "started": lambda: wording.consent_changed(RECORD, post, "started", now=NOW),
        "closing": lambda: wording.closing(RECORD, post, NOW, platform="Forum", now=NOW),
        "to_all_over": lambda: share_wording.over(RECORD, making.share(), "", tally=TALLY, now=NOW),
        "to_all_taken": lambda: share_wording.taken(RECORD, making.share(), tally=TALLY, now=NOW),
        "tried": lambda: wording.tried(
            RECORD, replace(making.sent(post), tried=(Quote(author="bob", text="Press it."),)), now=NOW
        ),
        "followed": lambda: share_wording.followed(RECORD, post, now=NOW),
    }
    notice = make[reason]()
    assert notice.audience is Audience.TICKET
    assert notice.to == ""
    assert notice.subject == "[acme #17] Jane Doe on Forum: The shop is down"
    assert notice.customer == "Jane Doe"
    assert notice.desk == "support"
    assert notice.key == make[reason]().key


def test_each_version_of_an_edit_is_told() -> None:
    one, other = (wording.edited(RECORD, making.post("p1", text), now=NOW) for text in ("one", "other"))
    assert one.key != other.key
    assert "| other" in other.text


def test_the_operator_is_told_once_an_hour_and_only_where_there_is_one() -> None:
    (notice,) = operators.alert(POLICY, "undeliverable", subject="forum/p1", now=NOW)
    (later,) = operators.alert(POLICY, "undeliverable", subject="forum/p1", now=NOW + timedelta(minutes=59))
    (next_hour,) = operators.alert(POLICY, "undeliverable", subject="forum/p1", now=NOW + timedelta(hours=1))
    assert notice.key == later.key != next_hour.key
    assert notice.to == POLICY.operator
    assert notice.audience is Audience.OPERATOR
    assert operators.alert(replace(POLICY, operator=""), "undeliverable", subject="x", now=NOW) == ()
    assert (
        operators.alert(
            Policy(desks={}, channels={}, reply_domain="x", operator="o@x"), "breaker", subject="x", now=NOW
        )
        == ()
    )


@pytest.mark.parametrize("reason", [*OPERATOR, "something_new"])
def test_alerts_are_whole(reason) -> None:
    (notice,) = operators.alert(POLICY, reason, subject="channel forum", now=NOW)
    assert "channel forum" in notice.subject
    assert "{" not in notice.subject + notice.text


def test_a_broken_login_is_told_once_and_its_end_once() -> None:
    def told(reason, now):
        return operators.condition(POLICY, reason, subject="channel forum", detail="401", since=NOW, now=now)

    (broken,), (again,) = told("login", NOW), told("login", NOW + timedelta(days=2))
    (well,) = told("recovered", NOW + timedelta(days=3))
    assert broken.key == again.key != well.key
    assert "No post is lost" in broken.text
    assert "Mon 2 Mar 2026, 10:00 UTC" in well.text


def test_e16_e19_words_of_strangers_are_neither_templates_nor_ours() -> None:
    evil = "{detail} %s\n\nYour answer is published.\r\x00\u202e"
    notice = wording.edited(RECORD, making.post("p1", evil), now=NOW)
    assert notice.text.endswith("| {detail} %s\n\n| Your answer is published.")
    assert "\x00" not in notice.text
    assert "\u202e" not in notice.text


def test_a_conversation_without_a_subject_still_has_one() -> None:
    notice = wording.deleted(making.waiting(), "p1", now=NOW)
    assert notice.subject == "Jane Doe on forum: The shop is down, can you help?"
