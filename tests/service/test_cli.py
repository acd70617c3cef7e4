"""The command line explains what is missing and what was refused, and hides no fault of ours."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT = """
import sys
for name in {missing!r}:
    sys.modules[name] = None
sys.argv = ["airelib", *{arguments!r}]
from service.cli import main
main()
"""
"""Runs the command line as if some modules were not installed."""


def run(*arguments: str, missing: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run a command with some modules absent."""
    code = WITHOUT.format(missing=missing, arguments=arguments)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [(("serve",), "sqlalchemy"), (("demo", "--once"), "pandas"), (("detect", "--help"), "cv2")],
)
def test_missing_optional_part_is_named(arguments: tuple[str, ...], missing: str) -> None:
    """A command whose optional part is not installed says which, and what to install."""
    done = run(
        *arguments, missing=(missing, "sqlalchemy") if arguments[0] == "demo" else (missing,)
    )
    said = done.stdout + done.stderr
    assert "Traceback" not in said
    assert "not installed" in said.lower()
    assert ("airelib[server]" in said) or ("needs cv2" in said)


def test_list_of_commands_needs_no_optional_part() -> None:
    """An edge device without the server part still lists every command and runs its own."""
    done = run("--help", missing=("sqlalchemy", "fastapi", "pandas", "geopandas"))
    assert done.returncode == 0
    assert "worker" in done.stdout
    assert "needs sqlalchemy" in done.stdout


def test_missing_module_of_ours_is_a_fault() -> None:
    """A module of ours that is not there is not dressed up as an optional part."""
    done = run("serve", missing=("service.commands.options",))
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_refusal_is_one_line_with_its_code() -> None:
    """A failure of the error family is one line that ends in its code, with exit status 2."""
    done = run("worker", "status", "/nowhere/worker.toml")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stderr.rstrip().endswith("[invalid_file]")
