"""Who ended text messages from a number of ours, and who wants them again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """One new table."""
    op.create_table(
        "consent",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("stopped", _NUMBER, server_default="0", nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("post", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
