"""Inventories out: by command from a file or the database, and as open files over HTTP."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from geo.bays import bays_geojson
from geo.exports.regulation import RESERVING
from geo.inventory.read import read_inventory
from geo.words import Bay, curb_zone_id
from service.commands.bays import bays as bays_group
from service.inventory_files import Inventory, check_file, inventory_file
from service.store.bays import list_bays
from service.store.database import reading
from service.store.zones import Zone
from tests.geo.exports.bays_drawn import BAYS as DRAWN
from tests.geo.exports.bays_drawn import one_bay
from tests.service.world import BAYS, NOW, World

FORMS = ("cerema", "geojson", "gpkg", "geoparquet", "cds", "datex2", "dialog")


def export(*given: str) -> Any:
    """Run `airelib bays export`."""
    return CliRunner().invoke(bays_group, ["export", *given])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give an inventory file of two bays, one without a known rule."""
    path = tmp_path / "in.geojson"
    bays = [one_bay(), one_bay(bay_id="2", rules=(), polygon_lonlat=moved(0.001))]
    path.write_text(json.dumps(bays_geojson(bays)))
    return path


def moved(by: float) -> tuple[tuple[float, float], ...]:
    """Return the plain bay's polygon further east."""
    return tuple((round(lon + by, 7), lat) for lon, lat in one_bay().polygon_lonlat)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_becomes_any_form(file: Path, tmp_path: Path, form: str) -> None:
    """Every form is written, and those with orders say which bays have no known rule."""
    out = tmp_path / "out"
    done = export(str(file), "--format", form, "--out", str(out))
    assert done.exit_code == 0, f"{done.output}{done.exception}"
    assert f"2 bays, {out.stat().st_size} bytes" in done.output
    assert ("1 bays have no known rule" in done.output) == (form in {"datex2", "dialog"})


@pytest.mark.parametrize("form", ["cerema", "gpkg", "cds"])
def test_what_the_database_holds_comes_back(world: World, tmp_path: Path, form: str) -> None:
    """The bays of the database, or of one commune, come back from their file as they are."""
    out = tmp_path / "out"
    for insee, count in ((None, 5), ("99002", 1)):
        chosen = ("--commune", insee) if insee else ()
        done = export("--format", form, "--out", str(out), "--database", world.url, *chosen)
        assert done.exit_code == 0, f"{done.output}{done.exception}"
        back = {bay.bay_id: bay.model_dump() for bay in read_inventory(out.read_bytes(), "x").bays}
        with reading(world.engine) as session:
            stored = {bay.bay_id: bay.model_dump() for bay in list_bays(session, insee)}
        assert back == stored
        assert len(back) == count


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(DRAWN, min_size=1, max_size=3, unique_by=lambda bay: bay.bay_id))
def test_curb_zones_lose_nothing(bays: list[Bay]) -> None:
    """A bay comes back from zones and policies of CDS as it was, unless its rules say that no one may load there."""
    loading = [bay for bay in bays if any(rule.activity in RESERVING for rule in bay.rules)]
    assume(loading)
    zones = [
        Zone(bay, str(curb_zone_id(bay.commune, bay.bay_id)), 1, NOW, NOW, ()) for bay in loading
    ]
    inventory = Inventory(loading, zones, NOW)
    check_file(inventory, "cds", inventory_file(inventory, "cds"))


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("--format", "dialog"), "99001, 99002"),
        (("--format", "cerema", "--commune", "99003"), "no bay of commune 99003"),
        (("--format", "shp"), "'shp' is not one of"),
    ],
)
def test_nothing_is_written_where_nothing_can_be(
    world: World, tmp_path: Path, given: tuple[str, ...], wanted: str
) -> None:
    """A refusal leaves no file, and says what was wanted."""
    out = tmp_path / "out"
    done = export(*given, "--out", str(out), "--database", world.url)
    assert done.exit_code != 0
    assert wanted in f"{done.output}{done.exception}"
    assert list(tmp_path.glob("out*")) == []


def test_a_bay_of_no_commune_is_in_no_order(tmp_path: Path) -> None:
    """Orders are of a commune: a bay whose commune is not known is refused by name, unless it is given."""
    document = bays_geojson([one_bay()])
    document["features"][0]["properties"].pop("commune")
    (tmp_path / "in.geojson").write_text(json.dumps(document))
    given = (str(tmp_path / "in.geojson"), "--format", "datex2", "--out", str(tmp_path / "out"))
    refused = export(*given)
    assert "first 92024046" in str(refused.exception)
    assert export(*given, "--commune", "92024").exit_code == 0


@pytest.mark.parametrize("suffix", ["csv", "geojson", "gpkg", "parquet"])
def test_open_files_are_public_and_kept(world: World, suffix: str) -> None:
    """Anyone gets a commune's inventory; the same answer is not sent twice."""
    client = world.client()
    path = f"/api/v1/communes/99001/inventory.{suffix}"
    answer = client.get(path)
    assert answer.status_code == 200
    assert f"aires-de-livraison-99001.{suffix}" in answer.headers["content-disposition"]
    assert client.get(path, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    if suffix != "parquet":
        back = read_inventory(answer.content, f"x.{suffix}").bays
        assert sorted(bay.bay_id for bay in back) == sorted(BAYS[:4])


def test_open_files_of_no_commune_are_not_found(world: World) -> None:
    """An unknown commune is 404, another suffix 422, a commune whose inventory changes gives another answer."""
    client = world.client()
    assert client.get("/api/v1/communes/99009/inventory.csv").status_code == 404
    assert client.get("/api/v1/communes/99001/inventory.shp").status_code == 422
