"""The words of the national schema for values of a closed list (Cerema schema-aire-livraison 1.0.0)."""

from __future__ import annotations

from geo.bay_details import Arrangement, Parity, Placement, State
from geo.words import BayType, Control

COLUMNS = (
    "ARR_PRESENT",
    "ARR_URL",
    "ACTIVE",
    "UUID",
    "ID",
    "NOM",
    "DATE_MAJ",
    "LONGITUDE",
    "LATITUDE",
    "GEOM_WKT",
    "ADRESSE",
    "CODE_POSTAL",
    "COMMUNE",
    "DISPOSITION",
    "PARITE_TROTTOIR",
    "LOCALISATION",
    "LONGUEUR",
    "LARGEUR",
    "MARQUAGE_ETAT",
    "MARQUAGE_CONFORMITE",
    "TYPE",
    "PANNEAU_PRESENT",
    "PANNEAU_ETAT",
    "DUREE_MAX",
    "DUREE_CONTROLE",
    "TEMPORALITE_CDS",
    "TEMPORALITE_OSM",
    "EQUIPEMENTS",
    "IRVE_PUISSANCE",
    "ABAISSEMENT_TROTTOIR",
    "COMMENTAIRE",
)
"""The 31 columns, in the order of the schema."""

YES, NO = "oui", "non"

ARRANGEMENTS = {
    Arrangement.PERPENDICULAR: "bataille",
    Arrangement.ANGLED: "épi",
    Arrangement.PARALLEL: "parallèle",
}

PARITIES = {Parity.ODD: "impair", Parity.EVEN: "pair", Parity.UNKNOWN: "inconnu"}

PLACEMENTS = {
    Placement.CARRIAGEWAY: "chaussée",
    Placement.RECESS: "encoche",
    Placement.MEDIAN: "terre-plein",
    Placement.PEDESTRIAN_AREA: "aire piétonne",
    Placement.CAR_PARK: "parking",
}

MARKING_STATES = {State.GOOD: "bon état", State.DEGRADED: "dégradé", State.ABSENT: "absent"}

SIGN_STATES = {State.GOOD: "bon état", State.DEGRADED: "dégradé", State.NOT_APPLICABLE: "n/a"}

TYPES = {
    BayType.PERIODIC: "aire périodique",
    BayType.PERMANENT: "aire permanente",
    BayType.GOODS_ZONE: "zone marchandises",
}

CONTROLS = {
    Control.CAMERA: "caméra",
    Control.SENSOR: "capteur",
    Control.DISC: "disque horodateur",
    Control.OTHER: "autre",
}

EQUIPMENT = (
    "candélabre",
    "capteur sol",
    "capteur caméra",
    "borne recharge",
    "borne escamotable",
    "pas d'équipement",
)
