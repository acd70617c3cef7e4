"""The acceptance scenes S1 to S12, and one at dusk, as short timetables: what goes wrong with parking cameras elsewhere (vision brief, section 1).

S8 runs on the frames of S4, and S11 on those of S2 made dark, dirty, covered, shifted and frozen. One frame a second; who
stands still costs no rendering.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sample_data.scene.camera import PinholeCamera
from sample_data.scene.motion import Walks
from sample_data.scene.place import BAYS
from sample_data.scene.scenarios import ACROSS, ALONG
from sample_data.scene.timetable import Scenario, Vehicle, Walker, beside, parked, passing

FACING = PinholeCamera(eye=(20.0, -20.0, 7.0), target=(20.0, -2.0, 0.5), hfov_deg=75.0)
"""From a mast across the street, before the second bay: what stands in the lane hides that bay."""

CRF = 33
"""As 28 at five frames a second: x264 spends more on a frame that is shown for longer (tried: 150 kB for 30 frames at 32)."""

SECOND_BAY = (BAYS[1],)

FIRST_TWO_LONG = tuple(replace(bay, capacity=2) for bay in BAYS[:2])
"""Bays of 12 m that take two short vehicles each."""


def _facing(
    name: str, duration_s: int, vehicles: tuple[Vehicle, ...], walkers: tuple[Walker, ...] = ()
) -> Scenario:
    """Return a scene of the second bay from across the street."""
    return Scenario(
        name=name,
        camera=FACING,
        weather="day",
        start_at=datetime(2026, 3, 5, 10, 0, tzinfo=UTC),
        duration_s=duration_s,
        vehicles=vehicles,
        walkers=walkers,
        fps=1,
        bays=SECOND_BAY,
        keyframe_s=30,
        crf=CRF,
        pairs_x_m=(12.0, 16.0, 20.0, 24.0, 28.0),
    )


PEDESTRIAN = _facing(
    "s01",
    14,
    (),
    (
        Walker("w1", "red", Walks(15.0, 25.0, -1.1, 1.0, 0.8)),
        Walker("w2", "blue", Walks(24.0, 15.5, -1.7, 2.0, 0.8)),
    ),
)
"""S1: two people walk through the empty bay."""

TALL_VAN = _facing("s02", 30, (parked("a", "white panel_van red", 2, None, None),))
"""S2: a tall van stands in the bay; the middle of its box lies above the bay."""

LORRY_BEFORE = _facing("s03", 60, (beside("x", "blue lorry orange", 20.0, 14.0, 44.0),))
"""S3: a lorry stands half a minute in the lane before the empty bay."""

ONE_LONG_STAY = _facing("s04", 100, (parked("a", "grey panel_van", 2, 16.0, 82.0, along_m=0.4),))
"""S4 and S8: one stay, whole in the clip."""

ASTRIDE = Scenario(
    name="s05",
    camera=ALONG,
    weather="day",
    start_at=datetime(2026, 3, 5, 10, 10, tzinfo=UTC),
    duration_s=12,
    vehicles=(
        replace(parked("a", "red hatchback", 1, None, None, along_m=7.0), bay_id=None),
        beside("b", "white panel_van green", 6.5, None, None),
        passing("c", "black saloon", "far", 0.0),
    ),
    fps=1,
    keyframe_s=30,
    crf=CRF,
)
"""S5: one car stands across the gap between two bays, one van beside a bay in the lane, one car passes far away."""

HIDDEN_A_MINUTE = _facing(
    "s06",
    122,
    (
        parked("a", "silver saloon", 2, None, None, along_m=-0.3),
        beside("x", "green lorry red", 20.0, 34.0, 94.0),
    ),
)
"""S6: for a minute a lorry in the lane hides the car that stands in the bay."""

WALKERS_BEFORE = _facing(
    "s07",
    40,
    (parked("a", "yellow panel_van black", 2, None, None, along_m=-0.5),),
    (
        Walker("w1", "red", Walks(13.0, 27.0, -2.8, 10.0, 0.9)),
        Walker("w2", "grey", Walks(27.0, 13.0, -3.2, 12.0, 0.9)),
        Walker("w3", "green", Walks(14.0, 27.0, -2.6, 14.0, 0.9)),
    ),
)
"""S7: people pass close before the van in the bay; the test shakes the picture besides."""

TRAFFIC = Scenario(
    name="s09",
    camera=ACROSS,
    weather="day",
    start_at=datetime(2026, 3, 5, 10, 20, tzinfo=UTC),
    duration_s=44,
    vehicles=(
        parked("a", "green hatchback", 2, None, None),
        passing("p1", "white panel_van orange", "near", 0.0),
        passing("p2", "red saloon", "far", 2.0),
        passing("p3", "orange lorry blue", "near", 8.0),
        passing("p4", "grey small_van", "far", 12.0),
        passing("p5", "blue hatchback", "near", 16.0),
    ),
    fps=1,
    keyframe_s=30,
    crf=CRF,
)
"""S9: a car stands while others drive past it in both lanes."""

SMALL_VAN = Scenario(
    name="s10",
    camera=ACROSS,
    weather="day",
    start_at=datetime(2026, 3, 5, 10, 30, tzinfo=UTC),
    duration_s=60,
    vehicles=(
        parked("a", "white small_van green", 2, None, None),
        parked("b", "white box_truck red", 3, None, None, along_m=-3.0),
    ),
    fps=1,
    keyframe_s=60,
    crf=CRF,
)
"""S10: two vehicles whose label a general detector changes from look to look."""

TWO_IN_A_BAY = Scenario(
    name="s12",
    camera=ACROSS,
    weather="day",
    start_at=datetime(2026, 3, 5, 10, 40, tzinfo=UTC),
    duration_s=50,
    vehicles=(
        parked("a", "red hatchback", 2, None, None, along_m=-3.3),
        parked("b", "white small_van", 2, None, None, along_m=3.3),
        beside("x", "grey saloon", 20.0, 16.0, None),
    ),
    fps=1,
    keyframe_s=60,
    crf=CRF,
    bays=FIRST_TWO_LONG,
)
"""S12: two vehicles in a bay of 12 m, and one that double-parks beside them."""

DUSK = replace(
    _facing("dusk", 44, (parked("a", "black saloon", 2, None, 20.0, along_m=0.5),)),
    weather="dusk",
    start_at=datetime(2026, 3, 5, 17, 55, tzinfo=UTC),
)
"""Beside the twelve: a black car leaves its bay when the light goes; what is said must be right or unknown."""

ACCEPTANCE = {
    scenario.name: scenario
    for scenario in (
        PEDESTRIAN,
        TALL_VAN,
        LORRY_BEFORE,
        ONE_LONG_STAY,
        ASTRIDE,
        HIDDEN_A_MINUTE,
        WALKERS_BEFORE,
        TRAFFIC,
        SMALL_VAN,
        TWO_IN_A_BAY,
        DUSK,
    )
}
"""The scenes by name."""
