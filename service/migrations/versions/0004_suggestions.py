"""Adds runs of the suggestion engine, suggestions with their records, and the audit trail of decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TRAIL = "the audit trail of suggestions is never changed"

SQLITE_GUARD = """CREATE TRIGGER suggestion_event_no_{verb} BEFORE {verb} ON suggestion_event
BEGIN SELECT RAISE(ABORT, '{said}'); END"""

POSTGRESQL_REFUSAL = """CREATE FUNCTION suggestion_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{said}'; END $$"""

POSTGRESQL_GUARD = """CREATE TRIGGER suggestion_event_no_{verb} BEFORE {verb} ON suggestion_event
FOR EACH ROW EXECUTE FUNCTION suggestion_event_refuse()"""


def upgrade() -> None:
    """Make the tables, and let the database itself keep the trail from being changed."""
    _runs()
    _suggestions()
    _trail()
    _guard()


def _runs() -> None:
    op.create_table(
        "suggestion_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("engine_version", sa.String(), nullable=False),
        sa.Column("data_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("weights", sa.Text(), nullable=False),
        sa.Column("weights_by", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("commune_plans", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_suggestion_run_insee")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_run")),
    )
    op.create_index(op.f("ix_suggestion_run_insee"), "suggestion_run", ["insee"])


def _suggestions() -> None:
    op.create_table(
        "suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bay_id", sa.String(), nullable=False),
        sa.Column("insee", sa.String(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("grade", sa.String(), nullable=True),
        sa.Column("gain", sa.Float(), nullable=True),
        sa.Column("p_gain", sa.Float(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["bay_id"], ["bay.bay_id"], name=op.f("fk_suggestion_bay_id")),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_suggestion_insee")),
        sa.ForeignKeyConstraint(
            ["run_id"], ["suggestion_run.id"], name=op.f("fk_suggestion_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion")),
        sa.UniqueConstraint(
            "bay_id", "signature", "round", name=op.f("uq_suggestion_bay_id_signature_round")
        ),
    )
    op.create_index(op.f("ix_suggestion_bay_id"), "suggestion", ["bay_id"])
    op.create_index(op.f("ix_suggestion_run_id"), "suggestion", ["run_id"])
    op.create_index("ix_suggestion_insee_status", "suggestion", ["insee", "status"])
    op.create_table(
        "suggestion_record",
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_record_suggestion_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["suggestion_run.id"], name=op.f("fk_suggestion_record_run_id")
        ),
        sa.PrimaryKeyConstraint("suggestion_id", "run_id", name=op.f("pk_suggestion_record")),
    )
    op.create_index(op.f("ix_suggestion_record_run_id"), "suggestion_record", ["run_id"])


def _trail() -> None:
    op.create_table(
        "suggestion_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("suggestion_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by_key", sa.String(), nullable=True),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["suggestion.id"], name=op.f("fk_suggestion_event_suggestion_id")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["suggestion_run.id"], name=op.f("fk_suggestion_event_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_event")),
    )
    op.create_index(
        op.f("ix_suggestion_event_suggestion_id"), "suggestion_event", ["suggestion_id"]
    )


def _guard() -> None:
    """Refuse updates and removals; the two databases have no common word for it."""
    guard = SQLITE_GUARD
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_REFUSAL.format(said=TRAIL))
        guard = POSTGRESQL_GUARD
    for verb in ("UPDATE", "DELETE"):
        op.execute(guard.format(verb=verb, said=TRAIL))
