"""Orders as a DATEX II v3 TrafficRegulationPublication (CEN/TS 16157-11)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from geo.exports.datex2_conditions import exempted, location, restriction, validity
from geo.exports.datex2_names import COM, D2, TRO, XSI_TYPE, add, add_text
from geo.exports.regulation import Regulation, alike, binding_rules, check_forbids
from geo.words import Bay, TimeRule

MODEL_VERSION = "3"

COUNTRY = "fr"


def datex2(regulations: Sequence[Regulation], published_at: datetime) -> bytes:
    """Return a publication of orders, UTF-8; the same orders and instant give the same bytes.

    For each bay and each group of rules that differ by hours only there is one parking ban from which vehicles of
    city logistics are exempt, with the standing time they have; a rule that bans all has no exemption.

    Parameters
    ----------
    regulations
        At least one.
    published_at
        Aware.

    Raises
    ------
    NotExpressible
        A rule has a condition that DATEX II has no words for, or an order forbids nothing.
    """
    creators = sorted({regulation.insee for regulation in regulations})
    root = ET.Element(
        f"{{{D2}}}payload",
        {
            "modelBaseVersion": MODEL_VERSION,
            "lang": COUNTRY,
            XSI_TYPE: "tro:TrafficRegulationPublication",
            "id": f"aires-de-livraison-{'-'.join(creators)}"[:100],
        },
    )
    add(root, COM, "publicationTime", published_at.isoformat(timespec="seconds"))
    creator = add(root, COM, "publicationCreator")
    add(creator, COM, "country", COUNTRY)
    add(creator, COM, "nationalIdentifier", creators[0] if len(creators) == 1 else "airelib")
    orders = add(root, TRO, "trafficRegulationsFromCompetentAuthorities")
    for regulation in regulations:
        _add_order(orders, regulation)
    return _bytes(root)


def order_uuid(insee: str, regulation_id: str) -> str:
    """Return the identifier of an order, the same each time it is written."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"airelib:order:{insee}:{regulation_id}"))


def _add_order(orders: ET.Element, regulation: Regulation) -> None:
    check_forbids(regulation)
    order = add(orders, TRO, "trafficRegulationOrder")
    order.set("id", order_uuid(regulation.insee, regulation.regulation_id))
    order.set("version", "1")
    add_text(order, TRO, "description", regulation.title)
    add_text(order, TRO, "issuingAuthority", regulation.authority)
    add(order, TRO, "regulationId", regulation.regulation_id)
    add(order, TRO, "status", "planned" if regulation.is_draft else "madeAndImplemented")
    valid = add(order, TRO, "validityByOrder")
    add(valid, COM, "validityStatus", "definedByValidityTimeSpec")
    period = add(valid, COM, "validityTimeSpecification")
    add(period, COM, "overallStartTime", regulation.begin_at().isoformat())
    for bay in regulation.bays:
        for rules in alike(binding_rules(bay)):
            _add_regulation(order, regulation, bay, rules)


def _add_regulation(
    order: ET.Element, regulation: Regulation, bay: Bay, rules: Sequence[TimeRule]
) -> None:
    kind = restriction(bay, rules[0])
    if kind is None:
        return
    part = add(order, TRO, "trafficRegulation")
    add(part, TRO, "status", "scheduled" if regulation.is_draft else "active")
    part.append(kind)
    conditions = add(part, TRO, "condition")
    conditions.set(XSI_TYPE, "tro:ConditionSet")
    add(conditions, TRO, "operator", "and")
    conditions.append(validity(bay, rules, regulation))
    conditions.append(location(bay))
    exempt = exempted(bay, rules[0])
    if exempt is not None:
        conditions.append(exempt)


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
