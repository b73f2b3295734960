"""May this reply be published? The gates in their order; each is one question, and every doubt is a no."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.core import rights, voice
from bridge.core.case import Case, Waiver
from bridge.core.replies import Finding, LetterOutcome

HELD = LetterOutcome.HELD
REFUSED = LetterOutcome.REFUSED
SENDER, OPERATOR, NOBODY = Waiver


@dataclass(frozen=True, slots=True)
class Gate:
    """One question to a letter."""

    name: str
    """G0 to G11: the groups of the threat model."""
    reason: str
    """The stable code of its no."""
    outcome: LetterOutcome
    """What a no makes of the letter."""
    waiver: Waiver
    """Who may overrule it."""
    check: Callable[[Case], str | None]
    """Why the letter may not pass; None where it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """No gate stopped the letter: the gates in order, and the reasons from which a person released it."""

    gates: tuple[str, ...]
    waived: tuple[str, ...] = ()


RIGHTS = (
    Gate("G0", "unparsable", HELD, NOBODY, rights.unparsable),
    Gate("G1", "no_token", LetterOutcome.NOT_OURS, NOBODY, rights.no_token),
    Gate("G1", "many_tokens", HELD, NOBODY, rights.many_tokens),
    Gate("G2", "bad_token", REFUSED, NOBODY, rights.bad_token),
    Gate("G3", "bounce", LetterOutcome.BOUNCE, NOBODY, rights.bounce),
    Gate("G2", "many_conversations", HELD, NOBODY, rights.many_conversations),
    Gate("G2", "unknown_conversation", HELD, NOBODY, rights.unknown_conversation),
    Gate("G2", "desk_missing", HELD, NOBODY, rights.desk_missing),
    Gate("G2", "revoked", REFUSED, NOBODY, rights.revoked),
    Gate("G3", "automatic", LetterOutcome.AUTOMATIC, OPERATOR, rights.machine),
    Gate("G3", "automatic", HELD, OPERATOR, rights.acknowledgement),
    Gate("G2", "late", HELD, SENDER, rights.late),
    Gate("G3", "too_soon", HELD, SENDER, rights.too_soon),
    Gate("G3", "first_answer", HELD, OPERATOR, rights.first_answer),
    Gate("G4", "sender_not_allowed", HELD, OPERATOR, rights.sender_not_allowed),
    Gate("G5", "sender_unproven", HELD, OPERATOR, rights.sender_unproven),
    Gate("G6", "replay", LetterOutcome.REPLAY, NOBODY, rights.replay),
    Gate("G6", "doubtful", HELD, SENDER, rights.doubtful),
)
"""Who writes, and to which conversation: enough for commands, never for publishing."""

VOICE = (
    Gate("G7", "visibility", REFUSED, NOBODY, voice.visibility),
    Gate("G7", "stopped", REFUSED, NOBODY, voice.stopped),
    Gate("G7", "not_to_all", REFUSED, NOBODY, voice.not_to_all),
    Gate("G7", "private_words", HELD, OPERATOR, voice.private_words),
    Gate("G7", "mismatch", HELD, SENDER, voice.mismatch),
    Gate("G8", "extract_doubt", HELD, SENDER, voice.extract_doubt),
    Gate("G8", "extract_doubt", HELD, SENDER, voice.left_over),
    Gate("G8", "unknown_command", HELD, SENDER, voice.unknown_command),
    Gate("G8", "empty", HELD, NOBODY, voice.empty),
    Gate("G9", "own_address", HELD, NOBODY, voice.own_address),
    Gate("G9", "content", HELD, OPERATOR, voice.particular),
    Gate("G9", "names_one", HELD, SENDER, voice.names_one),
    Gate("G9", "too_long", HELD, NOBODY, voice.too_long),
    Gate("G9", "media", HELD, NOBODY, voice.media),
    Gate("G10", "target_gone", HELD, NOBODY, voice.target_gone),
    Gate("G10", "target_changed", HELD, SENDER, voice.target_changed),
    Gate("G11", "paused", HELD, NOBODY, voice.paused),
    Gate("G11", "breaker", HELD, OPERATOR, voice.breaker),
    Gate("G11", "approval", HELD, NOBODY, voice.approval),
)
"""Whether these words may be said to these readers under this post now."""

GATES = (*RIGHTS, *VOICE)

SAMPLE = tuple(
    gate
    for gate in RIGHTS
    if gate.check
    in {
        rights.unparsable,
        rights.no_token,
        rights.many_tokens,
        rights.bad_token,
        rights.bounce,
        rights.desk_missing,
        rights.machine,
        rights.acknowledgement,
        rights.sender_not_allowed,
        rights.sender_unproven,
    }
)
"""Who writes about a sample of what was left alone: there is no conversation, and nothing that could be published."""

_FOR_EACH = frozenset({
    "desk_missing", "sender_not_allowed", "visibility", "private_words", "extract_doubt", "empty",
    "own_address", "content", "too_long", "target_gone", "breaker",
})  # fmt: skip
EACH = tuple(gate for gate in GATES if gate.reason in _FOR_EACH and gate.check is not voice.extract_doubt)
"""What is asked again for everyone whom an answer to all goes to."""


def walk(case: Case) -> Passed | Finding:
    """Take a letter with words for the customer through all gates; the first no ends the walk.

    Gate G12, the undo window, is the caller's: what passed is published `desk.undo_for` its readers later.
    A released letter walks again, with what was waived: the gates behind the one that held it have not seen it yet.
    """
    return _walk(case, GATES)


def admit(case: Case) -> Passed | Finding:
    """Take a letter that brings commands only through the gates that ask who writes."""
    return _walk(case, RIGHTS)


def walk_automatic(case: Case) -> Passed | Finding:
    """Take a standard response that nobody wrote for this post through the gates that ask about words, readers and the moment."""
    return _walk(case, VOICE)


def admit_review(case: Case) -> Passed | Finding:
    """Take a letter about a sample through the gates that ask who writes; nobody can overrule one of them."""
    return _walk(case, SAMPLE)


def reach(case: Case) -> Passed | Finding:
    """Whether an answer to all, which passed the other gates as a letter, may go to one of those who joined."""
    return _walk(case, EACH)


def may_be_told(case: Case) -> bool:
    """Whether the sender passes G4 and G5: nobody else ever gets an answer about a letter."""
    return all(_finding(gate, case) is None for gate in RIGHTS if gate.name in {"G4", "G5"})


def _walk(case: Case, gates: tuple[Gate, ...]) -> Passed | Finding:
    waived: list[str] = []
    for gate in gates:
        finding = _finding(gate, case)
        if finding is not None and not _overruled(gate, case):
            return finding
        waived += [gate.reason] if finding else []
    names = sorted({gate.name for gate in gates}, key=lambda name: int(name[1:]))
    return Passed(gates=tuple(names), waived=tuple(dict.fromkeys(waived)))


def _finding(gate: Gate, case: Case) -> Finding | None:
    """A gate's no; a gate that fails, or says neither yes nor no, has not opened (threat-model 4.1)."""
    try:
        detail: object = gate.check(case)
    except Exception as problem:  # noqa: BLE001 - whatever goes wrong in a gate, the letter is held
        return _undecided(gate, type(problem).__name__)
    if detail is None:
        return None
    if not isinstance(detail, str):
        return _undecided(gate, type(detail).__name__)
    return Finding(gate=gate.name, reason=gate.reason, outcome=gate.outcome, detail=detail)


def _undecided(gate: Gate, cause: str) -> Finding:
    detail = f"this gate could not decide ({cause})"
    return Finding(gate=gate.name, reason=gate.reason, outcome=HELD, detail=detail)


def _overruled(gate: Gate, case: Case) -> bool:
    """Whether a person who may do so released the letter from this reason."""
    by = case.waived.get(gate.reason)
    return by is not None and gate.waiver <= by < NOBODY
