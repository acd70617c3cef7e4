"""What finds room beside what is parked."""

from __future__ import annotations

import numpy as np
import pytest

from geo.study.words import DEFAULT_LENGTH_M
from geo.whatif.fit import CODES, GapTable, gap_table
from geo.words import VEHICLE_CLASSES

LENGTHS = tuple(DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES)


def chance(table: GapTable, *counts: int) -> np.ndarray:
    """Return the chances beside vans, trucks, cars, two-wheelers and others."""
    return table.chance[int(table.code(np.array(counts)))]


@pytest.mark.parametrize(
    ("length_m", "vans", "expected"), [(12, 1, 0.63), (15, 1, 0.86), (18, 2, 0.44), (24, 3, 0.32)]
)
def test_van_beside_vans_fits_as_often_as_measured_before(
    length_m: float, vans: int, expected: float
) -> None:
    """A van beside vans finds a gap about as often as in the science brief, far from the sum of lengths."""
    found = chance(gap_table(length_m, LENGTHS), vans, 0, 0, 0, 0)[0]
    assert found == pytest.approx(expected, abs=0.06)
    assert chance(GapTable.of_length_sum(length_m, LENGTHS), vans, 0, 0, 0, 0)[0] == 1.0


@pytest.mark.parametrize("length_m", [5.0, 12.0, 24.3, 60.0, 150.0])
def test_table_never_promises_more_than_the_sum_of_lengths(length_m: float) -> None:
    """Chances lie between 0 and the naive table's, an empty bay admits whatever is short enough, and size is bounded."""
    table, naive = gap_table(length_m, LENGTHS), GapTable.of_length_sum(length_m, LENGTHS)
    assert len(table.chance) <= CODES
    assert table.chance.min() >= 0.0
    if length_m <= 60.0:
        assert np.all(table.chance <= naive.chance + 1e-12)
    assert np.array_equal(table.chance[0], (np.array(LENGTHS) <= length_m).astype(float))


def test_shorter_vehicles_find_gaps_more_often() -> None:
    """Where a truck finds a gap, a van does, and where a van does, a car does."""
    van, truck, car, two_wheeler, _ = gap_table(24.0, LENGTHS).chance.T
    assert np.all(truck <= van)
    assert np.all(van <= car)
    assert np.all(car <= two_wheeler)


def test_more_vehicles_than_are_told_apart_count_as_the_most() -> None:
    """A bay that is read as over-full has a code, and no van finds room in it."""
    assert chance(gap_table(12.0, LENGTHS), 9, 0, 0, 30, 0)[0] == 0.0
