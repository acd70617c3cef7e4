"""The files of a study, as bytes, from sessions of another system."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo.convert.cds_sessions import Session, SessionsRead, Zone, whole_days, zones
from geo.geojson import read_features

NO_COMMUNE = "00000"
"""Five digits as of an INSEE code that no commune has: a place outside France."""

KNOWN = ("commune", "name", "length_m", "capacity", "bay_type", "rules")
"""Properties of a known bay that go before what sessions tell."""

BAY_KEYS = ("bay_id", "curb_zone_id")
"""Properties by which a feature is known to be the zone of the sessions."""


def study_files(
    found: SessionsRead, time_zone: str, known_bays: Mapping[str, Any] | None = None
) -> dict[str, bytes]:
    """Return the files of a study: ``bays.geojson``, ``stays.csv``, ``unseen.csv`` and ``params.json``.

    Parameters
    ----------
    found
        At least one whole local day of sessions.
    time_zone
        Zone of the kerb, in which rules and days are told.
    known_bays
        A FeatureCollection whose features carry ``bay_id`` or ``curb_zone_id``: their geometry and what they know of
        ``KNOWN`` are taken over. Bays without a session are not written: nothing tells that they were watched.

    Raises
    ------
    InvalidInput
        No session can be taken, or no whole day lies between them.
    """
    first_on, last_on = whole_days(found.sessions, time_zone)
    features = read_features(known_bays) if known_bays else []
    known = {_key(feature): feature for feature in features}
    collection = {
        "type": "FeatureCollection",
        "features": [_feature(zone, known.get(zone.bay_id)) for zone in zones(found.sessions)],
    }
    params = {
        "time_zone": time_zone,
        "observed": {"from": first_on.isoformat(), "to": last_on.isoformat()},
    }
    return {
        "bays.geojson": _json(collection),
        "stays.csv": _stays(found.sessions, ZoneInfo(time_zone)),
        "unseen.csv": b"bay_id,from,to,reason\n",
        "params.json": _json(params),
    }


def _key(feature: Mapping[str, Any]) -> str:
    given = feature.get("properties") or {}
    return next((str(given[name]) for name in BAY_KEYS if given.get(name)), "")


def _feature(zone: Zone, known: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a zone as a bay; ``estimated`` names the properties that sessions alone tell."""
    told = (known.get("properties") or {}) if known else {}
    guessed: dict[str, Any] = {
        "commune": NO_COMMUNE,
        "length_m": zone.length_m,
        "capacity": zone.capacity,
        "bay_type": "periodic",
        "rules": [],
    }
    taken = {name: told[name] for name in KNOWN if told.get(name) is not None}
    estimated = [name for name in ("capacity", "length_m") if name not in taken]
    return {
        "type": "Feature",
        "id": zone.bay_id,
        "properties": {"bay_id": zone.bay_id, **guessed, **taken, "estimated": estimated},
        "geometry": known.get("geometry") if known else None,
    }


def _stays(sessions: Iterable[Session], zone: ZoneInfo) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("bay_id", "vehicle_class", "arrived_at", "departed_at"))
    for one in sessions:
        ends = "" if one.departed_s is None else _instant(one.departed_s, zone)
        table.writerow((one.bay_id, one.vehicle_class.value, _instant(one.arrived_s, zone), ends))
    return text.getvalue().encode()


def _instant(at_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).isoformat()


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
