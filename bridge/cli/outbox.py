"""bridge outbox list, retry, drop."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any

import typer

from bridge.cli.output import Exit, complain, counted, lines, say, table
from bridge.cli.shared import Config, Json, group, loaded, stop, wait_for

app = group("Effects that are intended and not settled: what they wait for, and what to do about them.")

Keys = Annotated[list[str], typer.Argument(help="Keys that `bridge outbox list` shows.", show_default=False)]


@app.command("list")
def list_(
    *,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="Only these: ready, paced, running, unsure, held; may be given again."),
    ] = None,
    kind: Annotated[
        str, typer.Option("--kind", help="Only one: judge, inject, tell, reread, remind, act, publish.")
    ] = "",
    channel: Annotated[str, typer.Option("--channel", help="Only of this channel.")] = "",
    desk: Annotated[str, typer.Option("--desk", help="Only of this desk.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="So many at most.")] = 200,
    config: Config = None,
    json: Json = False,
) -> None:
    """List every effect that is not settled, oldest first: where it goes, how often it was tried, when it is next, and why.

    Example: bridge outbox list --state unsure --channel forum --json
    """
    from bridge.app.outbox import KINDS, STATES, outbox

    _one_of(state or [], STATES, "state")
    _one_of([kind] if kind else [], KINDS, "kind")
    found, _place = loaded(config)
    states = [each for each in STATES if not state or str(each) in state]
    rows = wait_for(outbox(found, states=states, kind=kind, channel=channel, desk=desk, most=limit))
    if json:
        lines(rows)
        return
    if not rows:
        say("nothing is unsettled")
        return
    shown = ((row.key, row.kind, row.target, row.state, row.age, row.tries, row.next, row.why) for row in rows)
    more = f", the oldest {limit} shown" if len(rows) == limit else ""
    columns = ("key", "what", "where", "state", "age", "tries", "next (UTC)", "why")
    table(f"{counted(len(rows), 'effect')} not settled{more}", columns, shown)


@app.command()
def retry(keys: Keys, *, config: Config = None) -> None:
    """Try effects once more now that failed or wait for their next try; one in doubt is looked up, never sent again unseen.

    Example: bridge outbox retry 'publish|4f1c|1' 'inject|forum|p1|support'
    """
    from bridge.app.beside import retry as retried

    _order(keys, config, retried)


@app.command()
def drop(
    keys: Keys,
    *,
    why: Annotated[str, typer.Option("--why", help="For the record and for the agent.", show_default=False)],
    config: Config = None,
) -> None:
    """Give effects up: they are never done, stay on record with the reason, and their agents are told.

    Example: bridge outbox drop 'publish|4f1c|1' --why 'answered on the phone'
    """
    from bridge.app.beside import give_up

    if not why.strip():
        stop(Exit.USAGE, "--why is empty: the record and the agent need a reason")
    _order(keys, config, lambda house, key: give_up(house, key, why))


def _order(keys: Iterable[str], config: Config, order: Callable[[Any, str], Awaitable[str]]) -> None:
    """Order it for each of them, a line each; 1 where one of them was refused."""
    from bridge.app.beside import NotPossible, beside

    found, _place = loaded(config)

    async def work() -> bool:
        refused = False
        async with beside(found) as (house, _store):
            for key in dict.fromkeys(keys):
                try:
                    say(f"{key}: {await order(house, key)}")
                except NotPossible as problem:
                    refused = True
                    complain(f"{key}: {problem}")
        return refused

    if wait_for(work()):
        stop(Exit.NOT_FINE)


def _one_of(given: Iterable[str], known: Iterable[object], what: str) -> None:
    """End the command with the words that there are, where another one was given."""
    names = [str(each) for each in known]
    for word in given:
        if word not in names:
            stop(Exit.USAGE, f"there is no {what} {word!r}: there are {', '.join(names)}")
