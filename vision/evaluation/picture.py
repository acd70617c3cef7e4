"""One picture of an evaluation, for a person who decides: each share as a point with its interval, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, ROW = 960, 350, 690, 34
"""Pixels: of the picture, the ends of the scale, and the height of a row."""

INK, SOFT, RULE, BAR, PAPER = "#1b1f24", "#5b6470", "#d5dae0", "#7fa8d1", "#ffffff"
"""Text has a contrast of 16 and 6 to 1 on the paper (WCAG 2.2 asks 4.5)."""

POINT = "#0b4f8a"

LOWEST = (0.9, 0.8, 0.5, 0.0)
"""Beginnings of the scale; the highest that shows everything is taken."""

WEAKEST = 5
"""Bays shown: those with the lowest figure."""

ROWS = {
    "frames": (
        ("balanced_accuracy", "Right, free and occupied weighted alike"),
        ("recall", "Occupied bays told occupied"),
        ("specificity", "Free bays told free"),
        ("answered_share", "Answered (the rest: unknown)"),
        ("answered_accuracy", "Right, of the answered"),
    ),
    "stays": (
        ("recall", "True stays that were found"),
        ("precision", "Found stays that are true"),
        ("class_accuracy", "Right kind of vehicle"),
    ),
}
"""Figures shown of everything, in words."""

GROUP_FIGURE = {
    "frames": ("balanced_accuracy", "right, free and occupied weighted alike"),
    "stays": ("f1", "stays found and true (F1)"),
}
"""The one figure shown per condition and for the weakest bays."""


@dataclass(frozen=True)
class _Row:
    """One line of the picture: a title, or a figure with its interval."""

    words: str
    value: float | None = None
    ends: tuple[float, float] | None = None
    is_title: bool = False


def picture(document: dict[str, Any]) -> str:
    """Return the picture as SVG, on white paper."""
    rows = list(_rows(document))
    known = [value for row in rows for value in (row.value, *(row.ends or ())) if value is not None]
    low = next(start for start in LOWEST if start <= min(known, default=1.0) or start == 0)
    top = 116
    height = top + ROW * len(rows) + 40
    body = [
        _opening(height),
        f"<title>{escape(_title(document))}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>',
        _text(24, 40, _title(document), size=22, weight=600),
        *(
            _text(24, 64 + 20 * i, line, fill=SOFT, size=14)
            for i, line in enumerate(_notes(document))
        ),
        *_scale(low, top, height - 34),
    ]
    for index, row in enumerate(rows):
        body += _drawn(row, top + ROW * index + ROW // 2, low)
    return "\n".join([*body, "</svg>\n"])


def _opening(height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="15" role="img">'
    )


def _title(document: dict[str, Any]) -> str:
    if document["kind"] == "frames":
        return f"Bay states: {document['answers_wanted']} in {document['frames']} frames"
    return f"Stays: {document['stays_true']} true, {document['stays_found']} found"


def _notes(document: dict[str, Any]) -> Iterator[str]:
    yield (
        f"Point: the figure. Bar: where it lies with {100 * document['interval_share']:.0f} % probability if only chance differs. "
        + ("Unknown counts as wrong." if document["kind"] == "frames" else "")
    )
    if document["kind"] == "stays":
        yield _times(document)
        return
    reasons = ", ".join(f"{name} {n}" for name, n in document["unknown_reasons"].items())
    yield f"Unknown: {document['unknown']}" + (f" ({reasons})" if reasons else "")


def _times(document: dict[str, Any]) -> str:
    parts = [
        f"{word} off by {document[f'{name}_error_s']:.1f} s (median), {document[f'{name}_error_p90_s']:.1f} s (9 of 10)"
        for name, word in (("arrival", "Arrival"), ("departure", "departure"))
        if document[f"{name}_error_s"] is not None
    ]
    return "; ".join([*parts, f"phantom departures: {document['phantom_departures']}"])


def _rows(document: dict[str, Any]) -> Iterator[_Row]:
    kind = document["kind"]
    for name, words in ROWS[kind]:
        yield _row(words, name, document)
    name, words = GROUP_FIGURE[kind]
    if document["by_condition"]:
        yield _Row(f"Per condition: {words}", is_title=True)
        for condition, group in document["by_condition"].items():
            yield _row(condition, name, group)
    bays = sorted(document["by_bay"].items(), key=lambda item: (item[1][name] or 0.0, item[0]))
    if len(bays) > 1:
        yield _Row(f"Weakest bays: {words}", is_title=True)
        for bay, group in bays[:WEAKEST]:
            yield _row(bay, name, group)


def _row(words: str, name: str, figures: dict[str, Any]) -> _Row:
    return _Row(words, figures[name], figures["intervals"][name])


def _drawn(row: _Row, y: int, low: float) -> Iterator[str]:
    if row.is_title:
        yield _text(24, y + 8, row.words, weight=600)
        return
    yield _text(LEFT - 16, y + 5, row.words, anchor="end")
    if row.ends is not None:
        x0, x1 = _x(row.ends[0], low), _x(row.ends[1], low)
        yield (
            f'<rect x="{x0:.1f}" y="{y - 6}" width="{max(x1 - x0, 2):.1f}" height="12" rx="3" fill="{BAR}"/>'
        )
    if row.value is not None:
        yield f'<circle cx="{_x(row.value, low):.1f}" cy="{y}" r="6" fill="{POINT}"/>'
    yield _text(RIGHT + 24, y + 5, _label(row))


def _label(row: _Row) -> str:
    if row.value is None:
        return "nothing to count"
    if row.ends is None:
        return f"{_percent(row.value)} (too few for an interval)"
    return f"{_percent(row.value)} ({_percent(row.ends[0])} to {_percent(row.ends[1])})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _scale(low: float, top: int, bottom: int) -> Iterator[str]:
    for share in (low, (low + 1) / 2, 1.0):
        x = _x(share, low)
        yield f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{RULE}"/>'
        yield _text(x, bottom + 20, f"{100 * share:g} %", fill=SOFT, size=13, anchor="middle")


def _x(share: float, low: float) -> float:
    return LEFT + (RIGHT - LEFT) * (share - low) / (1 - low)


def _text(  # noqa: PLR0913 - a text has this many looks
    x: float,
    y: float,
    words: str,
    *,
    fill: str = INK,
    size: int = 15,
    weight: int = 400,
    anchor: str = "start",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{fill}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(words)}</text>'
    )
