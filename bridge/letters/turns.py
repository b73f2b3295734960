"""Turns of a chat as letters: an inbox writes down what it proved, and here it is read without cutting anything out of it.

A chat's inbox proves the sender before anything is written, so the turn's own bytes need no proof of their own:
they come from nowhere but the inbox, and only a letter of an inbox whose form is TURN is read so.
"""

import json
from dataclasses import asdict, fields
from hashlib import sha256

from bridge.core.replies import Letter, LetterKind, Reading, Turn
from bridge.letters import address
from bridge.letters.address import BadToken, Purpose, Token
from bridge.letters.commands import split_commands
from bridge.letters.reading import Envelope, Postmark

MAX_TEXT = 20_000
"""Characters of one turn."""

MAX_NAME = 500
"""Characters of each of its other fields."""

_VERSION = 1
_FIELDS = frozenset(field.name for field in fields(Turn))


def written(turn: Turn) -> bytes:
    """The turn as a letter's bytes, the same for the same turn; raises ValueError where it is larger than turns may be."""
    if trouble := _trouble(asdict(turn)):
        raise ValueError(trouble)
    return json.dumps({"turn": _VERSION, **asdict(turn)}, ensure_ascii=True, sort_keys=True).encode()


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
        commands=split.commands,
        unknown_commands=(*split.unknown, *split.misplaced),
        further=True,
        corrects=fingerprint(inbox, turn.corrects) if turn.corrects else "",
    )


def read(raw: bytes) -> Turn | None:
    """The turn that an inbox wrote down, None where these bytes are none: whose they are is for the inbox to know."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.pop("turn", None) != _VERSION or set(found) != _FIELDS:
        return None
    return None if _trouble(found) else Turn(**found)


def _trouble(named: dict[str, object]) -> str:
    """Why these are no fields of a turn; empty where they are."""
    for name, value in named.items():
        if not isinstance(value, str) or len(value) > (MAX_TEXT if name == "text" else MAX_NAME):
            return f"{name} is no text of at most {MAX_TEXT if name == 'text' else MAX_NAME} characters"
    missing = [name for name in ("id", "address", "sender", "proof") if not named[name]]
    return f"{missing[0]} is empty" if missing else ""
