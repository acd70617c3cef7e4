"""Fills the demonstration's database: the invented quarter, its keys and eight weeks of simulated stays."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta

from sqlmodel import Session

from sample_data.quarter.files import quarter_bays, quarter_communes, quarter_streets
from sample_data.stays import sample_stays
from service.demo.folder import DemoFolder
from service.ingest.bulk import BulkFacts, load_facts
from service.ingest.inventory import Inventory, Source, save_inventory
from service.moments import now_utc
from service.security import AccessKey, Profile, Role, new_key
from service.store.database import open_engine, reading, writing
from service.store.keys import add_key
from service.store.notes import SAMPLE, get_note, set_note
from service.store.schema import upgrade

COMMUNE = "99001"
"""Commune of the camera scene."""

CAMERA_DEVICE = uuid.uuid5(uuid.NAMESPACE_URL, "airelib:sample:camera")
"""Device of the camera scene."""

SIMULATED_DEVICE = uuid.uuid5(uuid.NAMESPACE_URL, "airelib:sample:simulated")
"""Device that the simulated stays are said to come from."""

WEEKS = 8
SEED = 1

STALE_AFTER = timedelta(weeks=2)
"""Eight weeks that end longer ago leave less than the enough 70 % of a typical week up to now."""

SAMPLE_END = "sample_end_on"
"""Note that says before which day the simulated stays end."""

Say = Callable[[str], None]


def fill(folder: DemoFolder, say: Say) -> None:
    """Make the database and fill it, once: all of the sample in one transaction, or nothing."""
    engine = open_engine(folder.database_url)
    upgrade(engine)
    with writing(engine) as session:
        if get_note(session, SAMPLE) is None:
            _fill(session, folder, say)
    engine.dispose()


def is_stale(folder: DemoFolder, today_on: date) -> bool:
    """Tell whether the sample ended so long ago that a typical week up to now is mostly unseen."""
    if not folder.database.exists():
        return False
    engine = open_engine(folder.database_url)
    upgrade(engine)
    with reading(engine) as session:
        ended = get_note(session, SAMPLE_END)
    engine.dispose()
    return ended is not None and date.fromisoformat(ended) < today_on - STALE_AFTER


def _fill(session: Session, folder: DemoFolder, say: Say) -> None:
    say("sample quarter: communes, streets and bays")
    counts = save_inventory(session, _inventory())
    sample = sample_stays(SEED, _first_on(now_utc().date()), WEEKS)
    say(
        f"sample stays: {len(sample.stays.bay):,} in {counts.bays} bays of {counts.communes} communes, "
        f"{sample.first_on} to {sample.end_on - timedelta(days=1)}"
    )
    load_facts(
        session,
        BulkFacts(
            str(SIMULATED_DEVICE), sample.bay_ids, sample.stays, sample.seen, sample.unseen_rows
        ),
    )
    _make_keys(session, folder)
    set_note(session, SAMPLE, "true")
    set_note(session, SAMPLE_END, sample.end_on.isoformat())


def fill_places(folder: DemoFolder) -> str:
    """Make a database with the quarter's places and keys, but no stays; return the camera's device identifier."""
    engine = open_engine(folder.database_url)
    upgrade(engine)
    with writing(engine) as session:
        save_inventory(session, _inventory())
        _make_keys(session, folder)
    engine.dispose()
    return str(CAMERA_DEVICE)


def _inventory() -> Inventory:
    source = Source("sample", "bays.geojson", file_format="geojson")
    return Inventory(quarter_bays(), quarter_communes(), quarter_streets(), source=source)


def _first_on(today_on: date) -> date:
    """Return the day from which eight weeks end yesterday."""
    return today_on - timedelta(weeks=WEEKS)


def _make_keys(session: Session, folder: DemoFolder) -> None:
    now_at = now_utc()
    key_id, text, secret_hash = new_key()
    add_key(
        session,
        AccessKey(
            key_id,
            Role.DEVICE,
            "Sample camera",
            secret_hash,
            COMMUNE,
            str(CAMERA_DEVICE),
            Profile.STAYS,
            now_at,
        ),
    )
    _write_private(folder, "device", text)
    key_id, text, secret_hash = new_key()
    add_key(
        session,
        AccessKey(key_id, Role.OFFICER, "Sample officer", secret_hash, None, None, None, now_at),
    )
    _write_private(folder, "officer", text)


def _write_private(folder: DemoFolder, role: str, text: str) -> None:
    path = folder.device_key if role == "device" else folder.officer_key
    path.touch(mode=0o600)
    path.write_text(text + "\n")
