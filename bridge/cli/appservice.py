"""bridge appservice: the file by which a Matrix homeserver learns of an inbox."""

from typing import Annotated

import typer

from bridge.cli.output import Exit, say
from bridge.cli.shared import Config, loaded, stop

Name = Annotated[str, typer.Argument(help="The inbox, of kind matrix.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Put this command into the program."""
    app.command()(appservice)


def appservice(name: Name, *, config: Config = None) -> None:
    """Print the registration file of a Matrix inbox, for its homeserver; it holds both tokens.

    Example: bridge appservice matrix > bridge.yaml

    Write it where nobody but the homeserver can read it, as with umask 077.
    """
    from bridge.inboxes.matrix import Settings

    found, _place = loaded(config)
    inbox = found.inboxes.get(name)
    if inbox is None or not isinstance(inbox.settings, Settings):
        stop(Exit.NOT_FINE, f"there is no inbox {name} of kind matrix")
    say(inbox.settings.registration().rstrip("\n"))
