"""The bench's own tools: the workload has the cadence it claims, and the ramp counts what the worker does."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from vision.bench.ramp import measure, write_cameras
from vision.bench.workload import CHANGED_EVERY, FPS, KEYFRAME_S, SIZE_WH, write_clip
from vision.source import frames, open_source


def street() -> np.ndarray:
    """Return a street of even texture."""
    return np.random.default_rng(1).integers(60, 180, (108, 192, 3), np.uint8)


def test_the_workload_has_its_cadence(tmp_path: Path) -> None:
    """The clip is 1080p25 with a keyframe each two seconds, and each fifth keyframe differs from the one before."""
    clip = tmp_path / "clip.mp4"
    write_clip(clip, street(), (400, 400, 800, 600), clip_s=24)
    with av.open(str(clip)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.width, stream.codec_context.height) == SIZE_WH
        assert stream.average_rate == FPS
    found = list(frames(open_source(str(clip)), KEYFRAME_S, decode="keyframes"))
    assert [f.offset_s for f in found] == pytest.approx([KEYFRAME_S * i for i in range(12)])
    changed = [
        bool(np.abs(b.luma.astype(int) - a.luma.astype(int)).max() > 30) for a, b in pairwise(found)
    ]
    assert [i + 1 for i, one in enumerate(changed) if one] == [CHANGED_EVERY, 2 * CHANGED_EVERY]


@pytest.mark.slow
def test_the_ramp_counts_what_the_worker_does(tmp_path: Path) -> None:
    """Two looped cameras in a real worker give as many observations as were due, with the share that was inferred."""
    clip, scene = tmp_path / "clip.mp4", tmp_path / "scene.json"
    write_clip(clip, street(), (400, 400, 800, 600), clip_s=8)
    bay = {
        "bay_id": "A",
        "capacity": 1,
        "polygon_px": [[400, 400], [700, 400], [700, 500], [400, 500]],
    }
    scene.write_text(json.dumps({"camera_id": "c", "image_size": list(SIZE_WH), "bays": [bay]}))
    load = measure(write_cameras(tmp_path, clip, scene, cameras=2, period_s=2.0), 10, warm_up_s=10)
    assert load.cameras == 2
    assert abs(load.observations - load.wanted) <= 2
    assert 0 <= load.inferred_share <= 1
    assert 0 <= load.late_p50_s <= load.late_p95_s <= load.late_max_s
    assert load.rss_mb > 50
    assert load.cpu_s_per_s > 0
