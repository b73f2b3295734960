"""Meta's Graph API as far as the bridge talks to it: a Page with Messenger, and an Instagram account, on loopback."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
from aiohttp import web

from bridge.stanza import Secret
from bridge.testing.fakes.board import Board, Draft, Item
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.graph_api import GraphApi
from bridge.testing.fakes.graph_marks import Mark
from bridge.testing.fakes.graph_saying import MAX_COMMENT, MAX_REMARK
from bridge.testing.fakes.graph_state import GraphState
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback


class GraphPlace:
    """A Page with its verbs: what tests do to it from outside, and what came of our answers."""

    max_length = MAX_COMMENT
    max_remark = MAX_REMARK

    def __init__(self, *, brand: str, journal: Path | None, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.board = Board(self.journal)
        self.token = secrets.token_urlsafe(40)
        self.app_id = "1234567890"
        self.app_secret = secrets.token_hex(16)
        self.state = GraphState(self.board, self.faults, brand=self.board.member(brand), now=now)
        self.api = GraphApi(self.state, token=self.token, app_id=self.app_id, app_secret=self.app_secret)
        self.api.stranger = self.board.member("Somebody Else")
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=self.api.middlewares(), client_max_size=12 * 1024 * 1024)
        self.api.add_routes(app)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    def facebook_keys(self) -> dict[str, object]:
        """The keys of a stanza for the Page's channel."""
        return {
            "endpoint": self.url,
            "account": self.state.page,
            "token": Secret(self.token),
            "app_id": self.app_id,
            "app_secret": Secret(self.app_secret),
            "allow_private": True,
        }

    def instagram_keys(self) -> dict[str, object]:
        """The keys of a stanza for the Instagram account's channel."""
        return {**self.facebook_keys(), "account": self.state.instagram, "page": self.state.page}

    async def stop(self) -> None:
        """End every connection and close the journal; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()
        self.journal.close()

    def publish(self, text: str) -> int:
        """The Page posts something by itself, past the bridge."""
        item = self.board.write(Draft(author=self.state.brand.id, text=text))
        self.state.marks.mark(Mark.OWN, item.id)
        return item.id

    def visit(self, author: str, text: str) -> int:
        """A visitor posts on the Page."""
        return self.board.write(Draft(author=self.board.member(author).id, text=text)).id

    def tag(self, author: str, text: str) -> int:
        """Somebody tags the Page in a post elsewhere."""
        item = self.visit(author, text)
        self.state.marks.mark(Mark.ELSEWHERE, item)
        return item

    def comment(self, author: str, text: str, *, below: int) -> int:
        """Somebody comments on a post, or answers a comment."""
        above = self.board.item(below)
        draft = Draft(author=self.board.member(author).id, text=text, topic=above.topic, parent=below)
        return self.board.write(draft).id

    def recommend(self, author: str, text: str, *, story: int | None, positive: bool) -> None:
        """Somebody recommends the Page, or does not; with a story there is a post about it."""
        self.state.marks.recommend(self.board.member(author).id, text, story=story, positive=positive)

    def write_private(self, author: str, text: str) -> int:
        """Somebody writes to the Page in private."""
        return self.board.write(Draft(author=self.board.member(author).id, text=text, to=self.state.brand.id)).id

    async def ring(self, url: str, payload: object) -> int:
        """Tell the operator's address of something, signed as Meta signs it; gives back the status of the answer."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        signature = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signature}", "Content-Type": "application/json"}
        async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
            return response.status

    def show(self, caption: str) -> int:
        """The Instagram account shows a picture."""
        item = self.publish(caption)
        self.state.marks.mark(Mark.MEDIA, item)
        return item

    def picture(self, author: str, caption: str) -> int:
        """Somebody tags the Instagram account in a picture."""
        item = self.visit(author, caption)
        self.state.marks.mark(Mark.TAGGING, item)
        return item

    def write_direct(self, author: str, text: str) -> int:
        """Somebody writes to the Instagram account in private."""
        self.state.marks.meet(self.board.member(author).id)
        return self.write_private(author, text)

    def edit(self, item: int, text: str) -> None:
        """The author changes the words."""
        self.board.edit(item, text)

    def delete(self, item: int) -> None:
        """The author takes it away."""
        self.board.delete(item)

    def said(self) -> Sequence[Item]:
        """Everything that was accepted as an answer of ours, oldest first."""
        brand, own = self.state.brand.id, self.state.marks.marked(Mark.OWN)
        return [i for i in self.board.shown_to(brand) if i.author.id == brand and i.id not in own]

    def fail(self, mode: Mode, *, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=None, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
        self.api.errors.clear()
