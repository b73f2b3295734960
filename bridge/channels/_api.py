"""JSON over HTTP with an account: typed answers, and every failure as one of the problems (delivery.md 6.2)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlencode

import aiohttp
import msgspec
from yarl import URL

from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._problems import (
    Judgement,
    is_json,
    lost_reading,
    lost_saying,
    refused_reading,
    refused_saying,
)
from bridge.ports import TemporaryProblem, UncertainProblem

T = TypeVar("T")

Query = Mapping[str, str | Sequence[str]]
"""Names and values of a query; several values of one name are sent one by one."""

_ABSENT = frozenset({404, 410})


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One account at one server."""

    http: Http
    endpoint: URL = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    now: Callable[[], datetime]
    judge: Judgement
    always: Query = field(default_factory=dict)
    """What every address of this server carries in its query."""

    async def ask(self, path: str, query: Query, shape: type[T]) -> T:
        """Read something; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        return self._read(
            await self.http.read(Ask(method="GET", url=self._url(path, query), headers=self.headers)), shape
        )

    def _read(self, outcome: Answer | Lost, shape: type[T]) -> T:
        """The answer to a question in its shape."""
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self.now(), self.judge)
        if problem is not None:
            raise problem
        result = decoded(outcome.body, shape)
        if result is None:
            raise TemporaryProblem(f"{outcome.host} answers something else than it should")
        return result

    async def seek(self, path: str, query: Query, shape: type[T]) -> T | None:
        """Read something that may not be there: None where the server says so (404, 410). Raises as `ask` does."""
        outcome = await self.http.read(Ask(method="GET", url=self._url(path, query), headers=self.headers))
        if isinstance(outcome, Answer) and outcome.status in _ABSENT and is_json(outcome.body):
            return None
        return self._read(outcome, shape)

    async def pointed(self, path: str) -> str | None:
        """Where a lookup by another name redirects to: the path, never followed; None where nothing has that name."""
        outcome = await self.http.read(Ask(method="GET", url=self._url(path, {}), headers=self.headers))
        if isinstance(outcome, Answer) and outcome.status in _ABSENT and is_json(outcome.body):
            return None
        if isinstance(outcome, Answer) and outcome.redirects:
            target = outcome.url.join(URL(outcome.headers.get("Location", "")))
            if target.origin() == outcome.url.origin():
                return target.path
        self._read(outcome, object)
        raise TemporaryProblem("the server answers a lookup with something else than it should")

    async def say(self, path: str, message: object, shape: type[T]) -> T:
        """Publish something; raises UncertainProblem wherever it may have happened."""
        return await self._said(path, msgspec.json.encode(message), shape, kind="application/json")

    async def submit(self, path: str, form: Mapping[str, str], shape: type[T]) -> T:
        """Publish something by a form; raises as `say` does."""
        body = urlencode(form, errors="replace").encode()
        return await self._said(path, body, shape, kind="application/x-www-form-urlencoded")

    async def _said(self, path: str, body: bytes, shape: type[T], *, kind: str) -> T:
        headers = {**self.headers, "Content-Type": kind}
        outcome = await self.http.say(Ask(method="POST", url=self._url(path, {}), headers=headers, body=body))
        if isinstance(outcome, Lost):
            raise lost_saying(outcome)
        problem = refused_saying(outcome, self.now(), self.judge)
        if problem is not None:
            raise problem
        result = decoded(outcome.body, shape)
        if result is None:
            raise UncertainProblem(f"{outcome.host} accepted, but its answer cannot be read")
        return result

    async def remove(self, path: str) -> None:
        """Delete something; what is gone already is deleted (404, 410). Raises as `say` does."""
        outcome = await self.http.say(Ask(method="DELETE", url=self._url(path, {}), headers=self.headers))
        if isinstance(outcome, Lost):
            raise lost_saying(outcome)
        if outcome.status in _ABSENT and is_json(outcome.body):
            return
        problem = refused_saying(outcome, self.now(), self.judge)
        if problem is not None:
            raise problem

    async def bring(self, path: str, form: aiohttp.FormData, shape: type[T]) -> T:
        """Upload a file, which nobody sees before it is published: a failure is never uncertain."""
        outcome = await self.http.say(Ask(method="POST", url=self._url(path, {}), headers=self.headers, body=form))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_saying(outcome, self.now(), self.judge)
        if isinstance(problem, UncertainProblem):
            raise TemporaryProblem(str(problem))
        if problem is not None:
            raise problem
        result = decoded(outcome.body, shape)
        if result is None:
            raise TemporaryProblem(f"{outcome.host} answers an upload with something else than it should")
        return result

    def _url(self, path: str, query: Query) -> URL:
        """The endpoint's own path stays in front."""
        url = self.endpoint.with_path(self.endpoint.path.rstrip("/") + path, encoded=False)
        whole = {**self.always, **query}
        return url.with_query(whole) if whole else url


def decoded(body: bytes, shape: type[T]) -> T | None:
    """The body in the expected shape; None where it has another one (C21, E03)."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
