"""An inventory as one document of CDS 1.1 curb zones and their policies."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from geo.exports.lost import Tail, lost_text, tails_of
from geo.inventory.cds_zones import OWN_ATTRIBUTE
from geo.inventory.read import ReadOptions
from service.cds.answers import CURRENCY, FULL_VERSIONS
from service.cds.media import NEWEST
from service.cds.wire import plain
from service.cds.zone_object import zone_object
from service.cds.zones import Kerb
from service.store.zones import Zone


def cds_document(zones: Sequence[Zone], time_zone: str) -> bytes:
    """Return zones as they are now, with their policies, in the envelope of CDS; nothing of a bay is lost."""
    kerb = Kerb(zones, {}, time_zone)
    now = [span for span in kerb.spans if span.end_ms is None]
    objects = [plain(zone_object(kerb, span, span.updated_ms)) for span in now]

    def write(tails: Sequence[Tail]) -> bytes:
        told = [_with_tail(*one) for one in zip(objects, tails, strict=True)]
        return _document(kerb, told)

    return write(tails_of([span.bay for span in now], write, ReadOptions("cds")))


def _with_tail(zone: dict[str, Any], tail: Tail) -> dict[str, Any]:
    attributes = zone.get("custom_attributes", {})
    more = {OWN_ATTRIBUTE: lost_text(tail)} if tail else {}
    return {**zone, "custom_attributes": {**attributes, **more}}


def _document(kerb: Kerb, zones: Sequence[dict[str, Any]]) -> bytes:
    document = {
        "version": FULL_VERSIONS[NEWEST],
        "time_zone": kerb.time_zone,
        "last_updated": kerb.updated_ms,
        "currency": CURRENCY,
        "data": {"zones": list(zones), "policies": list(kerb.policies.values())},
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
