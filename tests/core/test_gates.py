"""May this reply be published? The A-, B-, C- and D-cases of the threat model that are decided by pure thought."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core import gates
from bridge.core.case import Case, Counts, Waiver, answered, target
from bridge.core.conversation import Given, Phase, Record, Sent
from bridge.core.gates import GATES, RIGHTS, Gate, Passed, admit, may_be_told, walk
from bridge.core.model import Attachment, Author, ConversationKey, Kind, Post, Visibility
from bridge.core.policy import Agent, Breaker, ChannelPolicy, DeskPolicy, Limits, Way
from bridge.core.replies import Command, Finding, LetterKind, LetterOutcome, Reading

HELD, REFUSED = LetterOutcome.HELD, LetterOutcome.REFUSED
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOMAIN = "reply.acme.example"
BOTH = frozenset(Visibility)
AGENT = "agent@acme.example"


def proxy_id(letter: str) -> str:
    return f"<{letter * 26}@{DOMAIN}>"


def post(
    post_id: str = "p1", text: str = "Is the line in the north down again? It was down all week.", **other: Any
) -> Post:
    return replace(
        Post(
            channel="forum",
            id=post_id,
            kind=Kind.MENTION,
            visibility=Visibility.PUBLIC,
            thread="t1",
            author=Author(id="u1", handle="jane"),
            text=text,
            at=NOON - timedelta(hours=2),
            answers=BOTH,
        ),
        **other,
    )


def sent(of: Post, letter: str = "a", minutes: int = 60) -> Sent:
    return Sent(
        key=f"proxy|{of.id}",
        post=of.id,
        fingerprint=of.fingerprint,
        message_id=proxy_id(letter),
        desk="noc",
        text=f"Jane wrote on the forum at ten to nine:\n{of.text}\nPlease answer above this line - {letter}1{letter}2{letter}3",
        delimiter=f"{letter}1{letter}2{letter}3",
        at=NOON - timedelta(minutes=minutes),
    )


def record(visibility: Visibility = Visibility.PUBLIC, **other: Any) -> Record:
    first = post(visibility=visibility)
    key = ConversationKey(channel="forum", thread="t1", person="u1", visibility=visibility)
    made = Record(key=key, phase=Phase.WAITING, desk="noc", posts=(first,), sent=(sent(first),))
    return replace(made, **other)


DESK = DeskPolicy(
    name="noc",
    live=True,
    agents=(Agent(mailbox="Agent@acme.example"), Agent(mailbox="gone@acme.example", until=NOON - timedelta(days=1))),
    leads=("lead@acme.example",),
)
CHANNEL = ChannelPolicy(
    name="forum", platform="Forum", limits=Limits(max_length=200, count=len, max_private_length=1000), brand=("acme",)
)
TEXT = "Thanks for telling us. The line is up again since half past eleven."


def reading(**other: Any) -> Reading:
    made = Reading(
        fingerprint="f1",
        message_id="<1@acme.example>",
        conversations=(record().id,),
        desk="noc",
        in_reply_to=(proxy_id("a"),),
        kind=LetterKind.REPLY,
        label="human",
        sender=AGENT,
        proof="dmarc",
        subject="Re: Is the line in the north down again?",
        text=TEXT,
        confident=True,
    )
    return replace(made, **other)


def case(**other: Any) -> Case:
    """A letter that passes every gate, but for what the arguments say: of the case, its reading, record or desk."""
    of = {name: dict[str, Any]() for name in ("reading", "record", "desk", "channel")}
    own: dict[str, Any] = {}
    for name, value in other.items():
        part, _, field = name.partition("__")
        (of[part] if field else own)[field or name] = value
    made = Case(
        reading=reading(**of["reading"]),
        record=record(**of["record"]),
        desk=replace(DESK, **of["desk"]),
        channel=replace(CHANNEL, **of["channel"]),
        reply_domain=DOMAIN,
        now=NOON,
        received=NOON - timedelta(seconds=5),
        words=(of["reading"].get("text", TEXT),),
    )
    return replace(made, **own)


def private(**other: Any) -> Case:
    made = case(**other)
    hidden = record(Visibility.PRIVATE)
    return replace(made, record=hidden, reading=replace(made.reading, conversations=(hidden.id,)))


def command(*names: str) -> tuple[Command, ...]:
    return tuple(Command(name=name) for name in names)


PICTURE = Attachment(name="file-1.png", type="image/png", content=b"png")
MEDIA = Limits(max_length=200, count=len, max_media=1)
SYSTEM = {
    "desk__way": Way.SYSTEM,
    "desk__system_senders": ("Support@acme.example",),
    "reading__sender": "support@acme.example",
}

CASES: list[tuple[str, str, LetterOutcome, Case]] = [
    # id, reason, outcome, case
    ("E08", "unparsable", HELD, case(reading__unparsable="more than 200 MIME parts", reading__conversations=())),
    ("A01", "no_token", LetterOutcome.NOT_OURS, case(reading__conversations=())),
    ("A11", "no_token", LetterOutcome.NOT_OURS, case(reading__conversations=(), record=None, desk=None, channel=None)),
    ("A09", "bad_token", REFUSED, case(reading__conversations=(), reading__forged=1, record=None, desk=None)),
    ("A10", "many_tokens", HELD, case(reading__conversations=(record().id, "other"))),
    ("A10", "many_tokens", HELD, case(reading__forged=1)),
    ("A09", "unknown_conversation", HELD, case(record=None)),
    ("A09", "unknown_conversation", HELD, case(reading__conversations=("another",))),
    ("A09", "unknown_conversation", HELD, case(record__sent=())),
    ("A09", "desk_missing", HELD, case(desk=None)),
    ("A09", "desk_missing", HELD, case(reading__desk="sales")),
    ("A02", "revoked", REFUSED, case(switches={f"conversation:{record().id}": "revoked"})),
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


# Who is told, and who may overrule.


@pytest.mark.parametrize(("threat", "reason", "outcome", "letter"), CASES)
def test_only_an_allowed_and_proven_sender_is_ever_answered(
    threat: str, reason: str, outcome: LetterOutcome, letter: Case
) -> None:
    untold = {"sender_not_allowed", "sender_unproven"}
    assert may_be_told(letter) == (reason not in untold and letter.desk is not None), threat


def test_nobody_is_told_about_a_letter_of_no_desk() -> None:
    assert not may_be_told(case(desk=None))


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.reason)
def test_who_may_overrule_is_kept_to(gate: Gate) -> None:
    letter = next(c for _, reason, outcome, c in CASES if (reason, outcome) == (gate.reason, gate.outcome))
    for by in Waiver:
        result = walk(replace(letter, waived={gate.reason: by}))
        stopped = isinstance(result, Finding) and result.reason == gate.reason
        same = min(g.waiver for g in GATES if g.reason == gate.reason)
        assert stopped == (by is Waiver.NOBODY or by < same), by


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


@pytest.mark.parametrize("answer", [True, False, 0, b"", [], object()], ids=repr)
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
    found = target(threaded(), reading(in_reply_to=in_reply_to), received=NOON)
    assert found is not None
    assert found.id == expected


def test_nobody_answers_a_proxy_that_was_not_yet_there() -> None:
    found = target(threaded(), reading(in_reply_to=()), received=NOON - timedelta(minutes=45))
    assert found is not None
    assert found.id == "p1"


def test_without_proxies_nothing_is_answered() -> None:
    assert answered(record(sent=()), reading(), received=NOON) is None
    assert target(record(posts=()), reading(), received=NOON) is None


@pytest.mark.parametrize("commands", [(), command("private"), command("close", "media")])
def test_law_9_a_private_conversation_is_answered_in_private_whatever_is_asked(commands: tuple[Command, ...]) -> None:
    assert private(reading__commands=commands).visibility is Visibility.PRIVATE
    assert case(record=None).visibility is Visibility.PRIVATE
