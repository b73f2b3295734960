"""What is known of a request that got no whole answer (delivery.md 6.2), and that no secret shows (FT24)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bridge.channels._body import BodyLimits
from bridge.channels._fence import Fence
from bridge.channels._http import Answer, Ask, Fate, Http, Lost
from bridge.channels._problems import refused_reading, refused_saying, retry_after
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.testing.faults import FaultProxy

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "canary-of-a-token"

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[URL]:
    """A server that does exactly what a script says, byte for byte."""
    running: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            await script(reader, writer)
        except (asyncio.CancelledError, asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield URL(f"http://127.0.0.1:{port}/path?token={SECRET}")
    server.close()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http(Fence(frozenset({"127.0.0.1"})), user_agent="bridge (under test)", timeout=0.4, limits=BodyLimits())
    yield http
    await http.close()


def _ask(url: URL) -> Ask:
    return Ask(method="POST", url=url, headers={"Authorization": f"Bearer {SECRET}"}, body=b'{"text": "x"}')


async def _hang_up(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Close at once."""


async def _read_and_hang_up(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")


async def _read_and_hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _talk_nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"220 mail.example.org ESMTP\r\n" + SECRET.encode() + b"\r\n\r\n")


async def _half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, so that only the limit of the whole ends it (E02)."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


SENT = {
    "hangs up": _hang_up,
    "reads and hangs up": _read_and_hang_up,
    "reads and hangs": _read_and_hang,
    "talks nonsense": _talk_nonsense,
    "half an answer": _half,
    "drips": _drip,
}


@pytest.mark.parametrize("name", SENT)
async def test_once_a_byte_was_written_nothing_is_certain(http: Http, name: str) -> None:
    async with raw_server(SENT[name]) as url:
        outcome = await http.say(_ask(url))
    assert isinstance(outcome, Lost)
    assert outcome.fate is Fate.UNKNOWN
    assert SECRET not in f"{outcome} {outcome.why}"


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/x", "http://name-that-is-not.invalid/x", "https://127.0.0.1:{port}/x"],
    ids=["refused", "no such name", "no TLS"],
)
async def test_what_was_never_written_is_certain(http: Http, url: str) -> None:
    async with raw_server(_hang_up) as plain:
        outcome = await http.say(_ask(URL(url.format(port=plain.port)).with_query(token=SECRET)))
    assert isinstance(outcome, Lost)
    assert outcome.fate is Fate.UNSENT
    assert SECRET not in f"{outcome} {outcome.why}"


async def _answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that keeps its connections."""
    while True:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


async def test_ft08_a_half_open_connection_is_noticed_and_replaced(http: Http) -> None:
    """Nothing comes through a kept connection any more and nobody says so: only our own time-out tells."""
    async with raw_server(_answer_all) as url, FaultProxy("127.0.0.1", url.port or 0) as proxy:
        ask = Ask(method="GET", url=URL(f"http://127.0.0.1:{proxy.port}/"))
        assert isinstance(await http.read(ask), Answer)
        proxy.stall()
        assert isinstance(await asyncio.wait_for(http.read(ask), 5), Lost)
        assert isinstance(await http.read(ask), Answer)


async def test_each_publication_has_a_fresh_connection(http: Http) -> None:
    """One that was kept may have died unseen, and would make a certain failure an uncertain one."""
    connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while await reader.readline():
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(13 if b"Content-Length: 13" in head else 0)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            await writer.drain()

    async with raw_server(answer) as url:
        for _ in range(3):
            assert isinstance(await http.say(_ask(url)), Answer)
        assert connections == 3
        for _ in range(3):
            assert isinstance(await http.read(Ask(method="GET", url=url)), Answer)
        assert connections == 4
        await http.close()


def _answer(status: int, headers: dict[str, str], body: bytes = b"{}") -> Answer:
    url = URL(f"https://example.org/?token={SECRET}")
    return Answer(status=status, headers=CIMultiDictProxy(CIMultiDict(headers)), body=body, url=url)


def test_an_answer_shows_neither_its_address_nor_its_words() -> None:
    assert SECRET not in repr(_answer(200, {}, SECRET.encode()))
    assert SECRET not in repr(_ask(URL(f"https://example.org/{SECRET}")))


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("999999999999", 86_400.0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
        ("1.5", None),
    ],
)
def test_d07_retry_after_is_seconds_or_a_date(given: str, seconds: float | None) -> None:
    assert retry_after(_answer(429, {"Retry-After": given}), NOW) == seconds


READING = {
    200: None,
    204: None,
    301: PermanentProblem,
    400: PermanentProblem,
    401: LoginProblem,
    403: LoginProblem,
    404: TemporaryProblem,
    410: PermanentProblem,
    429: TemporaryProblem,
    500: TemporaryProblem,
    503: TemporaryProblem,
}
SAYING = {
    200: None,
    201: None,
    302: PermanentProblem,
    400: PermanentProblem,
    401: LoginProblem,
    403: PermanentProblem,
    404: PermanentProblem,
    408: UncertainProblem,
    409: UncertainProblem,
    410: PermanentProblem,
    413: PermanentProblem,
    415: PermanentProblem,
    422: PermanentProblem,
    429: TemporaryProblem,
    499: UncertainProblem,
    500: UncertainProblem,
    502: UncertainProblem,
    503: UncertainProblem,
    504: UncertainProblem,
    700: UncertainProblem,
}


@pytest.mark.parametrize("status", READING)
def test_a_refused_question(status: int) -> None:
    problem = refused_reading(_answer(status, {}), NOW, lambda _: None)
    assert (type(problem) if problem else None) is READING[status]


@pytest.mark.parametrize("status", SAYING)
def test_a_refused_publication(status: int) -> None:
    problem = refused_saying(_answer(status, {}), NOW, lambda _: None)
    assert (type(problem) if problem else None) is SAYING[status]


def test_a_limit_of_a_server_in_between_leaves_a_publication_uncertain() -> None:
    """429 is certain only in the platform's own words."""
    problem = refused_saying(_answer(429, {}, b"<html>slow down</html>"), NOW, lambda _: None)
    assert isinstance(problem, UncertainProblem)
