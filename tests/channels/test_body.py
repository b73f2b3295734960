"""E02: bodies are read within limits, however they are packed."""

import gzip
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest
from aiohttp import web
from yarl import URL

from bridge.channels._body import BodyLimits
from bridge.channels._fence import Fence
from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.testing.fakes.server import Loopback

PLAIN = b"".join(b"case %d: the line is down since %d o'clock. " % (n * n, n % 24) for n in range(3000))
SPACES = b" " * 40 * 1024 * 1024


def _deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


BODIES: dict[str, tuple[str, bytes]] = {
    "plain": ("identity", PLAIN),
    "gzip": ("gzip", gzip.compress(PLAIN)),
    "members": ("x-gzip", gzip.compress(PLAIN[:5000]) + gzip.compress(PLAIN[5000:])),
    "zlib": ("deflate", zlib.compress(PLAIN)),
    "deflate": ("deflate", _deflate(PLAIN)),
    "brotli": ("br", brotli.compress(PLAIN)),
}
BAD: dict[str, tuple[str, bytes]] = {
    "gzip bomb": ("gzip", gzip.compress(SPACES)),
    "brotli bomb": ("br", brotli.compress(SPACES, quality=1)),
    "deflate bomb": ("deflate", zlib.compress(SPACES)),
    "too large": ("identity", b"x" * (5 * 1024 * 1024 + 1)),
    "not gzip": ("gzip", PLAIN[:2000]),
    "not brotli": ("br", PLAIN[:2000]),
    "unknown": ("zstd", PLAIN[:2000]),
    "packed twice": ("gzip, gzip", gzip.compress(gzip.compress(PLAIN))),
}


@pytest.fixture
async def url() -> AsyncIterator[URL]:
    async def serve(request: web.Request) -> web.Response:
        encoding, body = {**BODIES, **BAD}[request.match_info["name"]]
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    app = web.Application()
    app.router.add_get("/{name}", serve)
    server = Loopback(app)
    yield URL(await server.start(0))
    await server.stop()


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    http = Http(Fence(frozenset({"127.0.0.1"})), user_agent="bridge (under test)", timeout=5.0, limits=BodyLimits())
    yield http
    await http.close()


@pytest.mark.parametrize("name", BODIES)
async def test_every_packing_is_undone(url: URL, http: Http, name: str) -> None:
    outcome = await http.read(Ask(method="GET", url=url / name))
    assert isinstance(outcome, Answer)
    assert outcome.body == PLAIN


@pytest.mark.parametrize("name", BAD)
async def test_what_is_too_large_or_cannot_be_unpacked_is_no_answer(url: URL, http: Http, name: str) -> None:
    outcome = await http.read(Ask(method="GET", url=url / name))
    assert isinstance(outcome, Lost)
    assert outcome.why.startswith("127.0.0.1: the answer")
