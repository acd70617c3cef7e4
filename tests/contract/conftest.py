"""The world of the service's tests, on both databases, and the published schemas to hold its answers against."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.cds_schemas import CdsSchemas
from tests.service.conftest import (
    database_url,
    engine,
    postgres_url,
    sqlite_template,
    world,
)

__all__ = ["database_url", "engine", "postgres_url", "sqlite_template", "world"]


@pytest.fixture(scope="session")
def schemas(shared: Path) -> CdsSchemas:
    """Return the published schemas of CDS 1.1."""
    folder = shared / "standards" / "cds"
    if not folder.is_dir():
        pytest.skip(f"no CDS schemas at {folder}")
    return CdsSchemas(folder)
