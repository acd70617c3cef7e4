"""When each calibration of a device was in use, in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session

from service.intervals import Interval
from service.store.coverage import replace_intervals
from service.store.tables import CALIBRATION

KEY = ("bay_id", "device_id", "calibration")

UseKey = tuple[str, ...]
"""``bay_id, device_id, calibration``."""


@dataclass(frozen=True, order=True)
class CalibrationUse:
    """A half-open run of slots in which a device measured a bay by one calibration."""

    from_s: int
    to_s: int
    device_id: str
    calibration: str


def uses_near(
    session: Session, device_id: str, keys: Collection[UseKey], from_s: int, to_s: int
) -> dict[UseKey, list[Interval]]:
    """Return the times of a device's calibrations that meet or touch a period, by bay and calibration."""
    found: dict[UseKey, list[Interval]] = {key: [] for key in keys}
    statement = select(
        CALIBRATION.c.bay_id, CALIBRATION.c.calibration, CALIBRATION.c.from_s, CALIBRATION.c.to_s
    ).where(
        CALIBRATION.c.bay_id.in_({key[0] for key in keys}),
        CALIBRATION.c.device_id == device_id,
        CALIBRATION.c.to_s >= from_s,
        CALIBRATION.c.from_s <= to_s,
    )
    for bay_id, calibration, start_s, end_s in session.execute(statement):
        key = (bay_id, device_id, calibration)
        if key in found:
            found[key].append((start_s, end_s))
    return found


def replace_uses(
    session: Session,
    old: Mapping[UseKey, Sequence[Interval]],
    new: Mapping[UseKey, Sequence[Interval]],
) -> None:
    """Put new times in the place of old ones, touching only those that differ."""
    replace_intervals(session, CALIBRATION, KEY, ("from_s", "to_s"), (old, new))


def uses_in(
    session: Session, bay_ids: Collection[str], from_s: int, to_s: int
) -> dict[str, list[CalibrationUse]]:
    """Return what of a period each calibration was in use, by bay, in order of time.

    Times of one calibration that follow each other with no other of the device between are one, however
    long the device was silent. Bays that no calibration measured are left out.

    Parameters
    ----------
    from_s, to_s
        Half-open, epoch seconds; the times are cut to it.
    """
    statement = (
        select(
            CALIBRATION.c.bay_id,
            CALIBRATION.c.from_s,
            CALIBRATION.c.to_s,
            CALIBRATION.c.device_id,
            CALIBRATION.c.calibration,
        )
        .where(
            CALIBRATION.c.bay_id.in_(bay_ids),
            CALIBRATION.c.to_s > from_s,
            CALIBRATION.c.from_s < to_s,
        )
        .order_by(CALIBRATION.c.bay_id, CALIBRATION.c.device_id, CALIBRATION.c.from_s)
    )
    found: dict[str, list[CalibrationUse]] = defaultdict(list)
    for bay_id, start_s, end_s, device_id, calibration in session.execute(statement):
        use = CalibrationUse(max(start_s, from_s), min(end_s, to_s), device_id, calibration)
        _append(found[bay_id], use)
    return {bay_id: sorted(uses) for bay_id, uses in found.items()}


def _append(uses: list[CalibrationUse], use: CalibrationUse) -> None:
    """Add a use to those before it, or lengthen the last where it goes on."""
    last = uses[-1] if uses else None
    if last and (last.device_id, last.calibration) == (use.device_id, use.calibration):
        uses[-1] = CalibrationUse(
            last.from_s, max(last.to_s, use.to_s), use.device_id, use.calibration
        )
    else:
        uses.append(use)
