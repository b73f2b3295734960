"""What goes over the line and what comes over it, as values; XML is read here and nowhere else."""

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NS = re.compile(r"\{[^}]*\}")

CLIENTS = {
    "delay": "urn:xmpp:delay",
    "receipts": "urn:xmpp:receipts",
    "sid": "urn:xmpp:sid:0",
    "correct": "urn:xmpp:message-correct:0",
    "reply": "urn:xmpp:reply:0",
    "nick": "http://jabber.org/protocol/nick",
    "states": "http://jabber.org/protocol/chatstates",
    "oob": "jabber:x:oob",
    "user": "http://jabber.org/protocol/muc#user",
    "muc": "http://jabber.org/protocol/muc",
    "avatar": "vcard-temp:x:update",
}
"""Namespaces by the words that this file uses for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A message that came."""

    sender: str
    to: str
    group: bool
    id: str
    text: str
    late: bool = False
    """Whether it bears a delay: history of a room, or held up on its way (XEP-0203)."""
    corrects: str = ""
    answers: str = ""
    links: tuple[str, ...] = ()
    wants_receipt: bool = False
    receipt: str = ""
    """Id of the message of ours that arrived at the sender's client."""
    error: str = ""
    """The condition of an error; then `id` is that of the message of ours that it is about."""
    typing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A presence that came."""

    sender: str
    to: str
    kind: str
    """Empty where somebody is there; unavailable, subscribe, probe, error, … else."""
    show: str = ""
    real: str = ""
    """The account behind a nick, as the room says it."""
    owner: bool = False
    """Whether they own the room."""
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that came, or the answer to one of ours."""

    sender: str
    to: str
    id: str
    kind: str
    space: str
    """The namespace of what is asked for."""
    body: ET.Element | None = None


Incoming = Heard | Seen | Asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A message that goes."""

    sender: str
    to: str
    id: str
    text: str
    name: str = ""
    group: bool = False
    corrects: str = ""
    links: tuple[str, ...] = ()
    at: datetime | None = None
    """When it was said, where that was earlier."""
    gone: bool = False
    """Whether the conversation ends with it (XEP-0085)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A presence that goes."""

    sender: str
    to: str
    kind: str = ""
    name: str = ""
    avatar: str = ""
    """SHA-1 of the picture, empty for none (XEP-0153)."""
    joins: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirm:
    """The receipt for a message that is durably kept (XEP-0184)."""

    sender: str
    to: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """The error that answers a message which was not taken; its text is for the person who wrote it."""

    sender: str
    to: str
    id: str
    condition: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnish:
    """What we set in a room that is ours: its members, and where it is new its rules.

    It lasts, and is for members only, who see each other's accounts.
    """

    sender: str
    room: str
    members: tuple[str, ...]
    anew: bool


Outgoing = Say | Show | Confirm | Reject | Furnish


def sound(text: str) -> str:
    """The text without what XML cannot carry."""
    return _NOT_XML.sub("", text)


def read(xml: ET.Element) -> Incoming | None:
    """A stanza as a value; None for what is none of the three kinds."""
    match _NS.sub("", xml.tag):
        case "message":
            return _heard(xml)
        case "presence":
            return _seen(xml)
        case "iq":
            return _asked(xml)
        case _:
            return None


def _heard(xml: ET.Element) -> Heard:
    kind = xml.get("type", "normal")
    return Heard(
        sender=xml.get("from", ""),
        to=xml.get("to", ""),
        group=kind == "groupchat",
        id=_id(xml),
        text="" if kind == "error" else _text(xml, "body"),
        late=_has(xml, "delay", "delay"),
        corrects=_attribute(xml, "correct", "replace", name="id"),
        answers=_attribute(xml, "reply", "reply", name="id"),
        links=tuple(
            url.text.strip() for url in xml.iterfind(f"{{{CLIENTS['oob']}}}x/{{{CLIENTS['oob']}}}url") if url.text
        ),
        wants_receipt=kind != "error" and _has(xml, "receipts", "request"),
        receipt="" if kind == "error" else _attribute(xml, "receipts", "received", name="id"),
        error=_condition(xml) if kind == "error" else "",
        typing=next((_NS.sub("", each.tag) for each in xml if each.tag.startswith(f"{{{CLIENTS['states']}}}")), ""),
    )


def _id(xml: ET.Element) -> str:
    """The id that the sender's own client gave, which stays the same when it sends again (XEP-0359)."""
    return _attribute(xml, "sid", "origin-id", name="id") or xml.get("id", "")


def _seen(xml: ET.Element) -> Seen:
    user = xml.find(f"{{{CLIENTS['user']}}}x")
    item = user.find(f"{{{CLIENTS['user']}}}item") if user is not None else None
    codes = user.iterfind(f"{{{CLIENTS['user']}}}status") if user is not None else ()
    return Seen(
        sender=xml.get("from", ""),
        to=xml.get("to", ""),
        kind=xml.get("type", ""),
        show=_text(xml, "show"),
        real=item.get("jid", "") if item is not None else "",
        owner=item is not None and item.get("affiliation") == "owner",
        codes=frozenset(status.get("code", "") for status in codes),
    )


def _asked(xml: ET.Element) -> Asked:
    body = next((each for each in xml if not each.tag.endswith("}error")), None)
    space = body.tag[1:].partition("}")[0] if body is not None and body.tag.startswith("{") else ""
    return Asked(
        sender=xml.get("from", ""),
        to=xml.get("to", ""),
        id=xml.get("id", ""),
        kind=xml.get("type", ""),
        space=space,
        body=body,
    )


def _text(xml: ET.Element, name: str) -> str:
    """The text of the first child of that name; of several bodies in several languages the first counts."""
    return next((each.text or "" for each in xml if _NS.sub("", each.tag) == name), "")


def _has(xml: ET.Element, space: str, name: str) -> bool:
    return xml.find(f"{{{CLIENTS[space]}}}{name}") is not None


def _attribute(xml: ET.Element, space: str, child: str, *, name: str) -> str:
    found = xml.find(f"{{{CLIENTS[space]}}}{child}")
    return found.get(name, "") if found is not None else ""


def _condition(xml: ET.Element) -> str:
    """The name of an error's condition; `undefined-condition` where it names none (RFC 6120 8.3)."""
    error = next((each for each in xml if _NS.sub("", each.tag) == "error"), None)
    found = (
        next((_NS.sub("", each.tag) for each in error if not each.tag.endswith("}text")), "")
        if error is not None
        else ""
    )
    return found or "undefined-condition"
