"""Communes and groups in the store, over HTTP and by command, on both databases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
from click.testing import CliRunner, Result

from geo.communes import read_communes
from geo.epci import Contradiction, Group
from geo.errors import InvalidFile, InvalidInput, UnknownGroup
from service.cli import root
from service.ingest.communes import save_outlines
from service.store.communes import stored_communes
from service.store.database import reading, writing
from service.store.groups import get_group, groups_of_communes, list_groups, save_groups
from tests.service.world import BAYS, World, bays_document, communes_document, feature, square

MGP, EPT, LYON = "200054781", "200057966", "200046977"
BOTH = Group(MGP, "Un et Deux", "CA", ("99001", "99002", "99003"))


def run(*args: str, url: str) -> Result:
    """Run a command on a database."""
    return CliRunner().invoke(root, [*args, "--database", url])


def test_groups_are_replaced_whole(world: World) -> None:
    """Saving a group again takes its members as they are now, and leaves the others."""
    with writing(world.engine) as session:
        assert save_groups(session, [BOTH, Group(EPT, "Deux", None, ("99002",))]) == 2
        save_groups(session, [Group(MGP, "Un", "CC", ("99001",))])
    with reading(world.engine) as session:
        assert list_groups(session) == [
            Group(MGP, "Un", "CC", ("99001",)),
            Group(EPT, "Deux", None, ("99002",)),
        ]
        assert get_group(session, MGP).members == ("99001",)
        assert groups_of_communes(session) == {"99001": [MGP], "99002": [EPT]}
        with pytest.raises(UnknownGroup, match=LYON):
            get_group(session, LYON)


def document(year: int | None, *, name: str = "Un", code: str = "99001") -> dict[str, Any]:
    """Return a commune in a vintage."""
    properties = {"insee": code, "name": name, "vintage": year}
    return {
        "type": "FeatureCollection",
        "features": [feature(properties, square(2.60, 48.90, 0.05))],
    }


def test_a_later_vintage_stays_unless_the_older_is_wanted(world: World) -> None:
    """2018 does not replace 2024; unknown replaces, and is replaced."""

    def save(year: int | None, name: str, *, takes_older: bool = False) -> tuple[str, ...]:
        outlines = read_communes(document(year, name=name)).communes
        with writing(world.engine) as session:
            return save_outlines(session, outlines, takes_older=takes_older).older

    def stored() -> tuple[str, int | None]:
        with reading(world.engine) as session:
            item = stored_communes(session)["99001"]
            return item.name, item.vintage

    assert stored() == ("Un", None)
    assert save(2024, "A") == ()
    assert save(2018, "B") == ("99001",)
    assert stored() == ("A", 2024)
    assert save(2018, "B", takes_older=True) == ()
    assert stored() == ("B", 2018)
    assert save(None, "C") == ()
    assert stored() == ("C", None)


def test_arrondissements_alone_become_their_commune(world: World) -> None:
    """The store holds communes: two arrondissements are Paris."""
    parts = [
        feature({"insee": "75101", "name": "1er"}, square(2.30, 48.80, 0.05)),
        feature({"insee": "75102", "name": "2e"}, square(2.35, 48.80, 0.05)),
    ]
    outlines = read_communes({"type": "FeatureCollection", "features": parts}).communes
    with writing(world.engine) as session:
        assert save_outlines(session, outlines).communes == 1
    with reading(world.engine) as session:
        assert stored_communes(session)["75056"].name == "Paris"
    box = world.client().get("/api/v1/communes").json()["features"][0]
    assert box["id"] == "75056"
    assert box["bbox"] == pytest.approx([2.3, 48.8, 2.4, 48.85])


def test_contradictions_of_the_file_and_the_database_are_told(world: World) -> None:
    """A commune that a known group has already is told, and both stand."""
    with writing(world.engine) as session:
        save_groups(session, [BOTH])
        taken = save_outlines(session, (), [Group(LYON, "Autre", "CC", ("99002",))])
    assert taken.left == {}
    assert taken.contradictions == (Contradiction("99002", (LYON, MGP)),)
    told = world.client().get("/api/v1/groups").json()
    assert told["contradictions"] == [{"insee": "99002", "groups": [LYON, MGP]}]
    assert [item["siren"] for item in told["items"]] == [LYON, MGP]


def test_members_that_a_file_does_not_name_are_told(world: World) -> None:
    """The file of one department knows but some members of a group that spans several."""
    with writing(world.engine) as session:
        save_groups(session, [BOTH])
        taken = save_outlines(session, (), [Group(MGP, "Un et Deux", "CA", ("99002",))])
    assert taken.left == {MGP: ("99001", "99003")}


def test_a_group_tells_which_members_are_known(world: World) -> None:
    """Two of three members are in the database, with five bays."""
    with writing(world.engine) as session:
        save_groups(session, [BOTH])
    client = world.client()
    (item,) = client.get("/api/v1/groups").json()["items"]
    assert item == {
        "siren": MGP,
        "name": "Un et Deux",
        "kind": "CA",
        "members": 3,
        "known": 2,
        "bays": 5,
    }
    told = client.get(f"/api/v1/groups/{MGP}").json()
    assert told["communes"] == [
        {"insee": "99001", "name": "Un", "bays": 4, "is_known": True},
        {"insee": "99002", "name": "Deux", "bays": 1, "is_known": True},
        {"insee": "99003", "name": None, "bays": 0, "is_known": False},
    ]
    assert told["contradictions"] == []
    unknown = client.get(f"/api/v1/groups/{LYON}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_group")
    assert client.get("/api/v1/groups/12").status_code == 422


def test_the_week_of_a_group_adds_up_its_bays(world: World) -> None:
    """Occupancy weighs by capacity and seen time: what its communes say, added up, never averaged."""
    second = world.add_key("second", insee="99002")
    world.take([*world.reports(-119, 0, ["van"]), *world.stay(-119, None)])
    world.take(world.reports(-59, 0, bay=BAYS[4], device="second"), second)
    with writing(world.engine) as session:
        save_groups(session, [BOTH])
    client = world.client()
    week = client.get(f"/api/v1/groups/{MGP}/week", params={"weeks": 1}).json()
    parts = client.get("/api/v1/occupancy/week", params={"weeks": 1, "level": "commune"}).json()
    assert week["bays"] == 5
    assert week["without_bays"] == ["99003"]
    assert [item["insee"] for item in week["communes"]] == ["99001", "99002"]
    hour = 24 + 12
    one, two = (next(i for i in parts["items"] if i["id"] == c) for c in ("99001", "99002"))
    assert (one["occupancy"][hour], two["occupancy"][hour]) == (0.5, 0.0)
    seen = np.array([one["coverage"][hour] * 4, two["coverage"][hour] * 1])
    assert week["coverage"][hour] == pytest.approx(seen.sum() / 5, abs=2e-3)
    assert week["occupancy"][hour] == pytest.approx(
        (seen * [0.5, 0.0]).sum() / seen.sum(), abs=2e-3
    )
    assert week["occupancy"][0] is None
    total = week["total"]
    assert total["occupancy"] == pytest.approx(119 / 360, abs=6e-4)
    assert total["coverage"] == pytest.approx(3 / (5 * 168), abs=6e-4)
    again = client.get(f"/api/v1/groups/{MGP}/week", params={"weeks": 1})
    tag = {"If-None-Match": again.headers["etag"]}
    assert (
        client.get(f"/api/v1/groups/{MGP}/week", params={"weeks": 1}, headers=tag).status_code
        == 304
    )


def test_a_group_without_bays_has_no_occupancy(world: World) -> None:
    """Nothing seen is unknown, not free."""
    with writing(world.engine) as session:
        save_groups(session, [Group(LYON, "Ailleurs", "CC", ("01001",))])
    week = world.client().get(f"/api/v1/groups/{LYON}/week").json()
    assert (week["bays"], set(week["occupancy"]), week["total"]["occupancy"]) == (0, {None}, None)
    assert week["without_bays"] == ["01001"]


def test_communes_and_groups_come_by_command(database_url: str, tmp_path: Path) -> None:
    """Imported, listed with vintage and group; a refused row is told and the rest is taken."""
    content = communes_document()
    content["features"][0]["properties"]["epci"] = MGP
    content["features"].append(feature({"insee": "9900", "name": "?"}, square(2.7, 48.9, 0.01)))
    path, groups = tmp_path / "communes-2026.geojson", tmp_path / "epci.csv"
    path.write_text(json.dumps(content))
    groups.write_text(f"siren;nom;nature;insee\n{MGP};Ensemble;CC;99001 99002\n1;Rien;CC;99001\n")
    result = run(
        "communes", "import", str(path), "--groups", "--groups-file", str(groups), url=database_url
    )
    assert result.exception is None, result.exception
    assert "imported 2 communes, 1 groups" in result.stdout
    assert "refused: row 2: communes-2026: insee is '9900'" in result.stderr
    assert "refused group: row 2: siren is '1'" in result.stderr
    assert f"1 communes name the group {MGP}, of which the file tells no name" in result.stderr
    listed = run("communes", "list", url=database_url).stdout.splitlines()
    assert listed[1:] == [
        f"99001  2026  0  {MGP}  Un",
        f"99002  2026  0  {MGP}  Deux",
    ]
    older = run("communes", "import", str(path), "--vintage", "2018", url=database_url)
    assert "imported 0 communes" in older.stdout
    assert "kept: commune 99001: the database has a later vintage" in older.stderr


def test_bays_of_a_former_commune_go_to_that_of_today(database_url: str, tmp_path: Path) -> None:
    """A table of delegated communes in the file of outlines says where 99009 went; without it the bay is refused."""
    outlines = geopandas.GeoDataFrame.from_features(communes_document()["features"], crs=4326)
    former = outlines[["geometry"]].iloc[:1].assign(code_insee="99009", nom_officiel="Ancienne")
    former["code_insee_de_la_commune_de_rattach"] = "99001"
    known, unknown = tmp_path / "known.gpkg", tmp_path / "unknown.gpkg"
    for path in (known, unknown):
        outlines.to_file(path, layer="commune")
    former.to_file(known, layer="commune_associee_ou_deleguee")
    content = bays_document()
    content["features"] = content["features"][:1]
    content["features"][0]["properties"]["commune"] = "99009"
    bays = tmp_path / "bays.geojson"
    bays.write_text(json.dumps(content))
    refused = run("bays", "import", str(bays), "--communes", str(unknown), url=database_url)
    assert "lies in commune 99009, which is not known" in refused.stderr
    result = run("bays", "import", str(bays), "--communes", str(known), url=database_url)
    assert result.exception is None, result.exception
    listed = run("communes", "list", url=database_url).stdout.splitlines()
    assert listed[1].split()[:3] == ["99001", "unknown", "1"]


def test_a_selection_may_be_written_without_a_database(tmp_path: Path) -> None:
    """The outlines asked for become GeoJSON that other commands read."""
    path, out = tmp_path / "communes.geojson", tmp_path / "out.geojson"
    path.write_text(json.dumps(communes_document()))
    run_on = ["communes", "import", str(path), "--only", "99002", "--out", str(out)]
    result = CliRunner().invoke(root, [*run_on, "--database", "sqlite:////nowhere/none.db"])
    assert result.exception is None, result.exception
    (item,) = read_communes(out.read_bytes()).communes
    assert item.commune.insee == "99002"


@pytest.mark.parametrize(
    ("arguments", "error"), [(["--only", "75"], InvalidFile), (["--only", "Paris"], InvalidInput)]
)
def test_nothing_to_take_is_an_error(
    database_url: str, tmp_path: Path, arguments: list[str], error: type[Exception]
) -> None:
    """A selection that fits no row, or is none, writes nothing."""
    path = tmp_path / "communes.geojson"
    path.write_text(json.dumps(communes_document()))
    result = run("communes", "import", str(path), *arguments, url=database_url)
    assert isinstance(result.exception, error)
    assert "wanted" in str(result.exception)
    assert len(run("communes", "list", url=database_url).stdout.splitlines()) == 1
