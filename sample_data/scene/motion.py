"""How vehicles and people move: poses as exact functions of time, in street metres and seconds."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, pi

Pose = tuple[float, float, float]
"""x, y and heading in radians, counter-clockwise from the direction of the kerb."""

NEAR_LANE_Y, FAR_LANE_Y = -3.95, -7.45
"""Middle of each lane; traffic keeps right, so the lane beside the bays runs towards smaller x."""

WEST_END_M, EAST_END_M = -32.0, 105.0
"""Where vehicles enter and leave the street, outside every view or far away in it."""

CRUISE_M_S = 8.0
BRAKING_M_S2, STARTING_M_S2 = 1.6, 1.3
"""Calm driving (assumption)."""

SLIDE_IN_M, SLIDE_OUT_M = 13.0, 12.0
"""Length of the curve between lane and bay."""

SHORT_M = 0.05


@dataclass(frozen=True)
class Stops:
    """Comes along the near lane, stands at a place, and drives on."""

    x_m: float
    y_m: float
    arrives_s: float | None
    """Instant at which it has come to rest; None when it stands there from the first frame."""
    leaves_s: float | None
    """Instant at which it starts to move; None when it stays."""

    def pose(self, at_s: float) -> Pose | None:
        """Return the pose at an instant, None when it is not in the street."""
        if self.arrives_s is not None and at_s < self.arrives_s:
            return _in_street(self._arriving(self.arrives_s - at_s))
        if self.leaves_s is not None and at_s > self.leaves_s:
            return _in_street(self._leaving(at_s - self.leaves_s))
        return (self.x_m, self.y_m, pi)

    def stands(self, at_s: float) -> bool:
        """Tell whether it is at rest at an instant: from arrival, included, to departure, excluded."""
        return (self.arrives_s is None or at_s >= self.arrives_s) and (
            self.leaves_s is None or at_s < self.leaves_s
        )

    def _arriving(self, before_s: float) -> Pose:
        to_go = distance_m(before_s, BRAKING_M_S2)
        here = self._on_path(to_go, SLIDE_IN_M, 1)
        return _heading(here, self._on_path(to_go - SHORT_M, SLIDE_IN_M, 1))

    def _leaving(self, since_s: float) -> Pose:
        gone = distance_m(since_s, STARTING_M_S2)
        here = self._on_path(gone, SLIDE_OUT_M, -1)
        return _heading(here, self._on_path(gone + SHORT_M, SLIDE_OUT_M, -1))

    def _on_path(self, away_m: float, curve_m: float, side: int) -> tuple[float, float]:
        lane_share = smooth_step(away_m / curve_m)
        return self.x_m + side * away_m, self.y_m + (NEAR_LANE_Y - self.y_m) * lane_share


@dataclass(frozen=True)
class Drives:
    """Passes through the street without stopping."""

    is_near_lane: bool
    enters_s: float
    """Instant at which it enters the street at its end."""
    speed_m_s: float = 9.0

    def pose(self, at_s: float) -> Pose | None:
        """Return the pose at an instant, None when it is not in the street."""
        gone = self.speed_m_s * (at_s - self.enters_s)
        if gone < 0:
            return None
        if self.is_near_lane:
            return _in_street((EAST_END_M - gone, NEAR_LANE_Y, pi))
        return _in_street((WEST_END_M + gone, FAR_LANE_Y, 0.0))


@dataclass(frozen=True)
class Walks:
    """Goes along the pavement from one place to another, then is no longer seen (it went through a door)."""

    from_x_m: float
    to_x_m: float
    y_m: float
    starts_s: float
    speed_m_s: float = 1.3

    def pose(self, at_s: float) -> Pose | None:
        """Return the pose at an instant, None before and after."""
        gone = self.speed_m_s * (at_s - self.starts_s)
        way = self.to_x_m - self.from_x_m
        if not 0 <= gone <= abs(way):
            return None
        towards = 1 if way > 0 else -1
        return (self.from_x_m + towards * gone, self.y_m, 0.0 if way > 0 else pi)


def distance_m(time_s: float, acceleration_m_s2: float) -> float:
    """Return the way covered from rest: uniform acceleration up to cruising speed, then steady."""
    speeding_s = CRUISE_M_S / acceleration_m_s2
    early, late = min(time_s, speeding_s), max(0.0, time_s - speeding_s)
    return acceleration_m_s2 * early**2 / 2 + late * CRUISE_M_S


def smooth_step(share: float) -> float:
    """Return 0 to 1 for a share of 0 to 1, with level ends."""
    share = min(1.0, max(0.0, share))
    return share * share * (3 - 2 * share)


def _heading(here: tuple[float, float], ahead: tuple[float, float]) -> Pose:
    return (*here, atan2(ahead[1] - here[1], ahead[0] - here[0]))


def _in_street(pose: Pose) -> Pose | None:
    return pose if WEST_END_M <= pose[0] <= EAST_END_M else None
