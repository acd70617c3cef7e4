"""Tests of imports of inventories: what is kept, previewed, and written to files."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geo.bays import read_bays
from geo.communes import read_communes
from geo.words import Bay, curb_zone_id
from service.cli import root
from service.ingest.inventory import Counts, Inventory, save_inventory
from service.store.bays import get_commune
from service.store.database import reading, writing
from service.store.imports import list_imports
from service.store.rules import rules_of
from service.store.zones import Zone, list_zones
from tests.service.world import (
    BAYS,
    NOW,
    World,
    bays_document,
    communes_document,
    square,
    zone,
)

ONE, TWO = BAYS[:2]


def bays_of(document: dict[str, Any]) -> tuple[Bay, ...]:
    """Read bays that are all good."""
    return read_bays(document).bays


def changed(bay_id: str, ring: Any = None, **properties: Any) -> dict[str, Any]:
    """Return the world's bays with one of them changed."""
    document = deepcopy(bays_document())
    one = next(f for f in document["features"] if f["properties"]["bay_id"] == bay_id)
    one["properties"].update(properties)
    if ring is not None:
        one["geometry"]["coordinates"] = ring
    return document


def moved(bay_id: str, lon: float = 2.612, lat: float = 48.92) -> dict[str, Any]:
    """Return the world's bays with one of them elsewhere."""
    return changed(bay_id, square(lon, lat, 0.0001))


def take(world: World, document: dict[str, Any], at: datetime = NOW, **more: Any) -> Counts:
    """Import bays at an instant."""
    with writing(world.engine) as session:
        inventory = Inventory(bays_of(document), made_at=at, **more)
        return save_inventory(session, inventory)


def zone_of(world: World, bay_id: str) -> Zone:
    """Return one bay as a zone."""
    with reading(world.engine) as session:
        return next(one for one in list_zones(session) if one.bay.bay_id == bay_id)


def run(*args: str | int | Path) -> Result:
    """Run a command."""
    return CliRunner().invoke(root, [str(arg) for arg in args])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Write the bays and communes of the world and return their paths."""
    bays, communes = tmp_path / "bays.geojson", tmp_path / "communes.geojson"
    bays.write_text(json.dumps(bays_document()))
    communes.write_text(json.dumps(communes_document()))
    return bays, communes


def rows(world: World) -> list[Any]:
    """Return every row of bays."""
    with reading(world.engine) as session:
        return sorted(session.execute(text("SELECT * FROM bay")).all())


def test_the_same_inventory_again_changes_nothing(world: World) -> None:
    """No new version, no new instant: all bays are unchanged, though the ring begins elsewhere and is less exact."""
    take(world, bays_document())
    before = rows(world)
    again = deepcopy(bays_document())
    for feature in again["features"]:
        ring = feature["geometry"]["coordinates"][0]
        turned = [*ring[2:-1], *ring[:3]]
        feature["geometry"]["coordinates"] = [[[lon + 4e-8, lat - 4e-8] for lon, lat in turned]]
    counts = take(world, again, NOW + timedelta(days=1))
    assert counts.kinds == {"new": 0, "changed": 0, "moved": 0, "unchanged": 5}
    assert rows(world) == before


def test_a_bay_that_moves_gets_a_new_zone_and_keeps_the_link(world: World) -> None:
    """Version 2 with its own identifier; the earlier polygon stands with the identifier and time it had."""
    published = zone_of(world, ONE).published_at
    counts = take(world, moved(ONE))
    now = zone_of(world, ONE)
    assert counts.kinds == {"new": 0, "changed": 0, "moved": 1, "unchanged": 4}
    assert (now.geometry_version, now.zone_id) == (2, str(curb_zone_id("99001", ONE, 2)))
    assert (now.published_at, now.updated_at) == (NOW, NOW)
    (past,) = now.past
    assert (past.zone_id, past.geometry_version, past.until_at) == (zone(ONE), 1, NOW)
    assert past.published_at == published
    assert past.polygon_lonlat[0] == pytest.approx((2.61, 48.91))


def test_a_bay_that_moves_back_gets_a_third_zone(world: World) -> None:
    """An identifier is of one polygon at one time: it is never given again."""
    take(world, moved(ONE))
    take(world, bays_document(), NOW + timedelta(hours=1))
    now = zone_of(world, ONE)
    assert now.geometry_version == 3
    assert [past.geometry_version for past in now.past] == [1, 2]


def test_events_that_name_an_earlier_zone_still_go_to_the_bay(world: World) -> None:
    """A camera knows the identifier of version 1 only."""
    take(world, moved(ONE))
    answer = world.take(world.reports(-9, 0, ["van"]))
    assert (answer.success, answer.failures) == (10, ())
    new = [{**event, "curb_zone_id": zone_of(world, ONE).zone_id} for event in world.reports(1, 2)]
    assert world.take(new).success == 2


def test_a_bay_whose_commune_changes_keeps_its_identifier_and_gets_a_zone_there(
    world: World,
) -> None:
    """Zones are counted in each commune: a camera told the new commune names version 1, one of the old its own."""
    take(world, changed(ONE, commune="99002"))
    now = zone_of(world, ONE)
    assert (now.geometry_version, now.zone_id) == (1, str(curb_zone_id("99002", ONE, 1)))
    assert [past.zone_id for past in now.past] == [zone(ONE)]
    take(world, bays_document(), NOW + timedelta(hours=1))
    back = zone_of(world, ONE)
    assert (back.geometry_version, back.zone_id) == (2, str(curb_zone_id("99001", ONE, 2)))


def test_rules_that_change_keep_the_zone(world: World) -> None:
    """The identifier stays, the earlier rules stand with the day until which they held."""
    since_on = date(2026, 3, 2)
    take(world, changed(ONE, rules=[]), rules_since_on=since_on)
    now = zone_of(world, ONE)
    assert (now.geometry_version, now.past) == (1, ())
    assert (now.bay.rules, now.updated_at) == ((), NOW)
    with reading(world.engine) as session:
        assert [one.from_on for one in rules_of(session, ONE)] == [None, since_on]


def test_what_did_not_change_keeps_its_instants(world: World) -> None:
    """Only the changed bay is dated anew, and its polygon stays published when it was."""
    before = {bay_id: zone_of(world, bay_id) for bay_id in (ONE, TWO)}
    take(world, changed(ONE, name="Quai"))
    assert zone_of(world, ONE).updated_at == NOW
    assert zone_of(world, ONE).published_at == before[ONE].published_at
    assert zone_of(world, TWO) == before[TWO]


def test_each_import_is_on_record(world: World) -> None:
    """With what it changed, newest first; by commune only those that changed a bay of it."""
    take(world, moved(ONE))
    take(world, bays_document(capacity=3), NOW + timedelta(hours=1))
    with reading(world.engine) as session:
        found = list_imports(session)
        of_two = list_imports(session, "99002")
    assert [item.counts["moved"] for item in found] == [1, 1, 0]
    assert [item.id for item in of_two] == [found[0].id, found[2].id]
    assert found[0].made_at == datetime(2026, 3, 10, 13, tzinfo=UTC)


def test_a_preview_says_what_would_change_and_changes_nothing(world: World, tmp_path: Path) -> None:
    """New, changed, moved with its metres, unchanged, and how many known bays the file does not name."""
    before = rows(world)
    document = moved(ONE, 2.61, 48.9101)
    document["features"][1]["properties"]["capacity"] = 5
    document["features"][2]["properties"]["bay_id"] = "new"
    file, report = tmp_path / "bays.geojson", tmp_path / "report.json"
    file.write_text(json.dumps(document))
    done = run("bays", "import", file, "--dry-run", "--report", report, "--database", world.url)
    assert done.exit_code == 0, done.output
    said = json.loads(report.read_text())["changes"]
    assert {
        name: said[name] for name in ("new", "changed", "moved", "unchanged", "not_in_file")
    } == {
        "new": 1,
        "changed": 1,
        "moved": 1,
        "unchanged": 2,
        "not_in_file": 1,
    }
    assert said["bays_not_in_file"] == [BAYS[2]]
    bays = {one["bay_id"]: one for one in said["bays"]}
    assert bays[ONE]["moved_m"] == pytest.approx(11.1, abs=0.1)
    assert bays[TWO] == {
        "bay_id": TWO,
        "change": "changed",
        "fields": ["capacity"],
        "moved_m": None,
    }
    assert bays["new"]["change"] == "new"
    assert f"{ONE} moved by 11.1" in done.stdout
    assert rows(world) == before
    with reading(world.engine) as session:
        assert len(list_imports(session)) == 1


def test_without_a_database_the_result_is_a_file(
    files: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bays whose commune nobody knows stand in it too, with a warning; no database is made or asked."""
    monkeypatch.setenv("AIRELIB_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    document = bays_document()
    files[0].write_text(json.dumps(document))
    report, out = tmp_path / "report.json", tmp_path / "out.geojson"
    done = run("bays", "import", files[0], "--report", report, "--out", out)
    assert done.exit_code == 0, done.output
    assert len(read_bays(out.read_bytes()).bays) == 5
    assert json.loads(report.read_text())["imported"] == 5
    assert "changes" not in json.loads(report.read_text())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["bays.geojson", "communes.geojson", "out.geojson", "report.json"]
    )


def test_a_preview_without_a_database_makes_none(files: tuple[Path, Path], tmp_path: Path) -> None:
    """The report tells of the file alone."""
    report = tmp_path / "report.json"
    wanted = ("--dry-run", "--report", report, "--data-dir", tmp_path)
    done = run("bays", "import", files[0], *wanted)
    assert done.exit_code == 0, done.output
    assert "changes" not in json.loads(report.read_text())
    assert not (tmp_path / "airelib.db").exists()


def test_an_import_writes_its_result_too(
    world: World, files: tuple[Path, Path], tmp_path: Path
) -> None:
    """With a database named, --out gives what was taken beside."""
    out, report = tmp_path / "out.geojson", tmp_path / "report.json"
    done = run(
        "bays", "import", files[0], "--out", out, "--report", report, "--database", world.url
    )
    assert done.exit_code == 0, done.output
    assert len(json.loads(out.read_text())["features"]) == 5
    changes = json.loads(report.read_text())["changes"]
    assert changes["unchanged"] == 5
    with reading(world.engine) as session:
        assert list_imports(session)[0].id == changes["import_id"]


def test_a_report_that_cannot_be_written_imports_nothing(
    world: World, files: tuple[Path, Path]
) -> None:
    """What was taken without its report would be taken unseen."""
    document = changed(ONE, name="Quai")
    files[0].write_text(json.dumps(document))
    done = run(
        "bays", "import", files[0], "--report", "/dev/null/report.json", "--database", world.url
    )
    assert "cannot be written" in str(done.exception)
    assert zone_of(world, ONE).bay.name == "Rue 0"


@pytest.mark.parametrize(
    "options", [("--report", "same", "--out", "same"), ("--report", "bays.geojson")]
)
def test_nothing_is_written_over_what_is_read_or_written_too(
    files: tuple[Path, Path],
    tmp_path: Path,
    options: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A report in the place of the inventory would be the end of it."""
    monkeypatch.chdir(tmp_path)
    before = files[0].read_bytes()
    done = run("bays", "import", files[0], *options)
    assert "is named twice" in str(done.exception)
    assert files[0].read_bytes() == before
    assert not (tmp_path / "same").exists()


def test_outlines_of_the_database_serve_where_none_are_given(
    world: World, files: tuple[Path, Path]
) -> None:
    """A bay that strayed is noted though no file of communes is given."""
    strayed = changed(ONE, square(2.66, 48.92, 0.0001))
    files[0].write_text(json.dumps(strayed))
    done = run("bays", "import", files[0], "--database", world.url)
    assert f"{ONE} says commune 99001 and lies in 99002" in done.stderr


def test_many_refusals_are_counted_not_listed(world: World, files: tuple[Path, Path]) -> None:
    """Twenty lines, then how many more: a terminal is not a report."""
    document = bays_document()
    bad = deepcopy(document["features"][0])
    bad["geometry"] = None
    document["features"] += [bad] * 25
    files[0].write_text(json.dumps(document))
    done = run("bays", "import", files[0], "--database", world.url)
    assert done.exit_code == 0
    assert done.stderr.count("refused row") == 20
    assert "and 5 more" in done.stderr


def test_an_import_of_communes_and_streets_counts_them(world: World) -> None:
    """Communes given again are replaced."""
    with writing(world.engine) as session:
        communes = read_communes(communes_document()).communes
        counts = save_inventory(session, Inventory((), communes, ()))
    assert (counts.bays, counts.communes, counts.streets) == (0, 2, 0)


def test_two_imports_at_once_come_one_after_the_other(world: World) -> None:
    """Each of two that move the same bay sees what the other did: two new versions, none lost."""
    start = Barrier(2)

    def move(lon: float) -> Counts:
        start.wait()
        return take(world, moved(ONE, lon))

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(move, [2.613, 2.614]))
    assert {counts.kinds["moved"] for counts in done} == {1}
    now = zone_of(world, ONE)
    assert [now.geometry_version, *(past.geometry_version for past in now.past)] == [3, 1, 2]


def test_an_outline_of_an_earlier_vintage_is_left_aside(world: World) -> None:
    """A file of bays that comes with old outlines must not take the place of newer ones; an unknown year may."""
    (first, _) = read_communes(communes_document()).communes

    def named(name: str, vintage: int | None) -> int:
        commune = first.commune.model_copy(update={"name": name})
        outline = replace(first, commune=commune, vintage=vintage)
        return take(world, bays_document(), communes=[outline]).communes

    assert (named("New", 2026), named("Old", 2018)) == (1, 0)
    with reading(world.engine) as session:
        assert get_commune(session, "99001").name == "New"
    assert named("Somewhen", None) == 1


def test_neighbours_that_go_turn_no_bay(world: World, tmp_path: Path) -> None:
    """Bays given as points lie as their neighbours tell; when some of these are left out the others stay."""
    file = tmp_path / "points.geojson"
    places = [(0, 0), (40, 2), (80, 0), (120, 9), (160, 25), (200, 50)]
    points = [
        {
            "type": "Feature",
            "properties": {
                "id": f"p{east}",
                "type": "Livraison",
                "address": f"{2 * number + 1} RUE HAUTE",
                "length": 12,
            },
            "geometry": {
                "type": "Point",
                "coordinates": [2.63 + east / 73_000, 48.93 + north / 111_000],
            },
        }
        for number, (east, north) in enumerate(places)
    ]
    for kept, said in ((points, "6 new"), (points[:2] + points[3:5], "0 moved, 4 unchanged")):
        file.write_text(json.dumps({"type": "FeatureCollection", "features": kept}))
        done = run("bays", "import", file, "--database", world.url)
        assert done.exit_code == 0, done.output
        assert said in done.stdout


def test_a_real_inventory_goes_in_again_and_out(world: World, shared: Path, tmp_path: Path) -> None:
    """Hauts-de-Seine: every row accounted for, nothing to do the second time, and nothing left after the undo."""
    bays = shared / "data/bays/hauts_de_seine/aires-de-livraison.csv"
    outlines = shared / "data/bays/communes/communes-92-hauts-de-seine.geojson"
    report = tmp_path / "report.json"
    wanted = ("--communes", outlines, "--report", report, "--database", world.url)
    before = rows(world)
    told = []
    for _ in range(2):
        done = run("bays", "import", bays, *wanted)
        assert done.exit_code == 0, done.output
        told.append(json.loads(report.read_text()))
    first, again = told
    assert first["rows"] == first["imported"] + first["merged"] + first["refused"] == 1007
    assert len(first["reasons"]) == first["refused"] == 27
    assert len(first["commune_disagreements"]) == 3
    assert first["changes"]["new"] == again["changes"]["unchanged"] == 980
    for one in (again, first):
        done = run("bays", "undo", one["changes"]["import_id"], "--database", world.url)
        assert done.exit_code == 0, done.output
    assert rows(world) == before
