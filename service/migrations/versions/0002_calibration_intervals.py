"""Adds the times in which each calibration was in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; reports taken before name no calibration."""
    op.create_table(
        "calibration_interval",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("calibration", sa.String(length=64), nullable=False),
        sa.Column("from_s", sa.BigInteger(), nullable=False),
        sa.Column("to_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bay_id"], ["bay.bay_id"], name=op.f("fk_calibration_interval_bay_id")
        ),
        sa.PrimaryKeyConstraint(
            "bay_id",
            "device_id",
            "calibration",
            "from_s",
            name=op.f("pk_calibration_interval"),
        ),
    )
