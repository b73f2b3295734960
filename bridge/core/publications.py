"""What goes out under a customer's post: answers with their attachments, and what a platform made of them."""

from dataclasses import dataclass

from bridge.core.model import Author


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that an agent marked for publication with `#media`."""

    name: str
    type: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicAnswer:
    """A reply in the exact words that go under a public post, for everyone to read."""

    key: str
    channel: str
    thread: str
    parent: str
    """The post that is answered."""
    author: Author
    """Whom it answers: some platforms want the mention."""
    text: str
    media: tuple[Attachment, ...] = ()
    follows: str = ""
    """The platform's id of our own part before it, on which it hangs, where the channel chains parts; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateAnswer:
    """A reply in the exact words that only the customer may read."""

    key: str
    channel: str
    thread: str
    parent: str
    author: Author
    text: str
    media: tuple[Attachment, ...] = ()
    follows: str = ""


Publication = PublicAnswer | PrivateAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What a platform made of a publication."""

    id: str
    url: str = ""
