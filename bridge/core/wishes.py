"""What an agent wants with a letter: words for the customer, commands, or both."""

from dataclasses import dataclass

from bridge.core import responses
from bridge.core.case import Case
from bridge.core.policy import Policy
from bridge.core.replies import Finding, LetterOutcome, Reading
from bridge.core.split import Unsplittable, measure, split

SILENT = frozenset({
    "note", "ignore", "spam", "done", "reject", "approve", "release", "escalate", "hide", "unhide", "delete",
})  # fmt: skip
"""Commands after which the letter's own words are for colleagues and never for the customer."""


def speaks(reading: Reading) -> bool:
    """Whether words of the letter are meant for the customer."""
    silent = any(command.name in SILENT for command in reading.commands)
    if silent:
        return False
    return bool(reading.text.strip()) or reading.asks("use") or not reading.commands


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The exact texts to publish, one for each part, or what is missing to know them."""

    parts: tuple[str, ...] = ()
    trouble: Finding | None = None


def words(case: Case, policy: Policy) -> Words:
    """The letter's own words with standard responses filled in, split where that was asked for and is needed."""
    said = [case.reading.text.strip()] if case.reading.text.strip() else []
    for name in (command.argument for command in case.reading.commands if command.name == "use"):
        response = _response(case, policy, name)
        if response is None:
            return Words(trouble=_held("unknown_response", f"there is no standard response {name[:40]!r}"))
        said.insert(0, response)
    text = "\n\n".join(said)
    return Words(parts=_parts(case, text)) if text else Words()


def _response(case: Case, policy: Policy, name: str) -> str | None:
    if case.post is None or case.channel is None:
        return None
    return responses.chosen(policy.responses, name, case.post, platform=case.channel.platform)


def _parts(case: Case, text: str) -> tuple[str, ...]:
    """Numbered parts where the agent asked for them; a text that fits, or that cannot be split, stays whole."""
    if case.channel is None or not case.reading.asks("split"):
        return (text,)
    limits = case.channel.limits
    room = limits.room(case.visibility)
    if room <= 0 or measure(text, limit=room, count=limits.count, unit=limits.unit) is None:
        return (text,)
    try:
        return split(text, limit=room, count=limits.count)
    except Unsplittable:
        return (text,)


def _held(reason: str, detail: str) -> Finding:
    return Finding(gate="G8", reason=reason, outcome=LetterOutcome.HELD, detail=detail)
