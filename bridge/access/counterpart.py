"""One HTTP request that hands something over: bounded, and exact about what is certain and what is not."""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import aiohttp
import msgspec

from bridge.access.tls import tls_trouble
from bridge.ports import Clock, LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

MAX_ANSWER = 1024 * 1024
"""Bytes of an answer that only says what became of a request; of a longer one nothing is believed."""

SOON = (0.5, 2.0)
"""Seconds between attempts that follow each other at once."""

_LONGEST_WAIT = 3600.0
_ABOUT_THE_MESSAGE = frozenset({
    HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY,
})  # fmt: skip
_LOGIN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
_NOT_NOW = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a server answered."""

    status: int
    wait: float | None
    """Seconds that it asks us to wait."""
    body: bytes = field(repr=False)

    @property
    def fine(self) -> bool:
        """Whether it says that all went well."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    def json(self) -> object:
        """Its body read as JSON; raises UncertainProblem where it is none, since then nobody knows what it means."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise UncertainProblem("the server's answer cannot be read") from None


class Counterpart:
    """A server to which things are handed over, and a few kept connections to it."""

    def __init__(self, *, user_agent: str, timeout: float, tls: ssl.SSLContext, most: int) -> None:
        """`timeout` is in seconds; `most` is how many bytes an answer may have."""
        self._most = most
        self._headers = {"User-Agent": user_agent}
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=10)
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, method: str, url: str, *, headers: Mapping[str, str], body: bytes) -> Said:
        """Make one request and never follow a redirect.

        Raises TemporaryProblem where no connection came about, so that nothing happened, and UncertainProblem where the
        request was under way when the connection, the time or our patience ended.
        """
        try:
            async with self._open().request(
                method, url, headers=headers, data=body, allow_redirects=False, ssl=self._tls
            ) as response:
                content = await _bounded(response, self._most)
                return Said(status=response.status, wait=_wait(response), body=content)
        except aiohttp.ClientConnectorError as error:
            raise TemporaryProblem(_unreachable(error)) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UncertainProblem(f"the server gave no clear answer: {type(error).__name__}") from None

    async def close(self) -> None:
        """Give back the connections; the next request opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers=self._headers, timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session


def require_fine(said: Said) -> None:
    """What a status means for a message that was handed over (delivery.md 4.2).

    Raises PermanentProblem where it is about the message, LoginProblem where it is about who we are, UncertainProblem where the
    server failed, and TemporaryProblem for everything else: an address that is gone or moved is the operator's to mend.
    """
    if said.fine:
        return
    told = f"the server answers with status {said.status}"
    if said.status in _LOGIN:
        raise LoginProblem(f"{told}: check the secret, the token and its rights")
    if said.status in _ABOUT_THE_MESSAGE:
        raise PermanentProblem(f"{told}: it does not take this message")
    if said.status >= HTTPStatus.INTERNAL_SERVER_ERROR and said.status not in _NOT_NOW:
        raise UncertainProblem(told)
    raise TemporaryProblem(told, said.wait)


async def soon_again(attempt: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Try up to three times within seconds, for a customer waits and the far end merges repeats; the outbox is slower.

    Raises what the last attempt raised; a far end that asks to wait longer is left to the outbox at once.
    """
    for pause in SOON:
        try:
            return await attempt()
        except TemporaryProblem as problem:
            if problem.after is not None and problem.after > pause:
                raise
        except UncertainProblem:
            pass
        await clock.sleep(pause)
    return await attempt()


async def _bounded(response: aiohttp.ClientResponse, most: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65_536):
        body += chunk
        if len(body) > most:
            raise UncertainProblem("the server's answer is too long")
    return bytes(body)


def _wait(response: aiohttp.ClientResponse) -> float | None:
    """The seconds of Retry-After; dates and nonsense are left to our own back-off."""
    given = response.headers.get("Retry-After", "")
    return min(float(given), _LONGEST_WAIT) if given.isascii() and given.isdecimal() and len(given) < 10 else None  # noqa: PLR2004 - more digits than any wait has


def _unreachable(error: aiohttp.ClientConnectorError) -> str:
    cause = error.os_error
    if isinstance(cause, ssl.SSLError):
        return f"{error.host}:{error.port} cannot be used: {tls_trouble(cause)}"
    return f"{error.host}:{error.port} cannot be reached: {type(cause).__name__}"
