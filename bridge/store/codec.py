"""Values to and from what the tables hold: JSON, compressed bytes, microseconds, short keys."""

import re
import zlib
from base64 import b32decode, b32encode
from dataclasses import MISSING, field, fields, make_dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec

from bridge.core.effects import Act, Effect, Inject, Judge, Publish, Remind, Reread, Tell
from bridge.core.model import Customer, Visibility
from bridge.core.proxies import Notice, Proxy, Sealed
from bridge.core.publications import PrivateAnswer, PublicAnswer
from bridge.core.share import Share

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LONG = re.compile("[a-z2-7]{16}")
_LEVEL = 1
"""Of zlib: the quickest; stored texts shrink to a third, and higher levels cost twice the time for a tenth more."""

T = TypeVar("T")


class Unreadable(Exception):
    """A stored value is not what its type says: a person must look at it."""


def micros(moment: datetime) -> int:
    """Microseconds since 1970 in UTC; raises TypeError for a time without a zone."""
    return span(moment - _EPOCH)


def span(length: timedelta) -> int:
    """The whole microseconds of a length of time."""
    return length // _MICROSECOND


def moment(value: int) -> datetime:
    """The time that the microseconds stand for."""
    return _EPOCH + value * _MICROSECOND


def maybe_moment(value: int | None) -> datetime | None:
    """The same where there may be none."""
    return None if value is None else moment(value)


def short(conversation: str) -> bytes | None:
    """The ten bytes of a conversation's id, None for the empty id; raises ValueError for anything else."""
    if not conversation:
        return None
    if not _LONG.fullmatch(conversation):
        raise ValueError("a conversation's id has sixteen lower-case base32 characters")
    return b32decode(conversation.upper())


def long(conversation: bytes | None) -> str:
    """The id that the ten bytes stand for, empty for None."""
    return "" if conversation is None else b32encode(conversation).decode().lower()


def identity_key(platform: str, author: str) -> bytes:
    """The natural key of an identity, in sixteen bytes."""
    return Customer(platform=platform, author=author).key


def tombstone_key(salt: bytes, channel: str, native: str) -> bytes:
    """What is kept of an erased post: a hash that cannot be guessed back without this database's own key (I02)."""
    return blake2b(f"{channel}\x1f{native}".encode("utf-8", "replace"), digest_size=16, key=salt).digest()


def consent_key(key: str) -> bytes:
    """The bytes under which a Consent.key is kept."""
    return blake2b(key.encode("utf-8", "replace"), digest_size=16).digest()


def packed(raw: bytes | None) -> bytes | None:
    """Compressed bytes, None for none."""
    return zlib.compress(raw, _LEVEL) if raw else None


def unpacked(raw: bytes | None) -> bytes:
    """The bytes again."""
    return zlib.decompress(raw) if raw else b""


def to_json(value: object) -> str:
    """JSON of a value; lone surrogates, which UTF-8 cannot carry, become `?`."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_clean(msgspec.to_builtins(value))).decode()


def _clean(value: Any) -> object:
    match value:
        case str():
            return value.encode("utf-8", "replace").decode()
        case list() | tuple():
            return [_clean(item) for item in value]
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case _:
            return value


_DECODERS: dict[type[Any], msgspec.json.Decoder[Any]] = {}


def from_json(kind: type[T], text: str) -> T:
    """The value of that type again; raises msgspec.DecodeError where the text holds something else."""
    if kind not in _DECODERS:
        _DECODERS[kind] = msgspec.json.Decoder(kind)
    value: T = _DECODERS[kind].decode(text)
    return value


KINDS: dict[str, type[Effect]] = {
    kind.__name__.lower(): kind for kind in (Judge, Inject, Publish, Tell, Reread, Remind, Act, Share)
}
"""The effects by the name that their rows carry."""


def kind_of(effect: Effect) -> str:
    """The name that the effect's row carries."""
    return type(effect).__name__.lower()


def visibility_of(effect: Effect) -> str:
    """Who may see what the effect carries; empty where it carries no words of a customer."""
    match effect:
        case Judge(post=post):
            return post.visibility.value
        case Inject(proxy=proxy):
            return proxy.post.visibility.value
        case Publish(publication=PublicAnswer()):
            return Visibility.PUBLIC.value
        case Publish(publication=PrivateAnswer()):
            return Visibility.PRIVATE.value
        case _:
            return ""


def channel_of(effect: Effect) -> str:
    """The channel that the effect belongs to, empty for notices and letters."""
    match effect:
        case Judge(post=post):
            return post.channel
        case Inject(proxy=proxy):
            return proxy.post.channel
        case Publish(publication=publication):
            return publication.channel
        case Act(channel=channel):
            return channel
        case Share(post=post):
            return post.channel
        case _:
            return ""


def desk_of(effect: Effect) -> str:
    """The desk that the effect belongs to, empty where none is concerned yet."""
    match effect:
        case Inject(proxy=proxy):
            return proxy.desk
        case Publish(desk=desk) | Act(desk=desk) | Share(desk=desk):
            return desk
        case Tell(notice=notice):
            return notice.desk
        case _:
            return ""


def pack_effect(effect: Effect) -> tuple[str, bytes | None]:
    """An effect as JSON, and its sealed form beside it, still to be compressed."""
    match effect:
        case Inject(proxy=proxy, sealed=sealed):
            return to_json(proxy), to_json(sealed).encode()
        case Tell(notice=notice, sealed=sealed):
            return to_json(notice), to_json(sealed).encode()
        case _:
            return to_json(effect), None


def unpack_effect(kind: str, visibility: str, payload: str, sealed: bytes | None) -> Effect:
    """The effect of a row; raises Unreadable where the row holds something else."""
    try:
        return _unpack_effect(kind, visibility, payload, unpacked(sealed).decode())
    except (msgspec.MsgspecError, KeyError, ValueError, zlib.error):
        raise Unreadable("a row of the outbox cannot be read") from None


def _unpack_effect(kind: str, visibility: str, payload: str, sealed: str) -> Effect:
    match kind:
        case "inject":
            return Inject(proxy=from_json(Proxy, payload), sealed=from_json(Sealed, sealed))
        case "tell":
            return Tell(notice=from_json(Notice, payload), sealed=from_json(Sealed, sealed))
        case "publish":
            wire = from_json(_PUBLISH[Visibility(visibility)], payload)
            return Publish(**{part.name: getattr(wire, part.name) for part in fields(Publish)})
        case _:
            return from_json(KINDS[kind], payload)


def _narrowed(answer: type) -> type[Any]:
    """The fields of Publish with one sort of answer: which sort it is stands beside the JSON, never in it."""
    parts: list[Any] = []
    for part in fields(Publish):
        kind = answer if part.name == "publication" else part.type
        parts.append((part.name, kind) if part.default is MISSING else (part.name, kind, field(default=part.default)))
    return make_dataclass(f"Publish{answer.__name__}", parts, kw_only=True, frozen=True)


_PUBLISH = {Visibility.PUBLIC: _narrowed(PublicAnswer), Visibility.PRIVATE: _narrowed(PrivateAnswer)}
