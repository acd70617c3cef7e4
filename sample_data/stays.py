"""Eight weeks of stays and unseen times of the invented quarter, drawn from the documented demand process."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from geo.calendar import days, public_holidays
from geo.occupancy import SeenArrays, StayArrays
from geo.simulation.clock import Calendar
from geo.simulation.outages import REASONS, UnseenArrays
from geo.simulation.profiles import LAND_USES, STAYS, City, Outages, StayLength
from geo.simulation.truth import Kerb
from geo.simulation.world import simulate_kerbs
from geo.words import VEHICLE_CLASSES
from sample_data.quarter.files import quarter_bays

FIRST_ON = date(2026, 3, 2)
"""A Monday; eight weeks from here hold a change of clock and a public holiday."""

TIME_ZONE = "Europe/Paris"

QUARTER = City(
    land_uses=LAND_USES,
    deliveries_per_day=22.0,
    level_sigma=0.60,
    deliveries_range=(2.0, 90.0),
    stays={**STAYS, "long_car": StayLength(80.0, 0.70)},
    shares={"van": 0.68, "truck": 0.14, "courier": 0.09, "two_wheeler": 0.07, "other": 0.02},
    outages=Outages(
        lost_day_share=0.0, cuts_per_day=0.35, dark_share=0.10, weak_share=0.06, bays_per_camera=4
    ),
    detector=None,
)
"""The quarter is busier than the science brief's city, has all vehicle classes, and its devices read without errors."""


@dataclass(frozen=True)
class SampleStays:
    """What the devices of the quarter told in a period."""

    bay_ids: tuple[str, ...]
    """The bays axis of the arrays."""
    stays: StayArrays
    """On whole minutes; a stay that an outage cut departs where seeing ended."""
    seen: SeenArrays
    unseen: UnseenArrays
    first_on: date
    end_on: date
    """The day after the last."""

    @property
    def unseen_rows(self) -> list[tuple[str, int, int, str]]:
        """Unseen times as ``bay_id, from_s, to_s, reason``."""
        columns = (self.unseen.bay, self.unseen.from_s, self.unseen.to_s, self.unseen.reason)
        return [
            (self.bay_ids[bay], from_s, to_s, REASONS[reason])
            for bay, from_s, to_s, reason in zip(*(c.tolist() for c in columns), strict=True)
        ]


def sample_stays(seed: int = 1, first_on: date = FIRST_ON, weeks: int = 8) -> SampleStays:
    """Draw the sample; the same arguments give the same stays.

    Parameters
    ----------
    seed
        Of all draws.
    first_on
        First local day.
    weeks
        Number of weeks.
    """
    bays = quarter_bays()
    end_on = first_on + timedelta(weeks=weeks)
    calendar = Calendar(
        tuple(days(first_on, end_on)), TIME_ZONE, public_holidays(bays[0].commune, first_on, end_on)
    )
    kerbs = [Kerb(bay.bay_id, bay.length_m, bay.rules) for bay in bays]
    _, world = simulate_kerbs(kerbs, calendar, QUARTER, seed)
    return SampleStays(
        tuple(bay.bay_id for bay in bays),
        world.told.dated(),
        world.seen,
        world.unseen,
        first_on,
        end_on,
    )


def stays_csv(sample: SampleStays) -> bytes:
    """Return the stays as a file: ISO 8601 with offset, no departure where an outage cut the stay."""
    zone = ZoneInfo(TIME_ZONE)
    ends = set(zip(sample.seen.bay.tolist(), sample.seen.to_s.tolist(), strict=True))
    stays = sample.stays
    columns = (stays.bay, stays.vehicle_class, stays.arrived_s, stays.departed_s)
    rows = (
        (
            sample.bay_ids[bay],
            VEHICLE_CLASSES[kind].value,
            _iso(arrived_s, zone),
            "" if (bay, departed_s) in ends else _iso(departed_s, zone),
        )
        for bay, kind, arrived_s, departed_s in zip(*(c.tolist() for c in columns), strict=True)
    )
    return _csv(("bay_id", "vehicle_class", "arrived_at", "departed_at"), rows)


def unseen_csv(sample: SampleStays) -> bytes:
    """Return the unseen times as a file, half-open."""
    zone = ZoneInfo(TIME_ZONE)
    rows = (
        (bay_id, _iso(from_s, zone), _iso(to_s, zone), reason)
        for bay_id, from_s, to_s, reason in sample.unseen_rows
    )
    return _csv(("bay_id", "from", "to", "reason"), rows)


def _iso(at_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).isoformat()


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()
