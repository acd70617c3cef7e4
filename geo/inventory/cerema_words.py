"""Words of the national schema's closed lists, as readers meet them: any case, accents or not."""

from __future__ import annotations

from geo.bay_details import Arrangement, Parity, Placement, State
from geo.words import BayType, Control

ARRANGEMENTS = {
    "bataille": Arrangement.PERPENDICULAR,
    "en bataille": Arrangement.PERPENDICULAR,
    "epi": Arrangement.ANGLED,
    "en epi": Arrangement.ANGLED,
    "parallele": Arrangement.PARALLEL,
    "longitudinal": Arrangement.PARALLEL,
    "en creneau": Arrangement.PARALLEL,
}
PARITIES = {"impair": Parity.ODD, "pair": Parity.EVEN, "inconnu": Parity.UNKNOWN}
PLACEMENTS = {
    "chaussee": Placement.CARRIAGEWAY,
    "sur chaussee": Placement.CARRIAGEWAY,
    "encoche": Placement.RECESS,
    "terre plein": Placement.MEDIAN,
    "aire pietonne": Placement.PEDESTRIAN_AREA,
    "parking": Placement.CAR_PARK,
}
STATES = {
    "bon etat": State.GOOD,
    "degrade": State.DEGRADED,
    "absent": State.ABSENT,
    "n/a": State.NOT_APPLICABLE,
}
TYPES = {
    "aire periodique": BayType.PERIODIC,
    "periodique": BayType.PERIODIC,
    "aire permanente": BayType.PERMANENT,
    "permanente": BayType.PERMANENT,
    "zone marchandises": BayType.GOODS_ZONE,
    "periodic": BayType.PERIODIC,
    "permanent": BayType.PERMANENT,
    "goods zone": BayType.GOODS_ZONE,
}
CONTROLS = {
    "camera": Control.CAMERA,
    "capteur": Control.SENSOR,
    "disque horodateur": Control.DISC,
    "disque": Control.DISC,
    "autre": Control.OTHER,
}
"""Values of the columns DISPOSITION, PARITE_TROTTOIR, LOCALISATION, *_ETAT, TYPE and DUREE_CONTROLE.

Source: Cerema schema-aire-livraison 1.0.0; the other forms stand in files of version 0.1.0 or in other inventories.
"""
