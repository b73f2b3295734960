"""What platforms showed and nobody could read, as it is kept: entries of listings, and whole answers (C20, C21)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from bridge.store import schema
from bridge.store.codec import moment, unpacked
from bridge.store.schema import plain

_kept = schema.quarantine.c


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptItem:
    """Something unreadable."""

    channel: str
    id: str
    """The platform's own where it could be read, else a name made from the bytes."""
    reason: str
    found: datetime
    raw: bytes = field(repr=False)


def quarantined(connection: Connection, channel: str, limit: int) -> tuple[KeptItem, ...]:
    """The newest ones of a channel, or of all where it is empty, newest first."""
    query = sa.select(schema.quarantine).order_by(_kept.found.desc(), _kept.channel, _kept.native).limit(limit)
    if channel:
        query = query.where(_kept.channel == plain(channel))
    return tuple(_item(row) for row in connection.execute(query))


def quarantined_one(connection: Connection, channel: str, item: str) -> KeptItem | None:
    """One of them; None where nothing is kept under that id."""
    query = sa.select(schema.quarantine).where(_kept.channel == plain(channel), _kept.native == plain(item))
    row = connection.execute(query).one_or_none()
    return _item(row) if row is not None else None


def _item(row: Row[Any]) -> KeptItem:
    return KeptItem(
        channel=row.channel, id=row.native, reason=row.reason, found=moment(row.found), raw=unpacked(row.raw)
    )
