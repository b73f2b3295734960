"""The X channel against a small X: with OAuth 1.0a and the older names, and with OAuth 2.0 and the newer ones."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from bridge.channels import x
from bridge.channels._x_tokens import TokenFile
from bridge.ports import Channel, Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.x import XPlace
from bridge.testing.fakes.x_world import Told
from bridge.testing.fittings import MovableClock


def _one(place: XPlace) -> Mapping[str, object]:
    access = place.access
    return {
        "oauth1": {
            "consumer_key": Secret(access.consumer_key),
            "consumer_secret": Secret(access.consumer_secret),
            "access_token": Secret(access.access_token),
            "access_secret": Secret(access.access_secret),
        },
        "names": "tweets",
    }


def _two(place: XPlace, keep: Path, clock: MovableClock) -> Mapping[str, object]:
    """The tokens as a login left them."""
    access = place.access
    assert access.until is not None
    file = TokenFile(keep, access.client_id, clock)
    file.save(file.made(access.bearer, access.refresh_token, access.until, turn=0))
    given = {"client_id": access.client_id, "client_secret": Secret(access.client_secret), "keep": keep}
    return {"oauth2": given, "names": "posts"}


class XPlatform:
    """X as the contract sees it."""

    max_length = XPlace.max_length
    has_private = True
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
        settings = x.Settings.model_validate(
            {
                "endpoint": self.place.url,
                "account": str(self.place.brand.id),
                "username": "acme",
                "allow_private": True,
                "timeout": timedelta(seconds=0.5),
                "messages_every": timedelta(0),
                "recheck": timedelta(0),
                "budget": {"money": 1000.0, "calls": 1_000_000},
                "backfill": backfill,
                **self._login,
            }
        )
        return x.build("x-acme", settings, self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.place.write(author, text))

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
    place = XPlace(brand="acme", now=clock.now)
    place.writing.refuses_duplicates = False
    place.windows.factor = 100
    await place.start()
    yield place
    await place.stop()


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
        login = _one(place) if request.param == "oauth1" else _two(place, tmp_path / "x-acme.tokens", clock)
        return XPlatform(place, login, clock, fittings)
