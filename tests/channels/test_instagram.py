"""The Instagram channel against a fake Graph API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from bridge.channels import instagram
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.graph import GraphPlace
from bridge.testing.fittings import MovableClock


class InstagramPlatform:
    """The account as the contract sees it."""

    max_length = GraphPlace.max_remark
    has_private = True
    shows_deletions = True

    def __init__(self, place: GraphPlace, clock: MovableClock, fittings: Fittings) -> None:
        self.place = place
        self.clock = clock
        self.secrets = [place.token, place.app_secret]
        self._fittings = fittings
        self._picture = place.show("Our new plan. Ask us anything!")

    def channel(self, *, backfill: timedelta) -> Channel:
        settings = instagram.Settings.model_validate(
            {**self.place.instagram_keys(), "timeout": timedelta(seconds=1), "backfill": backfill}
        )
        return instagram.build("insta", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.place.comment(author, text, below=self._picture))

    def write_private(self, author: str, text: str) -> str:
        return str(self.place.write_direct(author, text))

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
    place = GraphPlace(brand="acme", journal=None, now=clock.now)
    await place.start()
    yield place
    assert place.api.leaks == []
    await place.stop()


class TestInstagram(ChannelContract):
    @pytest.fixture
    def platform(self, place: GraphPlace, clock: MovableClock, fittings: Fittings) -> InstagramPlatform:
        return InstagramPlatform(place, clock, fittings)
