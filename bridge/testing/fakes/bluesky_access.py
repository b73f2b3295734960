"""Sessions of a server with Bluesky's protocol: logins, tokens that end, and what no parameter may be called."""

import base64
import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.bluesky_world import World
from bridge.testing.fakes.faults import Faults, Handler, Mode

_LIFE = timedelta(hours=2)


def refused(error: str, message: str = "", kind: type[web.HTTPException] = web.HTTPBadRequest) -> web.HTTPException:
    """A refusal as XRPC words it."""
    return kind(
        text=msgspec.json.encode({"error": error, "message": message}).decode(), content_type="application/json"
    )


def nothing(_given: object) -> None:
    """Nothing comes in between."""


@dataclass(slots=True, kw_only=True)
class Access:
    """The app password, and the tokens that it was given."""

    world: World
    faults: Faults
    password: str
    now: Callable[[], datetime]
    stranger: str
    may_talk: bool = True
    """Whether the app password may read direct messages."""
    logins: int = 0
    renewals: int = 0
    tokens: dict[str, datetime] = field(default_factory=dict)
    """Access tokens with their ends."""
    refreshers: set[str] = field(default_factory=set)
    left: int = 3000
    instead: Callable[[web.Request], web.Response | None] = nothing
    """An answer that comes before everything else."""
    asked: list[str] = field(default_factory=list)
    """Every request's path and query."""

    def middleware(self) -> Middleware:
        """Headers about limits on every answer."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append(request.path_qs)
            headers = self._limits()
            try:
                answer: web.StreamResponse = self.instead(request) or await handler(request)
            except web.HTTPException as refusal:
                refusal.headers.update(headers)
                raise
            if not answer.prepared:
                answer.headers.update(headers)
            return answer

        return measured

    def _limits(self) -> Mapping[str, str]:
        resets = int(self.now().timestamp()) + 300
        named = {"Limit": "3000", "Remaining": str(self.left), "Reset": str(resets), "Policy": "3000;w=300"}
        return {f"RateLimit-{name}": value for name, value in named.items()}

    async def log_in(self, request: web.Request) -> web.Response:
        """com.atproto.server.createSession."""
        given = await request.json()
        right = hmac.compare_digest(str(given["password"]), self.password)
        if set(given) - {"identifier", "password", "authFactorToken"} or not right:
            raise refused("AuthenticationRequired", "Invalid identifier or password", web.HTTPUnauthorized)
        self.logins += 1
        return web.json_response(self._session())

    async def renew(self, request: web.Request) -> web.Response:
        """com.atproto.server.refreshSession; a refresh token works once."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.refreshers:
            raise refused("ExpiredToken", "Token has been revoked")
        self.refreshers.discard(token)
        self.renewals += 1
        return web.json_response(self._session())

    async def me(self, request: web.Request) -> web.Response:
        """com.atproto.server.getSession."""
        self.check(request, ())
        did = self.stranger if self.faults.take(Mode.WRONG_ACCOUNT) else self.world.brand
        return web.json_response({"did": did, "handle": self.world.people[did].handle, "active": True})

    def check(self, request: web.Request, names: Collection[str]) -> None:
        """The token, and that nothing is asked that the API does not have."""
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if given not in self.tokens:
            raise refused("InvalidToken", "Malformed token", web.HTTPUnauthorized)
        if self.tokens[given] <= self.now():
            raise refused("ExpiredToken", "Token has expired")
        if "/chat.bsky." in request.path:
            self._check_talk(request)
        if strange := set(request.query) - set(names):
            raise refused("InvalidRequest", f"Unexpected parameters: {sorted(strange)}")

    def _check_talk(self, request: web.Request) -> None:
        if request.headers.get("Atproto-Proxy") != "did:web:api.bsky.chat#bsky_chat":
            raise refused("MethodNotImplemented", "Method Not Implemented", web.HTTPNotImplemented)
        if not self.may_talk:
            raise refused("InvalidToken", "Bad token method", web.HTTPUnauthorized)

    def revoke(self) -> None:
        """End all access tokens before their time, as a change of keys does."""
        self.tokens = dict.fromkeys(self.tokens, self.now())

    def _session(self) -> dict[str, object]:
        end = self.now() + _LIFE
        number = len(self.tokens)
        access, refresh = (_token(sort, number, int(end.timestamp())) for sort in ("access", "refresh"))
        self.tokens[access] = end
        self.refreshers.add(refresh)
        handle = self.world.people[self.world.brand].handle
        return {"did": self.world.brand, "handle": handle, "accessJwt": access, "refreshJwt": refresh, "active": True}


def _token(sort: str, number: int, end: int) -> str:
    """In the form of a JSON web token; the signature is made up."""
    parts = ({"typ": "at+jwt", "alg": "ES256K"}, {"exp": end, "sort": sort, "number": number})
    spelled = [base64.urlsafe_b64encode(msgspec.json.encode(part)).decode().rstrip("=") for part in parts]
    return ".".join([*spelled, base64.urlsafe_b64encode(f"{sort} {number} signed".encode()).decode().rstrip("=")])
