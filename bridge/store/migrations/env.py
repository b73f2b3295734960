"""Alembic's way in: it is given a connection in a transaction by bridge.store.migrate, and works in that."""

from alembic import context

from bridge.store.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
