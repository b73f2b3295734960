"""What commands print: tables for people, JSON for scripts, and never a control character from outside (E18)."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command."""

    FINE = 0
    NOT_FINE = 1
    """What was asked about is not fine, or is not there."""
    USAGE = 2
    CONFIGURATION = 78
    """sysexits(3) EX_CONFIG: systemd does not restart after it."""


def say(text: str) -> None:
    """One line for people."""
    sys.stdout.write(f"{safe(text)}\n")


def complain(text: str) -> None:
    """One line for people on standard error."""
    sys.stderr.write(f"{safe(text)}\n")


def lines(values: Iterable[object]) -> None:
    """One JSON value a line."""
    for value in values:
        text = json.dumps(plain(value), ensure_ascii=False, default=_spelled)
        sys.stdout.write(f"{text.encode('utf-8', 'replace').decode()}\n")


def _spelled(value: object) -> object:
    """What msgspec leaves and JSON does not know."""
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def safe(text: str) -> str:
    """The text with control characters spelled out; line feeds and tabs stay."""
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)


def counted(number: int, noun: str) -> str:
    """`1 post`, `2 posts`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table, as wide as the terminal; a pipe gets it as wide as it needs."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 200)
    drawn = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        drawn.add_column(column, overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(safe(cell(value))) for value in row))
    console.print(drawn)


def cell(value: object) -> str:
    """A value as a table shows it."""
    match value:
        case None | "":
            return "–"
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M:%S")
        case timedelta():
            return age(value)
        case bool():
            return "yes" if value else "no"
        case tuple() | list() | frozenset() | set():
            return ", ".join(map(str, value)) or "–"
        case _:
            return str(value)


def short(text: str) -> str:
    """The first words of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _FIRST else f"{line[: _FIRST - 1].rstrip()}…"


_FIRST = 80
"""Characters of a text that a table shows."""


def age(length: timedelta) -> str:
    """A length of time in its two largest units."""
    seconds = int(length.total_seconds())
    for unit, size, smaller, part in (("d", 86400, "h", 3600), ("h", 3600, "min", 60), ("min", 60, "s", 1)):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // part} {smaller}"
    return f"{max(0, seconds)} s"


def plain(value: object) -> object:
    """A value in terms of JSON; bytes as text, lengths of time in seconds."""
    import msgspec

    return msgspec.to_builtins(value, str_keys=True, builtin_types=(bytes, timedelta), enc_hook=str)
