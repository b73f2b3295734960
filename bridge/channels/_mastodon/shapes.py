"""What servers with Mastodon's API answer, as far as it is read (docs.joinmastodon.org, entities)."""

import re
import zlib
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

Id = str | int
"""Cast from an integer by Mastodon itself, and other letters elsewhere: never reckoned with, only compared."""

Moment = Annotated[datetime, msgspec.Meta(tz=True)]

Audience = Literal["public", "unlisted", "private", "direct", "local", "list", "mutuals_only"]
"""Who may read a post; with a value that nobody knows a post is kept aside, since its audience cannot be told."""

OPEN: frozenset[str] = frozenset({"public", "unlisted"})
"""What everybody may read; all else is for some readers only."""

_NULL = msgspec.Raw(b"null")
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,127}")


def order(identifier: str) -> tuple[int, str]:
    """Ids in the order in which the server gave them out: numbers of any length, and texts of one length."""
    return len(identifier), identifier


def is_id(given: str) -> bool:
    """Whether a text may stand in a path as an id."""
    return _ID.fullmatch(given) is not None


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who writes."""

    id: Id
    acct: str
    """`name` on our own server, `name@host` elsewhere."""
    username: str = ""
    display_name: str | None = ""
    url: str | None = ""
    avatar: str | None = ""
    bot: bool | None = False
    followers_count: int | None = None
    created_at: str | None = None
    """Kept as text: an odd one spoils no post."""

    @property
    def since(self) -> datetime | None:
        """When the account was made; None where the server does not say so in a way that can be read."""
        try:
            made = datetime.fromisoformat(self.created_at or "")
        except ValueError:
            return None
        return made if made.tzinfo else made.replace(tzinfo=UTC)


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is named in a post."""

    id: Id
    acct: str = ""
    url: str | None = ""


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """A file at a post, or one that was uploaded; without `url` while the server still works on it."""

    id: Id = ""
    type: str | None = ""
    url: str | None = None
    remote_url: str | None = None
    description: str | None = None


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """A post."""

    id: Id
    created_at: Moment
    account: Account
    visibility: Audience
    content: str | None = ""
    """HTML of a stranger."""
    spoiler_text: str | None = ""
    """The content warning."""
    sensitive: bool | None = False
    language: str | None = None
    url: str | None = None
    uri: str | None = None
    in_reply_to_id: Id | None = None
    mentions: list[Mention] = []
    media_attachments: list[Medium] = []
    reblog: msgspec.Raw = _NULL
    quote: msgspec.Raw = _NULL
    """`Quote` since Mastodon 4.4; other servers put something else here."""

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def shown(self) -> "Status | None":
        """Itself, as a listing of posts shows it; None for a boost, which is nobody's own words."""
        return self if bytes(self.reblog) == b"null" else None

    @property
    def parent(self) -> str:
        """The id of the post that it answers, empty without one."""
        return "" if self.in_reply_to_id is None else str(self.in_reply_to_id)

    @property
    def version(self) -> int:
        """Changes with the words."""
        said = f"{self.spoiler_text or ''}\x1f{self.content or ''}"
        return zlib.crc32(said.encode("utf-8", "replace"))

    @property
    def is_open(self) -> bool:
        """Whether everybody may read it."""
        return self.visibility in OPEN

    @property
    def quoted(self) -> "Status | None":
        """The post that it quotes, where the server shows it."""
        try:
            return msgspec.json.decode(self.quote, type=_Quote).quoted_status
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None


class _Quote(msgspec.Struct, frozen=True):
    quoted_status: Status | None = None


_TOLD = frozenset({"mention", "quote"})


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """Something that the account is told; its id counts apart from those of posts."""

    id: Id
    type: str
    status: Status | None = None

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def shown(self) -> Status | None:
        """The post that somebody addresses us with; None for whatever else happens to an account."""
        return self.status if self.type in _TOLD else None


class Context(msgspec.Struct, frozen=True):
    """What stands above a post, from the top of the thread on, and what stands below it."""

    ancestors: list[msgspec.Raw] = []
    descendants: list[msgspec.Raw] = []


class _Statuses(msgspec.Struct, frozen=True):
    max_characters: Annotated[int, msgspec.Meta(ge=1)] = 500
    max_media_attachments: Annotated[int, msgspec.Meta(ge=0)] = 4
    characters_reserved_per_url: Annotated[int, msgspec.Meta(ge=1)] = 23


class _MediaRules(msgspec.Struct, frozen=True):
    supported_mime_types: list[str] = []
    """Empty where the server does not say."""
    description_limit: Annotated[int, msgspec.Meta(ge=1)] = 1500


class _Urls(msgspec.Struct, frozen=True):
    streaming: str | None = ""
    streaming_api: str | None = ""
    """The same in the first version of the answer."""


class _Configuration(msgspec.Struct, frozen=True):
    urls: _Urls = _Urls()
    statuses: _Statuses = _Statuses()
    media_attachments: _MediaRules = _MediaRules()


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """The server's own bounds; Mastodon's defaults where it tells none."""

    domain: str = ""
    """The part of the accounts' names behind the @; it need not be the host that is asked."""
    uri: str = ""
    """The same in the first version of the answer."""
    api_versions: dict[str, int] = {}
    max_toot_chars: int | None = None
    """Where older Pleroma servers say it."""
    configuration: _Configuration = _Configuration()
    urls: _Urls = _Urls()

    @property
    def streaming(self) -> str:
        """Where the stream is, empty where it is at the server itself."""
        return self.configuration.urls.streaming or self.urls.streaming_api or ""

    @property
    def longest(self) -> int:
        """Characters of a post."""
        return self.max_toot_chars or self.configuration.statuses.max_characters

    @property
    def most_media(self) -> int:
        """Files at a post."""
        return self.configuration.statuses.max_media_attachments

    @property
    def per_link(self) -> int:
        """Characters that every link counts."""
        return self.configuration.statuses.characters_reserved_per_url

    @property
    def home(self) -> str:
        """The part of the accounts' names behind the @, empty where the server does not say."""
        return (self.domain or self.uri.partition("://")[2] or self.uri).strip("/").lower()
