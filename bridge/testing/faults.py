"""A proxy that stands before a real server and spoils the connections to it."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Self

from bridge.testing.toxics import Connection, Link, Toxic

_CHUNK = 65_536


class FaultProxy:
    """Listens on a free port of the loopback and passes everything on to a server, through the toxics of each direction.

    Toxics may be added and removed at any time; what comes next meets them.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.port = 0
        """Where clients connect, once it was entered."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: list[Connection] = []
        self.up: list[Toxic] = []
        """What happens on the way to the server."""
        self.down: list[Toxic] = []
        """What happens on the way back."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.refuse()
        self.reset_all()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def refuse(self) -> None:
        """Take no more connections, as a server that is down."""
        assert self._server
        self._server.close()
        await asyncio.sleep(0)

    def stall(self) -> None:
        """From now on nothing comes through on the connections that there are, and nobody is told; new ones are well."""
        for connection in self._connections:
            connection.is_stalled = True

    def part(self) -> None:
        """Part both machines of each connection that there is, as a firewall that drops does; new connections are well."""
        for connection in self._connections:
            connection.part()

    def reset_all(self) -> None:
        """Reset every connection that there is."""
        for connection in self._connections:
            connection.reset()
        self._connections.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        connection = Connection(writer, far_writer)
        self._connections.append(connection)
        self._start(self._pump(reader, Link(far_writer, connection), self.up))
        self._start(self._pump(far_reader, Link(writer, connection), self.down))

    def _start(self, pumping: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(pumping)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pump(self, reader: asyncio.StreamReader, link: Link, toxics: list[Toxic]) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                if link.connection.is_stalled:
                    continue
                if link.connection.is_silent and toxics is self.down:
                    link.connection.swallowed.set()
                else:
                    await _flow(data, tuple(toxics), link)
            await _flow(b"", tuple(toxics), link)
        link.end()


async def _flow(data: bytes, toxics: tuple[Toxic, ...], link: Link) -> None:
    """Through the first toxic, and each piece that it lets go through the others."""
    if toxics:
        async for piece in toxics[0].feed(data, link):
            await _flow(piece, toxics[1:], link)
    elif data:
        await link.write(data)
