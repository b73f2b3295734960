"""Standard responses without an agent: every doubt is a no, the verdict and the answer are one decision, and people come first."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import automatic
from bridge.core.automatic import AGENT, GRANTED, WHY
from bridge.core.conversation import Given, Phase
from bridge.core.decide import decide
from bridge.core.doubts import Asked, refusal
from bridge.core.effects import Inject, Publish, State, Tell
from bridge.core.events import AnsweredByOthers, AnsweredNatively, Performed, PostEdited, PostJudged, Refused, Withdrawn
from bridge.core.model import Author, Kind, Quote, Visibility
from bridge.core.policy import Automatic
from bridge.core.publications import Posted
from bridge.testing import making
from bridge.testing.making import CHANNEL, DESK, NOW, claimed, judge, post

ON = Automatic(on=True, never_tags=frozenset({"legal", "vip"}))
POLICY = replace(making.POLICY, automatic=ON)
AT = making.moment(policy=POLICY)
VERDICT = replace(making.VERDICT, auto_answer="hello")


def asked(**changes) -> Asked:
    given = {"record": None, "post": post(), "verdict": VERDICT, "gap": "", "storm": False, "now": NOW}
    return Asked(**(given | changes))


def test_a_fresh_public_post_may_be_answered() -> None:
    assert refusal(asked(), POLICY) == ""


RISKY = replace(VERDICT, labels={"risk": 0.35})


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("private", {"post": making.private_post()}),
        ("private", {"post": post(visibility=Visibility.PRIVATE)}),
        ("private", {"post": post(kind=Kind.SMS)}),
        ("impossible", {"post": post(answers=frozenset({Visibility.PRIVATE}))}),
        ("repost", {"post": post(is_repost=True)}),
        ("late", {"gap": "3 h 10 min"}),
        ("late", {"post": post(at=NOW - timedelta(hours=3))}),
        ("open", {"record": making.waiting(post())}),
        ("ours", {"post": post(author=Author(id="brand"))}),
        ("ours", {"post": post(author=Author(id="u7", handle="ACME"))}),
        ("ours", {"post": post(author=Author(id="u7", handle="acme_support"))}),
        ("ours", {"post": post(author=Author(id="u7", handle="x", name="\u0410cme"))}),
        ("program", {"post": post(author=Author(id="u7", handle="weatherbot"))}),
        ("program", {"post": post(author=Author(id="u7", handle="jim", name="Daily RSS"))}),
        ("answers_us", {"post": post(context=(Quote(author="acme", text="Hi", ours=True),))}),
        ("storm", {"storm": True}),
        ("sensitive", {"verdict": replace(VERDICT, tags=("order", "legal"))}),
        ("sensitive", {"verdict": RISKY}),
        ("sensitive", {"verdict": replace(VERDICT, labels={"abusive": 0.4})}),
        ("sensitive", {"post": post(text="I'm 12 and the shop is down")}),
        ("sensitive", {"post": post(text="ich bin erst 14, hilfe")}),
        ("particulars", {"post": post(text="Call me on +44 20 7946 0958 please")}),
        ("approval", {"verdict": replace(VERDICT, approve_by=("lea@acme.test",))}),
    ],
)
def test_every_doubt_is_a_no(reason: str, changes: dict[str, object]) -> None:
    assert refusal(asked(**changes), POLICY) == reason
    assert reason in WHY


@pytest.mark.parametrize(
    ("reason", "policy"),
    [
        ("off", making.POLICY),
        ("rehearsal", replace(POLICY, desks={"support": replace(DESK, live=False)})),
        ("rehearsal", replace(POLICY, desks={})),
        ("approval", replace(POLICY, desks={"support": replace(DESK, approve_by=("lea@acme.test",))})),
        ("impossible", replace(POLICY, channels={})),
        (
            "impossible",
            replace(POLICY, channels={"forum": replace(CHANNEL, limits=replace(CHANNEL.limits, max_length=0))}),
        ),
    ],
)
def test_so_does_the_policy(reason: str, policy) -> None:
    assert refusal(asked(), policy) == reason


def test_a_storm_stops_it_unless_the_route_says_otherwise() -> None:
    assert refusal(asked(storm=True, verdict=replace(VERDICT, auto_in_storm=True)), POLICY) == ""


def event(verdict=VERDICT, *, grant: str = GRANTED, of=None) -> PostJudged:
    about = of or post()
    return PostJudged(
        claimed=claimed(judge(about)),
        post=about,
        verdict=verdict,
        current=about.fingerprint,
        delimiter="abcd1234",
        grant=grant,
    )


def publication(decision) -> Publish:
    (found,) = [intent.effect for intent in decision.intents if isinstance(intent.effect, Publish)]
    return found


def proxy(decision):
    (found,) = [intent.effect.proxy for intent in decision.intents if isinstance(intent.effect, Inject)]
    return found


def test_the_answer_stands_in_the_same_decision_as_the_verdict_and_waits_for_people() -> None:
    decision = decide(None, event(), at=AT)
    publish = publication(decision)
    (intent,) = [intent for intent in decision.intents if intent.effect is publish]
    assert publish.publication.text == "Hello Jane Doe, thank you."
    assert (publish.agent, publish.notify, publish.desk) == (AGENT, "", "support")
    assert publish.gates == ("G7", "G8", "G9", "G10", "G11")
    assert intent.at == NOW + timedelta(minutes=5)
    assert publish.publish_by == NOW + timedelta(minutes=65)
    assert decision.record.answer(publish.key).agent == AGENT
    assert decision.record.phase is Phase.WAITING
    assert proxy(decision).notes[0].startswith("Automatic: at Mon 2 Mar 2026, 10:05 UTC this goes out as our answer")
    assert "Hello Jane Doe, thank you." in proxy(decision).notes[0]
    outcomes = [fact.detail["outcome"] for fact in decision.facts if fact.kind == "automatic"]
    assert outcomes == [GRANTED]


def test_it_is_in_the_language_of_the_post() -> None:
    assert publication(decide(None, event(of=post(lang="de")), at=AT)).publication.text == "Hallo Jane Doe, danke."


def test_the_same_post_has_one_key_however_often_it_is_judged_and_edited() -> None:
    first = publication(decide(None, event(), at=AT))
    later = publication(decide(None, event(of=post(text="The shop is down!!")), at=AT))
    assert first.key == later.key


def test_what_is_not_granted_goes_to_its_desk_alone_and_says_why() -> None:
    decision = decide(None, event(grant="budget"), at=AT)
    assert not any(isinstance(intent.effect, Publish) for intent in decision.intents)
    assert proxy(decision).notes[0] == "Automatic: no answer goes out by itself, the channel's budget is used up."
    assert decision.record.given == ()
    assert [fact.detail["outcome"] for fact in decision.facts if fact.kind == "automatic"] == ["budget"]


@pytest.mark.parametrize(
    "text",
    [
        "Call 020 7946 0958, {customer}",
        "See https://evil.test/x",
        "@somebody else knows",
        "x" * 1000,
        " ",
    ],
)
def test_a_response_that_no_agent_might_send_is_not_sent(text: str) -> None:
    at = making.moment(policy=replace(POLICY, responses={"hello": text}))
    decision = decide(None, event(), at=at)
    assert not any(isinstance(intent.effect, Publish) for intent in decision.intents)
    assert proxy(decision).notes[0].startswith("Automatic: no answer goes out by itself")


def test_a_customer_whose_name_is_an_advertisement_gets_none() -> None:
    author = Author(id="u5", handle="joe", name="buy at https://evil.test/x")
    decision = decide(None, event(of=post(author=author)), at=AT)
    assert not any(isinstance(intent.effect, Publish) for intent in decision.intents)


def test_a_route_without_it_stays_as_it_was() -> None:
    decision = decide(None, event(making.VERDICT, grant=""), at=AT)
    assert [type(intent.effect) for intent in decision.intents] == [Inject]
    assert not any(note.startswith("Automatic") for note in proxy(decision).notes)


def performed(decision, **changes):
    publish = publication(decision)
    done = Performed(claimed=claimed(publish), posted=Posted(id="r1"))
    return decide(replace(decision.record, **changes), done, at=AT)


def test_the_ticket_goes_on_waiting_for_its_agent_after_it() -> None:
    decision = performed(decide(None, event(), at=AT))
    assert decision.record.phase is Phase.WAITING
    assert decision.facts[0].actor == AGENT


def test_where_the_ticket_was_to_come_only_without_it_the_conversation_is_answered() -> None:
    held = decide(None, event(replace(VERDICT, hold_for=timedelta(hours=1))), at=AT)
    assert performed(held).record.phase is Phase.ANSWERED


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("closed", {"phase": Phase.CLOSED}),
        ("closed", {"phase": Phase.LEFT}),
        ("overtaken", {"phase": Phase.ANSWERED}),
        ("target_changed", {"posts": (post(text="The shop is down, and I was insulted there!"),)}),
        ("target_changed", {"posts": ()}),
        ("overtaken", {"given": (Given(key="native|x", text="Fixed", at=NOW, post="p1", published="r9"),)}),
    ],
)
def test_whoever_is_quicker_takes_its_place(reason: str, changes) -> None:
    decision = decide(None, event(), at=AT)
    record = replace(decision.record, **changes)
    assert automatic.overtaken(publication(decision), record, storm=False, policy=POLICY) == reason


def test_another_customer_who_answered_first_keeps_it_back_however_the_post_is_edited_then() -> None:
    first = decide(None, event(replace(VERDICT, hold_for=timedelta(hours=1))), at=AT)
    help_ = post("r9", "From nine to five.", author=Author(id="u9", handle="joe"), parent="p1")
    helped = decide(first.record, AnsweredByOthers(answer=help_), at=AT).record
    assert automatic.overtaken(publication(first), helped, storm=False, policy=POLICY) == "overtaken"
    edited = post(text="I was insulted in your shop!")
    assert decide(helped, PostEdited(post=edited, before=post().fingerprint), at=AT).intents, "it is judged anew"
    again = decide(helped, event(making.VERDICT, of=edited, grant=""), at=AT).record
    assert automatic.overtaken(publication(first), again, storm=False, policy=POLICY) == "target_changed"


def test_the_last_look_asks_for_switch_desk_and_storm_again() -> None:
    decision = decide(None, event(), at=AT)
    publish, record = publication(decision), decision.record
    assert automatic.overtaken(publish, record, storm=False, policy=POLICY) == ""
    assert automatic.overtaken(publish, record, storm=True, policy=POLICY) == "storm"
    assert automatic.overtaken(publish, None, storm=False, policy=POLICY) == "erased"
    off = replace(POLICY, automatic=replace(ON, on=False))
    assert automatic.overtaken(publish, record, storm=False, policy=off) == "off"
    assert automatic.overtaken(publish, record, storm=False, policy=replace(POLICY, desks={})) == "rehearsal"
    stormy = publication(decide(None, event(replace(VERDICT, auto_in_storm=True)), at=AT))
    assert automatic.overtaken(stormy, record, storm=True, policy=POLICY) == ""


@pytest.mark.parametrize("outcome", ["withdrawn", "refused"])
def test_a_ticket_hears_that_the_answer_which_it_was_promised_did_not_go_out(outcome: str) -> None:
    first = decide(None, event(), at=AT)
    row = claimed(publication(first))
    happened = (
        Withdrawn(claimed=row, reason="overtaken") if outcome == "withdrawn" else Refused(claimed=row, reason="refused")
    )
    decision = decide(first.record, happened, at=AT)
    (told,) = [intent.effect.notice for intent in decision.intents if isinstance(intent.effect, Tell)]
    assert "The automatic answer did not go out" in told.text
    assert decision.settlements[0].state is State.DROPPED
    assert decision.record.answer(row.key).dropped


def test_a_doubtful_one_is_kept_for_a_person_like_every_answer() -> None:
    first = decide(None, event(), at=AT)
    row = claimed(publication(first))
    decision = decide(first.record, Refused(claimed=row, reason="unsure"), at=AT)
    assert decision.settlements[0].state is State.HELD
    (told,) = [intent.effect.notice for intent in decision.intents if isinstance(intent.effect, Tell)]
    assert "not certain whether the automatic answer stands there" in told.text


def test_an_answer_given_by_hand_meanwhile_keeps_it_back() -> None:
    first = decide(None, event(), at=AT)
    by_hand = post("r9", "Fixed!", author=making.BRAND, parent="p1")
    after = decide(first.record, AnsweredNatively(answer=by_hand), at=AT).record
    assert automatic.overtaken(publication(first), after, storm=False, policy=POLICY) == "overtaken"
