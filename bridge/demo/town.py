"""Starts the demo and ends it: two boards, a mailbox, an SMTP listener, the page, and the daemon as a child."""

import asyncio
import errno
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bridge.config import Complaints, load
from bridge.demo import samples
from bridge.demo.child import Daemon
from bridge.demo.page import application
from bridge.demo.postbox import Postbox
from bridge.demo.postman import Postman
from bridge.demo.premises import BRAND, Premises
from bridge.demo.problems import CannotShow
from bridge.demo.scene import Scene, command
from bridge.log import set_up
from bridge.testing.fakes.forum import Forum
from bridge.testing.fakes.server import Loopback

Say = Callable[[str], None]


async def demonstrate(port: int, keep: Path | None, *, say: Say) -> None:
    """Show the demo until it is told to stop by SIGINT, SIGTERM or SIGHUP; a second one ends it at once.

    Everything is gone in the end unless `keep` names a directory.
    Raises CannotShow with what to do about it.
    """
    with _root(keep) as root:
        premises = Premises(root=root)
        with premises.log.open("a", encoding="utf-8") as log:
            set_up("warning", log, form="auto")
            await _shown(premises, port, say=say)
        say("stopped" if keep is None else f"stopped; everything is kept in {root}")


@contextmanager
def _root(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="bridge-demo-", ignore_cleanup_errors=True) as made:
            yield Path(made)
        return
    try:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise CannotShow(f"{keep} cannot be used: {(problem.strerror or 'no reason given').lower()}") from None
    yield keep.resolve()


async def _shown(premises: Premises, port: int, *, say: Say) -> None:
    daemon, stop = Daemon(premises), asyncio.Event()
    _listen(stop, daemon)
    say("starting …")
    async with _opened(premises, port) as (scene, address):
        try:
            if await _until(stop, daemon.start(), _understand(scene)):
                return
            scene.daemon = daemon.pid
            samples.fill(scene.forum)
            _greet(say, scene, address)
            await _until(stop, daemon.lives(), samples.drip(scene.talk), scene.watch())
            say("stopping …")
        finally:
            await daemon.stop()
            scene.live.end()


@asynccontextmanager
async def _opened(premises: Premises, port: int) -> AsyncIterator[tuple[Scene, str]]:
    """Everything but the daemon; the page's port is known before the configuration names it."""
    async with AsyncExitStack() as stack:
        postman = Postman(premises.replies)
        stack.push_async_callback(postman.stop)
        await postman.start()
        forum, talk = (Forum(journal=premises.board(name), brand=BRAND) for name in ("forum", "talk"))
        stack.push_async_callback(forum.stop)
        stack.push_async_callback(talk.stop)
        scene = Scene(
            premises=premises, forum=forum, talk=talk, postbox=Postbox(premises.mailbox), smtp_port=postman.port
        )
        server = Loopback(application(scene))
        stack.push_async_callback(server.stop)
        address = await _bound(server, port)
        premises.furnish(page=address, account=forum.brand.id, token=forum.token)
        premises.write_muttrc(postman.port)
        yield scene, address


async def _bound(server: Loopback, port: int) -> str:
    try:
        return await server.start(port)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            why = f"port {port} is in use"
        elif problem.errno == errno.EACCES:
            why = f"port {port} may be used by root only"
        else:
            raise
        raise CannotShow(f"{why}: choose another one with --port, or --port 0 for any free one") from None


async def _understand(scene: Scene) -> None:
    """Read the configuration that the daemon reads, beside its start."""
    premises = scene.premises
    found = await asyncio.to_thread(load, premises.configuration, premises.credentials)
    if isinstance(found, Complaints):
        told = "\n".join(f"  {complaint}" for complaint in found.complaints)
        raise CannotShow(f"the configuration in {premises.configuration} is not usable:\n{told}")
    scene.configuration = found


async def _until(stop: asyncio.Event, *works: Coroutine[None, None, None]) -> bool:
    """See all works through unless the demo is told to stop first; says whether it was. Raises what a work raises."""
    stopping = asyncio.create_task(stop.wait())
    running = [asyncio.create_task(work) for work in works]
    try:
        while not stop.is_set() and not all(task.done() for task in running):
            waiting = [task for task in running if not task.done()]
            done, _ = await asyncio.wait([stopping, *waiting], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
    finally:
        for task in (stopping, *running):
            task.cancel()
        await asyncio.gather(stopping, *running, return_exceptions=True)
    return stop.is_set()


def _greet(say: Say, scene: Scene, address: str) -> None:
    about = scene.about()
    lines = (
        f"The demo is at {address}/",
        "",
        f"  everything lies in     {about['root']}",
        f"  the daemon's log       {scene.premises.log}",
        f"  your own mail client   {about['neomutt']}",
        f"  look inside            {command()} status --config {about['config']}",
        "",
        "Ctrl-C ends it.",
    )
    for line in lines:
        say(line)


def _listen(stop: asyncio.Event, daemon: Daemon) -> None:
    """The first signal ends in order, the second one at once."""

    def told() -> None:
        if stop.is_set():
            daemon.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told)
