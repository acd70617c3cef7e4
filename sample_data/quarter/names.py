"""Names of the invented communes and of their streets."""

from __future__ import annotations

from dataclasses import dataclass

CRS = "EPSG:2154"
"""Lambert-93, metres."""

RIVER = "L'Ysière"


@dataclass(frozen=True)
class InventedCommune:
    """A commune that does not exist; codes 99xxx are foreign countries in INSEE's code officiel géographique."""

    insee: str
    name: str
    population: int
    centre_xy: tuple[float, float]
    """Town centre in EPSG:2154, metres."""
    town_radius_m: float
    grid_bearing_deg: float
    """Direction of its older streets, clockwise from north."""
    bays: int


COMMUNES = (
    InventedCommune("99001", "Valmorin", 41_200, (690_060.0, 6_862_130.0), 900.0, 78.0, 35),
    InventedCommune("99002", "Saint-Orvan", 23_800, (693_350.0, 6_862_900.0), 720.0, 52.0, 31),
    InventedCommune("99003", "Brissoles", 18_900, (687_050.0, 6_860_700.0), 680.0, 101.0, 29),
    InventedCommune("99004", "Champcleau", 9_400, (690_750.0, 6_865_250.0), 520.0, 64.0, 25),
    InventedCommune("99005", "Verneval", 27_600, (690_500.0, 6_858_700.0), 760.0, 86.0, 32),
    InventedCommune("99006", "Les Aubrelles", 6_100, (687_250.0, 6_864_250.0), 440.0, 118.0, 23),
    InventedCommune("99007", "Montfargeau", 14_700, (693_900.0, 6_859_700.0), 600.0, 33.0, 27),
    InventedCommune("99008", "Courcelange", 4_300, (683_900.0, 6_862_600.0), 400.0, 71.0, 21),
    InventedCommune("99009", "La Ferté-Ysière", 11_500, (684_300.0, 6_858_950.0), 560.0, 95.0, 26),
    InventedCommune(
        "99010", "Noirlieu-sur-Ysière", 7_800, (696_800.0, 6_861_300.0), 480.0, 47.0, 24
    ),
    InventedCommune("99011", "Villarçon", 5_200, (694_200.0, 6_866_000.0), 420.0, 110.0, 22),
)

STREET_NAMES = (
    "rue du Marché",
    "rue de la République",
    "rue des Tanneurs",
    "rue Pasteur",
    "rue Victor-Hugo",
    "rue de l'Église",
    "rue du Four",
    "rue des Lavandières",
    "rue Jean-Jaurès",
    "rue de la Poste",
    "rue des Écoles",
    "rue du Moulin",
    "rue de la Gare",
    "rue des Jardins",
    "rue Émile-Zola",
    "rue Gambetta",
    "rue du Puits",
    "rue des Tilleuls",
    "rue de la Fontaine",
    "rue Louise-Michel",
    "rue du Château",
    "rue des Vignes",
    "rue de Verdun",
    "rue Marie-Curie",
    "rue des Artisans",
    "rue du Commerce",
    "rue Saint-Martin",
    "rue Voltaire",
    "rue des Merisiers",
    "rue de la Paix",
    "rue du Lavoir",
    "rue Colette",
    "rue Denis-Papin",
    "rue des Carmes",
    "rue de l'Abreuvoir",
    "rue George-Sand",
    "rue du Verger",
    "rue des Peupliers",
    "rue Olympe-de-Gouges",
    "rue de l'Horloge",
    "rue des Maraîchers",
    "rue Lamartine",
    "rue du Bac",
    "rue des Forges",
    "rue Ambroise-Croizat",
    "rue de la Sablière",
    "rue du Coteau",
    "rue Berthelot",
    "rue des Acacias",
    "rue de la Tuilerie",
)
"""Common street names of French towns; the order is shuffled for each commune."""
