"""The collection of bays: each with its capacity, its rules in words and what inventories say of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geo.bay_details import BayDetails
from geo.vocabulary import BAY_TYPE_LABELS
from geo.words import BayType
from service.moments import utc_text
from service.ogc.collection import Collection, Found, Property, Reader, feature
from service.ogc.query import Asked
from service.ogc.rule_words import opening_hours, rules_fr
from service.ogc.space_time import Interval
from service.store.bays import Bbox
from service.store.pages import Selection, extent_of_bays, page_of_bays

LEFT_OUT = ("commune_name", "extra")
"""Details that are not shown: the commune's name is the official one, and columns of one source have no place here."""


def _details() -> dict[str, Property]:
    """Return a property for each attribute that inventories may give, as the model declares it."""
    declared = BayDetails.model_json_schema()
    shown = {}
    for name in BayDetails.model_fields:
        if name not in LEFT_OUT:
            said = declared["properties"][name]
            shown[name] = _detail(next(iter(said.get("anyOf", [said]))), declared["$defs"])
    return shown


def _detail(said: Mapping[str, Any], known: Mapping[str, Any]) -> Property:
    if "$ref" in said:
        values = known[said["$ref"].rsplit("/", 1)[1]]["enum"]
        return Property("string", "Attribut de l'inventaire.", values=tuple(values))
    if said["type"] == "array":
        return Property("string", "Attribut de l'inventaire, valeurs séparées par des virgules.")
    return Property(said["type"], "Attribut de l'inventaire.", said.get("format"))


PROPERTIES: Mapping[str, Property] = {
    "bay_id": Property("string", "Identifiant de l'aire."),
    "zone_id": Property("string", "Identifiant CDS (curb zone), un UUID."),
    "name": Property("string", "Nom de l'aire."),
    "commune": Property("string", "Code INSEE de la commune."),
    "commune_name": Property("string", "Nom de la commune."),
    "type": Property("string", "Type d'aire.", values=tuple(kind.value for kind in BayType)),
    "type_fr": Property("string", "Type d'aire, en français."),
    "capacity": Property("integer", "Véhicules qui y tiennent."),
    "length_m": Property("number", "Longueur en mètres."),
    "rules_fr": Property("string", "Règles horaires, en français."),
    "opening_hours": Property("string", "Règles horaires, en opening_hours (OSM)."),
    "published_at": Property("string", "Premier import de ce contour.", "date-time"),
    "updated_at": Property("string", "Dernier changement par un import.", "date-time"),
    **_details(),
}
"""Properties of a bay; what is unknown is null."""


class Bays:
    """Bays as features."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return the bays that a query asks for; they have no time, so any time matches."""
        selection = Selection(asked.boxes, asked.filters.get("commune"), asked.filters.get("type"))
        found = page_of_bays(reader.session, selection, asked.limit, asked.offset)
        return Found(found.matched, [_feature(row) for row in found.rows])

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a bay, or None."""
        found = page_of_bays(reader.session, Selection(bay_id=feature_id), 1, 0)
        return next((_feature(row) for row in found.rows), None)

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all bays."""
        return extent_of_bays(reader.session)

    def time(self, reader: Reader) -> Interval | None:  # noqa: ARG002 - bays have no time
        """Return None: bays have no time."""
        return None


AIRES = Collection(
    "aires",
    "Aires de livraison",
    "Les aires de livraison avec leur type, leur capacité, leurs règles horaires en toutes lettres et les attributs "
    "de l'inventaire. Un attribut inconnu est nul.",
    PROPERTIES,
    Bays(),
    ("commune", "type"),
)


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    details = json.loads(row["details"])
    known = {
        "bay_id": row["bay_id"],
        "zone_id": row["zone_id"],
        "name": row["name"],
        "commune": row["insee"],
        "commune_name": row["commune_name"],
        "type": row["bay_type"],
        "type_fr": BAY_TYPE_LABELS[BayType(row["bay_type"])].fr,
        "capacity": row["capacity"],
        "length_m": row["length_m"],
        "rules_fr": rules_fr(row["rules"]),
        "opening_hours": opening_hours(row["rules"]),
        "published_at": _instant(row["published_at"]),
        "updated_at": _instant(row["updated_at"]),
    }
    properties = {
        name: known[name] if name in known else _plain(details.get(name)) for name in PROPERTIES
    }
    return feature(row["bay_id"], json.loads(row["polygon"]), properties)


def _plain(value: Any) -> Any:
    """Return a detail as one value: a table in a desktop GIS has no lists."""
    return ", ".join(value) if isinstance(value, list) else value


def _instant(at: Any) -> str | None:
    return None if at is None else utc_text(int(at.timestamp()))
