"""Bays a second that find their commune: one at a time against all outlines, and 9,198 bays with 1,276 outlines at once."""

from __future__ import annotations

import time

import numpy as np
import shapely

from bench_row import Row, compared
from geo.communes import CommuneOutline, assign_communes
from geo.words import Commune

BAYS, COMMUNES = 9_198, 1_276
"""Delivery bays of Paris in its open data, communes of Île-de-France."""

ACROSS = 36
"""Outlines in a row of the invented country."""

SIZE, CORNERS = 0.05, 40
"""Degrees across an outline, and points on each of its sides."""

ALONE = 200
"""Bays placed one at a time: the baseline."""


def bench_communes() -> list[Row]:
    """Measure the border rule, with bays that lie across borders among them."""
    outlines, bays = _outlines(), _bays()
    return compared(
        {
            "communes: one bay at a time": _per_s(
                outlines, [bays[i : i + 1] for i in range(ALONE)]
            ),
            "communes: 9,198 bays at once": _per_s(outlines, [bays]),
        }
    )


def _per_s(outlines: list[CommuneOutline], parts: list[np.ndarray]) -> float:
    began = time.perf_counter()
    for bays in parts:
        match = assign_communes(bays, outlines)
        if None in match.insee:
            raise AssertionError("a bay lies in no outline")
    return sum(len(bays) for bays in parts) / (time.perf_counter() - began)


def _outlines() -> list[CommuneOutline]:
    """Return squares side by side, each with many points."""
    return [
        CommuneOutline(
            Commune(insee=f"{10000 + i}", name=str(i)),
            shapely.segmentize(
                shapely.box(
                    2 + SIZE * (i % ACROSS),
                    46 + SIZE * (i // ACROSS),
                    2 + SIZE * (i % ACROSS + 1),
                    46 + SIZE * (i // ACROSS + 1),
                ),
                SIZE / CORNERS,
            ),
        )
        for i in range(COMMUNES)
    ]


def _bays() -> np.ndarray:
    """Return bays of 12 m by 2.2 m at random in the lower half of the country."""
    rng = np.random.default_rng(5)
    lon = 2.001 + rng.random(BAYS) * (SIZE * ACROSS - 0.002)
    lat = 46.001 + rng.random(BAYS) * SIZE * (COMMUNES // ACROSS - 1)
    return np.asarray(shapely.box(lon, lat, lon + 1.6e-4, lat + 2e-5))
