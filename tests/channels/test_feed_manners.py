"""How feeds are asked: conditionally, where they moved to, as rarely as they want, and none at another's cost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bridge.channels import feed
from bridge.core.events import Page
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.testing.channel_platform import gather, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.feeds import Answer, FeedServer
from bridge.testing.fittings import MovableClock

Build = Callable[..., Channel]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[FeedServer]:
    server = FeedServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def build(server: FeedServer, fittings: Fittings) -> AsyncIterator[Build]:
    """Channels of that server; they are closed in the end."""
    channels: list[Channel] = []

    def make(*paths: str, **changes: object) -> Channel:
        given = {"urls": paths, "endpoint": server.url, "allow_private": True, "timeout": timedelta(seconds=2)}
        settings = feed.Settings.model_validate({**given, "spacing": timedelta(0), "per_host": 20, **changes})
        channels.append(feed.build("talk", settings, fittings))
        return channels[-1]

    yield make
    for channel in channels:
        await channel.close()


async def test_a_second_poll_is_conditional_and_moves_nothing(server: FeedServer, build: Build) -> None:
    """A 304 must never move a cursor, not even with other validators."""
    server.write("a", "ann", words("old"))
    channel = build("/a.atom")
    cursor = await started(channel)
    server.headers["Last-Modified"] = "Sun, 01 Mar 2026 12:00:00 GMT"
    page = await channel.poll(cursor)
    assert (page.cursor, page.sightings) == (cursor, ())
    assert [(asked.status, asked.conditional) for asked in server.asked] == [(200, False), (304, True)]
    assert {asked.user_agent for asked in server.asked} == {"bridge (under test)"}


async def test_a_feed_that_moved_for_good_is_read_there_from_then_on(server: FeedServer, build: Build) -> None:
    """And its posts keep their ids."""
    server.write("new", "ann", words("old"))
    server.instead["old"] = Answer(status=308, headers=(("Location", "/new.atom"),))
    channel = build("/old.atom")
    cursor = await started(channel)
    server.asked.clear()
    server.write("new", "ann", words("fresh"))
    gathered = await gather(channel, cursor)
    assert gathered.texts == [words("fresh")]
    assert [asked.feed for asked in server.asked] == ["new"]


async def test_a_feed_that_moved_for_a_while_is_asked_at_its_place(server: FeedServer, build: Build) -> None:
    server.instead["old"] = Answer(status=302, headers=(("Location", "/new.atom"),))
    channel = build("/old.atom")
    cursor = await started(channel)
    server.asked.clear()
    await channel.poll(cursor)
    assert [asked.feed for asked in server.asked] == ["old", "new"]


async def test_a_new_place_that_is_empty_sends_us_back(server: FeedServer, build: Build) -> None:
    server.write("new", "ann", words("old"))
    server.instead["old"] = Answer(status=301, headers=(("Location", "/new.atom"),))
    channel = build("/old.atom")
    cursor = await started(channel)
    server.instead["new"] = Answer(status=404)
    del server.instead["old"]
    server.write("old", "ann", words("back home"))
    assert (await gather(channel, cursor)).texts == [words("back home")]


async def test_a_feed_that_is_gone_is_never_asked_again(server: FeedServer, build: Build, clock: MovableClock) -> None:
    """410: among several it stops alone, in the cursor too, so that a restart doesn't forget it."""
    server.write("a", "ann", words("old"))
    server.instead["b"] = Answer(status=410)
    channel = build("/a.atom", "/b.atom")
    gathered = await gather(channel, None)
    [trouble] = [trouble for page in gathered.pages for trouble in page.troubles]
    assert (trouble.lasting, "/b.atom" in trouble.part) == (True, True)
    clock.advance(timedelta(hours=2))
    await gather(build("/a.atom", "/b.atom"), gathered.cursor)
    assert [asked.feed for asked in server.asked].count("b") == 1


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (204, TemporaryProblem),
        (206, TemporaryProblem),
        (304, TemporaryProblem),
        (400, TemporaryProblem),
        (401, LoginProblem),
        (403, LoginProblem),
        (404, TemporaryProblem),
        (410, PermanentProblem),
        (500, TemporaryProblem),
    ],
)
async def test_a_single_feeds_refusal_is_the_channels(
    server: FeedServer, build: Build, status: int, problem: type[Exception]
) -> None:
    server.instead["a"] = Answer(status=status)
    with pytest.raises(problem) as caught:
        await build("/a.atom").poll(None)
    assert type(caught.value) is problem


async def test_a_single_feed_that_is_gone_is_asked_once(server: FeedServer, build: Build) -> None:
    server.instead["a"] = Answer(status=410)
    channel = build("/a.atom")
    for _ in range(3):
        with pytest.raises(PermanentProblem):
            await channel.poll(None)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [
        ("max-age=1800", 1800, 1980),
        ("public, max-age=1800, s-maxage=9", 1800, 1980),
        ("no-cache, max-age=1800", 300, 500),
        ("max-age=31536000", 3600, 3960),
        ("nonsense", 300, 500),
    ],
)
async def test_a_feed_is_left_alone_as_long_as_it_asks(
    server: FeedServer, build: Build, header: str, least: float, most: float
) -> None:
    """As far as the slowest interval: a year would mean never."""
    server.headers["Cache-Control"] = header
    server.write("a", "ann", words("old"))
    page = await build("/a.atom").poll(None)
    assert page.wait is not None
    assert least <= page.wait <= most


async def test_a_quiet_feed_is_asked_more_and_more_rarely(
    server: FeedServer, build: Build, clock: MovableClock
) -> None:
    server.write("a", "ann", words("old"))
    channel = build("/a.atom")
    page = await channel.poll(None)
    waits = []
    for _ in range(9):
        clock.advance(timedelta(seconds=page.wait or 0))
        page = await channel.poll(page.cursor)
        waits.append(page.wait or 0)
    assert waits[0] < waits[3] < waits[-1]
    assert 3600 <= waits[-1] <= 3960
    server.write("a", "ann", words("fresh"))
    page = await channel.poll(page.cursor)
    assert (page.wait or 0) < waits[-1] * 0.7


async def test_one_bad_feed_spoils_no_other(server: FeedServer, build: Build, clock: MovableClock) -> None:
    """Its trouble is told with its name, and so is its end; meanwhile it is asked more rarely."""
    channel = build("/a.atom", "/b.atom", "/c.rss")
    cursor = await started(channel)
    server.instead["b"] = Answer(body=b"<html>Sign in</html>")
    for name in "abc":
        server.write(name, "ann", words(name))
    clock.advance(timedelta(hours=2))
    gathered = await gather(channel, cursor)
    assert sorted(gathered.texts) == [words("a"), words("c")]
    assert [trouble.part.endswith("/b.atom") for page in gathered.pages for trouble in page.troubles] == [True]
    del server.instead["b"]
    clock.advance(timedelta(hours=2))
    healed = await gather(channel, gathered.cursor)
    assert healed.texts == [words("b")]
    assert [part.endswith("/b.atom") for page in healed.pages for part in page.recovered] == [True]


async def test_where_no_feed_can_be_read_the_channel_has_the_problem(server: FeedServer, build: Build) -> None:
    channel = build("/a.atom", "/b.atom")
    server.fail(Mode.LISTING_ERROR)
    with pytest.raises(TemporaryProblem, match="none of 2 feeds"):
        await gather(channel, None)


async def test_a_host_that_hangs_keeps_no_other_waiting(server: FeedServer, build: Build, clock: MovableClock) -> None:
    """The healthy feed's post is there long before the hanging one gives up."""
    hanging = FeedServer(now=clock.now)
    await hanging.start()
    channel = build("/a.atom", f"{hanging.url}/b.atom", timeout=timedelta(seconds=20))
    cursor = await started(channel)
    server.write("a", "ann", words("healthy"))
    hanging.write("b", "ben", words("hanging"))
    hanging.fail(Mode.LISTING_HANG)
    clock.advance(timedelta(hours=2))
    async with asyncio.timeout(5):
        page: Page = await channel.poll(cursor)
        assert [sighting.post.text for sighting in page.sightings] == [words("healthy")]
        assert page.more
        hanging.heal()
        assert (await gather(channel, page.cursor)).texts == [words("hanging")]
    await hanging.stop()


async def test_a_host_is_asked_politely(server: FeedServer, build: Build) -> None:
    """One request at a time, and so far apart."""
    channel = build(*(f"/f{number}.atom" for number in range(5)), per_host=1, spacing=timedelta(seconds=0.05))
    await gather(channel, None)
    times = [asked.at for asked in server.asked]
    assert len(times) == 5
    assert times[-1] - times[0] >= 0.18


async def test_two_gaps_are_told_on_two_pages(server: FeedServer, build: Build, clock: MovableClock) -> None:
    """C16: a page holds one, and none is dropped."""
    for name in "ab":
        server.write(name, "ann", words(f"old {name}"))
    channel = build("/a.atom", "/b.atom")
    cursor = await started(channel)
    for name in "ab":
        for number in range(5):
            server.write(name, "ann", words(f"{name} {number}"))
    server.fail(Mode.SHORT_WINDOW, amount=2)
    clock.advance(timedelta(hours=2))
    gathered = await gather(channel, cursor)
    assert len([page.gap for page in gathered.pages if page.gap]) == 2
    assert len(gathered.texts) == 4


async def test_an_answer_about_another_document_says_nothing(
    server: FeedServer, build: Build, clock: MovableClock
) -> None:
    """A page that was not stored is asked for again, though the server would now say 304 to its validators."""
    channel = build("/a.atom", "/b.atom")
    cursor = await started(channel)
    server.write("a", "ann", words("one"))
    clock.advance(timedelta(hours=2))
    first = await gather(channel, cursor)
    again = await gather(channel, cursor)
    assert (first.texts, again.texts) == ([words("one")], [words("one")])


async def test_posts_of_several_feeds_and_their_people_stay_apart(
    server: FeedServer, build: Build, clock: MovableClock
) -> None:
    channel = build("/a.atom", "/b.atom")
    cursor = await started(channel)
    for name in "ab":
        server.write(name, "ann", words(name))
    clock.advance(timedelta(hours=2))
    one, other = (await gather(channel, cursor)).posts
    assert one.author.name == other.author.name == "ann"
    assert one.author.id != other.author.id
    assert one.id.partition(".")[0] != other.id.partition(".")[0]


async def test_a_feed_that_is_added_later_floods_nothing(server: FeedServer, build: Build, clock: MovableClock) -> None:
    """C18 holds for each feed."""
    for name in "ab":
        server.write(name, "ann", words(f"old {name}"))
    cursor = await started(build("/a.atom"))
    channel = build("/a.atom", "/b.atom")
    gathered = await gather(channel, cursor)
    assert gathered.posts == []
    server.write("b", "ann", words("fresh b"))
    clock.advance(timedelta(hours=2))
    assert (await gather(channel, gathered.cursor)).texts == [words("fresh b")]


async def test_answers_below_an_entry_join_its_thread(server: FeedServer, build: Build) -> None:
    channel = build("/a.atom")
    top = server.write("a", "ann", words("top"))
    cursor = await started(channel)
    reply = server.write("a", "ben", words("reply"), answers=top)
    server.write("a", "cid", words("reply to the reply"), answers=reply)
    one, two = (await gather(channel, cursor)).posts
    assert two.parent == one.id
    assert one.parent == one.thread == two.thread


@pytest.mark.parametrize("form", ["rss", "rss091", "rdf", "atom", "json"])
async def test_every_format_is_read(server: FeedServer, build: Build, form: str) -> None:
    channel = build(f"/a.{form}")
    server.write("a", "ann", words("old"), title="Old")
    cursor = await started(channel)
    server.write("a", "ann", words("new & <b>bold</b>"), title="Tom & Jerry")
    [post] = (await gather(channel, cursor)).posts
    assert post.title == "Tom & Jerry"
    assert "new & " in post.text
    assert post.answer_url.startswith("https://feeds.test/a/")
    assert post.answers == frozenset()


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({}, "name a feed"),
        ({"url": "ftp://example.org/x"}, "begins with https"),
        ({"url": "https://user:secret@example.org/x"}, "no password"),
        ({"url": "/x.rss"}, "needs `endpoint`"),
        ({"url": "https://example.org/x", "fastest": "2h"}, "longer than `slowest`"),
        ({"url": "https://example.org/x", "endpoint": "https://example.org/?q=1"}, "no user, password, query"),
        ({"url": "https://example.org/x", "nonsense": 1}, "Extra inputs"),
    ],
)
def test_a_wrong_stanza_is_told_what_is_wrong(given: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        feed.Settings.model_validate(given)
