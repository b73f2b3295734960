"""What Twilio answers, as far as it is read (2010-04-01, Messages and IncomingPhoneNumbers)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

UNDELIVERED = frozenset({"failed", "undelivered", "canceled"})
"""States in which a message certainly does not arrive."""

ARRIVED = frozenset({"delivered", "read"})


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A text message, in or out."""

    sid: str
    date_created: str
    direction: str
    from_: str = msgspec.field(name="from")
    to: str
    body: str | None = None
    status: str = ""
    num_media: str | int | None = None
    num_segments: str | int | None = None
    error_code: int | str | None = None

    def __post_init__(self) -> None:
        """Refuses what is no message: msgspec makes a broken entry of it."""
        if not self.sid or len(self.sid) > 64:  # noqa: PLR2004 - theirs have 34 characters
            raise ValueError("it has no SID")
        parsedate_to_datetime(self.date_created)

    @property
    def key(self) -> str:
        """The id of its post."""
        return self.sid

    @property
    def version(self) -> str:
        """A text message is never edited, and what operators redact is no news; that ours did not arrive is."""
        return "undelivered" if self.is_lost else "1"

    @property
    def is_lost(self) -> bool:
        """Whether it is ours and certainly does not arrive."""
        return not self.inbound and self.status in UNDELIVERED

    @property
    def second(self) -> int:
        """When it came, in seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def at(self) -> datetime:
        """The same as a time: RFC 2822, as Twilio writes it."""
        found = parsedate_to_datetime(self.date_created)
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    @property
    def inbound(self) -> bool:
        """Whether a customer wrote it."""
        return self.direction == "inbound"

    @property
    def words(self) -> str:
        """What was written."""
        return self.body or ""

    @property
    def segments(self) -> int:
        """How many it was, as far as Twilio says."""
        return count(self.num_segments) or 1

    @property
    def pictures(self) -> int:
        """How many files came with it."""
        return count(self.num_media)


class Messages(msgspec.Struct, frozen=True, kw_only=True):
    """A page of messages, newest first."""

    messages: list[msgspec.Raw]
    next_page_uri: str | None = None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """The account that was asked for."""

    sid: str
    status: str = "active"


class Numbers(msgspec.Struct, frozen=True, kw_only=True):
    """The account's own numbers, as far as they match."""

    class Number(msgspec.Struct, frozen=True, kw_only=True):
        phone_number: str

    incoming_phone_numbers: list[Number]


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """Files of a message."""

    class File(msgspec.Struct, frozen=True, kw_only=True):
        sid: str
        content_type: str = ""

    media_list: list[File]


def count(given: str | int | None) -> int:
    """Twilio writes numbers as texts."""
    text = str(given if given is not None else "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - more digits than any count has
