"""A small forum: the customers' side of the demo, and the platform of the sandbox channel."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from aiohttp import web

from bridge.testing.fakes.board import Board, Draft, Item
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.forum_api import MAX_TEXT, ForumApi
from bridge.testing.fakes.forum_pages import ForumPages
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback


class Forum:
    """The forum with its verbs: what tests and the demo do to it from outside, and what came of our answers."""

    max_length = MAX_TEXT
    """Characters that a post may have."""

    def __init__(self, *, journal: Path | None, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(journal, now)
        self.board = Board(self.journal)
        self.token = secrets.token_urlsafe(24)
        """What the account logs in with; made anew at each start."""
        self.brand = self.board.member(brand)
        """The account whose answers are ours."""
        self.stranger = self.board.member("somebody-else")
        """The account that a wrong token belongs to."""
        self._api = ForumApi(self.board, self.faults, brand=self.brand.id, token=self.token, now=now)
        self._api.stranger = self.stranger.id
        self._server: Loopback | None = None
        self.url = ""

    def app(self) -> web.Application:
        """The forum as an application, for a server of one's own."""
        app = web.Application(middlewares=[self._api.middleware()], client_max_size=12 * 1024 * 1024)
        self._api.add_routes(app)
        ForumPages(self.board, brand=self.brand.id, files=self._api.files).add_routes(app)
        return app

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        self._server = Loopback(self.app())
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection and close the journal; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()
        self.journal.close()

    def write(self, author: str, text: str, *, title: str = "", topic: int | None = None) -> int:
        """A customer opens a topic, or answers in one, for everyone to read."""
        member = self.board.member(author)
        parent = topic
        return self.board.write(Draft(author=member.id, text=text, title=title, topic=topic, parent=parent)).id

    def write_private(self, author: str, text: str) -> int:
        """A customer sends the brand a direct message."""
        member = self.board.member(author)
        return self.board.write(Draft(author=member.id, text=text, to=self.brand.id)).id

    def edit(self, post: int, text: str) -> None:
        """The author changes the words."""
        self.board.edit(post, text)

    def delete(self, post: int) -> None:
        """The author takes the post away."""
        self.board.delete(post)

    def said(self) -> Sequence[Item]:
        """Everything that was accepted as the brand's, oldest first: the other side's own record."""
        return [item for item in self.board.shown_to(self.brand.id) if item.author.id == self.brand.id]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
