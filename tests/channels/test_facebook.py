"""The Facebook channel against a fake Graph API: once with visitors' posts on the Page, once with comments on its own."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import facebook
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock


class FacebookPlatform:
    """The Page as the contract sees it."""

    max_length = GraphPlace.max_length
    has_private = True
    shows_deletions = True

    def __init__(self, place: GraphPlace, clock: MovableClock, fittings: Fittings, *, comments: bool) -> None:
        self.place = place
        self.clock = clock
        self.secrets = [place.token, place.app_secret]
        self._fittings = fittings
        self._post = place.publish("What do you think of our new plan?") if comments else None

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = facebook.Settings.model_validate(
            {**self.place.facebook_keys(), "timeout": timedelta(seconds=1), "backfill": backfill}
        )
        return facebook.build("page", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        if self._post is None:
            return str(self.place.visit(author, text))
        return str(self.place.comment(author, text, below=self._post))

    def write_private(self, author: str, text: str) -> str:
        return str(self.place.write_private(author, text))

    def edit(self, post: str, text: str) -> None:
        self.place.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.place.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [Utterance(text=item.text, private=item.private) for item in self.place.said()]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.place.fail(mode, amount=amount)

    def heal(self) -> None:
        self.place.heal()

    async def vanish(self) -> None:
        await self.place.stop()


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[GraphPlace]:
    place = GraphPlace(brand="Acme", journal=None, now=clock.now)
    await place.start()
    yield place
    assert place.api.leaks == []
    await place.stop()


class TestFacebook(ChannelContract):
    @pytest.fixture(params=["posts", "comments"])
    def platform(
        self, request: pytest.FixtureRequest, place: GraphPlace, clock: MovableClock, fittings: Fittings
    ) -> FacebookPlatform:
        return FacebookPlatform(place, clock, fittings, comments=request.param == "comments")
