"""The compiled sweep spread over a Spark cluster: stays travel by parts of bays, facts come back as bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.facts.bay_facts import BayFacts
from geo.facts.packing import pack, unpack
from geo.facts.slot_tables import spark_stays
from geo.facts.sweep import bay_facts
from geo.study.folder import BAYS_PER_PART, OpenStudy, bounds_s
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S, StaysPart, merged, sorted_stays
from geo.study.words import Study

Ints = NDArray[np.int64]

Unseen = tuple[NDArray[np.int32], Ints, Ints]

RESULT = "position int, facts binary"


def spark_facts(
    opened: OpenStudy, session: Any, bays_per_part: int = BAYS_PER_PART
) -> Iterator[BayFacts]:
    """Yield the facts of every bay in order, swept by a Spark session; the same figures as ``study_facts``.

    Each task takes the stays of ``bays_per_part`` bays into memory.
    """
    study, unseen = opened.study, opened.unseen()
    stays = spark_stays(opened, session)
    stays = stays.withColumn("part", (stays.position / bays_per_part).cast("int"))
    sweep = partial(_swept, bays_per_part, _slim(study), unseen)
    found = stays.groupBy("part").applyInArrow(_named(sweep), RESULT).toArrow()
    by_bay = dict(zip(found["position"].to_pylist(), found["facts"].to_pylist(), strict=True))
    for bay in range(len(study.bays)):
        if bay in by_bay:
            yield unpack(by_bay[bay])
        else:
            yield bay_facts(study, _part(study, range(bay, bay + 1), unseen, _nothing()))[0]


def _slim(study: Study) -> Study:
    """Return a study without what the sweep never reads, since it travels with each task."""
    return replace(study, neighbours=())


def _named(sweep: Callable[[pa.Table], pa.Table]) -> Callable[[pa.Table], pa.Table]:
    """Return a plain function: Spark looks at its arguments, which a partial hides."""

    def apply(table: pa.Table) -> pa.Table:
        return sweep(table)

    return apply


def _swept(bays_per_part: int, study: Study, unseen: Unseen, table: pa.Table) -> pa.Table:
    first = int(np.asarray(table["position"])[0]) // bays_per_part * bays_per_part
    bays = range(first, min(first + bays_per_part, len(study.bays)))
    facts = bay_facts(study, _part(study, bays, unseen, table))
    return pa.table(
        {
            "position": pa.array(bays, pa.int32()),
            "facts": pa.array([pack(one) for one in facts], pa.binary()),
        }
    )


def _part(study: Study, bays: range, unseen: Unseen, table: pa.Table) -> StaysPart:
    start_s, end_s = bounds_s(study.period)
    begin_s = np.asarray(table["begin_s"].fill_null(UNKNOWN_ARRIVAL_S), np.int64)
    gone_s = np.asarray(table["end_s"].fill_null(OPEN_S), np.int64)
    touches = (begin_s < end_s) & (gone_s > start_s)
    columns: list[NDArray[Any]] = [
        np.asarray(table["position"], np.int32)[touches],
        np.asarray(table["class_index"], np.int8)[touches],
        begin_s[touches],
        gone_s[touches],
    ]
    mine = (unseen[0] >= bays.start) & (unseen[0] < bays.stop)
    dark = merged(unseen[0][mine], unseen[1][mine], unseen[2][mine], start_s, end_s)
    bay, kind, arrived_s, departed_s = sorted_stays(columns)
    return StaysPart(bays, bay, kind, arrived_s, departed_s, *dark)


def _nothing() -> pa.Table:
    kinds = {
        "position": pa.int32(),
        "class_index": pa.int64(),
        "begin_s": pa.int64(),
        "end_s": pa.int64(),
    }
    return pa.table({name: pa.array([], kind) for name, kind in kinds.items()})
