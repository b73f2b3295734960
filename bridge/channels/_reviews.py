"""Reviews in an app store as the core's posts: each has stars, one author whom nothing else tells of, and room for one answer."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from bridge.channels._newest_first import Place
from bridge.channels._text import clean, line
from bridge.core.model import Author, Kind, Post, Visibility

ANSWER = "answer"
"""Behind a review's id it names the answer to it."""


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """The cursor."""

    reviews: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What stands below a review as ours."""

    text: str
    at: datetime


class Review(Protocol):
    """A review, whichever store shows it."""

    @property
    def key(self) -> str:
        """Its id."""
        ...

    @property
    def title(self) -> str:
        """Empty where the store has none."""
        ...

    @property
    def text(self) -> str:
        """The author's words."""
        ...

    @property
    def stars(self) -> int:
        """1 to 5."""
        ...

    @property
    def author(self) -> str:
        """The name that the author chose; it identifies nobody (threat-model 4.9)."""
        ...

    @property
    def moment(self) -> datetime:
        """When it was written or changed."""
        ...

    @property
    def lang(self) -> str:
        """As the store says it; empty where it does not."""
        ...

    @property
    def answered(self) -> Answered | None:
        """Our answer, where there is one."""
        ...


def version_of(review: Review) -> str:
    """Changes with the words, the stars and the answer."""
    answer = review.answered.text if review.answered else ""
    said = f"{review.stars}\x1f{review.title}\x1f{review.text}\x1f{answer}"
    return f"{zlib.crc32(said.encode('utf-8', 'replace')):08x}"


def posts(review: Review, *, channel: str, account: str, url: str) -> Sequence[Post]:
    """The review, and our answer to it where there is one: it may have been given by hand."""
    return tuple(_posts(review, channel, account=account, url=url))


def _posts(review: Review, channel: str, *, account: str, url: str) -> Iterator[Post]:
    yield Post(
        channel=channel,
        id=review.key,
        kind=Kind.REVIEW,
        visibility=Visibility.PUBLIC,
        thread=review.key,
        author=Author(id=review.key, name=line(review.author)),
        title=line(review.title),
        text=clean(review.text).strip() or line(review.title),
        rating=review.stars,
        at=review.moment,
        lang=line(review.lang, 16),
        answers=frozenset({Visibility.PUBLIC}),
        answer_url=url,
    )
    if review.answered is not None:
        yield Post(
            channel=channel,
            id=f"{review.key}/{ANSWER}",
            kind=Kind.COMMENT,
            visibility=Visibility.PUBLIC,
            thread=review.key,
            parent=review.key,
            author=Author(id=account),
            text=clean(review.answered.text),
            at=review.answered.at,
        )
