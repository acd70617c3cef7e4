"""A process of its own that runs Ultralytics: started by `models.ultralytics_process`, it imports nothing of this project.

It reads messages from its input and answers on its output: a line of JSON, then the bytes of the arrays that the line announces.
"""

import csv
import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

Job = dict[str, Any]

OUR_NAMES = ("geo", "models", "sample_data", "service", "vision")
"""Import names of this project. A checkpoint of YOLOv5 asks for a module `models` of its own: it must not be given ours."""

QUIET = dict.fromkeys(
    ("sync", "clearml", "comet", "dvc", "mlflow", "raytune", "tensorboard", "wandb"), False
)
"""Settings of Ultralytics that would report to others; `vscode_msg` and `openvino_msg` only print."""


def describe(job: Job) -> Job:
    """Tell the classes, input side and task of a checkpoint."""
    model = _model(job["path"])
    names = model.names
    side = model.overrides.get("imgsz") or model.ckpt.get("train_args", {}).get("imgsz", 640)
    return {"classes": [names[i] for i in sorted(names)], "side_px": int(side), "task": model.task}


def export(job: Job) -> Job:
    """Export a checkpoint to ONNX or OpenVINO IR, any batch size, and put the result where it is wanted."""
    own = shutil.copyfile(job["path"], "checkpoint.pt")
    made = Path(
        _model(own).export(
            format=job["format"],
            imgsz=job["side_px"],
            dynamic=True,
            device="cpu",
            verbose=False,
            **({"simplify": False} if job["format"] == "onnx" else {}),
            **({"nms": False} if job["end_to_end"] else {}),
        )
    )
    out = Path(job["out"])
    if made.is_dir():
        (network,) = made.glob("*.xml")
        shutil.copyfile(network.with_suffix(".bin"), out.with_suffix(".bin"))
        made = network
    shutil.copyfile(made, out)
    return {}


def train(job: Job) -> Job:
    """Train on a YOLO-format folder; give the losses of each epoch and the figures of the best one."""
    model = _model(job["start"])
    model.train(
        data=job["data"],
        epochs=job["epochs"],
        imgsz=job["side_px"],
        batch=job["batch"],
        seed=job["seed"],
        warmup_epochs=job["warmup"],
        deterministic=True,
        device=job["device"],
        workers=0,
        amp=False,
        plots=False,
        verbose=False,
        project=job["folder"],
        name="run",
        exist_ok=True,
    )
    run = Path(job["folder"]) / "run"
    shutil.copyfile(run / "weights" / "best.pt", job["out"])
    with (run / "results.csv").open(encoding="utf-8") as file:
        rows = [{k.strip(): float(v) for k, v in row.items()} for row in csv.DictReader(file)]
    names = model.names
    return {"epochs": rows, "classes": [names[i] for i in sorted(names)]}


def serve(job: Job, messages: BinaryIO, answers: BinaryIO) -> None:
    """Run a network on batch after batch until the input ends."""
    import torch
    from ultralytics.nn.autobackend import AutoBackend

    if job["threads"]:
        torch.set_num_threads(job["threads"])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = AutoBackend(job["path"], device=device, verbose=False)
    write(answers, {"ready": True}, [])
    while (request := read(messages)) is not None:
        planes = torch.from_numpy(request[1][0]).to(device)
        with torch.inference_mode():
            found = network(planes)
        first = found[0] if isinstance(found, list | tuple) else found
        write(answers, {}, [np.ascontiguousarray(torch.as_tensor(first).cpu().float().numpy())])


def read(stream: BinaryIO) -> tuple[Job, list[np.ndarray[Any, np.dtype[np.float32]]]] | None:
    """Read one message, a line of JSON and the arrays it announces; None at the end."""
    line = stream.readline()
    if not line:
        return None
    message = json.loads(line)
    arrays = [
        np.frombuffer(bytearray(stream.read(4 * int(np.prod(shape)))), np.float32).reshape(shape)
        for shape in message.pop("shapes", [])
    ]
    return message, arrays


def write(
    stream: BinaryIO, message: Job, arrays: list[np.ndarray[Any, np.dtype[np.float32]]]
) -> None:
    """Write one message, a line of JSON and arrays of 32-bit numbers."""
    head = json.dumps({**message, "shapes": [array.shape for array in arrays]})
    stream.write(head.encode() + b"\n")
    stream.writelines(array.data for array in arrays)
    stream.flush()


JOBS: dict[str, Callable[[Job], Job]] = {"describe": describe, "export": export, "train": train}
"""What is done at one go, by name."""


def _model(path: str) -> Any:
    from ultralytics import YOLO, settings

    settings.update(QUIET)
    return YOLO(path, task="detect")


def main() -> None:
    """Do the job that the first message names."""
    for name in OUR_NAMES:
        sys.modules[name] = None  # type: ignore[assignment]
    messages, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    first = read(messages)
    if first is None:
        return
    job, _ = first
    try:
        if job["do"] == "serve":
            serve(job, messages, answers)
        else:
            write(answers, JOBS[job["do"]](job), [])
    except Exception as error:  # noqa: BLE001 - whatever a foreign file or library raises is told to who asked, by name
        write(answers, {"error": f"{type(error).__name__}: {error}"}, [])


if __name__ == "__main__":
    main()
