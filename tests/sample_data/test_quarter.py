"""The invented quarter: made again to the byte, sound as an inventory, and not to be taken for a real place."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from geo.bays import read_bays
from geo.communes import assign_communes
from geo.crs import to_metric
from geo.words import BayType
from sample_data.quarter.build import quarter_files
from sample_data.quarter.camera_street import camera_bays
from sample_data.quarter.files import quarter_bays, quarter_communes, quarter_path, quarter_streets
from sample_data.quarter.names import COMMUNES

CRS = "EPSG:2154"


@pytest.mark.parametrize("name", ["communes.geojson", "bays.geojson", "streets.geojson"])
def test_committed_files_are_made_again_to_the_byte(name: str) -> None:
    """The code that lives here makes exactly the files that are committed."""
    assert quarter_files()[name] == quarter_path(name).read_bytes()


def test_no_commune_has_the_name_of_a_real_one(shared: Path) -> None:
    """None of the names and codes is among the communes of the regions at hand."""
    real_names, real_codes = set(), set()
    for path in (shared / "data/bays/communes").glob("*.geojson"):
        for feature in json.loads(path.read_bytes())["features"]:
            given = feature["properties"]
            real_names.add(str(given.get("nom", given.get("name"))).casefold())
            real_codes.add(str(given.get("code", given.get("insee"))))
    assert len(real_names) > 1000
    assert not {commune.name.casefold() for commune in COMMUNES} & real_names
    assert not {commune.insee for commune in COMMUNES} & real_codes


def test_communes_lie_side_by_side_without_gap_or_overlap() -> None:
    """The union of the communes is as large as their sum, has no hole, and all eleven are valid."""
    outlines = [item.outline for item in quarter_communes()]
    union = shapely.union_all(outlines)
    assert len(outlines) == 11
    assert all(outline.is_valid for outline in outlines)
    assert union.geom_type == "Polygon"
    assert not union.interiors
    assert union.area == pytest.approx(sum(outline.area for outline in outlines), rel=1e-9)


def test_every_bay_is_read_and_lies_in_its_commune() -> None:
    """About three hundred bays of all three types, none refused, each in the commune it names."""
    read = read_bays(quarter_path("bays.geojson").read_bytes())
    assert read.refusals == ()
    assert 280 <= len(read.bays) <= 320
    assert {bay.bay_type for bay in read.bays} == set(BayType)
    grounds = np.array([Polygon(bay.polygon_lonlat) for bay in read.bays], object)
    declared = tuple(bay.commune for bay in read.bays)
    assert assign_communes(grounds, quarter_communes(), declared).insee == declared
    per_commune = np.unique([bay.commune for bay in read.bays], return_counts=True)[1]
    assert per_commune.min() >= 20
    assert per_commune.max() <= 35


def test_bays_lie_along_streets_and_apart() -> None:
    """Each bay is within seven metres of a street of its commune, and no two overlap."""
    lines = shapely.STRtree(
        [
            shapely.LineString(to_metric(np.array(street.line_lonlat), CRS))
            for street in quarter_streets()
        ]
    )
    grounds = [Polygon(to_metric(np.array(bay.polygon_lonlat), CRS)) for bay in quarter_bays()]
    _, distance = lines.query_nearest(grounds, return_distance=True)
    assert distance.max() < 7.0
    first, second = shapely.STRtree(grounds).query(grounds, predicate="overlaps")
    assert len(first) == len(second) == 0


def test_lengths_are_those_of_the_polygons() -> None:
    """The length a bay states is the length of its longer side, to five centimetres."""
    for bay in quarter_bays():
        corners = to_metric(np.array(bay.polygon_lonlat), CRS)
        sides = np.hypot(*np.diff(corners, axis=0).T)
        assert sides.max() == pytest.approx(bay.length_m, abs=0.05)


def test_the_first_four_bays_are_those_of_the_camera() -> None:
    """The scene and the quarter agree on where the camera's bays lie, to two centimetres."""
    for bay, seen in zip(quarter_bays(), camera_bays(), strict=False):
        ground = Polygon(to_metric(np.array(bay.polygon_lonlat), CRS))
        assert ground.hausdorff_distance(Polygon(seen.ring_xy)) < 0.02
    assert quarter_bays()[3].bay_id == "99001-0004"
