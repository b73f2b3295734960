"""A platform as the channels' suite sees it from outside, and the words that the suite says with it."""

import traceback
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from bridge.core.events import Page
from bridge.core.model import Post, Visibility
from bridge.core.publications import PrivateAnswer, PublicAnswer, Publication
from bridge.ports import Channel
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

NEVER = timedelta(0)
"""No backfill."""

_MOST_PAGES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """Something that the platform's own journal says was accepted as ours."""

    text: str
    private: bool


class Guarding(Protocol):
    """Whatever has something to hide."""

    @property
    def secrets(self) -> Collection[str]:
        """Everything that no text of ours may ever hold."""
        ...


class Platform(Protocol):
    """A real server on loopback; its verbs act from outside, past the channel."""

    clock: MovableClock
    """The platform's time and the channel's."""
    max_length: int
    """The longest answer that the platform itself takes; 0 where it takes none."""
    has_public: bool
    """False where all is between a customer and us, as with text messages: what customers write is private there."""
    has_private: bool
    shows_edits: bool
    shows_deletions: bool
    secrets: Collection[str]
    """Everything that no text of ours may ever hold: tokens, passwords, queries of addresses."""

    def channel(self, *, backfill: timedelta) -> Channel:
        """A new channel object for the same account, as after a restart."""
        ...

    def write(self, author: str, text: str) -> str:
        """A customer writes, in public where there is a public; gives back the platform's own name for the post."""
        ...

    def shown(self, author: str) -> str:
        """As whom people see a customer of that name there."""
        ...

    def write_private(self, author: str, text: str) -> str:
        """A customer writes to us alone."""
        ...

    def edit(self, post: str, text: str) -> None:
        """The customer changes the words."""
        ...

    def delete(self, post: str) -> None:
        """The customer takes the post away."""
        ...

    def said(self) -> Sequence[Utterance]:
        """What was accepted as ours, in order."""
        ...

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        """Fail in this way until healed."""
        ...

    def heal(self) -> None:
        """Be well again; what was late happens now."""
        ...

    async def vanish(self) -> None:
        """Close the port: connections are refused."""
        ...


def words(tag: str) -> str:
    """A text that can be told from all others, and that no platform finds too short."""
    return f"The line is down since this morning, please help: case {tag}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What several polls brought together."""

    pages: tuple[Page, ...]
    cursor: str

    @property
    def posts(self) -> list[Post]:
        """In the order in which they came."""
        return [sighting.post for page in self.pages for sighting in page.sightings]

    @property
    def texts(self) -> list[str]:
        """Their words."""
        return [post.text for post in self.posts]

    def having(self, text: str) -> Post:
        """The one post with these words."""
        [post] = [post for post in self.posts if post.text == text]
        return post


async def gather(channel: Channel, cursor: str | None) -> Gathered:
    """Poll until nothing more is there at the moment."""
    pages: list[Page] = []
    for _ in range(_MOST_PAGES):
        page = await channel.poll(cursor)
        pages.append(page)
        cursor = page.cursor
        if not page.more:
            return Gathered(pages=tuple(pages), cursor=page.cursor)
    raise AssertionError("the channel says for ever that there is more")


async def started(channel: Channel) -> str:
    """The cursor after the first contact."""
    return (await gather(channel, None)).cursor


def public(post: Post, text: str, *, key: str = "key-1") -> PublicAnswer:
    """A public answer to a post."""
    return PublicAnswer(
        key=key, channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=text
    )


def private(post: Post, text: str, *, key: str = "key-2") -> PrivateAnswer:
    """A private answer to a post."""
    return PrivateAnswer(
        key=key, channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=text
    )


def answer(post: Post, text: str, *, key: str = "key-1") -> Publication:
    """An answer as wide as the post."""
    return public(post, text, key=key) if post.visibility is Visibility.PUBLIC else private(post, text, key=key)


def check_clean(platform: Guarding, problem: BaseException) -> None:
    """FT24: no secret in the text, the repr, or anything that a log would make of the problem."""
    shown = [str(problem), repr(problem), *traceback.format_exception(problem)]
    chain: BaseException | None = problem
    while chain is not None:
        shown.append(repr(chain))
        chain = chain.__cause__ or chain.__context__
    for secret in platform.secrets:
        assert not any(secret in text for text in shown), "a secret stands in a problem"
