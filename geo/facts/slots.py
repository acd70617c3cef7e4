"""Counts, occupancy and seen time per bay, kind of day, quarter of an hour and class, as expressions for any engine.

Only whole numbers, equality joins on them and sums: DuckDB and Spark give the same figures to the last digit.
"""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from geo.calendar import day_kind
from geo.facts.bay_facts import DAY_KINDS
from geo.facts.clock import local_days
from geo.local_time import EPOCH_ON
from geo.study.folder import bounds_s
from geo.study.stays import merged
from geo.study.words import Period
from geo.sums import local_s
from geo.words import SLOT_S, VEHICLE_CLASSES

Table = Any
"""An Ibis table expression; Ibis has no types of its own for the columns."""

Ints = NDArray[np.int64]

SLOTS = 96
"""Quarters of an hour of local wall time."""

CLASSES = len(VEHICLE_CLASSES)

DAY_S = 86_400


def slot_facts(stays: Table, seen: Table, calendar: Table) -> Table:
    """Return figures of every cell of the bays that ``seen`` names.

    Parameters
    ----------
    stays
        ``position, class_index, begin_s, end_s``: whole numbers, NULL where an arrival or a departure was not seen.
    seen
        ``position, from_s, to_s``: disjoint half-open times within the period; a bay that was never seen has one
        empty time at its start (``seen_table``).
    calendar
        ``quarter, day_kind, slot``: the cell of each quarter of an hour since 1970, consecutive
        (``calendar_table``): a join of whole numbers in the place of the engines' own time zones.

    Returns
    -------
    ``position, day_kind, slot, class_index, arrivals, vehicle_s, seen_s``, all whole numbers, one row for every cell
    that occurs in the period, in no order. An arrival counts if it lies within seen time, not in its first second (as in ``geo.facts.sweep``).
    """
    bounds = calendar.aggregate(
        first_s=calendar.quarter.min() * SLOT_S, last_s=(calendar.quarter.max() + 1) * SLOT_S
    )
    broken = _broken_quarters(seen, bounds)
    joined = _pieces(_there(stays, seen), bounds).left_join(broken, ["position", "quarter"])
    whole = joined.seen_from_s.isnull()
    within = (joined.seen_from_s < joined.arrived_s) & (joined.arrived_s < joined.seen_to_s)
    both_s = ibis.least(joined.to_s, joined.seen_to_s) - ibis.greatest(
        joined.from_s, joined.seen_from_s
    )
    counted = joined.select(
        "position",
        "class_index",
        "quarter",
        arrivals=(joined.arrives & (whole | within)).ifelse(1, 0),
        vehicle_s=whole.ifelse(joined.to_s - joined.from_s, ibis.greatest(both_s, 0)),
    ).inner_join(calendar, "quarter")
    sums = counted.group_by("position", "day_kind", "slot", "class_index").aggregate(
        arrivals=counted.arrivals.sum(), vehicle_s=counted.vehicle_s.sum()
    )
    return _every_cell(_seen_seconds(seen, broken, calendar), sums)


def seen_table(
    bays: range, unseen: tuple[NDArray[np.int32], Ints, Ints], period: Period
) -> pa.Table:
    """Return the times in which bays were seen: ``position, from_s, to_s``, sorted.

    Parameters
    ----------
    bays
        Positions on the bays axis.
    unseen
        Position, beginning and end of unseen times, in any order; those of other bays are left out.
    period
        The period, that is seen but for these.
    """
    start_s, end_s = bounds_s(period)
    mine = (unseen[0] >= bays.start) & (unseen[0] < bays.stop)
    bay, from_s, to_s = merged(unseen[0][mine], unseen[1][mine], unseen[2][mine], start_s, end_s)
    each = np.arange(bays.start, bays.stop, dtype=np.int32)
    position = np.concatenate([each, bay])
    begins = np.concatenate([np.full(len(each), start_s), to_s])
    order = np.lexsort((begins, position))
    position, begins = position[order], begins[order]
    lane = np.concatenate([bay, each])
    ends = np.concatenate([from_s, np.full(len(each), end_s)])
    ends = ends[np.lexsort((ends, lane))]
    seen = ends > begins
    never = np.isin(position, position[seen], invert=True) & (begins == start_s)
    kept = seen | never
    return pa.table({"position": position[kept], "from_s": begins[kept], "to_s": ends[kept]})


def calendar_table(period: Period) -> pa.Table:
    """Return the cell of each quarter of an hour of a period: ``quarter, day_kind, slot``; exact when the clock changes."""
    start_s, end_s = bounds_s(period)
    at_s = np.arange(start_s, end_s, SLOT_S, dtype=np.int64)
    wall_s = local_s(at_s, period.time_zone)
    kinds = [DAY_KINDS.index(day_kind(on, period.holidays_on)) for on in local_days(period)]
    day = wall_s // DAY_S - (period.first_on - EPOCH_ON).days
    return pa.table(
        {
            "quarter": at_s // SLOT_S,
            "day_kind": np.array(kinds, np.int64)[day],
            "slot": wall_s % DAY_S // SLOT_S,
        }
    )


def _there(stays: Table, seen: Table) -> Table:
    """Return when each vehicle was taken to be there: unseen ends lie where seeing begins or ends."""
    order = ibis.window(group_by="position", order_by="from_s")
    times = seen.mutate(
        before_s=seen.to_s.lag().over(order).fill_null(-1),
        after_s=seen.from_s.lead().over(order).fill_null(2**62),
    )
    known = stays.filter(stays.begin_s.notnull() & stays.end_s.notnull())
    ended = stays.filter(stays.end_s.isnull()).inner_join(times, "position")
    ended = ended.filter((ended.before_s <= ended.begin_s) & (ended.begin_s < ended.to_s))
    begun = stays.filter(stays.begin_s.isnull()).inner_join(times, "position")
    begun = begun.filter((begun.from_s < begun.end_s) & (begun.end_s <= begun.after_s))
    never = ibis.literal(-1, "int64")
    return ibis.union(
        known.select("position", "class_index", "begin_s", "end_s", arrived_s=known.begin_s),
        ended.select("position", "class_index", "begin_s", end_s="to_s", arrived_s=ended.begin_s),
        begun.select("position", "class_index", begin_s="from_s", end_s="end_s", arrived_s=never),
    )


def _pieces(there: Table, bounds: Table) -> Table:
    """Cut stays to the period and into quarters of an hour; one without any length is one piece of no time."""
    inside = there.cross_join(bounds)
    inside = inside.filter((inside.begin_s < inside.last_s) & (inside.end_s >= inside.first_s))
    clipped = inside.mutate(
        begin_s=ibis.greatest(inside.begin_s, inside.first_s),
        end_s=ibis.least(inside.end_s, inside.last_s),
        arrives=inside.arrived_s > inside.first_s,
    )
    last_s = ibis.greatest(clipped.end_s - 1, clipped.begin_s)
    pieces = clipped.mutate(
        quarter=ibis.range(clipped.begin_s // SLOT_S, last_s // SLOT_S + 1).unnest()
    )
    return pieces.select(
        "position",
        "class_index",
        "quarter",
        "arrived_s",
        arrives=pieces.arrives & (pieces.quarter == pieces.arrived_s // SLOT_S),
        from_s=ibis.greatest(pieces.begin_s, pieces.quarter * SLOT_S),
        to_s=ibis.least(pieces.end_s, (pieces.quarter + 1) * SLOT_S),
    )


def _broken_quarters(seen: Table, bounds: Table) -> Table:
    """Return the seen times of each quarter that was not seen throughout, whole; an empty one where there are none."""
    order = ibis.window(group_by="position", order_by="from_s")
    times = seen.cross_join(bounds)
    times = times.mutate(
        before_s=times.to_s.lag().over(order).fill_null(times.first_s - SLOT_S),
        is_last=times.from_s.lead().over(order).isnull(),
    )
    edges = ibis.union(
        times.select(
            "position", quarter=times.from_s // SLOT_S, seen_from_s="from_s", seen_to_s="to_s"
        ),
        times.select(
            "position", quarter=times.to_s // SLOT_S, seen_from_s="from_s", seen_to_s="to_s"
        ),
        distinct=True,
    )
    before = times.select(
        "position",
        quarter=ibis.range(times.before_s // SLOT_S + 1, times.from_s // SLOT_S).unnest(),
    )
    final = times.filter(times.is_last)
    after = final.select(
        "position", quarter=ibis.range(final.to_s // SLOT_S + 1, final.last_s // SLOT_S).unnest()
    )
    dark = ibis.union(before, after)
    nothing = ibis.literal(0, "int64")
    return ibis.union(edges, dark.mutate(seen_from_s=nothing, seen_to_s=nothing))


def _seen_seconds(seen: Table, broken: Table, calendar: Table) -> Table:
    """Return the seconds seen of every bay, kind of day and slot."""
    quarter_s = broken.quarter * SLOT_S
    both_s = ibis.least(broken.seen_to_s, quarter_s + SLOT_S) - ibis.greatest(
        broken.seen_from_s, quarter_s
    )
    lost = broken.mutate(both_s=ibis.greatest(both_s, 0)).group_by("position", "quarter")
    lost = lost.aggregate(lost_s=SLOT_S - ibis._.both_s.sum()).inner_join(calendar, "quarter")
    lost = lost.group_by("position", "day_kind", "slot").aggregate(lost_s=lost.lost_s.sum())
    whole = calendar.group_by("day_kind", "slot").aggregate(whole_s=calendar.count() * SLOT_S)
    cells = seen.select("position").distinct().cross_join(whole)
    joined = cells.left_join(lost, ["position", "day_kind", "slot"])
    return joined.select(
        "position", "day_kind", "slot", seen_s=joined.whole_s - joined.lost_s.fill_null(0)
    )


def _every_cell(seen_s: Table, sums: Table) -> Table:
    """Join counts to every cell and class; zero where nothing came."""
    classes = seen_s.mutate(class_index=ibis.range(0, CLASSES).unnest())
    joined = classes.left_join(sums, ["position", "day_kind", "slot", "class_index"])
    return joined.select(
        "position",
        "day_kind",
        "slot",
        "class_index",
        arrivals=joined.arrivals.fill_null(0),
        vehicle_s=joined.vehicle_s.fill_null(0),
        seen_s=joined.seen_s,
    )
