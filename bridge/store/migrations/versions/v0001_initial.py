"""The first schema, as bridge.store.schema describes it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index, in both dialects."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def upgrade() -> None:
    """Make all tables; each has its own function below."""
    _cursor()
    _identity()
    _post()
    _post_version()
    _tombstone()
    _conversation()
    _outbox()
    _fact()
    _letter()
    _lease()
    _switch()
    _gap()
    _quarantine()
    _generation()
    _writer()


def _cursor() -> None:
    op.create_table(
        "cursor",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), server_default="", nullable=False),
        sa.Column("newest", _NUMBER),
        sa.Column("polled", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("channel"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _identity() -> None:
    op.create_table(
        "identity",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("platform", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("seen", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("identity_person", "identity", ["person"])


def _post() -> None:
    op.create_table(
        "post",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("native", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("conversation", sa.LargeBinary(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("visibility", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("seen", _NUMBER, nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("verdict", sa.Text()),
        sa.Column("route", sa.Text()),
        sa.Column("judged", _NUMBER),
        sa.Column("deleted", _NUMBER),
        sa.ForeignKeyConstraint(
            ["identity"],
            ["identity.key"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("post_deleted", "post", ["deleted"], **_where("deleted IS NOT NULL"))
    op.create_index("post_identity", "post", ["identity", "at"])
    op.create_index("post_native", "post", ["channel", "native"], unique=True)
    op.create_index("post_seen", "post", ["seen"])


def _post_version() -> None:
    op.create_table(
        "post_version",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("native", sa.Text(), server_default="", nullable=False),
        sa.Column("fingerprint", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("replaced", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("post_version_native", "post_version", ["channel", "native"])
    op.create_index("post_version_replaced", "post_version", ["replaced"])


def _tombstone() -> None:
    op.create_table(
        "tombstone",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("erased", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("key"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("tombstone_erased", "tombstone", ["erased"])


def _conversation() -> None:
    op.create_table(
        "conversation",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("version", _NUMBER, server_default="0", nullable=False),
        sa.Column("phase", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("desk", sa.Text(), server_default="", nullable=False),
        sa.Column("route", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", _NUMBER, server_default="0", nullable=False),
        sa.Column("visibility", sa.Text(), server_default="", nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("updated", _NUMBER, nullable=False),
        sa.Column("record", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("conversation_updated", "conversation", ["updated"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("lane", sa.Text(), server_default="", nullable=False),
        sa.Column("conversation", sa.LargeBinary()),
        sa.Column("seq", _NUMBER, server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("rank", _NUMBER, server_default="0", nullable=False),
        sa.Column("due", _NUMBER),
        sa.Column("lease_until", _NUMBER),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", _NUMBER, server_default="0", nullable=False),
        sa.Column("attempt", _NUMBER, server_default="0", nullable=False),
        sa.Column("looks", _NUMBER, server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("visibility", sa.Text(), server_default="", nullable=False),
        sa.Column("desk", sa.Text(), server_default="", nullable=False),
        sa.Column("posted_id", sa.Text()),
        sa.Column("posted_url", sa.Text(), server_default="", nullable=False),
        sa.Column("payload", sa.Text(), server_default="", nullable=False),
        sa.Column("sealed", sa.LargeBinary()),
        sa.Column("created", _NUMBER, nullable=False),
        sa.Column("changed", _NUMBER, nullable=False),
        sa.Column("settled", _NUMBER),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("outbox_due", "outbox", ["kind", "rank", "due"], **_where("due IS NOT NULL"))
    op.create_index("outbox_held", "outbox", ["changed"], **_where("state = 'held'"))
    op.create_index("outbox_key", "outbox", ["key"], unique=True)
    op.create_index("outbox_lane", "outbox", ["conversation", "lane", "seq"], unique=True, **_where("due IS NOT NULL"))
    op.create_index("outbox_posted", "outbox", ["channel", "posted_id"], **_where("posted_id IS NOT NULL"))
    op.create_index("outbox_settled", "outbox", ["settled"], **_where("settled IS NOT NULL"))


def _fact() -> None:
    op.create_table(
        "fact",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("key", sa.Text(), server_default="", nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.Column("conversation", sa.LargeBinary()),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("chain", sa.Text(), server_default="", nullable=False),
        sa.Column("place", _NUMBER, server_default="0", nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )
    op.create_index("fact_at", "fact", ["at"])
    op.create_index("fact_conversation", "fact", ["conversation", "id"], **_where("conversation IS NOT NULL"))
    op.create_index("fact_key", "fact", ["key"], unique=True)
    op.create_index("fact_place", "fact", ["chain", "place"], unique=True)


def _letter() -> None:
    op.create_table(
        "letter",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("inbox", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("received", _NUMBER, nullable=False),
        sa.Column("filed", _NUMBER, nullable=False),
        sa.Column("conversation", sa.LargeBinary()),
        sa.Column("sender", sa.Text(), server_default="", nullable=False),
        sa.Column("message_id", sa.Text(), server_default="", nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("fingerprint"),
        sqlite_strict=True,
    )
    op.create_index("letter_conversation", "letter", ["conversation", "filed"], **_where("conversation IS NOT NULL"))
    op.create_index("letter_filed", "letter", ["filed"])
    op.create_index("letter_held", "letter", ["filed"], **_where("outcome = 'held'"))
    op.create_index("letter_message_id", "letter", ["message_id"])


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("epoch", _NUMBER, server_default="0", nullable=False),
        sa.Column("until", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _switch() -> None:
    op.create_table(
        "switch",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.Column("at", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _gap() -> None:
    op.create_table(
        "gap",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("until", sa.Text(), nullable=False),
        sa.Column("found", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("channel", "since", "until"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("native", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("raw", sa.LargeBinary()),
        sa.Column("found", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("channel", "native"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("quarantine_found", "quarantine", ["found"])


def _generation() -> None:
    op.create_table(
        "generation",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("number", _NUMBER, server_default="0", nullable=False),
        sa.Column("token", sa.Text(), server_default="", nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("started", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_strict=True,
    )


def _writer() -> None:
    op.create_table(
        "writer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("groups", _NUMBER, server_default="0", nullable=False),
        sa.Column("seen", _NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sqlite_strict=True,
    )
