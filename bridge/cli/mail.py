"""bridge mail inspect."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.output import Exit, complain, lines, say
from bridge.cli.shared import Json, group

app = group("Look at mails as the bridge would.")

_BODIES = {".txt": "plain", ".html": "html"}
"""Endings of files that hold a body without a header."""

_MAILS = frozenset({".eml", *_BODIES})


@app.callback()
def _mail() -> None:
    """Look at mails as the bridge would."""


@app.command()
def inspect(
    files: Annotated[list[Path] | None, typer.Argument(help="Mails; - for standard input.", show_default=False)] = None,
    *,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="DIR", help="Every mail below a directory.", show_default=False)
    ] = None,
    json: Json = False,
) -> None:
    """Say who speaks in each mail, which words are the agent's, and which commands stand at its top.

    Example: bridge mail inspect reply.eml --json

    Needs no configuration. Files ending in .txt and .html are bodies without a header, .eml and others whole mails.
    Names ending in .expected.txt or .expected_alt.txt are left out of a batch.
    """
    wanted = [*(files or []), *(_below(batch) if batch else [])]
    if not wanted:
        complain("name a mail, or a directory with --batch")
        raise typer.Exit(Exit.USAGE)
    unread = sum(not _show(file, json=json) for file in _progress(wanted))
    raise typer.Exit(Exit.NOT_FINE if unread else Exit.FINE)


def _below(directory: Path) -> list[Path]:
    found = (file for file in directory.rglob("*") if file.suffix in _MAILS and file.is_file())
    return sorted(file for file in found if not file.stem.endswith((".expected", ".expected_alt")))


def _progress(files: list[Path]) -> Iterator[Path]:
    """The files, with a bar where a person is watching something else than them."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from files
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(files, description="Reading", console=Console(stderr=True))


def _show(file: Path, *, json: bool) -> bool:
    """Print one mail's line; False where the file cannot be read."""
    from bridge.letters.inspection import from_body, inspect

    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as problem:
        complain(f"{file}: {problem.strerror}")
        return False
    found = inspect(from_body(raw, _BODIES[file.suffix]) if file.suffix in _BODIES else raw)
    if json:
        commands = [f"#{c.name} {c.argument}".rstrip() for c in found.commands]
        lines(
            [
                {
                    "file": str(file),
                    "kind": found.kind,
                    "class": found.label,
                    "text": found.text,
                    "confident": found.confident,
                    "commands": commands,
                    "reasons": found.reasons,
                }
            ]
        )
        return True
    sure = "sure" if found.confident else "not sure"
    say(f"{file}: {found.kind} ({found.label}), {sure}")
    for reason in found.reasons:
        say(f"  because {reason}")
    for command in found.commands:
        say(f"  command #{command.name} {command.argument}".rstrip())
    if found.text:
        say("\n".join(f"  | {line}" for line in found.text.splitlines()))
    return True
