"""Laws of what an inventory changes: what is the same place, and what is another."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.bay_details import BayDetails, Guess
from geo.inventory.changes import changes, count_kinds, is_same_place
from geo.words import Bay, BayType

Ring = tuple[tuple[float, float], ...]

SQUARE: Ring = (
    (2.61, 48.91),
    (2.6101, 48.91),
    (2.6101, 48.9101),
    (2.61, 48.9101),
    (2.61, 48.91),
)
LONG: Ring = (
    (2.61, 48.91003),
    (2.6101, 48.91003),
    (2.6101, 48.91007),
    (2.61, 48.91007),
    (2.61, 48.91003),
)
BAY = Bay(
    bay_id="1",
    commune="99001",
    length_m=12.0,
    capacity=2,
    bay_type=BayType.PERIODIC,
    polygon_lonlat=SQUARE,
)


def shifted(lon: float, lat: float) -> Ring:
    """Return the square moved by degrees."""
    return tuple((x + lon, y + lat) for x, y in SQUARE)


@given(
    first=st.integers(0, 3),
    noise=st.lists(st.floats(-4.9e-8, 4.9e-8), min_size=10, max_size=10),
)
def test_rounding_and_the_first_point_are_no_move(first: int, noise: list[float]) -> None:
    """A ring that begins elsewhere, or is rounded to seven decimals and back, is the same place."""
    ring = [*SQUARE[first:-1], *SQUARE[: first + 1]]
    near = np.array(ring) + np.array(noise).reshape(5, 2)
    near[-1] = near[0]
    rounded = tuple((round(lon, 7), round(lat, 7)) for lon, lat in near.tolist())
    assert is_same_place(SQUARE, rounded)
    assert is_same_place(rounded, SQUARE)


@given(east=st.integers(-500, 500), north=st.integers(-500, 500))
def test_a_move_of_more_than_the_last_decimal_is_one(east: int, north: int) -> None:
    """Whole units of the seventh decimal: none or one is rounding, more is another place."""
    is_near = max(abs(east), abs(north)) <= 1
    assert is_same_place(SQUARE, shifted(east * 1e-7, north * 1e-7)) == is_near


def test_a_move_is_told_in_metres() -> None:
    """A ten-thousandth of a degree to the north is 11.1 m, to the east 7.3 m at this latitude."""
    known = {"1": BAY}
    for lon, lat, metres in ((0, 1e-4, 11.13), (1e-4, 0, 7.32)):
        moved = BAY.model_copy(update={"polygon_lonlat": shifted(lon, lat)})
        (change,) = changes(known, [moved])
        assert (change.kind, change.fields, change.makes_zone) == ("moved", ("polygon",), True)
        assert change.moved_m == pytest.approx(metres, abs=0.01)


def test_each_bay_is_of_one_kind() -> None:
    """New, changed with what differs, moved whatever else changed, or unchanged with the known polygon."""
    bays = [
        BAY.model_copy(update={"bay_id": "2"}),
        BAY.model_copy(update={"capacity": 3, "name": "Quai"}),
        BAY.model_copy(update={"capacity": 3, "polygon_lonlat": shifted(1e-4, 0)}),
        BAY.model_copy(update={"polygon_lonlat": shifted(4e-8, 0)}),
        BAY.model_copy(update={"commune": "99002"}),
    ]
    found = changes({"1": BAY}, bays)
    assert [(one.kind, one.fields) for one in found] == [
        ("new", ()),
        ("changed", ("name", "capacity")),
        ("moved", ("capacity", "polygon")),
        ("unchanged", ()),
        ("changed", ("commune",)),
    ]
    assert [one.makes_zone for one in found] == [True, False, True, False, True]
    assert found[3].bay == BAY
    assert count_kinds(found) == {"new": 1, "changed": 2, "moved": 1, "unchanged": 1}


def guessed(bay: Bay, *guesses: Guess) -> Bay:
    """Return a bay of which something was guessed."""
    return bay.model_copy(update={"details": BayDetails(estimated=guesses)})


def test_a_guess_of_the_direction_moves_no_bay() -> None:
    """Turned about the same centre for want of neighbours, or by others, it stays as known; a told direction moves it."""
    lon, lat = 2.61005, 48.91005
    turned = BAY.model_copy(
        update={"polygon_lonlat": tuple((lon + y - lat, lat - x + lon) for x, y in LONG)}
    )
    known = BAY.model_copy(update={"polygon_lonlat": LONG})
    (stays,) = changes({"1": known}, [guessed(turned, Guess.ORIENTATION)])
    assert (stays.kind, stays.bay) == ("unchanged", known)
    (moves,) = changes({"1": known}, [turned])
    assert moves.kind == "moved"
    (told,) = changes({"1": guessed(known, Guess.ORIENTATION)}, [turned])
    assert (told.kind, told.fields) == ("moved", ("details", "polygon"))
    assert changes({"1": known}, [turned], {"1"})[0].kind == "unchanged"
    (better,) = changes({"1": guessed(known, Guess.ORIENTATION)}, [turned], {"1"})
    assert better.kind == "moved"
    shorter = turned.model_copy(update={"length_m": 10.0})
    (other,) = changes({"1": known}, [guessed(shorter, Guess.ORIENTATION)])
    assert other.kind == "moved"


def test_bays_far_from_france_move_too() -> None:
    """No reference system of a territory is needed to say how far."""
    portland = tuple((lon - 125.2, lat - 3.4) for lon, lat in SQUARE)
    known = BAY.model_copy(update={"polygon_lonlat": portland})
    moved = known.model_copy(
        update={"polygon_lonlat": tuple((lon, lat + 1e-4) for lon, lat in portland)}
    )
    (change,) = changes({"1": known}, [moved])
    assert change.moved_m == pytest.approx(11.13, abs=0.01)
