"""Instagram's objects at the Graph API, as far as they are read."""

from datetime import datetime

import msgspec

from bridge.channels._graph.call import Edge
from bridge.channels._graph.shapes import Person, Ref, moment


class Me(msgspec.Struct, frozen=True):
    """A Page with its Instagram account."""

    class Professional(msgspec.Struct, frozen=True):
        """A business or creator account."""

        id: str | int
        username: str = ""

    id: str | int
    instagram_business_account: Professional | None = None


class Medium(msgspec.Struct, frozen=True, kw_only=True):
    """A picture, video or carousel: ours, or somebody's who tagged us."""

    id: str | int
    timestamp: str | int
    caption: str = ""
    username: str = ""
    permalink: str = ""
    media_type: str = ""
    media_url: str = ""
    comments_count: int = 0

    def __post_init__(self) -> None:
        moment(self.timestamp)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was shown first."""
        return moment(self.timestamp)

    @property
    def words(self) -> str:
        """Its caption."""
        return self.caption


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A comment, or an answer to one."""

    id: str | int
    timestamp: str | int
    text: str = ""
    username: str = ""
    from_: Person | None = msgspec.field(name="from", default=None)
    parent_id: str | int | None = None
    replies: Edge | None = None

    def __post_init__(self) -> None:
        moment(self.timestamp)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.timestamp)

    @property
    def words(self) -> str:
        """What it says."""
        return self.text

    @property
    def parent(self) -> str:
        """The comment that it answers; empty for a first one."""
        return "" if self.parent_id is None else str(self.parent_id)

    @property
    def writer(self) -> str:
        """The writer's id; the name with a mark where the platform tells no id."""
        if self.from_ is not None and self.from_.key:
            return self.from_.key
        return f"@{self.username}" if self.username else ""


class MentionedRemark(msgspec.Struct, frozen=True, kw_only=True):
    """A comment of others that names us; who wrote it is not told."""

    id: str | int
    timestamp: str | int
    text: str = ""
    media: Ref | None = None

    def __post_init__(self) -> None:
        moment(self.timestamp)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.timestamp)

    @property
    def words(self) -> str:
        """What it says."""
        return self.text


class Aimed(msgspec.Struct, frozen=True, kw_only=True):
    """The comment that is to be answered."""

    id: str | int
    timestamp: str | int
    username: str = ""
    from_: Person | None = msgspec.field(name="from", default=None)
    parent_id: str | int | None = None
    media: Ref | None = None

    def __post_init__(self) -> None:
        moment(self.timestamp)

    @property
    def at(self) -> datetime:
        """When it was written."""
        return moment(self.timestamp)

    @property
    def first(self) -> str:
        """The first comment above it, which alone takes answers."""
        return str(self.id) if self.parent_id is None else str(self.parent_id)
