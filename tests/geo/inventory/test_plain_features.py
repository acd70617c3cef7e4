"""GeoJSON of others: usual names of columns, points and lines, what is kept and what is no delivery bay."""

from __future__ import annotations

from typing import Any

import pytest
from shapely.geometry import Polygon

from geo.bay_details import Guess
from geo.rules import WEEK
from geo.words import BayType
from tests.geo.inventory.files import (
    COMMUNES,
    at,
    cerema_row,
    hauts_de_seine_row,
    paris_row,
    point_feature,
    read,
    table,
)
from tests.geo.places import bay_feature, collection, ring


@pytest.mark.parametrize(
    "properties",
    [
        {
            "identifiant": "7",
            "longueur": 12,
            "largeur": 2.5,
            "code_insee": "99001",
            "type": "Livraison",
        },
        {"id": 7, "length": 12.0, "width": "2,5", "insee": "99001", "category": "loading"},
        {
            "ref": "7",
            "longueur_cm": 1200,
            "width_cm": 250,
            "insee_com": "99001",
            "usage": "delivery",
        },
        {"num": "7", "length_m": "12", "width_m": "2.5", "commune": "99001"},
    ],
)
def test_usual_names_in_french_and_english_are_understood(properties: dict[str, Any]) -> None:
    """Identifier, size and commune arrive whatever the column is called."""
    (bay,) = read(collection(point_feature(**properties))).bays
    assert (bay.bay_id, bay.length_m, bay.details.width_m, bay.commune) == ("7", 12.0, 2.5, "99001")


def test_what_is_not_understood_is_kept() -> None:
    """Nested values stay as JSON; a name of a commune is no code."""
    (bay,) = read(
        collection(point_feature(id="a", commune="Ici", couleur="jaune", more={"x": [1, 2]}))
    ).bays
    assert bay.details.commune_name == "Ici"
    assert bay.details.extra == {"couleur": "jaune", "more": '{"x": [1, 2]}'}


def test_a_line_becomes_a_bay_along_it() -> None:
    """Its length is the line's, its width that of the row."""
    line = {"type": "LineString", "coordinates": [at(0, 0), at(15, 0)]}
    feature = point_feature(id="a", width=2.5) | {"geometry": line}
    (bay,) = read(collection(feature)).bays
    assert bay.length_m == pytest.approx(15.0, abs=0.02)
    assert Guess.ORIENTATION not in bay.details.estimated
    assert Polygon(bay.polygon_lonlat).exterior.is_ccw


def test_hours_in_the_language_of_osm_are_read() -> None:
    """They make the bay a periodic one."""
    (bay,) = read(collection(point_feature(id="a", opening_hours="Mo-Fr 08:00-12:00"))).bays
    assert bay.bay_type is BayType.PERIODIC
    assert bay.rules[0].days == WEEK[:5]


def test_hours_that_are_not_understood_are_told_and_kept() -> None:
    """The bay is taken as reserved at all times, which is marked, and the text stays."""
    found = read(
        collection(point_feature(id="a", usage="livraison", horaires="quand le marché dort"))
    )
    (bay,) = found.bays
    assert [note.code for note in found.warnings] == ["hours_unread"]
    assert "quand le marché dort" in found.warnings[0].message
    assert Guess.HOURS in bay.details.estimated
    assert bay.details.extra["horaires"] == "quand le marché dort"


@pytest.mark.parametrize(
    "word", ["no_parking", "Stationnement payant", "PMR", "taxi", "metered_parking"]
)
def test_another_use_of_the_kerb_is_refused(word: str) -> None:
    """The sentence shows the word."""
    (refusal,) = read(collection(point_feature(id="a", category=word))).refused
    assert refusal.code == "not_a_delivery_bay"
    assert word in refusal.message


@pytest.mark.parametrize(
    "word", ["Parking livraison", "Stationnement : livraisons", "Arrêt livraison"]
)
def test_a_place_for_deliveries_may_be_called_parking(word: str) -> None:
    """One word of delivery is enough where nothing is forbidden."""
    assert len(read(collection(point_feature(id="a", type=word))).bays) == 1


def test_a_file_that_says_no_use_is_told() -> None:
    """The bays are taken, and a person should look."""
    found = read(collection(point_feature(id="a")))
    assert {note.code for note in found.warnings} == {"no_type", "no_hours"}


@pytest.mark.parametrize("form", ["columns", "wkt", "open data", "geo point"])
def test_a_table_of_another_publisher_is_read_by_its_position(form: str) -> None:
    """Two columns, WKT, or the columns of Opendatasoft; the columns of the position are not kept twice."""
    lon, lat = at()
    position = {
        "columns": {"Longitude": str(lon), "Latitude": str(lat)},
        "wkt": {"wkt": f"POINT ({lon} {lat})"},
        "open data": {"geo_shape": f'{{"type": "Point", "coordinates": [{lon}, {lat}]}}'},
        "geo point": {"Geo Point": f"{lat}, {lon}"},
    }[form]
    row = {
        "identifiant": "7",
        "type": "Livraison",
        "longueur": "12",
        "quartier": "Nord",
        **position,
    }
    found = read(table([row], ";"))
    assert found.file_format == "csv"
    whole = read(collection(point_feature(identifiant="7", type="Livraison", longueur=12)))
    assert found.bays[0].polygon_lonlat == whole.bays[0].polygon_lonlat
    assert found.bays[0].details.extra == {"type": "Livraison", "quartier": "Nord"}


def test_a_table_with_an_identifier_and_a_position_is_not_the_national_schema() -> None:
    """Its lengths are metres and its words its own, unless a column of the schema or the option says otherwise."""
    lon, lat = at()
    row = {"ID": "7", "LONGITUDE": lon, "LATITUDE": lat, "LONGUEUR": "12", "TYPE": "Livraison"}
    found = read(table([row]))
    assert (found.file_format, found.bays[0].length_m) == ("csv", 12.0)
    schema = row | {"LONGUEUR": "1200", "TYPE": "Aire permanente"}
    assert read(table([schema | {"PANNEAU_ETAT": ""}])).file_format == "cerema"
    assert read(table([schema]), file_format="cerema").bays[0].length_m == 12.0


def test_a_wrong_value_is_told_by_the_column_of_the_file() -> None:
    """Not by all the names that the column might have had."""
    found = read(collection(point_feature(id="a", type="livraison", Longueur="-3")))
    assert found.refused[0].message == "Longueur is -3.0: wanted a number above zero"


def test_a_forbidden_use_beats_a_loading_word() -> None:
    """``loading`` beside ``no_stopping`` is no place for deliveries."""
    (refusal,) = read(
        collection(point_feature(id="a", category="loading", rgltn_t="no_stopping"))
    ).refused
    assert refusal.code == "not_a_delivery_bay"


def test_a_point_without_an_identifier_has_a_stable_one() -> None:
    """It is made of commune and position, the same at every reading, and the repair is told."""
    document = collection(point_feature(longueur=12))
    first, second = read(document, communes=COMMUNES), read(document, communes=COMMUNES)
    lon, lat = at()
    assert first.bays[0].bay_id == f"99001:{lon:.5f},{lat:.5f}"
    assert first.bays == second.bays
    assert [note.code for note in first.repairs] == ["id_from_position"]


def test_a_long_identifier_is_shortened_to_a_stable_one() -> None:
    """Two that differ at their end only stay two."""
    long = "x" * 80
    found = read(collection(point_feature(id=f"{long}1"), point_feature(60, id=f"{long}2")))
    ids = [bay.bay_id for bay in found.bays]
    assert [len(bay_id) for bay_id in ids] == [64, 64]
    assert ids[0] != ids[1]
    assert [note.code for note in found.repairs] == ["id_shortened"] * 2


def test_the_identifier_does_not_depend_on_the_other_rows() -> None:
    """Read alone or after others, a row keeps its identifier."""
    one, two = point_feature(60, id="b"), point_feature(id="a")
    assert read(collection(one)).bays[0].bay_id == read(collection(two, one)).bays[1].bay_id == "b"


def test_the_kerb_that_philadelphia_gives_turns_and_measures_the_bay() -> None:
    """The line printed by R gives the direction, two distances the length, hours the maximum stay."""
    start, end = at(0, 0), at(0, 40)
    feature = point_feature(
        SmartZoneName="600 Example St",
        categry="loading",
        rgltn_t="loading",
        dstnc_n_=70.5,
        dstnc_s_=50.5,
        mx_drt_=1 / 3,
        OMF_curb_geometry=f"c({start[0]}, {end[0]}, {start[1]}, {end[1]})",
    )
    found = read(collection(feature))
    (bay,) = found.bays
    assert (bay.bay_id, bay.length_m) == ("600 Example St", 20.0)
    assert bay.rules[0].max_stay_min == 20
    lons, lats = zip(*bay.polygon_lonlat, strict=True)
    assert (max(lats) - min(lats)) * 1.5 > 2 * (max(lons) - min(lons))
    assert found.facts["turned_by_source"] == 1


def test_a_smart_zone_is_a_loading_zone_whatever_the_nearest_kerb_is() -> None:
    """Category, length and stay of another kerb are not the zone's: told, left aside, and kept; its direction stays."""
    start, end = at(0, 0), at(0, 40)
    feature = point_feature(
        SmartZoneName="600 Example St",
        categry="no_parking",
        rgltn_t="no_stopping",
        dstnc_n_=70.5,
        dstnc_s_=8.5,
        mx_drt_=2.0,
        OMF_curb_geometry=f"c({start[0]}, {end[0]}, {start[1]}, {end[1]})",
    )
    found = read(collection(feature))
    (bay,) = found.bays
    assert Guess.LENGTH in bay.details.estimated
    assert {rule.max_stay_min for rule in bay.rules} == {None}
    assert found.facts["turned_by_source"] == 1
    assert {"categry", "mx_drt_"} <= bay.details.extra.keys()
    (told,) = (note for note in found.warnings if note.code == "another_kerb")
    assert "no_parking" in told.message


def test_our_own_features_are_read_strictly() -> None:
    """A property of ours with a wrong value is refused, not passed over."""
    features = [
        bay_feature("a", bay_type="parking"),
        bay_feature("b", capacity=0),
        bay_feature("c", commune="9900"),
        bay_feature("d", details={"width_m": "wide"}),
        bay_feature("e", details={"unheard_of": 1}),
        bay_feature("f", length_m=float("nan")),
        bay_feature("g", rules=[{"days": ["mo"], "start": "25:00", "end": "26:00"}]),
        bay_feature("h", couleur="jaune"),
    ]
    found = read(collection(*features))
    assert [(note.row, note.code) for note in found.refused] == [
        *((row, "invalid_value") for row in range(1, 7)),
        (7, "invalid_time_rule"),
    ]
    assert found.bays[0].details.extra == {"couleur": "jaune"}


def test_features_in_the_columns_of_a_national_schema_or_open_data_are_read_by_their_reader() -> (
    None
):
    """The same columns as GeoJSON properties choose the same reader."""
    for row, name in (
        (paris_row(), "paris"),
        (hauts_de_seine_row(), "hauts-de-seine"),
        (cerema_row(), "cerema"),
    ):
        found = read(collection(point_feature(**row)))
        assert (found.file_format, len(found.bays)) == (name, 1)


def test_a_polygon_gives_its_length() -> None:
    """Without a column for it the longer side of the outline is the length."""
    feature = point_feature(id="a") | {
        "geometry": {"type": "Polygon", "coordinates": [ring(0, 0, 14.0, 2.5)]}
    }
    (bay,) = read(collection(feature)).bays
    assert bay.length_m == pytest.approx(14.0, abs=0.02)
    assert Guess.LENGTH not in bay.details.estimated
