"""What is YouTube's own: replies below threads of any age, what is kept back, hiding, whom an answer names, and looking after doubt."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from channels_youtube import BRAND, opened, youtube_server

from bridge.channels import youtube
from bridge.core.deeds import Deed
from bridge.core.model import Kind, Post, Visibility
from bridge.core.publications import Attachment
from bridge.ports import Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.youtube import YouTubeServer
from bridge.testing.fakes.youtube_world import VIDEO
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you, a technician is on the way."


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[YouTubeServer]:
    async with youtube_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: YouTubeServer, fittings: Fittings) -> AsyncIterator[youtube.YouTube]:
    async with opened(server, fittings) as channel:
        yield channel


async def asked(server: YouTubeServer, channel: youtube.YouTube) -> Post:
    cursor = await started(channel)
    server.write("ann", words("asked"))
    return (await gather(channel, cursor)).having(words("asked"))


async def replied(server: YouTubeServer, channel: youtube.YouTube) -> Post:
    cursor = await started(channel)
    top = server.write("ann", words("top"))
    server.write("bob", words("reply"), thread=top)
    return (await gather(channel, cursor)).having(words("reply"))


class TestReading:
    async def test_a_reply_stands_in_its_thread_with_what_is_before_it(
        self, server: YouTubeServer, channel: youtube.YouTube, clock: MovableClock
    ) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        clock.advance(timedelta(seconds=10))
        server.write(BRAND, words("ours"), thread=top)
        clock.advance(timedelta(seconds=10))
        key = server.write("bob", f"@{BRAND} {words('reply')}", thread=top)
        reply = (await gather(channel, cursor)).having(f"@{BRAND} {words('reply')}")
        assert (reply.id, reply.thread, reply.parent, reply.kind) == (key, top, top, Kind.MENTION)
        assert [(quote.ours, quote.text) for quote in reply.context] == [(False, words("top")), (True, words("ours"))]
        assert reply.url == f"https://www.youtube.com/watch?v={VIDEO}&lc={key}"
        assert (reply.author.handle, reply.author.id) == ("bob", server.world.channel_of("bob"))

    async def test_all_replies_come_where_youtube_shows_a_few(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        """Also those of several pages; and they are asked for only where their number changed."""
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        for number in range(130):
            server.write("bob", words(f"reply {number}"), thread=top)
        gathered = await gather(channel, cursor)
        assert len(gathered.posts) == 131
        server.access.asked.clear()
        assert not (await gather(channel, gathered.cursor)).posts
        assert not [line for line in server.access.asked if "parentId" in line]

    async def test_replies_from_before_the_first_contact_stay_history(
        self, server: YouTubeServer, channel: youtube.YouTube, clock: MovableClock
    ) -> None:
        top = server.write("ann", words("top"))
        for number in range(8):
            server.write("bob", words(f"old {number}"), thread=top)
            clock.advance(timedelta(minutes=1))
        cursor = await started(channel)
        server.write("cem", words("new"), thread=top)
        assert (await gather(channel, cursor)).texts == [words("new")]

    async def test_a_new_reply_to_an_old_thread_is_found_in_turn(
        self, server: YouTubeServer, channel: youtube.YouTube, clock: MovableClock
    ) -> None:
        cursor = await started(channel)
        old = server.write("ann", words("old"))
        cursor = (await gather(channel, cursor)).cursor
        for number in range(150):
            clock.advance(timedelta(minutes=1))
            server.write("dot", words(f"later {number}"))
        cursor = (await gather(channel, cursor)).cursor
        server.write("bob", words("late reply"), thread=old)
        texts: list[str] = []
        for _ in range(4):
            gathered = await gather(channel, cursor)
            cursor, texts = gathered.cursor, [*texts, *gathered.texts]
        assert texts == [words("late reply")]

    async def test_many_threads_that_grew_are_read_by_several_polls(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        cursor = await started(channel)
        for number in range(40):
            top = server.write("ann", words(f"top {number}"))
            for reply in range(6):
                server.write("bob", words(f"reply {number}.{reply}"), thread=top)
        first = await gather(channel, cursor)
        second = await gather(channel, first.cursor)
        assert len({post.id for post in (*first.posts, *second.posts)}) == 40 * 7
        assert len(second.posts) == 10

    async def test_a_thread_that_goes_while_it_is_read_keeps_nothing_else_back(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        for number in range(6):
            server.write("bob", words(f"reply {number}"), thread=top)
        server.write("cem", words("other"))

        def going(item: dict[str, Any]) -> None:
            if item["id"] == top and top in server.world.comments:
                server.delete(top)

        server.api.spoil = going
        assert words("other") in (await gather(channel, cursor)).texts

    async def test_what_a_long_thread_has_beyond_the_limit_is_a_gap(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        replies = [server.write("bob", words(f"reply {number}"), thread=top) for number in range(1001)]
        [page] = (gathered := await gather(channel, cursor)).pages
        assert len(gathered.posts) == 1001
        assert page.gap is not None
        assert (page.gap.since, page.gap.until) == (top, replies[1])

    async def test_a_thread_goes_with_its_replies(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        reply = await replied(server, channel)
        cursor = (await gather(channel, None)).cursor
        server.delete(reply.thread)
        gathered = await gather(channel, cursor)
        assert {gone for page in gathered.pages for gone in page.deleted} == {reply.id, reply.thread}

    async def test_words_are_plain_whatever_is_in_them(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        cursor = await started(channel)
        server.write("ann", '1 < 2 & "so"\non <b>two</b> lines')
        assert (await gather(channel, cursor)).texts == ['1 < 2 & "so"\non <b>two</b> lines']

    async def test_a_picture_comes_by_its_address(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        cursor = await started(channel)
        key = server.write("ann", words("look"))
        server.world.change(key, picture="https://yt3.ggpht.com/picture.png")
        post = (await gather(channel, cursor)).having(words("look"))
        assert [each.url for each in post.media] == ["https://yt3.ggpht.com/picture.png"]

    async def test_somebody_whose_channel_is_gone(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        def gone(item: dict[str, object]) -> None:
            item["snippet"]["topLevelComment"]["snippet"].pop("authorChannelId", None)  # type: ignore[index] # dictionaries

        cursor = await started(channel)
        key = server.write("ann", words("stays"))
        server.api.spoil = gone
        assert (await gather(channel, cursor)).having(words("stays")).author.id == f"gone-{key}"


class TestKeptBack:
    async def test_a_comment_that_is_held_comes_in_and_says_so(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        """It is answered once it is shown; then it comes as the same post, and nothing is told as gone."""
        cursor = await started(channel)
        key = server.write("ann", words("held"), status="heldForReview")
        gathered = await gather(channel, cursor)
        post = gathered.having(words("held"))
        assert "kept back" in post.context[0].text
        with pytest.raises(PermanentProblem, match="show it to all before"):
            await channel.publish(public(post, ANSWER))
        await channel.act(Deed.UNHIDE, key)
        shown = await gather(channel, gathered.cursor)
        assert [each.id for each in shown.posts] == [key]
        assert not [gone for page in shown.pages for gone in page.deleted]
        await channel.publish(public(post, ANSWER))
        assert [said.text for said in server.said()] == [ANSWER]

    async def test_a_reply_that_is_held_makes_nothing_of_the_comment_above_it(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        """YouTube lists the whole thread, whose comment all see."""
        cursor = await started(channel)
        top = server.write("ann", words("top"))
        key = server.write("bob", words("held"), thread=top, status="heldForReview")
        gathered = await gather(channel, cursor)
        held, above = gathered.having(words("held")), gathered.having(words("top"))
        assert (held.id, held.thread) == (key, top)
        assert [quote.text for quote in held.context[1:]] == [words("top")]
        assert not above.context
        await channel.publish(public(above, ANSWER))
        with pytest.raises(PermanentProblem, match="show it to all before"):
            await channel.publish(public(held, ANSWER))

    async def test_a_state_that_is_not_told_is_guessed_from_what_is(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        def silent(item: dict[str, Any]) -> None:
            replies = item.get("replies", {}).get("comments", [])
            for each in (item["snippet"].get("topLevelComment", item), *replies):
                each["snippet"].pop("moderationStatus", None)

        cursor = await started(channel)
        server.api.spoil = silent
        top = server.write("ann", words("top"))
        server.write("bob", words("held reply"), thread=top, status="heldForReview")
        server.write("cem", words("held"), status="heldForReview")
        gathered = await gather(channel, cursor)
        hints = {post.text: any("kept back" in quote.text for quote in post.context) for post in gathered.posts}
        assert hints == {words("top"): False, words("held reply"): True, words("held"): True}

    async def test_spam_comes_where_it_is_wanted(self, server: YouTubeServer, fittings: Fittings) -> None:
        async with opened(server, fittings, held=("heldForReview", "likelySpam")) as channel:
            cursor = await started(channel)
            server.write("ann", words("spam"), status="likelySpam")
            assert (await gather(channel, cursor)).texts == [words("spam")]

    async def test_what_is_hidden_is_not_gone(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        post = await asked(server, channel)
        cursor = (await gather(channel, None)).cursor
        await channel.act(Deed.HIDE, post.id)
        assert server.world.comments[post.id].status == "heldForReview"
        gathered = await gather(channel, cursor)
        assert not [gone for page in gathered.pages for gone in page.deleted]

    async def test_an_answer_that_youtube_keeps_back_is_neither_posted_nor_failed(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.api.keeps = "heldForReview"
        for attempt in (channel.publish, channel.find):
            with pytest.raises(UncertainProblem, match="keeps the answer back"):
                await attempt(publication)
        assert len(server.said()) == 1

    async def test_the_same_after_a_doubt_is_never_said_again(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        """Also by a process that did not say it: the thread is listed among those in which something is kept back."""
        publication = public(await asked(server, channel), ANSWER)
        server.write(BRAND, ANSWER, thread=publication.thread, status="likelySpam")
        with pytest.raises(UncertainProblem, match="keeps the answer back"):
            await channel.find(publication)

    async def test_what_only_the_owner_may_see_fails_alone(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        cursor = await started(channel)
        server.write("ann", words("one"))
        server.api.barred = "heldForReview"
        gathered = await gather(channel, cursor)
        assert gathered.texts == [words("one")]
        assert [trouble.part for trouble in gathered.pages[0].troubles] == ["comments held for review"]
        server.api.barred = ""
        assert (await channel.poll(gathered.cursor)).recovered == ("comments held for review",)


class TestSaying:
    async def test_an_answer_to_a_reply_names_whom_it_answers(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        reply = await replied(server, channel)
        posted = await channel.publish(public(reply, ANSWER))
        assert [(said.text, said.thread) for said in server.said()] == [(f"@bob {ANSWER}", reply.thread)]
        found = await channel.find(public(reply, ANSWER))
        assert found is not None
        assert found.id == posted.id
        top = replace(public(reply, ANSWER), parent=reply.thread)
        assert await channel.find(top) is None

    async def test_a_name_that_stands_there_already_is_not_doubled(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        reply = await replied(server, channel)
        await channel.publish(public(reply, f"Dear @Bob! {ANSWER}"))
        assert [said.text for said in server.said()] == [f"Dear @Bob! {ANSWER}"]

    async def test_the_longest_answer_to_a_reply_goes_without_the_name(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        reply = await replied(server, channel)
        await channel.publish(public(reply, "x" * 10_000))
        assert [len(said.text) for said in server.said()] == [10_000]

    async def test_a_closed_thread_takes_no_answer(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        cursor = await started(channel)
        key = server.write("ann", words("closed"))
        server.world.change(key, closed=True)
        post = (await gather(channel, cursor)).having(words("closed"))
        assert (post.answers, bool(post.answer_url)) == (frozenset(), True)
        with pytest.raises(PermanentProblem, match="takes no answers"):
            await channel.publish(public(post, ANSWER))

    async def test_somebody_elses_comment_is_not_answered(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        publication = public(await asked(server, channel), ANSWER)
        with pytest.raises(PermanentProblem, match="does not belong to the customer"):
            await channel.publish(replace(publication, author=replace(publication.author, id="UCother")))
        assert not server.said()

    async def test_posts_offer_public_answers_only(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        assert (await asked(server, channel)).answers == {Visibility.PUBLIC}

    async def test_an_answer_among_many_replies_is_found(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.fail(Mode.ACCEPT_THEN_CUT, times=1)
        with pytest.raises(UncertainProblem):
            await channel.publish(publication)
        for number in range(230):
            server.write("bob", words(f"reply {number}"), thread=publication.thread)
        assert await channel.find(publication) is not None


class TestDeeds:
    async def test_an_answer_of_ours_is_deleted_once(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        posted = await channel.publish(public(await asked(server, channel), ANSWER))
        for _ in range(2):
            await channel.act(Deed.DELETE, posted.id)
        assert not server.said()

    async def test_customers_comments_are_hidden_and_shown_and_never_deleted(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        post = await asked(server, channel)
        with pytest.raises(PermanentProblem, match="no answer of ours"):
            await channel.act(Deed.DELETE, post.id)
        for deed, status in [
            (Deed.HIDE, "heldForReview"),
            (Deed.HIDE, "heldForReview"),
            (Deed.UNHIDE, "published"),
            (Deed.UNHIDE, "published"),
        ]:
            await channel.act(deed, post.id)
            assert server.world.comments[post.id].status == status

    async def test_hiding_rejects_where_that_is_wanted(self, server: YouTubeServer, fittings: Fittings) -> None:
        async with opened(server, fittings, hide_as="rejected") as channel:
            post = await asked(server, channel)
            await channel.act(Deed.HIDE, post.id)
            assert server.world.comments[post.id].status == "rejected"

    async def test_what_cannot_be_done_is_refused(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        posted = await channel.publish(public(await asked(server, channel), ANSWER))
        for deed, target in [
            (Deed.HIDE, posted.id),
            (Deed.LIKE, posted.id),
            (Deed.DELETE, "../x"),
            (Deed.UNHIDE, "Ugno"),
        ]:
            with pytest.raises(PermanentProblem):
                await channel.act(deed, target)
        server.api.refusals = [(403, "forbidden")]
        with pytest.raises(PermanentProblem, match="does not let this account"):
            await channel.act(Deed.DELETE, posted.id)


class TestDoubt:
    async def test_a_look_that_fails_keeps_nothing_else_back(
        self, server: YouTubeServer, channel: youtube.YouTube, clock: MovableClock
    ) -> None:
        """Nothing is told as gone for it, neither where an entry is odd nor where the request is refused."""
        cursor = await started(channel)
        server.write("ann", words("old"))
        cursor = (await gather(channel, cursor)).cursor
        for number in range(101):
            clock.advance(timedelta(minutes=1))
            server.write("dot", words(f"later {number}"))
        cursor = (await gather(channel, cursor)).cursor
        for spoilt in ("id", "request"):
            server.api.odd_looks = spoilt
            server.write("bob", words(spoilt))
            gathered = await gather(channel, cursor)
            cursor = gathered.cursor
            assert gathered.texts == [words(spoilt)]
            assert not [gone for page in gathered.pages for gone in page.deleted]

    async def test_what_cannot_be_read_is_neither_answered_nor_deleted(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        reply = await replied(server, channel)
        server.api.odd_looks = "id"
        for parent in (reply.id, reply.thread):
            with pytest.raises(TemporaryProblem, match="no shape"):
                await channel.publish(replace(public(reply, ANSWER), parent=parent))
            with pytest.raises(TemporaryProblem, match="no shape"):
                await channel.act(Deed.DELETE, parent)
        assert not server.said()

    async def test_an_odd_reply_may_be_the_one(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        publication = public(await asked(server, channel), ANSWER)
        server.write("bob", words("reply"), thread=publication.thread)

        def odd(item: dict[str, Any]) -> None:
            item["snippet"]["publishedAt"] = 7

        server.api.spoil = odd
        with pytest.raises(UncertainProblem, match="may be the one"):
            await channel.find(publication)

    async def test_a_reply_that_went_is_not_answered(self, server: YouTubeServer, channel: youtube.YouTube) -> None:
        reply = await replied(server, channel)
        server.delete(reply.id)
        with pytest.raises(PermanentProblem, match="reply to be answered is gone"):
            await channel.publish(public(reply, ANSWER))
        server.delete(reply.thread)
        assert await channel.find(public(reply, ANSWER)) is None

    async def test_an_answer_that_is_kept_back_without_a_word_counts_as_posted(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        """Nobody could tell; where its fate is in doubt it is found among what is kept back."""
        publication = public(await asked(server, channel), ANSWER)
        server.api.keeps, server.api.is_silent = "likelySpam", True
        assert (await channel.publish(publication)).id == server.said()[0].id
        with pytest.raises(UncertainProblem, match="keeps the answer back"):
            await channel.find(publication)

    async def test_what_youtube_does_not_take_is_refused_before_it_is_sent(
        self, server: YouTubeServer, channel: youtube.YouTube
    ) -> None:
        publication = public(await asked(server, channel), ANSWER)
        picture = Attachment(name="a.png", type="image/png", content=b"x")
        for wrong in (
            replace(publication, text="  \n"),
            replace(publication, media=(picture,)),
            replace(publication, parent="../comments"),
            replace(publication, thread="Ugx/1"),
        ):
            with pytest.raises(PermanentProblem):
                await channel.publish(wrong)
        with pytest.raises(UncertainProblem):
            await channel.find(replace(publication, thread="Ugx/1"))
        assert not server.said()
