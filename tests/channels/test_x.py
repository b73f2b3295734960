"""The X channel against a small X: with OAuth 1.0a and the older names, and with OAuth 2.0 and the newer ones."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from channels_x import by_signature, by_tokens, stanza, x_place

from bridge.channels import x
from bridge.ports import Channel, Fittings
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.x import XPlace
from bridge.testing.fakes.x_world import Told
from bridge.testing.fittings import MovableClock


class XPlatform:
    """X as the contract sees it."""

    max_length = XPlace.max_length
    has_public = True
    has_private = True
    shows_edits = True
    shows_deletions = True

    def __init__(self, place: XPlace, login: Mapping[str, object], clock: MovableClock, fittings: Fittings) -> None:
        self.place = place
        self.clock = clock
        self._login = login
        self._fittings = fittings

    @property
    def secrets(self) -> Sequence[str]:
        return self.place.access.secrets

    def channel(self, *, backfill: timedelta) -> Channel:
        given = stanza(self.place, self._login, timeout=timedelta(seconds=2), backfill=backfill)
        settings = x.Settings.model_validate(given)
        return x.build("x-acme", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.place.write(author, text))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        return str(self.place.write_private(author, text))

    def edit(self, post: str, text: str) -> None:
        self.place.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.place.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return [
            Utterance(text=thing.sent if isinstance(thing, Told) else thing.text, private=not isinstance(thing, Told))
            for thing in self.place.said()
        ]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.place.fail(mode, amount=amount)

    def heal(self) -> None:
        self.place.heal()

    async def vanish(self) -> None:
        await self.place.stop()


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    """The suite says the same words twice and asks more often than X allows in a quarter of an hour."""
    async with x_place(clock) as place:
        place.writing.refuses_duplicates = False
        place.windows.factor = 100
        yield place


class TestX(ChannelContract):
    @pytest.fixture(params=["oauth1", "oauth2"])
    def platform(
        self,
        request: pytest.FixtureRequest,
        place: XPlace,
        clock: MovableClock,
        fittings: Fittings,
        tmp_path: Path,
    ) -> XPlatform:
        place.reading.newer_names = request.param == "oauth2"
        if request.param == "oauth1":
            return XPlatform(place, by_signature(place), clock, fittings)
        return XPlatform(place, {**by_tokens(place, tmp_path / "tokens", clock), "names": "posts"}, clock, fittings)
