"""Files of communes: every edition of Admin Express, other files, and files made to break things."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.communes import assign_communes
from geo.communes_file import read_communes_file, role_of, vintage_of_name
from geo.communes_unpack import MAX_ENTRIES
from geo.epci import Contradiction
from geo.errors import InvalidFile, UnknownCrs
from tests.geo.places import ORIGIN_XY, commune_feature

MGP, EPT = "200054781", "200057966"
TERRITORY = "Etablissement public territorial"


def square(x_m: float, size_m: float = 1000) -> shapely.Polygon:
    """Return a square in Lambert-93, its corner at a distance."""
    x, y = ORIGIN_XY[0] + x_m, ORIGIN_XY[1]
    return shapely.box(x, y, x + size_m, y + size_m)


def frame(rows: list[dict[str, Any]], shapes: list[Any], crs: str = "EPSG:2154") -> Any:
    """Return a table with outlines."""
    return geopandas.GeoDataFrame(rows, geometry=shapes, crs="EPSG:2154").to_crs(crs)


def version_4(path: Path, crs: str = "EPSG:2154", nature: str = TERRITORY) -> Path:
    """Write a GeoPackage with the tables and columns of Admin Express 4."""
    communes = [
        {"code_insee": "92050", "nom_officiel": "Nanterre", "population": 96_807},
        {"code_insee": "75056", "nom_officiel": "Paris", "population": 2_113_705},
        {"code_insee": "2A004", "nom_officiel": "Ajaccio", "population": 73_822},
    ]
    for row, named in zip(communes, (f"{MGP}/{EPT}", MGP, "NR"), strict=True):
        row |= {"cleabs": f"COMMUNE_{row['code_insee']}", "codes_siren_des_epci": named}
    parts = [
        {
            "code_insee": f"7510{n}",
            "nom_officiel": f"Paris {n}e",
            "population": 9000 + n,
            "code_insee_de_la_commune_de_rattach": "75056",
        }
        for n in (1, 2)
    ]
    epci = [
        {"code_siren": MGP, "nom_officiel": "Métropole du Grand Paris", "nature": "Métropole"},
        {
            "code_siren": EPT,
            "nom_officiel": "Paris Ouest La Défense",
            "nature": nature,
        },
    ]
    former = [{"code_insee": "92999", "code_insee_de_la_commune_de_rattach": "92050"}]
    two = shapely.MultiPolygon([square(0), square(5000)])
    where = [two, square(1000, 2000), square(9000)]
    tables = {
        "commune": frame(communes, where, crs),
        "arrondissement_municipal": frame(parts, [square(1000), square(2000)], crs),
        "epci": frame(epci, [square(0), square(0)], crs),
        "commune_associee_ou_deleguee": frame(former, [square(0)], crs),
        "chef_lieu_de_commune": frame([{"code_insee": "92050"}], [square(0).centroid], crs),
    }
    for name, table in tables.items():
        table.to_file(path, layer=name, driver="GPKG")
    return path


def test_a_geopackage_of_version_4_is_read_whole(tmp_path: Path) -> None:
    """Communes, multi-part outlines, arrondissements, groups and former communes, in Lambert-93."""
    path = version_4(tmp_path / "ADMIN-EXPRESS-COG-CARTO_4-0__GPKG_LAMB93_FXX_2026-01-01.gpkg")
    found = read_communes_file(path)
    assert found.read.refusals == ()
    outlines = {item.code: item for item in found.read.communes}
    assert sorted(outlines) == ["2A004", "75056", "75101", "75102", "92050"]
    assert {item.vintage for item in outlines.values()} == {2026}
    assert outlines["92050"].commune.population == 96_807
    assert outlines["92050"].outline.geom_type == "MultiPolygon"
    assert (outlines["75101"].commune.insee, outlines["75101"].commune.name) == ("75056", "Paris")
    assert found.read.successors == {"92999": "92050"}
    assert found.rows == 5
    groups = {group.siren: group for group in found.groups.groups}
    assert groups[MGP].members == ("75056", "92050")
    assert (groups[MGP].name, groups[MGP].kind) == ("Métropole du Grand Paris", "Métropole")
    assert groups[EPT].members == ("92050",)
    assert found.groups.contradictions == ()
    far = np.array(
        [
            shapely.Point(
                *geopandas.GeoSeries([square(1000).centroid], crs=2154).to_crs(4326)[0].coords[0]
            )
        ]
    )
    match = assign_communes(far, found.read.communes)
    assert (match.insee, match.arrondissement) == (("75056",), ("75101",))


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:2154", "EPSG:3857"])
def test_outlines_are_the_same_in_every_reference_system(tmp_path: Path, crs: str) -> None:
    """Metres or degrees, the outline lies where it lies."""
    found = read_communes_file(version_4(tmp_path / "communes.gpkg", crs), {"2A004"})
    (item,) = found.read.communes
    wanted = geopandas.GeoSeries([square(9000)], crs=2154).to_crs(4326)[0]
    assert shapely.hausdorff_distance(item.outline, wanted) < 1e-8
    assert item.vintage is None


def test_overseas_outlines_keep_their_place(tmp_path: Path) -> None:
    """UTM 40 South is that of La Réunion."""
    outline = shapely.box(338_000, 7_690_000, 339_000, 7_691_000)
    row = [{"INSEE_COM": "97411", "NOM": "Saint-Denis"}]
    table = geopandas.GeoDataFrame(row, geometry=[outline], crs="EPSG:2975")
    table.to_file(tmp_path / "COMMUNE.shp")
    (item,) = read_communes_file(tmp_path / "COMMUNE.shp").read.communes
    assert 55 < item.outline.centroid.x < 56
    assert -21 < item.outline.centroid.y < -20
    assert item.commune.time_zone == "Indian/Reunion"


def version_3(folder: Path) -> Path:
    """Write the Shapefiles of Admin Express 3, with accents."""
    folder.mkdir(parents=True)
    row = {"ID": "C1", "NOM": "Asnières-sur-Seine", "INSEE_COM": "92004", "POPULATION": 86_799}
    frame([row | {"SIREN_EPCI": MGP}], [square(0)]).to_file(folder / "COMMUNE.shp")
    part = {"NOM": "Paris 1er", "INSEE_ARM": "75101", "INSEE_COM": "75056", "POPULATION": 15_919}
    frame([part], [square(2000)]).to_file(folder / "ARRONDISSEMENT_MUNICIPAL.shp")
    group = {"CODE_SIREN": MGP, "NOM": "Métropole du Grand Paris", "NATURE": "Métropole"}
    frame([group], [square(0)]).to_file(folder / "EPCI.shp")
    old = {"INSEE_CAD": "92900", "INSEE_COM": "92004", "NOM": "Ancienne"}
    frame([old], [square(0)]).to_file(folder / "COMMUNE_ASSOCIEE_OU_DELEGUEE.shp")
    town_hall = {"INSEE_COM": "92004", "NOM": "Mairie"}
    frame([town_hall], [square(0).centroid]).to_file(folder / "CHFLIEU_COMMUNE.shp")
    return folder / "COMMUNE.shp"


def zipped(folder: Path, path: Path, inside: str = "") -> Path:
    """Pack a folder's files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{inside}{file.name}")
    return path


@pytest.mark.parametrize("is_zipped", [False, True])
def test_shapefiles_of_version_3_are_read_with_those_beside(
    tmp_path: Path,
    is_zipped: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """COMMUNE.shp brings its arrondissements and groups, in a folder as in a zip whose folder tells the vintage."""
    path = version_3(tmp_path / "shapes")
    if is_zipped:
        path = zipped(path.parent, tmp_path / "any.zip", "ADE-COG_3-2_SHP_LAMB93_FXX-ED2024-02-22/")
    found = read_communes_file(path)
    assert [
        (i.code, i.commune.name, i.vintage) for i in found.read.communes if not i.arrondissement
    ] == [("92004", "Asnières-sur-Seine", 2024 if is_zipped else None)]
    assert [i.code for i in found.read.communes if i.arrondissement] == ["75101"]
    assert found.read.successors == {"92900": "92004"}
    assert [group.members for group in found.groups.groups] == [("92004",)]
    assert read_communes_file(path, vintage=2025).read.communes[0].vintage == 2025


def test_version_2_has_the_arrondissement_in_the_column_of_the_commune(tmp_path: Path) -> None:
    """Its table of arrondissements says INSEE_COM 13201 and INSEE_RATT 13055."""
    row = {"NOM_COM": "MARSEILLE-1ER", "INSEE_COM": "13201", "INSEE_RATT": "13055"}
    frame([row], [square(0)]).to_file(tmp_path / "ARRONDISSEMENT_MUNICIPAL.shp")
    (item,) = read_communes_file(tmp_path / "ARRONDISSEMENT_MUNICIPAL.shp").read.communes
    assert (item.code, item.commune.insee, item.commune.name) == ("13201", "13055", "Marseille")


def test_a_selection_reads_no_other_outline_but_all_members(tmp_path: Path) -> None:
    """A group keeps the members that were not selected."""
    found = read_communes_file(version_4(tmp_path / "c.gpkg"), {"92"})
    assert [item.code for item in found.read.communes] == ["92050"]
    assert found.groups.groups[0].members == ("75056", "92050")


def test_numbers_without_their_zero_and_one_table_of_any_name(tmp_path: Path) -> None:
    """A code that became the number 1001 is 01001; the only table of a file is taken, whatever its name."""
    path = tmp_path / "contours.gpkg"
    frame([{"INSEE_COM": 1001, "NOM": "L'Abergement"}], [square(0)]).to_file(path, layer="t")
    styles = pd.DataFrame([{"styleName": "plain", "styleQML": "<qgis/>"}])
    pyogrio.write_dataframe(styles, path, layer="layer_styles", append=True)
    (item,) = read_communes_file(path).read.communes
    assert item.commune.insee == "01001"


def test_a_commune_in_two_groups_that_tax_is_reported(tmp_path: Path) -> None:
    """The law allows one; both are kept."""
    path = version_4(tmp_path / "c.gpkg", nature="Communauté de communes")
    found = read_communes_file(path).groups
    assert found.contradictions == (Contradiction("92050", (MGP, EPT)),)


def test_groups_without_a_name_are_left_out_and_counted(tmp_path: Path) -> None:
    """A number alone is no name."""
    frame(
        [{"code": "92004", "nom": "Asnières", "codeEpci": MGP}], [square(0)], "EPSG:4326"
    ).to_file(tmp_path / "communes.geojson")
    found = read_communes_file(tmp_path / "communes.geojson").groups
    assert (found.groups, found.nameless) == ((), {MGP: 1})


def test_geojson_may_name_its_reference_system(tmp_path: Path) -> None:
    """Before RFC 7946 it could; without a name it is WGS 84, and metres are then refused."""
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}},
        "features": [
            {
                "type": "Feature",
                "properties": {"insee": "92004", "name": "A"},
                "geometry": shapely.geometry.mapping(square(0)),
            }
        ],
    }
    path = tmp_path / "communes.geojson"
    path.write_text(json.dumps(document))
    (item,) = read_communes_file(path).read.communes
    assert 2 < item.outline.centroid.x < 3
    document["crs"]["properties"]["name"] = "+proj=utm +zone=31 +init=/etc/passwd:1"
    path.write_text(json.dumps(document))
    with pytest.raises(UnknownCrs, match="EPSG:2154"):
        read_communes_file(path)
    document["crs"]["properties"]["name"] = "urn:ogc:def:crs:OGC:1.3:CRS84"
    path.write_text(json.dumps(document))
    assert read_communes_file(path).read.communes == ()
    del document["crs"]
    path.write_text(json.dumps(document))
    read = read_communes_file(path).read
    assert (read.communes, len(read.refusals)) == ((), 1)
    assert len(read_communes_file(path, crs="EPSG:2154").read.communes) == 1


def test_a_table_without_a_reference_system_is_refused_unless_told(tmp_path: Path) -> None:
    """Nobody guesses it; an unknown one is refused with its name."""
    path = version_3(tmp_path / "shapes")
    for file in path.parent.glob("*.prj"):
        file.unlink()
    with pytest.raises(UnknownCrs, match="EPSG:2154"):
        read_communes_file(path)
    assert 2 < read_communes_file(path, crs="EPSG:2154").read.communes[0].outline.centroid.x < 3
    with pytest.raises(UnknownCrs, match="nowhere"):
        read_communes_file(path, crs="nowhere")


def test_rows_that_cannot_be_taken_are_named_with_their_table(tmp_path: Path) -> None:
    """A row without outline or code is refused; the rest is read."""
    rows = [
        {"insee": "92004", "nom": "A"},
        {"insee": "9200", "nom": "B"},
        {"insee": "92050", "nom": "C"},
        {"insee": "92051", "nom": None},
    ]
    frame(rows, [square(0), square(0), None, square(1)]).to_file(
        tmp_path / "c.gpkg", layer="commune"
    )
    read = read_communes_file(tmp_path / "c.gpkg").read
    assert [item.code for item in read.communes] == ["92004"]
    assert [(r.row, r.code) for r in read.refusals] == [
        (1, "invalid_input"),
        (2, "invalid_geometry"),
        (3, "invalid_input"),
    ]
    assert all(refused.message.startswith("commune: ") for refused in read.refusals)


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("ADMIN-EXPRESS-COG-CARTO_4-0__GPKG_WGS84G_FRA_2025-01-01.gpkg", 2025),
        ("ADE-COG-CARTO_3-2_SHP_LAMB93_FXX-ED2024-02-22", 2024),
        ("communes-20220101-shp.zip", 2022),
        ("communes-2018.geojson", 2018),
        ("communes_2018_2020.geojson", None),
        ("communes-92-hauts-de-seine.geojson", None),
        ("lambert-EPSG2154.gpkg", None),
        ("batch-120240101.gpkg", None),
    ],
)
def test_the_vintage_of_a_name(name: str, year: int | None) -> None:
    """One year tells it; none or several do not."""
    assert vintage_of_name(name) == year


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("COMMUNE", "commune"),
        ("ADMINEXPRESS-COG-CARTO.LATEST:commune", "commune"),
        ("ARRONDISSEMENT_MUNICIPAL", "arrondissement"),
        ("commune_associee_ou_deleguee", "former"),
        ("EPCI", "group"),
        ("CHFLIEU_COMMUNE", "other"),
        ("CHEF_LIEU_CARTO", "other"),
        ("chef_lieu_de_commune", "other"),
        ("ARRONDISSEMENT", "other"),
        ("CANTON", "other"),
    ],
)
def test_the_role_of_a_table(name: str, role: str) -> None:
    """Arrondissements of departments, cantons and town halls are no communes."""
    assert role_of(name) == role


GOOD = json.dumps({"type": "FeatureCollection", "features": [commune_feature("92004", 0, 0)]})

BYTES = {
    "empty": b"",
    "text": "insee,nom\n92004,Asnières\n".encode(),
    "seven_zip": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "nested": b'{"a":' * 200_000,
    "list": b'{"type": "FeatureCollection", "features": {}}',
    "no_json": b'{"type": "FeatureCollection", ',
    "shape_sign_only": b"\x00\x00\x27\x0a" + bytes(60),
}
"""Contents of files that are none, by case."""

NAMES = {
    "dots": ["../../communes.geojson"],
    "absolute": ["/communes.geojson"],
    "backslash": ["..\\..\\communes.geojson"],
    "drive": ["C:communes.geojson"],
    "many": [f"{n}.geojson" for n in range(MAX_ENTRIES + 1)],
    "nothing": ["readme.txt"],
    "twice": ["a/communes.geojson", "a/communes.geojson"],
}
"""Names in archives that are made to break things, by case."""


def archive_of(path: Path, names: list[str]) -> Path:
    """Write a zip that holds a good file under some names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, GOOD)
    return path


def claiming(path: Path, size: int) -> Path:
    """Make a zip say of its file that it is of another size."""
    data = bytearray(path.read_bytes())
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = size.to_bytes(4, "little")
    path.write_bytes(data)
    return path


def view_of_rows_without_end(tmp_path: Path) -> Path:
    """Write a GeoPackage whose table of groups computes for ever."""
    path = version_4(tmp_path / "view.gpkg")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "UPDATE gpkg_contents SET table_name = 'endless' WHERE table_name = 'epci'"
        )
        database.execute(
            "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT * FROM n"
        )
    return path


def other_database(tmp_path: Path) -> Path:
    """Write a database that is no GeoPackage."""
    path = tmp_path / "other.gpkg"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE commune (insee TEXT)")
    return path


def cut(path: Path, share: float) -> Path:
    """Cut a file off."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


MADE: dict[str, Callable[[Path], Path]] = {
    "cut_zip": lambda folder: cut(archive_of(folder / "c.zip", ["c.geojson"]), 0.8),
    "cut_gpkg": lambda folder: cut(version_4(folder / "cut.gpkg"), 0.3),
    "view": view_of_rows_without_end,
    "other_database": other_database,
    "bomb": lambda folder: claiming(archive_of(folder / "c.zip", ["c.geojson"]), 1_500_000_000),
    "liar": lambda folder: claiming(archive_of(folder / "c.zip", ["c.geojson"]), 10),
    **{
        name: lambda folder, data=data: written(folder / "communes", data)
        for name, data in BYTES.items()
    },
    **{
        name: lambda folder, names=names: archive_of(folder / "c.zip", names)
        for name, names in NAMES.items()
    },
}
"""Files made to break things."""


def written(path: Path, data: bytes) -> Path:
    """Write bytes."""
    path.write_bytes(data)
    return path


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", sorted(MADE))
def test_files_made_to_break_it_are_refused(tmp_path: Path, case: str) -> None:
    """Each is refused with a sentence that says what was wanted, and leaves nothing behind."""
    path = MADE[case](tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(InvalidFile, match="wanted"):
        read_communes_file(path)
    assert sorted(tmp_path.iterdir()) == before


def test_broken_numbers_are_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    """NaN, swapped axes that leave the globe, and an outline that crosses itself."""
    features = [commune_feature(f"9200{n}", 0, 0) for n in range(4)]
    features[0]["geometry"]["coordinates"][0][1][0] = float("nan")
    features[1]["geometry"]["coordinates"] = [[[2, 98], [3, 98], [3, 99], [2, 98]]]
    ring = features[2]["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    path = tmp_path / "communes.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    read = read_communes_file(path).read
    assert [item.code for item in read.communes] == ["92003"]
    assert {refused.code for refused in read.refusals} == {"invalid_geometry"}


def test_real_outlines_are_read_through_the_door(shared: Path) -> None:
    """Île-de-France: 1,276 communes, a department of them by selection."""
    path = shared / "data/bays/communes/communes-ile-de-france.geojson"
    assert len(read_communes_file(path, vintage=2018).read.communes) == 1276
    assert len(read_communes_file(path, {"92"}).read.communes) == 36
