"""The one door to engines for large tables: DuckDB in process, Apache Spark where one machine is not enough."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import duckdb

from geo.errors import Unavailable

MEMORY_GB = 6.0
"""Memory that DuckDB may take before it spills to disk; a parameter of ours: a server of 8 GB keeps room for the rest."""

THREADS = 2
"""Threads of DuckDB; a parameter of ours, the cores of the smallest server."""

ENGINES = ("duckdb", "spark")

LOCAL_SPARK = "local[*]"
"""Spark in this process's own Java, where no cluster is named."""


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


def spark_session(master: str = LOCAL_SPARK, settings: dict[str, str] | None = None) -> Any:
    """Return a Spark session on a master (``spark://host:port``, ``yarn``, ``local[2]``); its zone is UTC.

    Raises
    ------
    Unavailable
        PySpark is not installed, or no Java or no master answers.
    """
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unavailable(
            "Spark is not installed: wanted the extra spark (pip install 'airelib[spark]')"
        ) from error
    builder = SparkSession.builder.master(master).appName("airelib")
    for key, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.ui.enabled": "false",
        **(settings or {}),
    }.items():
        builder = builder.config(key, value)
    try:
        return builder.getOrCreate()
    except PySparkException as error:
        raise Unavailable(f"Spark at {master} does not answer: {error}") from error
