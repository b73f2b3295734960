"""The Discourse channel against a forum that pages as newer servers do, and one that pages as older ones do."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import discourse
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.board import Item
from bridge.testing.fakes.discourse import DiscourseForum
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock


class DiscoursePlatform:
    """The forum as the contract sees it."""

    max_length = DiscourseForum.max_length
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, forum: DiscourseForum, clock: MovableClock, fittings: Fittings) -> None:
        self.forum = forum
        self.clock = clock
        self.secrets = [forum.key]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = discourse.Settings.model_validate(
            {
                "endpoint": self.forum.url,
                "account": self.forum.brand.id.removeprefix("m"),
                "username": self.forum.brand.name,
                "key": Secret(self.forum.key),
                "allow_private": True,
                "timeout": timedelta(seconds=2),
                "per_minute": 100_000,
                "backfill": backfill,
            }
        )
        return discourse.build("forum", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.forum.write(author, text, title="A question"))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return str(self.forum.write_private(author, text))

    def edit(self, post: str, text: str) -> None:
        self.forum.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.forum.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=_words(item), private=item.private) for item in self.forum.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.forum.fail(mode, amount=amount)

    def heal(self) -> None:
        self.forum.heal()

    async def vanish(self) -> None:
        await self.forum.stop()


def _words(item: Item) -> str:
    """What was said, without the pictures below it."""
    return item.text.partition("\n\n![")[0]


@pytest.fixture(params=["newer", "older"])
async def forum(request: pytest.FixtureRequest, clock: MovableClock) -> AsyncIterator[DiscourseForum]:
    forum = DiscourseForum(brand="acme", id_windows=request.param == "older", now=clock.now)
    await forum.start()
    yield forum
    await forum.stop()


class TestDiscourse(ChannelContract):
    @pytest.fixture
    def platform(self, forum: DiscourseForum, clock: MovableClock, fittings: Fittings) -> DiscoursePlatform:
        return DiscoursePlatform(forum, clock, fittings)
