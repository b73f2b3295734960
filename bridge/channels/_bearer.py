"""Access tokens that a lasting proof is exchanged for (RFC 6749 4.3, 6): handed out until shortly before their end, and anew once one was refused."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from yarl import URL

from bridge.channels._api import decoded
from bridge.channels._http import Ask, Http, Lost
from bridge.channels._problems import Judgement, lost_reading, refused_reading
from bridge.ports import Clock, TemporaryProblem

_EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

_LONGEST = 86_400.0


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What a server of tokens answers, whatever its status."""

    access_token: str = ""
    expires_in: float = 3600.0
    error: str | int = ""

    def __repr__(self) -> str:
        return f"Given(expires_in={self.expires_in})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Where tokens are given, for what proof, and what refusals mean there."""

    url: URL
    headers: Mapping[str, str] = field(repr=False)
    proof: Callable[[], Mapping[str, str]]
    judge: Judgement


@dataclass(frozen=True, slots=True)
class _Held:
    """A token and when it is renewed."""

    headers: Mapping[str, str]
    until: datetime

    def __repr__(self) -> str:
        return f"_Held(until={self.until:%Y-%m-%dT%H:%M})"


class Session:
    """Hands out the headers of requests; raises LoginProblem where only a person can help (F01)."""

    def __init__(self, exchange: Exchange, http: Http, clock: Clock) -> None:
        self._exchange = exchange
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._held: _Held | None = None

    async def headers(self) -> Mapping[str, str]:
        """What proves who asks."""
        async with self._lock:
            if self._held is None or self._clock.now() >= self._held.until:
                self._held = await self._asked()
            return self._held.headers

    def spoil(self, headers: Mapping[str, str]) -> None:
        """The token of these headers was refused before its time."""
        if self._held is not None and self._held.headers == headers:
            self._held = None

    async def _asked(self) -> _Held:
        """A token that was given; nothing is published by asking, so every failure is one of reading."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", **self._exchange.headers}
        body = urlencode(self._exchange.proof()).encode()
        outcome = await self._http.say(Ask(method="POST", url=self._exchange.url, headers=headers, body=body))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self._clock.now(), self._exchange.judge)
        if problem is not None:
            raise problem
        given = decoded(outcome.body, Given)
        if given is None or not _printable(given.access_token):
            raise TemporaryProblem(f"{outcome.host} answers something else than a token")
        life = timedelta(seconds=min(max(given.expires_in, 0.0), _LONGEST))
        until = self._clock.now() + max(life - _EARLY, life / 2)
        return _Held({"Authorization": f"Bearer {given.access_token}"}, until)


def _printable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token and bool(token)
