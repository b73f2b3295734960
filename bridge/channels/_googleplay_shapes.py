"""What Google's developer API answers about reviews, as far as it is read (androidpublisher v3, reviews)."""

from datetime import UTC, datetime

import msgspec

from bridge.channels._reviews import Answered, version_of


class _Stamp(msgspec.Struct, frozen=True):
    seconds: str | int
    """64 bits wide, so Google writes it as a text."""

    @property
    def moment(self) -> datetime:
        """The time itself; raises ValueError where it is none."""
        try:
            return datetime.fromtimestamp(int(self.seconds), UTC)
        except (OverflowError, OSError):
            raise ValueError("no time") from None


class _Written(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    text: str = ""
    star_rating: int
    last_modified: _Stamp
    reviewer_language: str = ""

    def __post_init__(self) -> None:
        """A time that is none, and stars that are none, spoil the entry and nothing else."""
        self.last_modified.moment  # noqa: B018 - asked for its ValueError
        if not 1 <= self.star_rating <= 5:  # noqa: PLR2004 - stars
            raise ValueError("stars are 1 to 5")


class _Said(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    text: str = ""
    last_modified: _Stamp


class _Comment(msgspec.Struct, frozen=True, rename="camel"):
    user_comment: _Written | None = None
    developer_comment: _Said | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A review with its answer."""

    review_id: str
    author_name: str | None = ""
    comments: list[_Comment]

    def __post_init__(self) -> None:
        """A review without words of its author is none."""
        if not any(comment.user_comment for comment in self.comments):
            raise ValueError("no words of the author")

    @property
    def _written(self) -> _Written:
        return next(comment.user_comment for comment in self.comments if comment.user_comment)

    @property
    def key(self) -> str:
        """The review's id."""
        return self.review_id

    @property
    def title(self) -> str:
        """Before the tab, where an older review has one."""
        title, tab, _ = self._written.text.partition("\t")
        return title if tab else ""

    @property
    def text(self) -> str:
        """The author's words."""
        return self._written.text.partition("\t")[2] or self._written.text

    @property
    def stars(self) -> int:
        """1 to 5."""
        return self._written.star_rating

    @property
    def author(self) -> str:
        """The name that the author chose."""
        return self.author_name or ""

    @property
    def moment(self) -> datetime:
        """When the author wrote or changed it."""
        return self._written.last_modified.moment

    @property
    def lang(self) -> str:
        """The author's language."""
        return self._written.reviewer_language.partition("_")[0]

    @property
    def answered(self) -> Answered | None:
        """Our answer."""
        said = next((comment.developer_comment for comment in self.comments if comment.developer_comment), None)
        return None if said is None else Answered(text=said.text, at=said.last_modified.moment)

    @property
    def version(self) -> str:
        """Changes with the words, the stars and the answer."""
        return version_of(self)

    @property
    def second(self) -> int:
        """When the author wrote or changed it, in seconds since 1970."""
        return int(self.moment.timestamp())


class _Paging(msgspec.Struct, frozen=True, rename="camel"):
    next_page_token: str = ""


class Listed(msgspec.Struct, frozen=True, rename="camel"):
    """A page of reviews; nothing at all where there are none."""

    reviews: list[msgspec.Raw] = []
    token_pagination: _Paging = _Paging()


class _Replied(msgspec.Struct, frozen=True, rename="camel"):
    reply_text: str


class Replied(msgspec.Struct, frozen=True):
    """What became of an answer."""

    result: _Replied


class Granted(msgspec.Struct, frozen=True):
    """A token of a service account (RFC 7523)."""

    access_token: str
    expires_in: int = 3600

    def __repr__(self) -> str:
        return "Granted(***)"
