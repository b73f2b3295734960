"""Draws docs/reasons.md from the gates and the words that agents read; run it after a change of either."""

from pathlib import Path

from bridge.core.case import Waiver
from bridge.core.gates import GATES
from bridge.core.phrases import HELD, NEVER_TOLD
from bridge.core.replies import LetterOutcome

PAGE = Path(__file__).parent / "reasons.md"

INTRODUCTION = """\
# Why an answer was not published

Drawn from the gates of `bridge/core/gates.py` by `python docs/make_reasons.py`; a test keeps it equal.
A letter passes the gates in this order, and the first no ends the walk.
Releasing a held letter overrules one reason; it is then read anew and meets every other gate again.

| gate | reason | what happens | who may release it | is the sender told? |
| --- | --- | --- | --- | --- |
"""

LATER = """
## After the gates

A publication that had passed the gates can still be held at the last moment or by what the platform says.

| reason | what the sender reads |
| --- | --- |
"""

RELEASERS = {
    Waiver.SENDER: "the sender, by `#release`, or an operator",
    Waiver.OPERATOR: "an operator, by `bridge held release`",
    Waiver.NOBODY: "nobody",
}

OUTCOMES = {
    LetterOutcome.HELD: "held",
    LetterOutcome.REFUSED: "refused",
    LetterOutcome.AUTOMATIC: "recorded as automatic",
    LetterOutcome.BOUNCE: "recorded as a bounce, the operator is told",
    LetterOutcome.REPLAY: "recorded as a repetition",
    LetterOutcome.NOT_OURS: "recorded as not ours",
}


def page() -> str:
    """The whole page."""
    rows = [
        f"| {gate.name} | `{gate.reason}` | {OUTCOMES[gate.outcome]} | {_releaser(gate.outcome, gate.waiver)} "
        f"| {'no' if gate.reason in NEVER_TOLD else 'yes, once verified'} |\n"
        for gate in GATES
    ]
    known = {gate.reason for gate in GATES}
    later = [f"| `{reason}` | {phrase.subject} |\n" for reason, phrase in HELD.items() if reason not in known]
    return INTRODUCTION + "".join(rows) + LATER + "".join(later)


def _releaser(outcome: LetterOutcome, waiver: Waiver) -> str:
    return RELEASERS[waiver] if outcome in {LetterOutcome.HELD, LetterOutcome.AUTOMATIC} else "nobody"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
