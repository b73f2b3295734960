"""bridge desk confirm, bridge agent revoke and restore: who may speak, switched at once."""

from typing import Annotated

import typer

from bridge.cli.output import say
from bridge.cli.shared import Config, group, loaded, must_know, switch

desks = group("Confirm desks.")
agents = group("End and restore agents' right to answer.")


@desks.callback()
def _desks() -> None:
    """Confirm desks."""


@desks.command()
def confirm(
    name: Annotated[str, typer.Argument(help="The desk's name in the configuration.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """Say that a person wrote the first answer of a ticket system's desk; from then on answers are not held for that.

    Example: bridge desk confirm support
    """
    found, _place = loaded(config)
    must_know(name, found.desks, what="desk")
    switch(found, f"desk:{name}", "confirmed")
    say(f"desk {name} is confirmed; release what it held with: bridge held list")


@agents.command()
def revoke(
    mailbox: Annotated[str, typer.Argument(help="The agent's mail address.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """End an agent's right to answer at once, on every desk, without a reload.

    Example: bridge agent revoke ann@example.com
    """
    found, _place = loaded(config)
    switch(found, f"agent:{mailbox.lower()}", "revoked")
    say(f"{mailbox.lower()} may not answer any more; undo it with: bridge agent restore {mailbox.lower()}")


@agents.command()
def restore(
    mailbox: Annotated[str, typer.Argument(help="The agent's mail address.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """Give the right back that `revoke` ended; the desk's own list still decides.

    Example: bridge agent restore ann@example.com
    """
    found, _place = loaded(config)
    switch(found, f"agent:{mailbox.lower()}", "")
    say(f"{mailbox.lower()} may answer again where a desk lists it")
