"""Who may ask a server with Mastodon's API what, what its headers say of the limits, and what comes in between."""

import hmac
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from bridge.testing.fakes.faults import Handler


@dataclass(slots=True, kw_only=True)
class Limit:
    """What the headers say of the limit."""

    most: int = 300
    left: int = 300
    resets: str = "2000-01-01T00:00:00.000000Z"

    def headers(self) -> Mapping[str, str]:
        """As they are sent."""
        names = {"Limit": str(self.most), "Remaining": str(self.left), "Reset": self.resets}
        return {f"X-RateLimit-{name}": value for name, value in names.items()}


def nothing(_given: object) -> None:
    """Nothing comes in between."""


@dataclass(slots=True, kw_only=True)
class Access:
    """The token and what it may do."""

    token: str
    limit: Limit = field(default_factory=Limit)
    forbidden: str = ""
    """Paths that begin so are outside of the token's scopes."""
    broken: str = ""
    """Paths that end so fail with an error of the server's own."""
    instead: Callable[[web.Request], web.Response | None] = nothing
    """An answer that comes before everything else."""
    asked: list[str] = field(default_factory=list)
    """Every request's path and query."""

    def middleware(self) -> Middleware:
        """Headers on every answer."""

        @web.middleware
        async def measured(request: web.Request, handler: Handler) -> web.StreamResponse:
            self.asked.append(request.path_qs)
            try:
                answer: web.StreamResponse = self.instead(request) or await handler(request)
            except web.HTTPException as refusal:
                refusal.headers.update(self.limit.headers())
                raise
            if not answer.prepared:
                answer.headers.update(self.limit.headers())
            return answer

        return measured

    def check(self, request: web.Request, names: Collection[str]) -> None:
        """The token, its scopes, and that nothing is asked that the API does not have."""
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self.token}".encode()):
            raise refused(web.HTTPUnauthorized, "The access token is invalid")
        if self.forbidden and request.path.startswith(self.forbidden):
            raise refused(web.HTTPForbidden, "This action is outside the authorized scopes")
        if self.broken and request.path.endswith(self.broken):
            raise refused(web.HTTPInternalServerError, "We are sorry, but something went wrong on our end.")
        if strange := set(request.query) - set(names):
            raise refused(web.HTTPBadRequest, f"the API has no {sorted(strange)}")


def refused(kind: type[web.HTTPException], reason: str) -> web.HTTPException:
    """A refusal as Mastodon words it."""
    return kind(text=msgspec.json.encode({"error": reason}).decode(), content_type="application/json")
