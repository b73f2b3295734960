"""Delivery receipts: what became of a text that the SMSC had taken, in both forms of SMPP 3.4 (5.2.28 and Appendix B)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bridge.channels._smpp.pdu import Short, Tag

_KIND = 0x3C
_RECEIPT = 0x04
_INTERMEDIATE = 0x20
_NETWORK_ERROR = 3
_LONGEST_ID = 65
_SIGNIFICANT = 5
"""Letters of a state's word by which it is known."""

_FIELD = re.compile(r"\b(id|sub|dlvrd|submit date|done date|stat|err):\s*([^\s]*)", re.IGNORECASE)


class State(StrEnum):
    """What a receipt says, in the words of Appendix B."""

    ENROUTE = "ENROUTE"
    DELIVERED = "DELIVRD"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"
    UNDELIVERABLE = "UNDELIV"
    ACCEPTED = "ACCEPTD"
    UNKNOWN = "UNKNOWN"
    REJECTED = "REJECTD"


_BY_NUMBER = dict(enumerate(State, start=1))
"""The values of message_state (5.2.28), which has the same order."""

FAILED: Mapping[State, str] = {
    State.EXPIRED: "the customer's phone could not be reached in time",
    State.DELETED: "the network deleted it",
    State.UNDELIVERABLE: "it could not be delivered to this number",
    State.REJECTED: "the network refused it",
    State.UNKNOWN: "the network does not know whether it arrived",
}
"""States after which the customer has not certainly read the text, in words for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of a text, by the id that the SMSC gave it."""

    id: str
    state: State
    error: str = ""
    """The network's own code; empty where it gives none."""


def is_receipt(short: Short) -> bool:
    """Whether a deliver_sm is about a text of ours, and from no customer."""
    return short.esm_class & _KIND in {_RECEIPT, _INTERMEDIATE} or Tag.RECEIPTED_MESSAGE_ID in short.fields


def receipt(short: Short) -> Receipt | None:
    """What it says; the optional fields win over the text, which every SMSC writes as it likes. None where it says nothing.

    An intermediate notification settles nothing: whatever it says, the text is still on its way.
    """
    said = {name.lower(): value for name, value in reversed(_FIELD.findall(short.octets.decode("latin-1")))}
    name = _name(short) or said.get("id", "")
    state = _BY_NUMBER.get(short.number(Tag.MESSAGE_STATE) or 0) or _state(said.get("stat", ""))
    if not name or len(name) > _LONGEST_ID or state is None:
        return None
    if short.esm_class & _KIND == _INTERMEDIATE:
        state = State.ENROUTE
    return Receipt(id=name, state=state, error=_error(short) or _code(said.get("err", "")))


def spellings(name: str) -> Collection[str]:
    """How else the same id may be written: without zeros, in the other case, in hexadecimal or decimal digits."""
    plain = name.lower().lstrip("0") or "0"
    found = {name, plain}
    if plain.isdecimal() and plain.isascii():
        found.add(f"{int(plain):x}")
    if re.fullmatch(r"[0-9a-f]{1,16}", plain):
        found.add(str(int(plain, 16)))
    return found


def _name(short: Short) -> str:
    return short.fields.get(Tag.RECEIPTED_MESSAGE_ID, b"").partition(b"\0")[0].decode("latin-1").strip()


def _state(said: str) -> State | None:
    """A state by its word; some networks write it out, or cut it."""
    word = said.upper()
    return next((state for state in State if word[:_SIGNIFICANT] == state.value[:_SIGNIFICANT]), None)


def _error(short: Short) -> str:
    """The kind of network and its code, where the SMSC tells them in three octets."""
    value = short.fields.get(Tag.NETWORK_ERROR_CODE, b"")
    code = int.from_bytes(value[1:], "big") if len(value) == _NETWORK_ERROR else 0
    return str(code) if code else ""


def _code(said: str) -> str:
    return said.lstrip("0") if re.fullmatch(r"[0-9A-Fa-f]{1,8}", said) else ""
