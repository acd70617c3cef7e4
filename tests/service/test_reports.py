"""The monthly report: the same bytes each time, figures that agree, safe cells, pages that say what is unknown."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas
import numpy as np
import pypdfium2
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from sqlmodel import Session

from geo.errors import InvalidInput, UnknownBay, UnknownCommune
from geo.occupancy import SeenArrays, StayArrays
from sample_data.quarter.files import quarter_bays, quarter_communes, quarter_streets
from sample_data.stays import sample_stays
from service.commands.report import report as report_command
from service.ingest.bulk import BulkFacts, load_facts
from service.ingest.inventory import Inventory, save_inventory
from service.months import month_of_commune
from service.reports.build import build_report
from service.reports.phrases import read_phrases
from service.store.database import open_engine, reading, writing
from service.store.notes import SAMPLE, set_note

SEEN, UNSEEN, EMPTY = "99004", "99006", "99011"
"""A commune with stays, one whose bays were never seen, and one without bays."""

MONTH = "2026-03"
DEVICE = "3f0e5a52-58c5-4f6e-9d0c-7c5d6b8f2c11"
FORMULA = '=HYPERLINK("http://example.org")'


@pytest.fixture(scope="module")
def filled(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a database with two communes of the quarter, five weeks of stays in one of them."""
    path = tmp_path_factory.mktemp("report") / "report.db"
    shutil.copy(sqlite_template, path)
    engine = open_engine(f"sqlite:///{path}")
    bays = [bay for bay in quarter_bays() if bay.commune in {SEEN, UNSEEN}]
    bays[1] = bays[1].model_copy(update={"name": FORMULA})
    with writing(engine) as session:
        save_inventory(session, Inventory(tuple(bays), quarter_communes(), quarter_streets()))
        load_facts(session, _facts())
        set_note(session, SAMPLE, "true")
    yield engine
    engine.dispose()


def _facts() -> BulkFacts:
    sample = sample_stays(weeks=5)
    kept = np.array([bay_id.startswith(SEEN) for bay_id in sample.bay_ids])
    new = np.cumsum(kept) - 1
    stay, seen = kept[sample.stays.bay], kept[sample.seen.bay]
    columns = (sample.stays.vehicle_class, sample.stays.arrived_s, sample.stays.departed_s)
    return BulkFacts(
        DEVICE,
        [bay_id for bay_id in sample.bay_ids if bay_id.startswith(SEEN)],
        StayArrays.of(new[sample.stays.bay[stay]], *(column[stay] for column in columns)),
        SeenArrays.of(new[sample.seen.bay[seen]], sample.seen.from_s[seen], sample.seen.to_s[seen]),
        [row for row in sample.unseen_rows if row[0].startswith(SEEN)],
    )


@pytest.fixture(scope="module")
def files(filled: Engine) -> dict[str, bytes]:
    """Give the files of the commune that was seen, by extension."""
    return built(filled, SEEN)


def built(engine: Engine, insee: str, lang: str = "fr") -> dict[str, bytes]:
    """Build a report; return its files by extension."""
    with reading(engine) as session:
        return {
            name.rsplit(".", 1)[1]: data
            for name, data in build_report(session, insee, MONTH, lang).items()
        }


def words(pdf: bytes) -> list[str]:
    """Return the text of each page with single spaces."""
    document = pypdfium2.PdfDocument(pdf)
    return [re.sub(r"\s+", " ", page.get_textpage().get_text_range()) for page in document]


def rows(table: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))


def test_the_same_report_has_the_same_bytes(filled: Engine, files: dict[str, bytes]) -> None:
    """Table, GeoPackage and PDF are made again byte for byte, and carry the same identifier."""
    assert built(filled, SEEN) == files
    (report_id,) = {row["report_id"] for row in rows(files["csv"])}
    assert re.fullmatch(r"[0-9a-f]{12}", report_id)
    assert all(report_id in page for page in words(files["pdf"]))


def test_other_data_has_another_identifier(filled: Engine, files: dict[str, bytes]) -> None:
    """One more stay changes the identifier; undone, it is as before."""
    facts = _facts()
    one = StayArrays.of([0], [0], [facts.seen.from_s[0] + 60], [facts.seen.from_s[0] + 660])
    with Session(filled) as session:
        load_facts(session, replace(facts, stays=one))
        changed = build_report(session, SEEN, MONTH)[f"airelib-{SEEN}-{MONTH}.csv"]
        session.rollback()
    assert rows(changed)[0]["report_id"] != rows(files["csv"])[0]["report_id"]
    assert built(filled, SEEN)["csv"] == files["csv"]


def test_the_table_says_what_the_core_computes(filled: Engine, files: dict[str, bytes]) -> None:
    """One row for each bay; figures are those of the core, and left empty where too little was seen."""
    with reading(filled) as session:
        month = month_of_commune(session, SEEN, date(2026, 3, 1))
    table = rows(files["csv"])
    assert [row["bay_id"] for row in table] == [bay.bay_id for bay in month.bays]
    for row, bay in zip(table, month.bays, strict=True):
        assert float(row["coverage"]) == pytest.approx(bay.coverage, abs=1e-4)
        assert row["enough_coverage"] == str(int(bay.coverage >= 0.7))
        if bay.enough_coverage:
            assert float(row["occupancy"]) == pytest.approx(bay.occupancy, abs=1e-4)
            assert int(row["stays"]) == bay.stays
        else:
            assert row["occupancy"] == row["stays"] == row["full_share"] == ""
    assert {row["enough_coverage"] for row in table} == {"0", "1"}


def test_a_name_that_looks_like_a_formula_is_defused(files: dict[str, bytes]) -> None:
    """No cell of the table begins as a formula does."""
    assert rows(files["csv"])[1]["name"] == f"'{FORMULA}"
    cells = [value for row in rows(files["csv"]) for value in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))]


def test_the_geopackage_opens_with_two_layers(files: dict[str, bytes], tmp_path: Path) -> None:
    """Bays as polygons and the commune, in WGS 84, with the figures of the table."""
    path = tmp_path / "report.gpkg"
    path.write_bytes(files["gpkg"])
    bays = geopandas.read_file(path, layer="bays")
    commune = geopandas.read_file(path, layer="commune")
    table = rows(files["csv"])
    assert bays.crs == commune.crs == "EPSG:4326"
    assert bays["bay_id"].tolist() == [row["bay_id"] for row in table]
    assert bays["occupancy"].fillna(-1).tolist() == [float(row["occupancy"] or -1) for row in table]
    assert commune["insee"].tolist() == [SEEN]
    assert commune.geometry.iloc[0].contains(bays.geometry.iloc[0])


FIRST, SECOND = "2026-02-28T23:30Z-0001", "2026-03-17T09:00Z-3f2a"
"""The first was made on the first of March by the clock of the commune."""


def measured(engine: Engine, lang: str = "fr") -> dict[str, bytes]:
    """Build the report as it is when two calibrations measured the first bay, and one the second."""
    facts = _facts()
    half_s, end_s = (int(facts.seen.from_s.min()) + days * 86_400 for days in (17, 34))
    one, other = facts.bay_ids[:2]
    said = [
        (one, FIRST, half_s - 86_400, half_s),
        (one, SECOND, half_s, end_s),
        (other, FIRST, half_s - 86_400, end_s),
    ]
    with Session(engine) as session:
        load_facts(session, replace(facts, calibrations=said))
        files = build_report(session, SEEN, MONTH, lang)
        session.rollback()
    return {name.rsplit(".", 1)[1]: data for name, data in files.items()}


def test_the_files_name_the_calibrations_that_measured(
    filled: Engine, files: dict[str, bytes], tmp_path: Path
) -> None:
    """Table and GeoPackage name them bay by bay, the document counts them; nothing else but the identifier changes."""
    again = measured(filled)
    path = tmp_path / "measured.gpkg"
    path.write_bytes(again["gpkg"])
    told = [row["calibrations"] for row in rows(again["csv"])]
    assert told[:3] == [f"{FIRST} {SECOND}", FIRST, ""]
    assert geopandas.read_file(path, layer="bays")["calibrations"].fillna("").tolist() == told
    for row, before in zip(rows(again["csv"]), rows(files["csv"]), strict=True):
        assert {name for name in row if row[name] != before[name]} <= {"calibrations", "report_id"}
        assert row["report_id"] != before["report_id"]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", ("2 calibrages, faits du 1er mars 2026 au 17 mars 2026", "Une aire a changé")),
        ("en", ("2 calibrations, made from 1 March 2026 to 17 March 2026", "One bay changed")),
    ],
)
def test_the_method_says_by_which_calibrations(
    filled: Engine, files: dict[str, bytes], lang: str, said: tuple[str, ...]
) -> None:
    """A month in which a camera was calibrated anew says so under its method, on two pages still."""
    pages = words(measured(filled, lang)["pdf"])
    assert len(pages) == 2
    assert all(sentence in pages[1] for sentence in said)
    assert "calibra" not in " ".join(words(files["pdf"])).lower()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_document_has_two_pages_in_either_language(filled: Engine, lang: str) -> None:
    """Two A4 pages with title, figures, intervals, table, method, limits and the mark of sample data."""
    pdf = built(filled, SEEN, lang)["pdf"]
    pages = words(pdf)
    phrases = read_phrases(lang)
    assert len(pages) == 2
    assert pypdfium2.PdfDocument(pdf)[0].get_size() == pytest.approx((595.3, 841.9), abs=0.5)
    assert "Champcleau" in pages[0]
    assert phrases["sample"] in pages[0]
    assert all(
        phrases["figures"][name]["title"] in pages[0]
        for name in ("occupancy", "turnover", "dwell", "coverage")
    )
    assert ("90 %" if lang == "fr" else "90%") in pages[0]
    assert all(
        phrases[name] in pages[1] for name in ("hours_title", "attention_title", "method_title")
    )


def test_an_unseen_commune_says_that_nothing_is_known(filled: Engine) -> None:
    """No figure is shown as zero: the document says that it can say nothing."""
    pages = words(built(filled, UNSEEN)["pdf"])
    assert "ne peut donc rien dire de leur usage" in pages[0]
    assert read_phrases("fr")["attention_none"] in pages[1]
    assert not re.search(r"(?<!\d)0\s?%", pages[0].split("Part observée")[0])


def test_both_phrase_files_have_the_same_keys() -> None:
    """No sentence is missing in a language, nor has other gaps to fill."""

    def keys(part: object, path: str = "") -> dict[str, list[str]]:
        if isinstance(part, dict):
            return {
                k: v
                for name, value in part.items()
                for k, v in keys(value, f"{path}/{name}").items()
            }
        return {path: sorted(re.findall(r"\{\w+\}", str(part)))}

    assert keys(read_phrases("fr")) == keys(read_phrases("en"))


def test_what_cannot_be_reported_is_refused(filled: Engine) -> None:
    """An unknown commune, one without bays, a bad month and a bad language each have their error."""
    with reading(filled) as session:
        for insee, month, lang, error in (
            ("75056", MONTH, "fr", UnknownCommune),
            (EMPTY, MONTH, "fr", UnknownBay),
            (SEEN, "2026-13", "fr", InvalidInput),
            (SEEN, MONTH, "de", InvalidInput),
        ):
            with pytest.raises(error):
                build_report(session, insee, month, lang)


def test_the_command_writes_the_files(
    filled: Engine, files: dict[str, bytes], tmp_path: Path
) -> None:
    """`airelib report` writes the same bytes as the service answers with."""
    url = filled.url.render_as_string(hide_password=False)
    given = ["--commune", SEEN, "--month", MONTH, "--out", str(tmp_path / "out"), "--database", url]
    result = CliRunner().invoke(report_command, given, catch_exceptions=False)
    assert result.exit_code == 0
    written = {path.suffix[1:]: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert written == files
