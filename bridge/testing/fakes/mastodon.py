"""A server with Mastodon's API as far as the bridge talks to it, after its documentation and source."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime

from aiohttp import web

from bridge.testing.fakes.clock import utc_now
from bridge.testing.fakes.faults import Faults, Mode
from bridge.testing.fakes.journal import Journal
from bridge.testing.fakes.mastodon_access import Access
from bridge.testing.fakes.mastodon_api import MastodonApi
from bridge.testing.fakes.mastodon_saying import MAX_LENGTH, Saying
from bridge.testing.fakes.mastodon_stream import Streams
from bridge.testing.fakes.mastodon_world import Draft, Toot, World
from bridge.testing.fakes.server import Loopback


class MastodonServer:
    """The server with its verbs."""

    max_length = MAX_LENGTH

    def __init__(self, *, brand: str, now: Callable[[], datetime] = utc_now) -> None:
        self.faults = Faults()
        self.journal = Journal(None, now)
        self.world = World(journal=self.journal, now=now)
        self.token = secrets.token_urlsafe(32)
        """The account's access token, made anew each time."""
        self.brand = self.world.person(brand)
        self.world.brand = self.brand.id
        self.access = Access(token=self.token)
        self.saying = Saying(world=self.world, access=self.access, brand=self.brand)
        self.api = MastodonApi(
            world=self.world,
            faults=self.faults,
            access=self.access,
            saying=self.saying,
            brand=self.brand,
            stranger=self.world.person("somebody-else"),
        )
        self.streams = Streams(self.world, self.access)
        self._server: Loopback | None = None
        self.url = ""

    async def start(self, port: int = 0) -> str:
        """Serve on loopback; gives back the address."""
        app = web.Application(middlewares=self.api.middlewares(), client_max_size=12 * 1024 * 1024)
        self.api.add_routes(app)
        app.router.add_get("/api/v1/streaming/user/notification", self.streams.listen)
        self._server = Loopback(app)
        self.url = await self._server.start(port)
        return self.url

    async def stop(self) -> None:
        """End every connection; may be called twice."""
        self.faults.heal()
        self.streams.cut()
        if self._server is not None:
            await self._server.stop()

    def write(self, author: str, text: str, *, visibility: str = "public", parent: str = "", warning: str = "") -> str:
        """Somebody writes, in exactly these words."""
        person = self.world.person(author)
        draft = Draft(author=person.id, text=text, visibility=visibility, parent=parent, warning=warning)
        return self.world.write(draft).id

    def mention(
        self, author: str, text: str, *, visibility: str = "public", parent: str = "", warning: str = ""
    ) -> str:
        """Somebody addresses the brand."""
        return self.write(author, f"@{self.brand.acct} {text}", visibility=visibility, parent=parent, warning=warning)

    def edit(self, post: str, text: str) -> None:
        """The author changes the words, and still addresses the brand."""
        self.world.edit(post, f"@{self.brand.acct} {text}")

    def delete(self, post: str) -> None:
        """The author takes the post away."""
        self.world.delete(post)

    def said(self) -> Sequence[Toot]:
        """Everything that was accepted as the brand's, oldest first."""
        return [toot for toot in self.world.toots.values() if toot.draft.author == self.brand.id]

    def fail(self, mode: Mode, *, times: int | None = None, amount: float = 0.0) -> None:
        """Switch a failure on."""
        self.faults.set(mode, times=times, amount=amount)

    def heal(self) -> None:
        """Switch all failures off."""
        self.faults.heal()
