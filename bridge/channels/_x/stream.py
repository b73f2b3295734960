"""The Activity stream: posts and messages within seconds, without a public address; polling stays as the net under it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from yarl import URL

from bridge.channels._http import Answer, Ask, Http, Lost
from bridge.channels._x.calls import Calls
from bridge.channels._x.events import MESSAGES, POSTS, Heard, heard
from bridge.channels._x.wire import decoded
from bridge.ports import Clock, PermanentProblem, TemporaryProblem, UncertainProblem
from bridge.stanza import Secret

SILENCE = 45.0
"""Seconds without a byte after which the stream is taken for dead; X sends an empty line every 20."""

MOST_WAITING = 5000
"""Events that wait for a poll; more are left to the net."""

_STREAM = "/2/activity/stream"
_SUBSCRIPTIONS = "/2/activity/subscriptions"
_LIMITED = 429
_NETWORK, _NETWORK_MOST = 0.25, 16.0
_REFUSED, _REFUSED_MOST = 5.0, 320.0
_SLOW_DOWN = 60.0


class _Filter(msgspec.Struct, frozen=True):
    user_id: str = ""


class _Subscription(msgspec.Struct, frozen=True):
    event_type: str = ""
    filter: _Filter = _Filter()
    webhook_id: str | None = None


class _Subscriptions(msgspec.Struct, frozen=True):
    data: list[_Subscription] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the stream comes from; the app reads it, and the account subscribes to what concerns it."""

    http: Http
    endpoint: str = field(repr=False)
    token: Secret
    calls: Calls
    account: str
    messages: bool
    clock: Clock


class Activity:
    """Keeps the stream open, and what came until a stored cursor knows it."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._waiting: OrderedDict[str, Heard] = OrderedDict()
        self._task: asyncio.Task[None] | None = None
        self._last: datetime | None = None
        self.missed = True
        """Whether something may have been missed since the last whole poll: at the start, after a break, on overflow."""
        self.trouble = ""
        """Why there is no stream at the moment; empty while there is one."""

    def start(self) -> None:
        """Open it, unless it is open."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep(), name="x activity stream")

    async def stop(self) -> None:
        """Close it; may be called twice."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._task, self._last, self.missed = None, None, True

    @property
    def connected(self) -> bool:
        """Whether it is open now: what happens from here on comes by it."""
        return self._last is not None

    def well(self, now: datetime) -> bool:
        """Whether everything that it covers comes by it."""
        return self._last is not None and (now - self._last).total_seconds() <= SILENCE and not self.missed

    def waiting(self, stored: Callable[[Heard], bool]) -> Sequence[Heard]:
        """What came, in order; what the cursor already knows is let go, and everything else is shown again."""
        for key in [key for key, event in self._waiting.items() if stored(event)]:
            del self._waiting[key]
        return list(self._waiting.values())

    async def _keep(self) -> None:
        """Open it again whenever it breaks, as X asks: soon after a broken line, later after a refusal."""
        pause = _NETWORK
        while True:
            self._last = None
            try:
                pause = self._after(await self._once(), pause)
            except (TemporaryProblem, PermanentProblem, UncertainProblem) as problem:
                self.trouble = str(problem)
                pause = min(max(2 * pause, _REFUSED), _REFUSED_MOST)
            self.missed = True
            await self._source.clock.sleep(pause)

    async def _once(self) -> Answer | Lost:
        await self._subscribe()
        source = self._source
        ask = Ask(method="GET", url=URL(source.endpoint + _STREAM), headers=self._headers())
        return await source.http.listen(ask, self._hear, silence=SILENCE)

    def _after(self, outcome: Answer | Lost, pause: float) -> float:
        """Seconds until the next try."""
        if isinstance(outcome, Lost):
            self.trouble = outcome.why
            return _NETWORK if self._last is not None else min(pause + _NETWORK, _NETWORK_MOST)
        self.trouble = f"X refuses the Activity stream (status {outcome.status})"
        least = _SLOW_DOWN if outcome.status == _LIMITED else _REFUSED
        return min(max(2 * pause, least), _REFUSED_MOST)

    def _hear(self, line: bytes) -> None:
        """A line, or one of the empty ones that say that the stream lives."""
        self._last, self.trouble = self._source.clock.now(), ""
        for event in heard(line) if line else ():
            if len(self._waiting) >= MOST_WAITING:
                self.missed = True
            else:
                self._waiting.setdefault(event.key, event)

    async def _subscribe(self) -> None:
        """Ask for what concerns the account, unless it was asked for already."""
        source = self._source
        there = await self._subscribed()
        for kind in (*POSTS, *((MESSAGES,) if source.messages else ())):
            if kind not in there:
                body = {"event_type": kind, "filter": {"user_id": source.account}, "tag": "bridge"}
                work = source.calls.client.send("POST", _SUBSCRIPTIONS, {}, body=msgspec.json.encode(body))
                await source.calls.call(work)

    async def _subscribed(self) -> set[str]:
        source = self._source
        url = URL(source.endpoint + _SUBSCRIPTIONS)
        outcome = await source.http.read(Ask(method="GET", url=url, headers=self._headers()))
        if isinstance(outcome, Lost):
            raise TemporaryProblem(outcome.why)
        read = decoded(outcome.body, _Subscriptions) if outcome.good else None
        if read is None:
            raise TemporaryProblem(f"X does not list the Activity subscriptions (status {outcome.status})")
        ours = (one for one in read.data if one.filter.user_id == source.account and not one.webhook_id)
        return {one.event_type for one in ours}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._source.token.reveal()}"}
