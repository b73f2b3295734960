"""Channels, desks and inboxes out of their tables: common keys first, the adapter's own after."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from bridge.config.adapters import NoAdapter, Room, adapter
from bridge.config.files import Table
from bridge.config.validating import meant, validated
from bridge.core.complaint import Complaint
from bridge.core.policy import MAIL_HABITS, Habits
from bridge.core.replies import Form
from bridge.stanza import Stanza

Common = TypeVar("Common", bound=Stanza)

ROOMS: Mapping[str, Room] = {"channel": "channels", "desk": "desks", "inbox": "inboxes"}
"""The tables by the word that they begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[Common]):
    """One channel, desk or inbox, ready to be built: `build(name, settings, fittings)`."""

    name: str
    file: str
    common: Common
    settings: BaseModel
    build: Callable[..., Any]

    @property
    def habits(self) -> Habits:
        """What is usual at desks of its sort: those of mail, unless its adapter says otherwise."""
        return getattr(self.settings, "habits", MAIL_HABITS)

    @property
    def takes_alerts(self) -> bool:
        """Whether a desk has a place for what belongs to no conversation."""
        return getattr(self.settings, "takes_alerts", True)

    @property
    def form(self) -> Form | None:
        """In what form an inbox's letters are; None where its adapter does not say so before it is built."""
        return getattr(self.settings, "form", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A table as it stands in a file."""

    word: str
    name: str
    table: object
    file: str

    @property
    def key(self) -> str:
        """As it is written."""
        return f"{self.word}.{self.name}"


def written(file: str, table: Table) -> Iterator[Written | Complaint]:
    """The tables of one file that make channels, desks and inboxes; anything else is a complaint."""
    for word, tables in table.items():
        if word == "bridge" and file == "bridge.toml":
            continue
        if word not in ROOMS:
            where = "; it stands in bridge.toml only" if word == "bridge" else meant(word, [*ROOMS, "bridge"])
            yield Complaint(file=file, key=word, what=f"is not a known table here{where}")
        elif not isinstance(tables, dict) or not all(isinstance(inner, dict) for inner in tables.values()):
            yield Complaint(file=file, key=word, what=f"needs a name: write [{word}.NAME]")
        else:
            yield from (Written(word=word, name=name, table=inner, file=file) for name, inner in tables.items())


def part(given: Written, common: type[Common], credentials: Path | None) -> Part[Common] | tuple[Complaint, ...]:
    """One of them, or everything that is wrong with it."""
    table = given.table if isinstance(given.table, dict) else {}
    shared = {key: value for key, value in table.items() if key in common.model_fields}
    general = validated(common, shared, file=given.file, key=given.key, credentials=credentials)
    kind = table.get("kind")
    try:
        found = adapter(ROOMS[given.word], kind) if isinstance(kind, str) and kind else None
    except NoAdapter as problem:
        complaint = Complaint(file=given.file, key=f"{given.key}.kind", what=str(problem))
        return (complaint, *(general if isinstance(general, tuple) else ()))
    if found is None:
        return general if isinstance(general, tuple) else ()
    own = {key: value for key, value in table.items() if key not in shared or key in found.settings.model_fields}
    settings = validated(found.settings, own, file=given.file, key=given.key, credentials=credentials)
    if isinstance(general, tuple) or isinstance(settings, tuple):
        return (*(general if isinstance(general, tuple) else ()), *(settings if isinstance(settings, tuple) else ()))
    return Part(name=given.name, file=given.file, common=general, settings=settings, build=found.build)
