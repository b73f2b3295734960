"""The Stack Exchange channel against a server with its API."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest
from pydantic import ValidationError

from bridge.channels import stackexchange
from bridge.core.model import Kind
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem
from bridge.stanza import Secret
from bridge.testing.channel_platform import Utterance, gather, started, words
from bridge.testing.channels import ChannelContract
from bridge.testing.fakes.faults import Mode
from bridge.testing.fakes.stackexchange import StackExchangeServer
from bridge.testing.fittings import MovableClock


def settings(server: StackExchangeServer, **more: object) -> stackexchange.Settings:
    keys: dict[str, object] = {
        "endpoint": server.url,
        "site": "stackoverflow",
        "tags": ["acme"],
        "key": Secret(server.key),
        "allow_private": True,
        "timeout": timedelta(seconds=2),
    }
    return stackexchange.Settings.model_validate(keys | more)


class StackExchangePlatform:
    """The server as the contract sees it."""

    max_length = 0
    has_public = True
    has_private = False
    shows_edits = True
    shows_deletions = True

    def __init__(self, server: StackExchangeServer, clock: MovableClock, fittings: Fittings) -> None:
        self.server = server
        self.clock = clock
        self.secrets = [server.key]
        self._fittings = fittings

    def channel(self, *, backfill: timedelta) -> Channel:
        return stackexchange.build("questions", settings(self.server, backfill=backfill), self._fittings)

    def write(self, author: str, text: str) -> str:
        return str(self.server.ask(author, text))

    def shown(self, author: str) -> str:
        return author

    def write_private(self, author: str, text: str) -> str:
        raise NotImplementedError

    def edit(self, post: str, text: str) -> None:
        self.server.edit(int(post), text)

    def delete(self, post: str) -> None:
        self.server.delete(int(post))

    def said(self) -> Sequence[Utterance]:
        return []

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        self.server.faults.set(mode, times=None, amount=amount)

    def heal(self) -> None:
        self.server.faults.heal()

    async def vanish(self) -> None:
        await self.server.stop()


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[StackExchangeServer]:
    server = StackExchangeServer(now=clock.now)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def channel(server: StackExchangeServer, fittings: Fittings) -> AsyncIterator[Channel]:
    channel = stackexchange.build("questions", settings(server), fittings)
    yield channel
    await channel.close()


class TestStackExchange(ChannelContract):
    @pytest.fixture
    def platform(self, server: StackExchangeServer, clock: MovableClock, fittings: Fittings) -> StackExchangePlatform:
        return StackExchangePlatform(server, clock, fittings)


async def test_what_the_community_answers_comes_in_the_question_s_thread(
    server: StackExchangeServer, channel: Channel, clock: MovableClock
) -> None:
    cursor = await started(channel)
    asked = server.ask("ann", words("asked"))
    before = await gather(channel, cursor)
    clock.advance(timedelta(minutes=5))
    server.answer(asked, "bob", words("answered"))
    after = await gather(channel, before.cursor)
    answer = after.having(words("answered"))
    assert (answer.kind, answer.thread, answer.parent) == (Kind.COMMENT, str(asked), str(asked))
    assert (await gather(channel, after.cursor)).posts == []


async def test_a_question_has_its_title_and_a_place_to_answer_by_hand(
    server: StackExchangeServer, channel: Channel
) -> None:
    cursor = await started(channel)
    server.ask("ann", "a < b & c")
    [post] = (await gather(channel, cursor)).posts
    assert (post.title, post.text, post.answers) == ("Router & line", "a < b & c", frozenset())
    assert post.answer_url.startswith("https://stackoverflow.com/questions/")
    assert post.author.reach == 101


async def test_d07_the_api_is_given_the_pause_that_it_asks_for(server: StackExchangeServer, channel: Channel) -> None:
    server.backoff = 12
    page = await channel.poll(None)
    assert page.wait == 12
    assert page.allowance == "9,989 of 10,000 requests until midnight UTC"
    assert page.left == {"requests": 0.9989}


async def test_a_search_finds_words_and_comes_beside_tags_once(server: StackExchangeServer, fittings: Fittings) -> None:
    channel = stackexchange.build("questions", settings(server, search=["router"]), fittings)
    cursor = await started(channel)
    server.ask("ann", "my router is dead")
    assert (await gather(channel, cursor)).texts == ["my router is dead"]
    await channel.close()


@pytest.mark.parametrize(
    ("number", "name", "problem"),
    [
        (400, "bad_parameter", PermanentProblem),
        (401, "access_token_required", LoginProblem),
        (402, "invalid_access_token", LoginProblem),
        (403, "access_denied", LoginProblem),
        (404, "no_method", PermanentProblem),
        (405, "key_required", LoginProblem),
        (406, "access_token_compromised", LoginProblem),
        (407, "write_failed", PermanentProblem),
        (500, "internal_error", TemporaryProblem),
        (502, "throttle_violation", TemporaryProblem),
        (503, "temporarily_unavailable", TemporaryProblem),
    ],
)
async def test_every_error_of_the_api_is_called_what_it_is_and_loses_nothing(
    server: StackExchangeServer, channel: Channel, number: int, name: str, problem: type[Exception]
) -> None:
    cursor = await started(channel)
    server.ask("ann", words("kept"))
    server.refusal = f'{{"error_id":{number},"error_name":"{name}","error_message":"secret words"}}'
    with pytest.raises((LoginProblem, PermanentProblem, TemporaryProblem)) as caught:
        await channel.poll(cursor)
    assert type(caught.value) is problem
    assert "secret" not in str(caught.value)
    server.refusal = ""
    assert (await gather(channel, cursor)).texts == [words("kept")]


def test_nothing_to_look_for_is_a_complaint(server: StackExchangeServer) -> None:
    with pytest.raises(ValidationError, match="tags or search"):
        settings(server, tags=[])
