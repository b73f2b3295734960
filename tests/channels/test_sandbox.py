"""The sandbox channel against the forum: the contract, and what is special about it."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import sandbox
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.forum import Forum
from bridge.testing.fittings import MovableClock


class ForumPlatform:
    """The forum as the contract sees it."""

    max_length = Forum.max_length
    has_private = True
    shows_deletions = True

    def __init__(self, forum: Forum, clock: MovableClock, fittings: Fittings) -> None:
        self.forum = forum
        self.clock = clock
        self.secrets = [forum.token]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = sandbox.Settings.model_validate(
            {
                "endpoint": self.forum.url,
                "account": self.forum.brand.id,
                "token": Secret(self.forum.token),
                "allow_private": True,
                "timeout": timedelta(seconds=0.5),
                "backfill": backfill,
            }
        )
        return sandbox.build("sandbox", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.forum.write(author, text, title="A question"))

    def write_private(self, author: str, text: str) -> str:
        return str(self.forum.write_private(author, text))

    def edit(self, post: str, text: str) -> None:
        self.forum.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.forum.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=item.text, private=item.private) for item in self.forum.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.forum.fail(mode, amount=amount)

    def heal(self) -> None:
        self.forum.heal()

    async def vanish(self) -> None:
        await self.forum.stop()


@pytest.fixture
async def platform(clock: MovableClock, fittings: Fittings) -> AsyncIterator[ForumPlatform]:
    forum = Forum(journal=None, brand="acme", now=clock.now)
    await forum.start()
    yield ForumPlatform(forum, clock, fittings)
    await forum.stop()


class TestSandbox(ChannelContract):
    @pytest.fixture
    def platform(self, platform: ForumPlatform) -> ForumPlatform:
        return platform
