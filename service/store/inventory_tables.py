"""Tables of inventories: imports that can be undone, earlier polygons, groups of communes, calendars of named days."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import Text
from sqlmodel import Field

from service.store.tables import UUID_CHARS, Row, table_of
from service.store.types import UtcDateTime


class PastZoneRow(Row, table=True):
    """A polygon that a bay had before, under the zone identifier by which events may still name it."""

    __tablename__: ClassVar[Any] = "past_zone"

    zone_id: str = Field(primary_key=True, max_length=UUID_CHARS)
    bay_id: str = Field(foreign_key="bay.bay_id", index=True)
    geometry_version: int
    polygon: str = Field(sa_type=Text)
    """GeoJSON geometry, WGS 84, as text."""
    published_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    until_at: dt.datetime = Field(sa_type=UtcDateTime)
    """When the polygon that follows was imported."""


class ImportRow(Row, table=True):
    """One import of an inventory, with its report."""

    __tablename__: ClassVar[Any] = "inventory_import"

    id: int | None = Field(default=None, primary_key=True)
    made_at: dt.datetime = Field(sa_type=UtcDateTime)
    by_name: str
    file_name: str
    file_hash: str = Field(max_length=64)
    """SHA-256 of the file, hexadecimal."""
    file_format: str
    report: str = Field(sa_type=Text)
    """The object of report.json."""
    counts: str = Field(sa_type=Text)
    """How many bays it brought, changed, moved and left as they were, as JSON text."""
    places: str = Field(sa_type=Text)
    """Rows of the communes and streets that it replaced, as JSON text; see ``service.store.places``."""
    undone_at: dt.datetime | None = Field(default=None, sa_type=UtcDateTime)
    undone_by: str | None = None


class ImportChangeRow(Row, table=True):
    """What one import changed of one bay."""

    __tablename__: ClassVar[Any] = "inventory_change"

    import_id: int = Field(primary_key=True, foreign_key="inventory_import.id")
    bay_id: str = Field(primary_key=True, max_length=64, index=True)
    before: str | None = Field(default=None, sa_type=Text)
    """The bay's row before, as JSON text; null if the import brought the bay."""
    kind: str
    """``new``, ``changed`` or ``moved``."""
    insee: str = Field(max_length=5)
    """Commune of the bay after the import."""
    zone_id: str = Field(max_length=UUID_CHARS)
    """CDS curb zone identifier of the bay after the import; never given to another polygon of it."""
    rules_until_on: dt.date | None = None
    """First local day of the rules that the import brought, if it ended others."""


class GroupRow(Row, table=True):
    """An intercommunal body (EPCI)."""

    __tablename__: ClassVar[Any] = "commune_group"

    siren: str = Field(primary_key=True, max_length=9)
    name: str
    kind: str | None = None
    """Legal kind as its file writes it: CA, CC, CU, MET …"""


class GroupMemberRow(Row, table=True):
    """A commune of a group; the commune itself may not be known yet."""

    __tablename__: ClassVar[Any] = "commune_group_member"

    siren: str = Field(primary_key=True, foreign_key="commune_group.siren")
    insee: str = Field(primary_key=True, max_length=5, index=True)


class CalendarDayRow(Row, table=True):
    """A day of a commune's named calendar: market, works, an event."""

    __tablename__: ClassVar[Any] = "calendar_day"

    insee: str = Field(primary_key=True, foreign_key="commune.insee")
    name: str = Field(primary_key=True, max_length=64)
    """As rules name it in ``only_periods`` and ``except_periods``."""
    on_date: dt.date = Field(primary_key=True)
    label: str = ""


CALENDAR_DAY = table_of(CalendarDayRow)
GROUP = table_of(GroupRow)
GROUP_MEMBER = table_of(GroupMemberRow)
IMPORT = table_of(ImportRow)
IMPORT_CHANGE = table_of(ImportChangeRow)
PAST_ZONE = table_of(PastZoneRow)
"""Plain tables, as in ``service.store.tables``."""
