"""The access token of an account: an hour long, asked for by the app's refresh token or by the account's password."""

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import msgspec
from yarl import URL

from bridge.channels._api import decoded
from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._problems import Problem, lost_reading, refused_reading
from bridge.channels._reddit.settings import App
from bridge.ports import Clock, LoginProblem, TemporaryProblem

_EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

_LONGEST = 86_400.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str = ""
    expires_in: float = 3600.0
    error: str | int = ""

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

    def __init__(self, site: str, app: App, http: Http, clock: Clock) -> None:
        self._url = URL(f"{site}/api/v1/access_token")
        self._app = app
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
        app = base64.b64encode(f"{self._app.client_id}:{self._app.client_secret.reveal()}".encode()).decode()
        body = urlencode(self._proof()).encode()
        outcome = await self._http.say(
            Ask(method="POST", url=self._url, headers={**_FORM, "Authorization": f"Basic {app}"}, body=body)
        )
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self._clock.now(), _judge)
        if problem is not None:
            raise problem
        given = decoded(outcome.body, _Given)
        if given is None or not _printable(given.access_token):
            raise TemporaryProblem(f"{outcome.host} answers something else than a token")
        life = timedelta(seconds=min(max(given.expires_in, 0.0), _LONGEST))
        return _Held(
            {"Authorization": f"Bearer {given.access_token}"}, self._clock.now() + max(life - _EARLY, life / 2)
        )

    def _proof(self) -> Mapping[str, str]:
        if self._app.refresh_token is not None:
            return {"grant_type": "refresh_token", "refresh_token": self._app.refresh_token.reveal()}
        password = self._app.password.reveal() if self._app.password else ""
        return {"grant_type": "password", "username": self._app.username or "", "password": password}


def _judge(answer: Answer) -> Problem | None:
    """What the server of tokens refuses, as only a person can mend it; its pages for machines pass by themselves."""
    given = decoded(answer.body, _Given)
    if answer.status == 401:  # noqa: PLR2004 - unauthorized
        return LoginProblem("Reddit does not know the app: check client_id and client_secret")
    if given is not None and (given.error == "invalid_grant" or answer.status == 400):  # noqa: PLR2004 - bad request
        return LoginProblem("Reddit does not accept the app's refresh token, or the password: log in anew")
    if answer.good or given is not None:
        return None
    return TemporaryProblem(f"Reddit turns us away before it gives a token (status {answer.status})")


def _printable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token and bool(token)
