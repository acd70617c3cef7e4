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
        "image points are stored in 0..1 of the frame",
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
    Term("regulation order", "arrêté", "the legal act: outside the product; we write drafts of it"),
    Term(
        "exclusion",
        "période exclue",
        "a time of a bay or camera that an officer marked as not to be counted, with the reason",
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
    "hidden": Label("cachée par un véhicule", "hidden by a vehicle"),
    "dark": Label("trop sombre", "too dark"),
    "blurred": Label("image floue ou objectif sale", "blurred picture or dirty lens"),
    "dirty": Label("image floue ou sale", "blurred or dirty picture"),
    "frozen": Label("image figée", "frozen picture"),
    "moved": Label("caméra déplacée", "camera moved"),
    "shifted": Label("caméra décalée : à recaler", "camera shifted: to be recalibrated"),
    "blocked": Label("vue masquée", "view blocked"),
    "unsure": Label("image ambiguë", "the picture is ambiguous"),
    "too_small": Label("trop loin pour voir", "too far to see"),
    "outside": Label("hors de l'image", "outside the picture"),
    "no_picture": Label("aucune image", "no picture"),
    "camera_lost": Label("caméra muette", "camera lost"),
    "power": Label("coupure de courant", "power cut"),
    "offline": Label("aucune nouvelle du boîtier", "no news from the device"),
    "starting": Label("démarrage", "starting"),
    "excluded": Label("période exclue", "period excluded"),
    "other": Label("autre raison", "other reason"),
}
"""Why a bay was not seen; a reason of a foreign device that is not listed is shown as ``other``."""


def unseen_reason_label(reason: str, language: Language) -> str:
    """Return how a reason for unseen time is shown."""
    return UNSEEN_REASON_LABELS.get(reason, UNSEEN_REASON_LABELS["other"]).of(language)


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
