"""STOP, START and HELP: which messages are such a word, what it changes, and what it forbids."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import consent
from bridge.core.arrivals import sort_out
from bridge.core.consent import AGENT, Consent, Said, Texting
from bridge.core.consent_words import WORDS, Words
from bridge.core.conversation import Phase
from bridge.core.decide import decide
from bridge.core.decision import Decision
from bridge.core.effects import Publish, Tell
from bridge.core.events import Page, PostJudged, Sighting, WordSaid
from bridge.core.model import Author, Kind, Post, Visibility
from bridge.core.policy import Limits
from bridge.testing import making
from bridge.testing.making import NOW

OURS, THEIRS = "+15550001", "+15550002"
PAIR = consent.key(OURS, THEIRS)
CONFIRMED = {Said.STOP: "You get no more messages.", Said.START: "Welcome back.", Said.HELP: "Acme. Reply STOP to end."}
TEXTING = Texting(confirmations=CONFIRMED)
LIMITS = Limits(max_length=0, max_private_length=1600, count=len, texting=TEXTING)
CHANNEL = replace(making.CHANNEL, limits=LIMITS)
POLICY = replace(making.POLICY, channels={"forum": CHANNEL})
LATER = NOW + timedelta(minutes=1)


def text(words: str, number: str = "m1", at=NOW, theirs: str = THEIRS) -> Post:
    return making.post(
        number,
        words,
        kind=Kind.SMS,
        visibility=Visibility.PRIVATE,
        thread=f"{OURS} {theirs}",
        author=Author(id=theirs),
        answers=frozenset({Visibility.PRIVATE}),
        at=at,
    )


def stopped(at=NOW, post: str = "m0") -> Consent:
    return Consent(key=PAIR, stopped=True, at=at, post=post)


def decided(post: Post, said: Said, newest: Consent | None = None, record=None, policy=POLICY) -> Decision:
    return decide(record, WordSaid(post=post, said=said, newest=newest), at=making.moment(LATER, policy))


def confirmations(decision: Decision) -> list[str]:
    return [i.effect.publication.text for i in decision.intents if isinstance(i.effect, Publish)]


def told(decision: Decision) -> list[str]:
    return [i.effect.notice.reason for i in decision.intents if isinstance(i.effect, Tell)]


@pytest.mark.parametrize(
    ("words", "theirs", "said"),
    [
        ("STOP", THEIRS, Said.STOP),
        (" stop. ", THEIRS, Said.STOP),
        ("“Stop”", THEIRS, Said.STOP),
        ("STOP 🛑", THEIRS, Said.STOP),
        ("Stop all", THEIRS, Said.STOP),
        ("stop!!!", "+491711", Said.STOP),
        ("Stopp", "+491711", Said.STOP),
        ("ARRÊT", "+336", Said.STOP),
        ("arret", "+336", Said.STOP),
        ("Baja", "+346", Said.STOP),
        ("Disiscrivi", "+393", Said.STOP),
        ("SAIR", "+5511", Said.STOP),
        ("Afmelden", "+316", Said.STOP),
        ("cancel", "+15551", Said.STOP),
        ("cancel", "+491711", Said.STOP),
        ("no more", THEIRS, Said.STOP),
        ("no more", "+447", None),
        ("opt-out", "+15551", Said.STOP),
        ("end", "+447", Said.STOP),
        ("START", THEIRS, Said.START),
        ("yes", THEIRS, None),
        ("resume", THEIRS, Said.START),
        ("Anmelden", "+491711", Said.START),
        ("help", THEIRS, Said.HELP),
        ("Hilfe!", "+491711", Said.HELP),
        ("please stop the delivery", THEIRS, None),
        ("Stop " * 20, THEIRS, None),
        ("", THEIRS, None),
        ("🛑", THEIRS, None),
        ("ストップ", THEIRS, None),
    ],
)
def test_only_a_whole_message_is_a_word_and_some_words_count_in_some_countries(words, theirs, said) -> None:
    assert TEXTING.said(words, theirs) is said


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "pt", "nl"])
def test_every_language_has_each_word_and_every_word_is_understood(language) -> None:
    words = WORDS[language]
    assert all((words.stop, words.start, words.help))
    assert all(TEXTING.said(word.upper(), "+99") is Said.STOP for word in words.stop)
    assert all(TEXTING.said(word.title(), "+99") is Said.START for word in words.start)
    assert all(TEXTING.said(word, "+99") is Said.HELP for word in words.help)


def test_to_stop_comes_before_all_where_a_word_means_both() -> None:
    both = Texting(words={"xx": Words(start=("si",)), "yy": Words(stop=("si",))})
    assert both.said("si", THEIRS) is Said.STOP


@given(before=st.text(max_size=5), after=st.text(max_size=5))
def test_words_among_other_words_are_left_to_people(before, after) -> None:
    words = f"{before}stop{after}"
    if any(letter.isalnum() for letter in before + after):
        assert TEXTING.said(words, THEIRS) is not Said.STOP or consent._folded(words) in {"stop", "stop all", "stopp"}


def test_stop_is_stored_told_to_the_ticket_and_confirmed_once() -> None:
    ticket = making.waiting(text("Where is my parcel?", "m0"))
    decision = decided(text("STOP"), Said.STOP, record=ticket)

    assert decision.consent == Consent(key=PAIR, stopped=True, at=NOW, post="m1")
    assert decision.record is not None
    assert decision.record.phase is Phase.LEFT
    assert told(decision) == ["stopped"]
    assert confirmations(decision) == [CONFIRMED[Said.STOP]]
    assert [fact.kind for fact in decision.facts] == ["texting_stopped"]


def test_a_second_stop_changes_and_confirms_nothing() -> None:
    decision = decided(text("STOP", "m2", LATER), Said.STOP, stopped(post="m1"))
    assert (decision.consent, decision.intents) == (None, ())


def test_nobody_is_told_where_no_ticket_is() -> None:
    assert told(decided(text("STOP"), Said.STOP)) == []


def test_start_opens_again_and_the_ticket_learns_it() -> None:
    ticket = making.waiting(text("Where is my parcel?", "m0"))
    decision = decided(text("START", "m2", LATER), Said.START, stopped(), record=ticket)

    assert decision.consent == Consent(key=PAIR, stopped=False, at=LATER, post="m2")
    assert told(decision) == ["started"]
    assert confirmations(decision) == [CONFIRMED[Said.START]]
    assert decision.record is not None
    assert decision.record.phase is Phase.WAITING


def test_start_says_nothing_where_nothing_was_stopped() -> None:
    decision = decided(text("start"), Said.START)
    assert (decision.consent, decision.intents) == (None, ())


@pytest.mark.parametrize(
    ("newest", "said", "at", "changes"),
    [
        (stopped(LATER), Said.START, NOW, False),
        (stopped(NOW), Said.START, NOW, False),
        (replace(stopped(LATER), stopped=False), Said.STOP, NOW, False),
        (replace(stopped(NOW), stopped=False), Said.STOP, NOW, True),
        (stopped(NOW), Said.START, LATER, True),
    ],
)
def test_a_word_that_comes_late_takes_back_no_later_one_and_of_two_at_once_stop_counts(newest, said, at, changes):
    assert (decided(text("x", "m9", at), said, newest).consent is not None) is changes


def test_help_is_answered_once_a_day_and_never_after_stop() -> None:
    first = decided(text("HELP"), Said.HELP)
    assert confirmations(first) == [CONFIRMED[Said.HELP]]
    assert confirmations(decided(text("HELP", "m2", LATER), Said.HELP, record=first.record)) == []
    assert confirmations(decided(text("HELP"), Said.HELP, stopped())) == []


def test_nothing_is_confirmed_in_rehearsal_and_the_word_counts_all_the_same() -> None:
    rehearsing = replace(POLICY, desks={"support": replace(making.DESK, live=False)})
    decision = decided(text("STOP"), Said.STOP, policy=rehearsing)
    assert confirmations(decision) == []
    assert decision.consent is not None


@pytest.mark.parametrize(
    ("newest", "parent", "agent", "forbidden"),
    [
        (None, "m1", making.AGENT, False),
        (replace(stopped(), stopped=False), "m1", making.AGENT, False),
        (stopped(post="m1"), "m1", making.AGENT, True),
        (stopped(post="m1"), "m1", AGENT, False),
        (stopped(post="m1"), "m2", AGENT, True),
    ],
)
def test_after_stop_its_own_confirmation_alone_may_go_out(newest, parent, agent, forbidden) -> None:
    assert consent.forbids(newest, parent=parent, agent=agent) is forbidden


def test_a_page_brings_the_word_before_it_is_stored() -> None:
    page = Page(sightings=(Sighting(post=text("STOP")), Sighting(post=text("hello", "m2"))), cursor="c1")
    arrivals = sort_out(page, {}, channel=CHANNEL, before=None, now=NOW)
    assert [event for _, event in arrivals.events] == [WordSaid(post=text("STOP"), said=Said.STOP)]
    assert len(arrivals.page.sightings) == 2


@pytest.mark.parametrize("words", ["STOP", "stop all"])
def test_a_word_goes_to_no_desk(words) -> None:
    assert _routed(text(words), None) == ""


def test_start_goes_to_a_desk_where_it_opened_nothing() -> None:
    opened = Consent(key=PAIR, stopped=False, at=NOW, post="m1")
    assert _routed(text("start"), opened) == ""
    assert _routed(text("start", "m2"), opened) == "help"
    assert _routed(text("start"), None) == "help"


def _routed(post: Post, newest: Consent | None) -> str:
    event = PostJudged(
        claimed=making.claimed(making.judge(post)),
        post=post,
        verdict=making.VERDICT,
        current=post.fingerprint,
        delimiter="abcd",
        consent=newest,
    )
    record = decide(None, event, at=making.moment(NOW, POLICY)).record
    return record.route if record else "none"


def test_a_ticket_of_somebody_who_stopped_says_so() -> None:
    post = text("Is anybody there?")
    event = PostJudged(
        claimed=making.claimed(making.judge(post)),
        post=post,
        verdict=making.VERDICT,
        current=post.fingerprint,
        delimiter="abcd",
        consent=stopped(),
    )
    decision = decide(None, event, at=making.moment(NOW, POLICY))
    notes = [note for i in decision.intents if hasattr(i.effect, "proxy") for note in i.effect.proxy.notes]
    assert any(note.startswith("Stopped:") for note in notes)
