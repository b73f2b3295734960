"""Who may ask a small X: OAuth 1.0a signatures that are really checked, OAuth 2.0 tokens that end and are renewed once."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, quote, unquote

from aiohttp import web

_SKEW = 300
LIFE = timedelta(hours=2)


def _made() -> str:
    return secrets.token_urlsafe(24)


@dataclass(slots=True, kw_only=True)
class Access:
    """The app's and the account's secrets, made anew each time."""

    now: Callable[[], datetime]
    consumer_key: str = field(default_factory=_made)
    consumer_secret: str = field(default_factory=_made)
    access_token: str = field(default_factory=_made)
    access_secret: str = field(default_factory=_made)
    client_id: str = field(default_factory=_made)
    client_secret: str = field(default_factory=_made)
    app_bearer: str = field(default_factory=_made)
    refresh_token: str = field(default_factory=_made)
    bearer: str = field(default_factory=_made)
    until: datetime | None = None
    """When the account's bearer token ends; None for two hours after it was made."""
    revoked: bool = False
    loses_answers: bool = False
    """Tokens are renewed, and the answer with the new ones never arrives."""
    codes: dict[str, str] = field(default_factory=dict)
    """Codes that the account's owner got, with the challenge that they were asked for with."""
    renewals: int = 0
    _nonces: set[str] = field(default_factory=set)

    @property
    def secrets(self) -> list[str]:
        """Everything that may never be shown."""
        return [
            self.consumer_secret,
            self.access_token,
            self.access_secret,
            self.client_secret,
            self.app_bearer,
            self.refresh_token,
            self.bearer,
        ]

    def admits(self, request: web.Request) -> bool:
        """Whether the request is the account's."""
        given = request.headers.get("Authorization", "")
        if given.startswith("OAuth "):
            return self._signed(request, given)
        ended = self.until is not None and self.now() >= self.until
        return not ended and hmac.compare_digest(given.encode(), f"Bearer {self.bearer}".encode())

    def is_app(self, request: web.Request) -> bool:
        """Whether the request is the app's own."""
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {self.app_bearer}".encode())

    def _signed(self, request: web.Request, header: str) -> bool:
        """RFC 5849, 3.4: the signature covers method, address, query and the header's own parameters."""
        given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', header)}
        signature = given.pop("oauth_signature", "")
        known = given.get("oauth_consumer_key") == self.consumer_key and given.get("oauth_token") == self.access_token
        stamp = given.get("oauth_timestamp", "")
        fresh = stamp.isdigit() and abs(self.now().timestamp() - int(stamp)) <= _SKEW
        nonce = given.get("oauth_nonce", "")
        if not known or not fresh or nonce in self._nonces or given.get("oauth_signature_method") != "HMAC-SHA1":
            return False
        self._nonces.add(nonce)
        return hmac.compare_digest(signature, self._signature(request, given))

    def _signature(self, request: web.Request, given: dict[str, str]) -> str:
        raw = request.raw_path.partition("?")[2]
        pairs = [*given.items(), *parse_qsl(raw, keep_blank_values=True)]
        base = f"{request.method}&{_coded(f'http://{request.host}{request.path}')}&{_coded(_joined(pairs))}"
        key = f"{_coded(self.consumer_secret)}&{_coded(self.access_secret)}"
        return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha1).digest()).decode()

    async def give(self, request: web.Request) -> web.Response:
        """Hand out tokens: for a refresh token that was not used yet, or for a code with its verifier (RFC 7636)."""
        form = dict(await request.post())
        if not self._is_client(request, form):
            return _refused("invalid_client", 401)
        if self.revoked:
            return _refused("invalid_request", 400)
        if form.get("grant_type") == "authorization_code":
            return self._redeemed({name: str(value) for name, value in form.items()})
        token = str(form.get("refresh_token", ""))
        if not hmac.compare_digest(token, self.refresh_token):
            return _refused("invalid_grant", 400)
        return self._given()

    def _redeemed(self, form: dict[str, str]) -> web.Response:
        challenge = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if challenge != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return _refused("invalid_request", 400)
        return self._given()

    def _given(self) -> web.Response:
        self.bearer, self.refresh_token, self.until = _made(), _made(), self.now() + LIFE
        self.renewals += 1
        if self.loses_answers:
            return web.Response(status=503, text="<html>over capacity</html>", content_type="text/html")
        return web.json_response(
            {
                "token_type": "bearer",
                "expires_in": int(LIFE.total_seconds()),
                "access_token": self.bearer,
                "refresh_token": self.refresh_token,
                "scope": "tweet.read users.read tweet.write dm.read dm.write offline.access",
            }
        )

    def _is_client(self, request: web.Request, form: Mapping[str, object]) -> bool:
        """A confidential client proves itself in the header, and only there."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        given = request.headers.get("Authorization", "")
        return given == f"Basic {pair}" and "client_id" not in form


def _coded(text: str) -> str:
    return quote(text, safe="~")


def _joined(pairs: list[tuple[str, str]]) -> str:
    """All parameters, encoded and sorted, as they are signed (RFC 5849, 3.4.1.3.2)."""
    return "&".join(f"{name}={value}" for name, value in sorted((_coded(n), _coded(v)) for n, v in pairs))


def _refused(error: str, status: int) -> web.Response:
    return web.json_response({"error": error, "error_description": "Value passed was not accepted."}, status=status)
