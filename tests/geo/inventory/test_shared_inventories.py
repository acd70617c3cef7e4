"""Real inventories: every row accounted for, every refusal explained, communes that agree."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from geo.bay_details import Guess
from geo.bays import bays_geojson
from geo.communes import CommuneOutline, read_communes
from geo.errors import InvalidFile
from geo.exports.cerema import cerema_csv
from geo.exports.tables import geopackage
from geo.inventory.building import vehicles_along
from geo.inventory.found import FoundInventory
from geo.inventory.read import ReadOptions, read_inventory
from geo.inventory.report import report
from geo.words import BayType


def outlines(shared: Path, *names: str) -> Sequence[CommuneOutline]:
    """Return the outlines of some departments."""
    folder = shared / "data/bays/communes"
    return [
        outline
        for name in names
        for outline in read_communes((folder / f"communes-{name}.geojson").read_bytes()).communes
    ]


def real(shared: Path, path: str, communes: Sequence[CommuneOutline] = ()) -> FoundInventory:
    """Read a real inventory whose report adds up."""
    data = (shared / "data/bays" / path).read_bytes()
    found = read_inventory(data, path, ReadOptions(communes=communes))
    told = report(found)
    assert told["imported"] + told["merged"] + told["refused"] == told["rows"]
    assert all(note["message"] for note in told["reasons"])
    return found


def reasons(found: FoundInventory) -> Counter[str]:
    """Count the reasons of refused rows."""
    return Counter(note.code for note in found.refused)


@pytest.fixture(scope="module")
def paris(shared: Path) -> FoundInventory:
    """Read the bays of Paris, once for all that is asked of them."""
    path = "paris/stationnement-voie-publique-emplacements_livraison.csv"
    return real(shared, path, outlines(shared, "ile-de-france"))


def test_all_bays_of_paris_are_imported(paris: FoundInventory) -> None:
    """9,198 rows, of which 14 lie in other communes; identifiers, types and places are those of the file."""
    found = paris
    assert (found.file_format, found.rows, len(found.bays)) == ("paris", 9198, 9198)
    kinds = Counter(bay.bay_id.split(":")[0] for bay in found.bays)
    assert kinds == {"old": 6859, "new": 2339}
    types = Counter(bay.bay_type for bay in found.bays)
    assert types == {BayType.PERIODIC: 5834, BayType.PERMANENT: 3364}
    assert {bay.details.width_m for bay in found.bays} == {None}
    assert len(found.disagreements) == 14
    assert found.facts["communes_agree"] == 9184
    assert all(bay.details.arrondissement for bay in found.bays)
    turned = found.facts["turned_by_neighbours"]
    assert turned > 7000
    assert turned + found.facts["turned_by_nothing"] == 9198


def test_the_capacity_rule_is_that_of_paris(paris: FoundInventory) -> None:
    """A vehicle for each eight metres gives the counted places on 95 % of its bays, without a bias."""
    off = [vehicles_along(bay.length_m) - bay.capacity for bay in paris.bays]
    assert Counter(off)[0] / len(off) > 0.95
    assert abs(sum(off) / len(off)) < 0.01


@pytest.mark.parametrize("name", ["aires-de-livraison.csv", "aires-de-livraison_2025copy.csv"])
def test_hauts_de_seine_agrees_on_1004_rows(shared: Path, name: str) -> None:
    """Both copies: the three other rows are listed; cash transport and the unknown type are refused."""
    communes = outlines(
        shared, "92-hauts-de-seine", "75-paris", "93-seine-saint-denis", "94-val-de-marne"
    )
    found = real(shared, f"hauts_de_seine/{name}", communes)
    assert (found.rows, len(found.bays)) == (1007, 980)
    assert reasons(found) == {"not_a_delivery_bay": 26, "unknown_type": 1}
    assert (found.facts["communes_compared"], found.facts["communes_agree"]) == (1007, 1004)
    assert {(item.bay_id, item.declared, item.found) for item in found.disagreements} == {
        ("92046004", "92046", "75056"),
        ("92004000", "92004", "92009"),
        ("92044182", "92044", "92051"),
    }


def test_the_example_of_the_national_schema_is_read(shared: Path) -> None:
    """All 16 bays of Grand Lyon, the one polygon put right, and the communes found by their outlines."""
    found = real(shared, "lyon_cerema/exemple-grand-lyon.csv", outlines(shared, "69-rhone"))
    assert (found.rows, len(found.bays), found.refused) == (16, 16, ())
    assert [note.code for note in found.repairs] == ["wkt_repaired"]
    assert {bay.commune for bay in found.bays} == {"69123", "69266"}
    assert sum(bool(bay.rules) for bay in found.bays) == 15


ANTIBES = ("antibes/antibes_aires_livraison.csv", "antibes/antibes_aires_livraison--mr.csv")


@pytest.mark.parametrize(("path", "rows"), list(zip(ANTIBES, (21, 42), strict=True)))
def test_antibes_has_no_positions(shared: Path, path: str, rows: int) -> None:
    """Every row is refused for its placeholder or its empty cell."""
    found = real(shared, path)
    assert (found.rows, reasons(found)) == (rows, {"no_position": rows})


@pytest.mark.parametrize("path", ANTIBES)
def test_antibes_with_positions_is_21_bays_with_two_rules(shared: Path, path: str) -> None:
    """Both variants of the file, one row for a bay and one for a rule, give the same bays."""
    data = (shared / "data/bays" / path).read_text()
    rows = list(csv.DictReader(io.StringIO(data)))
    places: dict[str, str] = {}
    for row in rows:
        spot = places.setdefault(row["EMPRISE_DESIGNATION"], f"{7.1 + 0.001 * len(places)},43.58")
        row["GEOM_XY"] = spot
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    found = read_inventory(text.getvalue().encode(), path)
    assert (len(found.bays), len(found.merged)) == (21, len(rows) - 21)
    assert {tuple((r.max_weight_t, r.start, r.end) for r in bay.rules) for bay in found.bays} == {
        ((19.0, "06:00", "10:00"), (3.5, "10:00", "19:00"))
    }
    assert all(bay.details.order_ref == "1045/23" for bay in found.bays)


def test_philadelphia_has_22_loading_zones(shared: Path) -> None:
    """All smart zones are bays, turned by the nearest kerb; of the 17 whose kerb has another use this is told."""
    found = real(shared, "philly/zones_with_OMF_vars.geojson")
    assert (found.rows, len(found.bays), found.refused) == (22, 22, ())
    assert Counter(note.code for note in found.warnings)["another_kerb"] == 17
    assert found.facts["turned_by_source"] == 22
    assert sum(bay.rules[0].max_stay_min is not None for bay in found.bays) == 5
    assert {bay.commune for bay in found.bays} == {None}


def test_policies_alone_are_no_inventory(shared: Path) -> None:
    """The message says what the table holds and which file it belongs to."""
    with pytest.raises(InvalidFile, match=r"policy_df\.csv.*1092 CDS policies and no zone.*zones"):
        real(shared, "philly/policy_df.csv")


def test_portland_has_46_loading_kerbs(shared: Path) -> None:
    """All of them are bays along their lines."""
    found = real(shared, "portland_curblr/downtown_portland_2020-07-30.curblr.json")
    assert (found.file_format, found.rows, len(found.bays)) == ("curblr", 416, 46)
    assert reasons(found) == {"not_a_delivery_bay": 370}
    assert all(Guess.ORIENTATION not in bay.details.estimated for bay in found.bays)


@pytest.mark.parametrize(
    "path",
    [
        "lyon_cerema/exemple-grand-lyon.csv",
        "hauts_de_seine/aires-de-livraison.csv",
        "philly/zones_with_OMF_vars.geojson",
        "portland_curblr/downtown_portland_2020-07-30.curblr.json",
    ],
)
def test_what_was_read_comes_back_from_every_form(shared: Path, path: str) -> None:
    """Written as the national schema, as a GeoPackage and as GeoJSON, the bays are read again as they were."""
    bays = real(shared, path).bays
    written = (cerema_csv(bays), geopackage(bays), json.dumps(bays_geojson(bays)).encode())
    assert all(read_inventory(data, path).bays == bays for data in written)
