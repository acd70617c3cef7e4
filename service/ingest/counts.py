"""Makes stays from counts: for devices of other makers that report occupants but no sessions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from geo.words import VEHICLE_CLASSES, VehicleClass
from service.facts import Report, StayFact, counted_stay_id
from service.ingest.sessions import TimedReport

MAX_GAP_S = 600
"""Longest time without a report across which a vehicle counted before and after is taken for the same.

Assumption: half the usual maximum stay of 30 minutes would join different vehicles, a restart of a
device takes a few minutes.
"""


@dataclass
class _Count:
    """Stays of one bay while its reports are read in order."""

    device_id: str
    bay_id: str
    present: dict[VehicleClass, list[StayFact]] = field(default_factory=dict)
    """Open stays by class, oldest first."""
    ended: list[StayFact] = field(default_factory=list)

    def leave(self, vehicle_class: VehicleClass, number: int, at_s: int) -> None:
        """End the oldest stays of a class."""
        here = self.present.get(vehicle_class, [])
        self.ended += [replace(stay, departed_s=at_s) for stay in here[:number]]
        self.present[vehicle_class] = here[number:]

    def cut(self, at_s: int, found_s: int) -> None:
        """End all stays at their last evidence."""
        for here in self.present.values():
            self.ended += [replace(stay, departed_s=at_s, cut_found_s=found_s) for stay in here]
        self.present = {}

    def arrive(self, vehicle_class: VehicleClass, number: int, at_s: int) -> None:
        """Begin stays of a class."""
        self.present.setdefault(vehicle_class, []).extend(
            StayFact(
                counted_stay_id(self.device_id, self.bay_id, vehicle_class, at_s, ordinal),
                self.bay_id,
                vehicle_class,
                at_s,
                None,
                source="count",
                device_id=self.device_id,
            )
            for ordinal in range(number)
        )
        self.present[vehicle_class].sort(key=_age)


def counted_stays(
    device_id: str, bay_id: str, stays: Iterable[StayFact], reports: Sequence[TimedReport]
) -> list[StayFact]:
    """Return the stays that a device's successive counts of a bay tell.

    A vehicle counted at the end of a window is there for the whole window, so that it is never
    shown as free; when a class counts fewer, the oldest of it left at the last time they were
    counted; when it counts as many, they are the same. After more than ``MAX_GAP_S`` without a
    report all are cut at the last time they were counted.

    Parameters
    ----------
    stays
        Stays known to be there at the end of the first report's window, if that report was read
        before; empty at the very first report.
    reports
        In order. Those that saw nothing say nothing and are passed over.
    """
    count = _Count(device_id, bay_id)
    for stay in sorted(stays, key=_age):
        count.present.setdefault(stay.vehicle_class, []).append(
            replace(stay, departed_s=None, cut_found_s=None)
        )
    last_s: int | None = None
    for at_s, report in reports:
        if report.observed_s == 0:
            continue
        begins_s = at_s - report.window_s
        if last_s is not None and begins_s - last_s > MAX_GAP_S:
            count.cut(last_s, at_s)
        _step(count, report, begins_s if last_s is None else max(begins_s, last_s), last_s)
        last_s = at_s
    return [*count.ended, *(stay for here in count.present.values() for stay in here)]


def _step(count: _Count, report: Report, arrived_s: int, last_s: int | None) -> None:
    """Make the stays agree with one report."""
    counted = dict(report.occupants)
    for vehicle_class in VEHICLE_CLASSES:
        number = counted.get(vehicle_class, 0)
        here = len(count.present.get(vehicle_class, []))
        if number < here and last_s is not None:
            count.leave(vehicle_class, here - number, last_s)
        elif number > here:
            count.arrive(vehicle_class, number - here, arrived_s)


def _age(stay: StayFact) -> tuple[int, str]:
    return stay.arrived_s, stay.stay_id
