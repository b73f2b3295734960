"""bridge explain, bridge triage, bridge rules test."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.output import Exit, complain, lines, say, table
from bridge.cli.shared import Config, Json, file_named, group, loaded, stop, wait_for

rules = group("Test the rules.")


@rules.callback()
def _rules() -> None:
    """Test the rules."""


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(explain)
    app.command()(triage)
    app.add_typer(rules, name="rules")


@rules.command("test")
def run_tests(*, config: Config = None, json: Json = False) -> None:
    """Run every [[test]] of the rule files and say where the verdict is not the expected one.

    Example: bridge rules test --config ./config

    Exit 1 where a test fails.
    """
    from bridge.core import rules as engine

    found, _place = loaded(config)
    outcomes = engine.run_tests(found.rules)
    if json:
        lines({"file": o.example.file, "text": o.example.post.text, "surprises": o.surprises} for o in outcomes)
    failed = [outcome for outcome in outcomes if outcome.surprises]
    if not json:
        for outcome in failed:
            for surprise in outcome.surprises:
                say(f"{outcome.example.file}: {surprise}: {outcome.example.post.text[:80]!r}")
        say(f"{len(outcomes) - len(failed)} of {len(outcomes)} tests pass")
    raise typer.Exit(Exit.NOT_FINE if failed else Exit.FINE)


def explain(
    post: Annotated[
        str, typer.Argument(help="CHANNEL/ID of a stored post, a file with a text, or - for standard input.")
    ],
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Say why a post is or is not forwarded: every rule that hit or nearly did, with file and words.

    Example: echo "is the site down again?" | bridge explain -
    """
    from bridge.app.explaining import explained

    found, _place = loaded(config)
    with file_named(post):
        verdict = wait_for(explained(found, post))
    if verdict is None:
        stop(Exit.NOT_FINE, f"{post} is neither a stored post (CHANNEL/ID) nor a file")
    if json:
        lines([verdict])
        return
    say(f"route {verdict.route or 'none: left alone'}, {verdict.points} points, language {verdict.lang}")
    rows = (("hit" if why.hit else "miss", why.rule, why.detail, why.file) for why in verdict.why)
    table("Why", ("", "rule", "because", "file"), rows)


def triage(
    file: Annotated[Path, typer.Argument(help="Posts as JSON lines; - for standard input.")],
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Judge posts given as JSON lines (id, text, optional lang, author, …), without a running daemon or anything stored.

    Example: bridge triage posts.jsonl --json

    Exit 1 where a line is not a post; the others are judged all the same.
    """
    from bridge.app.explaining import triaged
    from bridge.app.learning import taught

    found, _place = loaded(config)
    judge = wait_for(taught(found))
    with file_named(file):
        stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    wrong = 0
    with stream:
        for result in triaged(judge, stream):
            if isinstance(result, str):
                wrong += 1
                complain(result)
            elif json:
                lines([result])
            else:
                say(f"{result['id']}: {result['route'] or 'left'} {' '.join(result['tags'])}".rstrip())
    raise typer.Exit(Exit.NOT_FINE if wrong else Exit.FINE)
