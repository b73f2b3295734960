"""One mail as the bridge would take it, without any configuration: who speaks, which words, which commands."""

from collections.abc import Sequence
from dataclasses import dataclass

from bridge.core.replies import Command, LetterKind, Turn
from bridge.letters import mime, turns
from bridge.letters.automatic import Facts, classify
from bridge.letters.commands import split_commands
from bridge.letters.extract import extract
from bridge.letters.mime import Unparsable


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What one mail says."""

    kind: LetterKind
    label: str
    """The class of automatic mail, or human."""
    text: str
    confident: bool
    commands: tuple[Command, ...]
    reasons: tuple[str, ...]
    """Signs of a machine, doubts about the words, commands that nobody knows."""


def inspect(raw: bytes, known: Sequence[str] = ()) -> Inspection:
    """Read a mail, or a turn of a chat; `known` are the texts of proxies that it may quote. Never raises.

    What this tells people is no proof of anything: a turn counts only where an inbox of turns handed it out.
    """
    if turn := turns.read(raw):
        return _turn(turn)
    try:
        mail = mime.read(raw)
    except Unparsable as problem:
        reasons = (f"unparsable: {problem}",)
        return Inspection(
            kind=LetterKind.OTHER, label="unparsable", text="", confident=False, commands=(), reasons=reasons
        )
    told = classify(mail, Facts())
    if told.kind is not LetterKind.REPLY:
        return Inspection(
            kind=told.kind, label=told.label, text="", confident=True, commands=(), reasons=tuple(told.signs)
        )
    found = extract(mail, known)
    split = split_commands(found.text)
    unknown = tuple(f"unknown command: {line}" for line in (*split.unknown, *split.misplaced))
    return Inspection(
        kind=told.kind,
        label=told.label,
        text=split.rest,
        confident=found.confident,
        commands=split.commands,
        reasons=(*told.signs, *found.doubts, *unknown),
    )


def _turn(turn: Turn) -> Inspection:
    split = split_commands(turn.text)
    unknown = tuple(f"unknown command: {line}" for line in (*split.unknown, *split.misplaced))
    return Inspection(
        kind=LetterKind.AUTOMATIC if turn.automatic else LetterKind.REPLY,
        label=turn.automatic or "human",
        text=split.rest,
        confident=True,
        commands=split.commands,
        reasons=unknown,
    )


def from_body(body: bytes, subtype: str) -> bytes:
    """A body alone as a mail; `subtype` is plain or html."""
    return f"Content-Type: text/{subtype}; charset=utf-8\r\nMIME-Version: 1.0\r\n\r\n".encode() + body
