"""The Activity stream as intake, and polling as the net under it."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from channels_x import by_signature, by_tokens, stanza, x_place

from bridge.channels import x
from bridge.channels._x.events import heard
from bridge.channels.x import X
from bridge.core.events import Page
from bridge.ports import Fittings
from bridge.stanza import Secret
from bridge.testing.channel_platform import gather, started, words
from bridge.testing.fakes.x import XPlace
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def place(clock: MovableClock) -> AsyncIterator[XPlace]:
    async with x_place(clock) as place:
        place.windows.factor = 100
        yield place


@pytest.fixture
async def channel(place: XPlace, tmp_path: Path, clock: MovableClock, fittings: Fittings) -> AsyncIterator[X]:
    login = by_tokens(place, tmp_path / "tokens", clock)
    given = stanza(place, login, stream=Secret(place.access.app_bearer), recheck=timedelta(hours=6))
    channel = x.build("x-acme", x.Settings.model_validate(given), fittings)
    assert isinstance(channel, X)
    await channel.open()
    yield channel
    await channel.close()


async def _listening(place: XPlace, channel: X, cursor: str) -> Page:
    """Poll, wait until the stream is open, and poll once more, so that nothing between the two is missed."""
    page = await channel.poll(cursor)
    while not place.activity.listeners:
        await place.activity.changed.wait()
    return await _until(channel, page.cursor, lambda: channel._activity is not None and channel._activity.connected)


async def _until(channel: X, cursor: str, done: Callable[[], bool]) -> Page:
    """Poll from the same place until it is so, and once more."""
    while not done():
        await channel.poll(cursor)
    return await channel.poll(cursor)


async def _events(channel: X, count: int) -> None:
    """Wait until so many events have come; each question to the platform gives them a turn."""
    activity = channel._activity
    assert activity is not None
    while len(activity._waiting) < count:
        await channel.open()


def _asked(place: XPlace, what: str) -> int:
    return sum(what in line for line in place.asked)


async def test_posts_and_messages_come_by_the_stream_alone(place: XPlace, channel: X) -> None:
    """While it is well, mentions and messages are not polled, and everything comes once."""
    page = await _listening(place, channel, await started(channel))
    kinds = {str(one["event_type"]) for one in place.activity.subscriptions}
    assert kinds == {"post.mention.create", "post.reply.create", "post.quote.create", "dm.received"}
    place.asked.clear()
    told = place.world.posts[place.write("ann", words("by stream"))]
    await place.activity.tell_post(told, "post.mention.create")
    await place.activity.tell_post(told, "post.reply.create")
    place.write_private("bob", words("in private"))
    await place.activity.tell_message(place.world.messages[-1])
    await _events(channel, 2)
    page = await channel.poll(page.cursor)
    assert [s.post.text for s in page.sightings] == [words("by stream"), words("in private")]
    again = await channel.poll(page.cursor)
    assert again.sightings == ()
    assert _asked(place, "/mentions") == _asked(place, "GET /2/dm_events") == 0


async def test_what_was_not_stored_comes_again(place: XPlace, channel: X) -> None:
    """A crash between a poll and its transaction loses nothing (C02)."""
    page = await _listening(place, channel, await started(channel))
    told = place.world.posts[place.write("ann", words("by stream"))]
    await place.activity.tell_post(told, "post.mention.create")
    await _events(channel, 1)
    first, second = await channel.poll(page.cursor), await channel.poll(page.cursor)
    assert [s.post.id for s in first.sightings] == [s.post.id for s in second.sightings] == [str(told.id)]


async def test_stream_and_polling_show_the_same_post_alike(place: XPlace, channel: X, fittings: Fittings) -> None:
    """And the same conversation, in public and in private."""
    cursor = await started(channel)
    page = await _listening(place, channel, cursor)
    told = place.world.posts[place.write("ann", words("either way"))]
    place.write_private("bob", words("in private"))
    await place.activity.tell_post(told, "post.mention.create")
    await place.activity.tell_message(place.world.messages[-1])
    await _events(channel, 2)
    streamed = (await channel.poll(page.cursor)).sightings
    polling = x.build("x-acme", x.Settings.model_validate(stanza(place, by_signature(place))), fittings)
    polled = (await gather(polling, cursor)).posts
    await polling.close()
    assert [sighting.post for sighting in streamed] == polled


async def test_a_broken_stream_is_caught_up_by_polling(place: XPlace, channel: X, clock: MovableClock) -> None:
    """What happened while nobody listened comes with the next poll; then the stream is open again."""
    page = await _listening(place, channel, await started(channel))
    place.activity.cut()
    while place.activity.listeners:
        await place.activity.changed.wait()
    place.write("ann", words("unheard"))
    activity = channel._activity
    assert activity is not None
    page = await _until(channel, page.cursor, lambda: not activity.well(place.world._now()))
    gathered = [s.post.text for s in page.sightings] + (await gather(channel, page.cursor)).texts
    assert gathered == [words("unheard")]


async def test_the_net_is_drawn_every_so_often(place: XPlace, channel: X, clock: MovableClock) -> None:
    """X promises no event: what the stream did not bring, polling does."""
    page = await _listening(place, channel, await started(channel))
    place.write("ann", words("never told"))
    page = await channel.poll(page.cursor)
    assert page.sightings == ()
    clock.advance(timedelta(minutes=15))
    await place.activity.tell_raw(b"")
    page = await channel.poll(page.cursor)
    assert [s.post.text for s in page.sightings] == [words("never told")]


async def test_events_that_cannot_be_read_are_kept_raw_once(place: XPlace, channel: X) -> None:
    page = await _listening(place, channel, await started(channel))
    await place.activity.tell_raw(b"{half")
    await place.activity.tell_raw(b'{"data":{"event_type":"post.mention.create","payload":{"id":"x","text":1}}}')
    await place.activity.tell_raw(b'{"data":{"event_type":"dm.received","payload":{"direct_message_events":[{}]}}}')
    await place.activity.tell_raw(b'{"data":{"event_type":"like.create","payload":{"id":"x"}}}')
    await place.activity.tell_raw(b'{"errors":[{"title":"operational-disconnect"}]}')
    await _events(channel, 3)
    page = await channel.poll(page.cursor)
    assert len(page.quarantined) == 3
    assert all(entry.raw for entry in page.quarantined)
    assert (await channel.poll(page.cursor)).quarantined == ()


async def test_e02_a_line_without_end_breaks_the_stream_and_nothing_else(place: XPlace, channel: X) -> None:
    """Polling goes on."""
    page = await _listening(place, channel, await started(channel))
    activity = channel._activity
    assert activity is not None
    place.write("ann", words("polled"))
    await place.activity.tell_raw(b"x" * 1_200_000)
    page = await _until(channel, page.cursor, lambda: bool(activity.trouble))
    assert [s.post.text for s in page.sightings] == [words("polled")]
    assert "larger than the limit" in activity.trouble or page.troubles == ()


async def test_a_refused_stream_is_told_and_polling_goes_on(place: XPlace, channel: X) -> None:
    cursor = await started(channel)
    place.access.app_bearer = "another"
    place.write("ann", words("polled"))
    page = await channel.poll(cursor)
    texts = [s.post.text for s in page.sightings]
    activity = channel._activity
    assert activity is not None
    page = await _until(channel, page.cursor, lambda: bool(activity.trouble))
    assert texts == [words("polled")]
    assert [trouble.part for trouble in page.troubles] == ["Activity stream"]


def test_the_stream_needs_tokens_of_the_account(place: XPlace) -> None:
    with pytest.raises(ValueError, match="stream needs oauth2"):
        x.Settings.model_validate(stanza(place, by_signature(place), stream=Secret("x" * 20)))


def test_a_message_of_version_1_names_its_conversation_as_version_2_does() -> None:
    line = (
        b'{"data":{"event_uuid":"-6850472171600526495","event_type":"dm.received","payload":{"direct_message_events":'
        b'[{"type":"message_create","id":"2080765901528535096","created_timestamp":"1784928224372","message_create":'
        b'{"target":{"recipient_id":"111"},"sender_id":"99","message_data":{"text":"hello!","entities":{"urls":[]}}}}],'
        b'"users":{"99":{"data":{"id":"99","username":"ann","public_metrics":{"followers_count":97}}}}}}}'
    )
    [event] = heard(line)
    assert event.message is not None
    assert (event.message.value.dm_conversation_id, event.message.value.sender_id) == ("99-111", 99)
    assert event.along.users[99].username == "ann"
