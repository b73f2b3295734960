"""The Graph API's objects, as far as they are read: people, posts, comments, reviews."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from bridge.channels._text import line
from bridge.core.model import Media

MOST_MEDIA = 10
TIMES = range(1 << 33)
"""Seconds since 1970 that can be meant, up to the year 2242."""


def moment(given: str | int) -> datetime:
    """A time as Meta writes it: `2019-05-17T16:24:04+0000`, or seconds since 1970; raises ValueError for another one."""
    if isinstance(given, int):
        _check(given)
        return datetime.fromtimestamp(given, UTC)
    at = datetime.fromisoformat(given)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    _check(int(at.timestamp()))
    return at


def _check(seconds: int) -> None:
    if seconds not in TIMES:
        raise ValueError("a time in no year that we know")


class Person(msgspec.Struct, frozen=True):
    """Someone who writes; Pages and people alike."""

    id: str | int = ""
    name: str = ""
    username: str = ""

    @property
    def key(self) -> str:
        """The id as text, empty where it is withheld."""
        return str(self.id)


class Who(msgspec.Struct, frozen=True):
    """The account that a token belongs to."""

    id: str | int
    name: str = ""

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)


class Ref(msgspec.Struct, frozen=True):
    """Another object, by its id."""

    id: str | int

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)


class Image(msgspec.Struct, frozen=True):
    """A picture or video by its address, under one of two names."""

    src: str = ""
    url: str = ""


class MediaPart(msgspec.Struct, frozen=True):
    """What an attachment shows."""

    image: Image | None = None
    source: str = ""


class Attached(msgspec.Struct, frozen=True):
    """Something attached to a post or comment."""

    type: str = ""
    url: str = ""
    title: str | None = None
    description: str | None = None
    media: MediaPart | None = None

    @property
    def address(self) -> str:
        """Where it can be seen."""
        if self.media is not None and self.media.image is not None and self.media.image.src:
            return self.media.image.src
        return self.url


class AttachedList(msgspec.Struct, frozen=True):
    """Everything attached to a post."""

    data: list[Attached] = []


class Summary(msgspec.Struct, frozen=True):
    """A post's comments, counted and not listed."""

    class Total(msgspec.Struct, frozen=True):
        """Their number."""

        total_count: int = 0

    summary: Total = Total()


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A post on a Page, by the Page or by a visitor, or one that tags it."""

    id: str | int
    created_time: str | int
    updated_time: str | int | None = None
    message: str = ""
    from_: Person | None = msgspec.field(name="from", default=None)
    permalink_url: str = ""
    can_reply_privately: bool = False
    attachments: AttachedList | None = None
    comments: Summary | None = None

    def __post_init__(self) -> None:
        moment(self.created_time)
        moment(self.updated_time or self.created_time)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.created_time)

    @property
    def touched(self) -> datetime:
        """When it was last written to, by a comment too."""
        return max(self.at, moment(self.updated_time or self.created_time))

    @property
    def words(self) -> str:
        """What it says."""
        return self.message

    @property
    def count(self) -> int:
        """Its comments, answers to comments among them."""
        return self.comments.summary.total_count if self.comments else 0

    @property
    def media(self) -> tuple[Media, ...]:
        """What is attached to it, by reference."""
        return pictures(self.attachments.data if self.attachments else [])


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, or an answer to one."""

    id: str | int
    created_time: str | int
    message: str = ""
    from_: Person | None = msgspec.field(name="from", default=None)
    parent: Ref | None = None
    permalink_url: str = ""
    can_reply_privately: bool = False
    can_comment: bool = True
    is_private: bool = False
    attachment: Attached | None = None

    def __post_init__(self) -> None:
        moment(self.created_time)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.created_time)

    @property
    def words(self) -> str:
        """What it says."""
        return self.message

    @property
    def media(self) -> tuple[Media, ...]:
        """What is attached to it, by reference."""
        return pictures([self.attachment] if self.attachment else [])


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """What a person thinks of the Page; it has no id of its own."""

    created_time: str | int
    reviewer: Person | None = None
    rating: int | None = None
    recommendation_type: str = ""
    review_text: str = ""
    open_graph_story: Ref | None = None

    def __post_init__(self) -> None:
        moment(self.created_time)
        if self.open_graph_story is None and (self.reviewer is None or not self.reviewer.key):
            raise ValueError("a review by nobody")

    @property
    def key(self) -> str:
        """The story that can be answered, else a name made of its writer: each person has one review."""
        if self.open_graph_story is not None:
            return self.open_graph_story.key
        return f"review-{self.reviewer.key if self.reviewer else ''}"

    @property
    def at(self) -> datetime:
        """When it was given."""
        return moment(self.created_time)

    @property
    def words(self) -> str:
        """Its stars, its verdict and its words: an edit may change each."""
        return f"{self.rating} {self.recommendation_type}\n{self.review_text}"


def pictures(attached: list[Attached]) -> tuple[Media, ...]:
    """Attachments by reference; nothing is fetched by looking at them."""
    return tuple(_media(attached))[:MOST_MEDIA]


def _media(attached: list[Attached]) -> Iterator[Media]:
    for part in attached:
        if part.address:
            yield Media(url=part.address, type=line(part.type), alt=line(part.title or part.description or ""))
