"""Who may ask a site like YouTube what, and what it costs: tokens, the day's quota, and parameters that it does not have."""

import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from aiohttp import web

from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.youtube_shapes import Json, page_json
from bridge.testing.fakes.youtube_world import World

_LIFE = timedelta(hours=1)
_STATUS = {400: web.HTTPBadRequest, 401: web.HTTPUnauthorized, 403: web.HTTPForbidden, 404: web.HTTPNotFound}


def error_json(status: int, reason: str) -> bytes:
    """An error as the API words it; its texts repeat things that are nobody's business."""
    one = {"domain": "youtube.comment", "reason": reason, "message": "the text of a comment"}
    told = {"code": status, "message": "the text of a comment", "errors": [one], "status": "FAILED"}
    return msgspec.json.encode({"error": told})


def refused(status: int, reason: str) -> web.HTTPException:
    """The same to be raised."""
    return _STATUS[status](text=error_json(status, reason).decode(), content_type="application/json")


@dataclass(slots=True, kw_only=True)
class Access:
    """The client, the tokens that it was given, and what they spent."""

    world: World
    faults: Faults
    now: Callable[[], datetime]
    client_id: str = "1234567890-acme.apps.googleusercontent.com"
    client_secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    tokens: dict[str, datetime] = field(default_factory=dict)
    """Access tokens with their ends."""
    dead: str = ""
    """Why no token is given any more."""
    status: int = 400
    """The status that says so."""
    units: int = 0
    """What was spent."""
    most: int = 1_000_000
    asked: list[str] = field(default_factory=list)
    """Every request's method, path and query."""

    async def token(self, request: web.Request) -> web.Response:
        """The token endpoint."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if self.dead:
            return web.json_response({"error": self.dead, "error_description": "no"}, status=self.status)
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            return web.json_response({"error": "invalid_client"}, status=401)
        if (form.get("grant_type"), form.get("refresh_token")) != ("refresh_token", self.refresh_token):
            return web.json_response({"error": "invalid_grant"}, status=400)
        token = f"ya29.{secrets.token_urlsafe(24)}"
        self.tokens[token] = self.now() + _LIFE
        return web.json_response({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    async def mine(self, request: web.Request) -> web.Response:
        """channels.list with mine=true."""
        self.check(request, {"part", "mine"}, units=1)
        if dict(request.query) != {"part": "id,snippet", "mine": "true"}:
            raise refused(400, "invalidFilters")
        name = "somebody" if self.faults.take(Mode.WRONG_ACCOUNT) else self.world.brand
        snippet: Json = {"title": name.title(), "customUrl": f"@{name}"}
        return web.json_response(page_json("channel", [{"id": self.world.channel_of(name), "snippet": snippet}]))

    def check(self, request: web.Request, names: Collection[str], *, units: int) -> None:
        """The token, the quota, and that nothing is asked that the API does not have; refusals cost as much."""
        self.asked.append(f"{request.method} {request.path_qs}")
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.tokens.get(given, self.now()) <= self.now():
            raise refused(401, "authError")
        if self.units + units > self.most:
            raise refused(403, "quotaExceeded")
        self.units += units
        if set(request.query) - set(names):
            raise refused(400, "invalidParameter")

    def revoke(self) -> None:
        """End all access tokens before their time."""
        self.tokens.clear()
