"""Files of CDS that we hand out are valid by its published schemas."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from geo.bay_details import BayDetails
from geo.rules import read_rules
from geo.words import Bay, BayType, curb_zone_id
from service.inventory_cds import cds_document
from service.store.zones import Zone
from tests.contract.cds_schemas import CdsSchemas
from tests.geo.exports.bays_drawn import one_bay

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def zones(bays: Sequence[Bay]) -> list[Zone]:
    """Return bays as zones imported now."""
    return [Zone(bay, str(curb_zone_id(bay.commune, bay.bay_id)), 1, NOW, NOW, ()) for bay in bays]


def test_inventory_of_zones_and_policies_is_valid(schemas: CdsSchemas) -> None:
    """One document holds what both answers of the Curbs API hold, and is valid as either."""
    limited = read_rules(
        [{"days": ["mo", "ph"], "start": "06:00", "end": "10:00", "max_weight_t": 19}]
    )
    bays = [
        one_bay(details=BayDetails(width_m=2.5, address="12 rue X", extra={"STV": "Nord"})),
        one_bay(bay_id="2", rules=(), bay_type=BayType.PERMANENT),
        one_bay(bay_id="3", rules=limited),
    ]
    document = json.loads(cds_document(zones(bays), "Europe/Paris"))
    assert len(document["data"]["zones"]) == 3
    assert schemas.answer_faults("curbs", "/curbs/zones", 200, document) == []
    assert schemas.answer_faults("curbs", "/curbs/policies", 200, document) == []
