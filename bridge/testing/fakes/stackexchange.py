"""The Stack Exchange API as far as the bridge reads it, after its documentation."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode, Sort, failing
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback

_REFUSALS = {
    Mode.REVOKED: (400, b'{"error_id":403,"error_name":"access_denied","error_message":"secret words"}'),
    Mode.RATE_LIMIT: (
        400,
        b'{"error_id":502,"error_name":"throttle_violation","error_message":"more requests available in 7 seconds"}',
    ),
}
_COMMON = frozenset({"site", "filter", "pagesize", "key"})
_PAGED = _COMMON | {"sort", "order", "page"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it stands now."""

    id: int
    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer of the community."""

    id: int
    question: int
    author: str
    text: str
    at: datetime


class StackExchangeServer:
    """The server with its verbs: one site."""

    def __init__(self, *, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.key = "U4DMV*8nvpm3EOpvf69Rxw(("
        self.backoff = 0
        self.left = 9_990
        self.refusal = ""
        """What is answered instead of everything else, with status 400."""
        self._now = now
        self._questions: dict[int, Asked] = {}
        self._answers: list[Given] = []
        self._server: Loopback | None = None
        self.url = ""

    async def start(self) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[failing(self.faults, _REFUSALS, lambda _: Sort.LIST)])
        app.add_routes(
            [
                web.get("/2.3/questions", self._list),
                web.get("/2.3/search/advanced", self._list),
                web.get("/2.3/questions/{ids}", self._some),
                web.get("/2.3/questions/{ids}/answers", self._of),
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

    def ask(self, author: str, text: str) -> int:
        """Somebody asks."""
        asked = Asked(id=self._next(), author=author, text=text, at=self._now())
        self._questions[asked.id] = asked
        self.journal.append("asked", id=asked.id, author=author, text=text)
        return asked.id

    def answer(self, question: int, author: str, text: str) -> int:
        """Somebody answers."""
        given = Given(id=self._next(), question=question, author=author, text=text, at=self._now())
        self._answers.append(given)
        self.journal.append("answered", id=given.id, question=question, text=text)
        return given.id

    def edit(self, question: int, text: str) -> None:
        """The author changes the words."""
        self._questions[question] = replace(self._questions[question], text=text)
        self.journal.append("edited", id=question, text=text)

    def delete(self, question: int) -> None:
        """The author takes it away."""
        del self._questions[question]
        self.journal.append("deleted", id=question)

    def _next(self) -> int:
        return 79_000_000 + len(self.journal)

    async def _list(self, request: web.Request) -> web.Response:
        self._check(request, _PAGED | {"tagged", "q"})
        shown: Sequence[Asked] = list(self._questions.values())
        words = request.query.get("q", "").lower()
        shown = [asked for asked in shown if words in asked.text.lower()]
        if lag := self.faults.take(Mode.LISTING_LAG):
            young = self._now() - timedelta(seconds=lag.amount)
            shown = [asked for asked in shown if asked.at <= young]
        if window := self.faults.take(Mode.SHORT_WINDOW):
            shown = shown[-int(window.amount) :]
        if self.faults.take(Mode.IDS_BACK):
            shown = shown[:-1]
        size, page = int(request.query["pagesize"]), int(request.query["page"])
        newest_first = shown[::-1]
        items = [self._question_json(asked) for asked in newest_first[(page - 1) * size : page * size]]
        if items and page == 1 and self.faults.take(Mode.BROKEN_ITEM):
            items[0]["title"] = None
        return self._wrapped(items, more=page * size < len(newest_first))

    async def _some(self, request: web.Request) -> web.Response:
        self._check(request, _COMMON)
        ids = [int(name) for name in request.match_info["ids"].split(";")]
        if len(ids) > 100:
            raise _refused(400, "bad_parameter")
        return self._wrapped([self._question_json(self._questions[i]) for i in ids if i in self._questions], more=False)

    async def _of(self, request: web.Request) -> web.Response:
        self._check(request, _COMMON | {"sort", "order"})
        ids = {int(name) for name in request.match_info["ids"].split(";")}
        return self._wrapped([_answer_json(given) for given in self._answers if given.question in ids], more=False)

    def _check(self, request: web.Request, names: frozenset[str]) -> None:
        """That nothing is asked that the API does not have, and the key."""
        if self.refusal:
            raise web.HTTPBadRequest(text=self.refusal, content_type="application/json")
        if set(request.query) - names or request.query["site"] != "stackoverflow":
            raise _refused(400, "bad_parameter")
        if request.query.get("key", self.key) != self.key or not 1 <= int(request.query["pagesize"]) <= 100:
            raise _refused(400, "bad_parameter")

    def _wrapped(self, items: list[dict[str, object]], *, more: bool) -> web.Response:
        self.left -= 1
        pause = {"backoff": self.backoff} if self.backoff else {}
        told = {"items": items, "has_more": more, "quota_max": 10_000, "quota_remaining": self.left, **pause}
        return web.json_response(told)

    def _question_json(self, asked: Asked) -> dict[str, object]:
        answers = [given for given in self._answers if given.question == asked.id]
        return {
            "question_id": asked.id,
            "title": "Router &amp; line",
            "body": f"<p>{html.escape(asked.text)}</p>",
            "creation_date": int(asked.at.timestamp()),
            "owner": _owner(asked.author),
            "link": f"https://stackoverflow.com/questions/{asked.id}/router-line",
            "tags": ["acme"],
            "answer_count": len(answers),
            "is_answered": False,
        }


def _owner(author: str) -> dict[str, object]:
    return {
        "user_id": sum(map(ord, author)) * 1_000 + len(author),
        "display_name": author,
        "reputation": 101,
        "user_type": "registered",
        "link": "https://stackoverflow.com/users/7/x",
    }


def _answer_json(given: Given) -> dict[str, object]:
    return {
        "answer_id": given.id,
        "question_id": given.question,
        "body": f"<p>{html.escape(given.text)}</p>",
        "creation_date": int(given.at.timestamp()),
        "owner": _owner(given.author),
        "is_accepted": False,
    }


def _refused(number: int, name: str) -> web.HTTPException:
    text = f'{{"error_id":{number},"error_name":"{name}","error_message":"secret words"}}'
    return web.HTTPBadRequest(text=text, content_type="application/json")
