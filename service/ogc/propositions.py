"""The collection of suggestions, for officers: the rule of each bay now and the one proposed, with what it would bring."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil, floor
from typing import Any

from service.api.answers import DECIMALS
from service.lifecycle import Status
from service.moments import utc_text
from service.ogc.collection import Collection, Found, Property, Reader, feature
from service.ogc.query import Asked
from service.ogc.rule_words import rules_fr
from service.ogc.space_time import Interval
from service.security import check_commune
from service.store.bays import Bbox
from service.store.pages import (
    Made,
    Selection,
    extent_of_bays,
    find_suggestion,
    page_of_suggestions,
)
from service.store.suggestions import DECISIONS

MAX_ID = 2**31 - 1
"""Identifiers of suggestions are smaller."""

LAST_S = int(datetime.max.replace(microsecond=0, tzinfo=UTC).timestamp())
"""Last whole second of the calendar."""

EFFECTS = (
    "unserved_per_day",
    "resident_hours_per_week",
    "double_park_min_per_day",
    "cut_short_per_day",
)
"""Expected changes that are shown, of the record's effect."""

PROPERTIES: Mapping[str, Property] = {
    "bay_id": Property("string", "Identifiant de l'aire."),
    "name": Property("string", "Nom de l'aire."),
    "commune": Property("string", "Code INSEE de la commune."),
    "decision": Property("string", "Ce que dit le moteur.", values=DECISIONS),
    "status": Property("string", "Où en est la proposition.", values=tuple(Status)),
    "grade": Property("string", "Degré de preuve, de A à D.", values=("A", "B", "C", "D")),
    "rule_now_fr": Property("string", "Règles en vigueur, en français."),
    "rules_new_fr": Property("string", "Règles proposées, en français."),
    "gain": Property("number", "Points gagnés par jour, en moyenne."),
    "gain_low": Property("number", "Borne basse de l'intervalle à 90 %."),
    "gain_high": Property("number", "Borne haute de l'intervalle à 90 %."),
    "p_gain": Property("number", "Probabilité que le changement vaille son coût."),
    **{
        name: Property("number", "Effet attendu, en moyenne : proposé moins actuel.")
        for name in EFFECTS
    },
    "needs_days": Property("integer", "Jours observés encore nécessaires pour décider."),
    "seen_days": Property("integer", "Jours observés."),
    "coverage": Property("number", "Part observée de la période, de 0 à 1."),
    "made_at": Property("string", "Calcul dont elle provient.", "date-time"),
    "adopted_on": Property("string", "Premier jour de la règle adoptée.", "date"),
}
"""Properties of a suggestion; what does not apply is null."""


class Suggestions:
    """Suggestions that stand, as features; each commune's only for its officers."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return the suggestions that a query asks for, of the communes of the key.

        Raises
        ------
        OutOfScope
            The query names a commune that is not the key's.
        """
        insee = asked.filters.get("commune")
        if reader.key is not None and insee is not None:
            check_commune(reader.key, insee)
        selection = Selection(asked.boxes, insee or _own(reader))
        made = _made(asked.interval)
        found = page_of_suggestions(reader.session, selection, made, asked.limit, asked.offset)
        return Found(found.matched, [_feature(row) for row in found.rows])

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a suggestion, or None.

        Raises
        ------
        OutOfScope
            It is of a commune that is not the key's.
        """
        if not re.fullmatch(r"[1-9][0-9]{0,9}", feature_id) or int(feature_id) > MAX_ID:
            return None
        row = find_suggestion(reader.session, int(feature_id))
        if row is None:
            return None
        if reader.key is not None:
            check_commune(reader.key, row["insee"])
        return _feature(row)

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all bays of the key's communes."""
        return extent_of_bays(reader.session, _own(reader))

    def time(self, reader: Reader) -> Interval | None:  # noqa: ARG002 - runs go on
        """Return an interval without ends: runs go on."""
        return Interval()


PROPOSITIONS = Collection(
    "propositions",
    "Propositions de règles",
    "Les propositions en cours, acceptées ou adoptées, avec leur effet attendu. Réservé aux agents : une clé d'agent de "
    "la commune est nécessaire, et la collection n'est listée qu'avec elle. Le temps est celui du calcul.",
    PROPERTIES,
    Suggestions(),
    ("commune",),
    needs_key=True,
)


def _own(reader: Reader) -> str | None:
    return None if reader.key is None else reader.key.insee


def _made(interval: Interval | None) -> Made:
    if interval is None:
        return Made()
    return Made(
        None if interval.from_s is None else _at(ceil(interval.from_s)),
        None if interval.to_s is None else _at(floor(interval.to_s)),
    )


def _at(at_s: int) -> datetime:
    return datetime.fromtimestamp(min(at_s, LAST_S), UTC)


def _feature(row: Mapping[str, Any]) -> dict[str, Any]:
    record = json.loads(row["record"])
    gain, effect = record["gain"] or {}, record["effect"] or {}
    properties = {
        "bay_id": row["bay_id"],
        "name": row["name"],
        "commune": row["insee"],
        "decision": row["decision"],
        "status": row["status"],
        "grade": row["grade"],
        "rule_now_fr": rules_fr(json.dumps(record["rule_now"])),
        "rules_new_fr": None
        if record["rules_new"] is None
        else rules_fr(json.dumps(record["rules_new"])),
        "gain": _rounded(row["gain"]),
        "gain_low": _rounded(gain.get("p05")),
        "gain_high": _rounded(gain.get("p95")),
        "p_gain": _rounded(row["p_gain"]),
        **{name: _rounded(effect[name]["mean"]) if effect else None for name in EFFECTS},
        "needs_days": record["needs_days"],
        "seen_days": record["seen_days"],
        "coverage": _rounded(record["coverage"]),
        "made_at": utc_text(int(row["made_at"].timestamp())),
        "adopted_on": None if row["adopted_on"] is None else row["adopted_on"].isoformat(),
    }
    return feature(str(row["id"]), json.loads(row["polygon"]), properties)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
