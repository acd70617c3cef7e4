"""Colours and marks that the report's map and charts share."""

from __future__ import annotations

from bisect import bisect_right
from html import escape

STEP_FROM = (0.0, 0.1, 0.2, 0.4, 0.6, 0.8)
"""Lower edges of the occupancy steps: those of the map page."""

STEP_COLOURS = ("#f8f1d3", "#f5d498", "#f5a663", "#e36558", "#a62d68", "#511e5c")
"""Told apart by lightness alone; those of the map page in its light theme."""

INK, QUIET, HAIR, ACCENT, PAPER = "#1a2026", "#5b6570", "#c9ced4", "#015e8c", "#ffffff"
FONT = "Libertinus Serif"
"""Ships with Typst, so that a report looks the same everywhere."""

DARK_FROM_STEP = 4
"""From this step on, text on a colour is white."""

HATCH = (
    '<pattern id="hatch" width="1.1" height="1.1" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="1.1" height="1.1" fill="{PAPER}"/><rect width="0.35" height="1.1" fill="{QUIET}"/></pattern>'
)
"""Fill of what was observed too little."""


def step_of(share: float) -> int:
    """Return the step of an occupancy, 0..5."""
    return bisect_right(STEP_FROM, share) - 1


def text(x: float, y: float, words: str, size: float = 2.6, **style: str) -> str:
    """Return an SVG text, its baseline starting (or as ``anchor`` says) at a place; lengths in millimetres."""
    anchor, fill = style.get("anchor", "start"), style.get("fill", INK)
    weight = style.get("weight", "400")
    return (
        f'<text x="{x:.2f}" y="{y:.2f}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def picture(width: float, height: float, parts: list[str]) -> str:
    """Return an SVG document with lengths in millimetres."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><defs>{HATCH}</defs>{"".join(parts)}</svg>'
    )
