"""bridge channel new: asks what only a person knows, writes the stanza and the credentials, and tries them."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from getpass import getpass
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.output import Exit, complain, say
from bridge.cli.shared import Config, file_named, stop

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bridge.app.place import Place
    from bridge.config.form import Blank
    from bridge.core.complaint import Complaint

Kind = Annotated[str, typer.Argument(help="The platform: feed, discourse, mastodon, …", show_default=False)]
Fresh = Annotated[str, typer.Argument(help="A name of your choice, for example acme-forum.", show_default=False)]


def new(kind: Kind, name: Fresh, *, config: Config = None) -> None:
    """Ask for a new channel's keys and credentials, write its commented stanza, and try it; secrets are not shown.

    Example: bridge channel new mastodon acme

    Nothing that stands already is written over, and nothing is stored or sent by the trial.
    """
    from bridge.app.enrolling import CannotEnrol, enrol, vacancy
    from bridge.app.place import place

    where = place(config)
    try:
        vacancy(where, name)
        told = _talk(kind, name)
        with file_named(where.configuration):
            written = enrol(where, kind, name, told=told)
    except CannotEnrol as problem:
        stop(Exit.NOT_FINE, str(problem))
    for path in (*written.credentials, written.stanza):
        say(f"written: {path}")
    if written.credentials:
        say("under systemd, each credential also needs its LoadCredential= line: see docs/operator.md")
    _tried(where, name)


def _talk(kind: str, name: str) -> dict[str, object]:
    """Ask until what was said may stand; what a complaint names is asked for again."""
    from bridge.app.enrolling import wrong
    from bridge.config.form import blanks

    settings = _settings(kind)
    if not sys.stdin.isatty():
        stop(Exit.USAGE, "the questions need a terminal: call it there, or copy a stanza from config/channels.d")
    form = blanks(settings)
    told = _answers(form)
    while complaints := wrong(kind, name, told):
        for complaint in complaints:
            complain(f"{_place(complaint.key, name)}: {complaint.what}")
        again = tuple(_named(settings, complaints, name)) or form
        told = {key: given for key, given in told.items() if key not in {blank.key for blank in again}}
        told |= _answers(again)
    return told


def _place(key: str, name: str) -> str:
    """A complaint's key as the questions call it."""
    return key.removeprefix(f"channel.{name}").lstrip(".") or name


def _named(settings: "type[BaseModel]", complaints: "Sequence[Complaint]", name: str) -> "Iterator[Blank]":
    """The keys that complaints are about, or that their texts tell to set."""
    from bridge.config.form import blank

    words = {_place(complaint.key, name).partition(".")[0] for complaint in complaints}
    words |= {word for complaint in complaints for word in complaint.what.replace("`", " ").split()}
    yield from filter(None, (blank(settings, word) for word in sorted(words)))


def _settings(kind: str) -> "type[BaseModel]":
    from bridge.config.adapters import NoAdapter, adapter

    try:
        return adapter("channels", kind).settings
    except NoAdapter as problem:
        stop(Exit.NOT_FINE, str(problem))


def _answers(form: "Iterable[Blank]", path: Sequence[str] = ()) -> dict[str, object]:
    """What was said of each key; what was left out is not there."""
    answers = ((blank.key, _answer(blank, path)) for blank in form)
    return {key: given for key, given in answers if given is not None}


def _answer(blank: "Blank", path: Sequence[str]) -> object:
    """One key's value; None where it is left out."""
    from bridge.config.form import blanks, value

    name = ".".join((*path, blank.key))
    say(f"\n{name}: {blank.purpose}")
    if blank.table:
        if not blank.needed and _typed("  use it? y or n: ").lower() not in {"y", "yes"}:
            return None
        return _answers(blanks(blank.table), (*path, blank.key))
    text = _line(blank)
    return value(blank, text) if text else None


def _line(blank: "Blank") -> str:
    """What was typed for a key; one that is needed is asked for until something comes."""
    from bridge.stanza import Secret

    ways = (" (hidden)" if blank.holds is Secret else "", ", several with commas" if blank.many else "")
    prompt = f"  {blank.key}{''.join(ways)}{'' if blank.needed else ', Enter for none'}: "
    while True:
        text = (getpass(prompt) if blank.holds is Secret else _typed(prompt)).strip()
        if text or not blank.needed:
            return text


def _typed(prompt: str) -> str:
    try:
        return input(prompt)
    except EOFError:
        stop(Exit.USAGE, "nothing was written: the questions were not answered")


def _tried(where: "Place", name: str) -> None:
    """Try the channel as `bridge channel try` does; what stands in the way is said, and the files stay."""
    from bridge.cli.channels import try_

    say(f"\ntrying it: bridge channel try {name}")
    try:
        try_(name, config=where.configuration)
    except typer.Exit:
        complain(f"the files stay: mend what was said, then call bridge channel try {name}")
        raise
