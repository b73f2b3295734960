"""YouTube's API by its paths, each request paid from the day's quota, with a token that renews itself."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import msgspec

from bridge.channels._api import Api, decoded
from bridge.channels._bearer import Session
from bridge.channels._entries import read_entries
from bridge.channels._http import Answer, Ask, Lost
from bridge.channels._newest_first import Entry, Shown
from bridge.channels._problems import lost_saying, refused_saying
from bridge.channels._youtube.quota import READ, WRITE, Quota
from bridge.channels._youtube.refusals import Expired
from bridge.channels._youtube.shapes import Comment, Listed, Made, Mine, Thread
from bridge.ports import LoginProblem, PermanentProblem, TemporaryProblem, UncertainProblem

T = TypeVar("T")

MOST = 50
"""Comments that one request looks up."""

THREADS, COMMENTS = "/youtube/v3/commentThreads", "/youtube/v3/comments"
_CHANNELS, _MODERATION = "/youtube/v3/channels", "/youtube/v3/comments/setModerationStatus"
_PAGE = "100"
_PLAIN = {"textFormat": "plainText"}
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One channel at YouTube; reading and saying judge refusals differently."""

    reading: Api
    saying: Api
    session: Session
    quota: Quota

    async def mine(self) -> Mine:
        """Whose the token is; raises as all reading does: TemporaryProblem, PermanentProblem or LoginProblem."""
        return await self._query(_CHANNELS, {"part": "id,snippet", "mine": "true"}, Mine)

    async def threads(self, query: Mapping[str, str], cursor: str) -> Listed:
        """A page of comment threads below a cursor, newest first."""
        below = {"pageToken": cursor} if cursor else {}
        asked = {"part": "snippet,replies", "order": "time", "maxResults": _PAGE, **_PLAIN, **query, **below}
        return await self._query(THREADS, asked, Listed)

    async def replies(self, thread: str, cursor: str) -> Listed:
        """A page of the replies below a comment."""
        below = {"pageToken": cursor} if cursor else {}
        asked = {"part": "snippet", "parentId": thread, "maxResults": _PAGE, **_PLAIN, **below}
        return await self._query(COMMENTS, asked, Listed)

    async def threads_of(self, keys: Sequence[str]) -> Mapping[str, Shown[Thread]] | None:
        """Threads as they stand now, at most fifty; None where one of them cannot be read."""
        asked = {"part": "snippet,replies", "id": ",".join(keys), **_PLAIN}
        return _by_key(await self._query(THREADS, asked, Listed), Thread)

    async def comments_of(self, keys: Sequence[str]) -> Mapping[str, Shown[Comment]] | None:
        """The same for comments and replies by themselves."""
        asked = {"part": "snippet", "id": ",".join(keys), **_PLAIN}
        return _by_key(await self._query(COMMENTS, asked, Listed), Comment)

    async def reply(self, thread: str, text: str) -> Made:
        """Publish a reply, once; raises UncertainProblem wherever it may have happened."""
        body = msgspec.json.encode({"snippet": {"parentId": thread, "textOriginal": text}})
        answer = await self._do("POST", COMMENTS, {"part": "snippet"}, body=body)
        made = decoded(answer.body, Made)
        if made is None:
            raise UncertainProblem(f"{answer.host} accepted, but its answer cannot be read")
        return made

    async def moderate(self, key: str, status: str) -> None:
        """Show a comment to all, or to the channel's owner only."""
        await self._do("POST", _MODERATION, {"id": key, "moderationStatus": status}, body=b"")

    async def delete(self, key: str) -> None:
        """Take a comment of ours away."""
        await self._do("DELETE", COMMENTS, {"id": key}, body=b"")

    async def _query(self, path: str, query: Mapping[str, str], shape: type[T]) -> T:
        return await self._signed(self.reading, lambda api: api.ask(path, query, shape), units=READ)

    async def _do(self, method: str, path: str, query: Mapping[str, str], *, body: bytes) -> Answer:
        return await self._signed(
            self.saying, lambda api: _said(api, method, path, query=query, body=body), units=WRITE
        )

    async def _signed(self, api: Api, call: Callable[[Api], Awaitable[T]], *, units: int) -> T:
        """With the session's token; one that was refused before its time is renewed once, since nothing happened."""
        for _ in range(2):
            headers = await self.session.headers()
            self.quota.pay(units, api.now())
            try:
                return await call(replace(api, headers=headers))
            except Expired:
                self.session.spoil(headers)
        raise LoginProblem("YouTube does not accept the tokens of this login any more")


async def looked(found: Awaitable[Mapping[str, Shown[Entry]] | None]) -> Mapping[str, Shown[Entry]] | None:
    """What a look-up finds; None where that cannot be told, which keeps nothing else from coming."""
    try:
        return await found
    except LoginProblem:
        raise
    except (TemporaryProblem, PermanentProblem):
        return None


async def _said(api: Api, method: str, path: str, *, query: Mapping[str, str], body: bytes) -> Answer:
    """Send it, once."""
    url = api.endpoint.with_path(api.endpoint.path.rstrip("/") + path).with_query(dict(query))
    headers = {**api.headers, **_JSON} if body else api.headers
    outcome = await api.http.say(Ask(method=method, url=url, headers=headers, body=body or None))
    if isinstance(outcome, Lost):
        raise lost_saying(outcome)
    problem = refused_saying(outcome, api.now(), api.judge)
    if problem is not None:
        raise problem
    return outcome


def _by_key(listed: Listed, shape: type[Entry]) -> Mapping[str, Shown[Entry]] | None:
    good, broken = read_entries(listed.items, shape)
    return None if broken else {each.value.key: Shown(entry=each.value, raw=each.raw) for each in good}
