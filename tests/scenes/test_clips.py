"""The rendered clips are whole, small, and agree with their boxes; the shapes are sound."""

from __future__ import annotations

import csv
import json
import struct
from collections import defaultdict
from pathlib import Path

import av
import pytest

from sample_data.scene.clips import clip_dir, clip_length_s, clip_start_at, list_clips
from sample_data.scene.scenarios import SCENARIOS

EVERY_CLIP = pytest.mark.parametrize("name", list_clips())
GLB = Path(__file__).parents[2] / "sample_data" / "scene" / "glb"


def rows(name: str, file: str) -> list[dict[str, str]]:
    """Read a CSV file of a clip."""
    with (clip_dir(name) / file).open(newline="") as stream:
        return list(csv.DictReader(stream))


@EVERY_CLIP
def test_clip_decodes_to_every_frame(name: str) -> None:
    """A clip has all frames of its timetable, in its size and rate, in at most five megabytes."""
    path = clip_dir(name) / "clip.mp4"
    assert path.stat().st_size <= 5_000_000
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        sizes = {(frame.width, frame.height) for frame in container.decode(stream)}
        assert stream.average_rate == SCENARIOS[name].fps
        assert stream.frames == clip_length_s(name) * SCENARIOS[name].fps
    assert sizes == {(1280, 720)}


@EVERY_CLIP
def test_first_instant_is_that_of_the_truth(name: str) -> None:
    """No stay begins before the clip, and one that stood there from the beginning begins with it."""
    start = clip_start_at(name).isoformat()
    arrivals = [row["arrived_at"] for row in rows(name, "stays.csv")]
    assert min(arrivals) >= start
    assert (start in arrivals) == any(
        vehicle.bay_id and getattr(vehicle.action, "arrives_s", 0.0) is None
        for vehicle in SCENARIOS[name].vehicles
    )


@EVERY_CLIP
def test_boxes_lie_in_the_frame(name: str) -> None:
    """Every box has an area inside the frame and a visible share of 0 to 1."""
    for row in rows(name, "boxes.csv"):
        x0, y0, x1, y1 = (int(row[corner]) for corner in ("x0", "y0", "x1", "y1"))
        assert 0 <= x0 < x1 <= 1280
        assert 0 <= y0 < y1 <= 720
        assert 0 < float(row["visible_share"]) <= 1


@EVERY_CLIP
def test_seen_vehicles_have_boxes(name: str) -> None:
    """A vehicle that states.csv calls seen by half in its bay has a box in that frame that meets the bay."""
    corners = {
        bay["bay_id"]: bay["polygon_px"]
        for bay in json.loads((clip_dir(name) / "scene.json").read_text())["bays"]
    }
    boxes = defaultdict(list)
    for row in rows(name, "boxes.csv"):
        boxes[row["frame"]].append([int(row[corner]) for corner in ("x0", "y0", "x1", "y1")])
    seen = [row for row in rows(name, "states.csv") if float(row["vehicle_share"] or 0) >= 0.5]
    assert seen
    for row in seen:
        xs, ys = zip(*corners[row["bay_id"]], strict=True)
        assert any(
            x0 < max(xs) and min(xs) < x1 and y0 < max(ys) and min(ys) < y1
            for x0, y0, x1, y1 in boxes[row["frame"]]
        ), row


def test_bays_across_the_street_hide_little() -> None:
    """In the clips across the street half of a bay's ground or more is open in nineteen of twenty frames."""
    for name in ("day", "rain"):
        shares = [float(row["ground_share"]) for row in rows(name, "states.csv")]
        assert sum(share >= 0.5 for share in shares) / len(shares) >= 0.95


def test_oblique_clip_hides_a_bay_empty_and_occupied() -> None:
    """Along the kerb the lorry hides the second bay for five seconds and more, once empty and once occupied."""
    second = [row for row in rows("oblique", "states.csv") if row["bay_id"] == "99001-0002"]
    hidden_empty = [r for r in second if r["occupied"] == "0" and float(r["ground_share"]) < 0.3]
    hidden_taken = [r for r in second if r["occupied"] == "1" and float(r["vehicle_share"]) < 0.3]
    shown_taken = [r for r in second if r["occupied"] == "1" and float(r["vehicle_share"]) > 0.9]
    assert len(hidden_empty) >= 25
    assert len(hidden_taken) >= 25
    assert len(shown_taken) >= 10


def test_shapes_are_sound_and_small() -> None:
    """Every GLB names its own length, holds a mesh, and is below half a megabyte, the street below two and a half."""
    files = sorted(GLB.glob("*.glb"))
    assert {vehicle.model for s in SCENARIOS.values() for vehicle in s.vehicles} <= {
        path.stem for path in files
    }
    for path in files:
        content = path.read_bytes()
        magic, version, length, json_length = struct.unpack("<4sIII", content[:16])
        assert (magic, version, length) == (b"glTF", 2, len(content))
        assert json.loads(content[20 : 20 + json_length])["meshes"]
        assert length <= (2_500_000 if path.stem == "street" else 500_000)
    assert sum(path.stat().st_size for path in files) <= 6_000_000
