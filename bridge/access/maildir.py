"""A Maildir on this machine: its three rooms, and its disk's errors in the words of the ports."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from bridge.ports import TemporaryProblem, UncertainProblem

ROOMS = ("tmp", "new", "cur")
"""Where a mail is written, where it is delivered, and where clients move it."""


def furnish(maildir: Path) -> None:
    """Make every room that is missing; raises OSError."""
    for room in ROOMS:
        (maildir / room).mkdir(parents=True, exist_ok=True)


@contextlib.contextmanager
def telling(problem: type[TemporaryProblem | UncertainProblem], what: str) -> Iterator[None]:
    """Say an error of the disk in the words of the ports, without the path's private parts."""
    try:
        yield
    except OSError as error:
        raise problem(f"{what}: {error.strerror or type(error).__name__}") from error
