"""The words of placement: the ground that each vehicle of a frame covers, as seen from each bay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Cuboids:
    """The likeliest cuboid of each vehicle of a frame."""

    centre_m: Floats
    """Shape (n, 2): ground centre, local metres."""
    size_m: Floats
    """Shape (n, 3): length, width, height."""
    axis_rad: Floats
    """Shape (n,): direction of the length, from the east, counter-clockwise."""
    is_known: NDArray[np.bool_]
    """Shape (n,): whether a cuboid explains the box; where not, the other fields mean nothing."""


@dataclass(frozen=True)
class Footprints:
    """Where each vehicle of a frame stands, seen from each bay's frame.

    Axes: vehicle, bay, then start and end. Units: the bay's length and width, so that 0..1 is inside. NaN: no such fit.
    """

    along: Floats
    """Shape (n, b, 2)."""
    across: Floats
    """Shape (n, b, 2)."""
    inside: Floats
    """Shape (n, b), 0..1: probability that a vehicle stands in a bay; without metres the share of it that does."""
    class_log: Floats
    """Shape (n, 5): log-likelihood of label and size under each class, in the order of `geo.words.VEHICLE_CLASSES`."""
    is_vague: NDArray[np.bool_]
    """Shape (n,): whether the place is a guess, as without metres where the frame's edge cuts the wheels off."""
    cuboids: Cuboids | None = None
    """The vehicles as cuboids; None without metres."""
