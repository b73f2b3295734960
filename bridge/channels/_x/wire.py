"""X's answers, each thing in them read by itself, so that a broken one spoils no other (F05, C20)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.channels._x.shapes import Fault, Medium, User, Wire
from bridge.ports import TemporaryProblem

T = TypeVar("T")


class Meta(msgspec.Struct, frozen=True):
    """Where a listing goes on."""

    next_token: str | None = None


class _Listing(msgspec.Struct, frozen=True, kw_only=True):
    meta: Meta
    data: list[msgspec.Raw] | None = None
    includes: msgspec.Raw = msgspec.Raw(b"{}")
    errors: list[msgspec.Raw] | None = None


class _Looked(msgspec.Struct, frozen=True, kw_only=True):
    data: list[msgspec.Raw] | None = None
    includes: msgspec.Raw = msgspec.Raw(b"{}")
    errors: list[msgspec.Raw] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """What comes along with posts: their authors, what they refer to, what is attached."""

    users: Mapping[int, User] = field(default_factory=dict)
    posts: Mapping[int, Wire] = field(default_factory=dict)
    media: Mapping[str, Medium] = field(default_factory=dict)

    def with_posts(self, posts: Mapping[int, Wire], users: Mapping[int, User]) -> "Included":
        """The same with more of the thread."""
        return Included(users={**users, **self.users}, posts={**posts, **self.posts}, media=self.media)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of a listing."""

    raws: Sequence[msgspec.Raw]
    included: Included
    faults: Sequence[Fault]
    next_token: str | None = None


def decoded(body: bytes, shape: type[T]) -> T | None:
    """The body in the expected shape, ids as numbers or texts alike; None where it has another one."""
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
        return None


def listing(body: bytes) -> Listed:
    """A page of a listing; raises TemporaryProblem where the body is something else (C21)."""
    read = decoded(body, _Listing)
    if read is None:
        raise TemporaryProblem("X answers something else than a listing")
    return Listed(
        raws=read.data or (),
        included=included(read.includes),
        faults=_faults(read.errors),
        next_token=read.meta.next_token or None,
    )


def looked(body: bytes) -> Listed:
    """Posts that were asked for by their ids; raises TemporaryProblem where the body is something else."""
    read = decoded(body, _Looked)
    if read is None or (read.data is None and read.errors is None):
        raise TemporaryProblem("X answers something else than it was asked for")
    return Listed(raws=read.data or (), included=included(read.includes), faults=_faults(read.errors))


def included(raw: bytes | msgspec.Raw) -> Included:
    """What came along; what cannot be read is left out."""
    read = decoded(bytes(raw), dict[str, msgspec.Raw]) or {}
    posts = [*_each(read, "tweets", Wire), *_each(read, "posts", Wire)]
    return Included(
        users={user.id: user for user in people(read.get("users", msgspec.Raw(b"[]")))},
        posts={post.id: post for post in posts},
        media={medium.media_key: medium for medium in _each(read, "media", Medium)},
    )


class _Wrapped(msgspec.Struct, frozen=True):
    data: User


def people(raw: msgspec.Raw) -> Iterator[User]:
    """Accounts as a list or by their ids, bare or wrapped: events have them in all four ways."""
    listed = decoded(bytes(raw), list[msgspec.Raw])
    for one in (decoded(bytes(raw), dict[str, msgspec.Raw]) or {}).values() if listed is None else listed:
        user = decoded(bytes(one), User)
        wrapped = decoded(bytes(one), _Wrapped) if user is None else None
        found = user or (wrapped.data if wrapped else None)
        if found is not None:
            yield found


def _each(read: Mapping[str, msgspec.Raw], name: str, shape: type[T]) -> Iterator[T]:
    for raw in decoded(bytes(read.get(name, b"[]")), list[msgspec.Raw]) or ():
        value = decoded(bytes(raw), shape)
        if value is not None:
            yield value


def _faults(raws: Sequence[msgspec.Raw] | None) -> Sequence[Fault]:
    return [fault for raw in raws or () if (fault := decoded(bytes(raw), Fault)) is not None]


class _Numbered(msgspec.Struct, frozen=True):
    id: int


def entries(raws: Sequence[msgspec.Raw], shape: type[T]) -> tuple[list[Entry[T]], list[Broken]]:
    """The readable entries and the broken ones, each in the order of the listing."""
    good: list[Entry[T]] = []
    bad: list[Broken] = []
    for raw in raws:
        given = bytes(raw)
        try:
            good.append(Entry(value=msgspec.json.decode(given, type=shape, strict=False), raw=given))
        except msgspec.ValidationError as error:
            bad.append(_broken(given, f"unexpected shape: {error}"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
            bad.append(_broken(given, "not readable as JSON"))
    return good, bad


def _broken(raw: bytes, reason: str) -> Broken:
    numbered = decoded(raw, _Numbered)
    return Broken(number=numbered.id if numbered else None, reason=reason, raw=raw)
