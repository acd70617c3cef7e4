"""Adds what inventories need: details and polygons of bays through time, imports, groups of communes, calendars."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables; earlier bays count as published from now on, when CDS first can tell of them."""
    with op.batch_alter_table("bay") as bay:
        bay.add_column(sa.Column("details", sa.Text(), nullable=False, server_default="{}"))
        bay.add_column(
            sa.Column("geometry_version", sa.Integer(), nullable=False, server_default="1")
        )
        bay.add_column(sa.Column("published_at", sa.BigInteger(), nullable=True))
        bay.add_column(sa.Column("updated_at", sa.BigInteger(), nullable=True))
    now_s = int(datetime.now(UTC).timestamp())
    op.execute(
        sa.text("UPDATE bay SET published_at = :now, updated_at = :now").bindparams(now=now_s)
    )
    with op.batch_alter_table("commune") as commune:
        commune.add_column(sa.Column("vintage", sa.Integer(), nullable=True))
    _past_zones()
    _imports()
    _groups()
    _calendars()


def _past_zones() -> None:
    op.create_table(
        "past_zone",
        sa.Column("zone_id", sa.String(length=36), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("geometry_version", sa.Integer(), nullable=False),
        sa.Column("polygon", sa.Text(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_past_zone_bay_id")),
        sa.PrimaryKeyConstraint("zone_id", name=op.f("pk_past_zone")),
    )
    op.create_index(op.f("ix_past_zone_bay_id"), "past_zone", ["bay_id"])


def _imports() -> None:
    op.create_table(
        "inventory_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("file_format", sa.String(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inventory_import")),
    )
    op.create_table(
        "inventory_change",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("bay_id", sa.String(length=64), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["inventory_import.id"], name=op.f("fk_inventory_change_import_id")
        ),
        sa.PrimaryKeyConstraint("import_id", "bay_id", name=op.f("pk_inventory_change")),
    )
    op.create_index(op.f("ix_inventory_change_bay_id"), "inventory_change", ["bay_id"])


def _groups() -> None:
    op.create_table(
        "commune_group",
        sa.Column("siren", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("siren", name=op.f("pk_commune_group")),
    )
    op.create_table(
        "commune_group_member",
        sa.Column("siren", sa.String(), nullable=False),
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["siren"], ["commune_group.siren"], name=op.f("fk_commune_group_member_siren")
        ),
        sa.PrimaryKeyConstraint("siren", "insee", name=op.f("pk_commune_group_member")),
    )
    op.create_index(op.f("ix_commune_group_member_insee"), "commune_group_member", ["insee"])


def _calendars() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_calendar_day_insee")),
        sa.PrimaryKeyConstraint("insee", "name", "on_date", name=op.f("pk_calendar_day")),
    )
