"""What stands around the daemon in benchmarks: a server of feeds, a mail server that only takes, and what a process costs.

The far ends run in processes of their own, so that their work counts for nobody who is measured.
"""

import asyncio
import hashlib
import multiprocessing
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from bridge.testing.node import free_port

TEXT = "The &lt;b&gt;line&lt;/b&gt; is down since this morning, and nobody answers the phone. " * 6
TICKS = os.sysconf("SC_CLK_TCK")


def atom(feed: int, entries: int) -> bytes:
    """A feed of so many entries, each with a tag of its own in its title."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    parts = [
        f"<entry><id>urn:bench:{feed}:{entry}</id><title>tag-{feed:04}-{entry:04}</title>"
        f"<author><name>author{entry}</name></author><updated>{stamp}</updated>"
        f'<link href="http://127.0.0.1/e/{feed}/{entry}"/><content type="html">{TEXT} {feed}/{entry}</content></entry>'
        for entry in range(entries)
    ]
    head = f"<id>urn:bench:{feed}</id><title>Feed {feed}</title><updated>{stamp}</updated>"
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{"".join(parts)}</feed>'.encode()


@dataclass(slots=True, kw_only=True)
class Feeds:
    """Feeds at `/fN.atom`, with conditional requests, made before anybody asks; a delay stands for the network."""

    feeds: int
    entries: int
    delay: float = 0.0
    """Seconds before each answer; below zero no answer ever comes."""
    bodies: list[bytes] = field(init=False)
    _asked: "Synchronized[int]" = field(init=False)

    def __post_init__(self) -> None:
        """Write every answer once."""
        self.bodies = [atom(number, self.entries) for number in range(self.feeds)]
        self._asked = multiprocessing.Value("q", 0)

    @property
    def asked(self) -> int:
        """How many requests came, also where another process serves."""
        return int(self._asked.value)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its end."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if self.delay < 0:
                    await asyncio.Event().wait()
                await asyncio.sleep(self.delay)
                writer.write(self.reply(head))
                await writer.drain()
        writer.close()

    def reply(self, head: bytes) -> bytes:
        """A feed, or that nothing has changed."""
        self._asked.value += 1
        number = int(head.partition(b"/f")[2].partition(b".")[0])
        body = self.bodies[number]
        tag = hashlib.blake2s(body, digest_size=8).hexdigest()
        if tag.encode() in head:
            return f'HTTP/1.1 304 Not Modified\r\nETag: "{tag}"\r\n\r\n'.encode()
        kind = "Content-Type: application/atom+xml"
        return f'HTTP/1.1 200 OK\r\nETag: "{tag}"\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n'.encode() + body


def serve(told: "Queue[int]", feeds: Feeds) -> None:
    """Serve until the process is ended."""

    async def run() -> None:
        server = await asyncio.start_server(feeds.answer, "127.0.0.1", 0, backlog=2048)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


@asynccontextmanager
async def feed_server(feeds: Feeds) -> AsyncIterator[list[str]]:
    """The addresses of its feeds."""
    told: Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(told, feeds), daemon=True)
    process.start()
    port = await asyncio.to_thread(told.get)
    try:
        yield [f"http://127.0.0.1:{port}/f{number}.atom" for number in range(feeds.feeds)]
    finally:
        process.terminate()
        process.join()


@dataclass(slots=True, kw_only=True)
class Sink:
    """Postfix's `smtp-sink`, which takes every mail and appends it to one file."""

    port: int
    kept: Path
    subjects: list[bytes] = field(default_factory=list)
    """The subject lines found so far."""
    _read: int = 0

    def look(self) -> int:
        """Read what is new; returns how many mails came so far."""
        if self.kept.exists():
            with self.kept.open("rb") as file:
                file.seek(self._read)
                whole = file.read().rpartition(b"\n")[0]
            self._read += len(whole)
            self.subjects += [line for line in whole.split(b"\n") if line.startswith(b"Subject:")]
        return len(self.subjects)

    async def fills(self, count: int, *, within: float) -> float:
        """Seconds until so many mails lie there; raises TimeoutError."""
        begun = time.perf_counter()
        while self.look() < count:
            if time.perf_counter() - begun > within:
                raise TimeoutError(f"{len(self.subjects)} of {count} mails came within {within} s")
            await asyncio.sleep(0.01)
        return time.perf_counter() - begun


@contextmanager
def sink() -> Iterator[Sink]:
    """A running sink on a free port."""
    with tempfile.TemporaryDirectory() as directory:
        port, kept = free_port(), Path(directory) / "mails"
        command = ["smtp-sink", "-D", str(kept), "-u", "root", f"127.0.0.1:{port}", "1000"]
        if os.geteuid() != 0:
            command = [part for part in command if part not in ("-u", "root")]
        running = subprocess.Popen(command)
        _until_open(port)
        try:
            yield Sink(port=port, kept=kept)
        finally:
            running.terminate()
            running.wait()


def _until_open(port: int) -> None:
    """Wait until somebody listens there; raises TimeoutError."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise TimeoutError(f"nobody listens at port {port}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process has used."""

    cpu: float
    """Seconds of all its threads and of the children that it has waited for."""
    rss: float
    """MiB in memory now."""

    @classmethod
    def of(cls, pid: int) -> "Cost":
        """By what the kernel says of a process that still runs."""
        parts = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
        return cls(cpu=sum(map(int, parts[11:15])) / TICKS, rss=pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def timed(command: list[str], *, env: Mapping[str, str]) -> tuple[float, float]:
    """Seconds by the clock and of CPU that a command takes; raises CalledProcessError."""
    before, begun = os.times(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **env})
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - begun, spent
