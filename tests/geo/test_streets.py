"""Streets: named lines in and out."""

from __future__ import annotations

import pytest

from geo.errors import InvalidFile, InvalidInput
from geo.streets import read_streets, streets_geojson
from tests.geo.places import collection

LINE = {
    "type": "Feature",
    "properties": {"name": "rue du Marché", "commune": "99001", "kind": "street"},
    "geometry": {"type": "LineString", "coordinates": [[2.6, 48.9], [2.61, 48.9]]},
}


def test_written_streets_read_back() -> None:
    """Names, kinds and lines survive a round trip."""
    streets = read_streets(collection(LINE))
    assert streets[0].name == "rue du Marché"
    assert read_streets(streets_geojson(streets)) == streets


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"geometry": {"type": "Point", "coordinates": [2.6, 48.9]}}, "street 1 is a 'Point'"),
        ({"geometry": None}, "street 1 is a None"),
        ({"properties": {"name": "x", "commune": "nowhere"}}, "street 1: commune is 'nowhere'"),
    ],
)
def test_what_is_no_street_is_refused_with_its_row(changed: dict, sentence: str) -> None:
    """The sentence names the feature and what was found."""
    with pytest.raises(InvalidInput, match=sentence):
        read_streets(collection(LINE, LINE | changed))


def test_a_file_of_something_else_is_refused() -> None:
    """A single feature is no collection."""
    with pytest.raises(InvalidFile, match="'Feature'"):
        read_streets(LINE)
