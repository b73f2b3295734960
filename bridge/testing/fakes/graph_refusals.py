"""The errors of the fake Graph API, worded as Meta words them."""

import json
from collections.abc import Mapping

from aiohttp import web

from bridge.testing.fakes.faults import Mode


def error(code: int, message: str, *, sub: int | None = None) -> dict[str, object]:
    """An error's body."""
    told: dict[str, object] = {"message": f"(#{code}) {message}", "type": "OAuthException", "code": code}
    if sub is not None:
        told["error_subcode"] = sub
    return {"error": {**told, "fbtrace_id": "EJplcsCHuLu"}}


def refused(code: int, message: str, *, sub: int | None = None) -> web.HTTPBadRequest:
    """A refusal, to be raised."""
    text = json.dumps(error(code, message, sub=sub))
    return web.HTTPBadRequest(text=text, content_type="application/json")


def gone(node: str) -> web.HTTPBadRequest:
    """What Meta says of an object that is not there, or not for us."""
    return refused(100, f"Unsupported get request. Object with ID '{node}' does not exist", sub=33)


def _body(code: int, message: str, sub: int | None = None) -> bytes:
    return json.dumps(error(code, message, sub=sub)).encode()


MODES: Mapping[Mode, tuple[int, bytes]] = {
    Mode.REVOKED: (400, _body(190, "Error validating access token: the session was invalidated", 460)),
    Mode.RATE_LIMIT: (400, _body(80_001, "There have been too many calls to this Page account")),
    Mode.DUPLICATE: (400, _body(506, "Duplicate status message")),
    Mode.REFUSE: (400, _body(100, "Invalid parameter")),
    Mode.FORBID: (403, _body(200, "Permissions error")),
    Mode.TOO_LARGE: (413, b"<html><body>413 Request Entity Too Large</body></html>"),
    Mode.ERROR: (500, _body(2, "An unexpected error has occurred. Please retry your request later.")),
}
"""How the failures of every fake are worded here."""
