"""What the CDS base publishes of its bays is read back by the reader of inventories."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from geo.bay_details import Arrangement, BayDetails, Guess, Parity, Placement, State
from geo.inventory.read import read_inventory
from geo.rules import ALL_DAYS, WEEK
from geo.words import Activity, Bay, Control, TimeRule
from service.ingest.inventory import Inventory, save_inventory
from service.store.bays import list_bays
from service.store.database import reading, writing
from tests.service.world import World

RULES = (
    TimeRule(days=WEEK[:5], start="07:00", end="11:00", max_stay_min=30, control=Control.DISC),
    TimeRule(days=ALL_DAYS, start="12:00", end="14:00", max_weight_t=3.5, weeks_of_month=(1, 3)),
    TimeRule(activity=Activity.NO_STOPPING, days=("su",), start="00:00", end="24:00"),
)

DETAILS = BayDetails(
    address="12 rue Haute",
    postal_code="99100",
    width_m=2.5,
    arrangement=Arrangement.ANGLED,
    placement=Placement.RECESS,
    parity=Parity.EVEN,
    marking_state=State.DEGRADED,
    marking_conforms=False,
    order_present=True,
    order_ref="12/26",
    order_url="https://example.org/a.pdf",
    is_active=True,
    equipment=("candélabre", "capteur sol"),
    charging_kw=22.0,
    estimated=(Guess.WIDTH, Guess.CAPACITY),
)


def document(world: World) -> list[Any]:
    """Return the answers of zones and policies, as a list."""
    client = world.client()
    return [client.get(f"/cds/99001/curbs/{name}").json() for name in ("zones", "policies")]


def test_the_published_kerb_reads_back_as_the_bays_that_are_kept(world: World) -> None:
    """Identifiers, commune, sizes to the centimetre, rules with their conditions and all details; only free text stays out."""
    with reading(world.engine) as session:
        first, *_ = [bay for bay in list_bays(session) if bay.commune == "99001"]
    told = first.model_copy(update={"rules": RULES, "details": DETAILS})
    with writing(world.engine) as session:
        save_inventory(session, Inventory([told]))
    with reading(world.engine) as session:
        kept = {bay.bay_id: bay for bay in list_bays(session) if bay.commune == "99001"}
    world.now = datetime.now(UTC) + timedelta(days=1)
    found = read_inventory(json.dumps(document(world)).encode(), "cds.json")
    assert (found.file_format, found.refused) == ("cds", ())
    assert {bay.bay_id: Bay.model_validate(bay.model_dump()) for bay in found.bays} == {
        bay_id: bay.model_copy(update={"rules": same(bay, found.bays)})
        for bay_id, bay in kept.items()
    }


def same(bay: Bay, found: Any) -> tuple[TimeRule, ...]:
    """Return the rules that were read for a bay, if they are its own in whatever order."""
    (back,) = (item.rules for item in found if item.bay_id == bay.bay_id)
    assert set(back) == set(bay.rules)
    return tuple(back)
