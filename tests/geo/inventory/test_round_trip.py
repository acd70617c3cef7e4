"""What was written comes back: GeoJSON by our features, GeoPackage by our layer, whatever a bay says."""

from __future__ import annotations

import json
from datetime import UTC, date
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.bay_details import Arrangement, BayDetails, Guess, Parity, Placement, State
from geo.bays import bays_geojson, read_bays
from geo.crs import to_lonlat
from geo.words import BayType, FoundBay
from tests.geo.inventory.files import read
from tests.geo.inventory.packages import TABLES, database, layer
from tests.geo.places import ORIGIN_XY, ring
from tests.geo.rule_languages.made_rules import full_rules, rule_sets

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
YES_NO = st.none() | st.booleans()

DETAILS = st.builds(
    BayDetails,
    address=st.none() | TEXT,
    arrondissement=st.none() | st.just("75109"),
    width_m=st.none() | st.floats(0.1, 20),
    arrangement=st.none() | st.sampled_from(Arrangement),
    placement=st.none() | st.sampled_from(Placement),
    parity=st.none() | st.sampled_from(Parity),
    marking_state=st.none() | st.sampled_from(State),
    sign_present=YES_NO,
    order_url=st.none() | TEXT,
    order_on=st.none() | st.dates(date(1900, 1, 1)),
    max_stay_min=st.none() | st.integers(1, 10_000),
    equipment=st.lists(TEXT, max_size=2).map(tuple),
    charging_kw=st.none() | st.floats(0, 400),
    is_active=YES_NO,
    surveyed_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    estimated=st.lists(st.sampled_from(Guess), unique=True).map(tuple),
    extra=st.dictionaries(TEXT, TEXT, max_size=3),
)


@st.composite
def bays(draw: st.DrawFn) -> list[FoundBay]:
    """Return some bays side by side with anything that a bay may say."""
    return [_bay(draw, 60.0 * n) for n in range(draw(st.integers(1, 3)))]


def _bay(draw: st.DrawFn, east_m: float) -> FoundBay:
    length, width, turn = draw(st.floats(4, 40)), draw(st.floats(1.5, 5)), draw(st.floats(0, 3.2))
    corners = np.array([[0, 0], [length, 0], [length, width], [0, width], [0, 0]], float)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    ring = to_lonlat(corners @ spin.T + ORIGIN_XY + [east_m, 0], "EPSG:2154").round(7)
    return FoundBay(
        bay_id=f"{east_m:.0f}:{draw(TEXT)}",
        commune=draw(st.sampled_from([None, "99001", "2A004"])),
        name=draw(st.just("") | TEXT),
        length_m=draw(st.floats(0.1, 300)),
        capacity=draw(st.integers(1, 30)),
        bay_type=draw(st.sampled_from(BayType)),
        rules=draw(rule_sets(full_rules())),
        polygon_lonlat=tuple((lon, lat) for lon, lat in ring.tolist()),
        details=draw(DETAILS),
    )


@settings(max_examples=30, deadline=None)
@given(bays())
def test_our_geojson_reads_back_the_same(made: list[FoundBay]) -> None:
    """Every field, every condition of every rule, every detail, in order and without a remark."""
    found = read(json.dumps(bays_geojson(made)))
    assert list(found.bays) == made
    assert (found.refused, found.repairs, found.merged) == ((), (), ())


@settings(max_examples=15, deadline=None)
@given(made=bays())
def test_our_geopackage_reads_back_the_same(made: list[FoundBay], tmp_path_factory: Any) -> None:
    """The columns for people add nothing and take nothing away."""
    folder = tmp_path_factory.getbasetemp()
    assert list(read(layer(folder / "bays.gpkg", made)).bays) == made


def _one() -> FoundBay:
    feature = {"bay_id": "a", "length_m": 12.0, "capacity": 2, "bay_type": "permanent"}
    return FoundBay.model_validate(
        feature
        | {"polygon_lonlat": ring(), "details": {"address": "1 rue Haute", "extra": {"x": "y"}}}
    )


def test_what_someone_edited_in_a_desktop_gis_wins(tmp_path: Path) -> None:
    """A changed column of a detail, a changed length and a column of one's own all arrive."""
    found = read(
        layer(
            tmp_path / "x.gpkg", [_one()], address="2 rue Basse", length_m=15.0, remark="à revoir"
        )
    )
    (bay,) = found.bays
    assert (bay.details.address, bay.length_m) == ("2 rue Basse", 15.0)
    assert bay.details.extra == {"x": "y", "remark": "à revoir"}
    assert found.facts["edited_address"] == 1


def test_a_geopackage_that_was_left_in_its_log_mode_is_read(tmp_path: Path) -> None:
    """QGIS leaves write-ahead mode on; the file alone is whole all the same."""
    data = bytearray(layer(tmp_path / "x.gpkg", [_one()]))
    data[18:20] = b"\x02\x02"
    assert read(bytes(data)).bays[0].bay_id == "a"


def test_the_strict_reader_reads_the_same_bays() -> None:
    """``read_bays`` and the inventory agree on what our own features say."""
    bay = _one().model_copy(update={"commune": "99001"})
    document = bays_geojson([bay])
    (strict,), (found,) = read_bays(document).bays, read(json.dumps(document)).bays
    assert strict.model_dump() == found.model_dump()


def test_a_layer_in_lambert_93_is_converted(tmp_path: Path) -> None:
    """A desktop GIS writes columns and coordinates of its own; the layer says the reference system."""
    corners = np.array([[0, 0], [12, 0], [12, 2.2], [0, 2.2], [0, 0]]) + ORIGIN_XY
    shape = b"GP\x00\x01" + (2154).to_bytes(4, "little") + shapely.to_wkb(shapely.Polygon(corners))
    layer_2154 = """
    INSERT INTO gpkg_geometry_columns VALUES ('aires', 'geom', 2154);
    CREATE TABLE aires (fid INTEGER PRIMARY KEY, geom BLOB, identifiant, usage);
    INSERT INTO aires VALUES (1, x'SHAPE', 'A7', 'livraison');
    """.replace("SHAPE", shape.hex())
    found = read(database(tmp_path / "aires.gpkg", TABLES, layer_2154))
    (bay,) = found.bays
    assert (bay.bay_id, found.facts["crs"], found.facts["layer"]) == ("A7", "EPSG:2154", "aires")
    assert np.allclose(bay.polygon_lonlat, ring(), atol=1e-7)
