"""Bay files: what is read, what is refused and why."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon

from geo.bays import bays_geojson, read_bays
from geo.errors import InvalidFile
from tests.geo.places import bay_feature, collection, ring


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    """Return a polygon geometry."""
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_good_bay_is_read() -> None:
    """All properties arrive, the ring turns counter-clockwise."""
    rules = [
        {
            "activity": "loading",
            "days": ["mo", "sa"],
            "start": "07:00",
            "end": "20:00",
            "max_stay_min": 30,
        }
    ]
    feature = bay_feature(name="Rue du Marché", rules=rules, geometry=polygon(ring()[::-1]))
    read = read_bays(json.dumps(collection(feature)))
    (bay,) = read.bays
    assert read.refusals == ()
    assert (bay.bay_id, bay.name, bay.capacity, bay.rules[0].max_stay_min) == (
        "99001-0001",
        "Rue du Marché",
        2,
        30,
    )
    assert Polygon(bay.polygon_lonlat).exterior.is_ccw


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("aire périodique", "periodic"),
        ("Permanente", "permanent"),
        ("zone marchandises", "goods_zone"),
        ("periodic", "periodic"),
    ],
)
def test_french_words_for_types_are_understood(word: str, meant: str) -> None:
    """Cerema's words are accepted as they stand in inventories."""
    (bay,) = read_bays(collection(bay_feature(bay_type=word))).bays
    assert bay.bay_type == meant


def _swapped() -> list[list[float]]:
    return [[lat, lon] for lon, lat in ring()]


def _bow_tie() -> list[list[float]]:
    a, b, c, d, _ = ring()
    return [a, c, b, d, a]


REFUSED = [
    (
        bay_feature(geometry=polygon(_bow_tie())),
        "invalid_geometry",
        "not simple: Self-intersection",
    ),
    (bay_feature(geometry=polygon(ring()[:-1])), "invalid_geometry", "the last equal to the first"),
    (
        bay_feature(geometry=polygon(ring(length_m=1.0))),
        "invalid_geometry",
        r"covers 2\.2 m2: wanted 5 to 300 m2",
    ),
    (
        bay_feature(geometry=polygon(ring(length_m=200.0))),
        "invalid_geometry",
        r"covers 44\d\.\d m2",
    ),
    (bay_feature(geometry=polygon(_swapped())), "invalid_geometry", "seem to be swapped"),
    (
        bay_feature(geometry=polygon([*ring()[:2], [float("nan"), 48.0], *ring()[3:]])),
        "invalid_geometry",
        "finite",
    ),
    (bay_feature(geometry=polygon(ring(), ring(length_m=5))), "invalid_geometry", "2 rings"),
    (
        bay_feature(geometry={"type": "Point", "coordinates": [2.6, 48.9]}),
        "invalid_geometry",
        "'Point'",
    ),
    (bay_feature(geometry=None), "invalid_geometry", "None"),
    (bay_feature(commune="9900"), "invalid_input", "commune is '9900'"),
    (bay_feature(capacity=0), "invalid_input", "capacity is 0"),
    (bay_feature(length_m=float("nan")), "invalid_input", "length_m is nan"),
    (bay_feature(bay_type="parking"), "invalid_input", "bay_type is 'parking'"),
    (
        bay_feature(rules=[{"days": ["mo"], "start": "25:00", "end": "26:00"}]),
        "invalid_time_rule",
        "'25:00'",
    ),
    ({"type": "Feature", "geometry": None}, "invalid_input", "without properties"),
]


@pytest.mark.parametrize(("feature", "code", "sentence"), REFUSED, ids=[row[2] for row in REFUSED])
def test_a_bad_bay_is_refused_and_the_rest_is_read(
    feature: dict[str, Any], code: str, sentence: str
) -> None:
    """The refusal has the row, a stable code and a sentence with the value found; other rows are read."""
    read = read_bays(collection(bay_feature("first"), feature, bay_feature("last")))
    assert [bay.bay_id for bay in read.bays] == ["first", "last"]
    (refusal,) = read.refusals
    assert (refusal.row, refusal.code) == (1, code)
    assert re.search(sentence, refusal.message)


def test_a_bay_given_twice_is_refused_the_second_time() -> None:
    """The first feature of an identifier stands."""
    read = read_bays(collection(bay_feature("a", capacity=1), bay_feature("a", capacity=3)))
    assert [bay.capacity for bay in read.bays] == [1]
    assert read.refusals[0].code == "bay_twice"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"type": "Feature"}', "\x00\x01"])
def test_what_is_no_collection_is_refused_whole(text: str) -> None:
    """A file that is no FeatureCollection is an error, not an empty inventory."""
    with pytest.raises(InvalidFile):
        read_bays(text)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(6, 40), st.floats(1.8, 5)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_written_bays_read_back_the_same(places: list[tuple[float, float, float, float]]) -> None:
    """Writing rounds to seven decimals once; a second round trip changes nothing."""
    features = [
        bay_feature(f"b{i}", geometry=polygon(ring(*place))) for i, place in enumerate(places)
    ]
    once = bays_geojson(read_bays(collection(*features)).bays)
    assert len(once["features"]) == len(places)
    assert bays_geojson(read_bays(once).bays) == once


def test_json_that_is_nested_without_end_is_refused() -> None:
    """Whatever reads features, bays, communes or streets, says so in one sentence."""
    with pytest.raises(InvalidFile, match="no JSON"):
        read_bays("[" * 100_000 + "]" * 100_000)
