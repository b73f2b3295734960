"""A server like Twilio's as far as the bridge talks to it: numbers, messages, and refusals in its own words."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime

import msgspec
from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback

OURS = "+15550100"
_LONGEST = 1600


def _refusal(code: int, status: int, message: str) -> tuple[int, bytes]:
    told = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return status, msgspec.json.encode(told)


_REFUSALS = {
    Mode.REVOKED: _refusal(20003, 401, "Authenticate"),
    Mode.RATE_LIMIT: _refusal(20429, 429, "Too Many Requests"),
    Mode.DUPLICATE: _refusal(20409, 409, "Conflict"),
    Mode.REFUSE: _refusal(21614, 400, "'To' number is not a valid mobile number"),
    Mode.FORBID: _refusal(21408, 403, "Permission to send an SMS has not been enabled for the region"),
    Mode.TOO_LARGE: _refusal(21617, 413, "The concatenated message body exceeds the 1600 character limit"),
    Mode.ERROR: _refusal(20500, 500, "Internal Server Error"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One message."""

    sid: str
    sender: str
    receiver: str
    body: str
    at: datetime
    inbound: bool
    status: str
    error: int | None = None
    files: tuple[str, ...] = ()
    """Types of what came with it."""


class TwilioServer:
    """The server with its verbs."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.account = "AC" + secrets.token_hex(16)
        self.token = secrets.token_hex(16)
        self.numbers = [OURS]
        self.texts: dict[str, Text] = {}
        """Every message by its SID, oldest first."""
        self.becomes: list[tuple[str, int | None]] = []
        """What becomes of the messages that are sent next, each when it is looked at: a state and an error."""
        self.callbacks: list[str] = []
        """The addresses that messages of ours named to hear what becomes of them."""
        self.refuses = 0
        """The code of an error with which every message is refused; 0 for none."""
        self.opted_out: set[str] = set()
        """Numbers to which the server itself refuses to send."""
        self.url = ""
        self._now = now
        self._server: Loopback | None = None

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, _sort)])
        root = f"/2010-04-01/Accounts/{self.account}"
        app.router.add_get(f"{root}.json", self._who)
        app.router.add_get(f"{root}/IncomingPhoneNumbers.json", self._numbers)
        app.router.add_get(f"{root}/Messages.json", self._list)
        app.router.add_post(f"{root}/Messages.json", self._send)
        app.router.add_get(f"{root}/Messages/{{sid}}.json", self._one)
        app.router.add_get(f"{root}/Messages/{{sid}}/Media.json", self._files)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(self, sender: str, body: str, *, files: tuple[str, ...] = ()) -> str:
        """A customer sends a message; gives back its SID."""
        return self._add(sender, self.numbers[0], body, inbound=True, files=files).sid

    def send(self, receiver: str, body: str) -> str:
        """Somebody writes from our number by hand."""
        return self._add(self.numbers[0], receiver, body, inbound=False).sid

    def said(self) -> Sequence[Text]:
        """Every message that was accepted as ours, oldest first."""
        return [text for text in self.texts.values() if not text.inbound]

    def lose(self, sid: str, error: int) -> None:
        """A network says that a message of ours did not arrive."""
        self.texts[sid] = replace(self.texts[sid], status="undelivered", error=error)
        self.journal.append("lost", sid=sid, error=error)

    def told(self, sid: str, url: str) -> tuple[dict[str, str], dict[str, str]]:
        """The headers and the form with which the server calls an address about a message."""
        text = self.texts[sid]
        form = {"AccountSid": self.account, "ApiVersion": "2010-04-01", "From": text.sender, "To": text.receiver}
        form |= {"MessageSid": sid, "SmsSid": sid, "SmsStatus": text.status}
        form |= (
            {"Body": text.body, "NumMedia": str(len(text.files))} if text.inbound else {"MessageStatus": text.status}
        )
        form |= {"ErrorCode": str(text.error)} if text.error else {}
        said = url + "".join(name + form[name] for name in sorted(form))
        made = hmac.new(self.token.encode(), said.encode(), hashlib.sha1).digest()
        return {"X-Twilio-Signature": base64.b64encode(made).decode()}, form

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()

    def _add(self, sender: str, receiver: str, body: str, *, inbound: bool, files: tuple[str, ...] = ()) -> Text:
        sid = "SM" + hashlib.md5(str(len(self.texts)).encode(), usedforsecurity=False).hexdigest()
        status = "received" if inbound else "queued"
        text = Text(
            sid=sid,
            sender=sender,
            receiver=receiver,
            body=body,
            at=self._now(),
            inbound=inbound,
            status=status,
            files=files,
        )
        self.texts[sid] = text
        self.journal.append("received" if inbound else "sent", sid=sid, sender=sender, receiver=receiver, body=body)
        return text

    def _check(self, request: web.Request, names: set[str]) -> None:
        """The login, and that nothing is asked that the API does not have."""
        right = base64.b64encode(f"{self.account}:{self.token}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {right}":
            raise _http(_REFUSALS[Mode.REVOKED])
        if set(request.query) - names:
            raise _http(_refusal(20001, 400, "unknown parameters"))

    async def _who(self, request: web.Request) -> web.Response:
        self._check(request, set())
        return web.json_response({"sid": self.account, "status": "active", "friendly_name": "Acme"})

    async def _numbers(self, request: web.Request) -> web.Response:
        self._check(request, {"PhoneNumber"})
        stranger = bool(self.faults.take(Mode.WRONG_ACCOUNT))
        found = [each for each in self.numbers if each == request.query["PhoneNumber"] and not stranger]
        return web.json_response({"incoming_phone_numbers": [{"sid": "PN1", "phone_number": each} for each in found]})

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request, {"To", "From", "PageSize", "Page", "PageToken"})
        query = request.query
        found = [text for text in self._shown() if _matches(text, query)]
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        if not 1 <= size <= 1000:
            raise _http(_refusal(20006, 400, "page size"))
        part = found[page * size : (page + 1) * size]
        told = [_json(text) for text in part]
        if told and page == 0 and part[0].inbound and self.faults.take(Mode.BROKEN_ITEM):
            told[0]["date_created"] = "soon"
        following = {**query, "Page": str(page + 1), "PageToken": "PA1"}
        more = str(request.rel_url.with_query(following)) if len(found) > (page + 1) * size else None
        return web.json_response({"messages": told, "next_page_uri": more, "page": page, "page_size": size})

    def _shown(self) -> Sequence[Text]:
        """Newest first, without what a fault hides."""
        listed = list(self.texts.values())
        if lag := self.faults.take(Mode.LISTING_LAG):
            listed = [text for text in listed if text.at <= self._now() - timedelta(seconds=lag.amount)]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            listed = listed[-int(window.amount) :]
        if self.faults.take(Mode.IDS_BACK):
            listed = listed[:-1]
        return listed[::-1]

    async def _one(self, request: web.Request) -> web.Response:
        self._check(request, set())
        text = self.texts.get(request.match_info["sid"])
        if text is None:
            raise _http(_refusal(20404, 404, "The requested resource was not found"))
        if not text.inbound and text.status == "queued":
            status, error = self.becomes.pop(0) if self.becomes else ("delivered", None)
            text = self.texts[text.sid] = replace(text, status=status, error=error)
        return web.json_response(_json(text))

    async def _files(self, request: web.Request) -> web.Response:
        self._check(request, set())
        text = self.texts[request.match_info["sid"]]
        listed = [{"sid": f"ME{number}", "content_type": kind} for number, kind in enumerate(text.files)]
        return web.json_response({"media_list": listed})

    async def _send(self, request: web.Request) -> web.Response:
        self._check(request, set())
        form = {name: str(value) for name, value in (await request.post()).items()}
        if set(form) - {"StatusCallback"} != {"From", "To", "Body"}:
            raise _http(_refusal(20001, 400, "unknown parameters"))
        if self.refuses:
            raise _http(_refusal(self.refuses, 400, "refused"))
        if form["To"] in self.opted_out:
            raise _http(_refusal(21610, 400, "Attempt to send to unsubscribed recipient"))
        if form["From"] not in self.numbers:
            raise _http(_refusal(21659, 400, "not a phone number of the account"))
        if not 0 < len(form["Body"]) <= _LONGEST:
            raise _http(_refusal(21617 if form["Body"] else 21602, 400, "body"))
        self.callbacks += [form["StatusCallback"]] if "StatusCallback" in form else []
        return web.json_response(_json(self._add(form["From"], form["To"], form["Body"], inbound=False)), status=201)


def _matches(text: Text, query: Mapping[str, str]) -> bool:
    return text.receiver == query.get("To", text.receiver) and text.sender == query.get("From", text.sender)


def _json(text: Text) -> dict[str, object]:
    return {
        "sid": text.sid,
        "date_created": format_datetime(text.at.replace(microsecond=0)),
        "date_sent": format_datetime(text.at.replace(microsecond=0)),
        "direction": "inbound" if text.inbound else "outbound-api",
        "from": text.sender,
        "to": text.receiver,
        "body": text.body,
        "status": text.status,
        "num_media": str(len(text.files)),
        "num_segments": "1",
        "error_code": text.error,
        "price": None,
    }


def _http(refusal: tuple[int, bytes]) -> web.HTTPException:
    status, body = refusal
    kinds = {401: web.HTTPUnauthorized, 404: web.HTTPNotFound}
    return kinds.get(status, web.HTTPBadRequest)(text=body.decode(), content_type="application/json")


def _sort(request: web.Request) -> Sort:
    """What a request is about."""
    if request.method == "POST":
        return Sort.SAY
    return Sort.LIST if "/Messages" in request.path else Sort.WHO
