"""Tests that an import is taken back as a whole, or not at all."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from geo.communes import read_communes
from geo.errors import OutOfScope
from geo.streets import Street
from service.cli import root
from service.ingest.inventory import Inventory, save_inventory
from service.ingest.undo import BayInUse, ImportedSince, ImportUndone, undo_import
from service.store.database import reading, writing
from service.store.imports import UnknownImport, get_import, list_imports
from service.store.zones import list_zones
from tests.service.conftest import empty
from tests.service.test_inventory_import import (
    ONE,
    TWO,
    bays_of,
    changed,
    moved,
    take,
    zone_of,
)
from tests.service.world import (
    BAYS,
    NOW,
    World,
    bays_document,
    communes_document,
    feature,
    make_world,
    square,
)

RECORDS = {"inventory_import", "inventory_change", "setting", "alembic_version"}
"""Tables that tell of imports rather than of the kerb: an undo adds to them."""

STREETS = (Street(name="Rue", commune="99001", line_lonlat=((2.61, 48.91), (2.62, 48.92))),)
THIRD = feature({"insee": "99003", "name": "Trois"}, square(2.70, 48.90, 0.05))


def snapshot(world: World) -> dict[str, list[str]]:
    """Return every row of every table that an undo must leave as it was."""
    from service.store.tables import Row

    with reading(world.engine) as session:
        return {
            table.name: sorted(map(repr, session.execute(table.select()).all()))
            for table in Row.metadata.sorted_tables
            if table.name not in RECORDS
        }


def undo(world: World, import_id: int, **more: Any) -> None:
    """Take an import back."""
    with writing(world.engine) as session:
        undo_import(session, import_id, "somebody", NOW + timedelta(days=9), **more)


def newcomer(bay_id: str = "new", insee: str = "99001") -> dict[str, Any]:
    """Return the world's bays with one more."""
    document = deepcopy(bays_document())
    properties = {**document["features"][0]["properties"], "bay_id": bay_id, "commune": insee}
    document["features"].append(feature(properties, square(2.63, 48.93, 0.0001)))
    return document


def test_an_undo_brings_everything_back(world: World) -> None:
    """New bays go; moved, renamed and ruled ones are as before, with their instants; streets and outlines too."""
    take(world, moved(ONE))
    before = snapshot(world)
    document = newcomer(insee="99003")
    first, second = document["features"][:2]
    first["geometry"]["coordinates"] = square(2.611, 48.911, 0.0001)
    first["properties"].update(name="Quai", capacity=4)
    second["properties"].update(rules=[], details={"address": "1 rue du Port"})
    outlines = communes_document()
    outlines["features"].append(THIRD)
    outlines["features"][0]["properties"]["name"] = "Une"
    communes = read_communes(outlines).communes
    counts = take(world, document, NOW, communes=communes, streets=STREETS)
    assert counts.kinds == {"new": 1, "changed": 1, "moved": 1, "unchanged": 3}
    assert snapshot(world) != before
    undo(world, counts.import_id)
    assert snapshot(world) == before


def test_an_undo_is_on_record(world: World) -> None:
    """Who and when; a second time is refused."""
    counts = take(world, moved(ONE))
    undo(world, counts.import_id)
    with reading(world.engine) as session:
        made = get_import(session, counts.import_id)
    assert (made.undone_by, made.undone_at) == ("somebody", NOW + timedelta(days=9))
    with pytest.raises(ImportUndone, match="undone by somebody"):
        undo(world, counts.import_id)
    with pytest.raises(UnknownImport):
        undo(world, 999)


def test_a_bay_that_something_refers_to_stops_the_undo(world: World) -> None:
    """It is named with what refers to it, and nothing is undone, the moved bay neither."""
    document = newcomer("99001-0009")
    document["features"][0]["geometry"]["coordinates"] = square(2.611, 48.911, 0.0001)
    counts = take(world, document)
    world.take(world.reports(-9, 0, ["van"], bay="99001-0009"))
    before = snapshot(world)
    with pytest.raises(BayInUse, match=r"bay 99001-0009 .*device_bay, event"):
        undo(world, counts.import_id)
    assert snapshot(world) == before


def test_a_later_import_of_the_same_bays_is_undone_first(world: World) -> None:
    """One that changed other bays is no hindrance; in the right order both go back."""
    before = snapshot(world)
    first = take(world, changed(ONE, name="Quai"))
    kept = changed(ONE, name="Quai")
    kept["features"][1]["properties"]["name"] = "Cours"
    other = take(world, kept)
    later = deepcopy(kept)
    later["features"][0]["properties"]["name"] = "Pont"
    last = take(world, later)
    with pytest.raises(ImportedSince, match=rf"import {last.import_id} changed bay {ONE} since"):
        undo(world, first.import_id)
    undo(world, last.import_id)
    undo(world, first.import_id)
    assert zone_of(world, ONE).bay.name == "Rue 0"
    assert zone_of(world, TWO).bay.name == "Cours"
    undo(world, other.import_id)
    assert snapshot(world) == before


def test_figures_follow_a_capacity_that_changes_back(world: World) -> None:
    """Half full again after having been full."""
    world.take([*world.reports(-14, 0, ["van"]), *world.stay(-15, None)])
    before = snapshot(world)
    counts = take(world, changed(ONE, capacity=1))
    client = world.client()
    assert client.get("/api/v1/occupancy").json()["items"][0]["occupancy"] == 1
    undo(world, counts.import_id)
    assert client.get("/api/v1/occupancy").json()["items"][0]["occupancy"] == 0.5
    assert snapshot(world) == before


def test_a_zone_of_an_undone_import_is_never_given_to_another_polygon(world: World) -> None:
    """Who fetched version 2 while it stood must not find other ground under its identifier later."""
    counts = take(world, moved(ONE))
    undo(world, counts.import_id)
    assert zone_of(world, ONE).geometry_version == 1
    take(world, moved(ONE, 2.613))
    assert zone_of(world, ONE).geometry_version == 3


def test_rules_that_an_undone_import_ended_are_in_force_again(world: World) -> None:
    """No trace of them is left among the past ones, whichever day the import named."""
    before = snapshot(world)
    one = take(world, changed(ONE, rules=[]), rules_since_on=date(2026, 3, 2))
    two = take(world, bays_document(), rules_since_on=date(2026, 3, 5))
    undo(world, two.import_id)
    assert zone_of(world, ONE).bay.rules == ()
    undo(world, one.import_id)
    assert snapshot(world) == before


def test_places_that_are_needed_or_newer_stay(world: World) -> None:
    """A commune that a bay lies in by now stays when the import that brought it is undone, and so do newer streets."""
    outlines = communes_document()
    outlines["features"].append(THIRD)
    communes = read_communes(outlines).communes
    first = take(world, bays_document(), communes=communes, streets=STREETS)
    take(world, newcomer(insee="99003"), streets=(*STREETS, *STREETS))
    undo(world, first.import_id)
    kept = snapshot(world)
    assert len(kept["commune"]) == 3
    assert len(kept["street"]) == 2


def test_an_officer_takes_back_only_what_is_of_her_commune(world: World) -> None:
    """One bay of another commune is enough to refuse the whole."""
    counts = take(world, bays_document(capacity=3))
    with pytest.raises(OutOfScope, match="99002"):
        undo(world, counts.import_id, insee="99001")
    assert zone_of(world, ONE).bay.capacity == 3


def test_an_officer_of_one_commune_does_not_take_back_outlines_of_others(world: World) -> None:
    """An import that changed no bay, but places, is not hers to undo."""
    communes = communes_document()
    communes["features"][1]["properties"]["name"] = "Autre"
    counts = take(world, bays_document(), communes=read_communes(communes).communes)
    with pytest.raises(OutOfScope, match="key is for 99001"):
        undo(world, counts.import_id, insee="99001")
    undo(world, counts.import_id)


def test_commands_list_imports_and_take_one_back(world: World) -> None:
    """The list names counts and who undid what."""
    counts = take(world, newcomer())
    command = CliRunner()
    done = command.invoke(root, ["bays", "undo", str(counts.import_id), "--database", world.url])
    assert done.output == (
        f"import {counts.import_id} undone: 1 bays removed, 0 as they were before\n"
    )
    listed = command.invoke(root, ["bays", "imports", "--database", world.url]).output
    newest = listed.splitlines()[0].split("\t")
    assert newest[0] == str(counts.import_id)
    assert newest[5] == "1 new, 0 changed, 0 moved, 5 unchanged"
    assert newest[6].startswith("undone by command line at ")
    assert len(listed.splitlines()) == 2


def edited(**said: Any) -> Any:
    """Return an edit that says other properties of a bay."""

    def edit(one: dict[str, Any]) -> None:
        one["properties"].update(said)

    return edit


def shifted(steps: int) -> Any:
    """Return an edit that moves a bay to the north, some steps of eleven metres to the east."""

    def edit(one: dict[str, Any]) -> None:
        lon = one["geometry"]["coordinates"][0][0][0] + 0.0001 * steps
        one["geometry"]["coordinates"] = square(lon, 48.92, 0.0001)

    return edit


EDITS = st.sampled_from(
    [
        edited(name="Quai"),
        edited(capacity=1),
        edited(rules=[]),
        edited(commune="99002"),
        edited(details={"address": "1 rue du Port"}),
        shifted(0),
        shifted(2),
    ]
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an inventory that differs from the world's in any way: bays changed, moved, left out, or new."""
    document = newcomer(draw(st.sampled_from(["n1", "n2"])))
    for one in document["features"]:
        for edit in draw(st.lists(EDITS, max_size=2)):
            edit(one)
    document["features"] = draw(
        st.lists(st.sampled_from(document["features"]), unique_by=id, min_size=1)
    )
    return document


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=st.lists(documents(), min_size=1, max_size=4))
def test_import_and_undo_leave_every_table_as_it_was(
    engine: Engine, database_url: str, history: list[dict[str, Any]]
) -> None:
    """Whatever was imported, taking it back in reverse order passes through every earlier state."""
    empty(engine)
    world = make_world(database_url, engine)
    world.take([*world.reports(-14, 0, ["van"]), *world.stay(-15, None)])
    states = []
    for day, document in enumerate(history):
        state = snapshot(world)
        with writing(engine) as session:
            at = NOW + timedelta(days=day // 2)
            counts = save_inventory(session, Inventory(bays_of(document), made_at=at))
        states.append((counts.import_id, state))
    for import_id, state in reversed(states):
        undo(world, import_id)
        assert snapshot(world) == state


def test_the_law_sees_what_an_undo_forgets(world: World) -> None:
    """Zones and past rules are among the tables compared, so that the law above can fail."""
    before = snapshot(world)
    take(world, moved(ONE))
    with writing(world.engine) as session:
        assert list_imports(session)
        session.execute(text("UPDATE bay SET capacity = 9 WHERE bay_id = :one"), {"one": ONE})
        assert len(list_zones(session)) == len(BAYS)
    after = snapshot(world)
    assert {name for name in before if before[name] != after[name]} == {"bay", "past_zone"}
