"""The access token of a channel's owner: an hour long, asked for by a refresh token that holds until it is revoked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from yarl import URL

from bridge.channels._api import decoded
from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._problems import Problem, lost_reading, refused_reading
from bridge.channels._youtube.settings import Settings
from bridge.ports import Clock, LoginProblem, TemporaryProblem

_EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

_LONGEST = 86_400.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_DEAD: Mapping[str, str] = {
    "invalid_grant": "Google does not accept the refresh token any more: make a new one "
    "(one of a project that is in testing lives for seven days)",
    "invalid_client": "Google does not know the client: check client_id and client_secret",
    "unauthorized_client": "the refresh token belongs to another client than client_id",
}


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str = ""
    expires_in: float = 3600.0
    error: str = ""

    def __repr__(self) -> str:
        return f"_Given(expires_in={self.expires_in})"


@dataclass(frozen=True, slots=True)
class _Held:
    """A token and when it is renewed."""

    headers: Mapping[str, str]
    until: datetime

    def __repr__(self) -> str:
        return f"_Held(until={self.until:%Y-%m-%dT%H:%M})"


class Session:
    """Hands out the headers of requests; raises LoginProblem where only a person can help (F01)."""

    def __init__(self, settings: Settings, http: Http, clock: Clock) -> None:
        self._settings = settings
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
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret.reveal(),
            "refresh_token": self._settings.refresh_token.reveal(),
        }
        url = URL(f"{self._settings.login}/token")
        outcome = await self._http.say(Ask(method="POST", url=url, headers=_FORM, body=urlencode(form).encode()))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self._clock.now(), _judge)
        if problem is not None:
            raise problem
        given = decoded(outcome.body, _Given)
        if given is None or not _printable(given.access_token):
            raise TemporaryProblem(f"{outcome.host} answers something else than a token")
        life = timedelta(seconds=min(max(given.expires_in, 0.0), _LONGEST))
        until = self._clock.now() + max(life - _EARLY, life / 2)
        return _Held({"Authorization": f"Bearer {given.access_token}"}, until)


def _judge(answer: Answer) -> Problem | None:
    """What the server of tokens refuses, as far as only a person can mend it; its pages for machines pass by themselves."""
    if answer.good:
        return None
    given = decoded(answer.body, _Given)
    if given is not None and given.error in _DEAD:
        return LoginProblem(_DEAD[given.error])
    if given is None:
        return TemporaryProblem(f"Google turns us away before it gives a token (status {answer.status})")
    return None


def _printable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token and bool(token)
