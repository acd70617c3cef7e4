"""Adds the time rules that bays had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; what rules a bay had before this version is not known."""
    op.create_table(
        "past_rules",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_past_rules_bay_id")),
        sa.PrimaryKeyConstraint("bay_id", "until_on", name=op.f("pk_past_rules")),
    )
