"""The report: its keys, its counts, and codes that are written down."""

from __future__ import annotations

import json
import re
from pathlib import Path

from geo.inventory.codes import Reason, Repair, Warn
from geo.inventory.formats import FORMATS
from geo.inventory.report import report
from tests.geo.inventory.files import COMMUNES, hauts_de_seine_row, old_cerema_row, read, table


def test_the_report_has_its_keys_and_adds_up() -> None:
    """It is plain JSON; positions count from 1 after the header."""
    rows = [hauts_de_seine_row(), hauts_de_seine_row(), hauts_de_seine_row(1500, type="FONDS")]
    told = report(read(table(rows, ";"), communes=COMMUNES))
    assert json.loads(json.dumps(told)) == told
    assert set(told) == {
        *("format", "rows", "imported", "merged", "refused", "reasons", "repairs", "warnings"),
        *("commune_disagreements", "merges", "facts"),
    }
    assert (told["rows"], told["imported"], told["merged"], told["refused"]) == (3, 1, 1, 1)
    assert [(note["row"], note["code"]) for note in told["reasons"]] == [(3, "not_a_delivery_bay")]
    assert told["merges"][0]["into_row"] == 1
    assert told["commune_disagreements"][0] | {"outside_m": 0} == {
        "row": 3,
        "bay_id": "99001007",
        "declared": "99001",
        "found": "99002",
        "outside_m": 0,
    }


def test_a_row_joined_to_a_refused_one_has_its_reason() -> None:
    """Two rules of a bay without a plausible outline are two refused rows."""
    rows = [old_cerema_row(ID=n, EMPRISE_LONGUEUR="99", EMPRISE_LARGEUR="9") for n in "12"]
    told = report(read(table(rows)))
    assert [(note["row"], note["code"]) for note in told["reasons"]] == [
        (1, "invalid_geometry"),
        (2, "invalid_geometry"),
    ]


def test_every_code_is_written_down(repo: Path) -> None:
    """The reference explains each reason, repair and warning, and nothing that does not exist."""
    page = (repo / "docs/reference/files.md").read_text()
    section = page.split("## report.json", 1)[1].split("\n## ", 1)[0]
    written = re.findall(r"^\| `([a-z_]+)` \|", section, flags=re.MULTILINE)
    assert {*Reason, *Repair, *Warn} <= set(written)
    keys = {"format", "commune_disagreements", "merges", "facts", "reasons"}
    assert set(written) <= {*Reason, *Repair, *Warn, *keys}


def test_every_format_is_in_the_how_to(repo: Path) -> None:
    """Each name of the option has a row in the table."""
    page = (repo / "docs/how-to/import-an-inventory.md").read_text()
    assert [name for name in FORMATS[1:] if f"| `{name}` |" not in page] == []
