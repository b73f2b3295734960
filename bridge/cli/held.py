"""bridge held list, show, release, drop, confirm."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from bridge.cli.output import Exit, counted, lines, say, table
from bridge.cli.shared import Config, Json, group, loaded, stop, wait_for

app = group("What waits for a person: answers that were held, letters, proxies that nobody takes.")

Key = Annotated[str, typer.Argument(help="The key that `bridge held list` shows.", show_default=False)]


@app.command("list")
def list_(*, config: Config = None, json: Json = False) -> None:
    """List everything that waits for a person, oldest first, with its reason.

    Example: bridge held list --json
    """
    from bridge.app.showing import held

    found, _place = loaded(config)
    rows = wait_for(held(found))
    if json:
        lines(rows)
        return
    if not rows:
        say("nothing is held")
        return
    shown = ((row.key, row.kind, row.reason, row.since, row.who, row.detail) for row in rows)
    table(f"{counted(len(rows), 'thing')} held", ("key", "what", "reason", "since", "of", "detail"), shown)


@app.command()
def show(key: Key, *, config: Config = None, json: Json = False) -> None:
    """Show one of them whole: its text, where it was going, and why it waits.

    Example: bridge held show 'publish|4f1c|1'
    """
    from bridge.app.showing import held_one

    found, _place = loaded(config)
    item = wait_for(held_one(found, key))
    if item is None:
        stop(Exit.NOT_FINE, f"nothing is kept under {key!r}: see bridge held list")
    if json:
        lines([item])
        return
    for name, value in item.items():
        say(f"{name}: {value}" if "\n" not in str(value) else f"{name}:\n{value}")


@app.command()
def release(key: Key, *, config: Config = None) -> None:
    """Let it go on; the reason that held it is overruled, every other gate is asked again.

    Example: bridge held release 'publish|4f1c|1'
    """
    from bridge.app.beside import release as released

    _order(key, config, released)


@app.command()
def drop(key: Key, *, config: Config = None) -> None:
    """Never do it; it stays on record as dropped.

    Example: bridge held drop 'publish|4f1c|1'
    """
    from bridge.app.beside import drop as dropped

    _order(key, config, dropped)


@app.command()
def confirm(
    key: Key,
    posted: Annotated[
        str, typer.Argument(help="The platform's id of the answer that stands there.", show_default=False)
    ],
    *,
    config: Config = None,
) -> None:
    """Say that a publication in doubt stands on the platform, because you looked.

    Example: bridge held confirm 'publish|4f1c|1' 1790012345678901234
    """
    from bridge.app.beside import confirm as confirmed
    from bridge.core.publications import Posted

    _order(key, config, lambda house, named: confirmed(house, named, Posted(id=posted)))


def _order(key: str, config: Config, order: Callable[..., Awaitable[str]]) -> None:
    from bridge.app.beside import NotHeld, beside

    found, _place = loaded(config)

    async def work() -> str:
        async with beside(found) as (house, _store):
            return await order(house, key)

    try:
        say(wait_for(work()))
    except NotHeld as problem:
        stop(Exit.NOT_FINE, str(problem))
