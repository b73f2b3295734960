"""The session of an account: kept over restarts, renewed before it ends, and begun anew by the app password."""

import asyncio
import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from yarl import URL

from bridge.access.private_file import write_private
from bridge.channels._api import decoded
from bridge.channels._bluesky.settings import Settings
from bridge.channels._http import Ask, Http, Lost
from bridge.channels._problems import Judgement, lost_reading, refused_reading
from bridge.ports import Clock, LoginProblem, PermanentProblem, TemporaryProblem

_EARLY = timedelta(minutes=10)
"""How long before its end a token is renewed."""

_LIFE = timedelta(hours=1)
"""How long a token is used that does not say when it ends."""

_LOGIN = "/xrpc/com.atproto.server.createSession"
_RENEWAL = "/xrpc/com.atproto.server.refreshSession"


class _Given(msgspec.Struct, frozen=True, rename="camel"):
    did: str
    access_jwt: str
    refresh_jwt: str
    active: bool = True

    def __repr__(self) -> str:
        return f"_Given(did={self.did!r})"


class _Kept(msgspec.Struct, frozen=True):
    """What the file holds."""

    did: str
    access: str
    refresh: str

    def __repr__(self) -> str:
        return f"_Kept(did={self.did!r})"


class _Life(msgspec.Struct, frozen=True):
    exp: int


class Session:
    """Hands out the headers of requests; raises LoginProblem where only a person can help (F01)."""

    def __init__(self, settings: Settings, http: Http, *, judge: Judgement, clock: Clock) -> None:
        self._settings = settings
        self._http = http
        self._judge = judge
        self._clock = clock
        self._lock = asyncio.Lock()
        self._kept: _Kept | None = None
        self._spoilt = ""
        """The access token that was refused, so that each is renewed once."""

    async def headers(self) -> Mapping[str, str]:
        """What proves who asks."""
        async with self._lock:
            if self._kept is None:
                self._kept = self._loaded()
            if self._kept is None or self._is_stale(self._kept):
                self._kept = await self._next(self._kept)
            return {"Authorization": f"Bearer {self._kept.access}"}

    def spoil(self, headers: Mapping[str, str]) -> None:
        """The token of these headers was refused before its time."""
        self._spoilt = headers["Authorization"].removeprefix("Bearer ")

    def _is_stale(self, kept: _Kept) -> bool:
        return kept.access == self._spoilt or self._clock.now() >= self._end(kept.access) - _EARLY

    def _end(self, token: str) -> datetime:
        """When a token ends, as it says itself (RFC 7519 4.1.4); nothing of it is trusted but that."""
        try:
            part = token.split(".")[1]
            life = msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=_Life)
            return datetime.fromtimestamp(life.exp, UTC)
        except (IndexError, ValueError, OverflowError, OSError, msgspec.DecodeError):
            return self._clock.now() + _LIFE

    async def _next(self, kept: _Kept | None) -> _Kept:
        """Renewed, or begun anew where the server renews it no more."""
        given = await self._renewed(kept) if kept else None
        if given is None:
            given = await self._begun()
        if given.did != self._settings.account:
            raise LoginProblem(f"the app password belongs to {given.did}, not to {self._settings.account}")
        if not given.active:
            raise LoginProblem("the account is not active")
        kept = _Kept(did=given.did, access=given.access_jwt, refresh=given.refresh_jwt)
        self._save(kept)
        return kept

    async def _renewed(self, kept: _Kept) -> _Given | None:
        """By the refresh token, which is used up by it; None where it is over or was used already."""
        try:
            return await self._asked(_RENEWAL, {"Authorization": f"Bearer {kept.refresh}"}, b"")
        except (LoginProblem, PermanentProblem):
            return None

    async def _begun(self) -> _Given:
        """By the app password; an account may do so 30 times in 5 minutes and 300 times a day."""
        said = {"identifier": self._settings.account, "password": self._settings.password.reveal()}
        return await self._asked(_LOGIN, {"Content-Type": "application/json"}, msgspec.json.encode(said))

    async def _asked(self, path: str, headers: Mapping[str, str], body: bytes) -> _Given:
        """A session that was given; nothing is published by asking, so every failure is one of reading."""
        url = URL(self._settings.endpoint + path)
        outcome = await self._http.say(Ask(method="POST", url=url, headers=headers, body=body))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self._clock.now(), self._judge)
        if problem is not None:
            raise problem
        given = decoded(outcome.body, _Given)
        if given is None or not (_printable(given.access_jwt) and _printable(given.refresh_jwt)):
            raise TemporaryProblem(f"{outcome.host} answers something else than a session")
        return given

    def _loaded(self) -> _Kept | None:
        """What a former run kept; a file of another account or in another shape is written anew."""
        try:
            kept = msgspec.json.decode(self._settings.keep.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return kept if kept.did == self._settings.account and _printable(kept.access + kept.refresh) else None

    def _save(self, kept: _Kept) -> None:
        """Keep it; raises TemporaryProblem where the disk refuses, before hundreds of logins use up the allowance."""
        try:
            self._settings.keep.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(self._settings.keep, msgspec.json.encode(kept))
        except OSError as error:
            raise TemporaryProblem(f"the session cannot be kept: {(error.strerror or '').lower()}") from None


def _printable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token and bool(token)
