"""The one door to engines for large tables: DuckDB in process."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

MEMORY_GB = 6.0
"""Memory that DuckDB may take before it spills to disk; a parameter of ours: a server of 8 GB keeps room for the rest."""

THREADS = 2
"""Threads of DuckDB; a parameter of ours, the cores of the smallest server."""


def in_process(memory_gb: float = MEMORY_GB, threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """Return a fresh DuckDB in memory that spills to the system's folder of temporary files; its zone is UTC."""
    spill = Path(tempfile.gettempdir()) / "airelib-duckdb"
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{memory_gb:g}GB",
            "threads": threads,
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection
