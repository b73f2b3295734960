"""What a channel must keep to whose network hands texts over once and lists none: people are numbers, and what became of an answer is said late."""

from bisect import bisect_right
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from bridge.core.events import Undelivered
from bridge.core.model import Kind, Post, Visibility
from bridge.core.policy import ReadBack
from bridge.core.publications import Attachment, PrivateAnswer, PublicAnswer, Publication
from bridge.ports import Channel, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import NEVER, check_clean, gather, started, words
from bridge.testing.channel_saying import ANSWER
from bridge.testing.fakes.faults import Mode
from bridge.testing.fittings import MovableClock

ANN, BOB = "+491701234567", "+33612345678"

_MANY = 230
_HUGE = 20_000
_CAP = 100_000
_LATER = timedelta(minutes=2)
"""After every pause that a failure causes."""

Outcome = tuple[type[Exception] | None, int]
"""The problem that publishing meets, None for none, and how often phones then show the words."""


class TextPlatform(Protocol):
    """A network on loopback; its verbs act from outside, past the channel."""

    clock: MovableClock
    """The network's time and the channel's."""
    secrets: Collection[str]
    bad_answers: Collection[Mode]
    """Ways to fail after which a poll raises TemporaryProblem."""
    outcomes: Mapping[Mode, Outcome]
    """Ways in which a publication can fail there."""

    def channel(self, *, backfill: timedelta) -> Channel:
        """A new channel object for the same account, as after a restart."""
        ...

    def write(self, author: str, text: str) -> None:
        """A customer, who is a number in E.164, writes to our number."""
        ...

    def said(self) -> Sequence[str]:
        """What phones show of ours, in order."""
        ...

    def lose(self) -> None:
        """The network says that our newest answer did not arrive."""
        ...

    def fail(self, mode: Mode) -> None:
        """Fail in this way until healed."""
        ...

    def heal(self) -> None:
        """Be well again; what was late happens now."""
        ...

    async def vanish(self) -> None:
        """Close the port: connections are refused."""
        ...


def reply(post: Post, text: str, *, key: str = "key-1") -> PrivateAnswer:
    """An answer to a text."""
    return PrivateAnswer(
        key=key, channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=text
    )


async def _post(platform: TextPlatform, channel: Channel) -> Post:
    """A customer's text, as the channel shows it."""
    cursor = await started(channel)
    platform.write(ANN, words("to be answered"))
    return (await gather(channel, cursor)).having(words("to be answered"))


async def _problem(platform: TextPlatform, channel: Channel, publication: Publication) -> Exception:
    """The problem that publishing meets, which must hold no secret."""
    with pytest.raises((TemporaryProblem, PermanentProblem, UncertainProblem)) as caught:
        await channel.publish(publication)
    check_clean(platform, caught.value)
    return caught.value


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
        first = await gather_once(channel, cursor)
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
            platform.clock.advance(_LATER)
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
        platform.clock.advance(_LATER)
        if not isinstance(problem, LoginProblem):
            _, problem = await _until_it_fails(channel, cursor)
        assert isinstance(problem, LoginProblem)
        check_clean(platform, problem)
        platform.heal()
        platform.clock.advance(_LATER)
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


class TextSaying:
    """How answers go out."""

    async def test_there_are_private_answers_only(self, platform: TextPlatform, channel: Channel) -> None:
        """Law 9, even if somebody built another one."""
        assert (channel.limits.max_length, channel.limits.max_private_length > 0) == (0, True)
        post = await _post(platform, channel)
        public = PublicAnswer(
            key="k", channel=post.channel, thread=post.thread, parent=post.id, author=post.author, text=ANSWER
        )
        assert isinstance(await _problem(platform, channel, public), PermanentProblem)
        assert platform.said() == []

    async def test_what_is_said_is_there_once_and_is_found(self, platform: TextPlatform, channel: Channel) -> None:
        """Looking finds the same id, also from another process."""
        answer = reply(await _post(platform, channel), ANSWER)
        posted = await channel.publish(answer)
        assert platform.said() == [ANSWER]
        assert posted.id
        if channel.limits.read_back is ReadBack.NONE:
            return
        await channel.close()
        other = platform.channel(backfill=NEVER)
        found = await other.find(answer)
        await other.close()
        assert found is not None
        assert found.id == posted.id

    async def test_what_was_never_said_is_never_found(self, platform: TextPlatform, channel: Channel) -> None:
        """It is absent, or nothing is known."""
        answer = reply(await _post(platform, channel), ANSWER)
        try:
            assert await channel.find(answer) is None
        except UncertainProblem as problem:
            check_clean(platform, problem)

    @pytest.mark.parametrize("text", ["Grüße, 5 € [sofort] ", "Schöne Grüße 👩‍👩‍👧 ", "Дякуємо "])
    async def test_a_long_answer_arrives_as_one_text(self, platform: TextPlatform, channel: Channel, text: str) -> None:
        """Character for character, in whatever coding."""
        post = await _post(platform, channel)
        long = text * 9
        await channel.publish(reply(post, long))
        assert platform.said() == [long]

    @pytest.mark.parametrize("mode", sorted(Mode))
    async def test_ft10_every_failure_is_called_what_it_is(
        self, platform: TextPlatform, channel: Channel, mode: Mode
    ) -> None:
        """And nothing that may be there is said again."""
        if mode not in platform.outcomes:
            return
        answer = reply(await _post(platform, channel), ANSWER)
        expected, times = platform.outcomes[mode]
        platform.fail(mode)
        if expected is None:
            await channel.publish(answer)
        else:
            assert type(await _problem(platform, channel, answer)) is expected
        assert platform.said() == [ANSWER] * times
        platform.heal()

    async def test_what_never_left_is_certain(self, platform: TextPlatform, channel: Channel) -> None:
        """A refused connection did nothing."""
        answer = reply(await _post(platform, channel), ANSWER)
        await platform.vanish()
        assert isinstance(await _problem(platform, channel, answer), TemporaryProblem)
        assert platform.said() == []

    async def test_the_longest_answer_goes_and_a_longer_one_does_not(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """Too long is never cut."""
        post, limits = await _post(platform, channel), channel.limits
        lengths = range(1, 100_000)
        fits = bisect_right(lengths, limits.max_private_length, key=lambda n: limits.count("a" * n))
        assert isinstance(await _problem(platform, channel, reply(post, "a" * (fits + 1))), PermanentProblem)
        assert platform.said() == []
        await channel.publish(reply(post, "a" * fits))
        assert platform.said() == ["a" * fits]

    async def test_files_are_refused_where_there_is_no_room_for_them(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """And nothing is said without them."""
        if channel.limits.max_media:
            return
        file = Attachment(name="a.png", type="image/png", content=b"x")
        answer = replace(reply(await _post(platform, channel), ANSWER), media=(file,))
        assert isinstance(await _problem(platform, channel, answer), PermanentProblem)
        assert platform.said() == []

    async def test_an_answer_that_did_not_arrive_is_told_by_its_id(
        self, platform: TextPlatform, channel: Channel
    ) -> None:
        """Once the store has had time to know the id, and then once."""
        post = await _post(platform, channel)
        posted = await channel.publish(reply(post, ANSWER))
        cursor = (await gather(channel, await started(channel))).cursor
        platform.lose()
        told: list[Undelivered] = []
        for _ in range(3):
            platform.clock.advance(_LATER)
            page = await channel.poll(cursor)
            told += page.undelivered
            cursor = page.cursor
        assert [one.id for one in told] == [posted.id]
        assert told[0].why


class TextAccount:
    """Who we are there, and secrets."""

    async def test_f03_the_account_is_named(self, platform: TextPlatform, channel: Channel) -> None:
        """With our numbers, so that what we write to ourselves is no customer's (D02)."""
        account = await channel.open()
        assert (bool(account.id), bool(account.own)) == (True, True)
        assert platform.secrets

    async def test_ft24_a_channel_shows_no_secret(self, platform: TextPlatform, channel: Channel) -> None:
        """However it is printed."""
        shown = f"{channel!r} {channel} {vars(channel)!r}"
        assert not any(secret in shown for secret in platform.secrets)


class TextContract(TextReading, TextSaying, TextAccount):
    """Inherit it, and give the fixture `platform`: a real server on loopback with the verbs of `TextPlatform`."""

    @pytest.fixture
    def platform(self) -> TextPlatform:
        """The far end under test."""
        raise NotImplementedError

    @pytest.fixture
    async def channel(self, platform: TextPlatform) -> AsyncIterator[Channel]:
        """A channel in front of it, logged in."""
        channel = platform.channel(backfill=NEVER)
        await channel.open()
        yield channel
        await channel.close()


async def gather_once(channel: Channel, cursor: str) -> list[Post]:
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
