"""tweepy's client with its gaps closed: any host, our own transport and limits, both spellings, no secret in a log."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
from tweepy.errors import TweepyException
from yarl import URL

from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._problems import lost_reading, lost_saying, refused_reading, refused_saying
from bridge.channels._x.rates import Rates
from bridge.channels._x.refusals import judge_reading, judge_saying
from bridge.ports import TemporaryProblem, UncertainProblem

try:
    from tweepy.asynchronous import AsyncClient
except TweepyException:
    raise ImportError("tweepy lacks what its asynchronous client needs") from None

Names = Literal["tweets", "posts"]

_NEWER = {
    "tweet.fields": "post.fields",
    "referenced_tweets.id": "referenced_posts",
    "referenced_tweets.id.author_id": "referenced_posts.author_id",
    "referenced_tweets": "referenced_posts",
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
}
"""Names of queries before August 2026, and since then; answers are read in both."""

_UNAUTHORISED = 401


class Keys(Protocol):
    """What proves to X who asks."""

    once: bool
    """Whether headers are good for one exchange only, so that no transport may repeat it by itself."""

    async def sign(self, method: str, url: URL) -> Mapping[str, str]:
        """The headers for one request; raises LoginProblem or TemporaryProblem."""
        ...

    def spoil(self) -> bool:
        """The server did not take the last headers; true where others can be had by asking for them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the client works with."""

    http: Http
    endpoint: URL = field(repr=False)
    keys: Keys
    names: Names
    rates: Rates
    now: Callable[[], datetime]


class Client(AsyncClient):  # type: ignore[misc]  # tweepy has no types
    """tweepy's methods build each request; it travels, is signed and is judged here.

    tweepy's own `request` knows one host, follows redirects, writes tokens to its debug log, knows no limit of size,
    and answers errors that are no JSON with exceptions of its transport.
    A method gives back the whole answer, and raises TemporaryProblem, PermanentProblem, LoginProblem or, where
    something was to be written, UncertainProblem.
    """

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(return_type=aiohttp.ClientResponse, wait_on_rate_limit=False)
        self._wiring = wiring

    async def request(  # noqa: PLR0917 - the signature is tweepy's
        self,
        method: str,
        route: str,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        user_auth: bool = False,  # noqa: FBT001, FBT002, ARG002 - tweepy's; the keys know how they sign
    ) -> Answer:
        """Send what a method of tweepy's made."""
        body = None if json is None else msgspec.json.encode(json)
        return await self.send(method, route, self._query(params or {}), body=body)

    async def send(
        self, method: str, route: str, query: Mapping[str, str], *, body: bytes | aiohttp.FormData | None
    ) -> Answer:
        """The same for calls that tweepy does not know; what writes is never sent twice from here."""
        self._wiring.rates.check(method, route, self._wiring.now())
        outcome = await self._exchange(method, route, query, body=body)
        if isinstance(outcome, Answer) and outcome.status == _UNAUTHORISED and self._wiring.keys.spoil():
            if method != "GET":
                await self._wiring.keys.sign(method, self._url(route, query))
                raise TemporaryProblem("the login was renewed first: nothing was sent", 1.0)
            outcome = await self._exchange(method, route, query, body=body)
        return self._judged(method, outcome)

    async def _exchange(
        self, method: str, route: str, query: Mapping[str, str], *, body: bytes | aiohttp.FormData | None
    ) -> Answer | Lost:
        url = self._url(route, query)
        headers = dict(await self._wiring.keys.sign(method, url))
        if isinstance(body, bytes):
            headers["Content-Type"] = "application/json"
        ask = Ask(method=method, url=url, headers=headers, body=body)
        http = self._wiring.http
        outcome = await (http.say(ask) if method != "GET" or self._wiring.keys.once else http.read(ask))
        if isinstance(outcome, Answer):
            self._wiring.rates.note(method, route, outcome.headers)
        return outcome

    def _judged(self, method: str, outcome: Answer | Lost) -> Answer:
        """The answer, if it is a good one; everything else is one of the problems (delivery.md 6.2)."""
        reads = method == "GET"
        if isinstance(outcome, Lost):
            raise lost_reading(outcome) if reads else lost_saying(outcome)
        now = self._wiring.now()
        problem = refused_reading(outcome, now, judge_reading(now)) if reads else None
        if not reads:
            problem = refused_saying(outcome, now, judge_saying(now))
        if problem is not None:
            raise problem
        return outcome

    def _query(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Tweepy's parameters as text, in the spelling that the stanza names."""
        query = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in params.items()}
        if self._wiring.names == "tweets":
            return query
        return {
            _NEWER.get(name, name): ",".join(_NEWER.get(part, part) for part in value.split(","))
            if name in {"tweet.fields", "expansions"}
            else value
            for name, value in query.items()
        }

    def _url(self, route: str, query: Mapping[str, str]) -> URL:
        """Everything is percent-encoded, so that what is signed is what travels (RFC 5849 3.4.1.3.1)."""
        endpoint = str(self._wiring.endpoint).rstrip("/")
        tail = f"?{urlencode(sorted(query.items()), quote_via=quote)}" if query else ""
        return URL(f"{endpoint}{route}{tail}", encoded=True)


async def uploading(work: Awaitable[Answer]) -> Answer:
    """An upload or a setting of one, which nobody sees before it is published: a failure is never uncertain."""
    try:
        answer = await work
    except UncertainProblem as problem:
        text = str(problem)
    else:
        return answer
    raise TemporaryProblem(text)
