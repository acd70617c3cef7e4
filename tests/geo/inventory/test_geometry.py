"""Where bays lie: reference systems, directions, outlines put right or refused, bays on each other."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from shapely.geometry import Polygon

from geo.bay_details import Guess
from geo.crs import metric_crs, to_lonlat, to_metric
from geo.errors import InvalidFile, UnknownCrs
from geo.streets import Street
from tests.geo.inventory.files import at, cerema_row, point_feature, read, table
from tests.geo.places import ORIGIN_XY, bay_feature, collection, ring


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    """Return a polygon geometry."""
    return {"type": "Polygon", "coordinates": list(rings)}


def direction(bay: Any) -> float:
    """Return the direction of a bay's longer side, degrees from east, 0 to 180."""
    corners = to_metric(np.array(bay.polygon_lonlat), "EPSG:2154")
    steps = np.diff(corners, axis=0)
    east, north = steps[np.argmax(np.hypot(*steps.T))]
    return float(np.degrees(np.arctan2(north, east)) % 180)


def test_a_point_becomes_a_rectangle_of_its_size_about_itself() -> None:
    """Length, width and centre are those of the row."""
    (bay,) = read(collection(point_feature(id="a", length=14, width=2.5))).bays
    drawn = Polygon(to_metric(np.array(bay.polygon_lonlat), "EPSG:2154"))
    assert drawn.area == pytest.approx(35.0, abs=0.2)
    assert Polygon(bay.polygon_lonlat).exterior.is_ccw
    assert np.allclose(Polygon(bay.polygon_lonlat).centroid.coords[0], at(), atol=2e-7)
    assert set(bay.details.estimated) >= {Guess.ORIENTATION, Guess.CAPACITY}


def test_a_near_street_turns_a_bay() -> None:
    """The street of the bay's address wins over a nearer one; a far one turns nothing."""

    def street(name: str, *points: tuple[float, float]) -> Street:
        return Street(name=name, line_lonlat=points)

    own = street("Rue Haute", at(0, 0), at(100, 100))
    other = street("Rue Basse", at(0, 11), at(100, 11))
    feature = point_feature(20, 14, id="a", address="3 RUE HAUTE")
    found = read(collection(feature), streets=[other, own])
    assert direction(found.bays[0]) == pytest.approx(45, abs=1.5)
    assert found.facts["turned_by_street"] == 1
    assert Guess.ORIENTATION not in found.bays[0].details.estimated
    nearest = read(collection(point_feature(20, 14, id="a")), streets=[other, own])
    assert direction(nearest.bays[0]) % 179 == pytest.approx(0, abs=1.5)
    far = read(collection(point_feature(10, 100, id="a")), streets=[other])
    assert far.facts == {**far.facts, "turned_by_nothing": 1}


def test_neighbours_on_the_same_side_turn_a_bay() -> None:
    """Three bays of one street and side lie along one line; a lone one of another street does not know."""
    row = [
        point_feature(x_m, 0.5 * x_m, id=f"r{x_m}", address=f"{number} RUE HAUTE")
        for number, x_m in ((1, 0), (3, 40), (5, 80))
    ]
    found = read(collection(*row, point_feature(300, 300, id="alone", address="1 RUE BASSE")))
    assert [direction(bay) for bay in found.bays[:3]] == pytest.approx([26.6] * 3, abs=1.5)
    assert (found.facts["turned_by_neighbours"], found.facts["turned_by_nothing"]) == (3, 1)
    assert Guess.ORIENTATION in found.bays[3].details.estimated


def test_neighbours_that_lie_on_no_line_turn_nothing() -> None:
    """Positions of a square tell no direction."""
    spots = ((0, 0), (40, 0), (0, 40), (40, 40))
    features = [point_feature(x, y, id=f"{x}{y}", address="1 PLACE HAUTE") for x, y in spots]
    assert read(collection(*features)).facts["turned_by_nothing"] == 4


LAMBERT = [ORIGIN_XY[0] + 10, ORIGIN_XY[1] + 10]


def test_a_declared_reference_system_is_converted() -> None:
    """The member ``crs`` of old GeoJSON and the option give the same bay as degrees."""
    there = point_feature(id="a", length=12) | {
        "geometry": {"type": "Point", "coordinates": LAMBERT}
    }
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}}
    in_degrees = read(collection(point_feature(id="a", length=12)))
    declared = read(collection(there) | {"crs": crs})
    optional = read(collection(there), crs="EPSG:2154")
    assert declared.bays == optional.bays == in_degrees.bays
    assert declared.facts["crs"] == "EPSG:2154"


def test_undeclared_metres_are_refused_with_the_option_to_give() -> None:
    """Each row names its position, and the option that would read it."""
    there = point_feature(id="a") | {"geometry": {"type": "Point", "coordinates": LAMBERT}}
    (refusal,) = read(collection(there)).refused
    assert refusal.code == "unknown_crs"
    assert "--crs EPSG:2154" in refusal.message


def test_degrees_that_are_declared_as_metres_are_refused() -> None:
    """A wrong declaration does not put a bay into the sea."""
    (refusal,) = read(collection(point_feature(id="a")), crs="EPSG:2154").refused
    assert refusal.code == "unknown_crs"
    assert "EPSG:2154" in refusal.message


@pytest.mark.parametrize("name", ["EPSG:999999", "Lambert", "urn:x", "/etc/passwd"])
def test_an_unknown_reference_system_is_refused_whole(name: str) -> None:
    """Nothing can be placed."""
    with pytest.raises(InvalidFile, match="EPSG:2154"):
        read(collection(point_feature(id="a")), crs=name)


@pytest.mark.parametrize(
    ("lon", "lat"), [(2.35, 48.85), (-61.5, 16.2), (-52.3, 4.9), (55.5, -21.1), (45.2, -12.8)]
)
def test_exchanged_axes_of_every_french_territory_are_refused_with_the_hint(
    lon: float, lat: float
) -> None:
    """Even where the exchanged position is a place on land."""
    swapped = point_feature(id="a") | {"geometry": {"type": "Point", "coordinates": [lat, lon]}}
    (refusal,) = read(collection(swapped)).refused
    assert refusal.code == "swapped_axes"
    assert "swapped" in refusal.message


@pytest.mark.parametrize(
    ("lon", "lat", "crs"),
    [
        (-75.16, 39.95, "EPSG:32618"),
        (-122.68, 45.52, "EPSG:32610"),
        (151.2, -33.9, "EPSG:32756"),
        (180.0, -16.5, "EPSG:32760"),
        (2.35, 48.85, "EPSG:2154"),
    ],
)
def test_the_rest_of_the_world_has_its_metres(lon: float, lat: float, crs: str) -> None:
    """UTM outside the French territories, their own system within."""
    assert metric_crs(lon, lat) == crs


@pytest.mark.parametrize(
    ("lon", "lat"), [(39.95, -75.16), (45.52, -122.68), (200.0, 10.0), (float("nan"), 1.0)]
)
def test_places_without_kerbs_have_none(lon: float, lat: float) -> None:
    """Antarctica, where exchanged axes of American cities fall, and what is off the globe."""
    with pytest.raises(UnknownCrs):
        metric_crs(lon, lat)


def test_a_self_crossing_that_leaves_one_part_is_put_right() -> None:
    """A spike is cut off; a bow-tie is refused."""
    a, b, c, d, _ = ring()
    beyond = [c[0] + (c[0] - d[0]) * 0.01, c[1] + (c[1] - d[1]) * 0.01]
    spike = bay_feature("spike", geometry=polygon([a, b, c, beyond, c, d, a]))
    bow_tie = bay_feature("bow-tie", geometry=polygon([a, c, b, d, a]))
    found = read(collection(spike, bow_tie))
    assert [bay.bay_id for bay in found.bays] == ["spike"]
    assert Polygon(found.bays[0].polygon_lonlat).is_valid
    assert [(note.row, note.code) for note in found.repairs] == [(1, "geometry_repaired")]
    assert [(note.row, note.code) for note in found.refused] == [(2, "invalid_geometry")]
    assert "not simple" in found.refused[0].message


@pytest.mark.parametrize(
    ("geometry", "code", "sentence"),
    [
        (polygon(ring(length_m=1.0)), "invalid_geometry", "2.2 m2"),
        (polygon(ring(length_m=200.0)), "invalid_geometry", "44"),
        (polygon(ring()[:-1]), "invalid_geometry", "the last equal to the first"),
        (polygon(ring(), ring(length_m=5)), "invalid_geometry", "2 rings"),
        (polygon([*ring()[:2], [float("nan"), 48.0], *ring()[3:]]), "invalid_geometry", "finite"),
        (polygon([*ring()[:2], [float("inf"), 48.0], *ring()[3:]]), "invalid_geometry", "finite"),
        ({"type": "Polygon", "coordinates": "x"}, "invalid_geometry", "without coordinates"),
        ({"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}, "invalid_geometry", "MultiPoint"),
        ({"type": "LineString", "coordinates": [[2.6, 48.9]]}, "invalid_geometry", "1 points"),
        ({"type": "Point", "coordinates": [0, 0]}, "no_position", "placeholder"),
        (None, "no_position", "no position"),
        ([1, 2], "invalid_geometry", "GeoJSON object"),
    ],
)
def test_an_outline_that_no_bay_has_is_refused(geometry: Any, code: str, sentence: str) -> None:
    """The sentence shows what was found."""
    (refusal,) = read(collection(bay_feature(geometry=geometry))).refused
    assert refusal.code == code
    assert sentence in refusal.message


def test_the_same_bay_twice_is_merged_and_a_contradiction_refused() -> None:
    """The first row of an identifier stands."""
    again, other = bay_feature("a"), bay_feature("a", capacity=5)
    found = read(collection(bay_feature("a"), again, other))
    assert len(found.bays) == 1
    assert [(merge.row, merge.into_row) for merge in found.merged] == [(2, 1)]
    assert [(note.row, note.code) for note in found.refused] == [(3, "bay_twice")]


def test_the_same_place_under_two_identifiers_is_told() -> None:
    """Both are imported; the pair is named once, not as an overlap too."""
    found = read(collection(bay_feature("a"), bay_feature("b")))
    assert len(found.bays) == 2
    assert [(note.row, note.code) for note in found.warnings] == [(2, "same_place")]
    assert "a of row 1" in found.warnings[0].message


def test_bays_on_each_other_are_told_with_the_area() -> None:
    """A touch at the edge is none."""
    half = bay_feature("half", geometry=polygon(ring(x_m=6)))
    beside = bay_feature("beside", geometry=polygon(ring(x_m=12.0)))
    found = read(collection(bay_feature("a"), half, beside))
    told = [(note.row, note.code, note.message) for note in found.warnings]
    assert [(row, code) for row, code, _ in told] == [(2, "overlap"), (3, "overlap")]
    assert "by 13.2 m2" in told[0][2]


def test_a_row_far_from_all_others_is_told() -> None:
    """A lost sign or a wrong digit shows."""
    away = point_feature(id="away") | {"geometry": {"type": "Point", "coordinates": [-1.6, 48.1]}}
    found = read(collection(*(point_feature(60 * n, id=str(n)) for n in range(4)), away))
    assert [(note.row, note.code) for note in found.warnings if note.code == "far_away"] == [
        (5, "far_away")
    ]


def test_a_text_of_postgis_names_its_own_reference_system() -> None:
    """EWKT wins over the file."""
    x, y = to_metric(np.array([at()]), "EPSG:2154")[0]
    wkt = f"SRID=2154;POINT({x} {y})"
    bay = read(table([cerema_row(GEOM_WKT=wkt)])).bays[0]
    same = read(table([cerema_row()])).bays[0]
    assert np.allclose(bay.polygon_lonlat, same.polygon_lonlat, atol=1e-6)


def test_a_row_in_an_unknown_reference_system_is_refused_alone() -> None:
    """The others are read."""
    rows = [cerema_row(GEOM_WKT="SRID=99;POINT(2.6 48.9)"), cerema_row(60, ID="EX-2")]
    found = read(table(rows))
    assert [(note.row, note.code) for note in found.refused] == [(1, "invalid_geometry")]
    assert "EPSG:99" in found.refused[0].message


def test_capacity_is_a_vehicle_for_each_eight_metres() -> None:
    """Rounded down, at least one, and marked."""
    lengths = {"a": 5.0, "b": 15.9, "c": 16.0, "d": 30.0}
    features = [
        point_feature(60 * n, id=bay_id, length=length)
        for n, (bay_id, length) in enumerate(lengths.items())
    ]
    bays = read(collection(*features)).bays
    assert [bay.capacity for bay in bays] == [1, 1, 2, 3]
    assert all(Guess.CAPACITY in bay.details.estimated for bay in bays)


def test_a_file_of_metres_far_from_lambert_names_the_option_only() -> None:
    """No system is guessed for numbers that fit several."""
    there = point_feature(id="a") | {"geometry": {"type": "Point", "coordinates": [1e7, 2e7]}}
    (refusal,) = read(json.dumps(collection(there))).refused
    assert "--crs" in refusal.message
    assert "2154" not in refusal.message


def test_back_and_forth_is_the_same_place() -> None:
    """Projection and its inverse agree to a millimetre in a UTM zone."""
    place = np.array([[-75.16, 39.95]])
    assert np.allclose(to_lonlat(to_metric(place, "EPSG:32618"), "EPSG:32618"), place, atol=1e-8)
