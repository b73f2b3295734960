"""What App Store Connect answers, as far as it is read (developer.apple.com, App Store Connect API, CustomerReview)."""

from datetime import datetime
from typing import Annotated

import msgspec

from bridge.channels._reviews import Answered, version_of

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Words(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    rating: Annotated[int, msgspec.Meta(ge=1, le=5)]
    title: str | None = ""
    body: str | None = ""
    reviewer_nickname: str | None = ""
    created_date: Moment
    territory: str | None = ""


class _Said(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    response_body: str
    last_modified_date: Moment


class Response(msgspec.Struct, frozen=True):
    """Our answer to a review."""

    id: str
    attributes: _Said


class _Review(msgspec.Struct, frozen=True):
    id: str
    attributes: _Words


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """A review with its answer beside it; the API gives them apart."""

    review: _Review
    response: Response | None = None

    @property
    def key(self) -> str:
        """The review's id."""
        return self.review.id

    @property
    def title(self) -> str:
        """Its headline."""
        return self.review.attributes.title or ""

    @property
    def text(self) -> str:
        """Its words."""
        return self.review.attributes.body or ""

    @property
    def stars(self) -> int:
        """1 to 5."""
        return self.review.attributes.rating

    @property
    def author(self) -> str:
        """The nickname."""
        return self.review.attributes.reviewer_nickname or ""

    @property
    def moment(self) -> datetime:
        """When it was written."""
        return self.review.attributes.created_date

    @property
    def lang(self) -> str:
        """The store tells a country and no language."""
        return ""

    @property
    def answered(self) -> Answered | None:
        """Our answer, also while Apple still looks at it."""
        if self.response is None:
            return None
        said = self.response.attributes
        return Answered(text=said.response_body, at=said.last_modified_date)

    @property
    def version(self) -> str:
        """Changes with the words and the answer."""
        return version_of(self)

    @property
    def second(self) -> int:
        """When it was written, in seconds since 1970."""
        return int(self.moment.timestamp())


class _Pointer(msgspec.Struct, frozen=True):
    id: str = ""


class _Pointed(msgspec.Struct, frozen=True):
    data: _Pointer | None = None


class _Relations(msgspec.Struct, frozen=True):
    response: _Pointed = _Pointed()


class _Related(msgspec.Struct, frozen=True):
    relationships: _Relations = _Relations()


class _Links(msgspec.Struct, frozen=True):
    next: str = ""


class Reviews(msgspec.Struct, frozen=True):
    """A page of reviews, with the answers beside them."""

    data: list[msgspec.Raw]
    included: list[msgspec.Raw] = []
    links: _Links = _Links()


class One(msgspec.Struct, frozen=True):
    """One review, with its answer beside it."""

    data: msgspec.Raw
    included: list[msgspec.Raw] = []


class App(msgspec.Struct, frozen=True):
    """The app that was asked for."""

    data: _Pointer


def joined(review: msgspec.Raw, included: list[msgspec.Raw]) -> msgspec.Raw:
    """A review and its answer as one entry, in the bytes that they came in."""
    try:
        pointed = msgspec.json.decode(review, type=_Related).relationships.response.data
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pointed = None
    answer = next((raw for raw in included if pointed is not None and _id(raw) == pointed.id), None)
    beside = b', "response": ' + bytes(answer) if answer is not None else b""
    return msgspec.Raw(b'{"review": ' + bytes(review) + beside + b"}")


def _id(raw: msgspec.Raw) -> str:
    try:
        return msgspec.json.decode(raw, type=_Pointer).id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
