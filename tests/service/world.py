"""A small world: two communes, five bays, keys, a clock that stands still, and what devices send."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Engine

from geo.bays import read_bays
from geo.communes import read_communes
from geo.events import BatchAnswer
from geo.words import curb_zone_id
from service.app import create_app
from service.engine_port import ENGINE, Advisor
from service.ingest.batch import take_batch
from service.ingest.inventory import Inventory, save_inventory
from service.ingest.items import Limits
from service.security import AccessKey, Profile, Role, new_key
from service.settings import Settings
from service.store.database import writing
from service.store.keys import add_key

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
IMPORTED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When the bays became known."""

LIMITS = Limits(max_clock_offset_s=300, raw_event_days=30)
BAYS = ("99001-0001", "99001-0002", "99001-0003", "99001-0004", "99002-0001")


@dataclass
class World:
    """The small world, with builders of what devices send."""

    url: str
    engine: Engine
    now: datetime = NOW
    keys: dict[str, str] = field(default_factory=dict)
    """Text of each key by its name."""
    device: AccessKey = field(init=False)
    """The key of the device ``camera``."""

    @property
    def now_s(self) -> int:
        """Now in epoch seconds."""
        return int(self.now.timestamp())

    def client(self, advisor: Advisor = ENGINE, **settings: Any) -> TestClient:
        """Return a client of the real application on this database, with this world's clock."""
        app = create_app(
            Settings(database_url=self.url, busy_timeout_s=1, **settings),
            clock=lambda: self.now,
            advisor=advisor,
        )
        return TestClient(app, raise_server_exceptions=False)

    def add_key(
        self,
        name: str,
        role: Role = Role.DEVICE,
        insee: str | None = "99001",
        profile: Profile | None = Profile.STAYS,
        **more: Any,
    ) -> AccessKey:
        """Make a key; its text is kept under its name."""
        key_id, told, secret_hash = new_key()
        device_id = more.pop("device_id", device_uuid(name)) if role is Role.DEVICE else None
        kind = profile if role is Role.DEVICE else None
        key = AccessKey(key_id, role, name, secret_hash, insee, device_id, kind, self.now, **more)
        with writing(self.engine) as session:
            add_key(session, key)
        self.keys[name] = told
        return key

    def bearer(self, name: str = "camera") -> dict[str, str]:
        """Return the header that shows a key."""
        return {"Authorization": f"Bearer {self.keys[name]}"}

    def post(
        self, client: TestClient, body: Any, name: str = "camera", insee: str = "99001"
    ) -> Response:
        """Post a batch with a key."""
        answer: Response = client.post(
            f"/cds/{insee}/events/event", json=body, headers=self.bearer(name)
        )
        return answer

    def take(self, items: Sequence[Any], key: AccessKey | None = None) -> BatchAnswer:
        """Take a batch through the core, in a transaction of its own."""
        with writing(self.engine) as session:
            return take_batch(session, key or self.device, items, self.now_s, LIMITS)

    def event(
        self, kind: str, minutes: float, bay: str = BAYS[0], device: str = "camera", **more: Any
    ) -> dict[str, Any]:
        """Build an event some minutes from now (negative: ago)."""
        return {
            "event_id": str(uuid.uuid4()),
            "event_type": kind,
            "event_time": int((self.now + timedelta(minutes=minutes)).timestamp() * 1000),
            "event_publication_time": int(self.now.timestamp() * 1000),
            "data_source_type": "camera",
            "data_source_device_id": device_uuid(device),
            "curb_zone_id": zone(bay),
            **more,
        }

    def report(  # noqa: PLR0917 - a builder with defaults
        self,
        minutes: float,
        occupants: Sequence[str] = (),
        observed_s: int = 60,
        bay: str = BAYS[0],
        device: str = "camera",
        reason: str = "",
        calibration: str | None = None,
    ) -> dict[str, Any]:
        """Build the report of the minute that ends some minutes from now."""
        said = {
            "window_s": "60",
            "observed_s": str(observed_s),
            "occupied_s": str(observed_s if occupants else 0),
            "reason": reason,
        }
        if calibration is not None:
            said["calibration"] = calibration
        event = self.event("scheduled_report", minutes, bay, device, custom_attributes=said)
        if observed_s:
            event["curb_occupants"] = [{"type": name} for name in occupants]
        return event

    def reports(
        self, first: int, last: int, occupants: Sequence[str] = (), **more: Any
    ) -> list[dict[str, Any]]:
        """Build the reports of the minutes that end from ``first`` to ``last``, both included."""
        return [self.report(minute, occupants, **more) for minute in range(first, last + 1)]

    def stay(
        self,
        arrived: float,
        departed: float | None,
        kind: str = "van",
        bay: str = BAYS[0],
        **more: Any,
    ) -> list[dict[str, Any]]:
        """Build the park events of one stay; without departure only its start."""
        said = {
            "event_session_id": str(uuid.uuid4()),
            "vehicle_type": kind,
            "vehicle_type_confidence": 90,
            **more,
        }
        start = self.event("park_start", arrived, bay, **said)
        if departed is None:
            return [start]
        return [start, self.event("park_end", departed, bay, **said)]


def device_uuid(name: str) -> str:
    """Return the identifier of a test device."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, name))


def zone(bay: str) -> str:
    """Return the CDS zone of a test bay."""
    return str(curb_zone_id(bay[:5], bay))


def square(lon: float, lat: float, size: float) -> list[list[list[float]]]:
    """Return the ring of a square."""
    far_lon, far_lat = lon + size, lat + size
    return [[[lon, lat], [far_lon, lat], [far_lon, far_lat], [lon, far_lat], [lon, lat]]]


def feature(properties: dict[str, Any], rings: list[list[list[float]]]) -> dict[str, Any]:
    """Return a GeoJSON polygon feature."""
    geometry = {"type": "Polygon", "coordinates": rings}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def communes_document() -> dict[str, Any]:
    """Return the two communes of the world."""
    return {
        "type": "FeatureCollection",
        "features": [
            feature({"insee": "99001", "name": "Un"}, square(2.60, 48.90, 0.05)),
            feature({"insee": "99002", "name": "Deux"}, square(2.65, 48.90, 0.05)),
        ],
    }


def bays_document(capacity: int = 2) -> dict[str, Any]:
    """Return the five bays of the world."""
    rule = {
        "activity": "loading",
        "days": ["mo", "tu"],
        "start": "07:00",
        "end": "20:00",
        "max_stay_min": 30,
    }
    return {
        "type": "FeatureCollection",
        "features": [
            feature(
                {
                    "bay_id": bay,
                    "commune": bay[:5],
                    "name": f"Rue {position}",
                    "length_m": 12.0,
                    "capacity": capacity,
                    "bay_type": "periodic",
                    "rules": [rule],
                },
                square(2.61 + 0.001 * position + 0.05 * (bay[:5] == "99002"), 48.91, 0.0001),
            )
            for position, bay in enumerate(BAYS)
        ],
    }


def make_world(url: str, engine: Engine, capacity: int = 2) -> World:
    """Put the small world into an empty migrated database, with a device and an officer of 99001."""
    inventory = Inventory(
        read_bays(bays_document(capacity)).bays,
        read_communes(communes_document()).communes,
        made_at=IMPORTED,
    )
    with writing(engine) as session:
        save_inventory(session, inventory)
    made = World(url, engine)
    made.device = made.add_key("camera")
    made.add_key("officer", Role.OFFICER)
    return made


def service_process(database_url: str, port: int) -> subprocess.Popen[str]:
    """Start `airelib serve` on a database and port; its log is read from its standard error."""
    options = ["--port", str(port), "--database", database_url]
    return subprocess.Popen(
        [sys.executable, "-m", "service.cli", "serve", *options],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
