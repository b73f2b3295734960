"""Names in chat: a customer's address, the code by which a conversation is claimed, and JIDs taken apart (RFC 7622)."""

import re
import unicodedata
from collections.abc import Collection

SHORTEST = 4
"""Letters of a code, at least; longer ones are taken where another conversation has it."""

LONGEST_SLUG = 40
"""Letters of a customer's name in an address."""

_NO_SLUG = re.compile(r"[^a-z0-9]+")
_JID = re.compile(r"(?:([^\s@/\"&'<>:]{1,64})@)?([a-z0-9.\-]{1,253})(?:/(.{1,1023}))?", re.DOTALL)


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


def bare(jid: str) -> str:
    """A JID without its resource, as it is compared."""
    return jid.partition("/")[0].lower()


def local(jid: str) -> str:
    """What stands before the `@`, as it is compared; empty where nothing does."""
    before, at, _ = bare(jid).partition("@")
    return before if at else ""


def resource(jid: str) -> str:
    """What stands behind the `/`; in a room it is the nick."""
    return jid.partition("/")[2]


def is_bare(jid: str) -> bool:
    """Whether it is one account's or one room's address: a local part and a domain, small letters, no resource."""
    form = _JID.fullmatch(jid)
    return form is not None and bool(form[1]) and form[3] is None and jid == jid.lower()
