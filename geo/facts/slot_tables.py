"""Slot facts of a whole study, run by an engine of choice: bays in order, cells in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from geo.facts.bay_facts import DAY_KINDS
from geo.facts.slots import calendar_table, seen_table, slot_facts
from geo.study.folder import STAY, OpenStudy
from geo.words import VEHICLE_CLASSES

BAYS_PER_PART = 500
"""Bays whose stays DuckDB cuts into slots together: some hundred megabytes for a year of 30 stays a day."""

STAY_TYPES = {"position": "int32", "class_index": "int64", "begin_s": "int64", "end_s": "int64"}

SCHEMA = pa.schema(
    [
        ("bay_id", pa.dictionary(pa.int32(), pa.string())),
        ("day_kind", pa.dictionary(pa.int8(), pa.string())),
        ("slot", pa.int16()),
        ("vehicle_class", pa.dictionary(pa.int8(), pa.string())),
        ("arrivals", pa.int64()),
        ("vehicle_s", pa.int64()),
        ("seen_s", pa.int64()),
        ("occupancy", pa.float64()),
    ]
)
"""Columns of the file: ``occupancy`` is the vehicle-seconds of a class per place-second seen, above 1 where vehicles
squeeze in, and empty where nothing was seen."""


def by_duckdb(opened: OpenStudy, bays_per_part: int = BAYS_PER_PART) -> Iterator[pa.Table]:
    """Yield the slot facts of all bays, some bays at a time; memory is bounded by one part."""
    cursor = opened.connection.cursor()
    cursor.execute("CREATE OR REPLACE TEMP TABLE part_stay AS " + _part_sql("position < 0"))
    cursor.register("calendar", calendar_table(opened.study.period))
    unseen = opened.unseen()
    bays = opened.study.bays
    for first in range(0, len(bays), bays_per_part):
        part = range(first, min(first + bays_per_part, len(bays)))
        cursor.execute(
            "CREATE OR REPLACE TEMP TABLE part_stay AS " + _part_sql("bay_id BETWEEN ? AND ?"),
            [bays[part[0]].bay_id, bays[part[-1]].bay_id],
        )
        cursor.register("seen", seen_table(part, unseen, opened.study.period))
        found = cursor.sql(_slot_sql()).to_arrow_table()
        yield labelled(found, opened)


def by_spark(opened: OpenStudy, session: Any) -> pa.Table:
    """Return the slot facts of all bays, computed by a Spark session that can read the folder of the study."""
    backend = ibis.pyspark.connect(session)
    spark_stays(opened, session).createOrReplaceTempView("part_stay")
    bays = range(len(opened.study.bays))
    seen = seen_table(bays, opened.unseen(), opened.study.period)
    session.createDataFrame(seen).createOrReplaceTempView("seen")
    session.createDataFrame(calendar_table(opened.study.period)).createOrReplaceTempView("calendar")
    tables = (backend.table(name) for name in ("part_stay", "seen", "calendar"))
    return labelled(backend.to_pyarrow(slot_facts(*tables)), opened)


def spark_stays(opened: OpenStudy, session: Any) -> Any:
    """Return the stays of a study as a Spark frame: ``position, class_index, begin_s, end_s``.

    The rows were checked when the study was opened; instants become whole seconds as DuckDB makes them.
    """
    from pyspark.sql import functions as sql

    if opened.stays.is_csv:
        raw = session.read.csv(str(opened.stays.path), header=True)
    else:
        raw = session.read.option("mergeSchema", "true").parquet(*map(str, opened.stays.files))
    ids = pa.table(
        {
            "bay_id": [bay.bay_id for bay in opened.study.bays],
            "position": pa.array(range(len(opened.study.bays)), pa.int32()),
        }
    )
    kinds = sql.create_map(
        *(sql.lit(v) for i, k in enumerate(VEHICLE_CLASSES) for v in (str(k), i))
    )
    whole = {
        name: sql.floor(sql.unix_micros(sql.col(column).cast("timestamp")) / sql.lit(1_000_000))
        for name, column in (("begin_s", "arrived_at"), ("end_s", "departed_at"))
    }
    return raw.join(sql.broadcast(session.createDataFrame(ids)), "bay_id").select(
        "position",
        kinds[sql.col("vehicle_class")].cast("long").alias("class_index"),
        *(instant.cast("long").alias(name) for name, instant in whole.items()),
    )


def labelled(found: pa.Table, opened: OpenStudy) -> pa.Table:
    """Return cells in order, with words for numbers, and the occupancy."""
    column = {name: np.asarray(found[name], np.int64) for name in found.column_names}
    keys = ("position", "day_kind", "slot", "class_index")
    order = np.lexsort([column[name] for name in reversed(keys)])
    column = {name: values[order] for name, values in column.items()}
    bays = opened.study.bays
    capacity = np.array([bay.capacity for bay in bays])[column["position"]]
    place_s = column["seen_s"] * capacity
    occupancy = column["vehicle_s"] / np.maximum(place_s, 1)
    return pa.table(
        {
            "bay_id": _words(column["position"], [bay.bay_id for bay in bays], pa.int32()),
            "day_kind": _words(column["day_kind"], DAY_KINDS, pa.int8()),
            "slot": pa.array(column["slot"], pa.int16()),
            "vehicle_class": _words(column["class_index"], VEHICLE_CLASSES, pa.int8()),
            **{name: column[name] for name in ("arrivals", "vehicle_s", "seen_s")},
            "occupancy": pa.array(occupancy, mask=place_s == 0),
        },
        schema=SCHEMA,
    )


def _words(index: Any, words: Any, kind: pa.DataType) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(index, kind), pa.array([str(word) for word in words], pa.string())
    )


def _part_sql(condition: str) -> str:
    return (
        "SELECT position::INTEGER AS position, class_index::BIGINT AS class_index, begin_s, end_s "
        f"FROM {STAY} WHERE {condition}"
    )


def _slot_sql() -> str:
    """Return the expression as DuckDB's SQL over ``part_stay``, ``seen`` and ``calendar``."""
    times = {"position": "int32", "from_s": "int64", "to_s": "int64"}
    cells = {"quarter": "int64", "day_kind": "int64", "slot": "int64"}
    stays, seen, calendar = (
        ibis.table(schema, name=name)
        for name, schema in (("part_stay", STAY_TYPES), ("seen", times), ("calendar", cells))
    )
    return str(ibis.to_sql(slot_facts(stays, seen, calendar), dialect="duckdb"))
