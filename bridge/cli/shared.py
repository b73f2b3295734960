"""What commands share: their common options, the loaded configuration, and how problems end them."""

import asyncio
import sys
from collections.abc import Callable, Collection, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bridge.cli.output import Exit, complain

T = TypeVar("T")

Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="DIR",
        help="Configuration directory; else $BRIDGE_CONFIG, else /etc/bridge.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def group(text: str) -> typer.Typer:
    """A group of commands under one word."""
    return typer.Typer(help=text, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def stop(code: Exit, text: str = "") -> NoReturn:
    """End the command, with a line on standard error where there is something to say."""
    if text:
        complain(text)
    raise typer.Exit(code)


def loaded(config: Path | None, *, quiet: bool = True) -> "tuple[Any, Any]":
    """The configuration and its place; every complaint on standard error and exit 78 where it may not be used."""
    from bridge.app.place import place
    from bridge.config import Complaints, load

    where = place(config)
    found = load(where.configuration, where.credentials)
    if isinstance(found, Complaints):
        for complaint in found.complaints:
            complain(str(complaint))
        count = len(found.complaints)
        stop(Exit.CONFIGURATION, f"{count} {'mistake' if count == 1 else 'mistakes'} in {where.configuration}")
    if not quiet:
        for warning in found.warnings:
            complain(f"warning: {warning}")
    return found, where


def span(text: str) -> timedelta:
    """A length of time as people type it; anything else ends the command."""
    from bridge.app.keeping import length

    found = length(text)
    if found is None:
        stop(Exit.USAGE, f"{text!r} is no length of time: write 30d, 12h or 90m")
    return found


def wait_for(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's work; what a person must repair ends it with one line."""
    with troubles_told():
        return asyncio.run(work)


@contextmanager
def troubles_told() -> Iterator[None]:
    """What a person must repair ends the command with one line, and Ctrl-C with none."""
    from bridge.ports import PermanentProblem, StoreLost, TemporaryProblem, UncertainProblem
    from bridge.store.problems import CannotOpen

    try:
        yield
    except CannotOpen as problem:
        stop(Exit.CONFIGURATION, str(problem))
    except StoreLost as problem:
        stop(Exit.NOT_FINE, f"the state store failed: {problem}")
    except (TemporaryProblem, PermanentProblem, UncertainProblem) as problem:
        stop(Exit.NOT_FINE, str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


def must_know(name: str, among: Collection[str], *, what: str) -> None:
    """End the command with the names that there are, where the given one is not among them."""
    if name not in among:
        stop(Exit.NOT_FINE, f"there is no {what} {name!r}: there are {', '.join(among) or 'none'}")


def switch(found: Any, name: str, value: str) -> None:
    """Set a switch of the installation beside the daemon, or take it away with an empty value."""
    from bridge.app import beside

    async def work() -> None:
        async with beside.beside(found) as (house, _store):
            await beside.switch(house, name, value)

    wait_for(work())


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[float], None]]:
    """A bar on standard error where that is a terminal, nothing elsewhere; it is told shares of one."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda done: bar.update(task, completed=done)


@contextmanager
def file_named(what: object) -> Iterator[None]:
    """Work with a file that a person named: where it cannot be read or written, one line says which and why."""
    try:
        yield
    except OSError as problem:
        stop(Exit.NOT_FINE, f"{what}: {problem.strerror or 'cannot be read or written'}")
