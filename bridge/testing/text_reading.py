"""How a channel of text messages must read: nothing lost, nothing twice, the oldest first, whatever the network does."""

from datetime import timedelta

import pytest

from bridge.core.model import Kind, Post, Visibility
from bridge.ports import Channel, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.testing.channel_platform import check_clean, gather, started, words
from bridge.testing.fakes.faults import Mode
from bridge.testing.text_platform import ANN, BOB, LATER, TextPlatform

_MANY = 230
_HUGE = 20_000
_CAP = 100_000


class TextReading:
    """How texts come in."""

    async def test_c18_the_first_contact_emits_nothing(self, platform: TextPlatform, channel: Channel) -> None:
        """Where no backfill was asked for."""
        platform.write(ANN, words("old"))
        page = await channel.poll(None)
        assert (page.sightings, page.first, bool(page.cursor)) == ((), True, True)
        assert (await gather(channel, page.cursor)).posts == []

    async def test_a_backfill_brings_what_is_young_enough(self, platform: TextPlatform) -> None:
        """And nothing older."""
        platform.write(ANN, words("older"))
        platform.clock.advance(timedelta(days=3))
        platform.write(ANN, words("younger"))
        channel = platform.channel(backfill=timedelta(days=2))
        await channel.open()
        gathered = await gather(channel, None)
        assert gathered.texts == [words("younger")]
        assert (await gather(channel, gathered.cursor)).posts == []
        await channel.close()

    async def test_ft18_many_texts_come_once_and_the_oldest_first(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """P1; the cursor never goes back."""
        cursor = await started(channel)
        expected = [words(f"many {number}") for number in range(_MANY)]
        for number, text in enumerate(expected):
            platform.write((ANN, BOB)[number % 2], text)
        gathered = await gather(channel, cursor)
        assert gathered.texts == expected
        assert len({post.id for post in gathered.posts}) == _MANY
        assert (await gather(channel, gathered.cursor)).posts == []

    async def test_a_text_tells_who_wrote_it_to_which_number_and_when(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """People are their numbers; nobody else reads along."""
        account = await channel.open()
        cursor = await started(channel)
        platform.write(ANN, words("who"))
        platform.write(BOB, words("other"))
        gathered = await gather(channel, cursor)
        ann, bob = gathered.having(words("who")), gathered.having(words("other"))
        assert (ann.author.id, bob.author.id) == (ANN, BOB)
        assert not {ANN, BOB} & account.own
        assert (ann.kind, ann.visibility, ann.answers) == (
            Kind.SMS,
            Visibility.PRIVATE,
            frozenset({Visibility.PRIVATE}),
        )
        assert (ann.channel, bool(ann.thread)) == (channel.name, True)
        assert ann.at.utcoffset() is not None
        assert abs((ann.at - platform.clock.now()).total_seconds()) < 60

    async def test_the_same_cursor_shows_the_same_or_more(self, platform: TextPlatform, channel: Channel) -> None:
        """A page that was not stored comes again."""
        cursor = await started(channel)
        platform.write(ANN, words("one"))
        first = await _one_poll(channel, cursor)
        platform.write(BOB, words("two"))
        again = await gather(channel, cursor)
        assert [post.text for post in first] == [words("one")]
        assert again.texts == [words("one"), words("two")]
        assert again.posts[0].id == first[0].id

    async def test_a_cursor_is_good_after_a_restart(self, platform: TextPlatform, channel: Channel) -> None:
        """All that is known stands in it, or on the disk."""
        cursor = await started(channel)
        platform.write(ANN, words("before"))
        cursor = (await gather(channel, cursor)).cursor
        await channel.close()
        platform.write(ANN, words("between"))
        later = platform.channel(backfill=timedelta(days=2))
        await later.open()
        assert (await gather(later, cursor)).texts == [words("between")]
        await later.close()

    async def test_a_bad_answer_loses_nothing(self, platform: TextPlatform, channel: Channel) -> None:
        """E02, C21: it is a passing problem, and afterwards everything is there."""
        cursor = await started(channel)
        for mode in platform.bad_answers:
            platform.fail(mode)
            platform.write(ANN, words(f"kept {mode}"))
            texts, problem = await _until_it_fails(channel, cursor)
            check_clean(platform, problem)
            platform.heal()
            platform.clock.advance(LATER)
            gathered = await gather(channel, cursor)
            assert gathered.texts == [words(f"kept {mode}")]
            assert set(texts) <= set(gathered.texts)
            cursor = gathered.cursor

    async def test_an_unreachable_network_is_a_temporary_problem(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """The cursor stays where it is."""
        cursor = await started(channel)
        await platform.vanish()
        with pytest.raises(TemporaryProblem) as caught:
            await channel.poll(cursor)
        check_clean(platform, caught.value)

    async def test_f01_a_login_that_died_needs_a_person(self, platform: TextPlatform, channel: Channel) -> None:
        """And loses nothing: when it is renewed the texts of the meantime come."""
        cursor = await started(channel)
        platform.fail(Mode.REVOKED)
        platform.write(ANN, words("meanwhile"))
        _, problem = await _until_it_fails(channel, cursor)
        platform.clock.advance(LATER)
        if not isinstance(problem, LoginProblem):
            _, problem = await _until_it_fails(channel, cursor)
        assert isinstance(problem, LoginProblem)
        check_clean(platform, problem)
        platform.heal()
        platform.clock.advance(LATER)
        assert (await gather(channel, cursor)).texts == [words("meanwhile")]

    @pytest.mark.parametrize("name", ["huge", "marks", "controls", "other scripts"])
    async def test_e10_hostile_words_become_harmless(self, platform: TextPlatform, channel: Channel, name: str) -> None:
        """At most 100,000 characters, at most eight marks on a letter, no control characters, valid Unicode."""
        hostile = {
            "huge": "a" * _HUGE,
            "marks": "Z" + "\u0301" * 400 + words("marks"),
            "controls": words("con\x01trols \x9b31m\u2028 \x7f"),
            "other scripts": words("مرحبا 你好 👩‍👩‍👧 \u202eabc"),
        }[name]
        cursor = await started(channel)
        platform.write(ANN, hostile)
        [post] = (await gather(channel, cursor)).posts
        assert 0 < len(post.text) <= _CAP
        assert post.text.encode("utf-8")
        assert not {"\x01", "\x9b", "\x7f", "\x00"} & set(post.text)
        assert post.text.count("\u0301") <= 8

    async def test_it_works_after_closing_and_closes_twice(self, platform: TextPlatform, channel: Channel) -> None:
        """Closing gives back connections and takes nothing else."""
        cursor = await started(channel)
        await channel.close()
        await channel.close()
        platform.write(ANN, words("after"))
        assert (await gather(channel, cursor)).texts == [words("after")]


async def _one_poll(channel: Channel, cursor: str) -> list[Post]:
    """What one poll shows."""
    return [sighting.post for sighting in (await channel.poll(cursor)).sightings]


async def _until_it_fails(channel: Channel, cursor: str) -> tuple[list[str], Exception]:
    """Poll on until it fails, as it must; what came before is shown."""
    texts: list[str] = []
    for _ in range(5):
        try:
            page = await channel.poll(cursor)
        except (TemporaryProblem, PermanentProblem) as problem:
            return texts, problem
        texts += [sighting.post.text for sighting in page.sightings]
        cursor = page.cursor
    raise AssertionError("a network that fails was not noticed")
