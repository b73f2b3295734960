"""Which of agents' lines are orders to the floor."""

import re
from dataclasses import dataclass

_ORDER = re.compile(r"!([a-z]{1,20})(?:[ \t]+(\S{1,200}))?(?:[ \t]+(\S{1,200}))?\s*", re.IGNORECASE)
_ORDERED = re.compile(r"^[ \t]*![a-z]{1,20}(?![a-z])", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """An agent's order to the floor."""

    name: str
    arguments: tuple[str, ...] = ()


def command(text: str) -> Command | None:
    """The order that a text is; None for anything else."""
    found = _ORDER.fullmatch(text.strip())
    if found is None:
        return None
    return Command(name=found[1].lower(), arguments=tuple(each for each in found.groups()[1:] if each))


def looks_ordered(text: str) -> bool:
    """Whether a line of a text begins like an order: then it is one, or refused, and never said to a customer."""
    return _ORDERED.search(text.strip()) is not None
