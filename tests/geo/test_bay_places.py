"""Tests of the places a bay is divided into."""

from __future__ import annotations

from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Polygon

from geo.bay_details import Arrangement, BayDetails, Guess
from geo.bay_places import PLACE_M, bay_places
from geo.local_plane import local_xy
from geo.words import BayType, FoundBay

METRE_LAT = 1 / 111_200
"""A metre of latitude at 48.9° north, in degrees, to a thousandth."""

METRE_LON = METRE_LAT / cos(radians(48.9)) * 0.9966
"""Same of longitude: the earth is wider there than a ball."""


def bay(  # noqa: PLR0917 - a builder with defaults
    length_m: float = 12.0,
    width_m: float = 2.2,
    turn_deg: float = 0.0,
    capacity: int = 2,
    said_m: float | None = None,
    details: BayDetails | None = None,
) -> FoundBay:
    """Build a rectangular bay."""
    a = radians(turn_deg)
    corners = [(0, 0), (length_m, 0), (length_m, width_m), (0, width_m), (0, 0)]
    ring = tuple(
        (
            2.6 + (x * cos(a) - y * sin(a)) * METRE_LON,
            48.9 + (x * sin(a) + y * cos(a)) * METRE_LAT,
        )
        for x, y in corners
    )
    return FoundBay(
        bay_id="a",
        length_m=said_m or length_m,
        capacity=capacity,
        bay_type=BayType.PERIODIC,
        polygon_lonlat=ring,
        details=details or BayDetails(),
    )


@given(
    length_m=st.floats(10, 60),
    width_m=st.floats(1.8, 3.0),
    turn_deg=st.floats(-180, 180),
    share=st.floats(0.1, 1),
)
def test_places_are_the_bay(length_m: float, width_m: float, turn_deg: float, share: float) -> None:
    """Places lie in the bay, one beside the other without overlap, equal, and make it up; however it is turned."""
    capacity = max(1, int(share * length_m / PLACE_M))
    found = bay(length_m, width_m, turn_deg, capacity)
    places = [Polygon(ring) for ring in bay_places(found)]
    whole = Polygon(found.polygon_lonlat)
    assert len(places) == capacity
    hundredth = 0.02 * METRE_LAT
    assert all(whole.buffer(hundredth).contains(place) for place in places)
    assert sum(place.area for place in places) == pytest.approx(whole.area, rel=0.02)
    assert max(place.area for place in places) == pytest.approx(whole.area / capacity, rel=0.03)
    assert all(one.intersection(other).area < 0.01 * one.area for one, other in pairwise(places))
    assert all(place.exterior.is_ccw == whole.exterior.is_ccw for place in places)


@pytest.mark.parametrize(
    "found",
    [
        bay(capacity=3),
        bay(said_m=15.0),
        bay(length_m=12, width_m=12),
        bay(details=BayDetails(arrangement=Arrangement.PERPENDICULAR)),
        bay(details=BayDetails(estimated=(Guess.CAPACITY,))),
        bay(details=BayDetails(estimated=(Guess.ORIENTATION,))),
    ],
    ids=["too short", "not as drawn", "no long side", "across", "a guess", "turned by guess"],
)
def test_places_are_not_invented(found: FoundBay) -> None:
    """Where the drawing does not say where vehicles stand there are none."""
    assert bay_places(found) == ()


def test_other_shapes_have_no_places() -> None:
    """A triangle and a skewed bay are not divided, but a point on a straight side changes nothing."""
    ring = list(bay().polygon_lonlat)
    middle = ((ring[0][0] + ring[1][0]) / 2, (ring[0][1] + ring[1][1]) / 2)
    more = bay().model_copy(update={"polygon_lonlat": (ring[0], middle, *ring[1:])})
    assert bay_places(more) == bay_places(bay())
    skewed = [
        (lon + (5 * METRE_LON if i in {2, 3} else 0), lat) for i, (lon, lat) in enumerate(ring)
    ]
    assert bay_places(bay().model_copy(update={"polygon_lonlat": tuple(skewed)})) == ()
    triangle = (ring[0], ring[1], ring[2], ring[0])
    assert bay_places(bay().model_copy(update={"polygon_lonlat": triangle})) == ()


def test_a_guessed_width_does_no_harm() -> None:
    """The length is what is divided."""
    assert len(bay_places(bay(details=BayDetails(estimated=(Guess.WIDTH,))))) == 2


@given(
    lon=st.floats(-179, 179),
    lat=st.floats(-80, 80),
    turn=st.floats(0, 360),
    far_m=st.floats(1, 3000),
)
def test_metres_are_those_of_the_ellipsoid(
    lon: float, lat: float, turn: float, far_m: float
) -> None:
    """A distance on the plane is the geodesic's, to three in a thousand within three kilometres up to 80° north."""
    to_lon, to_lat, _ = Geod(ellps="WGS84").fwd(lon, lat, turn, far_m)
    east = lon + (to_lon - lon + 180) % 360 - 180
    found = local_xy(np.array([[east, to_lat]]), (lon, lat))
    assert float(np.hypot(*found[0])) == pytest.approx(far_m, rel=3e-3)
