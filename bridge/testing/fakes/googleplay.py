"""Google's developer API as far as the bridge talks to it about reviews, after its discovery document."""

import base64
import secrets
from collections.abc import Callable
from datetime import datetime

import msgspec
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.reviews_world import Rated, Reviews
from bridge.testing.fakes.server import Loopback

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
"""Made anew each time the tests run."""

_LONGEST = 350


def _error(code: int, status: str) -> bytes:
    return msgspec.json.encode({"error": {"code": code, "status": status, "message": "secret words"}})


_REFUSALS = {
    Mode.REVOKED: (401, _error(401, "UNAUTHENTICATED")),
    Mode.RATE_LIMIT: (429, _error(429, "RESOURCE_EXHAUSTED")),
    Mode.DUPLICATE: (409, _error(409, "ABORTED")),
    Mode.REFUSE: (400, _error(400, "INVALID_ARGUMENT")),
    Mode.FORBID: (403, _error(403, "PERMISSION_DENIED")),
    Mode.TOO_LARGE: (413, _error(413, "INVALID_ARGUMENT")),
    Mode.ERROR: (500, _error(500, "INTERNAL")),
}


class GooglePlayServer:
    """The server with its verbs: one app, one service account."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.reviews = Reviews(Journal(None, now), self.faults, now)
        self.app = "test.acme.app"
        self.token = ""
        self.grants = 0
        self._server: Loopback | None = None
        self.url = ""

    @property
    def account(self) -> str:
        """The service account's file."""
        pem = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        told = {
            "client_email": "bridge@acme.test",
            "private_key": pem,
            "private_key_id": "k1",
            "type": "service_account",
        }
        return msgspec.json.encode(told).decode()

    async def start(self) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        base = "/androidpublisher/v3/applications/{app}/reviews"
        app.add_routes(
            [
                web.post("/token", self._grant),
                web.get(base, self._list),
                web.get(f"{base}/{{review:[^:]+}}", self._one),
                web.post(f"{base}/{{review:[^:]+}}:reply", self._reply),
            ]
        )
        self._server = Loopback(app)
        self.url = await self._server.start(0)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    async def _grant(self, request: web.Request) -> web.Response:
        form = await request.post()
        if not self._is_signed(str(form["assertion"]), str(request.url)):
            raise web.HTTPBadRequest(text='{"error":"invalid_grant"}', content_type="application/json")
        self.grants += 1
        self.token = secrets.token_urlsafe(32)
        return web.json_response({"access_token": self.token, "expires_in": 3599, "token_type": "Bearer"})

    def _is_signed(self, token: str, audience: str) -> bool:
        try:
            _, claims, signature = (_bytes(part) for part in token.split("."))
            said = token.rpartition(".")[0].encode()
            _KEY.public_key().verify(signature, said, padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature):
            return False
        told, now = msgspec.json.decode(claims), self.reviews.now().timestamp()
        return bool(told["aud"] == audience and told["iat"] <= now < told["exp"] <= told["iat"] + 3600)

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request, {"maxResults", "token", "startIndex", "translationLanguage"})
        if self.faults.take(Mode.WRONG_ACCOUNT):
            raise _refused(403, "PERMISSION_DENIED")
        start, limit = int(request.query.get("token", "0")), int(request.query["maxResults"])
        page, following = self.reviews.page(start, limit)
        reviews = [_review_json(review) for review in page]
        if reviews and not start and self.faults.take(Mode.BROKEN_ITEM):
            reviews[0]["comments"] = [{"userComment": {"text": 7}}]
        more = {} if following is None else {"tokenPagination": {"nextPageToken": str(following)}}
        return web.json_response({**({"reviews": reviews} if reviews else {}), **more})

    async def _one(self, request: web.Request) -> web.Response:
        self._check(request, {"translationLanguage"})
        return web.json_response(_review_json(self._standing(request)))

    async def _reply(self, request: web.Request) -> web.Response:
        self._check(request, set())
        given = await request.json()
        review = self._standing(request)
        if set(given) != {"replyText"} or not 1 <= len(given["replyText"]) <= _LONGEST:
            raise _refused(400, "INVALID_ARGUMENT")
        self.reviews.answer(review.id, given["replyText"])
        edited = {"seconds": str(int(self.reviews.now().timestamp()))}
        return web.json_response({"result": {"replyText": given["replyText"], "lastEdited": edited}})

    def _standing(self, request: web.Request) -> Rated:
        review = self.reviews.get(request.match_info["review"])
        if review is None:
            raise _refused(404, "NOT_FOUND")
        return review

    def _check(self, request: web.Request, names: set[str]) -> None:
        """The token, the app, and that nothing is asked that the API does not have."""
        if not self.token or request.headers.get("Authorization") != f"Bearer {self.token}":
            raise _refused(401, "UNAUTHENTICATED")
        if request.match_info["app"] != self.app:
            raise _refused(403, "PERMISSION_DENIED")
        if set(request.query) - names:
            raise _refused(400, "INVALID_ARGUMENT")


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _refused(status: int, word: str) -> web.HTTPException:
    kinds = {400: web.HTTPBadRequest, 401: web.HTTPUnauthorized, 403: web.HTTPForbidden, 404: web.HTTPNotFound}
    return kinds[status](text=_error(status, word).decode(), content_type="application/json")


def _review_json(review: Rated) -> dict[str, object]:
    written = {
        "text": f"\t{review.text}",
        "lastModified": {"seconds": str(int(review.at.timestamp())), "nanos": 7},
        "starRating": review.stars,
        "reviewerLanguage": "en_GB",
        "device": "a phone",
    }
    comments: list[dict[str, object]] = [{"userComment": written}]
    if review.answer and review.answered:
        said = {"text": review.answer, "lastModified": {"seconds": str(int(review.answered.timestamp()))}}
        comments.append({"developerComment": said})
    return {"reviewId": review.id, "authorName": review.author, "comments": comments}


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.path == "/token":
        return Sort.OTHER
    return Sort.SAY if request.method == "POST" else Sort.LIST
