"""App Store Connect as far as the bridge talks to it, after Apple's documentation of its API."""

import base64
import hmac
from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.reviews_world import Rated, Reviews
from bridge.testing.fakes.server import Loopback

_REFUSALS = {
    Mode.REVOKED: (401, b'{"errors":[{"status":"401","code":"NOT_AUTHORIZED"}]}'),
    Mode.RATE_LIMIT: (429, b'{"errors":[{"status":"429","code":"RATE_LIMIT_EXCEEDED"}]}'),
    Mode.DUPLICATE: (409, b'{"errors":[{"status":"409","code":"STATE_ERROR"}]}'),
    Mode.REFUSE: (409, b'{"errors":[{"status":"409","code":"ENTITY_ERROR.ATTRIBUTE.INVALID"}]}'),
    Mode.FORBID: (403, b'{"errors":[{"status":"403","code":"FORBIDDEN_ERROR"}]}'),
    Mode.TOO_LARGE: (413, b'{"errors":[{"status":"413","code":"TOO_LARGE"}]}'),
    Mode.ERROR: (500, b'{"errors":[{"status":"500","code":"UNEXPECTED_ERROR"}]}'),
}
_LONGEST = 5970
_MOST_LIFE = 1200


class AppStoreServer:
    """The server with its verbs: one app, one API key."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.reviews = Reviews(Journal(None, now), self.faults, now)
        self.app = "310633997"
        self.issuer = "57246542-96fe-1a63-e053-0824d011072a"
        self.key_id = "2X9R4HXF34"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        """The API key, made anew each time."""
        self._server: Loopback | None = None
        self.url = ""

    async def start(self) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        app.add_routes(
            [
                web.get("/v1/apps/{app}", self._app),
                web.get("/v1/apps/{app}/customerReviews", self._list),
                web.get("/v1/customerReviews/{review}", self._one),
                web.post("/v1/customerReviewResponses", self._answer),
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

    async def _app(self, request: web.Request) -> web.Response:
        self._check(request, set())
        wrong = self.faults.take(Mode.WRONG_ACCOUNT) or request.match_info["app"] != self.app
        if wrong:
            raise _refused(404, "NOT_FOUND")
        return web.json_response({"data": {"type": "apps", "id": self.app, "attributes": {"name": "Acme"}}})

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request, {"sort", "limit", "include", "cursor"})
        limit, start = int(request.query["limit"]), int(request.query.get("cursor", "0"))
        if request.query["sort"] != "-createdDate" or not 1 <= limit <= 200:
            raise _refused(400, "PARAMETER_ERROR.INVALID")
        page, following = self.reviews.page(start, limit)
        data = [_review_json(review) for review in page]
        if data and not start and self.faults.take(Mode.BROKEN_ITEM):
            data[0]["attributes"] = {"rating": "many"}
        links = {"self": str(request.url)}
        if following is not None:
            links["next"] = str(request.url.update_query(cursor=str(following)))
        return web.json_response({"data": data, "included": _answers(page), "links": links})

    async def _one(self, request: web.Request) -> web.Response:
        self._check(request, {"include"})
        review = self.reviews.get(request.match_info["review"])
        if review is None:
            raise _refused(404, "NOT_FOUND")
        return web.json_response({"data": _review_json(review), "included": _answers([review])})

    async def _answer(self, request: web.Request) -> web.Response:
        self._check(request, set())
        data = (await request.json())["data"]
        text = data["attributes"]["responseBody"]
        review = data["relationships"]["review"]["data"]["id"]
        if set(data) != {"type", "attributes", "relationships"} or set(data["attributes"]) != {"responseBody"}:
            raise _refused(409, "ENTITY_ERROR.ATTRIBUTE.UNKNOWN")
        if self.reviews.get(review) is None or not 1 <= len(text) <= _LONGEST:
            raise _refused(409, "ENTITY_ERROR.ATTRIBUTE.INVALID")
        return web.json_response({"data": _answer_json(self.reviews.answer(review, text))}, status=201)

    def _check(self, request: web.Request, names: set[str]) -> None:
        """The signature, its age, and that nothing is asked that the API does not have."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not self._is_signed(token):
            raise _refused(401, "NOT_AUTHORIZED")
        if set(request.query) - names:
            raise _refused(400, "PARAMETER_ERROR.ILLEGAL")

    def _is_signed(self, token: str) -> bool:
        try:
            head, claims, signature = (_bytes(part) for part in token.split("."))
            given = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            said = token.rpartition(".")[0].encode()
            self._key.public_key().verify(encode_dss_signature(*given), said, ec.ECDSA(hashes.SHA256()))
        except (ValueError, InvalidSignature):
            return False
        told, now = msgspec.json.decode(claims), self.reviews.now().timestamp()
        right = told["iss"] == self.issuer and told["aud"] == "appstoreconnect-v1"
        fresh = told["iat"] <= now < told["exp"] <= told["iat"] + _MOST_LIFE
        return right and fresh and hmac.compare_digest(msgspec.json.decode(head)["kid"], self.key_id)


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _refused(status: int, code: str) -> web.HTTPException:
    kinds = {400: web.HTTPBadRequest, 401: web.HTTPUnauthorized, 404: web.HTTPNotFound, 409: web.HTTPConflict}
    body = msgspec.json.encode({"errors": [{"status": str(status), "code": code, "title": "secret words"}]})
    return kinds[status](text=body.decode(), content_type="application/json")


def _review_json(review: Rated) -> dict[str, object]:
    pointed = {"type": "customerReviewResponses", "id": f"answer-{review.id}"} if review.answer else None
    return {
        "type": "customerReviews",
        "id": review.id,
        "attributes": {
            "rating": review.stars,
            "title": "",
            "body": review.text,
            "reviewerNickname": review.author,
            "createdDate": review.at.isoformat(),
            "territory": "DEU",
        },
        "relationships": {"response": {"data": pointed}},
    }


def _answers(reviews: Sequence[Rated]) -> list[dict[str, object]]:
    return [_answer_json(review) for review in reviews if review.answer]


def _answer_json(review: Rated) -> dict[str, object]:
    return {
        "type": "customerReviewResponses",
        "id": f"answer-{review.id}",
        "attributes": {
            "responseBody": review.answer,
            "lastModifiedDate": (review.answered or review.at).isoformat(),
            "state": "PENDING_PUBLISH",
        },
    }


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.method == "POST":
        return Sort.SAY
    return Sort.WHO if request.path.count("/") == 3 else Sort.LIST
