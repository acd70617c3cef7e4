"""Reader of CDS 1.0 and 1.1 curb zones with their policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from geo.bay_details import Arrangement, BayDetails
from geo.errors import RowRefused
from geo.inventory.addresses import parity_of
from geo.inventory.cells import Row, plain
from geo.inventory.cerema_tail import read_tail
from geo.inventory.cerema_words import TYPES
from geo.inventory.codes import Reason, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, type_of
from geo.inventory.json_rows import as_text, value_row
from geo.inventory.shapes import row_geometry
from geo.rule_languages.cds import read_policies_with_notes
from geo.words import TimeRule, is_insee

ZONES, POLICIES = "zones", "policies"

LOADING = frozenset({"loading", "unloading"})
"""Activities of a delivery bay (CDS 1.1, Curbs API, Rule.activity)."""

CM_PER_M, MS_PER_S = 100.0, 1000

OWN_ATTRIBUTE = "airelib"
"""Custom attribute in which our own export keeps what CDS has no field for, as JSON text."""

OWN_NAMES = frozenset({"insee", "bay_type", "code_insee", "type_aire", OWN_ATTRIBUTE})
"""Attributes that say the commune and the type."""

LISTS = frozenset({"equipment", "estimated"})
"""Details that our own feed joins with commas in one attribute."""

USED = frozenset(
    {
        "curb_zone_id",
        "geometry",
        "curb_policy_ids",
        "published_date",
        "last_updated_date",
        "start_date",
        "name",
        "user_zone_id",
        "length",
        "width",
        "num_spaces",
        "parking_angle",
        "street_name",
        "address_number",
        "available",
        "custom_attributes",
        "prev_policies",
        "prev_curb_zone_ids",
    }
)


@dataclass(frozen=True)
class Curbs:
    """Zones and policies of one document or several."""

    zones: tuple[Mapping[str, Any], ...]
    policies: Mapping[str, Mapping[str, Any]]
    time_zone: str = "Europe/Paris"
    version: str = "1.1"


def is_curbs(document: Any) -> bool:
    """Tell whether a JSON document holds CDS zones or policies."""
    return any(name in part for part in _parts(document) for name in (ZONES, POLICIES))


def curbs_of(document: Any) -> Curbs:
    """Return the zones and policies of a CDS answer, or of a list of answers."""
    zones: list[Mapping[str, Any]] = []
    policies: dict[str, Mapping[str, Any]] = {}
    feed: dict[str, str] = {}
    for part in _parts(document):
        zones += [zone for zone in _list(part.get(ZONES)) if isinstance(zone, Mapping)]
        for policy in _list(part.get(POLICIES)):
            if isinstance(policy, Mapping):
                policies[str(policy.get("curb_policy_id"))] = policy
        feed |= {
            name: part[name] for name in ("time_zone", "version") if isinstance(part.get(name), str)
        }
    return Curbs(tuple(zones), policies, **feed)


def rows_of(curbs: Curbs) -> Iterator[Row | tuple[int, RowRefused]]:
    """Yield the zones as rows."""
    for number, zone in enumerate(curbs.zones, start=1):
        geometry = zone.get("geometry")
        if isinstance(geometry, Mapping) and geometry.get("type") == "Feature":
            geometry = geometry.get("geometry")
        try:
            yield value_row(number, zone, geometry)
        except RowRefused as refusal:
            yield number, refusal


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a zone is and where it lies; its local identifier outlives a change of geometry."""
    del ledger
    attributes = _attributes(row)
    code = attributes.get("insee") or attributes.get("code_insee") or ""
    bay_id = row.text("user_zone_id") or row.text("curb_zone_id")
    return Place(row.row, bay_id, row_geometry(row), code if is_insee(code) else None)


def say(row: Row, ledger: Ledger, curbs: Curbs) -> Said:
    """Return what a zone and its policies say of a bay; a zone without loading is none."""
    rules = _rules(row, ledger, curbs)
    attributes = _attributes(row)
    named = TYPES.get(plain(attributes.get("bay_type") or attributes.get("type_aire") or ""))
    spaces, length = row.positive("num_spaces"), row.positive("length")
    number, street = row.text("address_number"), row.text("street_name")
    said = Said(
        name=row.text("name") or "",
        length_m=None if length is None else length / CM_PER_M,
        capacity=None if spaces is None else round(spaces),
        bay_type=named or type_of(rules),
        rules=rules,
        details=_details(row, attributes),
        street=street,
        side=row.text("street_side") or parity_of(number),
    )
    own = attributes.get(OWN_ATTRIBUTE)
    return read_tail(own, OWN_ATTRIBUTE).applied(said) if own else said


def _details(row: Row, attributes: Mapping[str, str]) -> dict[str, Any]:
    """Return the details of a zone; our own feed gives those that CDS has no field for as attributes."""
    address = [part for part in (row.text("address_number"), row.text("street_name")) if part]
    width = row.positive("width")
    is_own = "bay_type" in attributes
    told = {
        name: tuple(text.split(",")) if name in LISTS else text
        for name, text in attributes.items()
        if name in BayDetails.model_fields
    }
    foreign = {
        name: text
        for name, text in attributes.items()
        if name not in {*BayDetails.model_fields, *OWN_NAMES}
    }
    said = {
        "address": " ".join(address) or None,
        "width_m": None if width is None else width / CM_PER_M,
        "arrangement": _arrangement(row),
        "is_active": row.boolean("available"),
        "surveyed_at": None if is_own else _instant(row.number("last_updated_date")),
        "source_uuid": None if is_own else row.text("curb_zone_id"),
        "extra": foreign if is_own else row.rest(USED) | foreign,
    }
    return said | told


def _rules(row: Row, ledger: Ledger, curbs: Curbs) -> tuple[TimeRule, ...]:
    wanted = [str(name) for name in _list(row.given.get("curb_policy_ids"))]
    found = [curbs.policies[name] for name in wanted if name in curbs.policies]
    if len(found) < len(wanted) or not wanted:
        ledger.warn(
            row.row,
            Warn.NO_POLICY,
            f"{len(wanted) - len(found)} of {len(wanted)} policies of the zone are not in the file: "
            + ("its hours are unknown" if not found else "its other policies were read"),
        )
    if not found:
        return (PERMANENT_RULE,) if not wanted else ()
    if not any(_activities(policy) & LOADING for policy in found):
        raise RowRefused(
            Reason.NOT_A_DELIVERY_BAY,
            f"its policies say {', '.join(sorted({name for p in found for name in _activities(p)})) or 'nothing'}: "
            "wanted loading or unloading",
        )
    read = read_policies_with_notes(found, curbs.time_zone, curbs.version)
    for note in read.notes:
        ledger.warn(row.row, Warn.LEFT_OUT, note)
    return read.rules


def _activities(policy: Mapping[str, Any]) -> set[str]:
    return {
        str(rule.get("activity"))
        for rule in _list(policy.get("rules"))
        if isinstance(rule, Mapping)
    }


def _attributes(row: Row) -> dict[str, str]:
    """Return the custom attributes of a zone: CDS wants text, others write numbers too."""
    found = row.given.get("custom_attributes")
    return {str(k): as_text(v) for k, v in found.items()} if isinstance(found, Mapping) else {}


def _arrangement(row: Row) -> Arrangement | None:
    word = row.word("parking_angle")
    return Arrangement(word) if word in set(Arrangement) else None


def _instant(at_ms: float | None) -> datetime | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / MS_PER_S, UTC)


def _parts(document: Any) -> list[Mapping[str, Any]]:
    """Return the objects that may hold zones or policies: the document, its ``data``, or those of a list."""
    documents = document if isinstance(document, list) else [document]
    return [
        part
        for item in documents
        if isinstance(item, Mapping)
        for part in (item, item.get("data"))
        if isinstance(part, Mapping)
    ]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
