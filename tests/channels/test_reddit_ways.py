"""What is Reddit's own by an app: inbox, threads, subreddits that close, answers, deletions, and looking after doubt."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from channels_reddit import BRAND, opened, reddit_server

from bridge.channels import reddit
from bridge.channels._reddit.words import plain
from bridge.core.deeds import Deed
from bridge.core.model import Kind, Post, Visibility
from bridge.ports import Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, private, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.reddit import RedditServer
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you, a technician is on the way."


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[RedditServer]:
    async with reddit_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: RedditServer, fittings: Fittings) -> AsyncIterator[reddit.Reddit]:
    async with opened(server, fittings) as channel:
        yield channel


async def asked(server: RedditServer, channel: reddit.Reddit) -> Post:
    cursor = await started(channel)
    server.write("ann", words("asked"))
    return (await gather(channel, cursor)).having(words("asked"))


async def told(server: RedditServer, channel: reddit.Reddit) -> Post:
    cursor = await started(channel)
    server.message("ann", words("told"))
    return (await gather(channel, cursor)).having(words("told"))


def sent_forms(server: RedditServer) -> list[str]:
    return [line for line in server.access.asked if line.startswith("POST /api/") and "access_token" not in line]


class TestReading:
    async def test_the_inbox_brings_mentions_and_replies_from_anywhere(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"), subreddit="elsewhere", title="Which router?")
        ours = server.comment(BRAND, words("ours"), parent=top)
        server.comment("bob", f"u/{BRAND} {words('named')}", parent=top, told="username_mention")
        server.comment("cem", words("reply"), parent=ours, told="comment_reply")
        gathered = await gather(channel, cursor)
        named, reply = gathered.having(f"u/{BRAND} {words('named')}"), gathered.having(words("reply"))
        assert (named.kind, reply.kind, reply.parent, reply.thread) == (Kind.MENTION, Kind.COMMENT, ours, top)
        assert [(quote.ours, quote.text) for quote in reply.context] == [
            (False, f"Which router?\n\n{words('top')}"),
            (True, words("ours")),
        ]
        assert reply.url == f"{server.url}/r/elsewhere/comments/{top[3:]}/a_question/{reply.id[3:]}/"

    async def test_what_inbox_and_subreddit_show_comes_once(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        server.comment("bob", words("named"), parent=top, told="username_mention")
        gathered = await gather(channel, cursor)
        assert sorted(gathered.texts) == sorted([words("top"), words("named")])
        assert gathered.having(words("named")).kind is Kind.MENTION

    async def test_a_name_in_the_words_is_a_mention(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        for text in (f"hello /u/{BRAND.upper()}!", f"hello u/{BRAND}_x", "hello"):
            server.write("ann", text)
        kinds = {post.text: post.kind for post in (await gather(channel, cursor)).posts}
        assert list(kinds.values()) == [Kind.MENTION, Kind.TOPIC, Kind.TOPIC]

    async def test_a_mere_link_and_a_picture(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        server.write("ann", "", title="Down again", address="https://news.example.org/acme")
        server.write("bob", "", title="Look", address="https://i.redd.it/abc123.png")
        link, picture = (await gather(channel, cursor)).posts
        assert (link.title, link.text, link.media) == ("Down again", "https://news.example.org/acme", ())
        assert [each.url for each in picture.media] == ["https://i.redd.it/abc123.png"]

    async def test_customers_markdown_is_read_as_words(self, server: RedditServer, channel: reddit.Reddit) -> None:
        cursor = await started(channel)
        server.write("ann", r"my\_router is down &amp; out")
        assert (await gather(channel, cursor)).texts == ["my_router is down & out"]

    async def test_a_moderators_removal_is_told_like_a_deletion(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        cursor = await started(channel)
        post = server.write("ann", words("one"))
        comment = server.comment("bob", words("two"), parent=post)
        cursor = (await gather(channel, cursor)).cursor
        server.remove(comment)
        server.delete(post)
        gathered = await gather(channel, cursor)
        assert {gone for page in gathered.pages for gone in page.deleted} == {post, comment}
        assert not gathered.posts

    async def test_an_edited_reply_in_the_inbox_is_seen(
        self, server: RedditServer, channel: reddit.Reddit, clock: MovableClock
    ) -> None:
        """Also where the listing no longer reaches so far."""
        cursor = await started(channel)
        top = server.write("ann", words("top"), subreddit="elsewhere")
        old = server.comment("bob", words("first"), parent=top, told="post_reply")
        cursor = (await gather(channel, cursor)).cursor
        clock.advance(timedelta(hours=1))
        for number in range(120):
            server.comment("cem", words(f"later {number}"), parent=top, told="post_reply")
        cursor = (await gather(channel, cursor)).cursor
        server.edit(old, words("second"))
        assert (await gather(channel, cursor)).texts == [words("second")]

    async def test_a_deleted_account_leaves_its_words(self, server: RedditServer, channel: reddit.Reddit) -> None:
        def gone(entry: dict[str, object]) -> None:
            data = entry["data"]
            assert isinstance(data, dict)
            data["author"] = "[deleted]"
            data.pop("author_fullname", None)

        cursor = await started(channel)
        name = server.write("ann", words("stays"))
        server.api.spoil = gone
        post = (await gather(channel, cursor)).having(words("stays"))
        assert (post.author.id, post.answers) == (f"gone-{name}", frozenset({Visibility.PUBLIC}))

    async def test_messages_of_the_site_itself_are_not_answered(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        cursor = await started(channel)
        server.message("", words("from the site"))
        post = (await gather(channel, cursor)).having(words("from the site"))
        assert (post.visibility, post.answers) == (Visibility.PRIVATE, frozenset())
        assert post.answer_url

    async def test_without_messages_none_is_read_or_sent(self, server: RedditServer, fittings: Fittings) -> None:
        async with opened(server, fittings, messages=False) as channel:
            cursor = await started(channel)
            server.message("ann", words("private"))
            server.write("ann", words("public"))
            gathered = await gather(channel, cursor)
            assert gathered.texts == [words("public")]
            assert gathered.posts[0].answers == {Visibility.PUBLIC}
            assert channel.limits.max_private_length == 0
        assert not [line for line in server.access.asked if "/message/sent" in line]

    async def test_sent_messages_that_cannot_be_read_keep_nothing_else_from_coming(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        """Reddit sends some accounts to a login page there."""

        def instead(request: web.Request) -> web.Response | None:
            is_it = request.path == "/message/sent"
            return web.Response(status=302, headers={"Location": "https://www.reddit.com/login"}) if is_it else None

        cursor = await started(channel)
        server.access.instead = instead
        server.write("ann", words("comes"))
        page = await channel.poll(cursor)
        assert [sighting.post.text for sighting in page.sightings] == [words("comes")]
        assert [trouble.part for trouble in page.troubles] == ["sent messages"]

    async def test_without_the_inbox_its_endpoints_are_left_alone(
        self, server: RedditServer, fittings: Fittings
    ) -> None:
        """Some accounts' are sent to a login page."""
        server.access.scopes.remove("privatemessages")
        async with opened(server, fittings, inbox=False) as channel:
            cursor = await started(channel)
            server.write("ann", words("asked"))
            post = (await gather(channel, cursor)).having(words("asked"))
            await channel.publish(public(post, ANSWER))
            assert post.answers == {Visibility.PUBLIC}
        assert not [line for line in server.access.asked if "/message/" in line]

    async def test_an_inbox_of_replies_alone_is_not_read_to_its_end(
        self, server: RedditServer, channel: reddit.Reddit, clock: MovableClock
    ) -> None:
        top = server.write("ann", words("top"))
        server.message("ann", words("told"))
        for number in range(250):
            server.comment("bob", words(f"old {number}"), parent=top, told="post_reply")
        cursor = await started(channel)
        clock.advance(timedelta(hours=1))
        server.comment("cem", words("new"), parent=top, told="post_reply")
        cursor = (await gather(channel, cursor)).cursor
        clock.advance(timedelta(hours=1))
        before = len(server.access.asked)
        await gather(channel, cursor)
        assert len([line for line in server.access.asked[before:] if "/message/inbox" in line]) == 1

    async def test_a_page_below_an_entry_that_was_deleted_meanwhile_is_read(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        """Below it the listing is empty, so the one before it is asked for."""
        cursor = await started(channel)
        names = [server.write("ann", words(f"number {number}")) for number in range(150)]

        def take_away(path: str) -> None:
            """The last of the first page."""
            if path == "/r/acme/new":
                server.delete(names[50])

        server.api.between = take_away
        assert len((await gather(channel, cursor)).posts) == 150

    async def test_an_answer_given_by_hand_comes_as_our_own(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await asked(server, channel)
        cursor = await started(channel)
        server.comment(BRAND, "By hand.", parent=post.id)
        [seen] = (await gather(channel, cursor)).posts
        assert (seen.parent, seen.author.id) == (post.id, server.world.person(BRAND))

    @pytest.mark.parametrize(
        ("reason", "words_of_it"),
        [
            ("private", "is private"),
            ("quarantined", "quarantined"),
            ("banned", "banned by Reddit"),
            ("odd", "may not read"),
        ],
    )
    async def test_a_subreddit_that_closes_keeps_no_other_from_coming(
        self, server: RedditServer, fittings: Fittings, reason: str, words_of_it: str
    ) -> None:
        server.write("ann", "there", subreddit="other")
        async with opened(server, fittings, subreddits=("acme", "other")) as channel:
            cursor = await started(channel)
            server.api.barred["other"] = reason
            server.write("ann", words("comes"))
            page = await channel.poll(cursor)
            assert [sighting.post.text for sighting in page.sightings] == [words("comes")]
            assert {trouble.part for trouble in page.troubles} == {"r/other", "comments of r/other"}
            assert all(words_of_it in trouble.reason and trouble.lasting for trouble in page.troubles)
            server.api.barred.clear()
            assert set((await channel.poll(page.cursor)).recovered) == {"r/other", "comments of r/other"}

    async def test_a_subreddit_that_does_not_exist_is_a_trouble_of_its_own(
        self, server: RedditServer, fittings: Fittings
    ) -> None:
        async with opened(server, fittings, subreddits=("acme", "nowhere")) as channel:
            page = await channel.poll(None)
            assert {trouble.part for trouble in page.troubles} == {"r/nowhere", "comments of r/nowhere"}
            assert all("knows no such subreddit" in trouble.reason for trouble in page.troubles)

    async def test_a_search_finds_posts_everywhere(self, server: RedditServer, fittings: Fittings) -> None:
        async with opened(server, fittings, subreddits=(), search=('"acme router"',)) as channel:
            cursor = await started(channel)
            server.write("ann", "my acme router", subreddit="far")
            server.write("bob", "my other router", subreddit="far")
            assert (await gather(channel, cursor)).texts == ["my acme router"]


class TestSaying:
    async def test_the_agents_words_are_shown_exactly(self, server: RedditServer, channel: reddit.Reddit) -> None:
        text = "# Hello\n1. press *reset*\nhttps://acme.test/a_b_c"
        posted = await channel.publish(public(await asked(server, channel), text))
        [said] = server.said()
        assert said.text == "\\# Hello  \n1\\. press \\*reset\\*  \nhttps://acme.test/a_b_c"
        assert plain(said.text).split() == text.split()
        assert posted.url == f"{server.url}{said.path}"

    async def test_escapes_count(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await asked(server, channel)
        await channel.publish(public(post, "*" * 5000))
        with pytest.raises(PermanentProblem, match="1 to 10000"):
            await channel.publish(public(post, "*" * 5001))
        assert len(server.said()) == 1

    @pytest.mark.parametrize("what", ["locked", "archived"])
    async def test_a_closed_thread_is_not_answered(
        self, server: RedditServer, channel: reddit.Reddit, what: str
    ) -> None:
        """Not the post, nor a comment in it; and the proxy says so."""
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        server.comment("bob", words("below"), parent=top)
        comment = (await gather(channel, cursor)).having(words("below"))
        server.world.change(top, **{what: True})
        with pytest.raises(PermanentProblem, match="locked or archived"):
            await channel.publish(public(comment, ANSWER))
        assert sent_forms(server) == []
        cursor = await started(channel)
        server.comment("cem", words("after"), parent=top)
        later = (await gather(channel, cursor)).having(words("after"))
        assert Visibility.PUBLIC not in later.answers

    async def test_another_persons_post_is_not_answered(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await asked(server, channel)
        other = replace(post.author, id="t2_other")
        with pytest.raises(PermanentProblem, match="does not belong"):
            await channel.publish(replace(public(post, ANSWER), author=other))
        assert sent_forms(server) == []

    async def test_a_name_that_reddit_does_not_know_is_not_asked_for(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        post = await asked(server, channel)
        for odd in ("", "t5_abc", "t1_../api", "t3_ABC"):
            with pytest.raises(PermanentProblem, match="no name"):
                await channel.publish(replace(public(post, ANSWER), parent=odd))
            for names in ({"parent": odd}, {"thread": odd}):
                with pytest.raises(UncertainProblem, match="no name"):
                    await channel.find(replace(public(post, ANSWER), **names))

    async def test_an_answer_that_is_not_told_is_looked_up(self, server: RedditServer, channel: reddit.Reddit) -> None:
        answer = public(await asked(server, channel), ANSWER)
        server.saying.tells = False
        with pytest.raises(UncertainProblem, match="without saying where"):
            await channel.publish(answer)
        found = await channel.find(answer)
        assert found is not None
        assert [found.id] == [said.name for said in server.said()]

    async def test_a_message_answers_its_own_conversation(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await told(server, channel)
        posted = await channel.publish(private(post, ANSWER))
        [sent] = server.sent()
        assert (sent.name, sent.parent, sent.to) == (posted.id, post.id, "ann")

    async def test_a_private_answer_to_a_public_post_has_a_subject(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        await channel.publish(private(await asked(server, channel), ANSWER))
        [sent] = server.sent()
        assert (sent.title, sent.to, sent.parent) == ("About your post", "ann", "")

    @pytest.mark.parametrize("status", [401, 403, 429, 503])
    async def test_a_message_that_went_and_cannot_be_looked_for_is_in_doubt(
        self, server: RedditServer, channel: reddit.Reddit, status: int
    ) -> None:
        """It must not pass for one that never went."""

        def instead(request: web.Request) -> web.Response | None:
            is_it = request.path == "/message/sent"
            return web.Response(status=status, body=b"{}", content_type="application/json") if is_it else None

        answer = private(await asked(server, channel), ANSWER)
        server.access.instead = instead
        with pytest.raises(UncertainProblem):
            await channel.publish(answer)
        assert len(server.sent()) == 1

    async def test_a_comment_of_ours_is_deleted_once(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await asked(server, channel)
        posted = await channel.publish(public(post, ANSWER))
        for _ in range(2):
            await channel.act(Deed.DELETE, posted.id)
        assert server.said() == []
        assert len([line for line in sent_forms(server) if "/api/del" in line]) == 1

    async def test_nothing_else_is_deleted_or_liked(self, server: RedditServer, channel: reddit.Reddit) -> None:
        post = await asked(server, channel)
        comment = server.comment("bob", "theirs", parent=post.id)
        for deed, target in (
            (Deed.DELETE, comment),
            (Deed.DELETE, post.id),
            (Deed.LIKE, post.id),
            (Deed.HIDE, comment),
        ):
            with pytest.raises(PermanentProblem):
                await channel.act(deed, target)
        assert sent_forms(server) == []


class TestLooking:
    async def test_the_thread_shows_what_our_own_listing_does_not_yet(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        server.comment("bob", words("below"), parent=top)
        gathered = await gather(channel, cursor)
        for post in (gathered.having(words("top")), gathered.having(words("below"))):
            posted = await channel.publish(public(post, ANSWER))
            server.api.unlisted.add(posted.id)
            found = await channel.find(public(post, ANSWER))
            assert found is not None
            assert found.id == posted.id

    async def test_what_the_customer_took_away_is_still_looked_below(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        post = await asked(server, channel)
        posted = await channel.publish(public(post, ANSWER))
        server.delete(post.id)
        found = await channel.find(public(post, ANSWER))
        assert found is not None
        assert found.id == posted.id

    async def test_more_of_ours_than_reddit_lists_proves_nothing(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        post = await asked(server, channel)
        other = server.write("bob", "another")
        for number in range(1000):
            server.comment(BRAND, f"to others {number}", parent=other)
        with pytest.raises(UncertainProblem, match="does not list everything"):
            await channel.find(public(post, ANSWER))

    async def test_an_entry_that_cannot_be_read_proves_nothing(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        def spoil(entry: dict[str, object]) -> None:
            data = entry["data"]
            if isinstance(data, dict) and data.get("author") == BRAND:
                data["created_utc"] = None

        post = await asked(server, channel)
        await channel.publish(public(post, ANSWER))
        server.api.spoil = spoil
        with pytest.raises(UncertainProblem):
            await channel.find(public(post, ANSWER))

    async def test_the_same_words_to_another_or_in_another_conversation_are_none(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        cursor = await started(channel)
        server.message("ann", words("one"))
        server.message("bob", words("two"))
        server.write("ann", words("three"))
        gathered = await gather(channel, cursor)
        await channel.publish(private(gathered.having(words("one")), ANSWER))
        for tag in ("two", "three"):
            with pytest.raises(UncertainProblem, match="does not promise"):
                await channel.find(private(gathered.having(words(tag)), ANSWER))

    async def test_after_a_503_nothing_is_sent_again_before_it_was_looked_for(
        self, server: RedditServer, channel: reddit.Reddit
    ) -> None:
        answer = public(await asked(server, channel), ANSWER)
        server.fail(Mode.ERROR)
        with pytest.raises(UncertainProblem):
            await channel.publish(answer)
        assert len(sent_forms(server)) == 1
        server.heal()
        assert await channel.find(answer) is None
        server.fail(Mode.ACCEPT_THEN_ERROR)
        with pytest.raises(UncertainProblem):
            await channel.publish(answer)
        server.heal()
        assert await channel.find(answer) is not None
        assert len(server.said()) == 1

    async def test_a_search_that_is_limited_proves_nothing(self, server: RedditServer, channel: reddit.Reddit) -> None:
        answer = public(await asked(server, channel), ANSWER)
        server.fail(Mode.RATE_LIMIT, amount=30)
        with pytest.raises(UncertainProblem, match="could not be looked for"):
            await channel.find(answer)
        with pytest.raises(TemporaryProblem):
            await channel.publish(answer)
        assert server.said() == []
