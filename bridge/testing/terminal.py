"""A terminal for programs that want a person: what they draw is read, and keys are pressed when it was seen."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

SECONDS = 30.0
"""How long the screen may take to show something."""

_ROWS, _COLUMNS = 40, 120
_STEERING = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07]*\x07|[()][A-Z0-9]|[=>78])|[\x00-\x08\x0e-\x1f]")
"""What moves the cursor and chooses colours."""
_CHUNK = 65_536


@dataclass(slots=True, kw_only=True)
class Terminal:
    """A program on a screen of its own."""

    line: int
    """The near end of its terminal."""
    drawn: str = ""
    """What it drew since the last key."""

    def press(self, keys: str) -> None:
        """Letters as they are, and control keys by their codes."""
        self.drawn = ""
        os.write(self.line, keys.encode())

    def wait(self, *words: str) -> str:
        """The first of the words that is drawn after the last key; raises TimeoutError with all that was drawn instead."""
        deadline = time.monotonic() + SECONDS
        while True:
            found = next((word for word in words if word in self.drawn), None)
            if found is not None:
                return found
            if not self._read(deadline - time.monotonic()):
                raise TimeoutError(f"none of {words} appeared: {self.drawn[-2000:]}")

    def end(self) -> None:
        """Read what the program still draws, until it is gone."""
        deadline = time.monotonic() + SECONDS
        while self._read(deadline - time.monotonic()):
            pass

    def _read(self, seconds: float) -> bool:
        """Whether more was drawn before the time was over; a program that has ended draws no more."""
        ready, _, _ = select.select([self.line], [], [], max(seconds, 0))
        with suppress(OSError):  # EIO is how Linux says that the other side of a terminal is closed
            text = os.read(self.line, _CHUNK).decode("utf-8", "replace") if ready else ""
            self.drawn += _STEERING.sub("", text)
            return bool(text)
        return False


@contextmanager
def terminal(command: list[str], *, env: Mapping[str, str]) -> Iterator[Terminal]:
    """Run a program in a terminal; it ends with the block, by itself or killed."""
    pid, line = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, {**os.environ, **env, "TERM": "xterm"})  # noqa: S606
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
    try:
        yield Terminal(line=line)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(line)
