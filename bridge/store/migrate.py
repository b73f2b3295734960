"""The state of a database's schema, and the way to the newest one."""

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import Connection

from bridge.store.schema import METADATA

REVISIONS = ("0001", "0002", "0003", "0004")
"""All steps in order, so that a start need not load Alembic to see that there is nothing to do."""

_VERSION = sa.table("alembic_version", sa.column("version_num"))


class Standing(StrEnum):
    """How a schema stands to this program."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    """Made by a newer program, or by something else."""
    HALF = "half"
    """Tables are missing, or nobody knows what version they are."""


def standing(connection: Connection) -> Standing:
    """How the schema stands (C23)."""
    tables = set(sa.inspect(connection).get_table_names())
    if not tables:
        return Standing.EMPTY
    if _VERSION.name not in tables:
        return Standing.HALF
    version = connection.execute(sa.select(_VERSION.c.version_num)).scalar()
    if version is None:
        return Standing.HALF
    if version not in REVISIONS:
        return Standing.NEWER
    if version != REVISIONS[-1]:
        return Standing.OLDER
    return Standing.CURRENT if tables >= set(METADATA.tables) else Standing.HALF


def lay_out(connection: Connection) -> None:
    """Make all tables of the newest schema in an empty database, inside the connection's own transaction.

    Without Alembic, which takes longer to load than all tables to make, and would stay in a daemon's memory.
    """
    METADATA.create_all(connection)
    version = sa.Table(_VERSION.name, sa.MetaData(), sa.Column("version_num", sa.String(32), nullable=False))
    version.append_constraint(sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"))
    version.create(connection)
    connection.execute(version.insert().values(version_num=REVISIONS[-1]))


def migrate(connection: Connection) -> None:
    """Take all missing steps inside the connection's own transaction: whole or not at all."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bridge.store:migrations")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
