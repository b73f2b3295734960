"""Posts that say nearly the same join one ticket: by what it is found, and who joined it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two new tables."""
    _likeness()
    _member()


def _likeness() -> None:
    op.create_table(
        "likeness",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("conversation", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("native", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("likeness_mark", "likeness", ["mark", "at"])
    op.create_index("likeness_conversation", "likeness", ["conversation"])
    op.create_index("likeness_at", "likeness", ["at"])


def _member() -> None:
    op.create_table(
        "member",
        sa.Column("lead", sa.LargeBinary(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("native", sa.Text(), nullable=False),
        sa.Column("conversation", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lead", "channel", "native"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("member_conversation", "member", ["conversation"])
    op.create_index("member_at", "member", ["at"])
