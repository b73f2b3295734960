"""The tables, once for SQLite and PostgreSQL; times are whole microseconds since 1970 in UTC."""

from typing import Any

import sqlalchemy as sa

METADATA = sa.MetaData()

WHERE = "where"
"""Under which an index tells its condition."""

Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""64 bits in both; SQLite's strict tables know no other whole number."""


def plain(text: str) -> str:
    """The text without what databases refuse: lone surrogates become `?`, NUL becomes U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _table(name: str, *parts: sa.Column[Any] | sa.Constraint | sa.Index, rowid: bool = True) -> sa.Table:
    """A strict table; without a row id its primary key is the tree itself."""
    return sa.Table(name, METADATA, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


def _where(condition: str) -> dict[str, Any]:
    """The condition of a partial index; bridge.store.postgres tells it to its dialect, which is not loaded without need."""
    return {"sqlite_where": sa.text(condition), "info": {WHERE: condition}}


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, Number, nullable=False, server_default="0")


def _time(name: str) -> sa.Column[int]:
    return sa.Column(name, Number, nullable=False)


def _maybe_time(name: str) -> sa.Column[int]:
    return sa.Column(name, Number)


def _conversation() -> sa.Column[bytes]:
    """The ten bytes that a conversation's sixteen characters stand for."""
    return sa.Column("conversation", sa.LargeBinary)


cursor = _table(
    "cursor",
    sa.Column("channel", sa.Text, primary_key=True),
    _text("position"),
    _maybe_time("newest"),
    _time("polled"),
    rowid=False,
)

identity = _table(
    "identity",
    sa.Column("key", sa.LargeBinary, primary_key=True),
    _text("platform"),
    _text("author"),
    sa.Column("person", sa.LargeBinary, nullable=False),
    _time("seen"),
    sa.Index("identity_person", "person"),
    rowid=False,
)
"""`person` is the key of the person's first identity: linked identities share it."""

post = _table(
    "post",
    sa.Column("id", Number, primary_key=True),
    _text("channel"),
    _text("native"),
    _text("fingerprint"),
    sa.Column("conversation", sa.LargeBinary, nullable=False),
    sa.Column("identity", sa.LargeBinary, sa.ForeignKey("identity.key"), nullable=False),
    _text("visibility"),
    _time("at"),
    _time("seen"),
    _text("body"),
    sa.Column("raw", sa.LargeBinary),
    sa.Column("verdict", sa.Text),
    sa.Column("route", sa.Text),
    _maybe_time("judged"),
    _maybe_time("deleted"),
    sa.Index("post_native", "channel", "native", unique=True),
    sa.Index("post_identity", "identity", "at"),
    sa.Index("post_seen", "seen"),
    sa.Index("post_deleted", "deleted", **_where("deleted IS NOT NULL")),
)
"""`route` is null until the post is judged and empty where it was left."""

post_version = _table(
    "post_version",
    sa.Column("id", Number, primary_key=True),
    _text("channel"),
    _text("native"),
    _text("fingerprint"),
    _text("body"),
    sa.Column("raw", sa.LargeBinary),
    _time("replaced"),
    sa.Index("post_version_native", "channel", "native"),
    sa.Index("post_version_replaced", "replaced"),
)
"""Earlier words of posts that were edited (B13)."""

tombstone = _table(
    "tombstone",
    sa.Column("key", sa.LargeBinary, primary_key=True),
    _time("erased"),
    sa.Index("tombstone_erased", "erased"),
    rowid=False,
)
"""Keyed hashes of erased posts, so that polling does not bring them back (I02)."""

conversation = _table(
    "conversation",
    sa.Column("id", sa.LargeBinary, primary_key=True),
    _count("version"),
    _text("phase"),
    _text("channel"),
    _text("desk"),
    _text("route"),
    _count("rank"),
    _text("visibility"),
    sa.Column("identity", sa.LargeBinary, nullable=False),
    _time("updated"),
    _text("record"),
    sa.Index("conversation_updated", "updated"),
    sa.Index("conversation_waiting", "desk", "updated", **_where("phase = 'waiting'")),
)

outbox = _table(
    "outbox",
    sa.Column("id", Number, primary_key=True),
    _text("key"),
    _text("kind"),
    _text("lane"),
    _conversation(),
    _count("seq"),
    _text("state"),
    _count("rank"),
    _maybe_time("due"),
    _maybe_time("lease_until"),
    _text("owner"),
    _count("epoch"),
    _count("attempt"),
    _count("looks"),
    _text("reason"),
    _text("channel"),
    _text("visibility"),
    _text("desk"),
    sa.Column("posted_id", sa.Text),
    _text("posted_url"),
    _text("payload"),
    sa.Column("sealed", sa.LargeBinary),
    _time("created"),
    _time("changed"),
    _maybe_time("settled"),
    _maybe_time("waits"),
    _count("opens"),
    _maybe_time("entered"),
    sa.Index("outbox_key", "key", unique=True),
    sa.Index("outbox_lane", "conversation", "lane", "seq", unique=True, **_where("due IS NOT NULL")),
    sa.Index("outbox_due", "kind", "rank", "due", **_where("due IS NOT NULL")),
    sa.Index("outbox_posted", "channel", "posted_id", **_where("posted_id IS NOT NULL")),
    sa.Index("outbox_held", "changed", **_where("state = 'held'")),
    sa.Index("outbox_settled", "settled", **_where("settled IS NOT NULL")),
    sa.Index("outbox_waits", "desk", "channel", "rank", "opens", "waits", **_where("waits IS NOT NULL")),
    sa.Index("outbox_turn", "conversation", "opens", "id", **_where("waits IS NOT NULL")),
    sa.Index("outbox_entered", "desk", "entered", **_where("entered IS NOT NULL")),
)
"""`due` is set exactly while the row is open: when it waits, its time; when it runs, the end of its lease.

`waits` is set exactly while the row is paced: from when on it may have its turn at its desk; `opens` is 1 where it
opens a ticket there, and `entered` tells when it had its turn.
"""

fact = _table(
    "fact",
    sa.Column("id", Number, primary_key=True),
    _text("key"),
    _text("kind"),
    _time("at"),
    _conversation(),
    _text("channel"),
    _text("actor"),
    _text("detail"),
    _text("chain"),
    _count("place"),
    sa.Column("before", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Index("fact_key", "key", unique=True),
    sa.Index("fact_place", "chain", "place", unique=True),
    sa.Index("fact_conversation", "conversation", "id", **_where("conversation IS NOT NULL")),
    sa.Index("fact_at", "at"),
)
"""Append-only; `hash` covers the row and `before`, which is the hash of the row before it in the same chain (G13)."""

letter = _table(
    "letter",
    sa.Column("fingerprint", sa.Text, primary_key=True),
    _text("inbox"),
    _text("outcome"),
    _text("reason"),
    _text("detail"),
    _time("received"),
    _time("filed"),
    _conversation(),
    _text("sender"),
    _text("message_id"),
    sa.Column("raw", sa.LargeBinary),
    sa.Index("letter_conversation", "conversation", "filed", **_where("conversation IS NOT NULL")),
    sa.Index("letter_filed", "filed"),
    sa.Index("letter_held", "filed", **_where("outcome = 'held'")),
    sa.Index("letter_message_id", "message_id"),
)

ROW_HELD = outbox.c.state == sa.literal_column("'held'")
"""Rows that wait for a person; written as the partial index is, so that both databases use it."""

LETTER_HELD = letter.c.outcome == sa.literal_column("'held'")
"""Letters that wait for a person, likewise."""

likeness = _table(
    "likeness",
    sa.Column("id", Number, primary_key=True),
    sa.Column("mark", sa.LargeBinary, nullable=False),
    sa.Column("conversation", sa.LargeBinary, nullable=False),
    _text("channel"),
    _text("native"),
    _time("at"),
    sa.Index("likeness_mark", "mark", "at"),
    sa.Index("likeness_conversation", "conversation"),
    sa.Index("likeness_at", "at"),
)
"""Marks of the posts whose tickets stand for all who say nearly the same (bridge.core.likeness)."""

member = _table(
    "member",
    sa.Column("lead", sa.LargeBinary, primary_key=True),
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("native", sa.Text, primary_key=True),
    sa.Column("conversation", sa.LargeBinary, nullable=False),
    sa.Column("identity", sa.LargeBinary, nullable=False),
    _time("at"),
    sa.Index("member_conversation", "conversation"),
    sa.Index("member_at", "at"),
    rowid=False,
)
"""Posts that joined the ticket of another conversation, which is the group's `lead`."""

lease = _table(
    "lease",
    sa.Column("name", sa.Text, primary_key=True),
    _text("owner"),
    _count("epoch"),
    _time("until"),
    rowid=False,
)

switch = _table(
    "switch",
    sa.Column("name", sa.Text, primary_key=True),
    _text("value"),
    _text("by"),
    _time("at"),
    rowid=False,
)

gap = _table(
    "gap",
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("since", sa.Text, primary_key=True),
    sa.Column("until", sa.Text, primary_key=True),
    _time("found"),
    rowid=False,
)

quarantine = _table(
    "quarantine",
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("native", sa.Text, primary_key=True),
    _text("reason"),
    sa.Column("raw", sa.LargeBinary),
    _time("found"),
    sa.Index("quarantine_found", "found"),
    rowid=False,
)

consent = _table(
    "consent",
    sa.Column("key", sa.LargeBinary, primary_key=True),
    _count("stopped"),
    _time("at"),
    _text("post"),
    rowid=False,
)
"""Who ended text messages from a number of ours; it outlasts conversations and erasures, since to forget it would let us write again."""

generation = _table(
    "generation",
    sa.Column("id", Number, primary_key=True),
    _count("number"),
    _text("token"),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    _time("started"),
)
"""One row: counts openings of this database, names it, and keeps the key of the tombstones' hashes (C19)."""

writer = _table(
    "writer",
    sa.Column("name", sa.Text, primary_key=True),
    _count("groups"),
    _time("seen"),
)
"""One row for each node on PostgreSQL: which of its transactions was committed last (C27)."""
