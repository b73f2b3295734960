"""What a webhook of Meta's tells, as hints: it rings, and names what no listing would show; its words are read from the platform."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import msgspec

from bridge.channels._graph.threads import OBJECT

T = TypeVar("T")

_BELOW_TOPICS = frozenset({"comment"})
_THOUSANDTHS = 100_000_000_000
"""More seconds than that lie in no year that is meant."""

_FAR = 1 << 53
_SPOKEN = ("message", "message_edit", "postback")
"""Parts of a messaging event that say something; read and delivery receipts do not."""


class Kind(StrEnum):
    """What is to be read."""

    BELOW = "below"
    """The comments of a post of ours, which may be too old to be looked at otherwise."""
    NAMED = "named"
    """A post or comment of others that names us: nothing else shows it."""
    GONE = "gone"
    """A post or comment that was taken away: an older one is missed by no listing."""


class Hint(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to read; kept until a stored cursor says that it was."""

    kind: Kind
    post: str
    """A post of ours, the post or picture of others, or what was taken away."""
    comment: str = ""
    """The comment below it that names us; empty where the post itself does."""
    at: int = 0
    """When it happened, in seconds: Meta repeats what it tells, and the same thing may happen again."""

    @property
    def key(self) -> str:
        """The same for a repetition."""
        told = f"{self.kind}|{self.post}|{self.comment}|{self.at}"
        return hashlib.sha256(told.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What one payload tells one account."""

    hints: tuple[Hint, ...] = ()
    rings: bool = False
    """Whether the listings have something to show."""
    at: int = 0
    """When Meta told it first, in seconds; 0 where that is not said."""
    unclear: str = ""
    """What is wrong with a change that cannot be read; the others count all the same."""


class Unclear(ValueError):
    """The payload is in no shape that we know; without any of its words."""


class _Ref(msgspec.Struct, frozen=True):
    id: str | int = ""


class _Value(msgspec.Struct, frozen=True, kw_only=True):
    item: str = ""
    verb: str = ""
    post_id: str | int | None = None
    comment_id: str | int | None = None
    media_id: str | int | None = None
    media: _Ref | None = None
    from_: _Ref | None = msgspec.field(name="from", default=None)
    created_time: object = None


class _Change(msgspec.Struct, frozen=True, kw_only=True):
    field: str = ""
    value: msgspec.Raw = msgspec.Raw(b"{}")


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    id: str | int
    time: object = None
    changes: list[_Change] = []
    messaging: list[dict[str, msgspec.Raw]] = []


class _Payload(msgspec.Struct, frozen=True, kw_only=True):
    object: str
    entry: list[msgspec.Raw]


def addressed(payload: bytes) -> list[tuple[str, str, bytes]]:
    """Each entry of a payload with the sort of object and the account that it concerns; raises Unclear."""
    read = _decoded(payload, _Payload)
    entries = [(_decoded(bytes(raw), _Entry), bytes(raw)) for raw in read.entry]
    return [(read.object, str(entry.id), raw) for entry, raw in entries]


def told(sort: str, account: str, raw: bytes) -> Heard:
    """What an entry tells its account; fields that nobody asked for tell nothing. Raises Unclear."""
    entry = _decoded(raw, _Entry)
    hints: list[Hint] = []
    unclear = ""
    rings = any(part in event for event in entry.messaging for part in _SPOKEN)
    for change in entry.changes:
        try:
            value = _decoded(bytes(change.value), _Value)
        except Unclear as problem:
            unclear = str(problem)
            continue
        if value.from_ is None or str(value.from_.id) != account:
            rings = rings or (sort, change.field) in _RINGING
            hints += _hinted(sort, change.field, value, at=_seconds(value.created_time) or _seconds(entry.time))
    return Heard(hints=tuple(hints), rings=rings, at=_seconds(entry.time), unclear=unclear)


def _seconds(given: object) -> int:
    """A time in seconds, or in the thousandths that messages have; 0 for anything else."""
    seconds = int(given) if isinstance(given, int | float) and 0 < given < _FAR else 0
    return seconds // 1000 if seconds > _THOUSANDTHS else seconds


_RINGING = frozenset({("page", "feed"), ("page", "ratings"), ("page", "mention"), ("instagram", "comments")})


def _hinted(sort: str, field: str, value: _Value, *, at: int) -> Iterator[Hint]:
    """By Meta's fields: `feed` and `mention` of Pages, `comments` and `mentions` of Instagram."""
    post, comment = _name(value.post_id), _name(value.comment_id)
    medium = _name(value.media_id) or _name(value.media.id if value.media else None)
    if (sort, field, value.verb) == ("page", "feed", "remove") and (comment or post):
        yield Hint(kind=Kind.GONE, post=comment or post, at=at)
    match sort, field:
        case "page", "feed" if value.item in _BELOW_TOPICS and post:
            yield Hint(kind=Kind.BELOW, post=post, at=at)
        case "page", "mention" if post or comment:
            yield Hint(kind=Kind.NAMED, post=post, comment=comment, at=at)
        case "instagram", "comments" if medium:
            yield Hint(kind=Kind.BELOW, post=medium, at=at)
        case "instagram", "mentions" if medium:
            yield Hint(kind=Kind.NAMED, post=medium, comment=comment, at=at)


def _name(given: str | int | None) -> str:
    """An object's id; empty for anything that is none, since it becomes part of a question."""
    name = "" if given is None else str(given)
    return name if OBJECT.fullmatch(name) else ""


def _decoded(body: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        known = isinstance(error, msgspec.ValidationError)
        raise Unclear(f"unexpected shape: {error}" if known else "not readable as JSON") from None
