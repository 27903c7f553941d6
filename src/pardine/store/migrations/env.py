"""How alembic runs a migration: on the connection and in the transaction that `store.upgrade` holds."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    # SQLite can undo the making of tables, though alembic does not expect it to.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
