"""What tests of logging in share: a server that gives out tokens."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bridge.testing.tls import Authority


@dataclass
class TokenServer:
    """Gives out tokens by HTTPS, and keeps every form that it was sent."""

    answers: list[tuple[int, Any]] = field(default_factory=list)
    """Status and JSON, or text, of the next answers; a fresh token after them."""
    forms: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}/token"

    async def answer(self, request: web.Request) -> web.Response:
        self.forms.append({name: str(value) for name, value in (await request.post()).items()})
        status, body = self.answers.pop(0) if self.answers else (200, self.fresh())
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers={"Location": "https://localhost:1/"})
        return web.json_response(body, status=status)

    def fresh(self) -> dict[str, Any]:
        return {"access_token": f"token-{len(self.forms)}", "expires_in": 3600, "token_type": "Bearer"}


@pytest.fixture
async def token_server(authority: Authority) -> AsyncIterator[TokenServer]:
    """A token server on the loopback."""
    server = TokenServer()
    app = web.Application()
    app.router.add_post("/token", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=authority.server_context("localhost"))
    await site.start()
    server.port = runner.addresses[0][1]
    yield server
    await runner.cleanup()
