"""Tests with independent clients on a running service: GDAL, and QGIS where it is installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest

from tests.service.world import BAYS, World
from tests.web.served import serving

OGRINFO = shutil.which("ogrinfo")

QGIS_PYTHON = "/usr/bin/python3"
"""Debian's interpreter, for which python3-qgis is built."""

COUNTS = {"aires": 5, "occupation-horaire": 96 + 96 + 96, "occupation-commune": 150, "communes": 2}
"""Features of the small world now that its last day is over."""


@pytest.fixture(scope="module")
def address(filled: World) -> Iterator[str]:
    """Give the address of a running service."""
    with serving(filled.url) as running:
        yield f"{running}/ogc"


def ogrinfo(address: str, *options: str) -> str:
    """Return what ogrinfo prints of the service; the test skips where there is none."""
    if OGRINFO is None:
        pytest.skip("no ogrinfo: install the Debian package gdal-bin to run this test")
    done = subprocess.run(
        [OGRINFO, "-ro", *options, f"OAPIF:{address}"],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("page", [[], ["-oo", "PAGE_SIZE=7"]])
def test_ogrinfo_lists_all_features_across_pages(address: str, page: list[str]) -> None:
    """GDAL walks through all pages of all collections and finds each feature once."""
    said = ogrinfo(address, "-al", *page)
    found = Counter(re.findall(r"^OGRFeature\(([a-z-]+)\):", said, flags=re.MULTILINE))
    assert found == COUNTS
    matched = {
        name: httpx.get(f"{address}/collections/{name}/items?limit=1").json()["numberMatched"]
        for name in COUNTS
    }
    assert matched == COUNTS
    assert said.count("99001-0001") > COUNTS["aires"]


def test_ogrinfo_takes_the_types_of_the_schema(address: str) -> None:
    """Fields have their type although the first page holds only nulls of them."""
    said = ogrinfo(address, "-so", "-al")
    assert re.search(r"^occupancy: Real", said, flags=re.MULTILINE)
    assert re.search(r"^stays: Integer", said, flags=re.MULTILINE)
    assert re.search(r"^from_at: DateTime", said, flags=re.MULTILINE)
    assert re.search(r"^width_m: Real", said, flags=re.MULTILINE)
    assert re.search(r"^order_on: Date \(", said, flags=re.MULTILINE)
    assert re.search(r"^is_active: Integer\(Boolean\)", said, flags=re.MULTILINE)


def test_ogrinfo_selects_by_box(address: str) -> None:
    """A spatial filter of GDAL becomes a bbox of ours."""
    said = ogrinfo(address, "-al", "-spat", "2.6105", "48.9", "2.6115", "48.95")
    assert re.findall(r"bay_id \(String\) = (\S+)", said)[0] == BAYS[1]
    assert "OGRFeature(aires)" in said
    assert BAYS[0] not in said


@cache
def has_qgis() -> bool:
    """Tell whether Debian's Python has QGIS."""
    try:
        found = subprocess.run(
            [QGIS_PYTHON, "-c", "import qgis.core"], check=False, capture_output=True
        )
    except FileNotFoundError:
        return False
    return found.returncode == 0


def test_qgis_opens_every_collection(address: str, filled: World) -> None:
    """QGIS's own provider reads every feature, asks for a box and a time, and shows suggestions with a key."""
    if not has_qgis():
        pytest.skip("no QGIS: install the Debian package python3-qgis to run this test")
    program = str(Path(__file__).with_name("qgis_program.py"))
    done = subprocess.run(
        [QGIS_PYTHON, program, address, filled.keys["planner"]],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    found = json.loads(done.stdout.splitlines()[-1])
    for name, count in COUNTS.items():
        layer = found[name]
        assert (layer["valid"], layer["count"], layer["read"]) == (True, count, count)
    assert found["box"] == [BAYS[1]]
    assert found["filter"] == [BAYS[4]]
    assert found["time"] == 4 * 15
    (officers,) = found["keys"]
    assert (officers["valid"], officers["read"]) == (True, 0)
