"""The real daemon as a process of its own, started the way systemd starts it: `bridge run`, and told when it is ready."""

import asyncio
import secrets
import shutil
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process

from bridge.demo.premises import Premises
from bridge.demo.problems import CannotShow
from bridge.testing.node import send, surroundings

PATIENCE = 12.0
"""Seconds that the daemon has to end; it takes at most ten."""

TAIL = 12
"""Lines of the log that are shown when it ends by itself."""


class Ears(asyncio.DatagramProtocol):
    """Hear what the daemon tells whoever started it (sd_notify(3)), for as long as it lives."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()

    def datagram_received(self, data: bytes, _address: object) -> None:
        """Each datagram has a few lines; only the one that it is ready matters here."""
        if b"READY=1" in data.splitlines():
            self.ready.set()


class Daemon:
    """Starts it, waits for it, ends it."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._process: Process | None = None
        self._listening: asyncio.DatagramTransport | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 before it was started."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start and wait until it says that it is ready; raises CannotShow where it ends instead."""
        name = f"bridge-demo-{secrets.token_hex(8)}"
        self._listening, ears = await asyncio.get_running_loop().create_datagram_endpoint(Ears, sock=_socket(name))
        self._process = await self._spawned(f"@{name}")
        ready, ended = asyncio.create_task(ears.ready.wait()), asyncio.create_task(self._process.wait())
        try:
            await asyncio.wait({ready, ended}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ready.cancel()
            ended.cancel()
        if self._process.returncode is not None:
            raise CannotShow(self._ended())

    async def _spawned(self, notify: str) -> Process:
        """Away from the terminal's Ctrl-C, which is ours to pass on; and it goes when we are killed."""
        bound = ["setpriv", "--pdeathsig", "TERM", "--"] if shutil.which("setpriv") else []
        run = [sys.executable, "-m", "bridge", "run", "--config", str(self._premises.configuration)]
        with self._premises.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *bound,
                *run,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                env={**surroundings(), "NOTIFY_SOCKET": notify},
                process_group=0,
            )

    async def lives(self) -> None:
        """Wait as long as it runs; raises CannotShow when it ends by itself."""
        assert self._process
        await self._process.wait()
        raise CannotShow(self._ended())

    async def stop(self) -> None:
        """Tell it to end and wait; what lasts too long is killed. May be called twice."""
        if self._process is not None:
            send(signal.SIGTERM, self._process)
            try:
                await asyncio.wait_for(self._process.wait(), PATIENCE)
            except TimeoutError:
                self.kill()
                await self._process.wait()
        if self._listening is not None:
            self._listening.close()

    def kill(self) -> None:
        """End it at once; nothing is lost, as after any crash."""
        send(signal.SIGKILL, self._process)

    def _ended(self) -> str:
        assert self._process
        lines = self._premises.log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
        told = "\n".join(f"  {line[:500]}" for line in lines)
        return f"the daemon ended by itself with exit code {self._process.returncode}; the end of its log:\n{told}"


def _socket(name: str) -> socket.socket:
    """A socket for datagrams that leaves nothing in the file system."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
    made.setblocking(False)
    made.bind(f"\0{name}")
    return made
