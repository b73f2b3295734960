"""Private conversations at the Graph API and their messages, as far as they are read."""

from datetime import datetime

import msgspec

from bridge.channels._graph.shapes import MOST_MEDIA, Image, Person, moment
from bridge.channels._text import line
from bridge.core.model import Media


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """The messages between us and one person."""

    id: str | int
    updated_time: str | int

    def __post_init__(self) -> None:
        moment(self.updated_time)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was last written to."""
        return moment(self.updated_time)

    @property
    def words(self) -> str:
        """Nothing: its messages have the words."""
        return ""


class File(msgspec.Struct, frozen=True):
    """Something attached to a message; the addresses end after a while."""

    mime_type: str = ""
    name: str = ""
    file_url: str = ""
    image_data: Image | None = None
    video_data: Image | None = None

    @property
    def address(self) -> str:
        """Where it can be fetched."""
        for part in (self.image_data, self.video_data):
            if part is not None and (part.url or part.src):
                return part.url or part.src
        return self.file_url


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A private message."""

    class Files(msgspec.Struct, frozen=True):
        """Everything attached to it."""

        data: list[File] = []

    id: str | int
    created_time: str | int
    from_: Person = msgspec.field(name="from")
    message: str = ""
    sticker: str = ""
    attachments: Files | None = None

    def __post_init__(self) -> None:
        moment(self.created_time)

    @property
    def key(self) -> str:
        """The id as text."""
        return str(self.id)

    @property
    def at(self) -> datetime:
        """When it was sent."""
        return moment(self.created_time)

    @property
    def words(self) -> str:
        """What it says."""
        return self.message

    @property
    def media(self) -> tuple[Media, ...]:
        """What is attached to it, by reference."""
        files = self.attachments.data if self.attachments else []
        shown = [Media(url=file.address, type=file.mime_type, alt=line(file.name)) for file in files if file.address]
        return (*shown, *([Media(url=self.sticker, alt="sticker")] if self.sticker else []))[:MOST_MEDIA]
