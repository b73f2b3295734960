"""bridge channel new, list, try, quarantine, raw, login, pause, resume."""

from typing import Annotated

import typer

from bridge.cli.newcomers import new
from bridge.cli.output import Exit, counted, lines, say, table
from bridge.cli.shared import Config, Json, group, loaded, must_know, stop, switch, wait_for

app = group("Write new channels, look at them, try them, log them in, pause and resume them.")
app.command()(new)

Name = Annotated[str, typer.Argument(help="The channel's name in the configuration.", show_default=False)]

Item = Annotated[str, typer.Argument(help="The id that `bridge channel quarantine` shows.", show_default=False)]


@app.command("list")
def list_(*, config: Config = None, json: Json = False) -> None:
    """Show each channel's health, what a person must do, the age of its newest post, and what is left of its allowance.

    Example: bridge channel list

    Exit 1 where a channel needs a person.
    """
    from bridge.app.showing import channels

    found, _place = loaded(config)
    rows = wait_for(channels(found))
    if json:
        lines(rows)
    else:
        names = ("channel", "kind", "state", "since", "newest post", "last read", "allowance", "reason", "what to do")
        shown = ((r.name, r.kind, r.state, r.since, r.newest, r.read, r.allowance, r.reason, r.advice) for r in rows)
        table("Channels", names, shown)
    raise typer.Exit(Exit.NOT_FINE if any(row.needs_a_person for row in rows) else Exit.FINE)


@app.command("try")
def try_(name: Name, *, config: Config = None, json: Json = False) -> None:
    """Log in and poll once, and show the posts and what the rules say of them; nothing is stored or sent.

    Example: bridge channel try forum
    """
    from bridge.app.trying import tried

    found, _place = loaded(config)
    must_know(name, found.channels, what="channel")
    result = wait_for(tried(found, name))
    if json:
        lines(result.posts)
        return
    account = result.account
    say(f"{name}: logged in as {account.handle or account.id or 'nobody in particular'}")
    rows = (
        (p.post.at, p.post.author.handle or p.post.author.name, p.verdict.route, p.post.text[:80]) for p in result.posts
    )
    table(f"{counted(len(result.posts), 'post')}, nothing stored", ("written", "by", "route", "text"), rows)


@app.command()
def quarantine(name: Name, *, config: Config = None, json: Json = False) -> None:
    """List what a channel's platform sent and nobody could read: broken posts, and whole answers that were something else.

    Example: bridge channel quarantine x-acme
    """
    from bridge.app.showing import quarantined

    found, _place = loaded(config)
    must_know(name, found.channels, what="channel")
    rows = wait_for(quarantined(found, name))
    if json:
        lines(rows)
        return
    shown = ((row.found, row.id, row.reason, len(row.raw)) for row in rows)
    table(f"{counted(len(rows), 'thing')} that could not be read", ("found", "id", "reason", "bytes"), shown)


@app.command()
def raw(name: Name, item: Item, *, config: Config = None, json: Json = False) -> None:
    """Show one of them as it came, up to 64 KiB, without tokens.

    Example: bridge channel raw x-acme 1790012345678901234
    """
    from bridge.app.showing import quarantined_one

    found, _place = loaded(config)
    must_know(name, found.channels, what="channel")
    kept = wait_for(quarantined_one(found, name, item))
    if kept is None:
        stop(Exit.NOT_FINE, f"nothing is kept under {item!r}: see bridge channel quarantine {name}")
    if json:
        lines([kept])
    else:
        say(kept.raw.decode("utf-8", "replace"))


@app.command()
def login(name: Name, *, config: Config = None) -> None:
    """Log a channel's account in, step by step, where the platform gives tokens to a person only.

    Example: bridge channel login x-acme
    """
    from bridge.app.login import logged_in

    found, _place = loaded(config)
    must_know(name, found.channels, what="channel")
    account = wait_for(logged_in(found, name, say=say, ask=input))
    say(f"{name}: logged in as {account.handle or account.id}")


@app.command()
def pause(name: Name, *, config: Config = None) -> None:
    """Stop reading and publishing on a channel; it survives a restart.

    Example: bridge channel pause forum
    """
    _switch(name, "paused", config)
    say(f"{name} is paused")


@app.command()
def resume(name: Name, *, config: Config = None) -> None:
    """Go on with a channel; what was missed is caught up.

    Example: bridge channel resume forum
    """
    _switch(name, "", config)
    say(f"{name} goes on")


def _switch(name: str, value: str, config: Config) -> None:
    found, _place = loaded(config)
    must_know(name, found.channels, what="channel")
    switch(found, f"channel:{name}", value)
