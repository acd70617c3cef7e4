"""What was written comes back: every bay, from every form that readers know."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.bays import bays_geojson
from geo.errors import BayTwice
from geo.exports.cells import restored_cell, safe_cell
from geo.exports.cerema import cerema_csv
from geo.exports.tables import geopackage
from geo.inventory.read import ReadOptions, read_inventory
from geo.words import Bay
from tests.geo.exports.bays_drawn import BAYS, one_bay

MANY = st.lists(
    BAYS,
    min_size=1,
    max_size=4,
    unique_by=(lambda bay: bay.bay_id, lambda bay: bay.polygon_lonlat[0]),
)

quick = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def read_again(data: bytes, name: str) -> dict[str, object]:
    """Return the bays of a file by identifier, as plain values."""
    found = read_inventory(data, name, ReadOptions())
    assert found.refused == ()
    assert len(found.bays) + len(found.merged) == found.rows
    return {bay.bay_id: bay.model_dump() for bay in found.bays}


def plain(bays: list[Bay]) -> dict[str, object]:
    """Return bays by identifier, as plain values."""
    return {bay.bay_id: bay.model_dump() for bay in bays}


@quick
@given(MANY)
def test_national_schema_loses_nothing(bays: list[Bay]) -> None:
    """A bay comes back from the CSV of the national schema as it was."""
    assert read_again(cerema_csv(bays), "inventaire.csv") == plain(bays)


@quick
@given(MANY)
def test_geopackage_loses_nothing(bays: list[Bay]) -> None:
    """A bay comes back from a GeoPackage as it was."""
    assert read_again(geopackage(bays), "bays.gpkg") == plain(bays)


@quick
@given(MANY)
def test_geojson_loses_nothing(bays: list[Bay]) -> None:
    """A bay comes back from GeoJSON as it was."""
    assert read_again(json.dumps(bays_geojson(bays)).encode(), "bays.geojson") == plain(bays)


@given(st.text())
def test_cell_comes_back_and_is_never_run(text: str) -> None:
    """A neutralised cell begins with no sign of a formula, and gives back the text."""
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert restored_cell(safe_cell(text)) == text


@quick
@given(BAYS)
def test_no_cell_of_a_person_is_run(bay: Bay) -> None:
    """No cell that people filled in begins with a sign of a formula."""
    row = next(csv.DictReader(io.StringIO(cerema_csv([bay]).decode(), newline="")))
    words = (cell for column, cell in row.items() if column not in {"LONGITUDE", "LATITUDE"})
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in words)


def test_a_bay_given_twice_is_refused() -> None:
    """Two rows of one identifier are no valid file of the national schema."""
    bay = one_bay()
    with pytest.raises(BayTwice, match="given twice"):
        cerema_csv([bay, bay])
