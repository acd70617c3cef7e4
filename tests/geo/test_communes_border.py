"""The border rule: the larger part wins, ties go to the declared commune, and distances are told."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.communes import (
    CommuneOutline,
    assign_communes,
    commune_of,
    communes_geojson,
    declared_communes,
    read_communes,
    whole_communes,
)
from geo.communes_border import distances_m, in_metres, sizes
from geo.communes_codes import department_of, is_selected, read_selection
from geo.crs import to_lonlat
from geo.errors import InvalidInput
from tests.geo.places import ORIGIN_XY, collection, commune_feature, ring

WEST_EAST = read_communes(
    collection(commune_feature("99001", 0, 0), commune_feature("99002", 1000, 0))
).communes
"""Two squares of a kilometre; their border runs north at 1,000 m."""


def bay(x_m: float, length_m: float = 12.0, y_m: float = 500.0) -> shapely.Polygon:
    """Return a bay that runs east from a distance."""
    return shapely.Polygon(ring(x_m, y_m, length_m))


def places(*shapes: object) -> np.ndarray:
    """Return geometries as an array."""
    return np.array(shapes, object)


def arrondissement(code: str, x_m: float) -> dict[str, object]:
    """Return a square arrondissement."""
    return commune_feature(code, x_m, 0)


@given(st.floats(990, 998), st.floats(1, 20))
def test_the_larger_part_wins(x_m: float, length_m: float) -> None:
    """Whatever a bay declares, more than the tolerance on one side decides; it is a tie only within it."""
    west_m, east_m = min(length_m, 1000 - x_m), max(0.0, x_m + length_m - 1000)
    for declared in ("99001", "99002", None):
        match = assign_communes(places(bay(x_m, length_m)), WEST_EAST, [declared])
        if abs(west_m - east_m) > 2.01:
            assert match.insee == ("99001" if west_m > east_m else "99002",)
            assert match.on_border == ()
        elif east_m > 0 and abs(west_m - east_m) < 1.99:
            assert match.insee == (declared or "99001",)
            assert match.on_border == (0,)


def test_a_tie_goes_to_the_declared_commune_only_if_it_is_touched() -> None:
    """Else the lowest code is taken, whatever the order of the outlines."""
    halves = places(bay(994), bay(994), bay(994))
    match = assign_communes(halves, WEST_EAST[::-1], ["99002", "99003", None])
    assert match.insee == ("99002", "99001", "99001")
    assert match.on_border == (0, 1, 2)
    assert match.outside_m == (0.0, None, None)


def test_better_outlines_leave_fewer_ties() -> None:
    """Half a metre more on one side is a tie for borders known to a metre, and none for borders known to 10 cm."""
    beside = places(bay(993.75))
    assert assign_communes(beside, WEST_EAST, ["99002"]).insee == ("99002",)
    assert assign_communes(beside, WEST_EAST, ["99002"], precision_m=0.1).insee == ("99001",)


def test_lines_count_by_their_length_and_points_by_touching() -> None:
    """A kerb line belongs where most of it lies; a point on the border to the declared commune."""
    (a, b) = to_lonlat(np.array([[990.0, 10.0], [1030.0, 10.0]]) + ORIGIN_XY, "EPSG:2154")
    corner = WEST_EAST[1].outline.exterior.coords[0]
    match = assign_communes(
        places(shapely.LineString([a, b]), shapely.Point(corner)), WEST_EAST, ["99001", "99002"]
    )
    assert match.insee == ("99002", "99002")
    assert match.on_border == (1,)


def test_what_lies_mostly_outside_is_reported() -> None:
    """A bay of which a corner alone lies in an outline is its, and said to be on the border."""
    match = assign_communes(places(bay(1990), bay(5000)), WEST_EAST)
    assert match.insee == ("99002", None)
    assert match.on_border == ()
    edge = assign_communes(places(bay(1998)), WEST_EAST)
    assert (edge.insee, edge.on_border) == (("99002",), (0,))


def test_the_distance_to_the_declared_commune_is_in_metres() -> None:
    """A bay 12 m beyond the border of the commune it names is said to be 12 m outside."""
    match = assign_communes(places(bay(1012), bay(100)), WEST_EAST, ["99001", "99001"])
    assert match.outside_m[0] == pytest.approx(12, abs=0.05)
    assert match.outside_m[1] == 0


@given(st.floats(-60, 60), st.floats(1, 50), st.floats(1, 50))
def test_metres_are_metres_at_any_latitude(lat: float, east_m: float, north_m: float) -> None:
    """A rectangle laid out by geodesics has its area, and its distance to a point is that of the geodesic."""
    from pyproj import Geod

    geod = Geod(ellps="WGS84")
    corner_lon, _, _ = geod.fwd(2.0, lat, 90, east_m)
    _, corner_lat, _ = geod.fwd(2.0, lat, 0, north_m)
    box = places(shapely.box(2.0, lat, corner_lon, corner_lat))
    assert sizes(box)[0] == pytest.approx(east_m * north_m, rel=1e-4)
    far = distances_m(places(shapely.Point(2.0, lat)), places(shapely.Point(corner_lon, lat)))
    assert far[0] == pytest.approx(east_m, rel=1e-4)
    assert in_metres(box, np.array([lat]))[0] is not box[0]


def test_arrondissements_make_their_commune_and_stay_known() -> None:
    """Two arrondissements alone are Paris; beside the whole commune they tell the arrondissement too."""
    parts = collection(arrondissement("75101", 0), arrondissement("75102", 1000))
    whole = {**commune_feature("75056", 0, 0), "geometry": commune_feature("x", 0, 0)["geometry"]}
    both = collection(*parts["features"], whole)
    bays = places(bay(100), bay(1500), bay(994))
    alone = assign_communes(bays, read_communes(parts).communes, ["75102", "75056", None])
    assert alone.insee == ("75056", "75056", "75056")
    assert alone.arrondissement == ("75101", "75102", "75101")
    assert alone.on_border == ()
    assert alone.outside_m == (0.0, 0.0, None)
    with_whole = assign_communes(bays[:2], read_communes(both).communes)
    assert with_whole.insee == ("75056", None)
    assert with_whole.arrondissement == ("75101", None)
    (paris,) = whole_communes(read_communes(parts).communes)
    assert (paris.commune.insee, paris.commune.name, paris.arrondissement) == (
        "75056",
        "Paris",
        None,
    )
    assert paris.commune.population is None


def test_arrondissements_read_back_as_they_were_written() -> None:
    """Code, commune, vintage and groups survive a round trip."""
    feature = arrondissement("69381", 0)
    feature["properties"] |= {"vintage": 2024, "epci": "200046977"}
    once = read_communes(collection(feature)).communes
    (again,) = read_communes(communes_geojson(once)).communes
    assert (again.code, again.commune.insee, again.commune.name) == ("69381", "69123", "Lyon")
    assert (again.vintage, again.groups) == (2024, ("200046977",))


def vintages(*features: tuple[str, float, int | None]) -> tuple[CommuneOutline, ...]:
    """Return squares of given code, position and vintage."""
    made = [commune_feature(code, x_m, 0) for code, x_m, _ in features]
    for feature, (_, _, year) in zip(made, features, strict=True):
        feature["properties"]["vintage"] = year
    return read_communes(collection(*made)).communes


def test_the_newest_outline_is_used_or_the_one_in_force() -> None:
    """The same code in two vintages is read twice and used once."""
    both = vintages(("99001", 0, 2018), ("99001", 5000, 2024))
    assert len(both) == 2
    where = places(bay(100), bay(5100))
    assert assign_communes(where, both).insee == (None, "99001")
    assert assign_communes(where, both, on=date(2023, 12, 31)).insee == ("99001", None)
    assert assign_communes(where, both, on=date(2024, 1, 1)).insee == (None, "99001")
    assert assign_communes(where, both, on=date(2017, 6, 1)).insee == (None, None)


def test_an_unknown_vintage_gives_way_to_a_known_one() -> None:
    """Nobody says when it was in force, so that it stands only alone."""
    both = vintages(("99001", 0, None), ("99001", 5000, 2018))
    assert assign_communes(places(bay(100), bay(5100)), both).insee == (None, "99001")
    assert assign_communes(places(bay(100)), both[:1]).insee == ("99001",)


def test_a_code_that_a_merger_took_is_left_out() -> None:
    """The newer outline of its neighbour covers it; an older outline elsewhere stays."""
    merged = commune_feature("99001", 0, 0)
    merged["geometry"]["coordinates"] = [ring(0, 0, 2000, 1000)]
    merged["properties"]["vintage"] = 2024
    newer = read_communes(collection(merged)).communes
    old = vintages(("99001", 0, 2018), ("99002", 1000, 2018), ("99003", 2000, 2018))
    match = assign_communes(places(bay(100), bay(1500), bay(2500)), (*old, *newer))
    assert match.insee == ("99001", "99001", "99003")
    assert match.on_border == ()


def test_a_former_code_follows_only_the_table_of_the_file() -> None:
    """99009 became 99001 if the file says so; else nobody knows where it is."""
    assert declared_communes(["99009", "75101", None], {"99009": "99001"}) == [
        "99001",
        "75056",
        None,
    ]
    match = assign_communes(places(bay(9)), WEST_EAST, ["99009"])
    assert (match.insee, match.outside_m) == (("99001",), (None,))


def test_validity_is_half_open() -> None:
    """An outline holds from its first day until the day before its last."""
    feature = commune_feature("99001", 0, 0)
    feature["properties"] |= {"valid_from": "2016-01-01", "valid_until": "2019-01-01"}
    outlines = read_communes(collection(feature)).communes
    days = (date(2015, 12, 31), date(2016, 1, 1), date(2018, 12, 31), date(2019, 1, 1))
    found = [assign_communes(places(bay(9)), outlines, on=day).insee[0] for day in days]
    assert found == [None, "99001", "99001", None]


@pytest.mark.parametrize(
    ("insee", "department"), [("92050", "92"), ("2A004", "2A"), ("97411", "974"), ("98735", "987")]
)
def test_departments_of_codes(insee: str, department: str) -> None:
    """Corsica has letters, overseas three digits."""
    assert department_of(insee) == department


def test_selections_name_communes_arrondissements_and_departments() -> None:
    """An arrondissement is kept with its commune or department, or by itself."""
    only = read_selection(" 92, 75056,2a004 ,69381")
    kept = [code for code in CODES if is_selected(code, only)]
    assert kept == ["92050", "75056", "75101", "2A004", "69381"]
    assert is_selected("13055", None)
    for wrong in ("", "20", "97", "Paris", "9205"):
        with pytest.raises(InvalidInput):
            read_selection(wrong)


CODES = ("92050", "93001", "75056", "75101", "2A004", "2A005", "69123", "69381", "69382")


def test_no_place_and_no_outline_are_fine() -> None:
    """Nothing in, nothing out; places without outlines are unknown."""
    assert assign_communes(places(), WEST_EAST).insee == ()
    assert assign_communes(places(bay(9)), ()).insee == (None,)


def test_degrees_are_wanted(shared: Path) -> None:
    """An outline in metres is refused with what was found."""
    feature = commune_feature("99001", 0, 0)
    feature["geometry"]["coordinates"] = [[[6e5, 6e6], [6.1e5, 6e6], [6.1e5, 6.1e6], [6e5, 6e6]]]
    (told,) = read_communes(collection(feature)).refusals
    assert "degrees" in told.message


def test_hauts_de_seine_agrees_as_plain_points_can(shared: Path) -> None:
    """With the outlines of 2018, 1,004 of 1,007 rows lie in the commune they name; the others within 7 m of it."""
    folder = shared / "data/bays"
    text = (folder / "hauts_de_seine/aires-de-livraison.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    outlines = read_communes(
        (folder / "communes/communes-92-hauts-de-seine.geojson").read_bytes(), 2018
    ).communes
    points = np.array([[float(v) for v in row["geo_point_2d"].split(",")][::-1] for row in rows])
    declared = [row["code_insee"] for row in rows]
    match = assign_communes(np.asarray(shapely.points(points)), outlines, declared)
    apart = [
        (row["id"], said, found, metres)
        for row, said, found, metres in zip(
            rows, declared, match.insee, match.outside_m, strict=True
        )
        if said != found
    ]
    assert (len(rows), len(apart)) == (1007, 3)
    assert [row[:3] for row in apart] == [
        ("92046004", "92046", None),
        ("92004000", "92004", "92009"),
        ("92044182", "92044", "92051"),
    ]
    assert all(0 < row[3] < 7 for row in apart if row[3] is not None)
    assert commune_of(points, outlines).insee == match.insee
