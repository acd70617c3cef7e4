"""The hard limits of the house, kept by a machine."""

from __future__ import annotations

import ast
import importlib.util
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[1]
ROOMS = ("geo", "models", "sample_data", "service", "vision")
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
DRAWERS = {"utils", "helpers", "common", "manager", "misc", "core"}

FORBIDDEN_EVERYWHERE = (
    "registry." + "npmjs.org",
    "files.python" + "hosted.org",
    "pypi" + ".org/simple",
)
"""No file may name a registry's host."""


def modules() -> list[Path]:
    """Return every Python module of the five rooms."""
    return [
        path
        for room in ROOMS
        for path in sorted((REPO / room).rglob("*.py"))
        if "node_modules" not in path.parts
    ]


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(REPO)))
def test_module_is_small_and_introduced(path: Path) -> None:
    """A module has at most 400 lines, opens with one sentence, and its functions have at most 60 lines."""
    source = path.read_text()
    tree = ast.parse(source)
    assert source.count("\n") <= MAX_MODULE_LINES
    assert ast.get_docstring(tree), "no module docstring"
    too_long = {
        f.name: f.end_lineno - f.lineno + 1
        for f in functions(tree)
        if f.end_lineno is not None and f.end_lineno - f.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert not too_long


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(REPO)))
def test_module_holds_no_dead_code(path: Path) -> None:
    """No comment of a module is a statement that was switched off."""
    switched_off = []
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            text = token.string.lstrip("# ")
            if token.type == tokenize.COMMENT and re.match(
                r"(def |class |import |from \w+ import |return\b.*[()\[\]]|if .*:$|for .*:$|\w+ = \w+\()",
                text,
            ):
                switched_off.append(token.string)
    assert not switched_off


def test_no_module_is_a_drawer() -> None:
    """No module or package is named after nothing in particular."""
    assert [p for p in modules() if p.stem in DRAWERS or p.parent.name in DRAWERS] == []


def test_root_holds_no_python() -> None:
    """The prescribed top level has no module of its own."""
    assert list(REPO.glob("*.py")) == []


@pytest.mark.parametrize("room", ROOMS)
def test_room_resolves_to_ours(room: str) -> None:
    """The generic import names resolve to this distribution's packages."""
    spec = importlib.util.find_spec(room)
    assert spec is not None
    assert spec.origin is not None
    assert Path(spec.origin).parent == REPO / room


def test_no_file_names_a_registry() -> None:
    """Neither lock files nor pins nor documents hold a registry's address."""
    skipped = {
        "node_modules",
        ".git",
        ".venv",
        ".venv-ultralytics",
        ".venv-spark",
        "dist",
        "__pycache__",
        ".demo",
        "shared",
    }
    text_suffixes = {
        ".json",
        ".toml",
        ".txt",
        ".md",
        ".py",
        ".ts",
        ".tsx",
        ".css",
        ".html",
        ".lock",
        "",
    }
    guilty = [
        str(path.relative_to(REPO))
        for path in REPO.rglob("*")
        if path.is_file()
        and not skipped & set(path.relative_to(REPO).parts)
        and path.suffix in text_suffixes
        and any(host.encode() in path.read_bytes() for host in FORBIDDEN_EVERYWHERE)
    ]
    assert guilty == []
