"""How a channel must speak: at most once, never wider than asked, and honest about what it does not know."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.core.deeds import Deed
from bridge.core.model import Post, Visibility
from bridge.core.policy import ReadBack
from bridge.core.publications import Attachment, Publication
from bridge.ports import Acting, Channel, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import (
    Platform,
    Utterance,
    answer,
    check_clean,
    gather,
    private,
    public,
    started,
    words,
)
from bridge.testing.fakes.faults import Mode

_Problems = type[TemporaryProblem] | type[PermanentProblem] | type[UncertainProblem]

OUTCOMES: dict[Mode, tuple[_Problems, int]] = {
    Mode.ACCEPT_THEN_HANG: (UncertainProblem, 1),
    Mode.ACCEPT_THEN_ERROR: (UncertainProblem, 1),
    Mode.ACCEPT_THEN_CUT: (UncertainProblem, 1),
    Mode.ACCEPT_WITHOUT_ID: (UncertainProblem, 1),
    Mode.ACCEPT_WITH_GARBAGE: (UncertainProblem, 1),
    Mode.REFUSE_WITH_SUCCESS: (UncertainProblem, 0),
    Mode.DUPLICATE: (UncertainProblem, 0),
    Mode.ERROR: (UncertainProblem, 0),
    Mode.CUT: (UncertainProblem, 0),
    Mode.REFUSE: (PermanentProblem, 0),
    Mode.FORBID: (PermanentProblem, 0),
    Mode.TOO_LARGE: (PermanentProblem, 0),
    Mode.REDIRECT: (PermanentProblem, 0),
    Mode.REVOKED: (LoginProblem, 0),
    Mode.RATE_LIMIT: (TemporaryProblem, 0),
}
"""What a failure must be called, and how often the platform's journal then has the words (delivery.md 6.2)."""

_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)

_MANY_WORDS = 30_000
"""More than any platform takes."""

ANSWER = "Thank you for telling us: a technician is on the way to you."


async def _post(platform: Platform, channel: Channel) -> Post:
    """What a customer wrote, as the channel shows it."""
    cursor = await started(channel)
    platform.write("ann", words("to be answered"))
    return (await gather(channel, cursor)).having(words("to be answered"))


def _room(platform: Platform, channel: Channel) -> int:
    """The longest answer to what customers write there in the widest way."""
    return channel.limits.room(Visibility.PUBLIC if platform.has_public else Visibility.PRIVATE)


async def _problem(platform: Platform, channel: Channel, publication: Publication) -> Exception:
    """The problem that publishing meets, which must hold no secret."""
    with pytest.raises((TemporaryProblem, PermanentProblem, UncertainProblem)) as caught:
        await channel.publish(publication)
    check_clean(platform, caught.value)
    return caught.value


class SayingContract:
    """The half of the contract about answers; a channel that only reads must refuse to speak."""

    async def test_limits_are_the_platforms_own(self, platform: Platform, channel: Channel) -> None:
        """And where it takes no answers, no post says that it can be answered, but where a person can."""
        limits = channel.limits
        post = await _post(platform, channel)
        assert _room(platform, channel) == platform.max_length
        assert bool(limits.max_length) <= platform.has_public
        assert bool(limits.max_private_length) <= platform.has_private
        assert (Visibility.PUBLIC in post.answers) == bool(limits.max_length)
        assert post.answers or post.answer_url

    async def test_what_is_said_is_there_once_and_is_found(self, platform: Platform, channel: Channel) -> None:
        """The journal has it once; looking finds the same id, also from another process."""
        publication = answer(await _post(platform, channel), ANSWER)
        if not _room(platform, channel):
            await _refuses_to_speak(platform, channel, publication)
            return
        posted = await channel.publish(publication)
        assert platform.said() == [Utterance(text=ANSWER, private=not platform.has_public)]
        assert posted.id
        other = platform.channel(backfill=timedelta(0))
        await other.open()
        found = await other.find(publication)
        await other.close()
        assert found is not None
        assert found.id == posted.id

    async def test_what_was_never_said_is_proved_absent(self, platform: Platform, channel: Channel) -> None:
        """Or nothing is known; never is something found."""
        publication = answer(await _post(platform, channel), ANSWER)
        if channel.limits.read_back is ReadBack.NONE:
            with pytest.raises(UncertainProblem):
                await channel.find(publication)
            return
        assert await channel.find(publication) is None

    async def test_the_parts_of_a_split_answer_hang_on_one_another(self, platform: Platform, channel: Channel) -> None:
        """Where the channel says so: each is said once, and found again where it hangs."""
        if not channel.limits.chained:
            return
        post = await _post(platform, channel)
        before = ""
        for number in (1, 2, 3):
            part = replace(answer(post, f"{ANSWER} ({number}/3)", key=f"key-{number}"), follows=before)
            before = (await channel.publish(part)).id
            found = await channel.find(part)
            assert found is not None
            assert found.id == before
        assert len(platform.said()) == 3

    async def test_other_words_and_other_posts_are_not_taken_for_it(self, platform: Platform, channel: Channel) -> None:
        """A match has the same words under the same post; where all is one talk with a customer nothing hangs on a post."""
        if not channel.limits.max_length:
            return
        cursor = await started(channel)
        for tag in ("one", "two"):
            platform.write("ann", words(tag))
        gathered = await gather(channel, cursor)
        one, two = gathered.having(words("one")), gathered.having(words("two"))
        await channel.publish(answer(one, ANSWER))
        assert await channel.find(answer(two, ANSWER)) is None
        assert await channel.find(answer(one, ANSWER + " Really.")) is None

    async def test_where_there_is_room_for_one_answer_it_is_never_replaced(
        self, platform: Platform, channel: Channel
    ) -> None:
        """Whoever gave it, also by hand."""
        if not channel.limits.one_answer:
            return
        publication = answer(await _post(platform, channel), ANSWER)
        await channel.publish(publication)
        for text in (ANSWER, f"{ANSWER} Really."):
            problem = await _problem(platform, channel, replace(publication, key="another", text=text))
            assert isinstance(problem, PermanentProblem)
        assert [said.text for said in platform.said()] == [ANSWER]

    async def test_two_equal_answers_cannot_be_told_apart(self, platform: Platform, channel: Channel) -> None:
        """A person must look."""
        if not _room(platform, channel) or channel.limits.one_answer:
            return
        publication = answer(await _post(platform, channel), ANSWER)
        for key in ("first", "second"):
            await channel.publish(replace(publication, key=key))
        with pytest.raises(UncertainProblem):
            await channel.find(publication)

    @pytest.mark.parametrize("mode", OUTCOMES)
    async def test_ft10_every_failure_is_called_what_it_is(
        self, platform: Platform, channel: Channel, mode: Mode
    ) -> None:
        """And looking afterwards finds the answer exactly where the platform has it."""
        publication = answer(await _post(platform, channel), ANSWER)
        if not _room(platform, channel):
            await _refuses_to_speak(platform, channel, publication)
            return
        expected, times = OUTCOMES[mode]
        platform.fail(mode, amount=9)
        problem = await _problem(platform, channel, publication)
        assert type(problem) is expected
        if isinstance(problem, TemporaryProblem):
            assert problem.after == 9
        platform.heal()
        assert [said.text for said in platform.said()] == [ANSWER] * times
        assert (await channel.find(publication) is not None) == bool(times)

    async def test_c01_what_is_accepted_late_is_found_late(self, platform: Platform, channel: Channel) -> None:
        """The time-out proves nothing: the request may still be on its way."""
        if not _room(platform, channel):
            return
        publication = answer(await _post(platform, channel), ANSWER)
        platform.fail(Mode.ACCEPT_LATE, amount=60)
        assert type(await _problem(platform, channel, publication)) is UncertainProblem
        assert platform.said() == []
        assert await channel.find(publication) is None
        platform.heal()
        assert await _eventually_found(channel, publication)
        assert len(platform.said()) == 1

    async def test_what_never_left_is_certain(self, platform: Platform, channel: Channel) -> None:
        """A refused connection did nothing."""
        publication = answer(await _post(platform, channel), ANSWER)
        await platform.vanish()
        expected = TemporaryProblem if _room(platform, channel) else PermanentProblem
        assert isinstance(await _problem(platform, channel, publication), expected)
        if _room(platform, channel):
            with pytest.raises(UncertainProblem):
                await channel.find(publication)

    @pytest.mark.parametrize(
        "mode", [Mode.LISTING_ERROR, Mode.LISTING_HANG, Mode.MALFORMED, Mode.WEB_PAGE, Mode.REVOKED, Mode.LISTING_CUT]
    )
    async def test_a_search_that_fails_proves_nothing(self, platform: Platform, channel: Channel, mode: Mode) -> None:
        """It must never pass for an absence, nor for a problem of which the shell knows that nothing happened."""
        publication = answer(await _post(platform, channel), ANSWER)
        if _room(platform, channel):
            await channel.publish(publication)
        platform.fail(mode)
        with pytest.raises(UncertainProblem) as caught:
            await channel.find(publication)
        check_clean(platform, caught.value)

    async def test_the_longest_answer_goes_and_a_longer_one_does_not(
        self, platform: Platform, channel: Channel
    ) -> None:
        """Too long is never cut."""
        post = await _post(platform, channel)
        longest = _longest(channel.limits.count, _room(platform, channel))
        if _room(platform, channel):
            await channel.publish(answer(post, longest))
            assert [said.text for said in platform.said()] == [longest]
        before = platform.said()
        assert isinstance(await _problem(platform, channel, answer(post, longest + "!")), PermanentProblem)
        assert platform.said() == before

    async def test_a_private_answer_reaches_its_reader_only(self, platform: Platform, channel: Channel) -> None:
        """Also where the post was public; and it is found in private."""
        answer = private(await _post(platform, channel), ANSWER)
        if not channel.limits.max_private_length:
            assert isinstance(await _problem(platform, channel, answer), PermanentProblem)
            assert platform.said() == []
            return
        posted = await channel.publish(answer)
        assert platform.said() == [Utterance(text=ANSWER, private=True)]
        found = await channel.find(answer)
        assert found is not None
        assert found.id == posted.id

    async def test_a_private_message_is_answered_in_private(self, platform: Platform, channel: Channel) -> None:
        """In the conversation that it came in."""
        if not platform.has_private:
            return
        cursor = await started(channel)
        platform.write_private("ann", words("between us"))
        post = (await gather(channel, cursor)).having(words("between us"))
        posted = await channel.publish(private(post, ANSWER))
        assert platform.said() == [Utterance(text=ANSWER, private=True)]
        found = await channel.find(private(post, ANSWER))
        assert found is not None
        assert found.id == posted.id

    async def test_law_9_a_private_thread_never_gets_a_public_answer(
        self, platform: Platform, channel: Channel
    ) -> None:
        """Even if somebody built one."""
        if not platform.has_private:
            return
        cursor = await started(channel)
        platform.write_private("ann", words("between us"))
        post = (await gather(channel, cursor)).having(words("between us"))
        assert isinstance(await _problem(platform, channel, public(post, ANSWER)), PermanentProblem)
        assert platform.said() == []

    async def test_law_9_no_deed_touches_a_private_message(self, platform: Platform, channel: Channel) -> None:
        """What a channel says that it can do it has a way to do; and to public posts only."""
        assert isinstance(channel, Acting) == bool(channel.limits.deeds)
        if not isinstance(channel, Acting) or not platform.has_private:
            return
        cursor = await started(channel)
        platform.write_private("ann", words("between us"))
        post = (await gather(channel, cursor)).having(words("between us"))
        for deed in Deed:
            with pytest.raises(PermanentProblem):
                await channel.act(deed, post.id)

    async def test_a_picture_goes_with_the_answer(self, platform: Platform, channel: Channel) -> None:
        """Where the platform takes pictures."""
        if not channel.limits.max_media:
            return
        picture = Attachment(name="../../etc/passwd.png", type="image/png", content=_PIXEL, alt="A plan of the works")
        publication = replace(answer(await _post(platform, channel), ANSWER), media=(picture,))
        posted = await channel.publish(publication)
        assert len(platform.said()) == 1
        found = await channel.find(publication)
        assert found is not None
        assert found.id == posted.id

    async def test_own_answers_come_back_as_our_own(self, platform: Platform, channel: Channel) -> None:
        """D02: so that the core can tell them from customers' posts."""
        if not _room(platform, channel):
            return
        account = await channel.open()
        cursor = await started(channel)
        platform.write("ann", words("to be answered"))
        gathered = await gather(channel, cursor)
        posted = await channel.publish(answer(gathered.posts[0], ANSWER))
        back = [post for post in (await gather(channel, gathered.cursor)).posts if post.id == posted.id]
        assert all(post.author.id in account.own for post in back)
        assert len(back) == 1

    async def test_a_post_that_is_gone_cannot_be_answered(self, platform: Platform, channel: Channel) -> None:
        """It stays held; nothing is said elsewhere instead."""
        if not platform.shows_deletions and _room(platform, channel):
            return
        cursor = await started(channel)
        name = platform.write("ann", words("soon gone"))
        post = (await gather(channel, cursor)).having(words("soon gone"))
        platform.delete(name)
        assert isinstance(await _problem(platform, channel, answer(post, ANSWER)), PermanentProblem)
        assert platform.said() == []


def _longest(count: Callable[[str], int], room: int) -> str:
    """A text that just fits by the platform's own counting."""
    words = "Word " * _MANY_WORDS
    fits = bisect_right(range(len(words)), room, key=lambda length: count(words[:length])) - 1
    return words[: max(fits - 1, 0)] + "."


async def _refuses_to_speak(platform: Platform, channel: Channel, publication: Publication) -> None:
    """What a channel that only reads must do."""
    assert isinstance(await _problem(platform, channel, publication), PermanentProblem)
    assert platform.said() == []


async def _eventually_found(channel: Channel, publication: Publication) -> bool:
    """Look until the late request has been carried out, which takes the server a few turns."""
    for _ in range(100):
        if await channel.find(publication) is not None:
            return True
    return False
