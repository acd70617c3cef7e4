"""Tests of stays made from park events and reports."""

from __future__ import annotations

from geo.words import VehicleClass
from service.facts import Parked, Report, StayFact, TakenEvent
from service.ingest.sessions import cut_stays, stay_of_session

VAN, CAR = VehicleClass.VAN, VehicleClass.CAR


def park(kind: str, at_min: int, vehicle: VehicleClass = VAN, confidence: int = 90) -> TakenEvent:
    """Build a park event at a minute."""
    return TakenEvent(
        "device",
        f"{kind}{at_min}",
        "bay",
        kind,
        at_min * 60,
        "session",
        parked=Parked(vehicle, confidence),
    )


def stay(name: str, arrived_min: int, departed_min: int | None = None) -> StayFact:
    """Build a stay by minutes."""
    departed_s = None if departed_min is None else departed_min * 60
    return StayFact(name, "bay", VAN, arrived_min * 60, departed_s, device_id="device")


def counts(first_min: int, *numbers: int | None) -> list[tuple[int, Report]]:
    """Build successive reports of a minute each; None is a minute that was not seen."""
    return [
        (
            (first_min + i) * 60,
            Report(60, 0, "dark") if n is None else Report(60, 60, "", ((VAN, n),) if n else ()),
        )
        for i, n in enumerate(numbers)
    ]


def test_a_stay_lasts_from_its_start_to_its_end() -> None:
    """Start and end make one stay, whichever is known first."""
    events = [park("park_start", 1), park("park_end", 5)]
    found = stay_of_session(events, None)
    assert found is not None
    assert (found.arrived_s, found.departed_s, found.vehicle_class) == (60, 300, VAN)
    assert stay_of_session(events[::-1], None) == found


def test_an_end_alone_is_no_stay_yet() -> None:
    """Without an arrival nothing can be counted."""
    assert stay_of_session([park("park_end", 5)], None) is None


def test_a_known_arrival_outlives_its_event() -> None:
    """When the start event has been forgotten, the end still closes the stay."""
    found = stay_of_session([park("park_end", 5)], stay("x", 2))
    assert found is not None
    assert (found.arrived_s, found.departed_s) == (120, 300)


def test_the_most_confident_event_names_the_class() -> None:
    """A later, less sure look does not change the class."""
    events = [park("park_start", 1, VAN, 95), park("park_end", 5, CAR, 60)]
    found = stay_of_session(events, None)
    assert found is not None
    assert (found.vehicle_class, found.confidence) == (VAN, 95)


def test_an_end_before_its_start_makes_a_stay_of_no_length() -> None:
    """A clock set back between the two never makes a negative stay."""
    found = stay_of_session([park("park_start", 5), park("park_end", 1)], None)
    assert found is not None
    assert found.departed_s == found.arrived_s


def test_two_full_reports_without_the_vehicle_end_its_stay() -> None:
    """The stay ends when it was last counted, and says that it was cut."""
    (cut,) = cut_stays([stay("a", 0)], counts(1, 1, 1, 0, 0), 0)
    assert (cut.departed_s, cut.cut_found_s) == (120, 240)


def test_one_report_is_not_enough() -> None:
    """A single miss is a flicker, also when the next minute was not seen."""
    assert cut_stays([stay("a", 0)], counts(1, 1, 0, 1, 0, None, 0, 1), 0) == [stay("a", 0)]


def test_the_oldest_open_stay_goes_first() -> None:
    """Of two stays one of which is gone, the older is cut; a reported departure is never touched."""
    known = [stay("a", 0), stay("b", 1), stay("c", 0, 9)]
    found = {one.stay_id: one for one in cut_stays(known, counts(3, 3, 2, 2, 2), 0)}
    assert found["a"].is_cut
    assert found["b"] == stay("b", 1)
    assert found["c"] == stay("c", 0, 9)


def test_vehicles_of_the_current_minute_are_not_missed() -> None:
    """A vehicle that arrives in a minute need not be counted at its start, nor one that left at its end."""
    assert cut_stays([stay("a", 2)], counts(1, 0, 0, 1), 0) == [stay("a", 2)]
    assert cut_stays([stay("a", 0, 2), stay("b", 0)], counts(1, 2, 2, 1, 1), 0)[1] == stay("b", 0)


def test_going_on_later_is_the_same_as_reading_at_once() -> None:
    """Thinking over from any report on gives what a single pass gives."""
    known = [stay("a", 0), stay("b", 1), stay("c", 4)]
    reports = counts(2, 2, 2, 1, 1, 2, 0, 0, 1)
    at_once = cut_stays(known, reports, 0)
    for split in range(1, len(reports)):
        first = cut_stays(known, reports[:split], 0)
        assert cut_stays(first, reports[split - 1 :], reports[split][0]) == at_once
