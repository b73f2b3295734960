"""Who may ask a site like Reddit what: the app's tokens, what headers say of the limit, and what no parameter may be called."""

import base64
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.faults import Faults, Handler, Mode
from bridge.testing.fakes.reddit_world import World

_LIFE = timedelta(hours=1)
_WINDOW = 1000


def refused(kind: type[web.HTTPException], reason: str = "", **headers: str) -> web.HTTPException:
    """A refusal as the API words it."""
    told = {
        "message": kind.__name__.removeprefix("HTTP"),
        "error": kind.status_code,
        **({"reason": reason} if reason else {}),
    }
    return kind(text=msgspec.json.encode(told).decode(), content_type="application/json", headers=headers)


def nothing(_given: object) -> None:
    """Nothing comes in between."""


@dataclass(slots=True, kw_only=True)
class Access:
    """The app, and the tokens that it was given."""

    world: World
    faults: Faults
    now: Callable[[], datetime]
    stranger: str
    client_id: str = "acme-app-1"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    password: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    tokens: dict[str, datetime] = field(default_factory=dict)
    """Access tokens with their ends."""
    scopes: set[str] = field(
        default_factory=lambda: {"identity", "read", "history", "submit", "edit", "privatemessages"}
    )
    suspended: bool = False
    used: int = 0
    left: float = 996.0
    window: int = 600
    """Seconds until the limit begins anew."""
    instead: Callable[[web.Request], web.Response | None] = nothing
    """An answer that comes before everything else."""
    asked: list[str] = field(default_factory=list)
    """Every request's method, path and query."""
    agents: set[str] = field(default_factory=set)

    def middleware(self) -> Middleware:
        """Headers about the limit on every answer of the API."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append(f"{request.method} {request.path_qs}")
            self.agents.add(request.headers.get("User-Agent", ""))
            try:
                answer: web.StreamResponse = self.instead(request) or await handler(request)
            except web.HTTPException as refusal:
                refusal.headers.update(self._limits())
                raise
            if not answer.prepared:
                answer.headers.update(self._limits())
            return answer

        return measured

    def _limits(self) -> Mapping[str, str]:
        """A limit of a thousand in ten minutes; what is left has a fraction, as theirs has."""
        used = str(int(_WINDOW - self.left))
        return {
            "x-ratelimit-used": used,
            "x-ratelimit-remaining": f"{self.left}",
            "x-ratelimit-reset": str(self.window),
        }

    async def token(self, request: web.Request) -> web.Response:
        """api/v1/access_token."""
        app = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {app}":
            raise refused(web.HTTPUnauthorized)
        form = dict(await request.post())
        by_token = form == {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        right = {"grant_type": "password", "username": self.world.brand, "password": self.password}
        if not by_token and form.get("grant_type") == "refresh_token":
            raise refused(web.HTTPBadRequest)
        if not by_token and form != right:
            return web.json_response({"error": "invalid_grant"})
        token = f"eyJ.{secrets.token_urlsafe(24)}"
        self.tokens[token] = self.now() + _LIFE
        return web.json_response(
            {"access_token": token, "token_type": "bearer", "expires_in": 3600, "scope": " ".join(sorted(self.scopes))}
        )

    async def me(self, request: web.Request) -> web.Response:
        """api/v1/me; the id comes without its kind."""
        self.check(request, (), scope="identity")
        name = self.stranger if self.faults.take(Mode.WRONG_ACCOUNT) else self.world.brand
        known = self.world.person(name).removeprefix("t2_")
        return web.json_response({"id": known, "name": name, "is_suspended": self.suspended, "total_karma": 1})

    def check(self, request: web.Request, names: Collection[str], *, scope: str) -> None:
        """The token, the User-Agent, and that nothing is asked that the API does not have."""
        if "(by /u/" not in request.headers.get("User-Agent", ""):
            raise web.HTTPTooManyRequests(text="<!doctype html><html><body>whoa there, pardner!</body></html>")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(given, self.now()) <= self.now():
            raise refused(web.HTTPUnauthorized)
        if scope not in self.scopes:
            raise refused(
                web.HTTPForbidden, **{"WWW-Authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}
            )
        if request.method == "GET" and request.query.get("raw_json") != "1":
            raise refused(web.HTTPBadRequest)
        if set(request.query) - {*names, "raw_json"}:
            raise refused(web.HTTPBadRequest)

    def revoke(self) -> None:
        """End all access tokens before their time."""
        self.tokens.clear()
