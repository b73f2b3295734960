"""Draws docs/states.md from the tables in the code; run it after a change of either table."""

from collections.abc import Mapping
from pathlib import Path

from bridge.core.conversation import Phase
from bridge.core.effects import OPEN, TRANSITIONS, State
from bridge.core.phases import PHASES, Step

PAGE = Path(__file__).parent / "states.md"

INTRODUCTION = """\
# States

Both diagrams are drawn from the tables that the program runs on, by `python docs/make_states.py`; a test keeps them equal.

## Conversation

`bridge/core/phases.py` holds the table; a step that is missing from a phase changes nothing.
"""

OUTBOX = """\
## Outbox row

`bridge/core/effects.py` holds the table.
A row that is {open} keeps later rows of its conversation and lane waiting, so that answers keep their order.
A `running` row whose lease ran out counts as in doubt: mails are sent again as they are, publications are looked up first.
"""


def page() -> str:
    """The whole page."""
    waiting = ", ".join(f"`{state}`" for state in State if state in OPEN)
    return "\n".join((INTRODUCTION, _phases(PHASES), OUTBOX.format(open=waiting), _outbox(TRANSITIONS)))


def _phases(table: Mapping[Phase, Mapping[Step, Phase]]) -> str:
    arrows = [f"    {phase} --> {after}: {step}" for phase, steps in table.items() for step, after in steps.items()]
    return _diagram([f"    [*] --> {Phase.NEW}", *arrows])


def _outbox(table: Mapping[State, frozenset[State]]) -> str:
    arrows = [f"    {state} --> {after}" for state, afters in table.items() for after in State if after in afters]
    ends = [f"    {state} --> [*]" for state, afters in table.items() if not afters]
    begins = [f"    [*] --> {state}" for state in (State.READY, State.PACED, State.HELD)]
    return _diagram([*begins, *arrows, *ends])


def _diagram(lines: list[str]) -> str:
    return "\n".join(("```mermaid", "stateDiagram-v2", *lines, "```", ""))


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
