"""Everything that the page shows, and the look at it again and again while somebody watches."""

import asyncio
import shlex
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bridge.app.asking import ask
from bridge.config import Loaded
from bridge.demo import boards
from bridge.demo.live import Live
from bridge.demo.pen import WRITERS
from bridge.demo.postbox import Postbox
from bridge.demo.premises import Premises
from bridge.demo.story import story
from bridge.ports import StoreLost, TemporaryProblem
from bridge.store.problems import CannotOpen
from bridge.testing.fakes.forum import Forum

LOOK = 0.1
"""Seconds between two looks at the boards and the mailbox."""

RARER = 2
"""Looks after which the store is asked, too."""


@dataclass(slots=True, kw_only=True)
class Scene:
    """The boards, the mailbox, and the bridge between them."""

    premises: Premises
    forum: Forum
    talk: Forum
    postbox: Postbox
    smtp_port: int
    live: Live = field(default_factory=Live)
    configuration: Loaded | None = None
    """None while the demo starts."""
    daemon: int = 0
    """The daemon's process, once it runs."""

    def about(self) -> dict[str, object]:
        """Where things lie, and the commands that show the same from outside."""
        return {
            "root": str(self.premises.root),
            "mailbox": str(self.premises.mailbox),
            "smtp": f"127.0.0.1:{self.smtp_port}",
            "neomutt": shlex.join(["neomutt", "-n", "-F", str(self.premises.muttrc)]),
            "bridge": command(),
            "config": str(self.premises.configuration),
            "reload": f"kill -HUP {self.daemon}",
            "writers": {name: writer.shown for name, writer in WRITERS.items()},
        }

    async def watch(self) -> None:
        """Look at everything while somebody looks at the page."""
        looks = 0
        while True:
            await self.live.watched.wait()
            self.live.show("boards", boards.shown(self.forum, self.talk))
            with suppress(FileNotFoundError):  # another client moved a mail just now: the next look finds it
                self.live.show("mailbox", self.postbox.lines())
            if looks % RARER == 0:
                await self._tell()
            looks += 1
            await asyncio.sleep(LOOK)

    async def _tell(self) -> None:
        """What the store says; while it is busy the page keeps what it shows."""
        if self.configuration is None:
            return
        with suppress(CannotOpen, StoreLost, TemporaryProblem):
            self.live.show("story", await ask(self.configuration, story))


def command() -> str:
    """How this program was called, to be called again."""
    called = Path(sys.argv[0])
    if called.name == "bridge":
        return shlex.quote(str(called.absolute()))
    return f"{shlex.quote(sys.executable)} -m bridge"
