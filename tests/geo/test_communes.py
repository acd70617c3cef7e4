"""Communes: outlines read, points placed, borders and disagreements reported."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import commune_of, communes_geojson, read_communes, time_zone_of
from geo.crs import to_lonlat
from tests.geo.places import ORIGIN_XY, collection, commune_feature, ring

TWO = collection(commune_feature("99002", 1000, 0), commune_feature("99001", 0, 0))


def lonlat(x_m: float, y_m: float) -> np.ndarray:
    """Return one point at a metric offset, shape ``(1, 2)``."""
    return to_lonlat(np.array([[ORIGIN_XY[0] + x_m, ORIGIN_XY[1] + y_m]]), "EPSG:2154")


def test_a_point_is_in_its_commune() -> None:
    """Inside is inside; outside of all is None, not the nearest."""
    outlines = read_communes(TWO).communes
    points = np.concatenate([lonlat(500, 500), lonlat(1500, 500), lonlat(5000, 500)])
    assert commune_of(points, outlines).insee == ("99001", "99002", None)


def test_on_a_border_the_lowest_code_is_taken_and_told() -> None:
    """A point that two outlines touch goes to the lowest code and is reported."""
    shared_corner = np.array([ring(1000, 0, 1000, 1000)[0]])
    match = commune_of(np.concatenate([lonlat(10, 10), shared_corner]), read_communes(TWO).communes)
    assert match.insee == ("99001", "99001")
    assert match.on_border == (1,)


def test_bad_outlines_are_refused_and_the_rest_is_read() -> None:
    """A bad code, a line, a crossing outline and a double are refused one by one."""
    line = commune_feature("99003", 0, 0) | {
        "geometry": {"type": "LineString", "coordinates": ring()}
    }
    a, b, c, d, _ = ring(0, 0, 1000, 1000)
    crossing = commune_feature("99004", 0, 0) | {
        "geometry": {"type": "Polygon", "coordinates": [[a, c, b, d, a]]}
    }
    read = read_communes(
        collection(
            commune_feature("9900", 0, 0),
            line,
            crossing,
            commune_feature("99001", 0, 0),
            commune_feature("99001", 0, 0),
        )
    )
    assert [item.commune.insee for item in read.communes] == ["99001"]
    assert [(r.row, r.code) for r in read.refusals] == [
        (0, "invalid_input"),
        (1, "invalid_geometry"),
        (2, "invalid_geometry"),
        (4, "commune_twice"),
    ]


@given(st.floats(1, 1999), st.floats(1, 999))
def test_neighbours_leave_no_gap(x_m: float, y_m: float) -> None:
    """Every point of two adjoining communes lies in one of them."""
    assert commune_of(lonlat(x_m, y_m), read_communes(TWO).communes).insee[0] in {"99001", "99002"}


def test_written_communes_read_back() -> None:
    """Names, codes and outlines survive a round trip."""
    once = communes_geojson(read_communes(TWO).communes)
    assert communes_geojson(read_communes(once).communes) == once


@pytest.mark.parametrize(
    ("insee", "zone"),
    [
        ("75056", "Europe/Paris"),
        ("97411", "Indian/Reunion"),
        ("97502", "America/Miquelon"),
        ("98818", "Pacific/Noumea"),
        ("2A004", "Europe/Paris"),
    ],
)
def test_overseas_communes_have_their_own_time(insee: str, zone: str) -> None:
    """The time zone follows the department."""
    assert time_zone_of(insee) == zone


def test_real_outlines_are_read(shared: Path) -> None:
    """All 36 communes of Hauts-de-Seine are read, and a point of Nanterre is found in it."""
    data = (shared / "data/bays/communes/communes-92-hauts-de-seine.geojson").read_bytes()
    read = read_communes(data)
    assert (len(read.communes), read.refusals) == (36, ())
    assert commune_of(np.array([[2.2069, 48.8924]]), read.communes).insee == ("92050",)
