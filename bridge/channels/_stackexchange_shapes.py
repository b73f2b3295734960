"""What the Stack Exchange API answers, as far as it is read (api.stackexchange.com/docs, version 2.3)."""

import zlib
from datetime import UTC, datetime
from typing import Annotated

import msgspec

Second = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799)]
"""Seconds since 1970, up to the year 9999."""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote; an account that was deleted has a name and no id."""

    user_id: int | None = None
    display_name: str = ""
    reputation: int | None = None
    link: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question; texts are HTML of strangers, and titles have their entities."""

    question_id: int
    title: str
    body: str
    creation_date: Second
    owner: Owner = Owner()
    link: str = ""
    answer_count: int = 0
    is_answered: bool = False
    """Whether an answer is accepted or voted for."""

    @property
    def key(self) -> str:
        """Its id; questions and answers of a site count through the same numbers."""
        return str(self.question_id)

    @property
    def version(self) -> str:
        """Changes with the words, and with the answers."""
        said = zlib.crc32(f"{self.title}\x1f{self.body}".encode("utf-8", "replace"))
        return f"{said:08x}.{self.answer_count}.{int(self.is_answered)}"

    @property
    def second(self) -> int:
        """When it was asked."""
        return self.creation_date

    @property
    def at(self) -> datetime:
        """The same with its zone."""
        return datetime.fromtimestamp(self.creation_date, UTC)


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the community."""

    answer_id: int
    question_id: int
    body: str
    creation_date: Second
    owner: Owner = Owner()
    link: str = ""

    @property
    def at(self) -> datetime:
        """When it was given."""
        return datetime.fromtimestamp(self.creation_date, UTC)


class Wrapper(msgspec.Struct, frozen=True, kw_only=True):
    """What every answer of the API is wrapped in."""

    items: list[msgspec.Raw]
    has_more: bool = False
    backoff: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Seconds before the same method may be asked again."""
    quota_max: int | None = None
    quota_remaining: int | None = None


class Refusal(msgspec.Struct, frozen=True):
    """Why it gives none."""

    error_id: int
    error_name: str = ""
    error_message: str = ""
