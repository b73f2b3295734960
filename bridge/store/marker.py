"""A small file beside the database that remembers how far it had come: a restored copy is recognised by it (C19)."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.store import schema
from bridge.store.codec import from_json, to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """How far a database had come."""

    token: str
    """Names the database."""
    number: int
    """How often it was opened."""
    fact: int = 0
    """The newest fact at the time of writing."""
    hash: str = ""
    """Its place in the chain, in hexadecimal."""
    clean: bool = False
    """Whether it was closed in order."""


def place(database: Path) -> Path:
    """Where the marker of a database lies."""
    return database.with_name(f"{database.name}.marker")


def read(path: Path) -> Marker | None:
    """The marker, None where there is none; an unreadable one counts as one of another database."""
    try:
        return from_json(Marker, path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return Marker(token="", number=0)


def write(path: Path, marker: Marker) -> None:
    """Put the marker in place of the former one, durably and never by half."""
    beside = path.with_name(f"{path.name}.new")
    with open(beside, "w", encoding="utf-8", opener=_private) as file:
        file.write(to_json(marker))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def newest(connection: Connection) -> tuple[int, str]:
    """The newest fact and its hash; 0 and nothing before the first."""
    query = sa.select(schema.fact.c.id, schema.fact.c.hash).order_by(schema.fact.c.id.desc()).limit(1)
    row = connection.execute(query).first()
    return (0, "") if row is None else (row.id, row.hash.hex())


def older(connection: Connection, marker: Marker | None, *, token: str, number: int) -> str:
    """Why the database is not as far as its marker says, in words for the operator; empty where it is."""
    head, _ = newest(connection)
    if marker is None:
        return "the marker beside the database is missing: it may be a restored copy" if head else ""
    if marker.token != token:
        return "the marker beside the database belongs to another database"
    if marker.number > number:
        return "the database was opened less often than its marker says: it is an older copy"
    if marker.fact > head or not _stands(connection, marker):
        return "the database does not contain the last fact that its marker names: it is an older copy"
    return ""


def _stands(connection: Connection, marker: Marker) -> bool:
    """Whether the marker's fact is there, or was taken away by retention, which goes by age."""
    if not marker.fact:
        return True
    table = schema.fact.c
    found = connection.execute(sa.select(table.hash).where(table.id == marker.fact)).scalar()
    if found is None:
        oldest: int = connection.execute(sa.select(sa.func.min(table.id))).scalar_one()
        return marker.fact < oldest
    return bool(found.hex() == marker.hash)
