"""Where vehicles stand: footprints and assignment, in metres and by the picture alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.words import VEHICLE_CLASSES, VehicleClass
from vision.assignment import best_pairs, place_vehicles
from vision.bay_view import view_bays
from vision.detector import LABEL_TO_CLASS, Detections
from vision.footprint import footprints
from vision.observation import BayObservation, BayState, observe, prepare
from vision.partial import covered_sides

KERB_Y = -1.15
"""Ground centre, across the street, of a vehicle parked in a bay: a hand's breadth from the kerb."""


def told(
    street: Any, *vehicles: tuple[str, float, float], calibrated: bool = True
) -> dict[str, BayObservation]:
    """Return what a frame with vehicles says of each bay."""
    view = prepare(street.scene(calibrated=calibrated), street.size_wh)
    return {seen.bay_id: seen for seen in observe(view, street.detections(*vehicles))}


@pytest.mark.parametrize("calibrated", [True, False])
def test_an_empty_street_has_free_bays(street: Any, *, calibrated: bool) -> None:
    """Without vehicles every bay is free and fully seen."""
    seen = told(street, calibrated=calibrated)
    assert {name: bay.state for name, bay in seen.items()} == dict.fromkeys("ABC", BayState.FREE)
    assert all(bay.seen_share > 0.99 for bay in seen.values())


@pytest.mark.parametrize("calibrated", [True, False])
@pytest.mark.parametrize("kind", ["car", "van", "truck"])
def test_a_vehicle_in_its_bay_is_found_there(street: Any, kind: str, *, calibrated: bool) -> None:
    """A car, a tall van (S2) or a lorry truly in a bay occupies this bay and no other."""
    seen = told(street, (kind, 9.5, KERB_Y), calibrated=calibrated)
    assert [name for name, bay in seen.items() if bay.state is BayState.OCCUPIED] == ["C"]


def test_a_pedestrian_in_an_empty_bay_leaves_it_free(street: Any) -> None:
    """People never leave the detector (S1): no label of theirs is a vehicle, so that the bay they stand in is free."""
    assert {"person", "dog"}.isdisjoint(LABEL_TO_CLASS)
    assert told(street)["C"].state is BayState.FREE


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_bus_in_the_lane_is_in_no_bay_and_hides_what_is_behind(
    street: Any, *, calibrated: bool
) -> None:
    """A bus in the traffic lane (S3) occupies nothing; the bay behind it is unknown, not free."""
    seen = told(street, ("bus", -9.0, -4.2), calibrated=calibrated)
    assert all(bay.state is not BayState.OCCUPIED for bay in seen.values())
    assert (seen["A"].state, seen["A"].reason) == (BayState.UNKNOWN, "hidden")
    assert seen["C"].state is BayState.FREE


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_double_parked_van_is_beside_the_bay_and_not_in_it(
    street: Any, *, calibrated: bool
) -> None:
    """A van standing beside a bay (S12) is reported as such, where it stands along it, and occupies none."""
    seen = told(street, ("van", 9.5, -3.6), calibrated=calibrated)
    assert seen["C"].state is not BayState.OCCUPIED
    assert {name: bay.double_parked for name, bay in seen.items()} == {"A": 0, "B": 0, "C": 1}
    (van,) = seen["C"].beside
    assert van.along == pytest.approx(0.5, abs=0.1)
    assert sum(van.class_scores) == pytest.approx(1)


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_vehicle_in_the_far_lane_is_beside_no_bay(street: Any, *, calibrated: bool) -> None:
    """What drives in the far lane is neither in a bay nor beside one."""
    seen = told(street, ("car", 9.5, -7.4), calibrated=calibrated)
    assert all(bay.double_parked == 0 and not bay.sightings for bay in seen.values())


@pytest.mark.parametrize("calibrated", [True, False])
def test_a_van_beside_an_occupied_bay_is_no_second_vehicle(
    street: Any, *, calibrated: bool
) -> None:
    """A lorry in the bay and a car double-parked before it: one in the bay, one beside it."""
    seen = told(street, ("truck", 9.5, KERB_Y), ("car", 9.5, -3.6), calibrated=calibrated)
    assert (len(seen["C"].sightings), seen["C"].double_parked) == (1, 1)


def test_two_vehicles_in_a_long_bay_are_two(street: Any) -> None:
    """Two vehicles in a bay of 12 m (S12) are counted, in order along it."""
    seen = told(street, ("car", -3.5, KERB_Y), ("van", 2.2, KERB_Y))
    first, second = seen["B"].sightings
    assert len(seen["B"].sightings) == 2
    assert abs(second.along - first.along) == pytest.approx(5.7 / 12, abs=0.06)


def test_occupied_metres_and_the_largest_gap_are_told(street: Any) -> None:
    """In a bay of 12 m, a car and a van leave the gap between the van and the bay's end; an empty bay is one gap."""
    seen = told(street, ("car", -4.2, KERB_Y), ("van", 1.4, KERB_Y))
    assert seen["B"].occupied_m == pytest.approx(4.3 + 5.5, abs=0.5)
    assert seen["B"].largest_gap_m == pytest.approx(5.5 - (1.4 + 2.75), abs=0.4)
    assert seen["C"].occupied_m == 0
    assert seen["C"].largest_gap_m == pytest.approx(7.0, abs=0.05)


def test_without_metres_no_metres_are_told(street: Any) -> None:
    """By the picture alone, and where the state is unknown, there are no metres."""
    drawn = told(street, ("car", -4.2, KERB_Y), calibrated=False)
    assert (drawn["B"].occupied_m, drawn["B"].largest_gap_m) == (None, None)
    hidden = told(street, ("bus", -9.0, -4.2))
    assert (hidden["A"].occupied_m, hidden["A"].largest_gap_m) == (None, None)


def test_a_hidden_place_is_no_gap(street: Any) -> None:
    """Of a bay whose far half a bus hides, only what is seen counts as free."""
    seen = told(street, ("bus", -6.5, -4.2), ("car", 2.8, KERB_Y))
    assert any(seen["B"].hidden)
    assert seen["B"].largest_gap_m is not None
    assert seen["B"].largest_gap_m < 6.0


def test_order_goes_by_the_ground_and_not_by_the_lower_side(street: Any) -> None:
    """Seen from behind the kerb, a bus in the lane ends lower in the picture than the bays' far ends, and yet hides none."""
    street = replace(street, camera_xyz=(-13.0, 3.0, 6.0), target_xyz=(2.0, -2.0, 0.0))
    seen = told(street, ("bus", -3.0, -4.4))
    assert seen["C"].state is BayState.FREE
    assert not any(seen["B"].hidden)


def test_a_van_hides_the_next_place_of_its_own_bay(street: Any) -> None:
    """Along the kerb, a van in the near place of a bay hides the far one: nobody can tell whether that is free."""
    street = replace(street, camera_xyz=(-17.0, -1.2, 4.5), target_xyz=(0.0, -1.2, 0.5))
    seen = told(street, ("van", -3.4, KERB_Y))
    assert seen["B"].state is BayState.OCCUPIED
    assert [bool(hidden) for hidden in sorted(seen["B"].hidden)] == [False, True]


def test_a_part_beside_a_nearer_box_is_not_taken_for_the_whole(street: Any) -> None:
    """The tail of a lorry, bare, has the size of a van; beside the nearer van that covers the rest it is a lorry's."""
    lorry, van = street.box("truck", 1.0, KERB_Y), street.box("van", -1.2, -3.9)
    boxes = np.asarray([(van[2], *lorry[1:]), van], np.float32)
    both = Detections(boxes, np.array([0.7, 0.7], np.float32), np.array([1, 1], np.int8))
    covered = covered_sides(boxes.astype(np.float64), both.scores)
    assert covered.tolist() == [[True, False, False, False], [False] * 4]
    scene = street.scene()
    views = view_bays(scene)
    alone = Detections(boxes[:1], both.scores[:1], both.classes[:1])
    likeliest = [
        VEHICLE_CLASSES[footprints(scene, views, found).class_log[0].argmax()]
        for found in (both, alone)
    ]
    assert likeliest == [VehicleClass.TRUCK, VehicleClass.VAN]


def test_the_footprint_is_where_the_vehicle_is(street: Any) -> None:
    """With a calibration the ends of a car's footprint are found to 0.3 m."""
    scene = street.scene()
    views = view_bays(scene)
    ground = footprints(scene, views, street.detections(("car", 9.0, KERB_Y)))
    along_m = np.sort(np.abs(ground.along[0, 2] * views[2].size_m[0]))
    reversed_m = np.sort(np.abs((1 - ground.along[0, 2]) * views[2].size_m[0]))
    wanted = np.array([9.0 - 2.15 - 6.0, 9.0 + 2.15 - 6.0])
    assert min(np.abs(along_m - wanted).max(), np.abs(reversed_m - wanted).max()) < 0.3


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("car", VehicleClass.CAR), ("van", VehicleClass.VAN), ("truck", VehicleClass.TRUCK)],
)
def test_size_tells_van_from_lorry(street: Any, kind: str, wanted: VehicleClass) -> None:
    """A vehicle labelled truck is a van or a lorry by its metres."""
    seen = told(street, (kind, 9.5, KERB_Y))
    assert seen["C"].vehicle_class is wanted


def test_a_bay_too_small_in_the_picture_is_unknown(street: Any) -> None:
    """Where vehicles would be smaller than the detector can see, the state is unknown and says why."""
    scene = street.scene(calibrated=False)
    view = prepare(scene, (64, 36))
    seen = observe(view, street.detections())
    assert {bay.reason for bay in seen} == {"too_small"}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    vehicles=st.lists(
        st.tuples(
            st.sampled_from(["car", "van", "truck", "bus"]),
            st.floats(-14, 14),
            st.floats(-6, 0),
        ),
        max_size=7,
    ),
    calibrated=st.booleans(),
)
def test_one_vehicle_is_in_at_most_one_bay(
    street: Any, vehicles: list[tuple[str, float, float]], *, calibrated: bool
) -> None:
    """However vehicles stand, their number in all bays is at most their number (S5), and no bay holds more than its capacity."""
    scene = street.scene(calibrated=calibrated)
    views = view_bays(scene)
    found: Detections = street.detections(*vehicles)
    placement = place_vehicles(views, found, footprints(scene, views, found))
    assert placement.bay_of.shape == (len(vehicles),)
    for bay, view in enumerate(views):
        assert (placement.bay_of == bay).sum() <= view.capacity
    seen = observe(prepare(scene, scene.image_size_wh), found)
    assert sum(len(bay.sightings) for bay in seen) <= len(vehicles)


@settings(max_examples=80, deadline=None)
@given(
    gains=st.integers(1, 4).flatmap(
        lambda columns: st.lists(
            st.lists(
                st.sampled_from([0.0, 0.1, 0.4, 0.5, 0.9]), min_size=columns, max_size=columns
            ),
            min_size=1,
            max_size=4,
        )
    )
)
def test_pairs_have_the_largest_sum(gains: list[list[float]]) -> None:
    """No other choice of pairs has a larger sum of gains."""
    table = np.asarray(gains)
    pairs = best_pairs(table)
    assert len({row for row, _ in pairs}) == len(pairs) == len({column for _, column in pairs})
    assert sum(table[pair] for pair in pairs) == pytest.approx(largest_sum(table, 0, frozenset()))


def largest_sum(table: Any, row: int, used: frozenset[int]) -> float:
    """Return the best sum by trying everything."""
    if row == len(table):
        return 0.0
    best = largest_sum(table, row + 1, used)
    for column in set(range(table.shape[1])) - used:
        best = max(best, table[row, column] + largest_sum(table, row + 1, used | {column}))
    return best


def test_the_cab_of_a_double_parked_lorry_is_in_no_bay(street: Any) -> None:
    """A second box on a lorry's cab, which alone would be a car in the bay behind, is no vehicle."""
    street = replace(street, camera_xyz=(0.0, -38.0, 19.0), focal_px=1200.0)
    lorry = street.detections(("truck", 9.5, -3.4))
    x0, y0, x1, y1 = lorry.boxes_xyxy[0]
    cab = (x0, y0 + 0.2 * (y1 - y0), x0 + 0.4 * (x1 - x0), y1 - 0.05 * (y1 - y0))
    both = Detections(
        np.vstack([lorry.boxes_xyxy, cab]).astype(np.float32),
        np.array([0.7, 0.7], np.float32),
        np.repeat(lorry.classes, 2),
    )
    view = prepare(street.scene(), street.size_wh)
    assert all(bay.state is not BayState.OCCUPIED for bay in observe(view, both))
    alone = Detections(both.boxes_xyxy[1:], both.scores[1:], both.classes[1:])
    states = {bay.bay_id: bay.state for bay in observe(view, alone)}
    assert states["C"] is BayState.UNKNOWN, "a cab alone may be a car in the bay: nobody can tell"


def test_a_box_turned_inside_out_is_no_vehicle(street: Any) -> None:
    """A recorded box whose right side lies left of its left one is in no bay, and harms no other."""
    car = street.detections(("car", 9.5, KERB_Y))
    turned = np.asarray([[700.0, 300.0, 690.0, 320.0]], np.float32)
    both = Detections(
        np.vstack([car.boxes_xyxy, turned]),
        np.repeat(car.scores, 2),
        np.repeat(car.classes, 2),
    )
    with np.errstate(invalid="raise"):
        seen = observe(prepare(street.scene(), street.size_wh), both)
    assert [len(bay.sightings) for bay in seen] == [0, 0, 1]
