"""Many accounts at once: one with a dead login, one that hangs and one that is rate limited harm no other."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from channels_x import by_signature, stanza

from bridge.channels import x
from bridge.core.events import Page
from bridge.ports import Channel, Fittings, LoginProblem, TemporaryProblem
from bridge.testing.channel_platform import started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock

ACCOUNTS = 50
DEAD, HANGING, LIMITED = 3, 17, 41


@pytest.fixture
async def places(clock: MovableClock) -> AsyncIterator[list[XPlace]]:
    places = [XPlace(brand=f"brand{number}", now=clock.now) for number in range(ACCOUNTS)]
    for place in places:
        place.windows.factor = 100
    await asyncio.gather(*(place.start() for place in places))
    yield places
    await asyncio.gather(*(place.stop() for place in places))


async def test_fifty_accounts_at_once(places: list[XPlace], fittings: Fittings) -> None:
    """Forty-seven pages, three problems of the right kinds, and nobody waits for the one that hangs."""
    channels: list[Channel] = []
    for place in places:
        given: Mapping[str, object] = stanza(place, by_signature(place), timeout=timedelta(seconds=5))
        channels.append(x.build(place.brand.username, x.Settings.model_validate(given), fittings))
    cursors = [await started(channel) for channel in channels]
    for number, place in enumerate(places):
        place.write("ann", words(f"of {number}"))
    places[DEAD].fail(Mode.REVOKED)
    places[HANGING].fail(Mode.LISTING_HANG)
    places[LIMITED].fail(Mode.RATE_LIMIT, amount=60)
    polls = [asyncio.create_task(channel.poll(cursor)) for channel, cursor in zip(channels, cursors, strict=True)]
    others = [poll for number, poll in enumerate(polls) if number != HANGING]
    done, waiting = await asyncio.wait(others, timeout=60)
    assert (len(done), len(waiting)) == (ACCOUNTS - 1, 0)
    assert not polls[HANGING].done()
    results = await asyncio.gather(*polls, return_exceptions=True)
    assert isinstance(results[DEAD], LoginProblem)
    assert isinstance(results[HANGING], TemporaryProblem)
    limited = results[LIMITED]
    assert isinstance(limited, TemporaryProblem)
    assert limited.after == 60
    for number, result in enumerate(results):
        if number not in {DEAD, HANGING, LIMITED}:
            assert isinstance(result, Page)
            assert [s.post.text for s in result.sightings] == [words(f"of {number}")]
    await asyncio.gather(*(channel.close() for channel in channels))
