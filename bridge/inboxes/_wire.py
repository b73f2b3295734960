"""aioimaplib with guards: what the server does can neither hang it, nor exhaust it, nor go unnoticed."""

import asyncio
import logging
import re
from typing import Any

import aioimaplib

from bridge.access.keepalive import keep_alive

logging.getLogger("aioimaplib").setLevel(logging.WARNING)  # below that it writes letters into the log

_SLICE = 8192
"""Bytes given to the parser at once: it recurses once a line, some six hundred times where all are `* 1 EXPUNGE`.

Python ends a recursion near a thousand; a server that sends lines still shorter in such a crowd loses the connection.
"""

_GREETING = re.compile(rb"\* (OK|PREAUTH)\b", re.IGNORECASE)


class Wire(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]  # the library has no types
    """The connection's own side; this is what differs from the library's.

    A lost connection ends every pending command at once, an IDLE too, with the result "KO".
    An error while parsing drops the connection instead of leaving commands to wait for ever.
    Long reads are parsed in slices, because the parser recurses.
    The kernel notices when the far end is gone.
    A first word that is no greeting drops the connection.
    `news` is set by every EXISTS, also one that comes with the answer to another command, and by the connection's end.
    The challenge after a refused XOAUTH2 gets the empty line that it waits for.
    The failures of tasks that the library forgets are looked at, so that nobody complains of them.
    """

    pending_sync_command: Any
    pending_async_commands: dict[str, Any]

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.news = asyncio.Event()
        self.is_lost = False
        self.shows_token = False
        """Set while XOAUTH2 is under way."""
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the kernel watch over it too."""
        keep_alive(transport)
        super().connection_made(transport)

    def data_received(self, d: bytes) -> None:
        """Look for what the parser would miss, then parse."""
        if self.state == aioimaplib.CONNECTED and not _GREETING.match(d):
            self.transport.abort()
            return
        if b" EXISTS" in self._tail + d:
            self.news.set()
        self._tail = d[-len(b" EXISTS") :]
        if self.shows_token and d.startswith(b"+"):
            self.transport.write(b"\r\n")
        try:
            for start in range(0, len(d), _SLICE):
                super().data_received(d[start : start + _SLICE])
        except Exception:  # noqa: BLE001 - whatever a strange server makes the parser raise, the connection is of no use
            self.transport.abort()
        for task in self.tasks:
            task.add_done_callback(retrieve)

    def connection_lost(self, exc: Exception | None) -> None:
        """Let nobody wait for what will never come."""
        self.is_lost = True
        pending = [self.pending_sync_command, *self.pending_async_commands.values()]
        self.pending_sync_command, self.pending_async_commands = None, {}
        for command in pending:
            if command is not None:
                command.close(b"the connection is lost", "KO")
        self.news.set()
        super().connection_lost(exc)


class Client(aioimaplib.IMAP4_SSL):  # type: ignore[misc]  # the library has no types
    """The library's client on a guarded wire."""

    protocol: Wire

    def create_client(self, host: str, port: int, *rest: Any) -> None:
        """Begin to connect; the library calls this from its constructor, with loop, callback and TLS context."""
        _, _, context = rest
        loop = asyncio.get_running_loop()
        self.protocol = Wire(loop)
        self._client_task = loop.create_task(loop.create_connection(lambda: self.protocol, host, port, ssl=context))

    def abort(self) -> None:
        """Drop the connection, whatever state it is in."""
        self._client_task.cancel()
        if self.protocol.transport is not None:
            self.protocol.transport.abort()


def retrieve(task: "asyncio.Future[Any]") -> None:
    """Look at a forgotten task's failure, so that nobody complains: it shows as a connection that is not ready."""
    if not task.cancelled():
        task.exception()
