"""The report as a table: one row for each bay, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from service.reports.figures import CommuneReport, enough

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run as a formula by spreadsheets (OWASP, CSV injection)."""

SHARE_DECIMALS = 4


def report_csv(report: CommuneReport) -> bytes:
    """Return the table as CSV in UTF-8 with a byte-order mark, as spreadsheets in France expect.

    Figures of a bay that was seen for less than the house's share of the time are left empty.
    """
    text = io.StringIO()
    rows = list(bay_rows(report))
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def bay_rows(report: CommuneReport) -> Iterator[dict[str, Any]]:
    """Yield the figures of each bay by column; None where unknown or not enough was seen."""
    for bay, place in zip(report.month.bays, report.bays, strict=True):
        known = enough(bay)
        given = place["properties"]
        yield {
            "bay_id": bay.bay_id,
            "name": bay.name,
            "commune": report.commune.insee,
            "month": report.period,
            "bay_type": given["bay_type"],
            "length_m": given["length_m"],
            "capacity": given["capacity"],
            "coverage": round(bay.coverage, SHARE_DECIMALS),
            "enough_coverage": int(known),
            "occupancy": _figure(bay.occupancy, known),
            "full_share": _figure(bay.full_share, known),
            "stays": bay.stays if known else None,
            "turnover_per_place_hour": _figure(bay.turnover, known),
            "dwell_median_min": _figure(bay.dwell_median_min, known),
            "overstay_share": _figure(bay.overstay_share, known),
            "calibrations": " ".join(report.calibrations[bay.bay_id]),
            "sample_data": int(report.sample),
            "report_id": report.report_id,
        }


def _figure(value: float | None, known: bool) -> float | None:  # noqa: FBT001 - a pair of a figure and its worth
    return round(value, SHARE_DECIMALS) if known and value is not None else None


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value
