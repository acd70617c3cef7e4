"""Runs migrations on the connection it is given."""

from __future__ import annotations

from alembic import context

from service.store.inventory_tables import IMPORT

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=IMPORT.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
