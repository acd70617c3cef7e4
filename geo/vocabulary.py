"""The words of the house in English and French: one table, from which the glossary and the screens are made."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

from geo.words import BayType, Day, VehicleClass

Language = Literal["fr", "en"]


@dataclass(frozen=True)
class Term:
    """One word, used in code and on screen for one thing."""

    english: str
    french: str
    meaning: str
    never: tuple[str, ...] = ()
    """Words that are not used for it."""


@dataclass(frozen=True)
class Label:
    """How a value of a closed list is shown."""

    fr: str
    en: str

    def of(self, language: Language) -> str:
        """Return the label in a language."""
        return self.fr if language == "fr" else self.en


TERMS = (
    Term(
        "bay",
        "aire de livraison",
        "kerbside polygon reserved for loading, with a capacity (CDS curb zone)",
        ("zone", "slot", "spot", "ROI"),
    ),
    Term(
        "capacity", "capacité (véhicules)", "vehicles that fit; also `length_m` of kerb", ("size",)
    ),
    Term("commune", "commune", "INSEE code, five characters (`2A004`); Paris is 75056", ("city",)),
    Term("camera", "caméra", "one fixed view", ("sensor",)),
    Term("device", "boîtier", "the computer that drives cameras and holds the key", ("node",)),
    Term(
        "calibration",
        "calibrage",
        "paired image and ground points that give the homography, with its residual in metres; "
        "image points are stored in 0..1 of the frame; a moved camera or a redrawn bay starts a new one, with its date",
        ("transform",),
    ),
    Term(
        "detection",
        "détection",
        "one vehicle box in one frame; never leaves the device",
        ("object",),
    ),
    Term("footprint", "emprise au sol", "the ground area a vehicle covers", ("anchor",)),
    Term(
        "stay",
        "stationnement",
        "one vehicle in one bay from arrival to departure (CDS session)",
        ("visit", "track"),
    ),
    Term(
        "coverage",
        "part observée",
        "share of a time in which the bay was really seen",
        ("quality",),
    ),
    Term("slot", "tranche", "half-open 15-minute local interval", ("bucket",)),
    Term(
        "occupancy", "taux d'occupation", "time-weighted share of capacity taken, 0..1", ("usage",)
    ),
    Term("turnover", "rotation", "stays begun per place and hour of seen time"),
    Term("dwell time", "durée", "length of a stay"),
    Term("unserved demand", "livraisons non servies", "arrivals that found no room (estimated)"),
    Term(
        "time rule",
        "règle horaire",
        "activity, vehicles, days, hours, maximum stay (CDS policy and rule)",
        ("schedule",),
    ),
    Term(
        "overstay",
        "dépassement",
        "stay longer than the rule's maximum: a statistic, never an offence",
        ("violation",),
    ),
    Term(
        "suggestion",
        "proposition",
        "change of a time rule with expected effect, interval, evidence, status",
        ("alert",),
    ),
    Term("effect", "effet", "measured before/after change, with control bays", ("impact",)),
    Term(
        "double parking",
        "double file",
        "a vehicle that stands in the lane beside a bay; seconds of it are counted, never which vehicle",
    ),
    Term("regulation order", "arrêté", "the legal act: outside the product; we write drafts of it"),
    Term(
        "exclusion",
        "période exclue",
        "a time of a bay or camera that an officer marked as not to be counted, with the reason",
    ),
    Term(
        "group",
        "intercommunalité",
        "an intercommunal body (EPCI) and its communes, by its SIREN, not an INSEE code",
    ),
    Term(
        "need",
        "besoin estimé",
        "deliveries a week expected of establishments by published ratios: a prior, never a measure",
    ),
    Term("officer", "agent logistique", "decides where and when bays should change", ("user",)),
    Term("planner", "gestionnaire", "writes reports and orders, follows effects", ("user",)),
    Term("installer", "installateur", "puts up the camera and calibrates it", ("user",)),
)
"""Source: house rules, section "Words"; arbiters in order CDS 1.1, DATEX II / DiaLog, Cerema's schema, French usage."""

VEHICLE_CLASS_LABELS = {
    VehicleClass.VAN: Label("utilitaire léger", "van"),
    VehicleClass.TRUCK: Label("poids lourd", "truck"),
    VehicleClass.CAR: Label("voiture", "car"),
    VehicleClass.TWO_WHEELER: Label("deux-roues", "two-wheeler"),
    VehicleClass.OTHER: Label("autre", "other"),
}

BAY_TYPE_LABELS = {
    BayType.PERIODIC: Label("aire périodique", "part-time bay"),
    BayType.PERMANENT: Label("aire permanente", "permanent bay"),
    BayType.GOODS_ZONE: Label("zone marchandises", "goods zone"),
}
"""French: Cerema schema-aire-livraison 1.0.0, column TYPE."""

DAY_LABELS = {
    Day.MO: Label("lun.", "Mon"),
    Day.TU: Label("mar.", "Tue"),
    Day.WE: Label("mer.", "Wed"),
    Day.TH: Label("jeu.", "Thu"),
    Day.FR: Label("ven.", "Fri"),
    Day.SA: Label("sam.", "Sat"),
    Day.SU: Label("dim.", "Sun"),
    Day.PH: Label("jours fériés", "public holidays"),
}

UNSEEN_REASON_LABELS = {
    "hidden": Label("masquée", "hidden"),
    "too_small": Label("trop petite à l'image", "too small in the picture"),
    "outside": Label("hors du cadre", "outside the frame"),
    "dark": Label("trop sombre", "too dark"),
    "frozen": Label("image figée", "picture frozen"),
    "no_picture": Label("pas d'image", "no picture"),
    "starting": Label("démarrage", "starting"),
    "blurred": Label("image floue", "picture blurred"),
    "blocked": Label("objectif masqué", "lens blocked"),
    "shifted": Label("caméra déplacée", "camera shifted"),
    "unsure": Label("image ambiguë", "picture ambiguous"),
    "dirty": Label("objectif sale", "lens dirty"),
    "camera_lost": Label("caméra muette", "camera lost"),
    "power": Label("coupure de courant", "power cut"),
    "offline": Label("aucune nouvelle du boîtier", "no news from the device"),
    "unreported": Label("aucun relevé", "no report"),
    "excluded": Label("période exclue", "period excluded"),
    "other": Label("autre raison", "other reason"),
}
"""Why a bay was not seen; the French agrees with *aire*.

The last three are the service's own: time of which no report tells, time an officer took out, and every reason
of a device that is not listed, or none.
"""


def unseen_reason(told: str) -> str:
    """Return the reason under which one told by a device is counted: itself, or ``other`` where it is not listed."""
    return told if told in UNSEEN_REASON_LABELS else "other"


def unseen_reason_label(reason: str, language: Language) -> str:
    """Return how a reason for unseen time is shown."""
    return UNSEEN_REASON_LABELS[unseen_reason(reason)].of(language)


def glossary() -> str:
    """Return the glossary as a Markdown page."""
    rows = [f"| {t.english} | {t.french} | {t.meaning} | {', '.join(t.never)} |" for t in TERMS]
    return "\n".join(
        [
            "# Glossary",
            "",
            "One word for one thing, in the code and on screen. This page is generated from `geo/vocabulary.py`:",
            "`python -m geo.vocabulary > docs/glossary.md`.",
            "",
            "| term | French on screen | meaning | never called |",
            "|---|---|---|---|",
            *rows,
            "",
            "## Values",
            "",
            "| value | French | English |",
            "|---|---|---|",
            *_value_rows(),
            "",
        ]
    )


def _value_rows() -> list[str]:
    tables: list[dict[str, Label]] = [
        {str(value.value): label for value, label in VEHICLE_CLASS_LABELS.items()},
        {str(value.value): label for value, label in BAY_TYPE_LABELS.items()},
        {str(value.value): label for value, label in DAY_LABELS.items()},
        UNSEEN_REASON_LABELS,
    ]
    return [
        f"| `{value}` | {label.fr} | {label.en} |"
        for table in tables
        for value, label in table.items()
    ]


if __name__ == "__main__":
    sys.stdout.write(glossary())
