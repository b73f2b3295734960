"""What is special about reading Reddit by its feeds: names as the API gives them, the author's own words, ready links."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from channels_reddit import feed_settings, opened, reddit_server
from pydantic import ValidationError

from bridge.channels import reddit
from bridge.core.model import Kind
from bridge.ports import Channel, Fittings, PermanentProblem, TemporaryProblem
from bridge.testing.channel_platform import Gathered, gather, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import MovableClock


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    async with reddit_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: RedditServer, fittings: Fittings) -> AsyncIterator[Channel]:
    channel = reddit.build("reddit", feed_settings(server, subreddits=("acme",)), fittings)
    yield channel
    await channel.close()


async def looked(channel: Channel, cursor: str, clock: MovableClock) -> Gathered:
    """What the feeds show when all of them are due again."""
    clock.advance(timedelta(hours=2))
    return await gather(channel, cursor)


async def test_posts_and_comments_have_their_names_and_links(
    server: RedditServer, channel: Channel, clock: MovableClock
) -> None:
    cursor = await started(channel)
    post = server.write("Ann-1", words("asked"))
    comment = server.comment("bob", words("said"), parent=post)
    gathered = await looked(channel, cursor, clock)
    asked, said = gathered.having(words("asked")), gathered.having(words("said"))
    assert (asked.id, asked.kind, asked.thread, asked.title) == (post, Kind.TOPIC, post, "A question")
    assert (said.id, said.kind, said.thread, said.title) == (comment, Kind.COMMENT, post, "")
    assert (asked.author.id, asked.author.handle) == ("u/ann-1", "Ann-1")
    assert said.answer_url == f"https://www.reddit.com/r/acme/comments/{post[3:]}/a_question/{comment[3:]}/"
    assert not asked.answers | said.answers
    assert [quote.text for quote in said.context] == ["A question"]


async def test_what_several_feeds_show_is_one_post(server: RedditServer, channel: Channel, clock: MovableClock) -> None:
    cursor = await started(channel)
    post = server.write("ann", words("asked"))
    assert {seen.id for seen in (await looked(channel, cursor, clock)).posts} == {post}


async def test_a_mere_link_is_read_by_its_title(server: RedditServer, channel: Channel, clock: MovableClock) -> None:
    cursor = await started(channel)
    server.write("ann", "", title="Acme is down again", address="https://news.example.org/acme")
    [seen] = (await looked(channel, cursor, clock)).posts
    assert (seen.title, seen.text) == ("Acme is down again", "Acme is down again")


async def test_nobody_hides_words_behind_a_line_of_the_feeds(
    server: RedditServer, channel: Channel, clock: MovableClock
) -> None:
    text = "It is submitted by /u/ann [link] and now it is down."
    cursor = await started(channel)
    post = server.write("ann", text)
    server.comment("bob", text, parent=post)
    assert (await looked(channel, cursor, clock)).texts == [text, text]


async def test_a_cursor_of_the_other_way_is_refused(server: RedditServer, channel: Channel, fittings: Fittings) -> None:
    """Beginning anew would lose what was written meanwhile."""
    async with opened(server, fittings) as by_app:
        with pytest.raises(PermanentProblem, match="a new name"):
            await channel.poll(await started(by_app))
        with pytest.raises(PermanentProblem, match="cannot be read"):
            await by_app.poll(await started(channel))


@pytest.mark.parametrize("marker", ["[deleted]", "[removed]"])
async def test_words_that_were_taken_away_are_told_as_a_deletion(
    server: RedditServer, channel: Channel, clock: MovableClock, marker: str
) -> None:
    cursor = await started(channel)
    post = server.write("ann", words("asked"))
    cursor = (await looked(channel, cursor, clock)).cursor
    server.edit(post, marker)
    pages = (await looked(channel, cursor, clock)).pages
    assert [gone for page in pages for gone in page.deleted] == [post]
    assert not any(page.sightings for page in pages)


async def test_nothing_is_ever_said(server: RedditServer, channel: Channel, clock: MovableClock) -> None:
    cursor = await started(channel)
    server.write("ann", words("asked"))
    post = (await looked(channel, cursor, clock)).having(words("asked"))
    with pytest.raises(PermanentProblem, match="can only be read"):
        await channel.publish(public(post, "Thank you."))


async def test_more_than_a_feed_shows_is_a_gap(server: RedditServer, channel: Channel, clock: MovableClock) -> None:
    cursor = await started(channel)
    server.write("ann", words("known"))
    cursor = (await looked(channel, cursor, clock)).cursor
    for number in range(101):
        server.write("ann", words(f"flood {number}"))
    gathered = await looked(channel, cursor, clock)
    assert len({post.id for post in gathered.posts}) == 100
    assert [page.gap for page in gathered.pages if page.gap is not None]


async def test_the_page_that_turns_machines_away_is_a_passing_problem(server: RedditServer, fittings: Fittings) -> None:
    channel = reddit.build("reddit", feed_settings(server), fittings)
    server.fail(Mode.WEB_PAGE)
    with pytest.raises(TemporaryProblem):
        await channel.poll(None)
    await channel.close()


def test_something_must_be_looked_for() -> None:
    with pytest.raises(ValidationError, match="set subreddits or search"):
        reddit.Settings.model_validate({})
