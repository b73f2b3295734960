"""Names in chat: the readable half of a customer's address, and the code by which a conversation is claimed."""

import re
import unicodedata
from collections.abc import Collection

SHORTEST = 4
"""Letters of a code, at least; longer ones are taken where another conversation has it."""

LONGEST_SLUG = 40
"""Letters of a customer's name in an address."""

_NO_SLUG = re.compile(r"[^a-z0-9]+")


def slug(*names: str) -> str:
    """The first of the names that has something of ASCII in it, as the readable half of an address."""
    for name in names:
        plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().lower()
        if found := _NO_SLUG.sub(".", plain).strip(".")[:LONGEST_SLUG].strip("."):
            return found
    return "customer"


def code(conversation: str, taken: Collection[str]) -> str:
    """The shortest beginning of a conversation's id, of four letters or more, that no other conversation uses."""
    return next(
        (conversation[:size] for size in range(SHORTEST, len(conversation)) if conversation[:size] not in taken),
        conversation,
    )
