"""A Discourse forum as far as the bridge talks to it, after its own source and API description."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.board import Board, Draft, Item
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.discourse_api import MAX_LENGTH, DiscourseApi
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback


class DiscourseForum:
    """The forum with its verbs; `id_windows` makes listings page by fifty ids, as older servers do."""

    max_length = MAX_LENGTH

    def __init__(self, *, brand: str, id_windows: bool, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.board = Board(self.journal)
        self.key = secrets.token_urlsafe(32)
        """The account's API key, made anew each time."""
        self.brand = self.board.member(brand)
        self.stranger = self.board.member("somebody-else")
        self.api = DiscourseApi(self.board, self.faults, brand=self.brand, key=self.key, now=now)
        self.api.id_windows = id_windows
        self.api.stranger = self.stranger
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=[self.api.middleware()], client_max_size=12 * 1024 * 1024)
        self.api.add_routes(app)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(
        self, author: str, text: str, *, title: str = "", topic: int | None = None, parent: int | None = None
    ) -> int:
        """A customer opens a topic, or answers in one."""
        member = self.board.member(author)
        return self.board.write(Draft(author=member.id, text=text, title=title, topic=topic, parent=parent)).id

    def write_private(self, author: str, text: str) -> int:
        """A customer opens a private topic with the brand."""
        member = self.board.member(author)
        draft = Draft(author=member.id, text=text, title="A private question", to=self.brand.id, topic=0)
        return self.board.write(draft).id

    def edit(self, post: int, text: str) -> None:
        """The author changes the words."""
        self.board.edit(post, text)

    def delete(self, post: int) -> None:
        """The author takes the post away."""
        self.board.delete(post)

    def approve(self) -> None:
        """A moderator lets everything through that waits."""
        self.api.approve()

    def reject(self) -> None:
        """A moderator throws away everything that waits."""
        self.api.pending.clear()

    def said(self) -> Sequence[Item]:
        """Everything that was accepted as the brand's, oldest first."""
        return [item for item in self.board.shown_to(self.brand.id) if item.author.id == self.brand.id]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
