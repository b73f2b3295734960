"""An answer to all who joined a ticket: who gets it, who is left out and why, and what stops it for everybody."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core import sharing
from bridge.core.conversation import Given, HeldLetter, Phase, Proposal, Record
from bridge.core.decide import decide
from bridge.core.deeds import Deed
from bridge.core.effects import Act, Intent, Publish, Row, State, Tell
from bridge.core.events import DeedOrdered, GroupGrew, LetterRead, Performed, Refused
from bridge.core.model import Author, Post, Visibility
from bridge.core.publications import Posted, PublicAnswer
from bridge.core.replies import Command
from bridge.core.share import Share, Tally, ToAll
from bridge.core.share_events import FollowedUp, LeftBehind, Reached, ShareEnded, ShareStepped
from bridge.core.sharing import Standing
from bridge.testing import making
from bridge.testing.making import AGENT, NOW, POLICY, claimed, moment, reading

SAID = "The whole site is down again since ten o'clock and nobody tells us anything"
FIRST = making.post("p1", SAID, thread="t1")
OTHER = making.post("p2", f"{SAID}!", thread="t2", author=Author(id="u2", handle="bob", name="Bob"))
LIMITS = replace(making.LIMITS, to_each=lambda author: f"@{author.handle} " if author.handle else None)
CHANNEL = replace(making.CHANNEL, limits=LIMITS)
AT = moment(policy=replace(POLICY, channels={"forum": CHANNEL}))
TICKET = making.waiting(FIRST)
SHARE = making.share(post=FIRST, conversation=TICKET.id, text="We are on it.")
STANDS = Given(key="publish|f1|1", text="We are on it.", at=NOW, agent=AGENT, post="p1", letter="f1", published="9")
GOING = replace(TICKET, given=(STANDS,), to_all=(ToAll(letter="f1", agent=AGENT, at=NOW, others=3),))


def member(post: Post = OTHER, **changes: object) -> Record:
    """The conversation of one who joined."""
    made = Record(key=post.conversation, version=1, phase=Phase.FOLDED, posts=(post,), group=TICKET.id)
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


def letter(text: str = "We are on it.", *commands: str, others: int = 3, **changes: object) -> LetterRead:
    """The agent's mail."""
    named = tuple(Command(name=name) for name in commands)
    said = replace(reading(text=text, record=TICKET), commands=named)
    made = LetterRead(reading=said, received=NOW + timedelta(hours=1), inbox="replies", raw=b"", others=others)
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


LATER = replace(AT, now=NOW + timedelta(hours=1))


def effects(intents: tuple[Intent, ...], kind: type) -> list:
    return [intent.effect for intent in intents if isinstance(intent.effect, kind)]


def reasons(decision) -> list[str]:
    return [fact.detail.get("reason", "") for fact in decision.facts if fact.kind == "not_shared"]


def reached(record: Record | None = None, share: Share = SHARE, post: str = "p2", **changes):
    event = Reached(share=share, post=post, **changes)
    return decide(member() if record is None else record, event, at=AT)


def test_an_answer_to_all_goes_to_the_first_and_waits_for_it_with_the_others() -> None:
    decision = decide(TICKET, letter("We are on it.", "all"), at=LATER)
    (publish,), (share,) = effects(decision.intents, Publish), effects(decision.intents, Share)

    assert publish.publication.text == "We are on it."
    assert (share.letter, share.until, share.text) == (publish.letter, LATER.now, "We are on it.")
    assert decision.record.to_all[-1].others == 3
    assert [i.at for i in decision.intents if isinstance(i.effect, Share)] == [LATER.now + timedelta(seconds=60)]
    assert "to_all" in [intent.effect.notice.reason for intent in decision.intents if hasattr(intent.effect, "notice")]
    assert sharing.standing(decision.record, share, switches={}, at=LATER) == (Standing.WAIT, "")


def test_without_the_command_nobody_else_gets_it() -> None:
    decision = decide(TICKET, letter(others=0), at=LATER)
    assert effects(decision.intents, Publish)
    assert not effects(decision.intents, Share)


@pytest.mark.parametrize("commands", [("all",), ("all", "close")])
def test_all_without_words_is_refused(commands) -> None:
    decision = decide(TICKET, letter("", *commands), at=LATER)
    assert decision.filed.reason == "not_possible"
    assert not effects(decision.intents, Share)


def test_in_rehearsal_nobody_gets_anything_and_the_number_is_told() -> None:
    policy = replace(AT.policy, desks={"support": replace(making.DESK, live=False)})
    decision = decide(TICKET, letter("We are on it.", "all"), at=replace(LATER, policy=policy))
    assert not effects(decision.intents, Share)
    assert "up to 3 others" in decision.intents[0].effect.notice.text


def test_who_approves_sees_how_many_it_goes_to() -> None:
    policy = replace(AT.policy, desks={"support": replace(making.DESK, approve_by=("leads",))})
    decision = decide(TICKET, letter("We are on it.", "all", others=400 - 310), at=replace(LATER, policy=policy))
    asked = [i.effect.notice for i in decision.intents if i.effect.notice.reason == "approval_wanted"]
    assert "up to 90 others" in asked[0].text
    assert not effects(decision.intents, Share)


def test_a_newer_answer_to_all_takes_the_place_of_one_on_its_way() -> None:
    decision = decide(GOING, letter("It works again.", "all"), at=LATER)
    assert [entry.stopped for entry in decision.record.to_all] == ["replaced", ""]


@pytest.mark.parametrize(("commands", "others"), [((), 0), (("all",), 3)])
def test_a_corrected_text_takes_the_place_of_the_whole(commands, others) -> None:
    """Whoever forgets the line is told that nobody else gets the newer words."""
    first = decide(TICKET, letter("We are on it.", "all"), at=LATER)
    rows = tuple(making.row(publish, State.READY) for publish in effects(first.intents, Publish))
    event = letter("We are on it, really.", *commands, others=others, rows=rows)
    decision = decide(first.record, event, at=LATER)
    told = [intent.effect.notice.reason for intent in decision.intents if isinstance(intent.effect, Tell)]
    assert decision.record.to_all[0].stopped == ("replaced" if commands else "taken_back")
    assert ("all_stopped" in told) is not bool(commands)
    assert len(effects(decision.intents, Share)) == len(commands)


def test_cancel_stops_it_for_all_and_says_so() -> None:
    decision = decide(GOING, letter("", "cancel"), at=LATER)
    assert decision.record.to_all[0].stopped == "cancelled"
    told = [intent.effect.notice.reason for intent in decision.intents]
    assert "all_stopped" in told
    assert sharing.standing(decision.record, SHARE, switches={}, at=LATER) == (Standing.OVER, "cancelled")


def test_cancel_stops_it_also_where_another_answer_waits_for_approval() -> None:
    asked = {"visibility": Visibility.PUBLIC, "files": 0, "before": (), "asked": (making.LEAD,), "since": NOW}
    proposal = Proposal(desk="support", post="p1", texts=("More.",), **asked)
    held = HeldLetter(fingerprint="f2", reason="approval", sender=AGENT, at=NOW, proposal=proposal)
    decision = decide(replace(GOING, held=(held,)), letter("", "cancel"), at=LATER)
    assert decision.record.to_all[0].stopped == "cancelled"
    assert decision.record.letter("f2").rejected


@pytest.mark.parametrize(
    ("record", "share", "expected"),
    [
        (GOING, SHARE, (Standing.GO, "")),
        (None, SHARE, (Standing.OVER, "gone")),
        (TICKET, SHARE, (Standing.OVER, "gone")),
        (replace(GOING, given=(replace(STANDS, published=""),)), SHARE, (Standing.WAIT, "")),
        (replace(GOING, given=(replace(STANDS, dropped=True),)), SHARE, (Standing.OVER, "taken_back")),
        (replace(GOING, given=()), SHARE, (Standing.OVER, "taken_back")),
        (
            replace(GOING, given=(replace(STANDS, published=""),), deleted=(SHARE.post.id,)),
            SHARE,
            (Standing.OVER, "target_gone"),
        ),
        (replace(GOING, deleted=(SHARE.post.id,)), SHARE, (Standing.GO, "")),
        (GOING, replace(SHARE, publish_by=NOW - timedelta(seconds=1)), (Standing.OVER, "late")),
        (GOING, replace(SHARE, misses=3), (Standing.OVER, "refused")),
        (GOING, replace(SHARE, desk="gone"), (Standing.OVER, "desk_missing")),
        (GOING, replace(SHARE, agent="gone@acme.test"), (Standing.OVER, "revoked")),
    ],
)
def test_whether_it_goes_on(record, share, expected) -> None:
    assert sharing.standing(record, share, switches={}, at=AT) == expected


@pytest.mark.parametrize("name", [f"agent:{AGENT}", f"conversation:{TICKET.id}"])
def test_an_operator_who_silences_the_writer_or_the_ticket_stops_it_for_all(name) -> None:
    assert sharing.standing(GOING, SHARE, switches={name: "revoked"}, at=AT) == (Standing.OVER, "revoked")


def test_a_desk_that_went_into_rehearsal_gives_it_to_nobody_else() -> None:
    policy = replace(AT.policy, desks={"support": replace(making.DESK, live=False)})
    at = replace(AT, policy=policy)
    assert sharing.standing(GOING, SHARE, switches={}, at=at) == (Standing.OVER, "rehearsal")


def test_refusals_in_a_row_are_counted() -> None:
    rows = [
        making.row(making.publish(), state, reason) for state, reason in ((State.DROPPED, "refused"), (State.READY, ""))
    ]
    assert sharing.counted(SHARE, rows[0]).misses == 1
    assert sharing.counted(replace(SHARE, misses=2), rows[1]).misses == 2
    assert sharing.counted(replace(SHARE, misses=2), making.row(making.publish(), State.DONE)).misses == 0
    assert sharing.counted(replace(SHARE, misses=2), None).misses == 2


def test_each_gets_an_answer_of_their_own() -> None:
    decision = reached()
    (publish,) = effects(decision.intents, Publish)
    assert isinstance(publish.publication, PublicAnswer)
    assert (publish.publication.text, publish.publication.parent) == ("@bob We are on it.", "p2")
    assert (publish.agent, publish.letter, publish.gates, publish.notify) == (AGENT, "f1", ("G0",), "")
    assert (publish.group, publish.said) == (TICKET.id, OTHER.fingerprint)
    assert decision.record.given[-1].group == TICKET.id
    assert decision.once == reached().once


def test_standard_responses_are_filled_in_for_each() -> None:
    decision = reached(share=replace(SHARE, uses=("hello",)))
    (publish,) = effects(decision.intents, Publish)
    assert publish.publication.text == "@bob Hello Bob, thank you.\n\nWe are on it."


ANSWERED = Given(key="native|1", text="by hand", at=NOW, post="p2", published="8")


@pytest.mark.parametrize(
    ("record", "changes", "expected"),
    [
        (member(sent=(making.sent(OTHER),)), {}, "own_ticket"),
        (member(phase=Phase.WAITING), {}, "own_ticket"),
        (member(phase=Phase.CLOSED), {}, "own_ticket"),
        (member(group="another"), {}, "own_ticket"),
        (member(given=(ANSWERED,), phase=Phase.ANSWERED), {}, "answered"),
        (member(replace(OTHER, author=making.CUSTOMER)), {}, "same_person"),
        (member(replace(OTHER, text="I love this shop, and everybody in it is so kind to me")), {}, "changed"),
        (member(deleted=("p2",)), {}, "target_gone"),
        (member(replace(OTHER, answers=frozenset({Visibility.PRIVATE}))), {}, "visibility"),
        (member(replace(OTHER, answers=frozenset())), {}, "visibility"),
        (member(replace(OTHER, visibility=Visibility.PRIVATE)), {}, "visibility"),
        (member(replace(OTHER, author=Author(id="u2"))), {}, "nameless"),
        (member(replace(OTHER, author=Author(id="u2", handle="b" * 279))), {}, "too_long"),
        (member(), {"switches": {f"agent:{AGENT}": "revoked"}}, "sender_not_allowed"),
        (member(group=""), {}, None),
        (member(), {"private_texts": ("we are on it and my secret number is 4711 0815",)}, None),
        (member(), {"share": replace(SHARE, agent="gone@acme.test")}, "sender_not_allowed"),
        (member(), {"share": replace(SHARE, uses=("nothing",))}, "nameless"),
        (member(), {"share": replace(SHARE, text="See https://elsewhere.test/ please.")}, "content"),
        (
            member(),
            {
                "share": replace(SHARE, text="my secret number is 4711 0815 and no other"),
                "private_texts": ("my secret number is 4711 0815",),
            },
            "private_words",
        ),
    ],
)
def test_who_is_left_out_and_why(record, changes, expected) -> None:
    decision = reached(record, **changes)
    assert reasons(decision) == ([expected] if expected else [])
    assert bool(effects(decision.intents, Publish)) == (expected is None)


def test_too_many_answers_to_one_customer_leave_that_one_out() -> None:
    earlier = tuple(
        replace(STANDS, key=f"publish|f{n}@x|1", letter=f"f{n}", group=TICKET.id, published=str(n)) for n in range(2, 5)
    )
    assert reasons(reached(member(given=earlier, phase=Phase.ANSWERED))) == ["breaker"]
    assert reasons(reached(member(given=earlier[:2], phase=Phase.ANSWERED))) == []


def test_a_customer_who_is_not_kept_any_more_gets_nothing() -> None:
    assert decide(None, Reached(share=SHARE, post="p2"), at=AT).intents == ()
    assert decide(member(), Reached(share=SHARE, post="p3"), at=AT).intents == ()


def test_an_operators_release_holds_for_all_of_it() -> None:
    share = replace(SHARE, text="See https://elsewhere.test/ please.", waived=("content",))
    assert effects(reached(share=share).intents, Publish)


def test_the_next_one_has_its_turn_as_quickly_as_the_channel_allows() -> None:
    for current, seconds in (("publish|f1@x|1", 10), ("", 0)):
        event = ShareStepped(claimed=claimed(SHARE), after="p2", current=current, misses=1)
        (settlement,) = decide(GOING, event, at=AT).settlements
        assert (settlement.state, settlement.at) == (State.READY, NOW + timedelta(seconds=seconds))
        assert (settlement.effect.after, settlement.effect.current, settlement.effect.misses) == ("p2", current, 1)


def test_the_ticket_is_told_once_what_became_of_it() -> None:
    tally = Tally(published=1200, waiting=2, left_out={"target_gone": 3, "own_ticket": 1})
    decision = decide(GOING, ShareEnded(claimed=claimed(SHARE), reason="", tally=tally), at=AT)
    (intent,) = decision.intents
    assert "1,200 published besides the first one, 2 not certain yet" in intent.effect.notice.text
    assert "1 have a ticket of their own, 3 are gone" in intent.effect.notice.text
    assert decision.record.to_all[0].over
    assert decision.settlements[0].state is State.DONE


@pytest.mark.parametrize("reason", ["cancelled", "replaced", "taken_back"])
def test_nothing_is_told_of_what_was_taken_back_before_anybody_saw_it(reason) -> None:
    decision = decide(GOING, ShareEnded(claimed=claimed(SHARE), reason=reason, tally=Tally()), at=AT)
    assert decision.intents == ()
    assert decision.settlements[0].state is State.DROPPED
    some = decide(GOING, ShareEnded(claimed=claimed(SHARE), reason=reason, tally=Tally(published=1)), at=AT)
    assert len(some.intents) == 1


def test_what_the_platform_refuses_for_one_is_counted_and_waits_for_nobody() -> None:
    record = reached().record
    publish = effects(reached().intents, Publish)[0]
    decision = decide(record, Refused(claimed=claimed(publish), reason="refused", detail="no"), at=AT)
    assert (decision.settlements[0].state, reasons(decision)) == (State.DROPPED, ["refused"])
    assert decision.intents == ()
    assert decision.record.given[-1].dropped
    published = decide(record, Performed(claimed=claimed(publish), posted=Posted(id="77")), at=AT)
    assert published.record.phase is Phase.ANSWERED


def test_who_joined_after_the_answer_was_written_is_judged_anew() -> None:
    event = LeftBehind(group=TICKET.id, order="f1", post="p2")
    (intent,) = decide(member(), event, at=AT).intents
    assert (intent.effect.post, intent.effect.again) == (OTHER, "f1")
    assert decide(member(phase=Phase.ANSWERED), event, at=AT).intents == ()
    assert decide(member(group="another"), event, at=AT).intents == ()


def test_the_ticket_learns_who_wrote_again_at_round_numbers() -> None:
    record, told = GOING, []
    for number in range(1, 12):
        again = making.post(f"a{number}", thread="t2", author=OTHER.author)
        decision = decide(record, FollowedUp(post=again), at=AT)
        told += [number] if decision.intents else []
        record = decision.record
    assert told == [1, 2, 5, 10]
    assert record.follow_ups == 11


def test_whoever_may_speak_only_because_the_route_names_them_may_do_so_to_all() -> None:
    law = ("law@acme.test", "boss@acme.test")
    said = replace(reading(text="We are on it.", record=TICKET, sender=law[0]), commands=(Command(name="all"),))
    held = HeldLetter(fingerprint=said.fingerprint, reason="approval", sender=law[0], at=NOW, approved_by=law[1])
    ticket = replace(TICKET, approve_by=law, held=(held,))
    decision = decide(ticket, replace(letter(), reading=said), at=LATER)
    (share,) = effects(decision.intents, Share)
    stands = replace(decision.record.given[-1], published="9")
    record = decision.record.with_given(stands)
    assert sharing.standing(record, share, switches={}, at=LATER) == (Standing.GO, "")
    assert effects(reached(share=share).intents, Publish)
    assert reasons(reached(share=replace(share, approve_by=()))) == ["sender_not_allowed"]


DELETE = replace(reading(text="", record=TICKET), commands=(Command(name="delete"),))


def test_to_delete_it_takes_it_away_from_all() -> None:
    event = replace(letter(), reading=DELETE, others=0)
    decision = decide(GOING, event, at=LATER)
    (act,), (share,) = effects(decision.intents, Act), effects(decision.intents, Share)
    assert (act.target, share.taking, share.key) == ("9", DELETE.fingerprint, "share|f1|taking")
    assert decision.record.to_all[0].stopped == "deleted"
    given = replace(STANDS, key=SHARE.answer(OTHER.conversation.id), post="p2", published="77", group=TICKET.id)
    having = member(given=(given,), phase=Phase.ANSWERED)
    taken = reached(having, share)
    (act,) = effects(taken.intents, Act)
    assert (act.target, act.deed, act.quiet, act.notify) == ("77", Deed.DELETE, True, AGENT)
    done = decide(having, Performed(claimed=claimed(act)), at=AT)
    assert (done.intents, done.record.phase) == ((), Phase.FOLDED)
    assert effects(reached(share=share).intents, Act) == []
    ended = decide(decision.record, ShareEnded(claimed=claimed(share), reason="", tally=Tally(published=4)), at=AT)
    assert "goes from 4 others" in ended.intents[0].effect.notice.text


def test_an_operator_who_deletes_it_takes_it_away_from_all() -> None:
    decision = decide(GOING, DeedOrdered(deed=Deed.DELETE, by="operator ops"), at=LATER)
    assert len(effects(decision.intents, Share)) == 1
    assert decision.record.to_all[0].stopped == "deleted"
    other = decide(replace(GOING, to_all=()), DeedOrdered(deed=Deed.DELETE, by="operator ops"), at=LATER)
    assert effects(other.intents, Share) == []
    assert other.record is None


@pytest.mark.parametrize(("limits", "offered"), [(LIMITS, True), (making.LIMITS, False)])
def test_the_ticket_offers_it_only_where_the_platform_takes_it(limits, offered) -> None:
    policy = replace(POLICY, channels={"forum": replace(CHANNEL, limits=limits)})
    event = GroupGrew(step=5, count=7, people=6, newest=(OTHER,))
    (intent,) = decide(TICKET, event, at=moment(policy=policy)).intents
    assert ("#all" in intent.effect.notice.text) is offered


def test_a_row_keeps_to_itself() -> None:
    intent = Intent(effect=SHARE, at=NOW)
    assert (intent.lane, intent.key) == ("all|f1", "share|f1")
    assert isinstance(
        Row(key="k", effect=SHARE, state=State.READY, reason="", attempt=0, created=NOW, due=NOW, changed=NOW), Row
    )
