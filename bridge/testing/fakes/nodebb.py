"""A NodeBB forum as far as the bridge talks to it, after its own source and API description."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.board import Board, Draft, Item
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.nodebb_api import MAX_LENGTH, NodeBBApi
from bridge.testing.fakes.server import Loopback


class NodeBBForum:
    """The forum with its verbs; `master` makes the token one that must name its user in every request."""

    max_length = MAX_LENGTH

    def __init__(self, *, brand: str, master: bool, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.board = Board(self.journal)
        self.token = secrets.token_urlsafe(32)
        """The account's token, made anew each time."""
        self.brand = self.board.member(brand)
        self.api = NodeBBApi(self.board, self.faults, brand=self.brand, token=self.token, now=now)
        self.api.master = master
        self.api.stranger = self.board.member("somebody-else")
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

    def write_private(self, author: str, text: str, *others: str) -> tuple[int, int]:
        """A customer writes in the chat with the brand, and others where they are named: the room and the message."""
        members = [self.board.member(name) for name in (author, *others)]
        room = self.api.chats.room(self.brand, *members)
        return room.number, self.api.chats.write(room, members[0], text).id

    def move(self, topic: int, category: int) -> None:
        """A moderator moves a topic."""
        self.api.categories[topic] = category

    def edit(self, post: int, text: str) -> None:
        """The author changes the words."""
        self.board.edit(post, text)

    def delete(self, post: int) -> None:
        """The author takes the post away."""
        self.board.delete(post)

    def said(self) -> Sequence[Item]:
        """Everything that was accepted as the brand's, oldest first."""
        return [item for item in self.board.shown_to(self.brand.id) if item.author.id == self.brand.id]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
