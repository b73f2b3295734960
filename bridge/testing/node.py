"""One node as an operator starts it: `bridge run` as a process that a test may pause, wake, kill and start again."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path

import aiohttp

START = 30.0
"""Seconds that a node has until it answers."""

STOP = 20.0
"""Seconds that a node has to end in order."""

_NOT_FOR_IT = frozenset(
    {
        "BRIDGE_CONFIG",
        "CREDENTIALS_DIRECTORY",
        "STATE_DIRECTORY",
        "NOTIFY_SOCKET",
        "JOURNAL_STREAM",
        "WATCHDOG_USEC",
    }
)
"""What a surrounding service would tell it and what is wrong here."""


class Node:
    """A process over a configuration directory; what it says goes into a log file."""

    def __init__(self, configuration: Path, *, log: Path, program: tuple[str, ...] = ("-m", "bridge")) -> None:
        self._configuration = configuration
        self._log = log
        self._program = program
        self._process: Process | None = None

    @property
    def alive(self) -> bool:
        """Whether the process is there, paused or not."""
        return self._process is not None and self._process.returncode is None

    @property
    def code(self) -> int | None:
        """How it ended, negative for a signal; None while it runs or before it was started."""
        return None if self._process is None else self._process.returncode

    @property
    def pid(self) -> int:
        """Its process id; raises LookupError before it was started."""
        if self._process is None:
            raise LookupError("the node was not started")
        return self._process.pid

    async def start(self, *before: str) -> None:
        """Start it; it may not be ready yet. `before` are words of a program that starts it in its own place, as `env` does."""
        command = [*before, sys.executable, *self._program, "run", "--config", str(self._configuration)]
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *command, stdin=DEVNULL, stdout=log, stderr=log, env=surroundings(), process_group=0
            )

    def pause(self) -> None:
        """Let it stand still."""
        send(signal.SIGSTOP, self._process)

    def wake(self) -> None:
        """Let it go on."""
        send(signal.SIGCONT, self._process)

    async def kill(self) -> None:
        """End it where it stands."""
        send(signal.SIGKILL, self._process)
        if self._process is not None:
            await self._process.wait()

    async def stop(self) -> int:
        """End it in order, also where it was paused or has ended by itself; returns its exit code."""
        if self._process is None:
            return 0
        self.wake()
        send(signal.SIGTERM, self._process)
        try:
            return await asyncio.wait_for(self._process.wait(), STOP)
        except TimeoutError:
            await self.kill()
            raise

    def said(self) -> str:
        """Its log."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""


def surroundings() -> dict[str, str]:
    """The environment that a bridge of our own gets."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_FOR_IT}


def send(number: signal.Signals, process: Process | None) -> None:
    """Signal a process, unless it was never started or has ended."""
    if process is not None and process.returncode is None:
        with suppress(ProcessLookupError):
            process.send_signal(number)


async def page(address: str, *, node: Node) -> str:
    """A status page as soon as it answers 200; raises AssertionError with the node's log where it never does."""
    async with aiohttp.ClientSession() as session:
        with suppress(TimeoutError):
            async with asyncio.timeout(START):
                while node.alive:
                    with suppress(aiohttp.ClientError):
                        async with session.get(address) as answer:
                            if answer.status == HTTPStatus.OK:
                                return await answer.text()
                    await asyncio.sleep(0.1)
    raise AssertionError(f"{address} never answered; the node said:\n{node.said()[-4000:]}")


def free_port() -> int:
    """A port of the loopback that nobody used a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
