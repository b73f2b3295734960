"""What happened with an answer to all, in the past tense: in the ticket's conversation, and in those of its members."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridge.core.effects import Claimed
from bridge.core.model import Post
from bridge.core.share import Share, Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """The turn came to one who joined the ticket; belongs to that one's conversation."""

    share: Share
    post: str
    private_texts: tuple[str, ...] = ()
    """What the same customer wrote in private, on any channel (B03)."""
    switches: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Somebody would stay without an answer: they joined a ticket too late for it, or its own post is gone."""

    group: str
    """The conversation whose ticket they joined."""
    order: str
    """By what this happens once: the letter whose answer they are too late for, or the group itself."""
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareStepped:
    """One of those who joined had their turn."""

    claimed: Claimed
    after: str
    """The post."""
    current: str
    """The publication that came out of it; empty where it was left out."""
    misses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareEnded:
    """Nobody else gets the answer: all had their turn, or something stands against it."""

    claimed: Claimed
    reason: str
    """Empty where all had their turn."""
    tally: Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedUp:
    """A customer who got an answer to all wrote again, and has a ticket of their own by now."""

    post: Post


Sharing = Reached | LeftBehind | ShareStepped | ShareEnded | FollowedUp
