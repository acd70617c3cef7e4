"""The facts that travel between ingest and store: taken events and stays."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from geo.words import VehicleClass

STAY_NAMESPACE = UUID("6f0b1a52-6d0b-5c0a-9f3e-1f2d0d9b7a11")
"""Namespace of stay identifiers (RFC 4122, version 5)."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scheduled report says about one bay and window ``[event_s - window_s, event_s)``."""

    window_s: int
    observed_s: int
    reason: str = ""
    occupants: tuple[tuple[VehicleClass, int], ...] = ()
    """Vehicles present at the end of the window, by class in fixed order; empty also when nothing was seen."""

    @property
    def is_full(self) -> bool:
        """Whether the whole window was seen."""
        return self.observed_s >= self.window_s

    @property
    def count(self) -> int:
        """Vehicles present at the end of the window."""
        return sum(number for _, number in self.occupants)


@dataclass(frozen=True, slots=True)
class Parked:
    """What a park event says about its vehicle."""

    vehicle_class: VehicleClass
    confidence: int | None = None
    """1..100, or None where the device gave none."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an event comes from."""

    source_type: str
    """In the words of CDS."""
    operator_id: str | None = None
    """UUID of who operates the source; None where the event does not say."""


CAMERA = Origin("camera")
"""A camera that names no operator, as ours."""


@dataclass(frozen=True, slots=True)
class TakenEvent:
    """An event that passed every check, reduced to what is kept."""

    device_id: str
    event_id: str
    bay_id: str | None
    event_type: str
    event_s: int
    session_id: str | None = None
    report: Report | None = None
    parked: Parked | None = None
    calibration: str = ""
    """Calibration by which a report's bay was measured; empty where the device names none."""
    double_parked_s: int = 0
    """Seconds of a report's window in which a vehicle stood double-parked beside its bay."""
    origin: Origin = CAMERA
    """What kind of source sent it, and who operates that."""

    @property
    def detail(self) -> str:
        """The report or the vehicle as compact JSON text, with its origin where that is not one of our cameras."""
        said: dict[str, Any] = {}
        if self.report is not None:
            counts = {name.value: number for name, number in self.report.occupants}
            said = {"w": self.report.window_s, "o": self.report.observed_s, "n": counts}
            if self.report.reason:
                said["r"] = self.report.reason
        elif self.parked is not None:
            said = {"c": self.parked.vehicle_class.value, "p": self.parked.confidence}
        if self.origin.source_type != CAMERA.source_type:
            said["s"] = self.origin.source_type
        if self.origin.operator_id is not None:
            said["i"] = self.origin.operator_id
        return json.dumps(said, separators=(",", ":"))


def read_report(detail: str) -> Report:
    """Read back the detail of a scheduled report."""
    said = json.loads(detail)
    occupants = tuple((VehicleClass(name), int(number)) for name, number in said["n"].items())
    return Report(said["w"], said["o"], said.get("r", ""), occupants)


def read_parked(detail: str) -> Parked:
    """Read back the detail of a park event."""
    said = json.loads(detail)
    return Parked(VehicleClass(said["c"]), said["p"])


def read_origin(detail: str) -> Origin:
    """Read back the origin of an event."""
    said = json.loads(detail)
    return Origin(said.get("s", CAMERA.source_type), said.get("i"))


@dataclass(frozen=True, slots=True)
class StayFact:
    """A stay as it is kept; equal facts give equal rows."""

    stay_id: str
    bay_id: str
    vehicle_class: VehicleClass
    arrived_s: int
    departed_s: int | None
    source: str = "session"
    """``session`` or ``count``."""
    device_id: str | None = None
    session_id: str | None = None
    confidence: int | None = None
    cut_found_s: int | None = None
    """When counts showed the vehicle gone without a reported departure; None otherwise."""

    @property
    def is_cut(self) -> bool:
        """Whether the departure is only the last evidence of presence."""
        return self.cut_found_s is not None


def session_stay_id(device_id: str, bay_id: str, session_id: str) -> str:
    """Return the identifier of a session's stay: no device can touch another's."""
    return str(uuid5(STAY_NAMESPACE, f"{device_id}:{bay_id}:{session_id}"))


def counted_stay_id(
    device_id: str, bay_id: str, vehicle_class: VehicleClass, arrived_s: int, ordinal: int
) -> str:
    """Return the identifier of a stay made from counts, or loaded without a session."""
    return str(uuid5(STAY_NAMESPACE, f"{device_id}:{bay_id}:{vehicle_class}:{arrived_s}:{ordinal}"))


@dataclass(frozen=True, slots=True)
class Touched:
    """Times of bays whose facts changed, half-open; their figures must follow."""

    spans: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, bay_id: str, from_s: int, to_s: int) -> None:
        """Widen the touched time of a bay."""
        low_s, high_s = self.spans.get(bay_id, (from_s, to_s))
        self.spans[bay_id] = (min(low_s, from_s), max(high_s, to_s))
