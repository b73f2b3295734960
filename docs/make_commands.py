"""Draws docs/commands.md from the program's own help; run it after a change of a command."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from bridge.cli.commands import app

PAGE = Path(__file__).parent / "commands.md"

INTRODUCTION = """\
# Commands

Drawn from the program's own help by `python docs/make_commands.py`; a test keeps it equal.
Exit codes: 0 fine, 1 what was asked about is not fine, 2 usage, 78 configuration.
"""


def page() -> str:
    """The whole page, in the order of `bridge --help`."""
    return INTRODUCTION + "".join(
        _section(path, command) for path, command in _all(typer.main.get_command(app), "bridge")
    )


def _all(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        shown = ((name, inner) for name, inner in command.commands.items() if not inner.hidden)
        for name, inner in shown:
            yield from _all(inner, f"{path} {name}")
    else:
        yield path, command


def _section(path: str, command: Any) -> str:
    context = command.context_class(command, info_name=path.rpartition(" ")[2])
    usage = " ".join(command.collect_usage_pieces(context))
    options = [record for parameter in command.params if (record := parameter.get_help_record(context))]
    rows = "".join(f"| `{name}` | {text} |\n" for name, text in options)
    table = f"\n| option | meaning |\n| --- | --- |\n{rows}" if rows else ""
    text = "\n\n".join(part.strip().replace("\n", " ") for part in (command.help or "").split("\n\n"))
    return f"\n## `{path}`\n\n    {path} {usage}\n\n{text}\n{table}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
