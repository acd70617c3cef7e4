"""Bays as flat rows for desktop GIS and table engines, each column with its French title and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from shapely import Polygon

from geo.exports import cerema_words as words
from geo.rule_text import rules_text
from geo.words import Bay, FoundBay


@dataclass(frozen=True)
class Column:
    """A column of a flat file."""

    name: str
    dtype: str
    """Of pandas; every one can hold a missing value, but for those of the figures that each bay has."""
    title: str
    meaning: str


COLUMNS = (
    Column("bay_id", "string", "Identifiant", "Identifiant de l'aire, unique dans le fichier"),
    Column("commune", "string", "Code INSEE", "Code INSEE de la commune ; vide si inconnue"),
    Column("name", "string", "Nom", "Nom de l'aire"),
    Column("bay_type", "string", "Type (code)", "periodic, permanent ou goods_zone"),
    Column("bay_type_text", "string", "Type", "Type d'aire, dans les mots du schéma national"),
    Column("length_m", "float64", "Longueur (m)", "Longueur de bordure, en mètres"),
    Column("width_m", "float64", "Largeur (m)", "Largeur mesurée, en mètres"),
    Column("capacity", "int64", "Places", "Nombre de véhicules qui tiennent"),
    Column("rules_text", "string", "Règle", "Règle horaire en toutes lettres"),
    Column("address", "string", "Adresse", "Adresse de l'aire"),
    Column("postal_code", "string", "Code postal", "Code postal"),
    Column("arrangement", "string", "Disposition", "bataille, épi ou parallèle"),
    Column("placement", "string", "Localisation", "Place dans la rue"),
    Column("parity", "string", "Côté", "Côté de la rue : pair, impair ou inconnu"),
    Column("marking_state", "string", "Marquage", "État du marquage au sol"),
    Column("sign_present", "boolean", "Panneau", "Présence d'un panneau"),
    Column("order_present", "boolean", "Arrêté", "Présence d'un arrêté"),
    Column("order_ref", "string", "Arrêté (référence)", "Référence de l'arrêté"),
    Column("order_url", "string", "Arrêté (lien)", "Adresse internet de l'arrêté"),
    Column("is_active", "boolean", "Active", "Aire en service"),
    Column("estimated", "string", "Estimé", "Ce que la source ne disait pas et qui a été estimé"),
    Column("rules", "string", "Règle (JSON)", "Règles horaires, tableau JSON, sans perte"),
    Column("details", "string", "Détails (JSON)", "Autres attributs, objet JSON, sans perte"),
)
"""Columns beside the geometry, in order; ``rules`` and ``details`` hold all, the others are for people."""


def flat_rows(bays: Iterable[Bay | FoundBay]) -> list[dict[str, Any]]:
    """Return a row for each bay, by column; None is unknown."""
    return [_row(bay) for bay in bays]


def outlines(bays: Iterable[Bay | FoundBay]) -> list[Polygon]:
    """Return the polygons of bays, longitude then latitude, WGS 84."""
    return [Polygon(bay.polygon_lonlat) for bay in bays]


def _row(bay: Bay | FoundBay) -> dict[str, Any]:
    details = bay.details
    told = {
        "bay_id": bay.bay_id,
        "commune": bay.commune,
        "name": bay.name,
        "bay_type": bay.bay_type.value,
        "bay_type_text": words.TYPES[bay.bay_type],
        "length_m": bay.length_m,
        "width_m": details.width_m,
        "capacity": bay.capacity,
        "rules_text": rules_text(bay.rules, "fr"),
        "address": details.address,
        "postal_code": details.postal_code,
        "arrangement": details.arrangement and words.ARRANGEMENTS[details.arrangement],
        "placement": details.placement and words.PLACEMENTS[details.placement],
        "parity": details.parity and words.PARITIES[details.parity],
        "marking_state": details.marking_state and words.MARKING_STATES.get(details.marking_state),
        "sign_present": details.sign_present,
        "order_present": details.order_present,
        "order_ref": details.order_ref,
        "order_url": details.order_url,
        "is_active": details.is_active,
        "estimated": ", ".join(details.estimated) or None,
        "rules": _json([rule.model_dump(mode="json") for rule in bay.rules]),
        "details": _json(details.model_dump(mode="json")),
    }
    return {column.name: told[column.name] for column in COLUMNS}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
