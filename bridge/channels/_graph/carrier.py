"""The SDK's way out: its requests travel over the channels' own client, with its fence, limits and exactness."""

import asyncio
from typing import Any

from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from yarl import URL

from bridge.channels._http import Answer, Ask, Http, Lost

_HEADERS = ("Content-Type", "Accept")


class NoAnswerError(Exception):
    """There is nothing that the SDK could read: the outcome says why."""


class Carrier(BaseAdapter):
    """Carries the requests of one call; lives in the call's thread, while the exchange runs in the event loop.

    Tokens move from the address into a header, so that no server's log on the way can hold them.
    """

    def __init__(self, http: Http, endpoint: str, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._http = http
        self._endpoint = endpoint
        self._loop = loop
        self.outcome: Answer | Lost | None = None
        """What became of the last request; None before one was made."""

    def send(self, request: PreparedRequest, *_given: Any, **_options: Any) -> Response:
        """One exchange; raises NoAnswerError where no answer came, or one that points elsewhere (F06).

        The options are those of a client that is not used: time-outs, certificates and proxies are the channel's own.
        """
        exchange = self._http.read if request.method == "GET" else self._http.say
        outcome = asyncio.run_coroutine_threadsafe(exchange(self._ask(request)), self._loop).result()
        self.outcome = outcome
        if isinstance(outcome, Lost) or outcome.redirects:
            raise NoAnswerError
        return _response(request, outcome)

    def close(self) -> None:
        """Connections belong to the client."""

    def _ask(self, request: PreparedRequest) -> Ask:
        """The request at the configured endpoint, with its token in a header."""
        url = URL(self._endpoint + request.path_url, encoded=True)
        token = url.query.get("access_token", "")
        headers = {name: str(request.headers[name]) for name in _HEADERS if name in request.headers}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = request.body
        return Ask(
            method=request.method or "GET",
            url=url.without_query_params("access_token"),
            headers=headers,
            body=body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else None,
        )


def _response(request: PreparedRequest, answer: Answer) -> Response:
    """The answer as the SDK's library would have made it; its address stays out of it."""
    response = Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict({"content-type": "application/octet-stream", **answer.headers})
    response.request = request
    response.encoding = "utf-8"
    response._content = answer.body  # noqa: SLF001 - there is no other way to give a Response its body
    return response
