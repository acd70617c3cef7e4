"""Makes the first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    _places()
    _people()
    _facts()
    _figures()


def _places() -> None:
    """Make the tables of communes, streets and bays."""
    op.create_table(
        "commune",
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("outline", sa.Text(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_commune")),
    )
    op.create_table(
        "street",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("insee", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("geometry", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_street_insee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
    )
    op.create_index(op.f("ix_street_insee"), "street", ["insee"])
    op.create_table(
        "bay",
        sa.Column("bay_id", sa.String(length=64), nullable=False),
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("zone_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("length_m", sa.Float(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("bay_type", sa.String(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("polygon", sa.Text(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_bay_insee")),
        sa.PrimaryKeyConstraint("bay_id", name=op.f("pk_bay")),
        sa.UniqueConstraint("zone_id", name=op.f("uq_bay_zone_id")),
    )
    op.create_index(op.f("ix_bay_insee"), "bay", ["insee"])


def _people() -> None:
    """Make the tables of keys, exclusions and settings."""
    op.create_table(
        "access_key",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("insee", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("profile", sa.String(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_access_key_insee")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_access_key")),
    )
    op.create_index(op.f("ix_access_key_device_id"), "access_key", ["device_id"])
    op.create_table(
        "device_bay",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_device_bay_bay_id")),
        sa.PrimaryKeyConstraint("device_id", "bay_id", name=op.f("pk_device_bay")),
    )
    op.create_index(op.f("ix_device_bay_bay_id"), "device_bay", ["bay_id"])
    op.create_table(
        "exclusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=True),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("from_s", sa.BigInteger(), nullable=False),
        sa.Column("to_s", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.String(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_exclusion_bay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exclusion")),
    )
    op.create_index(op.f("ix_exclusion_bay_id"), "exclusion", ["bay_id"])
    op.create_index(op.f("ix_exclusion_device_id"), "exclusion", ["device_id"])
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )


def _facts() -> None:
    """Make the tables of events, stays and seen times."""
    op.create_table(
        "event",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("event_id", sa.String(length=36), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=True),
        sa.Column("event_type", sa.String(), nullable=False),
        sa.Column("event_s", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=True),
        sa.Column("observed_s", sa.Integer(), nullable=True),
        sa.Column("received_s", sa.BigInteger(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_event_bay_id")),
        sa.PrimaryKeyConstraint("device_id", "event_id", name=op.f("pk_event")),
    )
    op.create_index(
        "ix_event_bay_id_device_id_event_s", "event", ["bay_id", "device_id", "event_s"]
    )
    op.create_index("ix_event_event_s", "event", ["event_s"])
    op.create_index(op.f("ix_event_session_id"), "event", ["session_id"])
    op.create_table(
        "stay",
        sa.Column("stay_id", sa.String(length=36), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=True),
        sa.Column("vehicle_class", sa.String(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("arrived_s", sa.BigInteger(), nullable=False),
        sa.Column("departed_s", sa.BigInteger(), nullable=True),
        sa.Column("cut_found_s", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_stay_bay_id")),
        sa.PrimaryKeyConstraint("stay_id", name=op.f("pk_stay")),
    )
    op.create_index("ix_stay_bay_id_arrived_s", "stay", ["bay_id", "arrived_s"])
    op.create_index("ix_stay_bay_id_departed_s", "stay", ["bay_id", "departed_s"])
    op.create_table(
        "seen_interval",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("from_s", sa.BigInteger(), nullable=False),
        sa.Column("to_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_seen_interval_bay_id")),
        sa.PrimaryKeyConstraint("bay_id", "from_s", name=op.f("pk_seen_interval")),
    )
    op.create_index("ix_seen_interval_to_s", "seen_interval", ["to_s"])
    op.create_table(
        "unseen_interval",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("from_s", sa.BigInteger(), nullable=False),
        sa.Column("to_s", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_unseen_interval_bay_id")),
        sa.PrimaryKeyConstraint("bay_id", "from_s", name=op.f("pk_unseen_interval")),
    )


def _figures() -> None:
    """Make the tables of figures."""
    op.create_table(
        "day_figure",
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("checksum", sa.BigInteger(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_day_figure_bay_id")),
        sa.PrimaryKeyConstraint("bay_id", "on_date", name=op.f("pk_day_figure")),
    )
    op.create_index("ix_day_figure_on_date_checksum", "day_figure", ["on_date", "checksum"])
