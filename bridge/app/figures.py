"""The operator's own figures: how much waits in the queues of desks, asked of a command or an address now and then."""

import asyncio
import os
import re
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import structlog

from bridge.config import Loaded
from bridge.config.pace_stanza import FigureStanza
from bridge.ports import TemporaryProblem
from bridge.shell.health import Lookout

log = structlog.get_logger("bridge.pacing")

PATIENCE = 5.0
"""Seconds that a command or an address may take."""

LONGEST = 1024
"""Bytes of an answer that are looked at."""

_NUMBER = re.compile(rb"\s*(\d{1,9})(?:\.\d*)?\s*")

Ask = Callable[[FigureStanza], Awaitable[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What was told last, and for how long it holds."""

    figure: int | None
    until: datetime


class Figures:
    """What was told last, by desk; a figure that cannot be read counts as none, and shows as a failing connection."""

    def __init__(self, sources: Callable[[], Mapping[str, FigureStanza]], lookout: Lookout, ask: Ask) -> None:
        self._sources = sources
        self._lookout = lookout
        self._ask = ask
        self._answers: dict[str, _Answer] = {}

    @property
    def known(self) -> Mapping[str, int]:
        """Desks' figures of the moment."""
        return {name: each.figure for name, each in self._answers.items() if each.figure is not None}

    async def renew(self, now: datetime) -> None:
        """Ask for every figure whose time is over, all at once."""
        wanted = self._sources()
        self._answers = {name: answer for name, answer in self._answers.items() if name in wanted}
        due = {name: stanza for name, stanza in wanted.items() if not self._holds(name, stanza, now)}
        await asyncio.gather(*(self._renew(name, stanza, now) for name, stanza in due.items()))

    def _holds(self, name: str, stanza: FigureStanza, now: datetime) -> bool:
        """Whether the last answer is young enough; one from the time before a clock was set back never is (C12)."""
        answer = self._answers.get(name)
        return answer is not None and now < answer.until <= now + stanza.every

    async def _renew(self, desk: str, stanza: FigureStanza, now: datetime) -> None:
        figure = None
        try:
            figure = await self._ask(stanza)
        except TemporaryProblem as problem:
            await self._lookout.failed(f"figure {desk}", problem)
        else:
            await self._lookout.well(f"figure {desk}")
        self._answers[desk] = _Answer(figure=figure, until=now + stanza.every)


def sources(loaded: Loaded) -> Mapping[str, FigureStanza]:
    """Where each desk's figure comes from; desks without one are left out."""
    paces = {name: desk.common.pace for name, desk in loaded.desks.items()}
    return {name: pace.figure for name, pace in paces.items() if pace is not None and pace.figure is not None}


async def asked(stanza: FigureStanza) -> int:
    """The number; raises TemporaryProblem where none is told in time."""
    reason = "the figure did not come in time"
    try:
        async with asyncio.timeout(PATIENCE):
            said = await (_run(stanza.command) if stanza.command else _got(stanza.url or ""))
    except (OSError, aiohttp.ClientError) as problem:
        reason = f"the figure could not be asked for: {type(problem).__name__}"
    except TimeoutError:
        pass
    else:
        return _number(said)
    raise TemporaryProblem(reason)


def _number(said: bytes) -> int:
    """A whole number and nothing else; what stands behind a point is left out."""
    found = _NUMBER.fullmatch(said)
    if found is None:
        raise TemporaryProblem("the figure is not a number")
    return int(found.group(1))


async def _run(command: tuple[str, ...]) -> bytes:
    """What a program prints; it ends with us, at the latest after PATIENCE.

    It writes into a plain pipe that is read once it has ended: one that prints without end stands still by itself.
    """
    ours, theirs = os.pipe()
    try:
        process = await _started(command, theirs)
        try:
            code = await process.wait()
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
        if code != 0:
            raise TemporaryProblem("the figure's command failed")
        os.set_blocking(ours, False)
        return os.read(ours, LONGEST)
    finally:
        os.close(ours)


async def _started(command: tuple[str, ...], out: int) -> asyncio.subprocess.Process:
    """The program in a group of its own, so that what it starts ends with it."""
    quiet = asyncio.subprocess.DEVNULL
    try:
        return await asyncio.create_subprocess_exec(
            *command, stdin=quiet, stdout=out, stderr=quiet, start_new_session=True
        )
    finally:
        os.close(out)


async def _got(url: str) -> bytes:
    """What an address answers; it is the operator's own, and sends us nowhere else."""
    async with aiohttp.ClientSession(auto_decompress=False) as session, session.get(url, allow_redirects=False) as got:
        if got.status != 200:  # noqa: PLR2004 - HTTP's own number for fine
            raise TemporaryProblem(f"the figure's address answered {got.status}")
        return await got.content.read(LONGEST)
