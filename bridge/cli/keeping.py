"""bridge fsck, bridge export, bridge person show, link, erase."""

import sys
from enum import StrEnum
from typing import Annotated

import typer

from bridge.cli.output import Exit, counted, lines, say, table
from bridge.cli.shared import Config, Json, group, loaded, span, stop, troubles_told, wait_for

person = group("What is kept of a customer, and how it is taken away.")

Platform = Annotated[str, typer.Argument(help="The channel's kind, for example discourse.", show_default=False)]
Author = Annotated[str, typer.Argument(help="The customer's id on that platform.", show_default=False)]


class Form(StrEnum):
    """How an export is written."""

    JSONL = "jsonl"
    CSV = "csv"


class What(StrEnum):
    """What can be exported."""

    POSTS = "posts"
    FACTS = "facts"


@person.callback()
def _person() -> None:
    """What is kept of a customer, and how it is taken away."""


def add_to(app: typer.Typer) -> None:
    """Put these commands into the program."""
    app.command()(fsck)
    app.command()(export)
    app.add_typer(person, name="person")


def fsck(*, config: Config = None, json: Json = False) -> None:
    """Check the store: every invariant of delivery, and that no fact was changed or taken out.

    Example: bridge fsck

    Reads whole tables beside the daemon and changes nothing. Exit 1 where something is not sound.
    """
    from bridge.app.keeping import soundness

    found, _place = loaded(config)
    report = wait_for(soundness(found))
    if json:
        lines([report])
    else:
        for finding in report.findings:
            say(f"{finding.invariant}: {finding.text}: {', '.join(finding.examples)}")
        say(f"{counted(report.facts, 'fact')} in the record, {'unbroken' if report.unbroken else 'BROKEN'}")
        say("the store is sound" if report.sound else f"{counted(len(report.findings), 'invariant')} broken")
    raise typer.Exit(Exit.FINE if report.sound else Exit.NOT_FINE)


def export(
    what: Annotated[What, typer.Argument(help="posts with their verdicts, or facts.")],
    *,
    since: Annotated[str, typer.Option(help="How far back: 30d, 12h.")] = "30d",
    form: Annotated[Form, typer.Option("--form", help="jsonl or csv.")] = Form.JSONL,
    private: Annotated[bool, typer.Option("--private", help="Private messages too; left out otherwise.")] = False,
    config: Config = None,
) -> None:
    """Write posts or facts to standard output, oldest first; spreadsheet formulas in them are made harmless.

    Example: bridge export posts --since 7d --form csv > posts.csv
    """
    from bridge.app.keeping import exported

    back = span(since)
    found, _place = loaded(config)
    with troubles_told():
        for line in exported(found, str(what), since=back, as_csv=form is Form.CSV, private=private):
            sys.stdout.write(line)


@person.command("show")
def show(platform: Platform, author: Author, *, config: Config = None, json: Json = False) -> None:
    """Show the accounts that are known to be one customer, and how much is kept of each.

    Example: bridge person show discourse 4711
    """
    from bridge.app.keeping import identities

    found, _place = loaded(config)
    rows = wait_for(identities(found, platform, author))
    if not rows:
        stop(Exit.NOT_FINE, f"nothing is kept of {platform} {author}")
    if json:
        lines(rows)
        return
    shown = ((row.platform, row.author, row.seen, row.posts, row.newest) for row in rows)
    table(counted(len(rows), "account"), ("platform", "id", "first seen", "posts", "newest post"), shown)


@person.command("link")
def link(
    platform: Platform, author: Author, other_platform: Platform, other_author: Author, *, config: Config = None
) -> None:
    """Say that two accounts are the same customer, so that agents see both histories.

    Example: bridge person link discourse 4711 x 99
    """
    from bridge.app.keeping import linked
    from bridge.store.people import UnknownPerson

    found, _place = loaded(config)
    try:
        count = wait_for(linked(found, (platform, author), (other_platform, other_author)))
    except UnknownPerson:
        stop(Exit.NOT_FINE, "nothing is kept of at least one of them")
    say(f"this customer has {counted(count, 'account')} now")


@person.command("erase")
def erase(
    platform: Platform,
    author: Author,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Erase a customer's words, names, mails and held answers, with all linked accounts; it cannot be undone.

    Example: bridge person erase discourse 4711

    A keyed hash stays, so that polling does not bring the posts back.
    Out of reach, and named here for you to see to: the queue itself, the mailbox, backups, the system's journal.
    """
    from bridge.app.keeping import erased
    from bridge.store.people import UnknownPerson

    found, _place = loaded(config)
    if not yes and not typer.confirm(f"Erase everything of {platform} {author}?"):
        raise typer.Exit(Exit.NOT_FINE)
    try:
        done = wait_for(erased(found, platform, author))
    except UnknownPerson:
        stop(Exit.NOT_FINE, f"nothing is kept of {platform} {author}")
    if json:
        lines([done])
        return
    say(
        f"erased: {done.posts} posts, {done.letters} letters, {done.rows} outbox rows, {done.conversations} conversations"
    )
    say("not in our reach: the queue, the mailbox, backups, the system's journal")
