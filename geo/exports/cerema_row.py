"""One bay as a row of the national schema, and in words what the row has no column for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import numpy as np
from shapely import MultiPoint, Polygon

from geo.bay_details import BayDetails, Guess, State
from geo.crs import metric_crs, to_lonlat, to_metric
from geo.exports import cerema_words as words
from geo.exports.cerema_rules import rule_columns, rule_words
from geo.words import Bay, FoundBay, curb_zone_id

DECIMALS = 6
"""Decimals of a degree (schema-aire-livraison 1.0.0, column GEOM_WKT)."""

CORNERS = 5
"""Points of the ring of GEOM_WKT, the last equal to the first (same source)."""

LENGTH_CM, WIDTH_CM, POWER_KW = (100, 10_000), (100, 1000), (1, 4500)
"""Least and greatest value of LONGUEUR, LARGEUR and IRVE_PUISSANCE (same source)."""

ADDRESS_CHARS = "a-zA-Z0-9\\-\N{EN DASH}'\N{RIGHT SINGLE QUOTATION MARK}«»°\"\\sÀ-ÿ(),."
"""Characters that ADRESSE may hold, as within the brackets of a pattern (same source)."""

WRITTEN_OTHERWISE = str.maketrans({"/": "-", "œ": "oe", "Œ": "OE"})
"""Characters of French addresses that ADRESSE may not hold, and what stands for them."""

POSTAL_CODE = r"^([013-9]\d|2[AB1-9])\d{3}$"
"""Form of CODE_POSTAL (same source); Corsican codes, which begin with 20, do not have it."""

GUESSES = {
    Guess.POSITION: "position",
    Guess.ORIENTATION: "orientation",
    Guess.LENGTH: "longueur",
    Guess.WIDTH: "largeur",
    Guess.CAPACITY: "nombre de places",
    Guess.HOURS: "heures",
    Guess.DAYS: "jours",
}
"""How what was estimated is named in COMMENTAIRE."""


def cerema_row(bay: Bay | FoundBay) -> dict[str, str]:
    """Return the cells of a bay by column, not yet made safe for spreadsheets; an empty cell is unknown."""
    details = bay.details
    lon, lat = _centre(bay)
    told = {
        **_identity(bay),
        "ARR_PRESENT": _yes_no(details.order_present),
        "ARR_URL": details.order_url if _is_url(details.order_url) else "",
        "ACTIVE": _yes_no(details.is_active),
        "DATE_MAJ": _utc(details),
        "LONGITUDE": f"{lon:.{DECIMALS}f}",
        "LATITUDE": f"{lat:.{DECIMALS}f}",
        "GEOM_WKT": _wkt(bay),
        "ADRESSE": _address(details.address),
        "CODE_POSTAL": _matching(POSTAL_CODE, details.postal_code),
        "COMMUNE": details.commune_name,
        "DISPOSITION": _word(words.ARRANGEMENTS, details.arrangement),
        "PARITE_TROTTOIR": _word(words.PARITIES, details.parity),
        "LOCALISATION": _word(words.PLACEMENTS, details.placement),
        "LONGUEUR": _whole_cm(bay.length_m, LENGTH_CM),
        "LARGEUR": _whole_cm(details.width_m, WIDTH_CM),
        "MARQUAGE_ETAT": _word(words.MARKING_STATES, details.marking_state),
        "MARQUAGE_CONFORMITE": _yes_no(details.marking_conforms),
        "TYPE": words.TYPES[bay.bay_type],
        "PANNEAU_PRESENT": _yes_no(details.sign_present),
        "PANNEAU_ETAT": _word(words.SIGN_STATES, details.sign_state),
        **rule_columns(bay),
        "EQUIPEMENTS": ",".join(item for item in details.equipment if item in words.EQUIPMENT),
        "IRVE_PUISSANCE": _number_within(details.charging_kw, POWER_KW),
        "ABAISSEMENT_TROTTOIR": _yes_no(details.dropped_kerb),
        "COMMENTAIRE": " ; ".join(_comments(bay)),
    }
    return {column: told[column] or "" for column in words.COLUMNS}


def _identity(bay: Bay | FoundBay) -> dict[str, str]:
    return {
        "UUID": _uuid(bay.details.source_uuid) or zone_uuid(bay),
        "ID": bay.bay_id,
        "NOM": bay.name if re.fullmatch(r"\w{5,9}_\d+", bay.name) else _coded_name(bay),
    }


def zone_uuid(bay: Bay | FoundBay) -> str:
    """Return the identifier of a bay's curb zone, by which it is known where its source has none."""
    return str(curb_zone_id(bay.commune or "", bay.bay_id))


def _uuid(text: str | None) -> str:
    try:
        return str(UUID(text or ""))
    except ValueError:
        return ""


def _coded_name(bay: Bay | FoundBay) -> str:
    """Return commune and number as the schema wants them, ``92024_46``; the name where there is no number."""
    number = re.search(r"\d+$", bay.bay_id.removeprefix(bay.commune or ""))
    return f"{bay.commune}_{int(number.group())}" if bay.commune and number else bay.name


def _comments(bay: Bay | FoundBay) -> Iterable[str]:
    """Yield in plain French what has no column; the bay's own comment first, as it is."""
    details = bay.details
    if details.comment:
        yield details.comment
    if bay.name not in {"", details.address, _identity(bay)["NOM"]}:
        yield f"Nom : {bay.name}"
    yield f"Places : {bay.capacity}"
    other = [item for item in details.equipment if item not in words.EQUIPMENT]
    if other:
        yield f"Autre équipement : {', '.join(other)}"
    if details.order_ref or details.order_on:
        on = f" du {details.order_on:%d/%m/%Y}" if details.order_on else ""
        yield f"Arrêté {details.order_ref or ''}".rstrip() + on
    if details.sign_state is State.ABSENT and details.sign_present is not False:
        yield "Panneau absent"
    yield from rule_words(bay)
    if len(bay.polygon_lonlat) != CORNERS:
        yield "GEOM_WKT : rectangle qui entoure l'emprise"
    guessed = [GUESSES[item] for item in details.estimated]
    if guessed:
        yield f"Estimé : {', '.join(guessed)}"


def _centre(bay: Bay | FoundBay) -> tuple[float, float]:
    point = Polygon(bay.polygon_lonlat).centroid
    return point.x, point.y


def _wkt(bay: Bay | FoundBay) -> str:
    ring = bay.polygon_lonlat
    if len(ring) != CORNERS:
        ring = _around(ring)
    points = ", ".join(f"{lon:.{DECIMALS}f} {lat:.{DECIMALS}f}" for lon, lat in ring)
    return f"POLYGON(({points}))"


def _around(ring: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    """Return the smallest rectangle around a ring, counter-clockwise and closed."""
    crs = metric_crs(*ring[0])
    hull: Any = MultiPoint(to_metric(np.array(ring), crs)).minimum_rotated_rectangle
    corners = to_lonlat(np.array(hull.exterior.normalize().coords), crs)
    outline = Polygon(corners)
    points = corners if outline.exterior.is_ccw else corners[::-1]
    return tuple((float(lon), float(lat)) for lon, lat in points)


def _utc(details: BayDetails) -> str:
    if details.surveyed_at is None:
        return ""
    return details.surveyed_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _address(text: str | None) -> str:
    """Return an address with the characters that the schema refuses replaced: ``13/15`` becomes ``13-15``."""
    return re.sub(f"[^{ADDRESS_CHARS}]+", " ", (text or "").translate(WRITTEN_OTHERWISE)).strip()


def _is_url(text: str | None) -> bool:
    parts = urlsplit(text or "")
    return bool(parts.scheme and parts.netloc) and re.fullmatch(r"[!-~]+", text or "") is not None


def _matching(pattern: str, text: str | None) -> str:
    return text if text and re.match(pattern, text) else ""


def _word(table: Mapping[Any, str], value: Any) -> str:
    return "" if value is None else table.get(value, "")


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - it is what is written
    return "" if value is None else words.YES if value else words.NO


def _whole_cm(length_m: float | None, within: tuple[int, int]) -> str:
    return "" if length_m is None else _number_within(round(100 * length_m), within)


def _number_within(value: float | None, within: tuple[int, int]) -> str:
    least, most = within
    return "" if value is None or not least <= value <= most else f"{value:g}"
