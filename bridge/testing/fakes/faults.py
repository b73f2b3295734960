"""How a fake platform can fail, on demand (delivery.md 9)."""

import asyncio
import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aiohttp import web
from aiohttp.typedefs import Middleware


class Mode(StrEnum):
    """One way to fail; those of publications first, then those of reading, then those of the account."""

    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_THEN_ERROR = "accept_then_error"
    ACCEPT_LATE = "accept_late"
    """Accepts after so many seconds, or as soon as the fault is healed, also when nobody waits any more."""
    ACCEPT_THEN_CUT = "accept_then_cut"
    ACCEPT_WITHOUT_ID = "accept_without_id"
    ACCEPT_WITH_GARBAGE = "accept_with_garbage"
    REFUSE_WITH_SUCCESS = "refuse_with_success"
    """Status 200 whose body is an error (C21)."""
    DUPLICATE = "duplicate"
    REFUSE = "refuse"
    FORBID = "forbid"
    TOO_LARGE = "too_large"
    ERROR = "error"
    """A server error before anything was done, which nobody outside can tell from one after it."""
    CUT = "cut"
    """The connection breaks before anything was done."""
    HOLD_FOR_APPROVAL = "hold_for_approval"
    """Accepted for a moderator to look at; nobody else sees it yet."""
    LISTING_CUT = "listing_cut"
    LISTING_ERROR = "listing_error"
    LISTING_HANG = "listing_hang"
    LISTING_LAG = "listing_lag"
    """Posts younger than so many seconds are not listed yet."""
    IDS_BACK = "ids_back"
    SHORT_WINDOW = "short_window"
    """Only so many of the newest posts are listed."""
    BROKEN_ITEM = "broken_item"
    """One listed post has a shape that nobody expects; the others are whole."""
    MALFORMED = "malformed"
    WEB_PAGE = "web_page"
    BOMB = "bomb"
    """A small packed answer that unpacks to far more than any limit (E02)."""
    RATE_LIMIT = "rate_limit"
    """429 on everything, with so many seconds in Retry-After."""
    REDIRECT = "redirect"
    WRONG_ACCOUNT = "wrong_account"
    REVOKED = "revoked"


@dataclass(slots=True, kw_only=True)
class Fault:
    """A failure that is switched on: how often it still strikes, and its number, mostly seconds."""

    left: int | None
    amount: float


class Faults:
    """The failures that are switched on."""

    def __init__(self) -> None:
        self._on: dict[Mode, Fault] = {}
        self.over = asyncio.Event()
        """Set when faults are healed: ends every hang."""

    def set(self, mode: Mode, *, times: int | None, amount: float) -> None:
        """Switch one on, for so many requests or, with None, until it is healed."""
        self._on[mode] = Fault(left=times, amount=amount)

    def heal(self) -> None:
        """Switch all off and let everything that hangs go on."""
        self._on.clear()
        self.over.set()
        self.over = asyncio.Event()

    def take(self, mode: Mode) -> Fault | None:
        """The fault if it strikes now; counts down."""
        fault = self._on.get(mode)
        if fault is None or fault.left is None:
            return fault
        fault.left -= 1
        if fault.left <= 0:
            del self._on[mode]
        return fault


class Sort(StrEnum):
    """What a request is about, as far as faults are concerned."""

    SAY = "say"
    LIST = "list"
    WHO = "who"
    OTHER = "other"


Refusals = Mapping[Mode, tuple[int, bytes]]
"""How a platform words its refusals: status and JSON body."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGE = b"<!doctype html><html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>"
_REFUSED_SAYINGS = (Mode.DUPLICATE, Mode.REFUSE, Mode.FORBID, Mode.TOO_LARGE, Mode.ERROR)
_BAD_LISTINGS = {
    Mode.LISTING_ERROR: (500, "application/json", b'{"errors":["internal"]}'),
    Mode.MALFORMED: (200, "application/json", b'{"posts": [{"id": 1, \xff\xfe'),
    Mode.WEB_PAGE: (200, "text/html", _PAGE),
}


def failing(faults: Faults, refusals: Refusals, sort: Callable[[web.Request], Sort]) -> Middleware:
    """A middleware that makes requests fail in the ways that are switched on."""

    @web.middleware
    async def fail(request: web.Request, handler: Handler) -> web.StreamResponse:
        kind = sort(request)
        if kind is Sort.OTHER:
            return await handler(request)
        early = _any_call(faults, refusals)
        if early is not None:
            return early
        if kind is Sort.SAY:
            return await _say(faults, refusals, request, handler=handler)
        return await _list(faults, request, handler)

    return fail


def _any_call(faults: Faults, refusals: Refusals) -> web.Response | None:
    """Failures that strike whatever is asked."""
    if faults.take(Mode.REVOKED):
        return _refusal(refusals, Mode.REVOKED)
    if limit := faults.take(Mode.RATE_LIMIT):
        answer = _refusal(refusals, Mode.RATE_LIMIT)
        answer.headers["Retry-After"] = str(int(limit.amount))
        return answer
    if faults.take(Mode.REDIRECT):
        return web.Response(status=302, headers={"Location": "https://elsewhere.invalid/login?next=secret"})
    return None


async def _say(faults: Faults, refusals: Refusals, request: web.Request, *, handler: Handler) -> web.StreamResponse:
    """A publication: refused, or accepted with an answer that never arrives."""
    for mode in _REFUSED_SAYINGS:
        if faults.take(mode):
            return _refusal(refusals, mode)
    if faults.take(Mode.CUT):
        return _cut(request)
    if faults.take(Mode.REFUSE_WITH_SUCCESS):
        return _json(200, b'{"errors":["something went wrong"]}')
    await request.read()
    if late := faults.take(Mode.ACCEPT_LATE):
        await _pause(faults, late.amount)
    answer = await handler(request)
    return await _mangled(faults, request, answer)


async def _mangled(faults: Faults, request: web.Request, answer: web.StreamResponse) -> web.StreamResponse:
    """The answer to a publication that was done, or what becomes of it on the way."""
    if faults.take(Mode.ACCEPT_THEN_HANG):
        await faults.over.wait()
    if faults.take(Mode.ACCEPT_THEN_ERROR):
        return _json(500, b'{"errors":["internal"]}')
    if faults.take(Mode.ACCEPT_WITHOUT_ID):
        return _json(201, b'{"ok":true}')
    if faults.take(Mode.ACCEPT_WITH_GARBAGE):
        return web.Response(status=200, body=_PAGE, content_type="text/html")
    if faults.take(Mode.ACCEPT_THEN_CUT):
        return await _half(request)
    return answer


async def _list(faults: Faults, request: web.Request, handler: Handler) -> web.StreamResponse:
    """A question: answered, or with something that is no answer."""
    if faults.take(Mode.LISTING_HANG):
        await faults.over.wait()
    if faults.take(Mode.LISTING_CUT):
        return _cut(request)
    if faults.take(Mode.BOMB):
        return _bomb()
    for mode, (status, kind, body) in _BAD_LISTINGS.items():
        if faults.take(mode):
            return web.Response(status=status, body=body, content_type=kind)
    return await handler(request)


async def _pause(faults: Faults, seconds: float) -> None:
    """Wait so long, or until the faults are healed."""
    over = faults.over
    try:
        await asyncio.wait_for(over.wait(), seconds)
    except TimeoutError:
        return


def _refusal(refusals: Refusals, mode: Mode) -> web.Response:
    return _json(*refusals[mode])


def _json(status: int, body: bytes) -> web.Response:
    return web.Response(status=status, body=body, content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    """Break the connection."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _half(request: web.Request) -> web.StreamResponse:
    """Begin an answer and break the connection in the middle of it."""
    answer = web.StreamResponse(status=201, headers={"Content-Type": "application/json", "Content-Length": "400"})
    await answer.prepare(request)
    await answer.write(b'{"id": ')
    if request.transport is not None:
        request.transport.close()
    return answer


def _bomb() -> web.Response:
    """Thirty-two megabytes of spaces in thirty kilobytes."""
    packed = gzip.compress(b'{"posts":[' + b" " * 32 * 1024 * 1024 + b"]}", compresslevel=9)
    return web.Response(body=packed, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
