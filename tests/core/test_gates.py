"""May this reply be published? The A-, B-, C- and D-cases of the threat model that are decided by pure thought."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.case import Case, Counts, Waiver
from bridge.core.consent import Consent
from bridge.core.conversation import Given, Phase
from bridge.core.gates import GATES, Gate, Passed, admit, may_be_told, walk
from bridge.core.model import Visibility
from bridge.core.policy import Breaker, Limits
from bridge.core.replies import Finding, LetterKind, LetterOutcome
from bridge.testing.cases import (
    AGENT,
    DOMAIN,
    MEDIA,
    NOON,
    PICTURE,
    SYSTEM,
    TEXT,
    case,
    command,
    post,
    private,
    proxy_id,
    record,
    sent,
)

HELD, REFUSED = LetterOutcome.HELD, LetterOutcome.REFUSED

TO_ALL = Limits(max_length=200, count=len, max_private_length=1000, to_each=lambda author: f"@{author.handle} ")


def for_all(text: str, asked: str = "Is the line in the north down again?") -> Case:
    """An answer to all who joined a ticket."""
    first = post(text=asked)
    return case(
        reading__commands=command("all"),
        reading__text=text,
        record__posts=(first,),
        record__sent=(sent(first),),
        channel__limits=TO_ALL,
        others=3,
    )


CASES: list[tuple[str, str, LetterOutcome, Case]] = [
    # id, reason, outcome, case
    ("E08", "unparsable", HELD, case(reading__unparsable="more than 200 MIME parts", reading__conversations=())),
    ("A01", "no_token", LetterOutcome.NOT_OURS, case(reading__conversations=())),
    ("A11", "no_token", LetterOutcome.NOT_OURS, case(reading__conversations=(), record=None, desk=None, channel=None)),
    ("A09", "bad_token", REFUSED, case(reading__conversations=(), reading__forged=1, record=None, desk=None)),
    ("A10", "many_tokens", HELD, case(reading__conversations=(record().id, "other"))),
    ("A10", "many_tokens", HELD, case(reading__forged=1)),
    ("B04", "many_conversations", HELD, case(record=None, reading__ambiguous=2)),
    ("A09", "unknown_conversation", HELD, case(record=None)),
    ("A09", "unknown_conversation", HELD, case(reading__conversations=("another",))),
    ("A09", "unknown_conversation", HELD, case(record__sent=())),
    ("A09", "desk_missing", HELD, case(desk=None)),
    ("A09", "desk_missing", HELD, case(reading__desk="sales")),
    ("A02", "revoked", REFUSED, case(switches={f"conversation:{record().id}": "revoked"})),
    ("A06", "revoked", REFUSED, case(switches={f"answers:{case().reading.desk}": "revoked"})),
    ("A08", "late", HELD, case(now=NOON + timedelta(days=31), received=NOON + timedelta(days=31))),
    ("A08", "late", HELD, case(record__phase=Phase.CLOSED)),
    ("B16", "late", HELD, case(received=NOON - timedelta(hours=25), record__sent=(sent(post(), minutes=2000),))),
    ("A13", "bounce", LetterOutcome.BOUNCE, case(reading__kind=LetterKind.BOUNCE, reading__label="dsn")),
    ("A12", "automatic", LetterOutcome.AUTOMATIC, case(reading__kind=LetterKind.AUTOMATIC, reading__label="ooo")),
    ("A13", "automatic", LetterOutcome.AUTOMATIC, case(reading__kind=LetterKind.AUTOMATIC, reading__label="mdn")),
    ("A15", "automatic", LetterOutcome.AUTOMATIC, case(reading__kind=LetterKind.OTHER, reading__label="notification")),
    ("D01", "automatic", LetterOutcome.AUTOMATIC, case(reading__kind=LetterKind.AUTOMATIC, reading__label="autoreply")),
    ("A14", "automatic", HELD, case(desk__acknowledgements=("we have  received\nyour request",), reading__text="We have received your request 5.")),
    ("A15", "automatic", HELD, case(desk__acknowledgements=("was resolved",), reading__subject="[acme #5] Your ticket was resolved")),
    ("A14", "too_soon", HELD, case(received=NOON - timedelta(minutes=60) + timedelta(seconds=14))),
    ("A14", "too_soon", HELD, case(received=NOON - timedelta(minutes=61))),
    ("A14", "first_answer", HELD, case(**SYSTEM)),
    ("A14", "first_answer", HELD, case(desk__human_despite_header=(AGENT,))),
    ("A03", "sender_not_allowed", HELD, case(reading__sender="colleague@acme.example")),
    ("A03", "sender_not_allowed", HELD, case(reading__sender="jane@customer.example", reading__proof="dkim")),
    ("A05", "sender_not_allowed", HELD, case(reading__sender="", reading__sender_trouble="two From fields")),
    ("A05", "sender_not_allowed", HELD, case(reading__sender="")),
    ("A05", "sender_not_allowed", HELD, case(reading__sender_trouble="a Sender field that cannot be read")),
    ("A05", "sender_not_allowed", HELD, case(reading__submitter="evil@acme.example")),
    ("A17", "sender_not_allowed", HELD, case(reading__sender="gone@acme.example")),
    ("A17", "sender_not_allowed", HELD, case(switches={f"agent:{AGENT}": "revoked"})),
    ("A06", "sender_not_allowed", HELD, case(switches={f"agent:{AGENT}": "revoked"}, waived={})),
    ("A03", "sender_not_allowed", HELD, case(**{**SYSTEM, "reading__sender": AGENT, "desk__first_answer_confirmed": True})),
    ("A02", "sender_unproven", HELD, case(reading__proof="")),
    ("A04", "sender_unproven", HELD, case(reading__proof="spf")),
    ("A16", "sender_unproven", HELD, case(reading__proof="internal")),
    ("A07", "replay", LetterOutcome.REPLAY, case(seen=True)),
    ("C10", "doubtful", HELD, case(doubtful=True)),
    ("B03", "visibility", REFUSED, case(record__posts=(post(answers=frozenset({Visibility.PRIVATE})),))),
    ("G7", "visibility", REFUSED, case(reading__commands=command("private"), record__posts=(post(answers=frozenset({Visibility.PUBLIC})),))),
    ("G7", "visibility", REFUSED, case(channel__limits=Limits(max_length=0, count=len))),
    ("G7", "visibility", REFUSED, case(channel=None)),
    ("G7", "visibility", REFUSED, private(channel__limits=Limits(max_length=200, count=len))),
    ("B03", "private_words", HELD, case(private_texts=("He said: the line is UP again, since tuesday",))),
    ("B03", "private_words", HELD, case(reading__text="您好我的客户号码是一二三四五六", private_texts=("我的客户号码是一二三四五六，谢谢",))),
    ("B04", "mismatch", HELD, case(reading__in_reply_to=(proxy_id("z"), "<x@acme.example>"))),
    ("A21", "extract_doubt", HELD, case(reading__confident=False, reading__doubts=("the signature is not certain",))),
    ("A21", "extract_doubt", HELD, case(reading__confident=False, reading__text="")),
    ("B01", "extract_doubt", HELD, case(reading__text=f"Yes.\n> {post().text}")),
    ("B01", "extract_doubt", HELD, case(reading__text=f"Yes.\n{post().text}")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\nOn Mon, 2 Mar 2026 at 11:00, Jane <x@y.example> wrote:")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\nAm 02.03.2026 um 11:00 schrieb Jane:")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\n-----Original Message-----")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\n________________________________")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\nVon: Jane <x@y.example>\nGesendet: Montag\nBetreff: Störung")),
    ("B01", "extract_doubt", HELD, case(reading__text="Yes.\nFrom: Jane <x@y.example>\nDate: Monday")),
    ("E19", "extract_doubt", HELD, case(reading__text="Yes.\nanswer above this line - a1a2a3 -")),
    ("B05", "extract_doubt", HELD, case(record__tag="[acme #17]", reading__text="It is in [ACME #17].")),
    ("G8", "unknown_command", HELD, case(reading__unknown_commands=("#clsoe",))),
    ("A21", "empty", HELD, case(words=())),
    ("A21", "empty", HELD, case(words=("first", " \n"))),
    ("B05", "own_address", HELD, case(words=(f"write to reply+k1.abcdefgh.{'q' * 26}@{DOMAIN}",))),
    ("B08", "content", HELD, case(words=("Call us at 0800 123 4567.",))),
    ("B09", "content", HELD, case(words=("Hi @jane, ask @john.",))),
    ("B09", "content", HELD, case(words=("See https://other.example/",))),
    ("B11", "content", HELD, case(words=("f\ufffdr",))),
    ("B12", "content", HELD, case(words=("a\u202eb",))),
    ("B10", "too_long", HELD, case(words=("short", "x" * 201))),
    ("B06", "media", HELD, case(reading__commands=command("media"), desk__allow_media=True)),
    ("B06", "media", HELD, case(reading__commands=command("media"), reading__attachments=(PICTURE,), channel__limits=MEDIA)),
    ("B06", "media", HELD, case(reading__commands=command("media"), reading__attachments=(PICTURE,), desk__allow_media=True)),
    ("B06", "media", HELD, case(reading__commands=command("media"), reading__attachments=2 * (PICTURE,), desk__allow_media=True, channel__limits=MEDIA)),
    ("B14", "target_gone", HELD, case(record__deleted=("p1",))),
    ("B19", "stopped", REFUSED, private(consent=Consent(key="consent|x", stopped=True, at=NOON, post="p0"))),
    ("D03", "not_to_all", REFUSED, case(reading__commands=command("all"), others=3)),
    ("D03", "not_to_all", REFUSED, case(reading__commands=command("all"), channel__limits=TO_ALL)),
    ("D03", "not_to_all", REFUSED, case(reading__commands=command("all", "private"), channel__limits=TO_ALL, others=3)),
    ("B06", "media", HELD, case(reading__commands=command("media"), reading__attachments=(PICTURE,), reading__lost=1, desk__allow_media=True, channel__limits=MEDIA)),
    ("D03", "not_to_all", REFUSED, case(reading__commands=command("all", "media"), channel__limits=TO_ALL, others=3)),
    ("D03", "not_to_all", REFUSED, case(reading__commands=command("all", "split"), channel__limits=TO_ALL, others=3)),
    ("B03", "not_to_all", REFUSED, private(reading__commands=command("all"), channel__limits=TO_ALL, others=3)),
    ("B04", "names_one", HELD, for_all("Sorry for that, Jane. The line is up again.")),
    ("B04", "names_one", HELD, for_all("Sorry for that, (JANE). The line is up again.")),
    ("B04", "names_one", HELD, for_all("Your ticket 47110815 is done.", "Is 47110815 down again?")),
    ("D03", "breaker", HELD, replace(for_all("The line is up again."), others=101)),
    ("B13", "target_changed", HELD, case(record__posts=(post(text="I love you, what a great service"),))),
    ("G11", "paused", HELD, case(switches={"publishing": "paused"})),
    ("G11", "paused", HELD, case(switches={"channel:forum": "paused"})),
    ("D03", "breaker", HELD, case(counts=Counts(conversation_hour=3))),
    ("D03", "breaker", HELD, case(counts=Counts(conversation_day=10))),
    ("D03", "breaker", HELD, case(counts=Counts(desk_hour=120))),
    ("A06", "breaker", HELD, case(counts=Counts(agent_hour=60))),
    ("A06", "approval", HELD, case(desk__approve_by=("leads",))),
    ("A06", "approval", HELD, case(approve_by=("leads",))),
    ("A06", "approval", HELD, case(approve_by=("leads",), approved_by="agent@acme.example")),
    ("A06", "approval", HELD, case(approve_by=("leads",), approved_by="lead@acme.example", reading__sender="lead@acme.example")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("threat", "reason", "outcome", "letter"), CASES, ids=[f"{c[0]}-{c[1]}-{n}" for n, c in enumerate(CASES)]
)
def test_each_case_of_the_threat_model_is_stopped(
    threat: str, reason: str, outcome: LetterOutcome, letter: Case
) -> None:
    finding = walk(letter)
    assert isinstance(finding, Finding), threat
    assert (finding.reason, finding.outcome) == (reason, outcome), finding.detail
    assert finding.detail
    assert finding.detail[0].islower() or finding.detail[0].isdigit() or finding.detail.startswith("Forum")


def test_every_reason_has_its_case() -> None:
    assert {gate.reason for gate in GATES} == {reason for _, reason, _, _ in CASES}


PASSING = [
    case(),
    case(reading__commands=command("media"), reading__attachments=(PICTURE,), desk__allow_media=True, channel__limits=MEDIA),
    case(reading__in_reply_to=()),
    case(reading__in_reply_to=("<rt-ticket-5@support.example>",)),
    case(reading__in_reply_to=(proxy_id("z"), proxy_id("a"))),
    case(**{**SYSTEM, "desk__first_answer_confirmed": True}),
    case(**SYSTEM, switches={"desk:noc": "confirmed"}),
    case(reading__proof="dkim", reading__submitter=AGENT),
    case(reading__proof="internal", desk__internal_senders=("AGENT@acme.example",)),
    case(reading__sender="lead@acme.example"),
    case(record__phase=Phase.CLOSED, reading__commands=command("reopen")),
    case(record__phase=Phase.ANSWERED),
    case(reading__commands=command("private")),
    case(words=("x" * 200, "y" * 200)),
    case(counts=Counts(conversation_hour=2, conversation_day=9, desk_hour=119, agent_hour=59)),
    case(desk__breaker=Breaker(per_conversation_hour=30), counts=Counts(conversation_hour=3)),
    case(approve_by=("leads",), approved_by="Lead@acme.example"),
    case(private_texts=("The line is up",)),
    case(private_texts=("the line is up again here",), record__posts=(post(text="the line is up again here"), post()), record__sent=(sent(post()),)),
    case(reading__text="Thanks!\nJane wrote:\nwell said."),
    case(reading__text="Datum: 12.03.2026\nUhrzeit: 10:00"),
    case(record__given=(Given(key="g", text=post().text, at=NOON),), reading__text=post().text, words=("x",)),
    case(switches={"publishing": "", "agent:other@acme.example": "revoked"}),
    private(reading__text="x" * 1000, words=("x" * 1000,)),
    private(private_texts=(TEXT,)),
]  # fmt: skip


@pytest.mark.parametrize("letter", PASSING, ids=range(len(PASSING)))
def test_a_right_answer_passes_all_gates_in_order(letter: Case) -> None:
    assert walk(letter) == Passed(gates=tuple(f"G{number}" for number in range(12)))


def test_commands_alone_pass_where_only_who_writes_is_asked() -> None:
    letter = case(
        reading__text="",
        reading__commands=command("close"),
        words=(),
        received=NOON - timedelta(minutes=59, seconds=59),
    )
    assert admit(letter) == Passed(gates=tuple(f"G{number}" for number in range(7)))


@pytest.mark.parametrize("reason", ["sender_not_allowed", "sender_unproven", "bad_token", "automatic"])
def test_a19_commands_from_unverified_mail_change_nothing(reason: str) -> None:
    letters = [
        replace(c, reading=replace(c.reading, text="", commands=command("close")), words=())
        for _, r, _, c in CASES
        if r == reason
    ]
    assert letters
    for letter in letters:
        assert isinstance(admit(letter), Finding) or reason == "automatic"


@pytest.mark.parametrize(("threat", "reason", "outcome", "letter"), CASES)
def test_only_an_allowed_and_proven_sender_is_ever_answered(
    threat: str, reason: str, outcome: LetterOutcome, letter: Case
) -> None:
    untold = {"sender_not_allowed", "sender_unproven"}
    assert may_be_told(letter) == (reason not in untold and letter.desk is not None), threat


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.reason)
def test_who_may_overrule_is_kept_to(gate: Gate) -> None:
    letter = next(c for _, reason, outcome, c in CASES if (reason, outcome) == (gate.reason, gate.outcome))
    for by in Waiver:
        result = walk(replace(letter, waived={gate.reason: by}))
        stopped = isinstance(result, Finding) and result.reason == gate.reason
        same = min(g.waiver for g in GATES if g.reason == gate.reason)
        assert stopped == (by is Waiver.NOBODY or by < same), by


@given(st.sets(st.sampled_from(range(len(CASES))), min_size=1, max_size=3), st.data())
def test_no_trouble_opens_what_another_shut(chosen: set[int], data: st.DataObject) -> None:
    """Putting the trouble of one case into another never makes it pass."""
    letter = CASES[data.draw(st.sampled_from(sorted(chosen)))][3]
    other = CASES[data.draw(st.sampled_from(range(len(CASES))))][3]
    mixed = replace(
        letter,
        switches={**other.switches, **letter.switches},
        seen=letter.seen or other.seen,
        doubtful=letter.doubtful or other.doubtful,
    )
    assert isinstance(walk(mixed), Finding)
