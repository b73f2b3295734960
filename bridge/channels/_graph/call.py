"""The Graph API through facebook-sdk: one call in a thread, and every failure as one of the problems."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar

import facebook
import msgspec
import requests
import structlog

from bridge.channels._api import decoded
from bridge.channels._graph.carrier import Carrier, NoAnswerError
from bridge.channels._graph.refusals import judge_reading, judge_saying, refusal, wait
from bridge.channels._graph.settings import GraphSettings
from bridge.channels._graph.shapes import Ref
from bridge.channels._graph.threads import OBJECT
from bridge.channels._graph.usage import Pace
from bridge.channels._http import Answer, Fate, Lost
from bridge.channels._problems import lost_reading, lost_saying, refused_reading, refused_saying
from bridge.channels._stanza import client
from bridge.channels._unread import Unread
from bridge.ports import Fittings, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret

log = structlog.get_logger("bridge.graph")

T = TypeVar("T")

Use = Callable[[facebook.GraphAPI], object]
"""What a call does with the SDK; its result is not used, since the carrier keeps the answer as it came."""

_THREADS = 4
"""Calls of one account at once: an account that hangs holds up itself alone."""

_SDK_FAILURES = (
    facebook.GraphAPIError,
    requests.RequestException,
    NoAnswerError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
)
"""What the SDK raises for refusals, lost exchanges and answers in a shape that it does not expect."""


class Edge(msgspec.Struct, frozen=True):
    """A page of an edge; the address of the next one holds the token and is only looked at, never followed."""

    class Paging(msgspec.Struct, frozen=True):
        """Where more is."""

        class Cursors(msgspec.Struct, frozen=True):
            """Places in this very listing, good for a short while."""

            after: str = ""

        cursors: Cursors | None = None
        next: str | None = None

    data: list[msgspec.Raw]
    paging: Paging | None = None

    @property
    def after(self) -> str:
        """What to ask for next; empty at the end. An empty page may have more behind it."""
        if self.paging is None or not self.paging.next or self.paging.cursors is None:
            return ""
        return self.paging.cursors.after


class Graph:
    """One account at the Graph API."""

    def __init__(self, settings: GraphSettings, fittings: Fittings) -> None:
        self._settings = settings
        self._now = fittings.clock.now
        self._http = client(
            settings.endpoint,
            allow_private=settings.allow_private,
            user_agent=fittings.user_agent,
            timeout=settings.timeout.total_seconds(),
        )
        self._threads: ThreadPoolExecutor | None = None
        self._token = settings.token
        self.pace = Pace()
        self.unread = Unread(secrets=self._secrets)
        self.served = ""
        """The version that the platform last answered with; another one than asked for where that has ended."""

    def act_with(self, token: Secret) -> None:
        """Use another token from now on: that of the Page, where the configured one is a system user's."""
        self._token = token

    def _secrets(self) -> Sequence[str]:
        given = self._settings
        return [secret.reveal() for secret in (self._token, given.token, given.app_secret)]

    async def ask(self, node: str, query: dict[str, str], shape: type[T]) -> T:
        """Read a node; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        return self._read(await self._call(lambda sdk: sdk.get_object(node, **query)), shape)

    async def seek(self, node: str, query: dict[str, str], shape: type[T]) -> T | None:
        """Read a node that may be gone: None where the platform says so. Raises as `ask` does."""
        outcome = await self._call(lambda sdk: sdk.get_object(node, **query))
        if isinstance(outcome, Answer):
            refused = refusal(outcome)
            if refused is not None and refused.gone:
                return None
        return self._read(outcome, shape)

    async def is_there(self, name: str) -> bool | None:
        """Whether an object is still there; None for a name that cannot be asked for. Raises as `ask` does."""
        if not OBJECT.fullmatch(name):
            return None
        return await self.seek(name, {"fields": "id"}, Ref) is not None

    async def edge(self, node: str, name: str, *, query: dict[str, str]) -> Edge:
        """Read what is connected with a node. Raises as `ask` does."""
        return self._read(await self._call(lambda sdk: sdk.get_connections(node, name, **query)), Edge)

    async def about_token(self, shape: type[T]) -> T:
        """What the platform knows of our token, asked in the app's own name."""
        token, app = self._settings.token, self._settings.app_id
        secret = self._settings.app_secret
        outcome = await self._call(
            lambda sdk: sdk.debug_access_token(token.reveal(), app, secret.reveal()), in_apps_name=True
        )
        return self._read(outcome, shape)

    async def say(self, node: str, name: str, *, words: dict[str, str], shape: type[T]) -> T:
        """Publish; raises UncertainProblem wherever it may have happened."""
        outcome = await self._call(lambda sdk: sdk.put_object(node, name, **words))
        if isinstance(outcome, Lost):
            raise lost_saying(outcome)
        problem = refused_saying(outcome, self._now(), lambda answer: judge_saying(answer, self._now()))
        if problem is not None:
            raise problem
        result = decoded(outcome.body, shape)
        if result is None:
            raise UncertainProblem(f"{outcome.host} accepted, but its answer cannot be read")
        return result

    async def change(self, node: str, words: dict[str, str]) -> None:
        """Change an object; raises UncertainProblem wherever it may have happened."""
        path = f"{self._settings.version}/{node}"
        self._changed(await self._call(lambda sdk: sdk.request(path, post_args=words)))

    async def like(self, node: str) -> None:
        """Like an object. Raises as `change` does."""
        self._changed(await self._call(lambda sdk: sdk.put_like(node)))

    async def remove(self, node: str) -> None:
        """Delete an object; one that is gone already is deleted. Raises as `change` does."""
        outcome = await self._call(lambda sdk: sdk.delete_object(node))
        refused = refusal(outcome) if isinstance(outcome, Answer) else None
        if refused is None or not refused.gone:
            self._changed(outcome)

    def _changed(self, outcome: Answer | Lost) -> None:
        if isinstance(outcome, Lost):
            raise lost_saying(outcome)
        problem = refused_saying(outcome, self._now(), lambda answer: judge_saying(answer, self._now()))
        if problem is not None:
            raise problem

    async def bring(self, album: str, picture: bytes, shape: type[T]) -> T:
        """Upload a picture that nobody sees before it is published: a failure is never uncertain."""
        outcome = await self._call(lambda sdk: sdk.put_photo(BytesIO(picture), album_path=album, published="false"))
        if isinstance(outcome, Answer):
            problem = refused_saying(outcome, self._now(), lambda answer: judge_saying(answer, self._now()))
            if isinstance(problem, UncertainProblem):
                raise TemporaryProblem(str(problem))
            if problem is not None:
                raise problem
        return self._read(outcome, shape)

    def _read(self, outcome: Answer | Lost, shape: type[T]) -> T:
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_reading(outcome, self._now(), lambda answer: judge_reading(answer, self._now()))
        if problem is not None:
            raise problem

        def parse(body: bytes) -> T:
            result = decoded(body, shape)
            if result is None:
                raise TemporaryProblem(f"{outcome.host} answers something else than it should")
            return result

        return self.unread.parsed(outcome, parse)

    async def _call(self, use: Use, *, in_apps_name: bool = False) -> Answer | Lost:
        """One call of the SDK in a thread: whatever it raises, the outcome is what came back over the wire."""
        loop = asyncio.get_running_loop()
        carrier = Carrier(self._http, self._settings.endpoint, loop)
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="graph")
        with suppress(*_SDK_FAILURES):
            await loop.run_in_executor(self._threads, lambda: use(self._sdk(carrier, proved=not in_apps_name)))
        outcome = carrier.outcome or Lost(fate=Fate.UNSENT, why="the call could not be made")
        if isinstance(outcome, Answer):
            self._learn(outcome)
        return outcome

    def _learn(self, answer: Answer) -> None:
        """What an answer tells beside what was asked: usage, limits, blocks, the version that served it."""
        now = self._now()
        self.pace.note(answer.headers)
        self.served = answer.headers.get("facebook-api-version", self.served)
        refused = refusal(answer)
        if refused is None:
            return
        log.warning("graph_refused", code=refused.code, sub_code=refused.sub, status=answer.status, trace=refused.trace)
        if refused.blocked:
            self.pace.block(now)
        elif refused.throttled and "Retry-After" not in answer.headers:
            self.pace.park(now + timedelta(seconds=wait(answer, now)))

    def _sdk(self, carrier: Carrier, *, proved: bool) -> facebook.GraphAPI:
        """A fresh SDK object for one call: its session is never shared between threads.

        Version 3.1 refuses every present version in its constructor and knows no `appsecret_proof`.
        """
        token = self._token.reveal()
        session = requests.Session()
        session.trust_env = False
        session.adapters.clear()
        session.mount(facebook.FACEBOOK_GRAPH_URL, carrier)
        if proved:
            session.params = {"appsecret_proof": proof(token, self._settings.app_secret.reveal())}
        sdk: Any = facebook.GraphAPI(token, timeout=self._settings.timeout.total_seconds(), session=session)
        sdk.version = self._settings.version
        return sdk

    async def close(self) -> None:
        """Give back connections and threads; may be called twice."""
        await self._http.close()
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None


def proof(token: str, app_secret: str) -> str:
    """Shows that the caller knows the app's secret: HMAC-SHA256 of the token (Graph API, securing requests)."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
