"""The tables; nothing outside the store sees them."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary, MetaData, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from geo.events import MAX_CALIBRATION_CHARS
from service.store.types import UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names of constraints, so that a migration can change them on either database."""

UUID_CHARS = 36
"""Length of a UUID as text; text compares alike on both databases and in documented queries."""


class Row(SQLModel):
    """Base of all tables, with metadata of our own."""

    metadata: ClassVar[MetaData] = MetaData(naming_convention=NAMING)


class CommuneRow(Row, table=True):
    """A municipality."""

    __tablename__: ClassVar[Any] = "commune"

    insee: str = Field(primary_key=True, max_length=5)
    name: str
    population: int | None = None
    time_zone: str
    outline: str = Field(sa_type=Text)
    """GeoJSON geometry, WGS 84, as text."""
    vintage: int | None = None
    """Year of the official geographic code in which the outline was in force; null if its file did not say."""
    west: float
    south: float
    east: float
    north: float


class StreetRow(Row, table=True):
    """A street of the quiet base map."""

    __tablename__: ClassVar[Any] = "street"

    id: int | None = Field(default=None, primary_key=True)
    insee: str | None = Field(default=None, foreign_key="commune.insee", index=True)
    name: str
    kind: str
    """How strongly it is drawn: main, street or river."""
    geometry: str = Field(sa_type=Text)
    """GeoJSON geometry, WGS 84, as text."""


class BayRow(Row, table=True):
    """A delivery bay."""

    __tablename__: ClassVar[Any] = "bay"

    bay_id: str = Field(primary_key=True, max_length=64)
    insee: str = Field(foreign_key="commune.insee", index=True)
    zone_id: str = Field(unique=True, max_length=UUID_CHARS)
    """CDS curb zone identifier, a UUID."""
    name: str
    length_m: float
    capacity: int
    bay_type: str
    rules: str = Field(sa_type=Text)
    """Time rules as JSON text."""
    polygon: str = Field(sa_type=Text)
    """GeoJSON geometry, WGS 84, as text."""
    details: str = Field(default="{}", sa_type=Text, sa_column_kwargs={"server_default": "{}"})
    """What inventories say of it beyond what figures need, as JSON text."""
    geometry_version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    """Counts the polygons that the bay has had; a new one makes a new zone identifier (CDS)."""
    published_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When this polygon was first imported; null if before the store noted it."""
    updated_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When an import last changed anything of the bay."""
    west: float
    south: float
    east: float
    north: float


class PastRulesRow(Row, table=True):
    """The time rules a bay had until a local day; those it has now stand with the bay."""

    __tablename__: ClassVar[Any] = "past_rules"

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    until_on: dt.date = Field(primary_key=True)
    """First local day of the rules that follow."""
    rules: str = Field(sa_type=Text)
    """As in the bay's row."""


class AccessKeyRow(Row, table=True):
    """A key of a device or an officer; the secret itself is never kept."""

    __tablename__: ClassVar[Any] = "access_key"

    key_id: str = Field(primary_key=True, max_length=16)
    role: str
    name: str
    secret_hash: str = Field(max_length=64)
    """SHA-256 of the secret, hexadecimal."""
    insee: str | None = Field(default=None, foreign_key="commune.insee")
    """Commune it is good for; null = all."""
    device_id: str | None = Field(default=None, max_length=UUID_CHARS, index=True)
    profile: str | None = None
    """``stays`` or ``counts``; null for an officer."""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    last_used_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class DeviceBayRow(Row, table=True):
    """Which device has reported on which bay."""

    __tablename__: ClassVar[Any] = "device_bay"

    device_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id", index=True)


class EventRow(Row, table=True):
    """A taken event: what makes a repeat harmless, and the raw facts of the last days."""

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        Index("ix_event_bay_id_device_id_event_s", "bay_id", "device_id", "event_s"),
        Index("ix_event_event_s", "event_s"),
    )

    device_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    event_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    bay_id: str | None = Field(default=None, foreign_key="bay.bay_id")
    event_type: str
    event_s: int = Field(sa_type=BigInteger)
    session_id: str | None = Field(default=None, max_length=UUID_CHARS, index=True)
    observed_s: int | None = None
    """Seconds of its window that a report saw; null for other events."""
    received_s: int = Field(sa_type=BigInteger)
    detail: str = Field(sa_type=Text)
    """What the derivation of stays and coverage needs, as JSON text."""


class StayRow(Row, table=True):
    """One vehicle in one bay from arrival to departure."""

    __tablename__: ClassVar[Any] = "stay"
    __table_args__ = (
        Index("ix_stay_bay_id_arrived_s", "bay_id", "arrived_s"),
        Index("ix_stay_bay_id_departed_s", "bay_id", "departed_s"),
    )

    stay_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    """UUID made from device, bay and session, so that any order of events gives the same row."""
    bay_id: str = Field(foreign_key="bay.bay_id")
    session_id: str | None = Field(default=None, max_length=UUID_CHARS)
    vehicle_class: str
    confidence: int | None = None
    """1..100 as the device gave it."""
    arrived_s: int = Field(sa_type=BigInteger)
    departed_s: int | None = Field(default=None, sa_type=BigInteger)
    """Null while the vehicle is there."""
    cut_found_s: int | None = Field(default=None, sa_type=BigInteger)
    """When counts showed the vehicle gone without a reported departure; null otherwise."""
    source: str
    """``session`` or ``count``."""
    device_id: str | None = Field(default=None, max_length=UUID_CHARS)


class SeenIntervalRow(Row, table=True):
    """A half-open time in which a bay was seen; disjoint and merged per bay."""

    __tablename__: ClassVar[Any] = "seen_interval"
    __table_args__ = (Index("ix_seen_interval_to_s", "to_s"),)

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    from_s: int = Field(primary_key=True, sa_type=BigInteger)
    to_s: int = Field(sa_type=BigInteger)


class UnseenIntervalRow(Row, table=True):
    """A half-open time in which a device said that it could not see a bay, and why."""

    __tablename__: ClassVar[Any] = "unseen_interval"

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    from_s: int = Field(primary_key=True, sa_type=BigInteger)
    to_s: int = Field(sa_type=BigInteger)
    reason: str


class CalibrationIntervalRow(Row, table=True):
    """A half-open run of slots in which a device measured a bay by one calibration; disjoint per calibration."""

    __tablename__: ClassVar[Any] = "calibration_interval"

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    device_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    calibration: str = Field(primary_key=True, max_length=MAX_CALIBRATION_CHARS)
    """As the device names it: when it was made, and a hash."""
    from_s: int = Field(primary_key=True, sa_type=BigInteger)
    to_s: int = Field(sa_type=BigInteger)


class ExclusionRow(Row, table=True):
    """A time of a bay or device that an officer asked not to count."""

    __tablename__: ClassVar[Any] = "exclusion"

    id: int | None = Field(default=None, primary_key=True)
    bay_id: str | None = Field(default=None, foreign_key="bay.bay_id", index=True)
    device_id: str | None = Field(default=None, max_length=UUID_CHARS, index=True)
    from_s: int = Field(sa_type=BigInteger)
    to_s: int = Field(sa_type=BigInteger)
    reason: str
    created_by: str
    """Key identifier of the officer."""
    created_at: dt.datetime = Field(sa_type=UtcDateTime)
    undone_by: str | None = None
    undone_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)


class DayFigureRow(Row, table=True):
    """The slot figures of one bay and local day, packed."""

    __tablename__: ClassVar[Any] = "day_figure"
    __table_args__ = (Index("ix_day_figure_on_date_checksum", "on_date", "checksum"),)

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    on_date: dt.date = Field(primary_key=True)
    """Local day of the commune."""
    slots: int
    """92, 96 or 100."""
    checksum: int = Field(sa_type=BigInteger)
    """CRC-32 of the unpacked figures; sums of it tell whether a period changed."""
    figures: bytes = Field(sa_type=LargeBinary)
    """See ``service.store.packing``."""


class DoubleParkingRow(Row, table=True):
    """How long vehicles stood double-parked beside a bay on a local day that had any, packed."""

    __tablename__: ClassVar[Any] = "double_parking"

    bay_id: str = Field(primary_key=True, foreign_key="bay.bay_id")
    on_date: dt.date = Field(primary_key=True)
    """Local day of the commune."""
    slots: int
    """92, 96 or 100."""
    seconds: bytes = Field(sa_type=LargeBinary)
    """Seconds of each slot, 16-bit, compressed; see ``service.store.double_parking``."""


class SuggestionRunRow(Row, table=True):
    """One run of the engine over a commune: all that is needed to compute it again."""

    __tablename__: ClassVar[Any] = "suggestion_run"

    id: int | None = Field(default=None, primary_key=True)
    insee: str = Field(foreign_key="commune.insee", index=True)
    made_at: dt.datetime = Field(sa_type=UtcDateTime)
    engine_version: str
    data_hash: str = Field(max_length=64)
    """SHA-256 over the facts that the run read."""
    seed: int = Field(sa_type=BigInteger)
    weights: str = Field(sa_type=Text)
    """Points per physical quantity as JSON text."""
    weights_by: str
    """Who set the weights."""
    first_on: dt.date
    last_on: dt.date
    """Last local day of the period, included."""
    parameters: str = Field(sa_type=Text)
    """Parameters and audit of the study as JSON text."""
    commune_plans: str = Field(sa_type=Text)
    """Plans for the whole commune as JSON text, as the engine gave them."""


class SuggestionRow(Row, table=True):
    """What runs say about the rule of one bay, and what was decided; the same proposal of two runs is one row."""

    __tablename__: ClassVar[Any] = "suggestion"
    __table_args__ = (
        UniqueConstraint("bay_id", "signature", "round"),
        Index("ix_suggestion_insee_status", "insee", "status"),
    )

    id: int | None = Field(default=None, primary_key=True)
    bay_id: str = Field(foreign_key="bay.bay_id", index=True)
    insee: str = Field(foreign_key="commune.insee")
    signature: str = Field(max_length=64)
    """SHA-256 of the decision, the rules now and the rules proposed."""
    round: int
    """Counts the times that this proposal was made anew after it had expired."""
    run_id: int = Field(foreign_key="suggestion_run.id", index=True)
    """The newest run that says so."""
    decision: str
    """``change``, ``keep`` or ``need_data``."""
    status: str | None = None
    """See ``service.lifecycle``; null where no change is proposed."""
    grade: str | None = None
    gain: float | None = None
    """Mean points per day saved."""
    p_gain: float | None = None
    adopted_on: dt.date | None = None


class SuggestionRecordRow(Row, table=True):
    """What one run says about one bay, as the engine gave it."""

    __tablename__: ClassVar[Any] = "suggestion_record"

    suggestion_id: int = Field(primary_key=True, foreign_key="suggestion.id")
    run_id: int = Field(primary_key=True, foreign_key="suggestion_run.id", index=True)
    record: str = Field(sa_type=Text)
    """The bay's object of ``suggestions.json``."""


class SuggestionEventRow(Row, table=True):
    """One transition of a suggestion; the database refuses to change or remove it."""

    __tablename__: ClassVar[Any] = "suggestion_event"

    id: int | None = Field(default=None, primary_key=True)
    suggestion_id: int = Field(foreign_key="suggestion.id", index=True)
    run_id: int = Field(foreign_key="suggestion_run.id")
    """The run whose figures were in force."""
    at: dt.datetime = Field(sa_type=UtcDateTime)
    by_key: str | None = None
    """Key identifier of the officer; null where a run did it."""
    by_name: str
    from_status: str | None = None
    to_status: str
    reason: str | None = None
    adopted_on: dt.date | None = None


class SettingRow(Row, table=True):
    """A word the store remembers about itself."""

    __tablename__: ClassVar[Any] = "setting"

    key: str = Field(primary_key=True)
    value: str


def table_of(row: type[Row]) -> Table:
    """Return the plain table of a row class, for statements over many rows."""
    return Row.metadata.tables[str(row.__tablename__)]


BAY = table_of(BayRow)
CALIBRATION = table_of(CalibrationIntervalRow)
COMMUNE = table_of(CommuneRow)
DAY = table_of(DayFigureRow)
DOUBLE = table_of(DoubleParkingRow)
EVENT = table_of(EventRow)
EXCLUSION = table_of(ExclusionRow)
LINK = table_of(DeviceBayRow)
PAST_RULES = table_of(PastRulesRow)
SEEN = table_of(SeenIntervalRow)
SETTING = table_of(SettingRow)
STAY = table_of(StayRow)
STREET = table_of(StreetRow)
SUGGESTION = table_of(SuggestionRow)
SUGGESTION_RECORD = table_of(SuggestionRecordRow)
SUGGESTION_RUN = table_of(SuggestionRunRow)
UNSEEN = table_of(UnseenIntervalRow)
"""Plain tables: read as columns, so that no session holds a stale copy."""
