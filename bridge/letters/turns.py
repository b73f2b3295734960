"""Turns of a chat as letters: an inbox writes down what it proved, and here it is read without cutting anything out of it.

A chat's inbox proves the sender before anything is written, so the turn's own bytes need no proof of their own:
they come from nowhere but the inbox, and only a letter of an inbox whose form is TURN is read so.
"""

import json
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import asdict, fields
from hashlib import sha256

from bridge.core.replies import Command, Letter, LetterKind, Reading, Turn
from bridge.letters import address
from bridge.letters.address import BadToken, Purpose, Token
from bridge.letters.commands import split_commands
from bridge.letters.enclosures import shown
from bridge.letters.reading import Envelope, Postmark

MAX_TEXT = 20_000
"""Characters of one turn."""

MAX_NAME = 500
"""Characters of each of its other fields."""

MAX_FILES = 10
"""Files of one turn."""

MAX_FILE = 16 * 1024 * 1024
"""Bytes of one file, which is more than most platforms take."""

_MAX_LINK = 2_000
_VERSION = 1
_FIELDS = frozenset(field.name for field in fields(Turn))
_LISTS = {"links": _MAX_LINK, "files": (MAX_FILE + 2) // 3 * 4}
"""Fields of several texts, and the characters that each of them may have."""

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def written(turn: Turn) -> bytes:
    """The turn as a letter's bytes, the same for the same turn; raises ValueError where it is larger than turns may be."""
    if trouble := _trouble(asdict(turn)):
        raise ValueError(trouble)
    said = {name: value for name, value in asdict(turn).items() if value or name not in _LISTS}
    return json.dumps({"turn": _VERSION, **said}, ensure_ascii=True, sort_keys=True).encode()


def fingerprint(inbox: str, turn_id: str) -> str:
    """What stays the same whenever the same turn comes again, and belongs to no other turn of any inbox."""
    return sha256(f"turn\x1f{inbox}\x1f{turn_id}".encode("utf-8", "surrogatepass")).hexdigest()


def envelope(letter: Letter, postmark: Postmark) -> Envelope:
    """Which conversation was spoken in; never raises."""
    turn = read(letter.raw) if letter.whole else None
    if turn is None:
        return _envelope(letter, None, fingerprint=sha256(letter.raw).hexdigest(), unparsable="it is no turn of a chat")
    found = address.verify(postmark.ring, turn.address, postmark.desks)
    genuine = isinstance(found, Token) and found.purpose is Purpose.REPLY
    verdict = found if genuine else BadToken(reason="form")
    return _envelope(letter, turn, fingerprint=fingerprint(letter.inbox, turn.id), unparsable="", verdict=verdict)


def _envelope(
    letter: Letter,
    turn: Turn | None,
    *,
    fingerprint: str,
    unparsable: str,
    verdict: Token | BadToken | None = None,
) -> Envelope:
    return Envelope(
        letter=letter,
        mail=None,
        unparsable=unparsable,
        tokens=(verdict,) if isinstance(verdict, Token) else (),
        forged=int(isinstance(verdict, BadToken)),
        named=True,
        fingerprint=fingerprint,
        turn=turn,
    )


def reading(envelope: Envelope, turn: Turn) -> Reading:
    """What the turn says: its words are the sender's own to the last character; never raises."""
    split = split_commands(turn.text)
    inbox = envelope.letter.inbox
    files = shown(b64decode(file) for file in turn.files)
    meant = len(turn.links) + len(turn.files)
    return Reading(
        fingerprint=envelope.fingerprint,
        message_id=turn.id,
        conversations=envelope.conversations,
        forged=envelope.forged,
        desk=envelope.tokens[0].desk if envelope.tokens else "",
        in_reply_to=(turn.answers,) if turn.answers else (),
        kind=LetterKind.AUTOMATIC if turn.automatic else LetterKind.REPLY,
        label=turn.automatic or "human",
        sender=turn.sender.lower(),
        proof=turn.proof,
        text=split.rest,
        confident=True,
        commands=(*split.commands, Command(name="media")) if meant else split.commands,
        unknown_commands=(*split.unknown, *split.misplaced),
        attachments=files,
        lost=meant - len(files),
        further=True,
        corrects=fingerprint(inbox, turn.corrects) if turn.corrects else "",
    )


def read(raw: bytes) -> Turn | None:
    """The turn that an inbox wrote down, None where these bytes are none: whose they are is for the inbox to know."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.pop("turn", None) != _VERSION or set(found) | set(_LISTS) != _FIELDS:
        return None
    lists = {name: tuple(found[name]) for name in _LISTS if isinstance(found.get(name), list)}
    named = found | lists
    return None if _trouble(named) else Turn(**named)


def _trouble(named: Mapping[str, object]) -> str:
    """Why these are no fields of a turn; empty where they are."""
    for name, value in named.items():
        if name in _LISTS:
            if trouble := _listed(name, value):
                return trouble
        elif not isinstance(value, str) or len(value) > (MAX_TEXT if name == "text" else MAX_NAME):
            return f"{name} is no text of at most {MAX_TEXT if name == 'text' else MAX_NAME} characters"
    missing = [name for name in ("id", "address", "sender", "proof") if not named[name]]
    return f"{missing[0]} is empty" if missing else ""


def _listed(name: str, value: object) -> str:
    """Why this is no list of links or files; empty where it is."""
    if not isinstance(value, tuple) or len(value) > MAX_FILES:
        return f"{name} is no list of at most {MAX_FILES}"
    if not all(isinstance(each, str) and len(each) <= _LISTS[name] for each in value):
        return f"one of {name} is no text of at most {_LISTS[name]} characters"
    return "one of files is no base64" if name == "files" and not all(map(_BASE64.fullmatch, value)) else ""
