"""Adds what an undo needs to know: what each import made of a bay, and the places it replaced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns; no version before this one wrote imports, so the tables are empty."""
    with op.batch_alter_table("inventory_change") as change:
        change.add_column(sa.Column("kind", sa.String(), nullable=False))
        change.add_column(sa.Column("insee", sa.String(length=5), nullable=False))
        change.add_column(sa.Column("zone_id", sa.String(length=36), nullable=False))
        change.add_column(sa.Column("rules_until_on", sa.Date(), nullable=True))
    with op.batch_alter_table("inventory_import") as imports:
        imports.add_column(sa.Column("counts", sa.Text(), nullable=False))
        imports.add_column(sa.Column("places", sa.Text(), nullable=False))
