"""bridge explain, bridge triage, bridge rules test, bridge rules backtest."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.output import Exit, complain, counted, lines, say, table
from bridge.cli.shared import Config, Json, file_named, group, loaded, progress_of, span, stop, wait_for

if TYPE_CHECKING:
    from bridge.app.backtesting import Decided, Replay

rules = group("Test the rules, and replay what came against them.")

_LABELS = 5
"""Likeliest labels that people are shown."""
_LISTED = 20
"""Changed posts that people are shown; JSON has more."""


@rules.callback()
def _rules() -> None:
    """Test the rules, and replay what came against them."""


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


@rules.command()
def backtest(
    *,
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="OTHER",
            help="Configuration directory with the rules to try; else the one in use.",
            show_default=False,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Replay stored posts against other rules, and show what would be decided otherwise; nothing is changed.

    Example: bridge rules backtest --since 30d --config ./config-with-new-rules

    The posts come from the store that OTHER names, beside the running daemon.
    Each is judged as of its time, with the language and labels that it was given then.
    """
    from bridge.app.backtesting import replayed

    back = span(since)
    found, _place = loaded(config)
    with progress_of("Replaying") as progress:
        replay = wait_for(replayed(found, back, progress=progress))
    if json:
        lines([replay])
    else:
        _show(replay)


def _show(replay: "Replay") -> None:
    """Counts, routes, rules, and the first posts that change."""
    say(f"{counted(replay.posts, 'post')} since {replay.since:%Y-%m-%d %H:%M} UTC, {replay.skipped} skipped")
    say(
        f"{replay.changed} would be judged otherwise: {replay.newly_forwarded} newly forwarded, "
        f"{replay.newly_left} left alone, {replay.moved} to another route or desk, "
        f"{replay.otherwise} with other tags, priority, target, approval or automatic answer"
    )
    if not replay.changed and not replay.hits:
        return
    table("Routes", ("was", "would be", "posts"), ((move.before, move.after, move.count) for move in replay.moves))
    table(
        "Rules that hit more or fewer posts",
        ("rule", "hit", "would hit"),
        ((h.rule, h.before, h.after) for h in replay.hits),
    )
    listed = replay.changes[:_LISTED]
    rows = ((one.post, _told(one.before), _told(one.after), one.text) for one in listed)
    table(f"The first {len(listed)} of {counted(replay.changed, 'post')}", ("post", "was", "would be", "text"), rows)


def _by_chance(labelled: tuple[str, float]) -> tuple[float, str]:
    """Likeliest labels first."""
    return -labelled[1], labelled[0]


def _told(decided: "Decided") -> str:
    if not decided.route:
        return f"left {' '.join(decided.tags)}".rstrip()
    alone = f", answers with {decided.auto_answer}" if decided.auto_answer else ""
    return f"{decided.route} → {decided.desk}, {decided.priority}{alone} {' '.join(decided.tags)}".rstrip()


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
    if verdict.auto_answer:
        say(
            f"asks for the standard response {verdict.auto_answer} without an agent, where [bridge.auto_answers] lets it"
        )
    told = ", ".join(
        f"{label} {chance:.2f}" for label, chance in sorted(verdict.labels.items(), key=_by_chance)[:_LABELS]
    )
    say(f"model {verdict.model}: {told}" if verdict.model else "the model is switched off")
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
