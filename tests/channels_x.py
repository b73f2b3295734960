"""What the tests of the X channel share: a small X, and channels before it with either login."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bridge.channels._x.tokens import TokenFile
from bridge.stanza import Secret
from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock


@asynccontextmanager
async def x_place(clock: MovableClock) -> AsyncIterator[XPlace]:
    """A small X, as long as it is needed."""
    place = XPlace(brand="acme", now=clock.now)
    await place.start()
    try:
        yield place
    finally:
        await place.stop()


def by_signature(place: XPlace) -> dict[str, object]:
    """The keys of a login by OAuth 1.0a."""
    access = place.access
    one = {
        "consumer_key": Secret(access.consumer_key),
        "consumer_secret": Secret(access.consumer_secret),
        "access_token": Secret(access.access_token),
        "access_secret": Secret(access.access_secret),
    }
    return {"oauth1": one}


def by_tokens(place: XPlace, keep: Path, clock: MovableClock) -> dict[str, object]:
    """The keys of a login by OAuth 2.0, with tokens as `bridge channel login` left them."""
    access = place.access
    assert access.until is not None
    file = TokenFile(keep, access.client_id, clock)
    file.save(file.made(access.bearer, access.refresh_token, access.until, turn=0))
    return {"oauth2": {"client_id": access.client_id, "client_secret": Secret(access.client_secret), "keep": keep}}


def stanza(place: XPlace, login: Mapping[str, object], **changes: object) -> dict[str, object]:
    """A channel's keys: everything is read at each poll, and nothing is too dear."""
    given: dict[str, object] = {
        "endpoint": place.url,
        "account": str(place.brand.id),
        "username": place.brand.username,
        "allow_private": True,
        "timeout": timedelta(seconds=2),
        "messages_every": timedelta(0),
        "recheck": timedelta(0),
        "budget": {"money": 1000.0, "calls": 1_000_000},
    }
    return {**given, **login, **changes}
