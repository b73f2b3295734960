"""Every refusal of a server with Mastodon's API is called what it is, and its limits are obeyed as it words them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from channels_mastodon import mastodon_server, opened
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels._http import Answer
from bridge.channels._rates import Rates
from bridge.core.model import Post
from bridge.ports import Channel, Fittings, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.channel_platform import gather, public, started, words
from bridge.testing.fakes.mastodon import MastodonServer
from bridge.testing.fittings import MovableClock

ANSWER = "Thank you for telling us: a technician is on the way to you."


@pytest.fixture
async def server(clock: MovableClock) -> AsyncIterator[MastodonServer]:
    async with mastodon_server(clock) as server:
        yield server


@pytest.fixture
async def channel(server: MastodonServer, fittings: Fittings) -> AsyncIterator[Channel]:
    async with opened(server, fittings) as channel:
        yield channel


REFUSALS = [
    (401, b'{"error":"The access token is invalid"}', LoginProblem, LoginProblem),
    (403, b'{"error":"This action is outside the authorized scopes"}', LoginProblem, LoginProblem),
    (404, b'{"error":"Record not found"}', TemporaryProblem, PermanentProblem),
    (404, b"<html>not found</html>", TemporaryProblem, TemporaryProblem),
    (422, b'{"error":"Validation failed"}', PermanentProblem, PermanentProblem),
    (429, b'{"error":"Too many requests"}', TemporaryProblem, TemporaryProblem),
    (500, b'{"error":"oops"}', TemporaryProblem, TemporaryProblem),
    (502, b"<html>Bad gateway</html>", TemporaryProblem, TemporaryProblem),
    (503, b'{"error":"There was a temporary problem"}', TemporaryProblem, TemporaryProblem),
    (504, b"", TemporaryProblem, TemporaryProblem),
    (200, b"<!doctype html><html>Sign in</html>", TemporaryProblem, TemporaryProblem),
    (200, b"null", TemporaryProblem, TemporaryProblem),
]
"""What reading a listing, and asking for the post to be answered, must call each answer of the server."""


def answers(code: int, body: bytes) -> web.Response:
    kind = "application/json" if body.startswith(b"{") else "text/html"
    return web.Response(status=code, body=body, content_type=kind)


async def asked(server: MastodonServer, channel: Channel) -> tuple[str, Post]:
    """A question, and the cursor behind it."""
    cursor = await started(channel)
    server.mention("ann", words("question"))
    gathered = await gather(channel, cursor)
    return gathered.cursor, gathered.posts[0]


@pytest.mark.parametrize(("code", "body", "reading", "answering"), REFUSALS)
async def test_every_refusal_of_a_question_is_called_what_it_is(
    server: MastodonServer, channel: Channel, code: int, body: bytes, reading: type, answering: type
) -> None:
    """Nothing was published by any of them, since the post is asked for first."""
    cursor, post = await asked(server, channel)
    server.access.instead = lambda _: answers(code, body)
    with pytest.raises((LoginProblem, PermanentProblem, TemporaryProblem)) as caught:
        await channel.poll(cursor)
    assert type(caught.value) is reading
    with pytest.raises((LoginProblem, PermanentProblem, TemporaryProblem)) as caught:
        await channel.publish(public(post, ANSWER))
    assert type(caught.value) is answering
    with pytest.raises(UncertainProblem):
        await channel.find(public(post, ANSWER))
    assert server.said() == []


SAYING = [
    (200, b"<!doctype html><html>Sign in</html>", UncertainProblem, ""),
    (200, b'{"error":"something"}', UncertainProblem, ""),
    (200, b'{"id":"../../etc"}', UncertainProblem, "without saying where"),
    (400, b'{"error":"A parameter is missing"}', PermanentProblem, ""),
    (401, b'{"error":"The access token is invalid"}', LoginProblem, ""),
    (403, b'{"error":"This action is not allowed"}', PermanentProblem, "does not let"),
    (404, b'{"error":"The post you are trying to reply to does not appear to exist."}', PermanentProblem, ""),
    (410, b'{"error":"Gone"}', PermanentProblem, ""),
    (422, b'{"error":"Validation failed: Text character limit of 500 exceeded"}', PermanentProblem, "too long"),
    (422, b'{"error":"Validation failed: Text can\'t be blank"}', PermanentProblem, "empty"),
    (422, b'{"error":"Cannot attach files that have not finished processing."}', PermanentProblem, "files"),
    (422, b'{"error":"Duplicate record"}', UncertainProblem, ""),
    (422, b"<html>We are sorry</html>", PermanentProblem, ""),
    (429, b'{"error":"Too many requests"}', TemporaryProblem, ""),
    (429, b"<html>Too many requests</html>", UncertainProblem, ""),
    (500, b'{"error":"oops"}', UncertainProblem, ""),
    (502, b"<html>Bad gateway</html>", UncertainProblem, ""),
    (503, b'{"error":"There was a temporary problem"}', UncertainProblem, ""),
    (504, b"", UncertainProblem, ""),
]
"""What publishing must call each answer (delivery.md 6.2)."""


@pytest.mark.parametrize(("code", "body", "expected", "says"), SAYING)
async def test_every_refusal_of_an_answer_is_called_what_it_is(
    server: MastodonServer, channel: Channel, code: int, body: bytes, expected: type, says: str
) -> None:
    _, post = await asked(server, channel)
    server.access.instead = lambda request: answers(code, body) if request.method == "POST" else None
    with pytest.raises((LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem)) as caught:
        await channel.publish(public(post, ANSWER))
    assert type(caught.value) is expected
    assert says in str(caught.value)
    assert await channel.find(public(post, ANSWER)) is None


async def test_429_without_retry_after_says_in_its_own_header_how_long(
    server: MastodonServer, channel: Channel, clock: MovableClock
) -> None:
    """As Mastodon's own limits do: a date, or the seconds since 1970."""
    cursor, post = await asked(server, channel)
    resets = clock.now() + timedelta(seconds=120)
    for written in (resets.isoformat(), str(int(resets.timestamp()))):
        server.access.limit.resets = written
        for method, call in {"GET": channel.poll(cursor), "POST": channel.publish(public(post, ANSWER))}.items():
            server.access.instead = lambda r, m=method: answers(429, b'{"error":"Too many"}') if r.method == m else None
            with pytest.raises(TemporaryProblem) as caught:
                await call
            assert caught.value.after is not None
            assert 110 < caught.value.after <= 120


@pytest.mark.parametrize(
    ("limit", "left", "resets"),
    [
        ("300", "x", "2026-11-24T12:00:00Z"),
        ("300", "", ""),
        ("300", "1", "soon"),
        ("9" * 40, "1", "1"),
        ("3", "1", "9" * 12),
    ],
)
def test_rate_headers_that_make_no_sense_say_nothing(limit: str, left: str, resets: str) -> None:
    rates = Rates("X-RateLimit")
    named = {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": left, "X-RateLimit-Reset": resets}
    headers = CIMultiDictProxy(CIMultiDict(named))
    rates.note(Answer(status=200, headers=headers, body=b"", url=URL("https://social.example")))
    now = datetime(2026, 11, 24, 11, tzinfo=UTC)
    rates.begin(now)
    assert (rates.interval(now), rates.words(now)) == (None, "")


def test_only_so_many_limits_are_remembered() -> None:
    rates = Rates("X-RateLimit")
    for limit in range(100, 200):
        named = {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "50", "X-RateLimit-Reset": "1795521600"}
        headers = CIMultiDictProxy(CIMultiDict(named))
        rates.note(Answer(status=200, headers=headers, body=b"", url=URL("https://social.example")))
    assert len(rates._left) == 8
    assert rates.words(datetime(2026, 11, 24, 11, tzinfo=UTC)).startswith("50 of 199 requests")
