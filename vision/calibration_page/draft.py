"""What the person has clicked so far: pairs of points, drawn bays, the mask and the bays to watch."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Floats = NDArray[np.float64]

MAX_ITEMS = 200
"""Most pairs, polygons or corners of one: far above what a person clicks, low enough for a small device (assumption)."""

Share = Annotated[FiniteFloat, Field(ge=0, le=1)]
"""Part of the frame's width or height."""

Corner = tuple[Share, Share]
"""Point of the picture, x right and y down, 0..1 of the frame."""

Outline = Annotated[list[Corner], Field(min_length=3, max_length=MAX_ITEMS)]
"""Polygon in the picture without the closing corner."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pair(_Part):
    """One point of the ground, in the picture and on the map."""

    image: Corner
    ground: tuple[FiniteFloat, FiniteFloat]
    """East and north of the kerb's origin, metres."""


class DrawnBay(_Part):
    """One bay whose outline in the picture was drawn by hand."""

    bay_id: str = Field(min_length=1, max_length=100)
    capacity: int = Field(ge=1, le=50)
    outline: Outline


class Draft(_Part):
    """The whole of it."""

    pairs: list[Pair] = Field(default=[], max_length=MAX_ITEMS)
    drawn: list[DrawnBay] = Field(default=[], max_length=MAX_ITEMS)
    mask: list[Outline] = Field(default=[], max_length=MAX_ITEMS)
    watched: list[str] | None = Field(default=None, max_length=10 * MAX_ITEMS)
    """Bays to watch; None leaves it to what the view shows well enough."""

    def image_points(self) -> Floats:
        """Return the pairs' points in the picture, shape (n, 2), 0..1."""
        return np.asarray([pair.image for pair in self.pairs], np.float64).reshape(-1, 2)

    def ground_points_m(self) -> Floats:
        """Return the pairs' points on the map, shape (n, 2), metres."""
        return np.asarray([pair.ground for pair in self.pairs], np.float64).reshape(-1, 2)
