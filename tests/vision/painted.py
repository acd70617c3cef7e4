"""Painted clips for the worker's tests: vehicles are bright rectangles, found by a detector that looks for brightness."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from vision.crops import CropPlan
from vision.detector import Detections

SIZE_WH = (320, 180)

FPS = 5

BAYS = (("A", 40), ("B", 180))
"""Name and left edge, in pixels, of each bay of 100 x 60 pixels."""

STAYS = (("A", 10.0, 41.0), ("B", 22.0, 70.0), ("A", 55.0, 95.0), ("B", 84.0, None))
"""Bay, arrival and departure in seconds from the clip's start."""

CLIP_S = 130.0


class BrightnessDetector:
    """Finds bright rectangles and calls them cars."""

    def detect(
        self,
        frame_bgr: NDArray[np.uint8],
        plan: CropPlan,  # noqa: ARG002 - the protocol gives it
    ) -> Detections:
        """Return the boxes of bright areas."""
        bright = (frame_bgr[..., 1] > 150).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        rows = [row for row in stats[1:] if row[4] > 200]
        boxes = np.asarray([(x, y, x + w, y + h) for x, y, w, h, _ in rows], np.float32).reshape(
            -1, 4
        )
        return Detections(
            boxes, np.full(len(rows), 0.8, np.float32), np.full(len(rows), 2, np.int8)
        )

    def detect_many(
        self, pictures: Sequence[tuple[NDArray[np.uint8], CropPlan]]
    ) -> list[Detections]:
        """Return the boxes of each picture's bright areas."""
        return [self.detect(frame_bgr, plan) for frame_bgr, plan in pictures]


class LaboriousDetector(BrightnessDetector):
    """The same with as much work a frame as a small network, so that a process can be met in the middle of its clip."""

    @override
    def detect(self, frame_bgr: NDArray[np.uint8], plan: CropPlan) -> Detections:
        """Return the boxes of bright areas, after some work."""
        for _ in range(2):
            cv2.GaussianBlur(cv2.resize(frame_bgr, (640, 360)), (31, 31), 0)
        return super().detect(frame_bgr, plan)


def painted_frame(at_s: float) -> NDArray[np.uint8]:
    """Paint the street at a time of the clip."""
    frame = np.full((SIZE_WH[1], SIZE_WH[0], 3), 60, np.uint8)
    left = dict(BAYS)
    for bay, arrived_s, departed_s in STAYS:
        if arrived_s <= at_s < (departed_s or CLIP_S):
            frame[82:128, left[bay] + 10 : left[bay] + 90] = 220
    return frame


def write_clip(path: Path) -> None:
    """Encode the painted clip."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = (*SIZE_WH, "yuv420p")
        for i in range(round(CLIP_S * FPS)):
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(painted_frame(i / FPS), format="bgr24"))
            )
        container.mux(stream.encode(None))


def write_setup(
    folder: Path, url: str, *, max_mb: float = 16, start_at: datetime | None = None
) -> Path:
    """Write clip, scene, key and configuration into a folder and return the configuration's path."""
    if not (folder / "clip.mp4").exists():
        write_clip(folder / "clip.mp4")
    bays = [
        {
            "bay_id": name,
            "capacity": 1,
            "polygon_px": [[x, 70], [x + 100, 70], [x + 100, 130], [x, 130]],
        }
        for name, x in BAYS
    ]
    scene = {"camera_id": "painted", "image_size": list(SIZE_WH), "bays": bays}
    (folder / "scene.json").write_text(json.dumps(scene))
    (folder / "key").write_text("alv_key_secret\n")
    at = start_at or datetime.now(UTC) - timedelta(hours=1)
    (folder / "worker.toml").write_text(
        f"""
[service]
url = "{url}"
commune = "99001"
key_file = "key"
device_id = "6f9b1c6e-1111-4222-8333-444455556666"

[[camera]]
id = "painted"
source = "clip.mp4"
scene = "scene.json"
start_at = {at.isoformat()}

[outbox]
path = "outbox.sqlite"
max_mb = {max_mb}
"""
    )
    return folder / "worker.toml"


def main() -> None:
    """Run the worker on a configuration with the brightness detector, until its end."""
    from vision.config import read_config
    from vision.logs import configure_logs
    from vision.worker import run_worker

    configure_logs()
    config = read_config(Path(sys.argv[1]))
    counts = run_worker(
        config, until_end=True, stop=threading.Event(), detector_of=lambda _: LaboriousDetector()
    )
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main()
