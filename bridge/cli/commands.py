"""The command `bridge`: every command and group, each in the file of its noun."""

from typing import Annotated

import typer

from bridge import __version__
from bridge.cli import (
    appservice,
    channels,
    conversations,
    held,
    keeping,
    mail,
    models,
    outbox,
    people,
    rules,
    running,
    store,
    voice,
)

app = typer.Typer(
    help="Brings public posts into an existing contact-centre queue, and agents' answers back under them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's callbacks get their value so
    if asked:
        typer.echo(f"bridge {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    *,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Nothing by itself."""


running.add_to(app)
rules.add_to(app)
voice.add_to(app)
keeping.add_to(app)
appservice.add_to(app)
app.add_typer(mail.app, name="mail")
app.add_typer(channels.app, name="channel")
app.add_typer(held.app, name="held")
app.add_typer(outbox.app, name="outbox")
app.add_typer(conversations.app, name="conversation")
app.add_typer(people.desks, name="desk")
app.add_typer(people.agents, name="agent")
app.add_typer(people.agents, name="agents", hidden=True)  # the threat model calls it so
app.add_typer(models.app, name="model")
app.add_typer(store.app, name="db")
