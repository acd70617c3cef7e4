"""Adds the seconds of double parking beside each bay."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; reports taken before told of no double parking."""
    op.create_table(
        "double_parking",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_double_parking_bay_id")),
        sa.PrimaryKeyConstraint("bay_id", "on_date", name=op.f("pk_double_parking")),
    )
