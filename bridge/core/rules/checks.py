"""A check: one condition of a rule, ready to be asked of a post."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.core.rules.subject import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Which posts can meet a check at all: those that have one of these words, literals, loose patterns or keys."""

    words: tuple[int, ...] = ()
    literals: tuple[int, ...] = ()
    loose: tuple[int, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition of a rule or route."""

    key: str
    """As it is written in the file."""
    wanted: str
    """What it asks for, for people."""
    evidence: Callable[[Subject], str | None]
    """None where the post does not meet it; else what of the post meets it, which may be empty."""
    gate: Gate | None = None
    """None where any post may meet it."""
    telling: bool = False
    """Whether meeting it says enough about a post to call the rule a near miss."""
