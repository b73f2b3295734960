"""Requests to the homeserver (client-server API), as the application service or as one of its customers."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from bridge.access.counterpart import MAX_ANSWER, Counterpart, Said
from bridge.access.matrix.events import place
from bridge.letters.turns import MAX_FILE
from bridge.ports import LoginProblem, TemporaryProblem, UncertainProblem

_CLIENT = "_matrix/client/v3"
_MEDIA = "_matrix/client/v1/media/download"
_UPLOAD = "_matrix/media/v3/upload"
_TOKEN = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN"})
_TIMES = 5
"""Times as long as a request, a file may take."""

_NOT_NOW = frozenset({HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS})


class Refused(Exception):
    """The homeserver says no, and nothing happened; `code` is its word for it (`errcode`)."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(f"the homeserver refuses: {code or status}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where the homeserver is, and how it knows us."""

    url: str
    token: str = field(repr=False)
    """The application service's own (`as_token`)."""
    user_agent: str
    timeout: float
    """Seconds that one request may take."""
    tls: ssl.SSLContext


class Homeserver:
    """One homeserver; every method names the user who acts, and the empty name is the service's own bot."""

    def __init__(self, reach: Reach) -> None:
        self._root = reach.url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {reach.token}"}
        agent, tls, seconds = reach.user_agent, reach.tls, reach.timeout
        self._api = Counterpart(user_agent=agent, timeout=seconds, tls=tls, most=MAX_ANSWER)
        self._files = Counterpart(user_agent=agent, timeout=_TIMES * seconds, tls=tls, most=MAX_FILE)

    async def ask(
        self, method: str, *path: str, user: str, body: Mapping[str, Any] | None, **query: str
    ) -> Mapping[str, Any]:
        """What the homeserver answers to a request of the client-server API.

        Raises Refused; TemporaryProblem where nothing happened and asking again may help; LoginProblem where our token is
        not accepted; UncertainProblem where nobody knows.
        """
        content = b"" if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json", **self._headers}
        asked = {"user_id": user, **query} if user else query
        said = await self._api.ask(method, self._url(_CLIENT, path, asked), headers=headers, body=content)
        return _believed(said)

    async def upload(self, content: bytes, kind: str, *, user: str) -> str:
        """Bring a file, of that type; its address (`mxc://…`). Raises as `ask` does."""
        headers = {"Content-Type": kind, **self._headers}
        said = await self._files.ask("POST", self._url(_UPLOAD, (), {"user_id": user}), headers=headers, body=content)
        address = _believed(said).get("content_uri")
        if not isinstance(address, str) or place(address) is None:
            raise UncertainProblem("the homeserver's answer names no file")
        return address

    async def download(self, address: str) -> bytes:
        """Fetch a file of 16 MB or less; raises as `ask` does, UncertainProblem where it is larger."""
        found = place(address)
        if found is None:
            raise Refused("M_INVALID_PARAM", HTTPStatus.BAD_REQUEST)
        said = await self._files.ask("GET", self._url(_MEDIA, found, {}), headers=self._headers, body=b"")
        if not said.fine:
            _believed(said)
        return said.body

    async def close(self) -> None:
        """Give back the connections; the next request opens new ones."""
        await self._api.close()
        await self._files.close()

    def _url(self, root: str, path: tuple[str, ...], query: Mapping[str, str]) -> str:
        where = "/".join([self._root, root, *(quote(part, safe="") for part in path)])
        return f"{where}?{urlencode(query)}" if query else where


def _believed(said: Said) -> Mapping[str, Any]:
    """The answer; raises as `Homeserver.ask` says."""
    if said.fine:
        found = said.json()
        if not isinstance(found, dict):
            raise UncertainProblem("the homeserver's answer cannot be read")
        return found
    code, wait = _error(said)
    told = f"the homeserver answers with status {said.status}"
    if said.status in _NOT_NOW:
        raise TemporaryProblem(told, said.wait if wait is None else wait)
    if said.status == HTTPStatus.UNAUTHORIZED or code in _TOKEN:
        raise LoginProblem("the homeserver does not accept our token: is the registration file loaded?")
    if said.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UncertainProblem(told)
    if not code:
        raise TemporaryProblem(f"{told}, and not as a homeserver would: check its address")
    raise Refused(code, said.status)


def _error(said: Said) -> tuple[str, float | None]:
    """The code of a refusal and the seconds to wait; empty and None where it has no such form."""
    try:
        found = said.json()
    except UncertainProblem:
        return "", None
    if not isinstance(found, dict) or not isinstance(code := found.get("errcode"), str):
        return "", None
    wait = found.get("retry_after_ms")
    plain = code if code.isascii() and code.isidentifier() and len(code) <= 60 else ""  # noqa: PLR2004 - longer than any
    return plain, min(wait / 1000, 3600.0) if isinstance(wait, int) and wait >= 0 else None
