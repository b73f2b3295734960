"""Questions and deeds by their names, with a session that renews itself (atproto.com/specs/xrpc)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

import msgspec

from bridge.channels._api import Api, Query
from bridge.channels._bluesky.refusals import Expired, NotThere
from bridge.channels._bluesky.session import Session
from bridge.channels._http import Ask, Lost
from bridge.channels._problems import lost_reading, refused_saying
from bridge.core.publications import Attachment
from bridge.ports import LoginProblem, TemporaryProblem, UncertainProblem

T = TypeVar("T")

CHAT = {"Atproto-Proxy": "did:web:api.bsky.chat#bsky_chat"}
"""Asks our own server to hand a request on to that of direct messages."""


class _Brought(msgspec.Struct, frozen=True):
    blob: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Xrpc:
    """One account at one server; reading and saying judge refusals differently."""

    reading: Api
    saying: Api
    session: Session
    beside: Mapping[str, str] = field(default_factory=dict)
    """Headers of every request beside the login."""

    async def query(self, name: str, parameters: Query, shape: type[T]) -> T:
        """Read something; raises TemporaryProblem, PermanentProblem or LoginProblem."""
        return await self._signed(self.reading, lambda api: api.ask(f"/xrpc/{name}", parameters, shape))

    async def seek(self, name: str, parameters: Query, shape: type[T]) -> T | None:
        """Read something that may not be there: None where the server says so. Raises as `query` does."""
        try:
            return await self.query(name, parameters, shape)
        except NotThere:
            return None

    async def do(self, name: str, message: object, shape: type[T]) -> T:
        """Change something; raises UncertainProblem wherever it may have happened."""
        return await self._signed(self.saying, lambda api: api.say(f"/xrpc/{name}", message, shape))

    async def bring(self, file: Attachment) -> msgspec.Raw:
        """Upload a file, which nobody sees before a record names it: a failure is never uncertain."""
        return await self._signed(self.saying, lambda api: self._brought(api, file))

    async def _brought(self, api: Api, file: Attachment) -> msgspec.Raw:
        url = api.endpoint.with_path(api.endpoint.path.rstrip("/") + "/xrpc/com.atproto.repo.uploadBlob")
        headers = {**api.headers, "Content-Type": file.type}
        outcome = await api.http.say(Ask(method="POST", url=url, headers=headers, body=file.content))
        if isinstance(outcome, Lost):
            raise lost_reading(outcome)
        problem = refused_saying(outcome, api.now(), api.judge)
        if isinstance(problem, UncertainProblem):
            raise TemporaryProblem(str(problem))
        if problem is not None:
            raise problem
        try:
            return msgspec.json.decode(outcome.body, type=_Brought).blob
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise TemporaryProblem(f"{outcome.host} answers an upload with something else than it should") from None

    async def _signed(self, api: Api, call: Callable[[Api], Awaitable[T]]) -> T:
        """With the session's token; one that was refused before its time is renewed once, since nothing happened."""
        headers = await self.session.headers()
        try:
            return await call(replace(api, headers={**headers, **self.beside}))
        except Expired:
            self.session.spoil(headers)
        try:
            return await call(replace(api, headers={**await self.session.headers(), **self.beside}))
        except Expired as refused:
            raise LoginProblem(str(refused)) from None
