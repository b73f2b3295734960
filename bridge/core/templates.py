"""Operators' own lines in proxies: templates by desk and language, with a few fields and no other power (E16)."""

from collections.abc import Iterator, Mapping

from bridge.core import responses
from bridge.core.model import Post

MAX_LABEL = 20
"""Characters of a line's label."""

EVERY_DESK = "all"
"""Name of the template whose lines stand in the proxies of all desks."""


def notes(templates: Mapping[str, str], post: Post, *, desk: str, platform: str) -> tuple[str, ...]:
    """The lines for a post: those for every desk, then the desk's own, each in the post's language where there is one."""
    found = (responses.chosen(templates, name, post, platform=platform) for name in (EVERY_DESK, desk))
    return tuple(line for text in found if text for line in lines(text))


def lines(text: str) -> Iterator[str]:
    """The lines of a template that say something; those that begin with a hash are for its author."""
    return (line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def trouble(text: str) -> str:
    """What is wrong with a template; empty where nothing is."""
    for line in lines(text):
        label, colon, rest = line.partition(": ")
        if not colon or not rest.strip() or len(label) > MAX_LABEL:
            return "every line needs a label, a colon and a sentence, for example: Tone: we say hello and goodbye"
        unknown = responses.unknown_fields(line)
        if unknown:
            return f"there is no field {{{unknown[0]}}}: write one of {', '.join(responses.FIELDS)}"
    return ""
