"""Documents say what the code does: every command, error, setting and event name is written down."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from service.reference import PAGES

REPO = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_reference_is_current(name: str) -> None:
    """A reference page says what the code says today (`make docs` writes it)."""
    assert (REPO / "docs" / "reference" / name).read_text() == PAGES[name]()


def test_glossary_is_current() -> None:
    """The glossary is what the vocabulary prints today."""
    printed = subprocess.run(
        [sys.executable, "-m", "geo.vocabulary"],
        check=True,
        capture_output=True,
        text=True,
        cwd=REPO,
    ).stdout
    assert printed == (REPO / "docs" / "glossary.md").read_text()


@pytest.mark.parametrize(
    "path", sorted([*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")]), ids=lambda p: p.name
)
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link of a document leads to a file."""
    broken = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text())
        if "://" not in target and not (path.parent / target).exists()
    ]
    assert broken == []


def test_make_targets_named_in_documents_exist() -> None:
    """A document names only targets that the Makefile has."""
    targets = set(re.findall(r"^([a-z-]+):", (REPO / "Makefile").read_text(), flags=re.MULTILINE))
    named = {
        (path.name, target)
        for path in [*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")]
        for target in re.findall(r"`make ([a-z-]+)", path.read_text())
    }
    assert {item for item in named if item[1] not in targets} == set()
