"""bridge conversation list, show, group, act, revoke, restore."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.output import Exit, counted, lines, say, short, table
from bridge.cli.shared import Config, Json, group, loaded, stop, switch, wait_for
from bridge.core.deeds import Deed

if TYPE_CHECKING:  # the application is loaded by the commands that need it
    from bridge.app.leaving import LeftRow

app = group("What customers and agents said, and why it went where it went.")

Id = Annotated[str, typer.Argument(help="The id that `conversation list` shows.", show_default=False)]


@app.command("list")
def list_(
    *,
    left: Annotated[bool, typer.Option("--left", help="Only what was left alone, and why.")] = False,
    limit: Annotated[int, typer.Option(help="How many at the most, newest first.", min=1, max=10_000)] = 50,
    config: Config = None,
    json: Json = False,
) -> None:
    """List conversations, the last changed first.

    Example: bridge conversation list --left
    """
    from bridge.app.leaving import left_alone
    from bridge.app.showing import conversations

    found, _place = loaded(config)
    if left:
        _left(wait_for(left_alone(found, limit)), json=json)
        return
    rows = wait_for(conversations(found, limit))
    if json:
        lines(rows)
        return
    shown = ((r.id, r.channel, r.phase, r.route, r.priority, r.updated, r.readers) for r in rows)
    table(
        counted(len(rows), "conversation"), ("id", "channel", "phase", "route", "priority", "changed", "readers"), shown
    )


def _left(rows: "list[LeftRow]", *, json: bool) -> None:
    """What was left alone, with the newest words and why."""
    if json:
        lines(rows)
        return
    shown = ((r.id, r.channel, r.updated, r.who, short(r.words), r.why) for r in rows)
    table(counted(len(rows), "conversation"), ("id", "channel", "changed", "who", "words", "why"), shown)


@app.command()
def show(
    conversation: Id,
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one conversation whole: posts with their verdicts, proxies, letters, answers, and the record of facts.

    Example: bridge conversation show k3j5n2m4p6q7r8st
    """
    found, _place = loaded(config)
    whole = _story(found, conversation)
    if json:
        lines([whole])
        return
    for at, who, text in whole.told:
        say(f"{at:%Y-%m-%d %H:%M:%S}  {who}")
        say("\n".join(f"    {line}" for line in text.splitlines()))


@app.command("group")
def group_(
    conversation: Id,
    *,
    limit: Annotated[int, typer.Option(help="How many at the most, newest first.", min=1, max=100_000)] = 200,
    config: Config = None,
    json: Json = False,
) -> None:
    """List who joined the ticket of a conversation because they say nearly the same, and who got an answer to all.

    Example: bridge conversation group k3j5n2m4p6q7r8st
    """
    from bridge.app.gathering import members

    found, _place = loaded(config)
    _story(found, conversation)
    rows = wait_for(members(found, conversation, limit))
    if json:
        lines(rows)
        return
    shown = ((r.conversation, r.who, r.at, short(r.words), r.answer, r.url) for r in rows)
    table(counted(len(rows), "post"), ("conversation", "who", "written", "words", "answer to all", "link"), shown)


@app.command()
def revoke(conversation: Id, *, config: Config = None) -> None:
    """End the reply addresses of a conversation at once: what comes to them is refused.

    Example: bridge conversation revoke k3j5n2m4p6q7r8st
    """
    _switch(conversation, "revoked", config)
    say(f"{conversation} takes no answers any more; undo it with: bridge conversation restore {conversation}")


@app.command()
def restore(conversation: Id, *, config: Config = None) -> None:
    """Take answers of a conversation again, after its addresses were revoked by hand or by unproven senders.

    Example: bridge conversation restore k3j5n2m4p6q7r8st
    """
    _switch(conversation, "", config)
    say(f"{conversation} takes answers again")


@app.command()
def act(
    conversation: Id,
    deed: Annotated[Deed, typer.Argument(help="What to do.", show_default=False)],
    *,
    config: Config = None,
) -> None:
    """Delete our newest answer of a conversation on its platform, or hide, show again or like the newest post.

    Example: bridge conversation act k3j5n2m4p6q7r8st delete

    The daemon does it at once; what became of it stands in `bridge conversation show`.
    """
    from bridge.app import beside

    found, _place = loaded(config)

    async def work() -> str:
        async with beside.beside(found) as (house, _store):
            return await beside.act(house, conversation, deed)

    if why := wait_for(work()):
        stop(Exit.NOT_FINE, why)
    say(f"ordered; see what became of it with: bridge conversation show {conversation}")


def _switch(conversation: str, value: str, config: Config) -> None:
    found, _place = loaded(config)
    _story(found, conversation)
    switch(found, f"conversation:{conversation}", value)


def _story(found: Any, conversation: str) -> Any:
    """All of a conversation; an unknown id ends the command."""
    from bridge.app.showing import conversation as shown

    whole = wait_for(shown(found, conversation))
    if whole is None:
        stop(Exit.NOT_FINE, f"there is no conversation {conversation!r}: see bridge conversation list")
    return whole
