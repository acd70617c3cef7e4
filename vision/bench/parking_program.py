"""The named baseline, Ultralytics ParkingManagement, as a program that imports nothing of this project.

It is started isolated (`python -I`), since a checkpoint may ask for a module called `models`. `weights FOLDER SIDE` makes a
YOLO11n of random weights from its definition, once as checkpoint and once as ONNX; `run JSON` measures the baseline on one core.
"""

import json
import os
import sys
import time

os.environ.update(YOLO_AUTOINSTALL="false", YOLO_OFFLINE="true", YOLO_VERBOSE="false")

SEED = 1


def weights(folder: str, side_px: str) -> None:
    """Write yolo11n.pt and yolo11n.onnx, of the same random weights, into a folder."""
    import torch
    from ultralytics import YOLO

    torch.manual_seed(SEED)
    os.chdir(folder)
    YOLO("yolo11n.yaml").save("yolo11n.pt")
    YOLO("yolo11n.pt").export(format="onnx", imgsz=int(side_px), dynamic=True, simplify=False)


def run(job: dict[str, object]) -> None:
    """Decode a clip and hand each frame to ParkingManagement, as its documentation does; print what it cost."""
    os.sched_setaffinity(0, {int(str(job["core"]))})
    import cv2
    import torch
    from ultralytics import solutions

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    manager = solutions.ParkingManagement(
        model=job["checkpoint"], json_file=job["regions"], show=False, verbose=False
    )
    video = cv2.VideoCapture(str(job["clip"]))
    warm_up, count = int(str(job["warm_up"])), int(str(job["frames"]))
    began_s = began_cpu_s = 0.0
    for number in range(warm_up + count):
        if number == warm_up:
            began_s, began_cpu_s = time.monotonic(), time.process_time()
        is_read, frame = video.read()
        if not is_read:
            raise SystemExit(f"{job['clip']} ends after {number} frames")
        manager.process(frame)
    cost = {
        "frames": count,
        "seconds": time.monotonic() - began_s,
        "cpu_s": time.process_time() - began_cpu_s,
    }
    sys.stdout.write("\n" + json.dumps(cost) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "weights":
        weights(*sys.argv[2:])
    else:
        run(json.loads(sys.argv[2]))
