"""A small version of each scientific check runs among the tests."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

CHECKS = runpy.run_path(str(HERE / "__main__.py"), run_name="validate")["checks"]()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_small_check_meets_its_bars(check: Any) -> None:
    """Drawn small, with fixed seeds, every bar of the check is met."""
    from checks import Scale, Skipped

    try:
        figures = check.run(Scale.SMALL)
    except Skipped as reason:
        pytest.skip(str(reason))
    assert figures
    assert not [figure for figure in figures if figure.is_met is False]
