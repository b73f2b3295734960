"""How a channel of text messages must speak: at most once, to one reader, and honest about what it does not know."""

from bisect import bisect_right
from dataclasses import replace

import pytest

from bridge.core.events import Undelivered
from bridge.core.model import Post
from bridge.core.policy import ReadBack
from bridge.core.publications import Attachment, PublicAnswer, Publication
from bridge.ports import Channel, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import NEVER, check_clean, gather, started, words
from bridge.testing.channel_saying import ANSWER
from bridge.testing.fakes.faults import Mode
from bridge.testing.text_platform import ANN, LATER, TextPlatform, reply


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
            platform.clock.advance(LATER)
            page = await channel.poll(cursor)
            told += page.undelivered
            cursor = page.cursor
        assert [one.id for one in told] == [posted.id]
        assert told[0].why
