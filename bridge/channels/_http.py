"""The one HTTP client of the channels: bounded, guarded, and exact about what may have been sent."""

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDictProxy
from yarl import URL

from bridge.channels._body import ACCEPTED, BodyLimits, Oversize, Unreadable, lines, read_body
from bridge.channels._fence import Blocked, Fence, GuardedResolver

MAX_REDIRECTS = 3
CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 10.0
"""How long a server that is read from may send no byte."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LASTING = frozenset({301, 308})
_MAX_HEADER = 16 * 1024
_MAX_HEARD = 1024 * 1024
"""Bytes of one line of a stream."""
_FINE = 200


class Fate(StrEnum):
    """What is known of a request that got no whole answer."""

    UNSENT = "unsent"
    """No byte of it was written: it certainly did nothing."""
    UNKNOWN = "unknown"
    """It was written, at least in part."""
    BLOCKED = "blocked"
    """It was never tried, because its address is forbidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """An exchange without a whole answer; `why` names the host and nothing else of the address."""

    fate: Fate
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer, unpacked."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes = field(repr=False)
    url: URL = field(repr=False)
    moved: URL | None = field(default=None, repr=False)
    """Where the address has moved for good, if every redirect on the way said so (301, 308)."""

    @property
    def host(self) -> str:
        """Who answered."""
        return self.url.host or "?"

    @property
    def good(self) -> bool:
        """Whether the server says that all went well."""
        return self.status // 100 == 2  # noqa: PLR2004 - the families of statuses are known by their digits

    @property
    def redirects(self) -> bool:
        """Whether the server points elsewhere, or says that nothing changed."""
        return self.status // 100 == 3  # noqa: PLR2004 - as above

    @property
    def failed(self) -> bool:
        """Whether the server says that it failed itself."""
        return self.status // 100 == 5  # noqa: PLR2004 - as above


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request; its headers and body may hold secrets and never show in a repr."""

    method: str
    url: URL = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | aiohttp.FormData | None = field(default=None, repr=False)


class _Trail:
    """Notes whether a request began to be written."""

    __slots__ = ("written",)

    def __init__(self) -> None:
        self.written = False


class Http:
    """Two pools of connections: kept ones for reading, and a fresh one for each thing that is said.

    A publication never rides on a kept connection: one that died unseen would make its outcome uncertain.
    """

    def __init__(self, fence: Fence, *, user_agent: str, timeout: float, limits: BodyLimits) -> None:
        self._fence = fence
        self._user_agent = user_agent
        self._timeout = timeout
        self._limits = limits
        self._reading: aiohttp.ClientSession | None = None
        self._saying: aiohttp.ClientSession | None = None

    async def read(self, ask: Ask) -> Answer | Lost:
        """Ask for something whose repetition is harmless; redirects are answers."""
        if self._reading is None:
            self._reading = self._session(min(SILENCE_SECONDS, self._timeout), keep=True)
        return await self._exchange(self._reading, ask)

    async def say(self, ask: Ask) -> Answer | Lost:
        """Send something that must not be sent twice; a server may think about it until the time-out."""
        if self._saying is None:
            self._saying = self._session(self._timeout, keep=False)
            # aiohttp repeats GET, PUT and DELETE once by itself and has no public switch for it; its test client does this.
            self._saying._retry_connection = False  # noqa: SLF001
        return await self._exchange(self._saying, ask)

    async def follow(self, ask: Ask) -> Answer | Lost:
        """Read without any credentials, along at most three redirects, each of them checked like the first address."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._followed(ask)
        except TimeoutError:
            return Lost(fate=Fate.UNKNOWN, why=f"{ask.url.host} does not answer in time")

    async def listen(self, ask: Ask, hear: Callable[[bytes], None], *, silence: float) -> Answer | Lost:
        """Hand over each line of an answer without end, until it ends or no byte came for so many seconds.

        A refusal is an answer; a line longer than the limit ends it.
        """
        objection = self._fence.objection(ask.url)
        if objection:
            return Lost(fate=Fate.BLOCKED, why=objection)
        session = self._session(silence, keep=False)
        host = ask.url.host or "?"
        headers = {**ask.headers, hdrs.ACCEPT_ENCODING: "identity"}
        endless = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=silence)
        try:
            async with (
                session,
                session.get(ask.url, headers=headers, allow_redirects=False, timeout=endless) as response,
            ):
                if response.status != _FINE:
                    body = await read_body(response, self._limits)
                    return Answer(status=response.status, headers=response.headers, body=body, url=ask.url)
                async for line in lines(response, _MAX_HEARD):
                    hear(line)
        except (aiohttp.ClientError, Oversize, Unreadable, OSError, TimeoutError, ValueError) as error:
            return _lost(error, host, written=True)
        return Lost(fate=Fate.UNKNOWN, why=f"{host} ended the stream")

    async def _followed(self, ask: Ask) -> Answer | Lost:
        url, moved, lasting = ask.url, None, True
        for _ in range(MAX_REDIRECTS + 1):
            outcome = await self.read(Ask(method=ask.method, url=url, headers=ask.headers))
            if isinstance(outcome, Lost) or outcome.status not in _REDIRECTS:
                return outcome if isinstance(outcome, Lost) else replace(outcome, moved=moved)
            target = _target(outcome)
            if target is None:
                return Lost(fate=Fate.UNKNOWN, why=f"{outcome.host} redirects to nowhere")
            lasting = lasting and outcome.status in _LASTING
            url, moved = target, target if lasting else moved
        return Lost(fate=Fate.UNKNOWN, why=f"{ask.url.host} redirects too often")

    async def close(self) -> None:
        """Give back all connections; may be called twice."""
        for session in (self._reading, self._saying):
            if session is not None:
                await session.close()
        self._reading = self._saying = None

    def _session(self, silence: float, *, keep: bool) -> aiohttp.ClientSession:
        """A session without cookies, proxies from the environment or redirects of its own."""
        connect = min(CONNECT_SECONDS, self._timeout)
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=GuardedResolver(self._fence), limit=0, force_close=not keep, ttl_dns_cache=300 if keep else 10
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={hdrs.USER_AGENT: self._user_agent, hdrs.ACCEPT_ENCODING: ACCEPTED},
            timeout=aiohttp.ClientTimeout(total=self._timeout, sock_connect=connect, sock_read=silence),
            trace_configs=[] if keep else [_tracing()],
            max_line_size=_MAX_HEADER,
            max_field_size=_MAX_HEADER,
        )

    async def _exchange(self, session: aiohttp.ClientSession, ask: Ask) -> Answer | Lost:
        """One request and its whole answer; every failure becomes a value, so that no exception carries its address."""
        objection = self._fence.objection(ask.url)
        if objection:
            return Lost(fate=Fate.BLOCKED, why=objection)
        trail = _Trail()
        try:
            async with session.request(
                ask.method,
                ask.url,
                headers=ask.headers,
                data=ask.body,
                allow_redirects=False,
                trace_request_ctx=trail,
            ) as response:
                body = await read_body(response, self._limits)
                return Answer(status=response.status, headers=response.headers, body=body, url=ask.url)
        except (aiohttp.ClientError, Oversize, Unreadable, OSError, TimeoutError, ValueError) as error:
            return _lost(error, ask.url.host or "?", written=trail.written)


def _tracing() -> aiohttp.TraceConfig:
    """Marks the moment at which the head of a request goes out."""

    async def mark(_session: object, context: object, _params: object) -> None:
        trail = getattr(context, "trace_request_ctx", None)
        if isinstance(trail, _Trail):
            trail.written = True

    tracing = aiohttp.TraceConfig()
    tracing.on_request_headers_sent.append(mark)
    return tracing


def _target(answer: Answer) -> URL | None:
    """Where a redirect leads, without fragment; None where it names no place."""
    location = answer.headers.get(hdrs.LOCATION, "")
    try:
        return answer.url.join(URL(location)).with_fragment(None) if location else None
    except ValueError:
        return None


def _lost(error: Exception, host: str, *, written: bool) -> Lost:
    """What a failed exchange means: certain only where nothing was written (delivery.md 6.2)."""
    if isinstance(error, Oversize | Unreadable):
        return Lost(fate=Fate.UNKNOWN, why=f"{host}: {error}")
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, Blocked):
        return Lost(fate=Fate.BLOCKED, why=f"{error.os_error}, and allow_private is not set for it")
    return Lost(fate=Fate.UNKNOWN if written else Fate.UNSENT, why=_words(error, host))


def _words(error: Exception, host: str) -> str:
    """The failure in words; the library's own texts are not used, since they may hold addresses with queries."""
    for kinds, words in _WORDS:
        if isinstance(error, kinds):
            return words.format(host=host)
    return f"the exchange with {host} failed"


_WORDS: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "the name {host} cannot be resolved"),
    (aiohttp.ClientConnectorCertificateError, "the certificate of {host} is not valid for it"),
    ((aiohttp.ClientConnectorSSLError, ssl.SSLError), "no TLS connection with {host} comes about"),
    (aiohttp.ConnectionTimeoutError, "{host} accepts no connection in time"),
    (aiohttp.ClientConnectorError, "{host} refuses the connection"),
    (TimeoutError, "{host} does not answer in time"),
    (aiohttp.ClientPayloadError, "{host} broke off its answer"),
    (aiohttp.ClientResponseError, "{host} answers something that is not HTTP"),
    (aiohttp.InvalidURL, "the address at {host} is not valid"),
    ((aiohttp.ClientConnectionError, OSError), "{host} closed the connection before it answered"),
)
