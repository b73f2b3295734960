"""The two ways to prove who asks: OAuth 1.0a signatures (RFC 5849), and OAuth 2.0 tokens that are renewed (RFC 6749)."""

import asyncio
import base64
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import TypeVar
from urllib.parse import quote, urlencode

import msgspec
from oauthlib.oauth1 import Client as Signer
from yarl import URL

from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._x.settings import OneA, Two
from bridge.channels._x.tokens import TokenFile, Tokens
from bridge.ports import Clock, LoginProblem, TemporaryProblem

T = TypeVar("T")

EARLY = timedelta(minutes=5)
"""How long before its end a token is renewed."""

TOKEN_PATH = "/2/oauth2/token"  # noqa: S105 - a path
_REFUSED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client", "invalid_request", "invalid_scope"})
_LONGEST_LIFE = 86_400


class Signatures:
    """OAuth 1.0a: each request is signed with the app's and the account's secrets."""

    once = True
    """X takes a nonce once: a request that the transport repeated by itself would be refused as a login is."""

    def __init__(self, settings: OneA, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def sign(self, method: str, url: URL) -> Mapping[str, str]:
        """The headers for one request; a JSON or multipart body is no part of what is signed."""
        settings = self._settings
        signer = Signer(
            settings.consumer_key.reveal(),
            settings.consumer_secret.reveal(),
            settings.access_token.reveal(),
            settings.access_secret.reveal(),
            nonce=secrets.token_hex(16),
            timestamp=str(int(self._clock.now().timestamp())),
        )
        _, headers, _ = signer.sign(str(url), method)
        return {"Authorization": str(headers["Authorization"])}

    def spoil(self) -> bool:
        """Signatures don't age: what is refused stays refused."""
        return False


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_in: int = 7200


class _Refused(msgspec.Struct, frozen=True):
    error: str = ""


class Door:
    """Where tokens are given out."""

    def __init__(self, http: Http, endpoint: str, settings: Two, clock: Clock) -> None:
        self._http = http
        self._url = URL(endpoint + TOKEN_PATH)
        self._settings = settings
        self.file = TokenFile(settings.keep, settings.client_id, clock)
        self._clock = clock

    async def renewed(self, old: Tokens) -> Tokens:
        """The next tokens, kept before anybody uses them."""
        form = {"grant_type": "refresh_token", "refresh_token": old.refresh}
        return await self._granted(form, turn=old.turn + 1)

    async def redeemed(self, code: str, verifier: str) -> Tokens:
        """The first tokens, for a code that the account's owner got (RFC 7636)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect,
            "code_verifier": verifier,
        }
        async with self.file.alone():
            return await self._granted(form, turn=0)

    async def _granted(self, form: Mapping[str, str], *, turn: int) -> Tokens:
        self.file.writable()
        granted = _granted(await self._http.say(self._ask(form)))
        life = timedelta(seconds=min(max(granted.expires_in, 0), _LONGEST_LIFE))
        until = self._clock.now() + life
        tokens = self.file.made(granted.access_token, granted.refresh_token, until, turn=turn)
        self.file.save(tokens)
        return tokens

    def _ask(self, form: Mapping[str, str]) -> Ask:
        """A confidential client proves itself in a header, a public one only names itself."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        secret = self._settings.client_secret
        if secret is None:
            form = {**form, "client_id": self._settings.client_id}
        else:
            pair = f"{quote(self._settings.client_id, safe='')}:{quote(secret.reveal(), safe='')}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        return Ask(method="POST", url=self._url, headers=headers, body=urlencode(form).encode())


class Bearer:
    """OAuth 2.0: an access token of two hours, renewed by a refresh token that works once."""

    once = False

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock
        self._lock = asyncio.Lock()
        self._tokens: Tokens | None = None
        self._spoilt = -1

    async def sign(self, method: str, url: URL) -> Mapping[str, str]:  # noqa: ARG002 - the same for all requests
        """The headers for one request; raises LoginProblem where only a person can renew the login (F01)."""
        async with self._lock:
            if self._tokens is None or self._stale(self._tokens):
                self._tokens = await self._current()
            return {"Authorization": f"Bearer {self._tokens.access}"}

    def spoil(self) -> bool:
        """The token was refused: the next one is asked for anew, once for each token."""
        if self._tokens is None or self._spoilt == self._tokens.turn:
            return False
        self._spoilt = self._tokens.turn
        return True

    @property
    def turn(self) -> int:
        """How often the tokens were renewed; -1 where none are known yet."""
        return self._tokens.turn if self._tokens else -1

    async def _current(self) -> Tokens:
        """What the file has, or what X gives for it; another process may have been quicker."""
        kept = self._door.file.load()
        if not self._stale(kept):
            return kept
        async with self._door.file.alone():
            kept = self._door.file.load()
            return await self._door.renewed(kept) if self._stale(kept) else kept

    def _stale(self, tokens: Tokens) -> bool:
        return tokens.turn == self._spoilt or self._clock.now() >= tokens.until - EARLY


def _granted(outcome: Answer | Lost) -> _Granted:
    """The tokens that were given; a refusal that only a person can mend is told from a bad day of the server."""
    if isinstance(outcome, Lost):
        raise TemporaryProblem(f"no tokens: {outcome.why}")
    if outcome.good:
        granted = _decoded(outcome.body, _Granted)
        if granted is None or not (_printable(granted.access_token) and _printable(granted.refresh_token)):
            raise TemporaryProblem("X answers something else than tokens")
        return granted
    refused = _decoded(outcome.body, _Refused)
    if refused is not None and refused.error in _REFUSED:
        raise LoginProblem(f"X does not renew the login any more ({refused.error}): run bridge channel login")
    raise TemporaryProblem(f"X gives no tokens at the moment (status {outcome.status})")


def _printable(token: str) -> bool:
    return token.isascii() and token.isprintable() and " " not in token and bool(token)


def _decoded(body: bytes, shape: type[T]) -> T | None:
    try:
        return msgspec.json.decode(body, type=shape, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
