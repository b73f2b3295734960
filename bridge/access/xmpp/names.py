"""JIDs taken apart (RFC 7622)."""

import re

_JID = re.compile(r"(?:([^\s@/\"&'<>:]{1,64})@)?([a-z0-9.\-]{1,253})(?:/(.{1,1023}))?", re.DOTALL)


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
