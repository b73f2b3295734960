"""The fault proxy does to connections what its toxics say, and nothing else."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from bridge.testing.faults import FaultProxy
from bridge.testing.toxics import Bandwidth, CutAfter, Latency, LimitData, ResetPeer, Slicer, SlowClose, Timeout, Toxic

TEXT = bytes(range(256)) * 40


@pytest.fixture
async def proxy() -> AsyncIterator[FaultProxy]:
    """Before a server that says everything back, and ends when its client does."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
            writer.write(b"end")
        except OSError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with FaultProxy("127.0.0.1", server.sockets[0].getsockname()[1]) as proxy:
        yield proxy
    server.close()


async def said(proxy: FaultProxy, text: bytes = TEXT) -> bytes:
    """What comes back of a text."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    try:
        writer.write(text)
        writer.write_eof()
        async with asyncio.timeout(10):
            return await reader.read(-1)
    finally:
        writer.close()


HARMLESS: list[Toxic] = [
    Latency(seconds=0.05, jitter=0.05),
    Bandwidth(rate=200_000),
    Slicer(size=1000, seconds=0.001),
    SlowClose(seconds=0.05),
    LimitData(limit=1_000_000),
    CutAfter(word=b"never said"),
]


@pytest.mark.parametrize("toxics", [[], *([each] for each in HARMLESS), HARMLESS], ids=str)
@pytest.mark.parametrize("way", ["up", "down"])
async def test_what_only_delays_changes_no_byte(proxy: FaultProxy, toxics: list[Toxic], way: str) -> None:
    getattr(proxy, way).extend(toxics)
    assert await said(proxy) == TEXT + b"end"


@pytest.mark.parametrize(
    ("toxic", "least"), [(Latency(seconds=0.2), 0.2), (Bandwidth(rate=20_000), 0.4), (SlowClose(seconds=0.2), 0.2)]
)
async def test_delays_take_their_time(proxy: FaultProxy, toxic: Toxic, least: float) -> None:
    proxy.up.append(toxic)
    begun = time.monotonic()
    await said(proxy)
    assert time.monotonic() - begun >= least


@pytest.mark.parametrize("limit", [0, 1, 5000])
async def test_a_limit_lets_exactly_so_much_through(proxy: FaultProxy, limit: int) -> None:
    proxy.down.append(LimitData(limit=limit))
    assert await said(proxy) == TEXT[:limit]


async def test_silence_is_silence_until_its_time_is_over(proxy: FaultProxy) -> None:
    proxy.down.append(Timeout(seconds=0.2))
    begun = time.monotonic()
    assert await said(proxy) == b""
    assert time.monotonic() - begun >= 0.2


async def test_endless_silence_tells_nothing(proxy: FaultProxy) -> None:
    proxy.down.append(Timeout(seconds=None))
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(TEXT)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.2)
    writer.close()


async def test_a_reset_is_a_reset(proxy: FaultProxy) -> None:
    proxy.up.append(ResetPeer())
    with pytest.raises(ConnectionResetError):
        await said(proxy)


@pytest.mark.parametrize("size", [None, 1])
async def test_ft07_a_cut_after_a_word_lets_the_word_through_and_no_answer_back(
    proxy: FaultProxy, size: int | None
) -> None:
    """Also where the word comes in pieces."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    proxy.up += [Slicer(size=size)] if size else []
    proxy.up.append(CutAfter(word=b"\r\n.\r\n"))
    writer.write(b"hello")
    assert await reader.readexactly(5) == b"hello"
    for piece in (b"\r\n", b".", b"\r\n"):
        writer.write(piece)
        await asyncio.sleep(0.01)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(6)
    writer.close()


async def test_a_stalled_connection_stays_silent_and_a_new_one_is_well(proxy: FaultProxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"one")
    assert await reader.readexactly(3) == b"one"
    proxy.stall()
    writer.write(b"two")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.read(1), 0.1)
    assert await said(proxy, b"three") == b"threeend"
    writer.close()


async def test_toxics_come_and_go_while_a_connection_lives(proxy: FaultProxy) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(b"one")
    assert await reader.readexactly(3) == b"one"
    proxy.up.append(ResetPeer())
    writer.write(b"two")
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(3)
    writer.close()


async def test_a_server_that_is_down_refuses(proxy: FaultProxy) -> None:
    await proxy.refuse()
    with pytest.raises(ConnectionRefusedError):
        await said(proxy)
