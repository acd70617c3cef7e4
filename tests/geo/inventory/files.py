"""Builders of invented inventory files, as text of each format."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from geo.communes import CommuneOutline, read_communes
from geo.inventory.found import FoundInventory
from geo.inventory.read import ReadOptions, read_inventory
from geo.inventory.report import report
from tests.geo.places import collection, commune_feature, ring

LON, LAT = 2.6, 48.9
"""Near the invented communes 99001 (west) and 99002 (east)."""

COMMUNES: tuple[CommuneOutline, ...] = read_communes(
    collection(commune_feature("99001", 0, 0), commune_feature("99002", 1000, 0))
).communes


def at(x_m: float = 10.0, y_m: float = 10.0) -> tuple[float, float]:
    """Return the longitude and latitude of a metric offset in the invented communes."""
    lon, lat = ring(x_m, y_m)[0]
    return lon, lat


def table(rows: Sequence[Mapping[str, Any]], separator: str = ",", **writer: Any) -> str:
    """Return rows as CSV under the columns of the first."""
    text = io.StringIO()
    written = csv.DictWriter(
        text, list(rows[0]), delimiter=separator, lineterminator="\n", **writer
    )
    written.writeheader()
    written.writerows(rows)
    return text.getvalue()


def paris_row(x_m: float = 10.0, y_m: float = 10.0, **changed: str) -> dict[str, str]:
    """Return a row of Paris that is right in all respects, with some columns changed."""
    lon, lat = at(x_m, y_m)
    ranges = {f"Plage horaire {n}-{edge}": "" for n in (1, 2, 3) for edge in ("Début", "Fin")}
    return {
        "Régime prioritaire": "LIVRAISON",
        "Régime particulier": "ZL périodique",
        "Type de stationnement": "Longitudinal",
        "Arrondissement": "9",
        "Nombre places calculées": "1",
        "Nombre places réelles": "2",
        "Localisation stationnement": "Lincoln",
        "Numéro voie": "12",
        "Type voie": "RUE DE L'",
        "Nom voie": "EXEMPLE",
        "Complément numéro voie": "bis",
        "Parité": "Pair",
        "Longueur": "11.5",
        "Largeur": "2.0",
        "Signalisation horizontale": "Abimé",
        "Signalisation verticale": "Absente",
        "Conformité signalisation": "SH Non-conforme",
        **ranges,
        "Nouvel identifiant": "70001",
        "Ancien identifiant": "",
        "Code voie Ville de Paris": "9999",
        "Dernière modification": "2025-04-08",
        "geo_shape": json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        "geo_point_2d": f"{lat}, {lon}",
        **changed,
    }


def hauts_de_seine_row(x_m: float = 10.0, y_m: float = 10.0, **changed: str) -> dict[str, str]:
    """Return a row of Hauts-de-Seine with hours, with some columns changed."""
    lon, lat = at(x_m, y_m)
    return {
        "id": "99001007",
        "type": "LIVRAISON",
        "loc_num": "DROIT",
        "adresse": "7 RUE DE L'EXEMPLE",
        "cp": "99100",
        "commune": "COMMUNE 99001",
        "code_insee": "99001",
        "longueur": "12.0",
        "largeur": "0.0",
        "lim_vitesse": "0",
        "sens": "UNIQUE",
        "h_debut": "07:00",
        "h_fin": "13:00",
        "tonnage": "0.0",
        "geo_shape": json.dumps({"type": "Point", "coordinates": [lon, lat]}),
        "geo_point_2d": f"{lat},{lon}",
        **changed,
    }


def cerema_row(x_m: float = 10.0, y_m: float = 10.0, **changed: str) -> dict[str, str]:
    """Return a row of the national schema 1.0.0, with some columns changed."""
    lon, lat = at(x_m, y_m)
    return {
        "ARR_PRESENT": "oui",
        "ARR_URL": "https://example.org/arrete",
        "ACTIVE": "oui",
        "UUID": "7a0c7b0e-0d5e-5c0d-9d6f-3d2f4b1f0a01",
        "ID": "EX-1",
        "NOM": "99001_1",
        "DATE_MAJ": "2026-01-02T03:04:05Z",
        "LONGITUDE": f"{lon:.6f}",
        "LATITUDE": f"{lat:.6f}",
        "GEOM_WKT": "",
        "ADRESSE": "7 Rue de l'Exemple, 99100 Ici",
        "CODE_POSTAL": "99100",
        "COMMUNE": "Commune 99001",
        "DISPOSITION": "Parallèle",
        "PARITE_TROTTOIR": "Impair",
        "LOCALISATION": "Encoche",
        "LONGUEUR": "1200",
        "LARGEUR": "250",
        "MARQUAGE_ETAT": "Bon état",
        "MARQUAGE_CONFORMITE": "oui",
        "TYPE": "Aire périodique",
        "PANNEAU_PRESENT": "non",
        "PANNEAU_ETAT": "n/a",
        "DUREE_MAX": "30",
        "DUREE_CONTROLE": "disque horodateur",
        "TEMPORALITE_CDS": json.dumps(
            [
                {
                    "days_of_week": ["mon", "tue"],
                    "times_of_day": [["08:00", "12:00"], ["14:00", "19:00"]],
                }
            ]
        ),
        "TEMPORALITE_OSM": "Mo-Tu 08:00-12:00,14:00-19:00",
        "EQUIPEMENTS": "candélabre,borne recharge",
        "IRVE_PUISSANCE": "22",
        "ABAISSEMENT_TROTTOIR": "non",
        "COMMENTAIRE": "Devant la boulangerie",
        **changed,
    }


def old_cerema_row(**changed: str) -> dict[str, str]:
    """Return a row of the national schema 0.1.0 with both rules in one cell, with some columns changed."""
    lon, lat = at()
    return {
        "ID": "1",
        "COLL_NOM": "Ville d'Ici",
        "COLL_INSEE": "99001",
        "ARR_REF": "1045/23",
        "ARR_DATE": "2023-04-11",
        "ARR_OBJET": "Aires de livraison",
        "ARR_URL": "NA",
        "VEH_TONNAGE": "19 06:00-10:00; 3,5 10:00-19:00",
        "INTERV_JH": "NA",
        "INTERV_REGIME": "NA",
        "INTERV_DUREE": "NA",
        "INTERV_DISQUE": "NA",
        "EMPRISE_DESIGNATION": "Exemple (rue de l') au numéro 7",
        "EMPRISE_LONGUEUR": "12",
        "EMPRISE_LARGEUR": "",
        "STATIONNEMENT_TYPE": "En épi",
        "GEOM_XY": f"{lon},{lat}",
        "GEOM_WKT": "",
        **changed,
    }


def point_feature(x_m: float = 10.0, y_m: float = 10.0, **properties: Any) -> dict[str, Any]:
    """Return a feature that is a point."""
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": list(at(x_m, y_m))},
    }


def read(
    text: str | bytes | Mapping[str, Any], file_format: str = "auto", **options: Any
) -> FoundInventory:
    """Read an invented inventory; the counts of its report add up, with one reason for each refused row."""
    if isinstance(text, Mapping):
        text = json.dumps(text)
    data = text if isinstance(text, bytes) else text.encode()
    found = read_inventory(data, "invented", ReadOptions(file_format, **options))
    told = report(found)
    assert told["imported"] + told["merged"] + told["refused"] == told["rows"]
    rows = [*found.rows_of_bays, *(m.row for m in found.merged), *(r.row for r in found.refused)]
    assert sorted(rows) == list(range(1, found.rows + 1))
    assert len(found.rows_of_bays) == len(found.bays)
    return found
