"""Which database this is and how often it was opened; one that was rolled back starts with publishing paused (C19)."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.core.decision import Decision, Fact, Switch
from bridge.store import marker, schema
from bridge.store.codec import moment
from bridge.store.group import Surroundings, apply_one
from bridge.store.marker import Marker

_TABLE = schema.generation
_BY = "bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One opening of one database, for markers that are kept elsewhere."""

    token: str
    number: int
    rolled_back: str = ""
    """Why it looks older than its marker: reconcile before publishing; empty where it does not."""


def found(connection: Connection, *, chain: str, platforms: Mapping[str, str]) -> Surroundings:
    """What the writer must know of the database that it writes to; makes its name and key on the first call."""
    row = connection.execute(sa.select(_TABLE).with_for_update()).first()
    if row is None:
        values = {"id": 1, "number": 0, "token": secrets.token_hex(16), "salt": secrets.token_bytes(32), "started": 0}
        connection.execute(sa.insert(_TABLE), values)
        return found(connection, chain=chain, platforms=platforms)
    return Surroundings(chain=chain, salt=row.salt, platforms=dict(platforms))


def current(connection: Connection) -> Generation:
    """The opening that the database remembers."""
    row = connection.execute(sa.select(_TABLE.c.token, _TABLE.c.number)).one()
    return Generation(token=row.token, number=row.number)


def start(connection: Connection, now: int, around: Surroundings, *, mark: Marker | None, marked: bool) -> Generation:
    """Count this opening; `marked` tells whether a marker is kept beside this database at all."""
    before = current(connection)
    number = max(before.number, mark.number if mark else 0) + 1
    why = marker.older(connection, mark, token=before.token, number=before.number) if marked else ""
    connection.execute(sa.update(_TABLE).values(number=number, started=now))
    if why:
        apply_one(connection, _pause(why, before.token, number, now), now=now, around=around)
    return Generation(token=before.token, number=number, rolled_back=why)


def _pause(why: str, token: str, number: int, now: int) -> Decision:
    """The pause outlives a restart: only an operator ends it."""
    return Decision(
        switches=(Switch(name="publishing", value="paused", by=_BY),),
        facts=(
            Fact(
                key=f"rolled_back|{token}|{number}",
                kind="generation_rolled_back",
                at=moment(now),
                actor=_BY,
                detail={"why": why},
            ),
        ),
    )
