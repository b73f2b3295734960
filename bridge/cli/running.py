"""bridge run, check, status, demo."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.output import Exit, complain, lines, say, table
from bridge.cli.shared import Config, Json, loaded, stop, wait_for


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(run)
    app.command()(check)
    app.command()(status)
    app.command()(demo)


def run(
    *,
    config: Config = None,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every channel once, send what is due, and end: for cron.")
    ] = False,
) -> None:
    """Run the bridge until it is told to stop.

    Example: bridge run --config /etc/bridge

    SIGTERM and Ctrl-C finish what is under way within 10 s and lose nothing; a second one stops at once.
    SIGHUP takes up changed rules, routes, responses and desks' policies.
    """
    from bridge.app.memory import give_back_early

    give_back_early()
    from bridge.app import daemon
    from bridge.log import set_up

    found, place = loaded(config, quiet=False)
    set_up(found.bridge.log.level, form=found.bridge.log.format)
    if once:
        fine = wait_for(daemon.run_once(found))
        raise typer.Exit(Exit.FINE if fine else Exit.NOT_FINE)
    wait_for(daemon.run(found, place))


def check(*, config: Config = None, json: Json = False) -> None:
    """Check the configuration: every mistake at once, every rule's test, every lint.

    Example: bridge check --config ./config

    Exit 0: fine. 1: usable, but a rule's test fails. 78: not usable.
    """
    from bridge.app.checking import checked

    report = checked(config)
    if json:
        lines([report])
    else:
        for complaint in (*report.complaints, *report.failures):
            complain(str(complaint))
        for warning in report.warnings:
            complain(f"warning: {warning}")
        say(report.summary)
    raise typer.Exit(report.exit)


def status(*, config: Config = None, json: Json = False) -> None:
    """Show how things stand: what waits, what is in doubt, what is held, and since when; counts are of the last day.

    Example: bridge status --json

    Exit 1 where something waits for a person or publishing is paused.
    """
    from bridge.app.overview import overview

    found, _place = loaded(config)
    seen = wait_for(overview(found))
    if json:
        lines([seen])
    else:
        for line in seen.lines():
            say(line)
        table(
            "Outbox",
            ("effect", "state", "rows", "oldest"),
            ((w.effect, w.state, w.rows, w.oldest) for w in seen.outbox),
        )
        if seen.desks:
            waiting = ((d.desk, d.priority, d.waiting, d.oldest) for d in seen.desks)
            table("Waiting for their turn", ("desk", "priority", "proxies", "oldest"), waiting)
    raise typer.Exit(Exit.NOT_FINE if seen.needs_a_person else Exit.FINE)


def demo(
    *,
    port: Annotated[
        int, typer.Option(help="Port of the page on this machine; 0 for a free one.", min=0, max=65535)
    ] = 8080,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep everything in this directory, and go on there next time.")
    ] = None,
) -> None:
    """Show the whole loop on one page: a forum, an agent's mailbox, and the real bridge between them.

    Example: bridge demo

    Needs no server and no account; everything listens on this machine only and is gone when it ends.
    """
    try:
        from bridge.demo.problems import CannotShow
        from bridge.demo.town import demonstrate
    except ModuleNotFoundError as problem:
        stop(Exit.NOT_FINE, f"the demo needs the library {problem.name}: pip install 'bridge[demo]'")

    def told(line: str) -> None:
        say(line)
        sys.stdout.flush()

    try:
        wait_for(demonstrate(port, keep, say=told))
    except CannotShow as problem:
        stop(Exit.NOT_FINE, str(problem))
