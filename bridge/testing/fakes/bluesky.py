"""A server with Bluesky's protocol as far as the bridge talks to it, after its lexicons and documentation."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.bluesky_access import Access
from bridge.testing.fakes.bluesky_api import BlueskyApi
from bridge.testing.fakes.bluesky_saying import Saying
from bridge.testing.fakes.bluesky_world import Message, Skeet, World
from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.server import Loopback


class BlueskyServer:
    """The server with its verbs."""

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.world = World(journal=self.journal, now=now)
        self.brand = self.world.person(brand)
        self.world.brand = self.brand.did
        self.password = secrets.token_urlsafe(16)
        """The app password, made anew each time."""
        stranger = self.world.person("somebody-else.test").did
        self.access = Access(world=self.world, faults=self.faults, password=self.password, now=now, stranger=stranger)
        self.saying = Saying(world=self.world, access=self.access)
        self.api = BlueskyApi(world=self.world, faults=self.faults, access=self.access, saying=self.saying)
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=self.api.middlewares(), client_max_size=12 * 1024 * 1024)
        self.api.add_routes(app)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        if self._server is not None:
            await self._server.stop()

    def write(self, author: str, text: str, *, parent: str = "", **more: object) -> str:
        """Somebody writes, in exactly these words; gives back the address."""
        record: dict[str, object] = {
            "$type": "app.bsky.feed.post",
            "text": text,
            "createdAt": "2020-01-01T00:00:00.000Z",
        }
        if parent:
            above = self.world.skeets[parent]
            here = {"uri": above.uri, "cid": above.cid}
            reply = above.record.get("reply")
            record["reply"] = {"root": reply["root"] if isinstance(reply, dict) else here, "parent": here}
        return self.world.write(self.world.person(author).did, {**record, **more}, "").uri

    def mention(self, author: str, text: str, *, parent: str = "", **more: object) -> str:
        """Somebody addresses the brand."""
        return self.write(author, f"@{self.brand.handle} {text}", parent=parent, **more)

    def edit(self, uri: str, text: str) -> None:
        """The author writes the record anew, and still addresses the brand."""
        self.world.edit(uri, f"@{self.brand.handle} {text}")

    def delete(self, uri: str) -> None:
        """The author takes the post away."""
        self.world.delete(uri)

    def message(self, author: str, text: str) -> str:
        """Somebody sends the brand a direct message."""
        person = self.world.person(author)
        return self.world.send(person.did, self.world.convo([person.did]), text).id

    def said(self) -> Sequence[Skeet]:
        """Everything public that was accepted as the brand's, oldest first."""
        return self.world.own()

    def sent(self) -> Sequence[Message]:
        """Every message that was accepted as the brand's, oldest first."""
        return [message for message in self.world.messages if message.did == self.brand.did]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
