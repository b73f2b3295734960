"""The questions that an X channel asks, each through one of tweepy's methods, each paid from the day's budget."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from bridge.channels._http import Answer
from bridge.channels._unread import Unread
from bridge.channels._x.budget import Ledger
from bridge.channels._x.client import Client
from bridge.channels._x.fields import MESSAGES, USER_FIELDS, WHOLE
from bridge.channels._x.listing import Bounds
from bridge.channels._x.shapes import User
from bridge.channels._x.wire import Listed, decoded, listing, looked
from bridge.ports import TemporaryProblem

BATCH = 100
"""Posts that one look-up takes."""


class _Me(msgspec.Struct, frozen=True):
    data: User


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Everything that is read."""

    client: Client
    ledger: Ledger
    now: Callable[[], datetime]
    account: str
    unread: Unread

    async def call(self, work: Awaitable[Any]) -> Answer:
        """One request of tweepy's, counted before it is made; raises the problems only."""
        try:
            self.ledger.call(self.now())
        except TemporaryProblem:
            _unused(work)
            raise
        answer: Answer = await work
        return answer

    async def me(self) -> User:
        """Who the login belongs to."""
        answer = await self.call(self.client.get_me(user_fields=USER_FIELDS))
        self.ledger.pay("user", self.now(), count=1)
        return self.unread.parsed(answer, _myself)

    async def _listing(self, work: Awaitable[Any]) -> Listed:
        return self.unread.parsed(await self.call(work), listing)

    async def mentions(self, bounds: Bounds, token: str | None) -> Listed:
        """Posts that name the account; X reaches 800 back."""
        query = {**bounds.query(), **WHOLE, **_after("pagination_token", token)}
        return await self._listing(self.client.get_users_mentions(self.account, **query))

    async def own(self, bounds: Bounds, token: str | None) -> Listed:
        """Posts of the account itself."""
        query = {**bounds.query(), **WHOLE, **_after("pagination_token", token)}
        return await self._listing(self.client.get_users_tweets(self.account, **query))

    def searching(self, text: str) -> Callable[[Bounds, str | None], Awaitable[Listed]]:
        """A recent search as a listing."""

        async def fetch(bounds: Bounds, token: str | None) -> Listed:
            query = {**bounds.query(), **WHOLE, **_after("next_token", token)}
            return await self._listing(self.client.search_recent_tweets(text, **query))

        return fetch

    async def messages(self, token: str | None, size: int) -> Listed:
        """Direct messages of all conversations."""
        query = {"max_results": size, "event_types": "MessageCreate", **MESSAGES, **_after("pagination_token", token)}
        return await self._listing(self.client.get_direct_message_events(**query))

    async def messages_with(self, person: str, token: str | None) -> Listed:
        """Direct messages with one person."""
        query = {"event_types": "MessageCreate", **MESSAGES, **_after("pagination_token", token)}
        work = self.client.get_direct_message_events(participant_id=person, max_results=BATCH, **query)
        return await self._listing(work)

    async def posts(self, numbers: Sequence[int]) -> Listed:
        """Posts by their ids, at most a hundred; the missing ones are among the faults."""
        ids = [str(number) for number in numbers]
        return self.unread.parsed(await self.call(self.client.get_tweets(ids, **WHOLE)), looked)

    async def stands(self, number: int) -> bool:
        """Whether a post is there for us to see."""
        self.ledger.pay("post", self.now(), count=1)
        return bool((await self.posts([number])).raws)


def _myself(body: bytes) -> User:
    """Who the login belongs to; raises TemporaryProblem where the body does not say it."""
    read = decoded(body, _Me)
    if read is None:
        raise TemporaryProblem("X does not say who the login belongs to")
    return read.data


def _after(name: str, token: str | None) -> dict[str, str]:
    return {} if token is None else {name: token}


def _unused(work: Awaitable[Any]) -> None:
    """A request that is not made after all."""
    close = getattr(work, "close", None)
    if close is not None:
        close()
