"""A network of text messages as its channels' suite sees it from outside: people are numbers, and nothing is listed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from bridge.core.model import Post
from bridge.core.publications import PrivateAnswer
from bridge.ports import Channel
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

ANN, BOB = "+491701234567", "+33612345678"

LATER = timedelta(minutes=2)
"""After every pause that a failure causes."""

Outcome = tuple[type[Exception] | None, int]
"""The problem that publishing meets, None for none, and how often phones then show the words."""


class TextPlatform(Protocol):
    """A network on loopback; its verbs act from outside, past the channel."""

    clock: MovableClock
    """The network's time and the channel's."""
    secrets: Collection[str]
    bad_answers: Collection[Mode]
    """Ways to fail after which a poll raises TemporaryProblem."""
    outcomes: Mapping[Mode, Outcome]
    """Ways in which a publication can fail there."""

    def channel(self, *, backfill: timedelta) -> Channel:
        """A new channel object for the same account, as after a restart."""
        ...

    def write(self, author: str, text: str) -> None:
        """A customer, who is a number in E.164, writes to our number."""
        ...

    def said(self) -> Sequence[str]:
        """What phones show of ours, in order."""
        ...

    def lose(self) -> None:
        """The network says that our newest answer did not arrive."""
        ...

    def fail(self, mode: Mode) -> None:
        """Fail in this way until healed."""
        ...

    def heal(self) -> None:
        """Be well again; what was late happens now."""
        ...

    async def vanish(self) -> None:
        """Close the port: connections are refused."""
        ...


def reply(post: Post, text: str, *, key: str = "key-1") -> PrivateAnswer:
    """An answer to a text."""
    return PrivateAnswer(
        key=key, channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=text
    )
