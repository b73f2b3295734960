"""How a channel must read: nothing lost, nothing twice, the oldest first, whatever the platform does."""

from datetime import timedelta

import pytest

from bridge.core.events import Quarantined
from bridge.core.model import Visibility
from bridge.ports import Channel, Keeping, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.testing.channel_platform import Platform, check_clean, gather, started, words
from bridge.testing.fakes.faults import Mode

_MANY = 230
_HUGE = 300_000
_CAP = 100_000

BAD_ANSWERS = (
    Mode.LISTING_ERROR,
    Mode.LISTING_HANG,
    Mode.MALFORMED,
    Mode.WEB_PAGE,
    Mode.BOMB,
    Mode.LISTING_CUT,
    Mode.RATE_LIMIT,
)
"""Each of them is over some time: the channel asks again, from where it was."""


class ReadingContract:
    """The half of the contract that every channel has."""

    async def test_c18_the_first_contact_emits_nothing(self, platform: Platform, channel: Channel) -> None:
        """It learns what is there, and says that it was the first."""
        platform.write("ann", words("old"))
        page = await channel.poll(None)
        assert (page.sightings, page.first, bool(page.cursor)) == ((), True, True)
        assert (await gather(channel, page.cursor)).posts == []

    async def test_a_backfill_brings_what_is_young_enough(self, platform: Platform) -> None:
        """And nothing older."""
        platform.write("ann", words("older"))
        platform.clock.advance(timedelta(days=3))
        platform.write("ann", words("younger"))
        channel = platform.channel(backfill=timedelta(days=2))
        await channel.open()
        gathered = await gather(channel, None)
        assert gathered.texts == [words("younger")]
        assert (await gather(channel, gathered.cursor)).posts == []
        await channel.close()

    async def test_new_posts_come_once_and_the_oldest_first(self, platform: Platform, channel: Channel) -> None:
        """P1."""
        cursor = await started(channel)
        expected = []
        for number in range(5):
            expected.append(words(f"number {number}"))
            platform.write(f"customer{number}", expected[-1])
            platform.clock.advance(timedelta(seconds=2))
        gathered = await gather(channel, cursor)
        assert gathered.texts == expected
        assert len({post.id for post in gathered.posts}) == len(expected)
        assert (await gather(channel, gathered.cursor)).posts == []

    async def test_a_post_tells_who_wrote_it_where_and_when(self, platform: Platform, channel: Channel) -> None:
        """A customer has an id; a public post may be read by everyone; times have their zone."""
        cursor = await started(channel)
        platform.write("ann", words("who"))
        platform.write("bob", words("other"))
        gathered = await gather(channel, cursor)
        ann, bob = gathered.having(words("who")), gathered.having(words("other"))
        assert (ann.author.handle or ann.author.name) == platform.shown("ann")
        assert ann.author.id != bob.author.id
        expected = Visibility.PUBLIC if platform.has_public else Visibility.PRIVATE
        assert (ann.visibility, ann.channel, bool(ann.thread)) == (expected, channel.name, True)
        assert ann.at.utcoffset() is not None
        assert abs((ann.at - platform.clock.now()).total_seconds()) < 60

    async def test_the_same_cursor_shows_the_same_or_more(self, platform: Platform, channel: Channel) -> None:
        """A page that was not stored comes again."""
        cursor = await started(channel)
        platform.write("ann", words("one"))
        first = await gather(channel, cursor)
        platform.write("bob", words("two"))
        again = await gather(channel, cursor)
        assert first.texts == [words("one")]
        assert again.texts == [words("one"), words("two")]
        assert again.posts[0].id == first.posts[0].id

    async def test_a_cursor_is_good_after_a_restart(self, platform: Platform, channel: Channel) -> None:
        """All that is known stands in it."""
        cursor = await started(channel)
        platform.write("ann", words("before"))
        cursor = (await gather(channel, cursor)).cursor
        platform.write("ann", words("between"))
        later = platform.channel(backfill=timedelta(days=2))
        await later.open()
        assert (await gather(later, cursor)).texts == [words("between")]
        await later.close()

    async def test_ft18_many_posts_come_in_pages_and_each_once(self, platform: Platform, channel: Channel) -> None:
        """More than any listing shows at once."""
        cursor = await started(channel)
        expected = []
        for number in range(_MANY):
            expected.append(words(f"many {number}"))
            platform.write(f"customer{number % 7}", expected[-1])
        gathered = await gather(channel, cursor)
        assert sorted(gathered.texts) == sorted(expected)
        assert gathered.texts == expected

    async def test_c17_an_edit_is_the_same_post_with_other_words(self, platform: Platform, channel: Channel) -> None:
        """The same id, another fingerprint; some platforms know no edits."""
        if not platform.shows_edits:
            return
        cursor = await started(channel)
        post = platform.write("ann", words("first words"))
        before = await gather(channel, cursor)
        platform.clock.advance(timedelta(minutes=1))
        platform.edit(post, words("second words"))
        after = await gather(channel, before.cursor)
        assert after.texts == [words("second words")]
        assert after.posts[0].id == before.posts[0].id
        assert after.posts[0].fingerprint != before.posts[0].fingerprint
        assert (await gather(channel, after.cursor)).posts == []

    async def test_a_deletion_is_told_once_where_it_can_be_seen(self, platform: Platform, channel: Channel) -> None:
        """Elsewhere a missing post is no deletion."""
        cursor = await started(channel)
        post = platform.write("ann", words("soon gone"))
        platform.write("bob", words("stays"))
        before = await gather(channel, cursor)
        known = before.having(words("soon gone")).id
        platform.delete(post)
        after = await gather(channel, before.cursor)
        told = [gone for page in after.pages for gone in page.deleted]
        assert told == ([known] if platform.shows_deletions else [])
        assert after.posts == []
        again = await gather(channel, after.cursor)
        assert not any(page.deleted for page in again.pages)

    async def test_a_private_post_can_be_answered_in_private_only(self, platform: Platform, channel: Channel) -> None:
        """Law 9; a platform without private posts never shows one."""
        cursor = await started(channel)
        if platform.has_private:
            platform.write_private("ann", words("between us"))
        platform.write("bob", words("for all"))
        gathered = await gather(channel, cursor)
        hidden = [post for post in gathered.posts if post.visibility is Visibility.PRIVATE]
        between = [words("between us")] if platform.has_private else []
        assert [post.text for post in hidden] == (between if platform.has_public else [*between, words("for all")])
        assert all(post.answers <= {Visibility.PRIVATE} for post in hidden)

    @pytest.mark.parametrize("mode", BAD_ANSWERS)
    async def test_a_bad_answer_loses_nothing(self, platform: Platform, channel: Channel, mode: Mode) -> None:
        """E02, E03, C21: it is a passing problem, and afterwards everything is there."""
        cursor = await started(channel)
        platform.write("ann", words("kept"))
        platform.fail(mode, amount=7)
        with pytest.raises(TemporaryProblem) as caught:
            await channel.poll(cursor)
        check_clean(platform, caught.value)
        assert caught.value.after == (7 if mode is Mode.RATE_LIMIT else None)
        platform.heal()
        assert (await gather(channel, cursor)).texts == [words("kept")]

    async def test_an_unreachable_platform_is_a_temporary_problem(self, platform: Platform, channel: Channel) -> None:
        """The cursor stays where it is."""
        cursor = await started(channel)
        await platform.vanish()
        with pytest.raises(TemporaryProblem) as caught:
            await channel.poll(cursor)
        check_clean(platform, caught.value)

    async def test_f01_a_login_that_died_needs_a_person(self, platform: Platform, channel: Channel) -> None:
        """And loses nothing: when it is renewed the posts of the meantime come."""
        cursor = await started(channel)
        platform.write("ann", words("meanwhile"))
        platform.fail(Mode.REVOKED)
        with pytest.raises(LoginProblem) as caught:
            await channel.poll(cursor)
        check_clean(platform, caught.value)
        platform.heal()
        assert (await gather(channel, cursor)).texts == [words("meanwhile")]

    async def test_f06_a_redirect_elsewhere_takes_no_secret_along(self, platform: Platform, channel: Channel) -> None:
        """It is a problem, and its text doesn't show where it led."""
        cursor = await started(channel)
        platform.fail(Mode.REDIRECT)
        with pytest.raises((PermanentProblem, TemporaryProblem)) as caught:
            await channel.poll(cursor)
        check_clean(platform, caught.value)
        assert "next=" not in str(caught.value)

    async def test_c20_a_broken_entry_spoils_no_other(self, platform: Platform, channel: Channel) -> None:
        """It is kept raw, reported once, and read when the platform mends it."""
        cursor = await started(channel)
        for tag in ("good one", "spoilt one"):
            platform.write("ann", words(tag))
            platform.clock.advance(timedelta(seconds=1))
        platform.fail(Mode.BROKEN_ITEM)
        gathered = await gather(channel, cursor)
        assert gathered.texts == [words("good one")]
        [kept] = [entry for page in gathered.pages for entry in page.quarantined]
        assert (bool(kept.raw), bool(kept.reason), bool(kept.id)) == (True, True, True)
        again = await gather(channel, gathered.cursor)
        assert not any(page.quarantined for page in again.pages)
        platform.heal()
        assert (await gather(channel, again.cursor)).texts == [words("spoilt one")]

    @pytest.mark.parametrize("mode", [Mode.MALFORMED, Mode.WEB_PAGE])
    async def test_c21_an_answer_that_is_none_is_kept_once_where_it_begins(
        self, platform: Platform, channel: Channel, mode: Mode
    ) -> None:
        """As it came, without secrets; and once more when the same befalls the place after it was well."""
        if not isinstance(channel, Keeping):
            return
        cursor = await started(channel)
        for _ in range(2):
            platform.fail(mode)
            kept: list[Quarantined] = []
            for _ in range(3):
                with pytest.raises(TemporaryProblem):
                    await channel.poll(cursor)
                kept += channel.unreadable()
            assert len({item.id for item in kept}) == len(kept) > 0
            assert all(item.raw and item.reason for item in kept)
            assert not any(secret.encode() in item.raw for item in kept for secret in platform.secrets)
            platform.heal()
            cursor = (await gather(channel, cursor)).cursor
            assert not channel.unreadable()

    async def test_c16_what_the_platform_no_longer_lists_is_a_gap(self, platform: Platform, channel: Channel) -> None:
        """The posts that are still listed come, and the hole is told with its bounds."""
        cursor = await started(channel)
        platform.write("ann", words("known"))
        cursor = (await gather(channel, cursor)).cursor
        for number in range(9):
            platform.write("ann", words(f"flood {number}"))
            platform.clock.advance(timedelta(seconds=1))
        platform.fail(Mode.SHORT_WINDOW, amount=3)
        gathered = await gather(channel, cursor)
        [gap] = [page.gap for page in gathered.pages if page.gap is not None]
        assert (bool(gap.since), bool(gap.until)) == (True, True)
        assert gathered.texts == [words(f"flood {number}") for number in (6, 7, 8)]
        assert not any(page.gap for page in (await gather(channel, gathered.cursor)).pages)

    async def test_a_listing_that_lags_behind_loses_nothing(self, platform: Platform, channel: Channel) -> None:
        """Posts that show up late are new all the same."""
        cursor = await started(channel)
        platform.fail(Mode.LISTING_LAG, amount=30)
        platform.write("ann", words("late"))
        hidden = await gather(channel, cursor)
        assert hidden.posts == []
        platform.clock.advance(timedelta(seconds=40))
        platform.write("bob", words("later"))
        shown = await gather(channel, hidden.cursor)
        assert shown.texts == [words("late")]
        platform.heal()
        assert (await gather(channel, shown.cursor)).texts == [words("later")]

    async def test_c15_ids_that_go_back_move_no_cursor_back(self, platform: Platform, channel: Channel) -> None:
        """A problem or an empty page; what comes afterwards comes once."""
        cursor = await started(channel)
        platform.write("ann", words("seen"))
        cursor = (await gather(channel, cursor)).cursor
        platform.fail(Mode.IDS_BACK)
        try:
            cursor = (await gather(channel, cursor)).cursor
        except TemporaryProblem as problem:
            check_clean(platform, problem)
        platform.heal()
        platform.write("ann", words("fresh"))
        assert (await gather(channel, cursor)).texts == [words("fresh")]

    @pytest.mark.parametrize("name", ["huge", "marks", "controls", "other scripts"])
    async def test_e10_hostile_words_become_harmless(self, platform: Platform, channel: Channel, name: str) -> None:
        """At most 100,000 characters, at most eight marks on a letter, no control characters, valid Unicode."""
        hostile = {
            "huge": "a" * _HUGE,
            "marks": "Z" + "\u0301" * 400 + words("marks"),
            "controls": words("con\x01trols \x9b31m\u2028 \x7f"),
            "other scripts": words("مرحبا 你好 👩‍👩‍👧 \u202eabc"),
        }[name]
        cursor = await started(channel)
        platform.write("ann", hostile)
        [post] = (await gather(channel, cursor)).posts
        assert 0 < len(post.text) <= _CAP
        assert post.text.encode("utf-8")
        assert not {"\x01", "\x9b", "\x7f", "\x00"} & set(post.text)
        assert post.text.count("\u0301") <= 8

    async def test_own_accounts_are_told_apart(self, platform: Platform, channel: Channel) -> None:
        """D02: customers' posts never carry one of our ids."""
        account = await channel.open()
        cursor = await started(channel)
        platform.write("ann", words("a customer's"))
        post = (await gather(channel, cursor)).having(words("a customer's"))
        assert post.author.id not in account.own

    async def test_it_works_after_closing_and_closes_twice(self, platform: Platform, channel: Channel) -> None:
        """Closing gives back connections and takes nothing else."""
        cursor = await started(channel)
        await channel.close()
        await channel.close()
        platform.write("ann", words("after"))
        assert (await gather(channel, cursor)).texts == [words("after")]
