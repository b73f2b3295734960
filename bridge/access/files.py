"""Files that agents send along in a chat: fetched from places that the operator named and from nowhere else, within limits."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

import aiohttp
import structlog
from pydantic import AfterValidator
from yarl import URL

from bridge.access.entrance import is_this_machine
from bridge.access.tls import tls_context
from bridge.core.replies import Turn
from bridge.letters.turns import MAX_FILE
from bridge.ports import TemporaryProblem

log = structlog.get_logger("bridge.chat")

MAX_TOTAL = 32 * 1024 * 1024
"""Bytes of all files of one turn."""

_REDIRECTS = 3
_CHUNK = 65_536
_MOVED = frozenset({
    HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT,
})  # fmt: skip
_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


def _origin(given: str) -> str:
    """Scheme, host and port; raises ValueError for more than that, and for what would be read on a network."""
    try:
        url = URL(given)
        origin = url.origin()
    except ValueError:
        raise ValueError("must be the start of an address, for example https://chat.acme.example") from None
    if url.path not in {"", "/"} or url.query_string or url.fragment or url.user:
        raise ValueError("must be the start of an address, without a path")
    if origin.scheme != "https" and not (origin.scheme == "http" and is_this_machine(origin.host or "")):
        raise ValueError("must begin with https://, or be an address of this machine")
    return str(origin)


Origin = Annotated[str, AfterValidator(_origin)]
"""A place that files are fetched from."""


def is_below(link: str, origins: Collection[str]) -> bool:
    """Whether an address is one of a named place."""
    with suppress(ValueError):
        url = URL(link)
        return str(url.origin()) in origins and not url.user
    return False


class _Lost(Exception):
    """The file cannot be had, now or later; the text says why."""


class Files:
    """Fetches what stands behind the links of a turn."""

    def __init__(self, inbox: str, origins: Sequence[Origin], *, user_agent: str) -> None:
        self._inbox = inbox
        self._origins = frozenset(origins)
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "identity"}
        self._tls: ssl.SSLContext | None = None

    async def fetched(self, turn: Turn, *, within: float) -> Turn:
        """The turn with its files in hand; a link whose file cannot be had stays one, so that the words are held for a person.

        Raises TemporaryProblem where a server does not answer well, or not within so many seconds.
        """
        if not turn.links:
            return turn
        try:
            async with asyncio.timeout(within), aiohttp.ClientSession(headers=self._headers) as session:
                return await self._furnished(session, turn)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TemporaryProblem(f"a file of the chat could not be fetched: {type(error).__name__}") from None

    async def one(self, link: str, *, within: float) -> bytes | None:
        """What stands behind one link; None where it cannot be had, now or later."""
        if not is_below(link, self._origins):
            return None
        try:
            async with asyncio.timeout(within), aiohttp.ClientSession(headers=self._headers) as session:
                return await self._content(session, link, most=MAX_FILE)
        except (_Lost, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("file_not_fetched", inbox=self._inbox, why=str(error) or type(error).__name__)
            return None

    async def _furnished(self, session: aiohttp.ClientSession, turn: Turn) -> Turn:
        files, lost, room = list(turn.files), [], MAX_TOTAL
        for link in turn.links:
            try:
                content = await self._content(session, link, most=min(room, MAX_FILE))
            except _Lost as why:
                log.warning("file_not_fetched", inbox=self._inbox, why=str(why))
                lost.append(link)
            else:
                room -= len(content)
                files.append(b64encode(content).decode())
        return replace(turn, links=tuple(lost), files=tuple(files))

    async def _content(self, session: aiohttp.ClientSession, link: str, *, most: int) -> bytes:
        """What stands there, also where its place sends us on to another one that is named."""
        url = self._named(link, URL())
        for _ in range(_REDIRECTS):
            async with session.get(url, allow_redirects=False, ssl=self._trusted()) as response:
                if response.status not in _MOVED:
                    return await _bounded(response, most)
                url = self._named(response.headers.get("Location", ""), url)
        raise _Lost("its place sends us on again and again")

    def _named(self, link: str, seen_from: URL) -> URL:
        """The address, if it is below a place that the operator named."""
        with suppress(ValueError):
            url = seen_from.join(URL(link))
            if is_below(str(url), self._origins):
                return url
        raise _Lost("its place is not in files_from")

    def _trusted(self) -> ssl.SSLContext:
        self._tls = self._tls or tls_context(None)
        return self._tls


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    """The body; raises _Lost where there is none or too much, and ClientError where the server may answer better later."""
    if response.status in _LATER or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        response.raise_for_status()
    if response.status != HTTPStatus.OK:
        raise _Lost(f"its place answers with status {response.status}")
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > most:
            raise _Lost("it is too large")
    return bytes(body)
