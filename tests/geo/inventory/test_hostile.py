"""Files made to break the reader: refused with a clear message, in bounded time and memory, or row by row."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InvalidFile
from geo.inventory.csv_rows import MAX_ROWS
from geo.inventory.formats import FORMATS
from geo.inventory.opening import MAX_BYTES
from tests.geo.inventory.files import (
    cerema_row,
    hauts_de_seine_row,
    paris_row,
    point_feature,
    read,
    table,
)
from tests.geo.inventory.packages import BAYS_LAYER, TABLES, database
from tests.geo.places import bay_feature, collection

TEN_MB = 10_000_000


def _zip_of_zeros() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bays.gpkg", b"\0" * 50_000_000)
    return buffer.getvalue()


REFUSED = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n\t\n ", "empty"),
    "nested lists": (b"[" * TEN_MB, "JSON"),
    "nested lists that close": (b"[" * 2_000_000 + b"]" * 2_000_000, "nested too deeply"),
    "nested objects": (b'{"a":' * 2_000_000 + b"1" + b"}" * 2_000_000, "nested too deeply"),
    "nested some hundred deep": (b"[" * 500 + b"]" * 500, "nested too deeply"),
    "many values": (b"[" + b"1," * 6_000_000 + b"1]", "values"),
    "cut off": (json.dumps(collection(bay_feature())).encode()[:-5], "no JSON"),
    "a number of a million digits": (b'{"type": ' + b"9" * 1_000_000 + b"}", "no JSON"),
    "another document": (b'{"type": "Feature"}', "no collection"),
    "a list": (b"[1, 2]", "no collection"),
    "features that are no list": (
        b'{"type": "FeatureCollection", "features": "x"}',
        "no collection",
    ),
    "policies alone": (b'{"data": {"policies": [{"curb_policy_id": "1"}]}}', "no zone"),
    "entities of XML": (
        b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><b>&b;</b>',
        "XML",
    ),
    "XML as UTF-16": ("\ufeff<b/>".encode("utf-16-le"), "XML"),
    "a page": (b"<!doctype html><p>404", "XML or HTML"),
    "an archive of zeros": (_zip_of_zeros(), "ZIP"),
    "a gzip": (b"\x1f\x8b\x08", "gzip"),
    "a PDF": (b"%PDF-1.7", "PDF"),
    "a shapefile": (b"\x00\x00\x27\x0a" + b"\0" * 96, "shapefile"),
    "zeros": (b"ID,LONGITUDE,LATITUDE\n1,2.6,48.9\x00\n", "character zero"),
    "noise": (bytes(range(1, 256)) * 40, "wanted"),
    "one quote": (b'ID,LONGITUDE,LATITUDE\n"1,2.6,48.9\n', "no CSV"),
    "a quote that never ends": (b'ID,LONGITUDE,LATITUDE\n"' + b"x" * TEN_MB, "no CSV"),
    "quotes only": (b"ID,LONGITUDE,LATITUDE\n" + b'"' * TEN_MB, "no CSV"),
    "a huge cell": (b"ID,LONGITUDE,LATITUDE\n" + b"x" * TEN_MB + b",2,48\n", "no CSV"),
    "a huge header": (b",".join(b"c%d" % n for n in range(5_000)) + b"\n1\n", "5000 columns"),
    "a header twice": (b"ID,LONGITUDE,LATITUDE,id\n1,2.6,48.9,2\n", "'id' twice"),
    "a header without columns": (b"inventory of bays\n1\n", "wanted a header"),
    "columns of another thing": (b"a;b;c\n1;2;3\n", "found a, b, c"),
    "the end of UTF-16 missing": (b"\xff\xfeI\x00D\x00,", "utf-16-le"),
    "SQLite that stops": (b"SQLite format 3\x00" + b"\xff" * 200, "GeoPackage"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_read_is_refused_whole(name: str) -> None:
    """The sentence names the file and what was found in it."""
    data, sentence = REFUSED[name]
    with pytest.raises(InvalidFile, match=r"^invented: ") as refusal:
        read(data)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 600


def test_the_limit_of_a_cell_does_not_depend_on_other_code() -> None:
    """Other code of the process may raise the limit of Python's CSV reader."""
    before = csv.field_size_limit(10**9)
    try:
        with pytest.raises(InvalidFile, match="too long"):
            read(REFUSED["a huge cell"][0])
    finally:
        csv.field_size_limit(before)


def test_a_file_over_the_limit_is_refused_unread() -> None:
    """Its size and the limit stand in the sentence."""
    with pytest.raises(InvalidFile, match=str(MAX_BYTES)):
        read(b"x" * (MAX_BYTES + 1))


def test_more_rows_than_any_city_has_are_refused() -> None:
    """Memory stays bounded."""
    data = b"ID,LONGITUDE,LATITUDE\n" + b"1,2,3\n" * (MAX_ROWS + 1)
    with pytest.raises(InvalidFile, match=str(MAX_ROWS)):
        read(data)


@pytest.mark.parametrize("file_format", FORMATS[1:])
def test_a_format_that_a_file_does_not_have_is_refused_with_its_columns(file_format: str) -> None:
    """What was found and what the format wants both stand in the sentence."""
    with pytest.raises(InvalidFile, match="found a, b: wanted"):
        read("a;b\n1;2\n", file_format)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    """They are listed."""
    with pytest.raises(InvalidFile, match="hauts-de-seine"):
        read("a;b\n1;2\n", "dxf")


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x")',
        "@SUM(A1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "\t=1",
        "\r=1",
        "- see the order",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_refuses_its_row(cell: str) -> None:
    """The row is named, the others are read."""
    rows = [cerema_row(COMMENTAIRE=cell), cerema_row(60, ID="EX-2")]
    found = read(table(rows, quoting=csv.QUOTE_ALL))
    assert [(note.row, note.code) for note in found.refused] == [(1, "spreadsheet_formula")]
    assert "COMMENTAIRE" in found.refused[0].message


@pytest.mark.parametrize("cell", ["-", "+33 1 23 45", "-20.9, 55.4", "-1.5e-7", "a=b", "x@y"])
def test_numbers_and_dashes_are_no_formulas(cell: str) -> None:
    """A phone number, a southern latitude and a lone dash are plain text."""
    assert read(table([cerema_row(EXTRA=cell)])).refused == ()


def test_a_formula_made_harmless_is_read_as_it_was() -> None:
    """An apostrophe before it is what exports write."""
    (bay,) = read(table([cerema_row(COMMENTAIRE="'=1+1")])).bays
    assert bay.details.comment == "=1+1"


def test_rows_with_missing_or_additional_cells_are_refused() -> None:
    """An empty row too; empty cells beyond the header are nothing."""
    good = table([cerema_row()])
    header, row = good.splitlines()
    text = "\n".join([header, row + ",,", row + ",more", row.rsplit(",", 3)[0], "," * 30, "", row])
    found = read(text)
    assert found.rows_of_bays == (1,)
    assert [(note.row, note.code) for note in found.refused] == [
        (2, "wrong_cells"),
        (3, "wrong_cells"),
        (4, "wrong_cells"),
    ]
    assert [merge.row for merge in found.merged] == [5]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("cp1252", b""),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_encoding_and_separator_gives_the_same_bays(
    encoding: str, mark: bytes, separator: str
) -> None:
    """French letters and Windows line ends arrive."""
    text = table([paris_row(), paris_row(60, **{"Nouvel identifiant": "2"})], separator)
    found = read(mark + text.replace("\n", "\r\n").encode(encoding))
    assert found.bays == read(text).bays
    assert len(found.bays) == 2


@pytest.mark.parametrize("misread", ["cp1252", "latin-1"])
def test_text_that_was_encoded_twice_is_brought_back(misread: str) -> None:
    """``RÃ©gime`` is ``Régime``, and the file's facts say so."""
    text = table([paris_row(**{"Nom voie": "ÉGLISE"})], ";")
    found = read(text.encode().decode(misread).encode())
    assert found.bays == read(text).bays
    assert found.facts["encoding"] == "utf-8 encoded twice"


def test_decimal_commas_and_spaces_are_read() -> None:
    """As French spreadsheets write numbers."""
    (bay,) = read(table([paris_row(Longueur="1\u202f1,50")], ";")).bays
    assert bay.length_m == 11.5


ENDLESS = """
CREATE VIEW bays AS
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, x'00' AS geom FROM n;
"""
TWO_LAYERS = """
CREATE TABLE a (geom); CREATE TABLE b (geom);
INSERT INTO gpkg_geometry_columns VALUES ('a', 'geom', 4326), ('b', 'geom', 4326);
"""


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["CREATE TABLE t (a);"], "without the tables"),
        ([TABLES], "layers none"),
        ([TABLES, ENDLESS, BAYS_LAYER], "layers none"),
        ([TABLES, TWO_LAYERS], "layers a, b"),
    ],
)
def test_a_database_that_is_no_geopackage_of_bays_is_refused(
    tmp_path: Path, statements: list[str], sentence: str
) -> None:
    """A view that never ends is not asked."""
    with pytest.raises(InvalidFile, match=sentence):
        read(database(tmp_path / "x.gpkg", *statements))


def test_a_geopackage_with_huge_values_is_refused(tmp_path: Path) -> None:
    """A value over the limit is never taken into memory as a bay's."""
    rows = "CREATE TABLE bays (geom, x); INSERT INTO bays VALUES (NULL, zeroblob(9000000));"
    with pytest.raises(InvalidFile, match="too big"):
        read(database(tmp_path / "x.gpkg", TABLES, BAYS_LAYER, rows))


def test_a_geopackage_row_with_a_wrong_geometry_is_refused(tmp_path: Path) -> None:
    """Text, noise and nothing each with a reason."""
    rows = """
    CREATE TABLE bays (geom, id);
    INSERT INTO bays VALUES ('text', 'a'), (x'4750', 'b'), (x'4750000100000000ff', 'c'), (NULL, 'd');
    """
    found = read(database(tmp_path / "x.gpkg", TABLES, BAYS_LAYER, rows))
    assert [note.code for note in found.refused] == [*["invalid_geometry"] * 3, "no_position"]


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)
NAMES = st.sampled_from(
    [
        *bay_feature()["properties"],
        *cerema_row(),
        *hauts_de_seine_row(),
        *paris_row(),
        *("details", "rules", "location", "regulations", "curb_zone_id", "curb_policy_ids"),
        *("type", "width", "categry", "mx_drt_", "dstnc_s_", "OMF_curb_geometry", "opening_hours"),
    ]
)


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
PROPERTIES = st.dictionaries(NAMES, JSON, max_size=6)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(PROPERTIES, JSON), max_size=3))
def test_whatever_features_say_every_row_is_accounted_for(
    features: list[tuple[dict[str, Any], Any]],
) -> None:
    """Any values at all give bays, merges and refusals that add up, or one refusal of the file."""
    made = [
        point_feature(60 * n, **given) | ({} if n % 2 else {"geometry": geometry})
        for n, (given, geometry) in enumerate(features)
    ]
    with suppress(InvalidFile):
        read(json.dumps(collection(*made)))


@settings(max_examples=60, deadline=None)
@given(st.lists(PROPERTIES, max_size=3))
def test_whatever_our_own_features_say_every_row_is_accounted_for(
    features: list[dict[str, Any]],
) -> None:
    """The same, where each feature has the properties of ours and some have wrong values."""
    read(json.dumps(collection(bay_feature(), *(bay_feature(**given) for given in features))))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([cerema_row, hauts_de_seine_row, paris_row]),
    st.lists(st.tuples(NAMES, CELL), min_size=1, max_size=4),
)
def test_whatever_cells_say_every_row_is_accounted_for(
    builder: Any, changes: list[tuple[str, str]]
) -> None:
    """Any text in any cell gives a bay or a refusal with a reason."""
    row = builder()
    row |= {name: text for name, text in changes if name in row}
    read(table([row, builder(60)], ";", quoting=csv.QUOTE_ALL))
