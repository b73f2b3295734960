"""Keeping and taking away: soundness of the store, exports, what is kept of a person."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from bridge.app.asking import ask
from bridge.app.beside import beside, who
from bridge.app.place import database
from bridge.config import Loaded
from bridge.core.model import Visibility
from bridge.store import audit, copies, dossiers, fsck, people, reports
from bridge.store.codec import micros
from bridge.store.dossiers import Identity
from bridge.store.erasing import Erased, erase_person
from bridge.store.open import reading

_LENGTH = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Soundness:
    """What a check of the store found."""

    findings: tuple[fsck.Finding, ...]
    facts: int
    unbroken: bool
    """Whether the chain over the facts holds (G13)."""

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong."""
        return self.unbroken and not self.findings


async def soundness(loaded: Loaded) -> Soundness:
    """Check every invariant and the record's chain."""
    return await ask(loaded, _soundness)


def _soundness(connection: Connection) -> Soundness:
    found = audit.verify(connection)
    findings = fsck.check(connection, micros(datetime.now(UTC)))
    return Soundness(findings=findings, facts=found.facts, unbroken=not found.breaks)


def length(text: str) -> timedelta | None:
    """`30d`, `12h`, `90m`, `2w`; None for anything else."""
    found = _LENGTH.fullmatch(text.strip().lower())
    return int(found[1]) * _UNITS[found[2]] if found else None


def exported(loaded: Loaded, what: str, *, since: timedelta, as_csv: bool, private: bool) -> Iterator[str]:
    """Lines of an export, oldest first; read as they are written out. Raises CannotOpen where there is no store."""
    start = datetime.now(UTC) - since
    with reading(database(loaded)) as connection:
        rows = _posts(connection, start, private=private) if what == "posts" else _facts(connection, start)
        yield from _csv(rows) if as_csv else _jsonl(rows)


def _posts(connection: Connection, start: datetime, *, private: bool) -> Iterator[dict[str, str]]:
    visibilities = frozenset(Visibility) if private else frozenset({Visibility.PUBLIC})
    for stored in reports.posts_since(connection, start, visibilities=visibilities):
        verdict = stored.verdict
        yield {
            "channel": stored.post.channel,
            "id": stored.post.id,
            "kind": str(stored.post.kind),
            "at": stored.post.at.isoformat(),
            "author": stored.post.author.handle,
            "author_id": stored.post.author.id,
            "text": stored.post.text,
            "url": stored.post.url,
            "route": verdict.route or "" if verdict else "",
            "tags": " ".join(verdict.tags) if verdict else "",
            "why": "; ".join(verdict.said) if verdict else "",
        }


def _facts(connection: Connection, start: datetime) -> Iterator[dict[str, str]]:
    for fact in reports.all_facts(connection):
        if fact.at >= start:
            yield {
                "id": str(fact.id),
                "at": fact.at.isoformat(),
                "kind": fact.kind,
                "conversation": fact.conversation,
                "channel": fact.channel,
                "actor": fact.actor,
                "detail": json.dumps(dict(fact.detail), ensure_ascii=False),
            }


def _jsonl(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _csv(rows: Iterable[dict[str, str]]) -> Iterator[str]:
    """Cells that a spreadsheet would take for formulas get an apostrophe (E17)."""
    written = io.StringIO()
    writer = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(written, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({name: f"'{cell}" if cell.startswith(_FORMULA) else cell for name, cell in row.items()})
        yield written.getvalue()
        written.seek(0)
        written.truncate()


async def identities(loaded: Loaded, platform: str, author: str) -> tuple[Identity, ...]:
    """The accounts that are known to be one customer."""
    return await ask(loaded, lambda connection: dossiers.person(connection, platform, author))


async def linked(loaded: Loaded, one: people.Account, other: people.Account) -> int:
    """Make one person of two; raises UnknownPerson."""
    async with beside(loaded) as (_house, store):
        return await store.chore(partial(people.link, one=one, other=other, by=who()))


async def erased(loaded: Loaded, platform: str, author: str) -> Erased:
    """Erase a person, also from copies that upgrades left; raises UnknownPerson."""
    async with beside(loaded) as (_house, store):
        done = await erase_person(store, platform, author, by=who())
    where = database(loaded)
    if isinstance(where, Path):
        await asyncio.to_thread(copies.forget, where, older=timedelta(0))
    return done
