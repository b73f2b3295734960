"""What the Twilio channel does besides the contract: consent, nights, money, refusals of networks, files."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from channels_twilio import number, opened, settings, twilio_server
from pydantic import ValidationError

from bridge.channels._twilio import refusals
from bridge.channels.twilio import Twilio
from bridge.core.events import Undelivered
from bridge.core.model import Kind, Post, Visibility
from bridge.ports import ClosedProblem, Fittings, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, private, public, started
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.twilio import OURS, TwilioServer
from bridge.testing.fittings import HastyClock, MovableClock
from bridge.testing.fittings import fittings as fitted

ANN = number("ann")
Open = Callable[..., AbstractAsyncContextManager[Twilio]]


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[TwilioServer]:
    async with twilio_server(clock) as server:
        yield server


@pytest.fixture
def open_(server: TwilioServer, fittings: Fittings) -> Open:
    return partial(opened, server, fittings)


async def asked(channel: Twilio, server: TwilioServer, text: str = "Where is my parcel?") -> Post:
    """What a customer wrote, as the channel shows it."""
    cursor = await started(channel)
    server.write(ANN, text)
    return (await gather(channel, cursor)).posts[-1]


async def test_a_text_is_between_two_numbers(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
    assert (post.kind, post.visibility, post.thread) == (Kind.SMS, Visibility.PRIVATE, f"{OURS} {ANN}")
    assert (post.author.id, post.author.handle, post.author.name[:7]) == (ANN, ANN, "+49 30 ")
    assert post.answers == {Visibility.PRIVATE}


STOPS = ["STOP", "stop.", " Stop! ", "Arrêt", "ABMELDEN", "opt out", "Unsubscribe", "baja", "«STOP»"]


@pytest.mark.parametrize("word", STOPS)
async def test_nobody_who_said_stop_gets_a_message(server: TwilioServer, open_: Open, word: str) -> None:
    """Also where the answer was written before, and the word came while it waited."""
    async with open_() as channel:
        post = await asked(channel, server)
        server.write(ANN, word)
        server.write(ANN, "I mean it")
        with pytest.raises(ClosedProblem, match="asked for no more messages"):
            await channel.publish(private(post, "It is on its way."))
    assert server.said() == []


async def test_a_stop_itself_cannot_be_answered(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        assert (await asked(channel, server, "STOP")).answers == frozenset()


@pytest.mark.parametrize("word", ["START", "unstop", "Anmelden"])
async def test_who_said_start_again_gets_answers_again(server: TwilioServer, open_: Open, word: str) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        server.write(ANN, "STOP")
        server.write(ANN, word)
        await channel.publish(private(post, "It is on its way."))
    assert [text.body for text in server.said()] == ["It is on its way."]


@pytest.mark.parametrize("text", ["please stop the noise", "Yes", "End of story: I want my money back", "help", ""])
async def test_other_words_take_nothing_back(server: TwilioServer, open_: Open, text: str) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        server.write(ANN, text)
        await channel.publish(private(post, "It is on its way."))
    assert len(server.said()) == 1


async def test_a_stop_of_another_customer_is_theirs(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        server.write(number("bob"), "STOP")
        await channel.publish(private(post, "It is on its way."))
    assert len(server.said()) == 1


async def test_a_stop_long_ago_is_found_behind_many_messages(server: TwilioServer, open_: Open) -> None:
    server.write(ANN, "STOP")
    for count in range(450):
        server.write(ANN, f"message {count}")
    async with open_() as channel:
        post = await asked(channel, server)
        with pytest.raises(ClosedProblem):
            await channel.publish(private(post, "It is on its way."))
    assert server.said() == []


async def test_where_consent_cannot_be_told_nothing_is_sent(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        server.fail(Mode.BROKEN_ITEM)
        with pytest.raises(TemporaryProblem, match="cannot be told"):
            await channel.publish(private(post, "It is on its way."))
    assert server.said() == []


async def test_twilios_own_list_of_those_who_stopped_counts_too(server: TwilioServer, open_: Open) -> None:
    server.opted_out.add(ANN)
    async with open_() as channel:
        post = await asked(channel, server)
        with pytest.raises(ClosedProblem, match="asked for no more messages"):
            await channel.publish(private(post, "It is on its way."))


class Night(HastyClock):
    """Half past ten at night in Berlin, in winter."""

    def now(self) -> datetime:
        return datetime(2026, 1, 15, 21, 30, tzinfo=UTC) + self._ahead


async def test_at_night_answers_wait_until_morning_but_for_who_is_awake() -> None:
    clock = Night()
    async with twilio_server(clock) as server, opened(server, fitted(clock), quiet={}) as channel:
        post = await asked(channel, server)
        await channel.publish(private(post, "Yes."))
        clock.advance(timedelta(hours=1, minutes=1))
        with pytest.raises(TemporaryProblem, match="night") as waits:
            await channel.publish(private(post, "No."))
        assert waits.value.after == timedelta(hours=8, minutes=29).total_seconds()
        clock.advance(timedelta(hours=8, minutes=30))
        await channel.publish(private(post, "No."))
        assert [text.body for text in server.said()] == ["Yes.", "No."]


async def test_a_day_costs_no_more_than_it_may_also_after_a_restart(server: TwilioServer, open_: Open) -> None:
    budget = {"money": 0.05, "segment": 0.02}
    async with open_(budget=budget) as channel:
        post = await asked(channel, server)
        await channel.publish(private(post, "a" * 200))
        page = await channel.poll(None)
        assert (page.allowance, round(page.left["money"], 2)) == ("0.01 of 0.05 left today", 0.2)
        with pytest.raises(TemporaryProblem, match="budget"):
            await channel.publish(private(post, "More."))
    async with open_(budget=budget) as channel:
        await channel.poll(page.cursor)
        with pytest.raises(TemporaryProblem, match="budget"):
            await channel.publish(private(post, "More."))
    assert len(server.said()) == 1


async def test_typography_is_sent_as_telephones_write_it_and_found_again(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        answer = private(post, "It’s “on its way” – really…")
        posted = await channel.publish(answer)
        assert [text.body for text in server.said()] == ['It\'s "on its way" - really...']
        found = await channel.find(answer)
    assert found == posted


@pytest.mark.parametrize(("length", "segments"), [(160, 1), (918, 6), (919, 7)])
async def test_answers_are_counted_in_segments(open_: Open, length: int, segments: int) -> None:
    async with open_() as channel:
        assert (channel.limits.unit, channel.limits.count("a" * length)) == ("segments", segments)


async def test_what_a_network_refuses_soon_is_told(server: TwilioServer) -> None:
    clock = HastyClock()
    server.becomes = [("undelivered", 30007)]
    async with opened(server, fitted(clock), watched=timedelta(seconds=5)) as channel:
        post = await asked(channel, server)
        with pytest.raises(PermanentProblem, match="unwanted"):
            await channel.publish(private(post, "It is on its way."))
        assert await channel.find(private(post, "It is on its way.")) is None


async def test_a_look_that_fails_changes_nothing_about_what_was_sent(server: TwilioServer) -> None:
    async with opened(server, fitted(HastyClock()), watched=timedelta(seconds=5)) as channel:
        post = await asked(channel, server)
        server.becomes = [("sent", None)]
        assert (await channel.publish(private(post, "It is on its way."))).id == server.said()[0].sid


@pytest.mark.parametrize("polls", [0, 1])
async def test_what_a_network_drops_later_is_told_once(
    server: TwilioServer, open_: Open, clock: MovableClock, polls: int
) -> None:
    """Whether a poll had already seen the message on its way or not."""
    async with open_() as channel:
        cursor = await started(channel)
        server.write(ANN, "Where is my parcel?")
        found = await gather(channel, cursor)
        posted = await channel.publish(private(found.posts[-1], "It is on its way."))
        cursor = (await gather(channel, found.cursor)).cursor if polls else found.cursor
        clock.advance(timedelta(minutes=50))
        server.lose(posted.id, 30003)
        first = await channel.poll(cursor)
        second = await channel.poll(first.cursor)

    assert first.undelivered == (Undelivered(id=posted.id, why="the customer's telephone is not reachable"),)
    assert second.undelivered == ()


async def test_a_message_that_arrived_is_no_news(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        cursor = (await gather(channel, await started(channel))).cursor
        posted = await channel.publish(private(post, "It is on its way."))
        page = await channel.poll(cursor)
        server.texts[posted.id] = replace(server.texts[posted.id], status="delivered")
        after = await channel.poll(page.cursor)
    assert (page.undelivered, after.undelivered, after.sightings) == ((), (), ())


async def test_what_was_written_by_hand_is_ours(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        cursor = await started(channel)
        server.send(ANN, "I called you.")
        [post] = (await gather(channel, cursor)).posts
        assert (post.author.id, post.thread, post.answers) == (OURS, f"{OURS} {ANN}", frozenset())


async def test_files_come_as_links(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        cursor = await started(channel)
        sid = server.write(ANN, "Look", files=("image/jpeg",))
        [post] = (await gather(channel, cursor)).posts
    [media] = post.media
    assert (media.type, media.url.endswith(f"/Messages/{sid}/Media/ME0")) == ("image/jpeg", True)


async def test_a_text_from_a_name_cannot_be_answered(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        cursor = await started(channel)
        server.write("ACMEBANK", "Your code is 123456")
        [post] = (await gather(channel, cursor)).posts
    assert post.answers == frozenset()


async def test_law_9_and_strangers_talks_are_refused(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        other = replace(post, thread=f"+15559999 {ANN}")
        for publication in (public(post, "Hello"), private(other, "Hello")):
            with pytest.raises(PermanentProblem):
                await channel.publish(publication)
    assert server.said() == []


async def test_without_the_message_that_was_answered_nothing_is_known(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        del server.texts[post.id]
        with pytest.raises(UncertainProblem):
            await channel.find(private(post, "It is on its way."))


async def test_a_next_page_elsewhere_is_not_followed(server: TwilioServer, open_: Open) -> None:
    async with open_() as channel:
        with pytest.raises(TemporaryProblem, match="none of this account"):
            await channel._asking.portion({}, "https://elsewhere.test/2010-04-01/Accounts/AC1/Messages.json?Page=1")


@pytest.mark.parametrize("code", sorted(refusals._REFUSED | refusals._CLOSED | refusals._LOGIN | refusals._LATER))
async def test_every_code_is_told_in_words(server: TwilioServer, open_: Open, code: int) -> None:
    async with open_() as channel:
        post = await asked(channel, server)
        server.refuses = code
        with pytest.raises((PermanentProblem, TemporaryProblem)) as caught:
            await channel.publish(private(post, "It is on its way."))
    assert str(caught.value) in {*refusals._REFUSED.values(), *refusals._CLOSED.values(), *refusals._LOGIN.values(), *refusals._LATER.values()}  # fmt: skip
    assert isinstance(caught.value, TemporaryProblem) == (code in refusals._LATER)


@pytest.mark.parametrize(
    "change",
    [{"account": "AC1"}, {"numbers": ()}, {"numbers": ("0301234",)}, {"segments": 11}, {"quiet": {"begins": "8:00"}},
     {"quiet": {"begins": "08:00", "ends": "08:00"}}, {"budget": {"money": 0}}, {"endpoint": "http://api.test", "allow_private": False}],
)  # fmt: skip
def test_keys_that_cannot_be_right_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(TwilioServer(), **change)
