"""Communes, arrondissements, former communes and groups from one file, whatever its form and edition."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from geo.communes import CommunesRead, outlines_of
from geo.communes_codes import is_selected, tidy_code
from geo.communes_fields import GROUPS, commune_fields, first_told, sirens
from geo.communes_layers import Layer, Row, Table, layers_of, read_rows_of, read_table
from geo.communes_unpack import MapFile, map_files
from geo.epci import GroupsRead, groups_of
from geo.errors import InvalidFile, InvalidInput
from geo.geojson import Refusal
from geo.words import is_insee

FORMER = ("insee_cad", "code_insee")
SUCCESSORS = (
    "insee_com",
    "code_insee_de_la_commune_de_rattach",
    "code_insee_de_la_commune_de_rattachement",
)
"""Columns of the table of delegated communes: Admin Express 3 has ``insee_cad, insee_com``, Admin Express 4 the others."""

YEAR = r"(?<!\d)((?:19[4-9]|20\d)\d)(?=(?:-\d\d-\d\d|\d\d\d\d)?(?!\d))"
"""A year in a name, alone or at the head of a date such as 2024-02-22 or 20240222."""

ROLES = {
    "arrondissement_municipal": "arrondissement",
    "associee": "former",
    "deleguee": "former",
    "epci": "group",
    "commune": "commune",
}
"""What a table is about, by a part of its name; the first part that fits decides (Admin Express, all editions)."""

OUTLINES = ("commune", "arrondissement")
"""Roles of tables that hold outlines."""


@dataclass(frozen=True)
class CommunesFile:
    """What a file of communes gave."""

    read: CommunesRead
    groups: GroupsRead
    """Groups with all their members in the file, whatever was selected."""
    rows: int
    """Rows of its tables of communes and arrondissements, selected or not."""


def read_communes_file(
    path: Path,
    only: Collection[str] | None = None,
    vintage: int | None = None,
    crs: str | None = None,
) -> CommunesFile:
    """Read communes, their arrondissements, former communes and groups from a file.

    Parameters
    ----------
    path
        Admin Express of IGN in any edition, or another file with a table of communes: GeoPackage, Shapefile (the tables
        that stand beside it are read too), GeoJSON, or a zip of these. Names of columns: ``geo.communes_fields``.
    only
        Codes or departments to keep (``geo.communes_codes.read_selection``); all if None.
    vintage
        Year of the official geographic code; if None, that of the rows, or of the name of the file, or unknown.
    crs
        Reference system of tables that name none.

    Raises
    ------
    InvalidFile
        It cannot be opened, holds no table of communes, or is made to break things.
    UnknownCrs
        Its reference system is not named, or not known.
    """
    with map_files(path) as files:
        layers = [layer for file in [*files, *_beside(files)] for layer in layers_of(file)]
        roles = _roles(layers, path.name)
        tables = [
            (role, layer, read_table(layer, lambda row: _is_wanted(row, only), crs))
            for layer, role in roles
            if role in OUTLINES
        ]
        others = [(role, read_rows_of(layer)) for layer, role in roles if role not in OUTLINES]
    found = [
        _outlines(table, layer, vintage or vintage_of_name(layer.file.told_name))
        for _, layer, table in tables
    ]
    former = [row for role, rows in others if role == "former" for row in rows]
    return CommunesFile(
        CommunesRead(
            tuple(item for part in found for item in part.communes),
            tuple(item for part in found for item in part.refusals),
            successors_of(former),
        ),
        groups_of(
            [pair for role, _, table in tables if role == "commune" for pair in _named(table.rows)],
            [row for role, rows in others if role == "group" for row in rows],
        ),
        sum(len(table.rows) for _, _, table in tables),
    )


def vintage_of_name(name: str) -> int | None:
    """Return the one year that the name of a file tells; None where it tells none, or several."""
    years = set(re.findall(YEAR, name))
    return int(years.pop()) if len(years) == 1 else None


def successors_of(rows: Iterable[Row]) -> Mapping[str, str]:
    """Return the commune of today of each former one, from a table of delegated and associated communes."""
    pairs = (
        (tidy_code(first_told(row, FORMER)), tidy_code(first_told(row, SUCCESSORS))) for row in rows
    )
    return {
        former: today
        for former, today in pairs
        if is_insee(former) and is_insee(today) and former != today
    }


def role_of(name: str) -> str:
    """Return what a table is about: ``commune, arrondissement, former, group`` or ``other`` (town halls, cantons …)."""
    plain = name.lower()
    if re.search(r"chf_?lieu|chef[_-]?lieu", plain):
        return "other"
    return next((role for part, role in ROLES.items() if part in plain), "other")


def _roles(layers: Sequence[Layer], name: str) -> list[tuple[Layer, str]]:
    """Return the tables that are of use; one with outlines alone is taken for communes, whatever it is called."""
    roles = [(layer, role_of(layer.name)) for layer in layers]
    mapped = [(layer, role) for layer, role in roles if layer.has_shapes]
    if len(mapped) == 1 and mapped[0][1] == "other":
        roles = [(mapped[0][0], "commune"), *(item for item in roles if item not in mapped)]
    if not any(role in OUTLINES for _, role in roles):
        raise InvalidFile(
            f"{name} holds the tables {', '.join(layer.name for layer in layers) or 'none'}: wanted one of communes"
        )
    return [(layer, role) for layer, role in roles if role != "other"]


def _beside(files: Sequence[MapFile]) -> list[MapFile]:
    """Return the tables of arrondissements, former communes and groups beside a Shapefile of communes."""
    if len(files) != 1 or files[0].kind != "shp" or role_of(files[0].path.stem) != "commune":
        return []
    main = files[0]
    return [
        MapFile(path, "shp", str(Path(main.told_name).with_name(path.name)))
        for path in sorted(main.path.parent.glob("*.[sS][hH][pP]"))
        if role_of(path.stem) in {"arrondissement", "former", "group"}
    ]


def _is_wanted(row: Row, only: Collection[str] | None) -> bool:
    if only is None:
        return True
    try:
        return is_selected(commune_fields(row).code, only)
    except InvalidInput:
        return False


def _outlines(table: Table, layer: Layer, vintage: int | None) -> CommunesRead:
    rows = [table.rows[position] for position in table.kept]
    read = outlines_of(zip(rows, table.outlines, strict=True), vintage)
    refusals = [
        Refusal(table.kept[item.row], item.code, f"{layer.name}: {item.message}")
        for item in read.refusals
    ]
    return replace(read, refusals=tuple(refusals))


def _named(rows: Iterable[Row]) -> list[tuple[str, Sequence[str]]]:
    """Return the communes with the SIREN of the groups that their rows name; rows without a code are refused elsewhere."""
    told = ((_code(row), sirens(first_told(row, GROUPS))) for row in rows)
    return [(code, named) for code, named in told if code is not None]


def _code(row: Row) -> str | None:
    try:
        return commune_fields(row).code
    except InvalidInput:
        return None
