"""JSON over HTTP with an account: typed answers, and every failure as one of the problems (delivery.md 6.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import aiohttp
import msgspec
from yarl import URL

from bridge.channels._http import Ask, Http, Lost
from bridge.channels._problems import Judgement, lost_reading, lost_saying, refused_reading, refused_saying
from bridge.ports import TemporaryProblem, UncertainProblem

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """One account at one server."""

    http: Http
    endpoint: URL = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    now: Callable[[], datetime]
    judge: Judgement

    async def ask(self, path: str, query: Mapping[str, str], shape: type[T]) -> T:
        """Read something; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        outcome = await self.http.read(Ask(method="GET", url=self._url(path, query), headers=self.headers))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self.now(), self.judge)
        if problem is not None:
            raise problem
        result = decoded(outcome.body, shape)
        if result is None:
            raise TemporaryProblem(f"{outcome.host} answers something else than it should")
        return result

    async def say(self, path: str, message: object, shape: type[T]) -> T:
        """Publish something; raises UncertainProblem wherever it may have happened."""
        headers = {**self.headers, "Content-Type": "application/json"}
        body = msgspec.json.encode(message)
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

    def _url(self, path: str, query: Mapping[str, str]) -> URL:
        """The endpoint's own path stays in front."""
        url = self.endpoint.with_path(self.endpoint.path.rstrip("/") + path, encoded=False)
        return url.with_query(dict(query)) if query else url


def decoded(body: bytes, shape: type[T]) -> T | None:
    """The body in the expected shape; None where it has another one (C21, E03)."""
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
