"""The stream only rings: what it says is read by the listings, and what it misses is read by the net."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from channels_mastodon import mastodon_server, opened

from bridge.channels import mastodon
from bridge.ports import Channel, Fittings, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fittings import MovableClock

Build = Callable[..., Channel]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer, fittings: Fittings) -> AsyncIterator[Channel]:
    async with opened(server, fittings, stream=True) as channel:
        yield channel


def calls(server: MastodonServer) -> int:
    return sum("notifications" in path for path in server.access.asked)


async def quiet(server: MastodonServer, channel: Channel) -> str:
    """The cursor once the stream is open and everything was read; from then on a poll asks nothing."""
    cursor = await started(channel)
    for _ in range(500):
        before = calls(server)
        cursor = (await channel.poll(cursor)).cursor
        if calls(server) == before:
            return cursor
        await asyncio.sleep(0.01)
    raise AssertionError("the stream never opened")


async def rung(server: MastodonServer, channel: Channel, cursor: str) -> list[str]:
    """What comes once the bell was heard."""
    for _ in range(500):
        texts = [sighting.post.text for sighting in (await channel.poll(cursor)).sightings]
        if texts:
            return texts
        await asyncio.sleep(0.01)
    return []


async def test_a_mention_rings_and_silence_costs_nothing(server: MastodonServer, channel: Channel) -> None:
    cursor = await quiet(server, channel)
    before = calls(server)
    for _ in range(20):
        assert (await channel.poll(cursor)).cursor == cursor
    assert calls(server) == before
    server.mention("ann", words("it rang"))
    assert await rung(server, channel, cursor) == [words("it rang")]


async def test_a_page_that_was_not_stored_comes_again(server: MastodonServer, channel: Channel) -> None:
    """With the cursor of before, though nothing rings any more."""
    cursor = await quiet(server, channel)
    server.mention("ann", words("it rang"))
    assert await rung(server, channel, cursor) == [words("it rang")]
    assert (await gather(channel, cursor)).texts == [words("it rang")]


async def test_a_poll_that_failed_is_made_again(server: MastodonServer, channel: Channel) -> None:
    cursor = await quiet(server, channel)
    server.fail(Mode.LISTING_ERROR)
    server.mention("ann", words("it rang"))
    with pytest.raises(TemporaryProblem):
        await rung(server, channel, cursor)
    server.heal()
    assert (await gather(channel, cursor)).texts == [words("it rang")]


async def test_what_the_stream_loses_comes_by_the_net(
    server: MastodonServer, channel: Channel, clock: MovableClock
) -> None:
    cursor = await quiet(server, channel)
    server.streams.deaf = True
    server.mention("ann", words("not told"))
    assert (await channel.poll(cursor)).sightings == ()
    clock.advance(timedelta(seconds=61))
    assert (await gather(channel, cursor)).texts == [words("not told")]


async def test_a_stream_that_breaks_is_opened_again_and_loses_nothing(server: MastodonServer, channel: Channel) -> None:
    """While there is none everything is polled, and it is a trouble of its own that ends."""
    cursor = await quiet(server, channel)
    server.access.forbidden = "/api/v1/streaming"
    server.streams.cut()
    await server.streams.until(0)
    server.mention("ann", words("meanwhile"))
    assert await rung(server, channel, cursor) == [words("meanwhile")]
    page = await channel.poll(cursor)
    assert [trouble.part for trouble in page.troubles] == ["stream"]
    server.access.forbidden = ""
    await server.streams.until(1)
    for _ in range(500):
        page = await channel.poll(cursor)
        if page.recovered:
            break
        await asyncio.sleep(0.01)
    assert page.recovered == ("stream",)


async def test_a_stream_that_is_silent_too_long_is_not_relied_on(
    server: MastodonServer, channel: Channel, clock: MovableClock
) -> None:
    cursor = await quiet(server, channel)
    before = calls(server)
    clock.advance(timedelta(seconds=46))
    await channel.poll(cursor)
    assert calls(server) > before


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "ftp://social.test", "javascript:alert(1)"])
async def test_no_token_goes_to_an_address_without_tls(
    server: MastodonServer, fittings: Fittings, address: str
) -> None:
    """Unless the stanza lets the server be inside."""
    from bridge.channels._mastodon.bell import Bell, Wire

    channel = mastodon.build(
        "mastodon",
        mastodon.Settings.model_validate(
            {"endpoint": "https://social.test", "account": "1", "token": Secret("x"), "stream": True}
        ),
        fittings,
    )
    assert isinstance(channel, mastodon.Mastodon)
    bell = Bell(Wire(api=channel._reading, clock=fittings.clock, net=timedelta(seconds=60), open_too=False))
    bell.start(address)
    assert "no address" in bell.trouble
    await bell.stop()
    await channel.close()
