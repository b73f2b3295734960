"""bridge desk confirm, revoke and restore, bridge agent revoke and restore: who may speak, switched at once."""

from typing import Annotated

import typer

from bridge.cli.output import say
from bridge.cli.shared import Config, group, loaded, must_know, switch

desks = group("Confirm desks, end and restore their right to answer.")
agents = group("End and restore agents' right to answer.")


@desks.callback()
def _desks() -> None:
    """Confirm desks, end and restore their right to answer."""


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


@desks.command("revoke")
def revoke_desk(
    name: Annotated[str, typer.Argument(help="The desk's name in the configuration.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """Take no answer of a desk any more, at once: every reply address that it ever gave out ends, and what waits is held.

    Example: bridge desk revoke support
    """
    found, _place = loaded(config)
    must_know(name, found.desks, what="desk")
    switch(found, f"answers:{name}", "revoked")
    say(f"no answer of desk {name} is taken any more; undo it with: bridge desk restore {name}")


@desks.command("restore")
def restore_desk(
    name: Annotated[str, typer.Argument(help="The desk's name in the configuration.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """Take answers of a desk again.

    Example: bridge desk restore support
    """
    found, _place = loaded(config)
    switch(found, f"answers:{name}", "")
    say(f"answers of desk {name} are taken again")


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
