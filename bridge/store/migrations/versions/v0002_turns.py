"""Proxies wait for their turn at a desk: since when, whether they open a ticket there, and when they went in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_WAITS = sa.text("waits IS NOT NULL")
_ENTERED = sa.text("entered IS NOT NULL")
_WAITING = sa.text("phase = 'waiting'")


def upgrade() -> None:
    """New columns, empty for every row that is there: nothing waited for its turn before."""
    op.add_column("outbox", sa.Column("waits", _NUMBER))
    op.add_column("outbox", sa.Column("opens", _NUMBER, server_default="0", nullable=False))
    op.add_column("outbox", sa.Column("entered", _NUMBER))
    _index("outbox_waits", "outbox", "desk channel rank opens waits", _WAITS)
    _index("outbox_turn", "outbox", "conversation opens id", _WAITS)
    _index("outbox_entered", "outbox", "desk entered", _ENTERED)
    _index("conversation_waiting", "conversation", "desk updated", _WAITING)


def _index(name: str, table: str, columns: str, condition: sa.TextClause) -> None:
    op.create_index(name, table, columns.split(), sqlite_where=condition, postgresql_where=condition)
