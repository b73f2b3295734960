"""Events of the Activity stream (docs.x.com, event payloads), as the posts and messages that polling would bring."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from bridge.channels._entries import Broken, Entry
from bridge.channels._x.shapes import Attachments, Entities, Message, Url, Wire
from bridge.channels._x.wire import Included, decoded, entries, included, people

POSTS = ("post.mention.create", "post.reply.create", "post.quote.create")
MESSAGES = "dm.received"

_THOUSANDTHS = range(1 << 43)
"""Thousandths of seconds since 1970 that can be meant, up to the year 2248."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that an event tells."""

    key: str
    """The same for the same thing, from whichever event."""
    post: Entry[Wire] | None = None
    message: Entry[Message] | None = None
    broken: Broken | None = None
    along: Included


class _Envelope(msgspec.Struct, frozen=True):
    class Event(msgspec.Struct, frozen=True):
        event_type: str
        payload: msgspec.Raw = msgspec.Raw(b"{}")
        includes: msgspec.Raw = msgspec.Raw(b"{}")

    data: Event


class _Data(msgspec.Struct, frozen=True):
    class Media(msgspec.Struct, frozen=True):
        class Medium(msgspec.Struct, frozen=True):
            id: int

        media: Medium | None = None

    text: str = ""
    entities: Entities | None = None
    attachment: Media | None = None


class _Target(msgspec.Struct, frozen=True):
    recipient_id: int


class _Create(msgspec.Struct, frozen=True):
    target: _Target
    sender_id: int
    message_data: _Data


class _Legacy(msgspec.Struct, frozen=True):
    """A direct message in the words of version 1.1, which events still use."""

    id: int
    created_timestamp: int
    message_create: _Create

    def __post_init__(self) -> None:
        if self.created_timestamp not in _THOUSANDTHS:
            raise ValueError("a time in no year that we know")


class _Letters(msgspec.Struct, frozen=True):
    direct_message_events: list[msgspec.Raw]
    users: msgspec.Raw = msgspec.Raw(b"{}")


def heard(line: bytes) -> Iterator[Heard]:
    """What a line tells; nothing for kinds that were not asked for, a broken entry for what cannot be read."""
    envelope = decoded(line, _Envelope)
    if envelope is None:
        if decoded(line, dict[str, msgspec.Raw]) is None:
            yield _unreadable(line, "an event is not readable as JSON")
        return
    event = envelope.data
    if event.event_type in POSTS:
        yield from _post(event)
    elif event.event_type == MESSAGES:
        yield from _letters(event.payload)


def _post(event: _Envelope.Event) -> Iterator[Heard]:
    """A post comes as polling shows it; X adds the post itself to what comes along."""
    along = included(event.includes)
    good, bad = entries([event.payload], Wire)
    for entry in good:
        yield Heard(key=f"p{entry.value.id}", post=entry, along=along)
    for broken in bad:
        yield Heard(key=f"b{broken.digest}", broken=broken, along=along)


def _letters(payload: msgspec.Raw) -> Iterator[Heard]:
    read = decoded(bytes(payload), _Letters)
    if read is None:
        yield _unreadable(bytes(payload), "a message's event has an unexpected shape")
        return
    along = Included(users={user.id: user for user in people(read.users)})
    for raw in read.direct_message_events:
        legacy = decoded(bytes(raw), _Legacy)
        if legacy is None:
            yield _unreadable(bytes(raw), "a message's event has an unexpected shape")
        else:
            entry = Entry(value=_message(legacy), raw=bytes(raw))
            yield Heard(key=f"m{legacy.id}", message=entry, along=along)


def _message(legacy: _Legacy) -> Message:
    """The same message as the listing shows it: a conversation of two is named by both, the smaller number first."""
    create = legacy.message_create
    pair = sorted((create.sender_id, create.target.recipient_id))
    medium = create.message_data.attachment.media if create.message_data.attachment else None
    return Message(
        id=legacy.id,
        event_type="MessageCreate",
        created_at=datetime.fromtimestamp(legacy.created_timestamp / 1000, UTC),
        dm_conversation_id=f"{pair[0]}-{pair[1]}",
        sender_id=create.sender_id,
        text=create.message_data.text,
        attachments=Attachments(media_keys=[f"3_{medium.id}"]) if medium else None,
        entities=create.message_data.entities or Entities(urls=list[Url]()),
    )


def _unreadable(raw: bytes, reason: str) -> Heard:
    broken = Broken(number=None, reason=reason, raw=raw)
    return Heard(key=f"b{broken.digest}", broken=broken, along=Included())
