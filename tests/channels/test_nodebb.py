"""The NodeBB channel against a forum, with a user's own token and with a master token."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import nodebb
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.nodebb import NodeBBForum
from bridge.testing.fakes.nodebb_chats import words
from bridge.testing.fittings import MovableClock


class NodeBBPlatform:
    """The forum as the contract sees it."""

    max_length = NodeBBForum.max_length
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, forum: NodeBBForum, clock: MovableClock, fittings: Fittings) -> None:
        self.forum = forum
        self.clock = clock
        self.secrets = [forum.token]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = nodebb.Settings.model_validate(
            {
                "endpoint": self.forum.url,
                "account": self.forum.brand.id.removeprefix("m"),
                "token": Secret(self.forum.token),
                "categories": [1, 2],
                "allow_private": True,
                "timeout": timedelta(seconds=2),
                "per_minute": 100_000,
                "backfill": backfill,
            }
        )
        return nodebb.build("forum", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.forum.write(author, text, title="A question"))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        room, message = self.forum.write_private(author, text)
        return f"r{room}.{message}"

    def edit(self, post: str, text: str) -> None:
        self.forum.edit(int(post.rpartition(".")[2]), text)

    def delete(self, post: str) -> None:
        self.forum.delete(int(post.rpartition(".")[2]))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=words(item.text), private=item.private) for item in self.forum.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.forum.fail(mode, amount=amount)

    def heal(self) -> None:
        self.forum.heal()

    async def vanish(self) -> None:
        await self.forum.stop()


@pytest.fixture(params=["user", "master"])
async def forum(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[NodeBBForum]:
    forum = NodeBBForum(brand="acme", master=request.param == "master", now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


class TestNodeBB(ChannelContract):
    @pytest.fixture
    def platform(self, forum: NodeBBForum, clock: MovableClock, fittings: Fittings) -> NodeBBPlatform:
        return NodeBBPlatform(forum, clock, fittings)
