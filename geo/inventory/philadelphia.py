"""Columns of Philadelphia's smart loading zones, and the kerb nearest to each, as a line and as two distances.

A zone is its name and its point. The kerb that lies nearest turns it; that kerb's use, length and maximum stay are
the zone's only where it is a loading kerb too.
"""

from __future__ import annotations

import re

from geo.inventory.cells import Row, read_number

R_VECTOR = re.compile(r"c\(([-\d.,\sE+]+)\)", re.IGNORECASE)
"""``c(-75.1, -75.2, 39.9, 39.8)``: a matrix printed by R, all longitudes, then all latitudes."""

MIN_NUMBERS = 4

ZONE = "smartzonename"

MIN_PER_H, HOURS_PER_WEEK = 60, 168


def is_smart_zone(row: Row) -> bool:
    """Tell whether a row is a smart loading zone: its name says so, whatever the nearest kerb is for."""
    return row.text(ZONE) is not None


def kerb_line(row: Row) -> tuple[tuple[float, float], ...]:
    """Return the line of ``OMF_curb_geometry``, longitude then latitude; empty where there is none."""
    match = R_VECTOR.fullmatch(row.text("omf_curb_geometry") or "")
    numbers = (
        [read_number(part, "OMF_curb_geometry") for part in match[1].split(",")] if match else []
    )
    half = len(numbers) // 2
    if len(numbers) < MIN_NUMBERS or len(numbers) % 2:
        return ()
    return tuple(zip(numbers[:half], numbers[half:], strict=True))


def kerb_length_m(row: Row) -> float | None:
    """Return the length of the kerb between ``dstnc_s_`` and ``dstnc_n_``, metres from the street's beginning."""
    start, end = row.number("dstnc_s"), row.number("dstnc_n")
    return None if start is None or end is None or end <= start else end - start


def stay_min_of_hours(row: Row) -> int | None:
    """Return the maximum stay of ``mx_drt_`` in minutes, from hours; -1 there stands for no stop at all."""
    hours = row.number("mx_drt")
    return round(hours * MIN_PER_H) or None if hours and 0 < hours <= HOURS_PER_WEEK else None
