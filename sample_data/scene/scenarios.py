"""The three timetables of the sample: a dry day, rain, and a view along the kerb in which a lorry hides a bay."""

from __future__ import annotations

from datetime import UTC, datetime

from sample_data.scene.camera import PinholeCamera
from sample_data.scene.motion import Walks
from sample_data.scene.timetable import Scenario, Walker, beside, parked, passing

ACROSS = PinholeCamera(eye=(26.5, -38.0, 19.0), target=(28.4, -3.0, -0.5), hfov_deg=74.0)
"""From a roof across the square: no bay hides another."""

ALONG = PinholeCamera(eye=(-13.4, -0.3, 6.1), target=(18.0, -2.9, 0.0), hfov_deg=58.0)
"""From a lamp post at the end of the bays: a lorry hides what stands behind it."""

DAY = Scenario(
    name="day",
    camera=ACROSS,
    weather="day",
    start_at=datetime(2026, 3, 2, 8, 30, tzinfo=UTC),
    duration_s=150,
    vehicles=(
        parked("a", "white panel_van red", 4, None, 17.4, along_m=-0.6),
        parked("b", "red hatchback", 4, 41.3, 74.2, along_m=0.9, out_m=0.1),
        parked("c", "blue lorry blue", 4, 103.6, None, along_m=0.2, out_m=0.1),
        parked("d", "orange box_truck orange", 3, None, 53.8, along_m=-3.6),
        parked("e", "white small_van green", 3, 27.1, 87.7, along_m=3.4),
        parked("f", "grey panel_van silver", 3, 112.5, 134.2, along_m=-1.5, out_m=0.15),
        parked("g", "silver saloon", 2, 12.6, 47.3, along_m=-0.9),
        parked("h", "yellow panel_van black", 2, 74.3, 119.4, along_m=-0.4),
        parked("i", "green lorry green", 1, None, 33.5, along_m=0.3, out_m=0.1),
        parked("j", "green hatchback", 1, 66.2, 96.6, along_m=1.5),
        parked("k", "grey small_van", 1, 128.7, None, along_m=-0.8),
        passing("p1", "black saloon", "far", 4.0),
        passing("p2", "silver hatchback", "near", 27.5),
        passing("p3", "white panel_van orange", "far", 22.0),
        passing("p4", "blue hatchback", "far", 57.0),
        passing("p5", "red saloon", "far", 80.0),
        passing("p6", "white box_truck red", "far", 108.0),
        passing("p7", "grey saloon", "near", 137.5),
        passing("p8", "yellow cargo_bike", "far", 38.0),
    ),
    walkers=(
        Walker("w1", "red", Walks(4.0, 44.0, 2.3, 0.0)),
        Walker("w2", "grey", Walks(48.0, 20.0, 3.2, 52.0)),
        Walker("w3", "yellow", Walks(10.0, 33.0, 2.8, 100.0)),
    ),
)

RAIN = Scenario(
    name="rain",
    camera=ACROSS,
    weather="rain",
    start_at=datetime(2026, 3, 3, 16, 10, tzinfo=UTC),
    duration_s=150,
    seed=2,
    vehicles=(
        parked("a", "silver saloon", 4, None, 27.2, along_m=1.0),
        parked("b", "white panel_van green", 4, 47.8, 92.5, along_m=-0.5),
        parked("c", "red small_van white", 4, 121.4, None, along_m=0.4),
        parked("d", "white panel_van", 3, None, 61.3, along_m=-3.6),
        parked("e", "blue hatchback", 3, 14.4, 67.9, along_m=3.9),
        parked("f", "orange lorry red", 3, 79.7, 136.4, along_m=-1.2, out_m=0.1),
        parked("g", "white box_truck green", 2, None, 20.6, along_m=0.2),
        parked("h", "yellow small_van blue", 2, 40.7, 66.1, along_m=-1.0),
        parked("i", "grey panel_van", 2, 88.9, 143.7, along_m=0.7, out_m=0.1),
        parked("j", "white small_van orange", 1, 31.9, 70.4, along_m=-0.9),
        parked("k", "green box_truck", 1, 99.1, None, along_m=0.3),
        passing("p1", "red hatchback", "far", 2.0),
        passing("p2", "grey saloon", "far", 35.0),
        passing("p3", "white panel_van", "far", 69.0),
        passing("p4", "blue saloon", "near", 54.0),
        passing("p5", "silver hatchback", "far", 110.0),
        passing("p6", "green cargo_bike", "far", 134.0),
        beside("x", "yellow panel_van black", 21.0, 110.0, 130.0),
    ),
    walkers=(
        Walker("w1", "blue", Walks(30.0, 58.0, 2.6, 5.0)),
        Walker("w2", "grey", Walks(26.0, -2.0, 3.4, 75.0)),
    ),
)

OBLIQUE = Scenario(
    name="oblique",
    camera=ALONG,
    weather="day",
    start_at=datetime(2026, 3, 4, 9, 5, tzinfo=UTC),
    duration_s=60,
    seed=3,
    vehicles=(
        parked("a", "blue lorry", 1, 4.6, 47.0, along_m=0.6, out_m=0.05),
        parked("b", "red hatchback", 2, 23.4, None, along_m=-2.2),
        parked("c", "white small_van", 3, None, 30.2, along_m=2.0),
        passing("p1", "silver saloon", "far", 8.0),
        passing("p2", "white panel_van", "far", 36.0),
        passing("p3", "yellow cargo_bike", "near", 49.0),
        beside("x", "grey panel_van", 37.0, 40.0, None),
    ),
    walkers=(Walker("w1", "green", Walks(30.0, 4.0, 2.6, 6.0)),),
)

SCENARIOS = {scenario.name: scenario for scenario in (DAY, RAIN, OBLIQUE)}
