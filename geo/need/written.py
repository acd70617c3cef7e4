"""The need as GeoJSON, as a table and as a report, each marked as a prior."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from geo.geojson import feature_collection, rounded
from geo.inventory.found import Note
from geo.need.expected import Need, Standing
from geo.need.parameters import Parameters
from geo.need.ranges import Range, total
from geo.need.ratios import KIND_LABELS
from geo.need.staff import StaffForm
from geo.need.sums import StreetNeed
from geo.streets import Street

BASIS = "prior"
"""What every figure here rests on: published ratios, no observation."""

DECIMALS = 2

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these is run as a formula by spreadsheets (OWASP, CSV injection)."""

RANGES = ("deliveries_per_week", "deliveries_per_place", "places_needed")
"""Properties that are ranges, or unknown."""

UNKNOWN_RANGE: Mapping[str, float | None] = {"low": None, "mid": None, "high": None}

MAX_LINES = 20
"""Most lines of one list in the report; GeoJSON holds all."""

LIMITS = (
    "These are expectations from published ratios (basis: prior): no measure, never to be added to, averaged with or shown as measured figures.",
    "Ratios are means over many establishments: a street of five shops may differ by far more than the range says.",
    "Ratios are those of French surveys published in 2009 and before: deliveries to households are not in them.",
    "A movement is a delivery or a collection; how long it lasts, and whether it stops at a bay, is not said.",
)
"""What a reader must know, in every output that has room for it."""

STANDINGS: Mapping[Standing, str] = {
    "counted": "counted",
    "not_counted": "not counted, by their kind",
    "apart": "apart, to be asked one by one",
    "unknown_activity": "activity not known",
    "unknown_staff": "jobs not known",
}


@dataclass(frozen=True)
class Result:
    """All that is written."""

    needs: Sequence[Need]
    sums: Sequence[StreetNeed]
    parameters: Parameters
    refused: Sequence[Note]
    staff_form: StaffForm
    streets: Sequence[Street] = ()
    bays_elsewhere: Sequence[str] | None = None
    """Bays on none of the streets; None where no bays were given."""

    @property
    def total(self) -> Range:
        """Deliveries a week over all streets."""
        return total(street.deliveries for street in self.sums)


def need_geojson(result: Result) -> bytes:
    """Return streets with what is expected of them; parameters, sources and what is not counted stand beside the features."""
    document = feature_collection(_feature(street, result) for street in result.sums)
    document |= {
        "basis": BASIS,
        "limits": list(LIMITS),
        "deliveries_per_week": _rounded(result.total),
        "parameters": _parameters(result.parameters),
        "not_counted": [_left_out(need) for need in result.needs if need.standing != "counted"],
        "refused": [asdict(note) for note in result.refused],
        "staff_read_as": result.staff_form,
        "bays_elsewhere": None if result.bays_elsewhere is None else list(result.bays_elsewhere),
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def need_csv(result: Result) -> bytes:
    """Return one row for each street, safe to open in a spreadsheet: UTF-8 with a byte-order mark."""
    rows = [_row(street, result) for street in result.sums]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(_row(StreetNeed(None, None), result)), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode("utf-8-sig")


def need_report(result: Result) -> str:
    """Return the report as text."""
    count = len(result.needs)
    lines = [
        "Expected deliveries a week (basis: prior, from published ratios; no measure)",
        "",
        f"all streets: {_said(result.total)}",
        *(f"  {KIND_LABELS.get(kind, kind)}: {_said(value)}" for kind, value in _by_kind(result)),
        "",
        f"establishments: {count + len(result.refused)} rows, {count} read, {len(result.refused)} refused",
        *(f"  {label}: {number}" for label, number in _counts(result.needs)),
        f"  staff was read as {result.staff_form}",
        *_streets_lines(result),
        *_list("not counted", (_line(need) for need in result.needs if need.standing != "counted")),
        *_list("refused", (f"row {n.row}: {n.message} [{n.code}]" for n in result.refused)),
        *_sources(result.parameters),
        "",
        "limits:",
        *(f"  {text}" for text in LIMITS),
    ]
    return "\n".join(lines) + "\n"


def _feature(street: StreetNeed, result: Result) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": _properties(street, result),
        "geometry": _geometry(street, result.streets),
    }


def _properties(street: StreetNeed, result: Result) -> dict[str, Any]:
    per_place = result.parameters.movements_per_place
    return {
        "basis": BASIS,
        "street": street.name,
        "commune": street.commune,
        "deliveries_per_week": _rounded(street.deliveries),
        "deliveries_by_hour": _by_hour(street.deliveries, result.parameters),
        "by_kind": {kind: _rounded(value) for kind, value in sorted(street.by_kind.items())},
        "establishments": {name: street.standings.get(name, 0) for name in STANDINGS},
        "near_share": None if street.near_share is None else round(street.near_share, DECIMALS + 1),
        "bays": street.bays,
        "capacity": street.capacity,
        "deliveries_per_place": _rounded(street.deliveries_per_place),
        "places_needed": _rounded(street.places_needed(per_place.value)) if per_place else None,
    }


def _by_hour(deliveries: Range, parameters: Parameters) -> dict[str, list[float]] | None:
    """Return the deliveries of a week in each hour of the day, all days together; None without a profile."""
    if parameters.hours is None:
        return None
    shares = parameters.hours.shares
    return {
        name: [round(value * share, DECIMALS) for share in shares]
        for name, value in asdict(deliveries).items()
    }


def _geometry(street: StreetNeed, streets: Sequence[Street]) -> dict[str, Any] | None:
    """Return the lines of the street, else the places of its establishments, else none."""
    lines = [rounded(streets[segment].line_lonlat) for segment in sorted(street.segments)]
    if lines:
        return {"type": "MultiLineString", "coordinates": lines}
    if street.points_lonlat:
        return {"type": "MultiPoint", "coordinates": rounded(street.points_lonlat)}
    return None


def _row(street: StreetNeed, result: Result) -> dict[str, Any]:
    """Return the columns of one street, the same for every street."""
    properties = _properties(street, result)
    told = properties["by_kind"]
    kinds = {kind: told.get(kind, UNKNOWN_RANGE) for kind, _ in _by_kind(result)}
    given = {name: properties[name] or UNKNOWN_RANGE for name in RANGES}
    row = _flat({**properties, "by_kind": kinds, **given})
    unasked = set() if result.parameters.hours else {"deliveries_by_hour"}
    if not result.parameters.movements_per_place:
        unasked |= {f"places_needed_{part}" for part in UNKNOWN_RANGE}
    return {name: value for name, value in row.items() if name not in unasked}


def _flat(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return nested values as columns: ``deliveries_per_week_low``; those by kind and by hour too."""
    row: dict[str, Any] = {}
    for name, value in properties.items():
        if isinstance(value, Mapping):
            row |= {f"{name}_{part}": inner for part, inner in _flat(value).items()}
        elif isinstance(value, list):
            row |= {f"{name}_{hour:02d}": inner for hour, inner in enumerate(value)}
        else:
            row[name] = value
    return row


def _cell(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return f"'{value}"
    return "" if value is None else value


def _rounded(value: Range | None) -> dict[str, float] | None:
    if value is None:
        return None
    return {name: round(float(part), DECIMALS) for name, part in asdict(value).items()}


def _parameters(parameters: Parameters) -> dict[str, Any]:
    document = asdict(parameters)
    del document["codes"]
    return document


def _left_out(need: Need) -> dict[str, Any]:
    one = need.establishment
    return {
        "row": one.row,
        "id": one.establishment_id,
        "name": one.name,
        "activity": one.activity,
        "standing": need.standing,
        "kind": need.kind,
        "reason": need.reason,
        "deliveries_per_week": _rounded(need.deliveries),
    }


def _by_kind(result: Result) -> list[tuple[str, Range]]:
    kinds = sorted({kind for street in result.sums for kind in street.by_kind})
    return [
        (kind, total(street.by_kind[kind] for street in result.sums if kind in street.by_kind))
        for kind in kinds
    ]


def _counts(needs: Iterable[Need]) -> list[tuple[str, int]]:
    found = [need.standing for need in needs]
    return [(label, found.count(name)) for name, label in STANDINGS.items()]


def _streets_lines(result: Result) -> list[str]:
    most = sorted(result.sums, key=lambda street: -street.deliveries.mid)
    lines = [
        f"{street.name or 'street not known'}: {_said(street.deliveries)}{_bays(street)}"
        for street in most
    ]
    elsewhere = result.bays_elsewhere
    more = [] if elsewhere is None else ["", f"bays on none of these streets: {len(elsewhere)}"]
    return [*_list("streets, most first", lines), *more]


def _bays(street: StreetNeed) -> str:
    bays = "" if street.bays is None else f"; {street.bays} bays with {street.capacity} places"
    return bays if street.near_share is None else f"{bays}; {street.near_share:.0%} near a bay"


def _line(need: Need) -> str:
    one = need.establishment
    return f"row {one.row}, {one.name or one.establishment_id}: {need.reason}"


def _said(value: Range) -> str:
    return f"{value.mid:.0f} (from {value.low:.0f} to {value.high:.0f})"


def _list(head: str, lines: Iterable[str]) -> list[str]:
    told = list(lines)
    if not told:
        return []
    more = [f"  and {len(told) - MAX_LINES} more"] if len(told) > MAX_LINES else []
    return ["", f"{head}:", *(f"  {line}" for line in told[:MAX_LINES]), *more]


def _sources(parameters: Parameters) -> list[str]:
    ratios = [
        f"{kind}: {_ratio(ratio.movements, ratio.per)}; {ratio.source}"
        for kind, ratio in parameters.ratios.items()
    ]
    per_place, hours = parameters.movements_per_place, parameters.hours
    return _list(
        "parameters",
        [
            *ratios,
            f"a bay serves within {parameters.within_m.value:g} m; {parameters.within_m.source}",
            f"a street is at most {parameters.snap_m.value:g} m away; {parameters.snap_m.source}",
            f"deliveries that a place serves a week: {per_place.source}"
            if per_place
            else "deliveries that a place serves a week: not published, none assumed",
            f"hours of the day: {hours.source}"
            if hours
            else "hours of the day: no published profile could be checked, none assumed",
        ],
    )


def _ratio(movements: Range | None, per: str) -> str:
    if movements is None:
        return "no ratio"
    return f"{movements.mid:g} (from {movements.low:g} to {movements.high:g}) a week and {per}"
