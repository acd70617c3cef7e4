"""Reader of the open data of Paris, ``stationnement-voie-publique-emplacements``, rows LIVRAISON."""

from __future__ import annotations

from typing import Any

from geo.bay_details import Arrangement, Guess, Placement, State
from geo.errors import InvalidTimeRule, RowRefused
from geo.inventory.cells import Row, plain, read_instant, shown
from geo.inventory.cerema_words import PARITIES
from geo.inventory.codes import Reason, Repair, Warn
from geo.inventory.draft import Ledger, Place, Said
from geo.inventory.hours import PERMANENT_RULE, clock, limited, united, window
from geo.inventory.measures import size_of
from geo.inventory.shapes import open_data_shape
from geo.rules import ALL_DAYS, WEEK
from geo.words import BayType, Day, TimeRule

COLUMNS = frozenset({"regime_particulier", "nouvel_identifiant", "ancien_identifiant"})
"""Columns by which the file is known."""

PARIS = "75056"

MAX_STAY_MIN = 30
"""Longest stop for a delivery.

Source: joint arrêté of the Mairie de Paris and the Préfecture de police of 9 August 2016 on deliveries.
"""

SHARED_DAYS = WEEK[:-1]
SHARED_HOURS = ("07:00", "20:00")
"""Days (public holidays left out) and hours in which shared bays are reserved (same source); Paris alone."""

SHARED_RULES = window(SHARED_DAYS, *SHARED_HOURS, max_stay_min=MAX_STAY_MIN)
ALL_DAY_RULES = limited([PERMANENT_RULE], MAX_STAY_MIN)

DEFAULT_WIDTH_M = 2.0
"""Width on every one of the 9,198 rows: a default, not a measure."""

WOODS = {21: 12, 22: 16}
"""Numbers of the Bois de Vincennes and the Bois de Boulogne, and the arrondissements that they belong to."""

ARRONDISSEMENTS = range(1, 21)

TYPES = {"zl periodique": BayType.PERIODIC, "zl permanente": BayType.PERMANENT}
ARRANGEMENTS = {
    "longitudinal": Arrangement.PARALLEL,
    "epi": Arrangement.ANGLED,
    "bataille": Arrangement.PERPENDICULAR,
}
PLACEMENTS = {
    "chaussee": Placement.CARRIAGEWAY,
    "contre allee": Placement.CARRIAGEWAY,
    "lincoln": Placement.RECESS,
    "demi lincoln": Placement.RECESS,
    "faux lincoln": Placement.RECESS,
    "terre plein": Placement.MEDIAN,
    "contre terre plein": Placement.MEDIAN,
}
MARKINGS = {"presente": State.GOOD, "abime": State.DEGRADED, "absente": State.ABSENT}
SIGNS = {
    "absente": State.ABSENT,
    "avec panonceau": State.GOOD,
    "sans panonceau": State.GOOD,
    "abime": State.DEGRADED,
}
CONFORMS = {
    "conforme": True,
    "sv non conforme": True,
    "sh non conforme": False,
    "non conforme": False,
}
"""SH is the marking (signalisation horizontale), SV the sign (verticale)."""

SUFFIXES = frozenset({"bis", "ter", "quater", "b", "t", "q"})
"""Complements that belong to a house number; others are remarks."""

USED = frozenset(
    {
        "regime_prioritaire",
        "regime_particulier",
        "nouvel_identifiant",
        "geo_shape",
        "geo_point_2d",
        "longueur",
        "largeur",
        "type_de_stationnement",
        "parite",
    }
)
"""Columns whose whole meaning stands in a field; all others stay in ``details.extra`` too."""


def place(row: Row, ledger: Ledger) -> Place:
    """Return who a row is and where it lies."""
    del ledger
    new, old = row.text("nouvel_identifiant"), row.text("ancien_identifiant")
    bay_id = f"new:{new}" if new else f"old:{old}" if old else None
    return Place(row.row, bay_id, open_data_shape(row), PARIS, "Paris")


def say(row: Row, ledger: Ledger) -> Said:
    """Return what a row says of its bay; hours are those of the row, else those of the order of 2016."""
    regime = row.word("regime_prioritaire")
    if regime not in {None, "livraison"}:
        raise RowRefused(
            Reason.NOT_A_DELIVERY_BAY,
            f"Régime prioritaire is {shown(row.text('regime_prioritaire'))}: wanted LIVRAISON",
        )
    bay_type = TYPES.get(row.word("regime_particulier") or "")
    if bay_type is None:
        raise RowRefused(
            Reason.UNKNOWN_TYPE,
            f"Régime particulier is {shown(row.text('regime_particulier'))}: wanted ZL périodique or ZL permanente",
        )
    size = size_of(row, ("longueur",), ("largeur",), ledger)
    is_default = size.width_m in {None, DEFAULT_WIDTH_M}
    rules, guesses = _rules(row, bay_type, ledger)
    ledger.count("paris_rows_with_default_width", int(is_default))
    return Said(
        name=_address(row) or "",
        length_m=size.length_m,
        drawn_width_m=size.width_m or DEFAULT_WIDTH_M,
        capacity=int(
            row.positive("nombre_places_reelles") or row.positive("nombre_places_calculees") or 0
        )
        or None,
        bay_type=bay_type,
        rules=rules,
        details=_details(row, ledger) | {"width_m": None if is_default else size.width_m},
        guesses=guesses,
        street=row.text("code_voie_ville_de_paris", "nom_voie"),
        side=row.word("parite"),
    )


def facts(ledger: Ledger) -> None:
    """Write down once what holds for the whole file."""
    ledger.facts["width"] = (
        f"{DEFAULT_WIDTH_M} m on {ledger.facts.pop('paris_rows_with_default_width', 0)} rows is a default of the "
        "source and not a measure: used to draw, kept out of details.width_m"
    )
    ledger.facts["hours"] = (
        "rows without hours of their own have those of the joint arrêté of 9 August 2016: shared bays Monday to "
        f"Saturday {SHARED_HOURS[0]}-{SHARED_HOURS[1]} except public holidays, permanent bays always; "
        f"{MAX_STAY_MIN} minutes at most"
    )


def _rules(
    row: Row, bay_type: BayType, ledger: Ledger
) -> tuple[tuple[TimeRule, ...], frozenset[Guess]]:
    windows, is_joined = united(_windows(row, ledger))
    if not windows:
        return (SHARED_RULES if bay_type is BayType.PERIODIC else ALL_DAY_RULES), frozenset()
    ledger.count("rows_with_their_own_hours")
    if is_joined:
        ledger.repaired(
            row.row,
            Repair.HOURS,
            f"windows overlap: joined to {', '.join('-'.join(w) for w in windows)}",
        )
    days: tuple[Day, ...] = SHARED_DAYS if bay_type is BayType.PERIODIC else ALL_DAYS
    rules = [
        rule
        for start, end in windows
        for rule in window(days, start, end, max_stay_min=MAX_STAY_MIN)
    ]
    return tuple(rules), frozenset({Guess.DAYS})


def _windows(row: Row, ledger: Ledger) -> list[tuple[str, str]]:
    """Return the time ranges of a row that tell a window, twice the same one once."""
    found: dict[tuple[str, str], None] = {}
    for number in (1, 2, 3):
        start = row.text(f"plage_horaire_{number}_debut")
        end = row.text(f"plage_horaire_{number}_fin")
        if start is None and end is None:
            continue
        try:
            pair = (clock(start or ""), clock(end or ""))
        except InvalidTimeRule:
            pair = ("", "")
        if pair[0] == pair[1] or pair == ("00:00", "00:01"):
            ledger.warn(
                row.row,
                Warn.HOURS_UNREAD,
                f"Plage horaire {number} is {start!r} to {end!r}, which is no window: left aside",
            )
            continue
        found[pair] = None
    return list(found)


def _details(row: Row, ledger: Ledger) -> dict[str, Any]:
    sign = SIGNS.get(row.word("signalisation_verticale") or "")
    changed = row.text("derniere_modification")
    remark = row.text("complement_numero_voie")
    return {
        "address": _address(row),
        "commune_name": "Paris",
        "arrondissement": _arrondissement(row, ledger),
        "arrangement": ARRANGEMENTS.get(row.word("type_de_stationnement") or ""),
        "placement": PLACEMENTS.get(row.word("localisation_stationnement") or ""),
        "parity": PARITIES.get(row.word("parite") or ""),
        "marking_state": MARKINGS.get(row.word("signalisation_horizontale") or ""),
        "marking_conforms": CONFORMS.get(row.word("conformite_signalisation") or ""),
        "sign_present": None if sign is None else sign is not State.ABSENT,
        "sign_state": sign,
        "comment": remark.strip("* ") or None if remark and "*" in remark else None,
        "surveyed_at": read_instant(changed, "Dernière modification") if changed else None,
        "extra": row.rest(USED),
    }


def _arrondissement(row: Row, ledger: Ledger) -> str | None:
    value = row.number("arrondissement")
    if value is None:
        return None
    number = WOODS.get(int(value), int(value))
    if number != value:
        ledger.repaired(
            row.row,
            Repair.ARRONDISSEMENT,
            f"Arrondissement is {value:g}, which numbers a wood: taken as {number}",
        )
    return f"751{number:02d}" if number in ARRONDISSEMENTS else None


def _address(row: Row) -> str | None:
    kind, name = row.text("type_voie") or "", row.text("nom_voie") or ""
    street = f"{kind}{name}" if kind.endswith("'") else f"{kind} {name}"
    suffix = row.text("complement_numero_voie") or ""
    number = row.text("numero_voie") or ""
    parts = [number, suffix.lower() if plain(suffix) in SUFFIXES and number else "", street.strip()]
    return " ".join(part for part in parts if part) or None
