"""Tests of stays made from counts."""

from __future__ import annotations

from geo.words import VehicleClass
from service.facts import Report, StayFact
from service.ingest.counts import MAX_GAP_S, counted_stays

VAN, CAR = VehicleClass.VAN, VehicleClass.CAR


def report(end_min: int, vans: int, cars: int = 0, observed_s: int = 60) -> tuple[int, Report]:
    """Build the report of the minute that ends at ``end_min``."""
    present = tuple((kind, n) for kind, n in ((VAN, vans), (CAR, cars)) if n)
    return end_min * 60, Report(60, observed_s, "", present if observed_s else ())


def spans(stays: list[StayFact]) -> list[tuple[str, int, int | None]]:
    """Return class, arrival and departure of each stay in minutes, in order."""
    found = [
        (
            str(one.vehicle_class),
            one.arrived_s // 60,
            None if one.departed_s is None else one.departed_s // 60,
        )
        for one in stays
    ]
    return sorted(found, key=repr)


def test_a_counted_vehicle_is_there_for_the_whole_window() -> None:
    """A vehicle reported once takes its place from the window's beginning: never shown as free."""
    assert spans(counted_stays("d", "b", [], [report(1, 1)])) == [("van", 0, None)]


def test_a_steady_count_is_one_stay() -> None:
    """Successive reports of as many vehicles extend their stays, a lower count ends the oldest."""
    found = counted_stays("d", "b", [], [report(1, 1), report(2, 2), report(3, 2), report(4, 1)])
    assert spans(found) == [("van", 0, 3), ("van", 1, None)]


def test_classes_are_counted_apart() -> None:
    """A van that leaves while a car comes is two stays."""
    assert spans(counted_stays("d", "b", [], [report(1, 1), report(2, 0, 1)])) == [
        ("car", 1, None),
        ("van", 0, 1),
    ]


def test_a_window_that_saw_nothing_says_nothing() -> None:
    """An unseen minute neither ends nor begins a stay."""
    found = counted_stays("d", "b", [], [report(1, 1), report(2, 0, observed_s=0), report(3, 1)])
    assert spans(found) == [("van", 0, None)]


def test_a_long_silence_cuts_stays() -> None:
    """After more than the longest gap the vehicles are not taken for the same."""
    gap_min = MAX_GAP_S // 60
    same = counted_stays("d", "b", [], [report(1, 1), report(2 + gap_min, 1)])
    other = counted_stays("d", "b", [], [report(1, 1), report(3 + gap_min, 1)])
    assert spans(same) == [("van", 0, None)]
    assert spans(other) == [("van", 0, 1), ("van", 2 + gap_min, None)]
    assert sorted(one.is_cut for one in other) == [False, True]


def test_going_on_later_is_the_same_as_reading_at_once() -> None:
    """Going on from the stays present at any report gives what a single pass gives."""
    numbers = [(1, 0), (2, 1), (2, 0), (0, 0), (3, 1), (1, 1), (1, 2)]
    reports = [report(i + 1, *pair) for i, pair in enumerate(numbers)]
    at_once = spans(counted_stays("d", "b", [], reports))
    for split in range(1, len(reports)):
        anchor_s = reports[split - 1][0]
        first = counted_stays("d", "b", [], reports[:split])
        here = [s for s in first if s.departed_s is None or s.departed_s >= anchor_s]
        past = [s for s in first if s not in here]
        second = counted_stays("d", "b", here, reports[split - 1 :])
        assert spans([*past, *second]) == at_once
