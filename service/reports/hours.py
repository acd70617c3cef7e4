"""The report's chart of a day: occupancy hour by hour, drawn as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from geo.commune_month import Hour
from geo.vocabulary import Language
from geo.words import ENOUGH_COVERAGE
from service.reports.drawing import ACCENT, HAIR, INK, QUIET, STEP_COLOURS, picture, step_of, text
from service.reports.figures import CommuneReport
from service.reports.phrases import percent, read_phrases

WIDTH_MM, HEIGHT_MM = 174.0, 58.0
LEFT_MM, TOP_MM, FOOT_MM = 10.0, 3.0, 6.0
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
LABELLED_H = range(0, 25, 2)
GAP_MM = 0.9
ROOM = 1.15
"""Height of the axis above the highest figure."""

LABELS_END_MM = 22.0
LABELS_APART_MM = 7.0


def hours_chart(report: CommuneReport, language: Language) -> str:
    """Return the chart: bars for weekdays, a stepped line for the other days."""
    month = report.month
    top = _top([*month.weekday, *month.weekend])
    parts = [line for share in GRID if share <= top for line in _grid_line(share, top, language)]
    parts += [_bar(i, hour, top) for i, hour in enumerate(month.weekday)]
    parts += _steps(month.weekend, top)
    parts += [
        text(_x(h), HEIGHT_MM - 1.2, f"{h} h", 2.5, anchor="middle", fill=QUIET) for h in LABELLED_H
    ]
    return picture(WIDTH_MM, HEIGHT_MM, [*parts, *_labels(month.weekend, top, language)])


def _top(hours: Sequence[Hour]) -> float:
    """Return where the axis ends: a quarter above the highest figure, at most 1."""
    highest = max((hour.occupancy for hour in hours if hour.occupancy is not None), default=0.0)
    return next(share for share in GRID[1:] if share >= min(highest * ROOM, 1.0))


def _x(hour: float) -> float:
    return LEFT_MM + hour * (WIDTH_MM - LEFT_MM - LABELS_END_MM) / 24


def _y(share: float, top: float) -> float:
    return TOP_MM + (1 - share / top) * (HEIGHT_MM - TOP_MM - FOOT_MM)


def _grid_line(share: float, top: float, language: Language) -> list[str]:
    y = _y(share, top)
    return [
        f'<path d="M{LEFT_MM},{y:.2f}H{_x(24):.2f}" stroke="{HAIR}" stroke-width="0.2"/>',
        text(LEFT_MM - 1.2, y + 0.9, percent(share, language), 2.5, anchor="end", fill=QUIET),
    ]


def _bar(i: int, hour: Hour, top: float) -> str:
    if hour.occupancy is None:
        return ""
    fill = (
        STEP_COLOURS[step_of(hour.occupancy)] if hour.coverage >= ENOUGH_COVERAGE else "url(#hatch)"
    )
    x, y, foot = _x(i) + GAP_MM / 2, _y(hour.occupancy, top), _y(0.0, top)
    width = _x(1) - _x(0) - GAP_MM
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{foot - y:.2f}" fill="{fill}" '
        f'stroke="{INK}" stroke-width="0.15"/>'
    )


def _steps(hours: Sequence[Hour], top: float) -> list[str]:
    """Return a stepped line, broken where nothing was seen."""
    return [
        f'<path d="M{_x(i):.2f},{_y(hour.occupancy, top):.2f}H{_x(i + 1):.2f}" stroke="{ACCENT}" '
        'stroke-width="0.7" stroke-linecap="round"/>'
        for i, hour in enumerate(hours)
        if hour.occupancy is not None
    ]


def _labels(weekend: Sequence[Hour], top: float, language: Language) -> list[str]:
    """Return the names of both series, beside the end of the line and under it."""
    phrases = read_phrases(language)
    last = weekend[-1].occupancy
    y = min(_y(last or 0.0, top), _y(0.0, top) - LABELS_APART_MM)
    words = phrases["hours_weekend"].split(", ", 1)
    line = [
        text(_x(24) + 1.5, y + 0.8 + 2.9 * i, part, 2.6, fill=ACCENT)
        for i, part in enumerate(words)
    ]
    bars = text(_x(24) + 1.5, _y(0.0, top) - 0.4, phrases["hours_weekday"], 2.6, fill=QUIET)
    return [*line, bars]
