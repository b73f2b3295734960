"""What a homeserver tells us, as values: events of rooms are read here and nowhere else, and what is none is nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_ID = 255
"""Bytes of an id, at most, as the specification has it."""

_FILES = frozenset({"m.image", "m.video", "m.audio", "m.file"})
_QUOTED = re.compile(r"> (?:\* )?<@[^\n]*\n(?:>[^\n]*\n)*\n?")
"""What older clients put before an answer to somebody: their words again (rich replies before version 1.13)."""

_MXC = re.compile(r"mxc://([A-Za-z0-9.:\[\]-]{1,255})/([A-Za-z0-9_-]{1,255})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message."""

    room: str
    sender: str
    id: str
    kind: str
    """Its `msgtype`: words, a file, a notice of a machine, or something that nobody expects."""
    text: str
    """The words; of a file its caption, mostly empty."""
    file: str = ""
    """Its address (`mxc://…`)."""
    corrects: str = ""
    """The event whose place it takes (m.replace)."""
    answers: str = ""
    """The event that it answers."""

    @property
    def by_machine(self) -> bool:
        """Whether a machine says of itself that it is one."""
        return self.kind == "m.notice"

    @property
    def is_words(self) -> bool:
        """Whether it is words and nothing else."""
        return self.kind == "m.text"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A redaction."""

    room: str
    sender: str
    id: str
    event: str
    """What was redacted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encrypted:
    """Words that we cannot read, or a room from which only such words will come."""

    room: str
    sender: str
    id: str
    whole_room: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Somebody came into a room or left it."""

    room: str
    sender: str
    id: str
    user: str
    there: bool


Event = Said | TakenBack | Encrypted | Moved


def event(given: object) -> Event | None:
    """An event as a value; None for what changes nothing here, as reactions, and for what has no sound form."""
    match given:
        case {
            "type": str(kind),
            "event_id": str(name),
            "room_id": str(room),
            "sender": str(sender),
            "content": dict(content),
            **more,
        } if max(map(len, (kind, name, room, sender))) <= _ID and name:
            return _read(kind, content, {str(k): v for k, v in more.items()}, _where(room, sender, name))
    return None


def _where(room: str, sender: str, name: str) -> dict[str, str]:
    return {"room": room, "sender": sender, "id": name}


def _read(kind: str, content: Mapping[str, Any], more: Mapping[str, Any], where: Mapping[str, str]) -> Event | None:
    match kind:
        case "m.room.message":
            return _said(content, where)
        case "m.room.redaction":
            event_id = _text(more.get("redacts")) or _text(content.get("redacts"))
            return TakenBack(**where, event=event_id) if event_id else None
        case "m.room.encrypted" | "m.room.encryption":
            return Encrypted(**where, whole_room=kind == "m.room.encryption")
        case "m.room.member" if isinstance(more.get("state_key"), str):
            membership = _text(content.get("membership"))
            there, gone = membership == "join", membership in {"leave", "ban"}
            return Moved(**where, user=more["state_key"], there=there) if there or gone else None
    return None


def _said(content: Mapping[str, Any], where: Mapping[str, str]) -> Said | None:
    """A message; a redacted one has no words left, and is none."""
    relation = content.get("m.relates_to")
    relation = relation if isinstance(relation, dict) else {}
    corrects = _text(relation.get("event_id")) if relation.get("rel_type") == "m.replace" else ""
    newer = content.get("m.new_content") if corrects else content
    if not isinstance(newer, dict) or not isinstance(newer.get("msgtype"), str):
        return None
    answered = relation.get("m.in_reply_to")
    answers = _text(answered.get("event_id")) if isinstance(answered, dict) else ""
    text, file = _content(newer)
    return Said(
        **where,
        kind=newer["msgtype"],
        text=_QUOTED.sub("", text, count=1) if answers and _QUOTED.match(text) else text,
        file=file,
        corrects=corrects,
        answers="" if relation.get("is_falling_back") else answers,
    )


def _content(content: Mapping[str, Any]) -> tuple[str, str]:
    """Words and file; what stands where a file's name does is no words unless there is another name."""
    body = content.get("body")
    body = body if isinstance(body, str) else ""
    if content["msgtype"] not in _FILES:
        return body, ""
    name, place = content.get("filename"), _text(content.get("url"))
    return (body if isinstance(name, str) and name != body else ""), (place if _MXC.fullmatch(place) else "")


def _text(given: object) -> str:
    """A text of bearable length; empty for anything else."""
    return given if isinstance(given, str) and len(given) <= 2 * _ID + 8 else ""


def place(address: str) -> tuple[str, str] | None:
    """The server and the id of a file; None where the address is none."""
    found = _MXC.fullmatch(address)
    return (found[1], found[2]) if found else None
