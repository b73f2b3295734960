"""bridge pause publishing, bridge resume publishing: the one switch that stops the voice (threat-model 4.11)."""

from typing import Annotated

import typer

from bridge.cli.output import Exit, say
from bridge.cli.shared import Config, loaded, stop, switch

What = Annotated[str, typer.Argument(help="What to stop or start: publishing.")]


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(pause)
    app.command()(resume)


def pause(what: What, *, config: Config = None) -> None:
    """Stop all publishing at once; it survives a restart, and posts and proxies go on.

    Example: bridge pause publishing
    """
    _switch(what, "paused", config)
    say("publishing is paused; end it with: bridge resume publishing")


def resume(what: What, *, config: Config = None) -> None:
    """Go on publishing.

    Example: bridge resume publishing
    """
    _switch(what, "", config)
    say("publishing goes on")


def _switch(what: str, value: str, config: Config) -> None:
    if what != "publishing":
        stop(Exit.USAGE, "only publishing can be paused here; for a channel: bridge channel pause NAME")
    found, _place = loaded(config)
    switch(found, "publishing", value)
