"""`airelib facts`: counts, occupancy and seen time of a study per bay, kind of day, slot and class."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pyarrow as pa

    from geo.study.folder import OpenStudy


@click.command()
@click.option(
    "--data",
    "folder",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder of the study: bays.geojson, stays, unseen.csv and what else there is.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Parquet file to write."
)
@click.option(
    "--engine",
    type=click.Choice(("duckdb", "spark")),
    default="duckdb",
    show_default=True,
    help="DuckDB in process, or Apache Spark (extra spark, Java 17).",
)
@click.option(
    "--spark-master",
    default="local[*]",
    show_default=True,
    help="Where Spark runs, for example spark://host:7077; it must see the folder too.",
)
@click.option(
    "--memory-gb",
    type=click.FloatRange(0.5),
    default=6.0,
    show_default=True,
    help="Memory that DuckDB may take before it uses the disk.",
)
@click.option(
    "--threads", type=click.IntRange(1), default=2, show_default=True, help="Threads of DuckDB."
)
def facts(  # noqa: PLR0917 - one parameter for each option
    folder: Path, out: Path, engine: str, spark_master: str, memory_gb: float, threads: int
) -> None:
    """Write arrivals, vehicle-seconds, seen seconds and occupancy of every cell of a study."""
    from geo.study.folder import open_study

    with open_study(folder, memory_gb, threads) as opened:
        rows = _written(_tables(opened, engine, spark_master), out)
    click.echo(f"{out}: {len(opened.study.bays)} bays, {rows} rows")


def _tables(opened: OpenStudy, engine: str, master: str) -> Iterator[pa.Table]:
    from geo.facts.slot_tables import by_duckdb, by_spark

    if engine == "duckdb":
        yield from by_duckdb(opened)
        return
    from geo.engine import spark_session

    session = spark_session(master)
    try:
        yield by_spark(opened, session)
    finally:
        session.stop()


def _written(tables: Iterator[pa.Table], out: Path) -> int:
    """Write tables one after another; the file appears when it is complete."""
    from pyarrow import parquet

    from geo.facts.slot_tables import SCHEMA

    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(out.name + ".part")
    rows = 0
    with parquet.ParquetWriter(beside, SCHEMA, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table)
            rows += table.num_rows
    beside.replace(out)
    return rows
