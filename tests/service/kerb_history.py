"""Gives bays of the small world a history: another polygon before, other rules before, and details."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert, update

from geo.words import curb_zone_id
from service.store.database import writing
from service.store.inventory_tables import PAST_ZONE
from service.store.tables import BAY, PAST_RULES
from tests.service.world import BAYS, IMPORTED, World, square

PUBLISHED = IMPORTED

MOVED = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
"""When the first bay got the polygon that it has."""

RULED_ON = date(2026, 2, 16)
"""First day of the rules that the first bay has."""

OLD_ZONE, NEW_ZONE = str(curb_zone_id("99001", BAYS[0], 1)), str(curb_zone_id("99001", BAYS[0], 2))

OLD_RULES = [
    {"activity": "loading", "days": ["we"], "start": "06:00", "end": "10:00", "max_stay_min": 20}
]

DETAILS = {
    "address": "12 bis rue des Fleurs",
    "width_m": 2.2,
    "arrangement": "parallel",
    "placement": "carriageway",
    "is_active": True,
    "order_url": "https://example.org/arrêté n° 4.pdf",
    "order_ref": "2024-117",
    "equipment": ["candélabre"],
    "sign_present": True,
    "charging_kw": 22.0,
    "comment": "voir M. Untel",
    "estimated": ["width"],
    "extra": {"agent": "M. Untel"},
}


def give_history(world: World) -> None:
    """Move the first bay, change its rules, and describe it."""
    ring = square(2.61, 48.9101, 0.0001)
    with writing(world.engine) as session:
        session.execute(
            update(BAY)
            .where(BAY.c.bay_id == BAYS[0])
            .values(
                zone_id=NEW_ZONE,
                geometry_version=2,
                published_at=MOVED,
                updated_at=MOVED + timedelta(days=14),
                details=json.dumps(DETAILS),
            )
        )
        session.execute(
            insert(PAST_ZONE).values(
                zone_id=OLD_ZONE,
                bay_id=BAYS[0],
                geometry_version=1,
                polygon=json.dumps({"type": "Polygon", "coordinates": ring}),
                published_at=PUBLISHED,
                until_at=MOVED,
            )
        )
        session.execute(
            insert(PAST_RULES).values(
                bay_id=BAYS[0], until_on=RULED_ON, rules=json.dumps(OLD_RULES)
            )
        )


def ms(at: datetime) -> int:
    """Return an instant as CDS writes it."""
    return int(at.timestamp() * 1000)
