"""A running demo as its user meets it, and a spectator who follows its page until something is so."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

PATIENCE = 30
"""Seconds until a state that does not come is a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A demo as its user sees it: a process and an address."""

    process: "subprocess.Popen[str]"
    address: str
    told: str
    """What it printed until it was ready."""

    @property
    def root(self) -> Path:
        """Where everything of it lies."""
        return Path(_found(r"everything lies in +(\S+)", self.told))


def start(*options: str) -> "subprocess.Popen[str]":
    """`bridge demo` as a process of its own, the way a terminal starts it."""
    return subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", "bridge", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def ready(process: "subprocess.Popen[str]") -> Running:
    """Wait for the line that ends its greeting."""
    lines: list[str] = []
    assert process.stdout
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C"):
            told = "".join(lines)
            return Running(process=process, address=_found(r"(http://[\d.:]+)", told), told=told)
    raise AssertionError(f"the demo ended with {process.wait()}:\n{''.join(lines)}")


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, f"it did not say {pattern}: {text}"
    return found[1]


@contextmanager
def running(*options: str) -> Iterator[Running]:
    """A demo for as long as it is needed, ended in order."""
    with start(*options) as process:
        try:
            yield ready(process)
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(PATIENCE)
                finally:
                    process.kill()


@dataclass(slots=True, kw_only=True)
class Spectator:
    """The page's stream, read by a test."""

    session: aiohttp.ClientSession
    demo: Running

    @property
    def address(self) -> str:
        """The page's address."""
        return self.demo.address

    async def about(self) -> dict[str, Any]:
        """What the page says about itself."""
        async with self.session.get(f"{self.address}/about.json") as response:
            told: dict[str, Any] = await response.json()
            return told

    async def configure(self, before: str, after: str) -> None:
        """Change the daemon's configuration while it runs, as the page tells people to, and wait until it is adopted."""
        file, log = self.demo.root / "config" / "bridge.toml", self.demo.root / "bridge.log"
        text = file.read_text(encoding="utf-8")
        assert before in text, f"the configuration does not say {before}"
        adopted = log.read_text(encoding="utf-8").count("configuration_adopted")
        file.write_text(text.replace(before, after), encoding="utf-8")
        os.kill(int((await self.about())["reload"].removeprefix("kill -HUP ")), signal.SIGHUP)
        async with asyncio.timeout(PATIENCE):
            while log.read_text(encoding="utf-8").count("configuration_adopted") == adopted:  # noqa: ASYNC110 - a file rings no bell
                await asyncio.sleep(0.05)

    async def until(self, part: str, holds: Callable[[Any], Any]) -> Any:
        """The first thing that holds of a part of the page, as soon as it does."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._until(part, holds)
        except TimeoutError:
            log = (self.demo.root / "bridge.log").read_text(encoding="utf-8").splitlines()[-20:]
            raise AssertionError("\n".join([f"it never was so in {part}; the daemon said:", *log])) from None

    async def _until(self, part: str, holds: Callable[[Any], Any]) -> Any:
        async with self.session.get(f"{self.address}/live", timeout=aiohttp.ClientTimeout(total=None)) as stream:
            event = ""
            async for raw in stream.content:
                line = raw.decode().rstrip("\n")
                if line.startswith("event: "):
                    event = line.removeprefix("event: ")
                elif line.startswith("data: ") and event == part:
                    found = holds(msgspec.json.decode(line.removeprefix("data: ")))
                    if found:
                        return found
        raise AssertionError(f"the stream ended before it was so in {part}")

    async def write(self, board: str, **post: Any) -> int:
        """Write as a customer."""
        async with self.session.post(f"{self.address}/{board}/customers/posts", json=post) as response:
            assert response.status == 201, await response.text()
            return int((await response.json())["id"])

    async def mail(self, subject: str, *, kind: str) -> dict[str, Any]:
        """The newest mail with that in its subject, as soon as it is there, opened; `kind` is customer or notice."""
        line = await self.until(
            "mailbox", lambda mails: [m for m in mails if subject in m["subject"] and m["kind"] == kind]
        )
        async with self.session.get(f"{self.address}/mails/{line[0]['id']}") as response:
            opened: dict[str, Any] = await response.json()
            return opened

    async def answer(self, mail: dict[str, Any], text: str, *, writer: str = "agent") -> str:
        """Answer on the page; gives back the answer's Message-ID."""
        body = {"text": text, "writer": writer}
        async with self.session.post(f"{self.address}/mails/{mail['id']}/answer", json=body) as response:
            assert response.status == 201, await response.text()
            return str((await response.json())["message_id"])

    async def fate(self, message_id: str, holds: Callable[[Any], Any]) -> dict[str, Any]:
        """What became of an answer, as soon as that is so."""

        def of_it(told: Any) -> Any:
            return [a for a in told["answers"] if a["message_id"] == message_id and holds(a)]

        found: dict[str, Any] = (await self.until("story", of_it))[0]
        return found
