"""Keys from the DNS: one question over TCP to a resolver of our own, and nothing believed that is not its whole answer."""

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.access import nameserver
from bridge.access.nameserver import Nameserver
from bridge.ports import TemporaryProblem

ALIAS = b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, 2) + b"\xc0\x0c"


def strings(*parts: bytes) -> bytes:
    return b"".join(bytes([len(part)]) + part for part in parts)


def text(content: bytes) -> bytes:
    return b"\xc0\x0c" + struct.pack("!HHIH", 16, 1, 60, len(content)) + content


def answer(asked: bytes, *records: bytes, flags: int = 0x8180) -> bytes:
    return asked[:2] + struct.pack("!HHHHH", flags, 1, len(records), 0, 0) + asked[12:] + b"".join(records)


@asynccontextmanager
async def resolver(say: Callable[[bytes], bytes]) -> AsyncIterator[Nameserver]:
    """A resolver that answers every question so."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (length,) = struct.unpack("!H", await reader.readexactly(2))
        writer.write(say(await reader.readexactly(length)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield Nameserver(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")


def framed(message: bytes) -> bytes:
    return struct.pack("!H", len(message)) + message


@pytest.mark.parametrize(
    ("records", "found"),
    [
        ([text(strings(b"v=DKIM1; ", b"p=abc"))], b"v=DKIM1; p=abc"),
        ([ALIAS, text(strings(b"p=abc"))], b"p=abc"),
        ([text(strings(b""))], b""),
        ([], None),
        ([ALIAS], None),
        ([text(strings(b"p=abc")), text(strings(b"p=def"))], None),
    ],
)
async def test_the_one_text_at_the_name_is_the_record(records: list[bytes], found: bytes | None) -> None:
    async with resolver(lambda asked: framed(answer(asked, *records))) as names:
        assert await names.record("s1", "acme.test") == found


async def test_it_asks_for_the_texts_at_the_keys_name() -> None:
    seen: list[bytes] = []
    async with resolver(lambda asked: seen.append(asked) or framed(answer(asked))) as names:
        await names.record("s1", "acme.test")
    assert (
        seen[0][2:]
        == b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x02s1\x0a_domainkey\x04acme\x04test\x00\x00\x10\x00\x01"
    )


async def test_a_name_that_does_not_exist_has_no_record() -> None:
    async with resolver(lambda asked: framed(answer(asked, flags=0x8183))) as names:
        assert await names.record("s1", "acme.test") is None


async def test_a_name_that_is_too_long_is_not_asked_for() -> None:
    assert await Nameserver("127.0.0.1:1").record("s1", ".".join(["a" * 63] * 4)) is None


@pytest.mark.parametrize(
    "say",
    [
        lambda asked: framed(answer(asked, flags=0x8182)),
        lambda asked: framed(answer(asked, flags=0x8380)),
        lambda asked: framed(answer(asked, flags=0x0100)),
        lambda asked: framed(bytes([asked[0] ^ 1]) + answer(asked)[1:]),
        lambda asked: framed(answer(asked, text(strings(b"p=abc")))[:-1]),
        lambda asked: framed(answer(asked, text(b"\x09p=abc"))),
        lambda asked: framed(answer(asked, text(b""))),
        lambda asked: framed(b""),
        lambda asked: framed(answer(asked))[:-1],
        lambda _: b"",
    ],
    ids=[
        "failed",
        "cut short",
        "no answer",
        "other number",
        "record",
        "string",
        "no string",
        "empty",
        "broken off",
        "closed",
    ],
)
async def test_what_is_no_whole_answer_is_asked_for_another_time(say: Callable[[bytes], bytes]) -> None:
    async with resolver(say) as names:
        with pytest.raises(TemporaryProblem, match="the resolver gave no answer"):
            await names.record("s1", "acme.test")


async def test_a_resolver_that_is_not_there_or_says_nothing_costs_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TemporaryProblem):
        await Nameserver("127.0.0.1:1").record("s1", "acme.test")
    monkeypatch.setattr(nameserver, "SECONDS", 0.05)
    left = asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        left.set()

    mute = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with mute:
        with pytest.raises(TemporaryProblem, match="TimeoutError"):
            await Nameserver(f"127.0.0.1:{mute.sockets[0].getsockname()[1]}").record("s1", "acme.test")
        await left.wait()


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=80))
async def test_any_answer_is_a_record_or_none_or_asked_for_another_time(junk: bytes) -> None:
    for say in (lambda asked: framed(asked[:2] + junk), lambda asked: framed(answer(asked, junk))):
        async with resolver(say) as names:
            with suppress(TemporaryProblem):
                assert isinstance(await names.record("s1", "acme.test"), bytes | None)
