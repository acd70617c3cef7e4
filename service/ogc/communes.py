"""The collection of communes with their outlines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from service.ogc.collection import Collection, Found, Property, Reader, feature
from service.ogc.query import Asked
from service.ogc.space_time import Interval
from service.store.bays import Bbox
from service.store.pages import Selection, extent_of_communes, groups_of, page_of_communes

PROPERTIES: Mapping[str, Property] = {
    "insee": Property("string", "Code INSEE."),
    "name": Property("string", "Nom."),
    "population": Property("integer", "Habitants."),
    "bays": Property("integer", "Nombre d'aires de livraison."),
    "time_zone": Property("string", "Fuseau horaire (base IANA)."),
    "groups": Property("string", "Groupements (EPCI), noms séparés par des virgules."),
    "group_sirens": Property("string", "SIREN de ces groupements."),
    "vintage": Property("integer", "Millésime du contour (code officiel géographique)."),
}
"""Properties of a commune; what is unknown is null."""


class Communes:
    """Communes as features."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return the communes that a query asks for; they have no time, so any time matches."""
        selection = Selection(asked.boxes, asked.filters.get("insee"))
        found = page_of_communes(reader.session, selection, asked.limit, asked.offset)
        return Found(found.matched, _features(reader, found.rows))

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a commune, or None."""
        found = page_of_communes(reader.session, Selection(insee=feature_id), 1, 0)
        return next(iter(_features(reader, found.rows)), None)

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all communes."""
        return extent_of_communes(reader.session)

    def time(self, reader: Reader) -> Interval | None:  # noqa: ARG002 - communes have no time
        """Return None: communes have no time."""
        return None


COMMUNES = Collection(
    "communes",
    "Communes",
    "Les communes connues du service, avec leur contour.",
    PROPERTIES,
    Communes(),
    ("insee",),
)


def _features(reader: Reader, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    groups = groups_of(reader.session, [row["insee"] for row in rows])
    return [_feature(row, groups[row["insee"]]) for row in rows]


def _feature(row: Mapping[str, Any], groups: Sequence[tuple[str, str]]) -> dict[str, Any]:
    known = {
        **row,
        "groups": ", ".join(name for _, name in groups) or None,
        "group_sirens": ", ".join(siren for siren, _ in groups) or None,
    }
    properties = {name: known[name] for name in PROPERTIES}
    return feature(row["insee"], json.loads(row["outline"]), properties)
