"""The edge's commands: detect, replay, evaluate and the worker."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidFile, InvalidInput
from vision.detector import SURE_SCORE, Detections
from vision.evaluate import Figures, frame_figures, stay_figures, table
from vision.files import (
    BOX_COLUMNS,
    PREDICTION_COLUMNS,
    STAY_COLUMNS,
    TRUTH_COLUMNS,
    UNSEEN_COLUMNS,
    box_rows,
    csv_writer,
    empty_detections,
    parse_instant,
    prediction_row,
    read_boxes,
    read_rows,
    read_stays,
    stay_row,
    unseen_row,
)

if TYPE_CHECKING:
    from vision.config import WorkerConfig
    from vision.scene import Scene

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--scene", "scene_path", type=FILE, required=True, help="The view: scene.json.")
@click.option("--frames", "first", type=FILE, required=True, help="Folder, pictures or one video.")
@click.argument("more", type=FILE, nargs=-1)
@click.option("--out", type=FILE, required=True, help="predictions.csv to write.")
@click.option("--boxes", type=FILE, help="boxes.csv to write: every vehicle found.")
@click.option(
    "--threshold",
    type=click.FloatRange(0, 1, min_open=True),
    default=SURE_SCORE,
    show_default=True,
    help="Smallest score of a vehicle.",
)
@click.option("--threads", type=click.IntRange(0), default=0, help="Processor threads; 0: all.")
def detect(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    scene_path: Path,
    first: Path,
    more: tuple[Path, ...],
    out: Path,
    boxes: Path | None,
    threshold: float,
    threads: int,
) -> None:
    """Tell the state of each bay in each FRAME, one frame at a time."""
    from vision.detector import embedded_detector
    from vision.observation import observe, prepare
    from vision.scene import read_scene
    from vision.source import frames, open_pictures, open_source

    scene = read_scene(scene_path)
    source = open_pictures([first, *more]) if more else open_source(str(first))
    detector = embedded_detector(threads, threshold)
    count, view = 0, prepare(scene, scene.image_size_wh)
    with ExitStack() as files:
        write = files.enter_context(csv_writer(out, PREDICTION_COLUMNS))
        write_box = files.enter_context(csv_writer(boxes, BOX_COLUMNS)) if boxes else None
        for frame in frames(source):
            size_wh = (frame.bgr.shape[1], frame.bgr.shape[0])
            if size_wh != view.scene.image_size_wh:
                view = prepare(scene, size_wh)
            found = detector.detect(frame.bgr, view.plan)
            for seen in observe(view, found):
                write(prediction_row(frame.name, seen))
            if write_box:
                for row in box_rows(frame.name, found):
                    write_box(row)
            count += 1
    click.echo(f"{count} frames, {len(scene.bays)} bays: {out}")


@click.command()
@click.option("--scene", "scene_path", type=FILE, required=True, help="The view: scene.json.")
@click.option(
    "--source", help="Folder of pictures or a video; with --detections only its times are read."
)
@click.option(
    "--fps",
    type=click.FloatRange(0, min_open=True),
    help="Frames a second; default: the video's, 1 for a folder.",
)
@click.option(
    "--start", "start", help="Instant of the first frame, ISO 8601 with offset; default: 1970."
)
@click.option("--detections", type=FILE, help="boxes.csv: replay from these, without pictures.")
@click.option(
    "--period",
    "period_s",
    type=click.FloatRange(0),
    default=0.0,
    help="Least seconds between observations.",
)
@click.option("--out", type=FILE, required=True, help="stays.csv to write.")
@click.option("--unseen", type=FILE, help="unseen.csv to write.")
@click.option("--threads", type=click.IntRange(0), default=0, help="Processor threads; 0: all.")
def replay(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    scene_path: Path,
    source: str | None,
    fps: float | None,
    start: str | None,
    detections: Path | None,
    period_s: float,
    out: Path,
    unseen: Path | None,
    threads: int,
) -> None:
    """Run the whole state machine over a recording and write its stays."""
    from vision.detector import FAINT_SCORE, embedded_detector
    from vision.replay import detected, replay_detections
    from vision.scene import read_scene
    from vision.source import frames, open_source

    scene = read_scene(scene_path)
    start_s = _instant_s(start)
    if detections is not None:
        stream = _recorded(detections, source, fps, scene)
    elif source is not None:
        detector = embedded_detector(threads, FAINT_SCORE)
        stream = detected(frames(open_source(source, fps), period_s), scene, detector)
    else:
        raise InvalidInput("nothing to replay: wanted --source, --detections or both")
    found = replay_detections(scene, start_s, stream)
    _write(out, STAY_COLUMNS, map(stay_row, found.stays))
    if unseen is not None:
        _write(unseen, UNSEEN_COLUMNS, map(unseen_row, found.unseen))
    click.echo(f"{found.frames} frames, {found.vehicles} vehicles, {len(found.stays)} stays: {out}")


def _instant_s(text: str | None) -> float:
    try:
        return parse_instant(text).timestamp() if text else 0.0
    except ValueError as error:
        raise InvalidInput(
            f"--start {text}: {error}: wanted an ISO 8601 instant with its offset"
        ) from error


def _recorded(
    path: Path, source: str | None, fps: float | None, scene: Scene
) -> Iterator[tuple[float, tuple[int, int], Detections]]:
    from vision.source import frame_times, natural_key, open_source

    boxes = read_boxes(path)
    if source is not None:
        times = frame_times(open_source(source, fps))
    elif fps is None:
        raise InvalidInput("--detections without --source has no times: wanted --fps")
    elif all(name.isdigit() for name in boxes):
        times = [(str(i), i / fps) for i in range(max(map(int, boxes), default=-1) + 1)]
    else:
        times = [(name, i / fps) for i, name in enumerate(sorted(boxes, key=natural_key))]
    none = empty_detections()
    return ((at_s, scene.image_size_wh, boxes.get(name, none)) for name, at_s in times)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Iterable[object]]) -> None:
    with csv_writer(path, columns) as write:
        for row in rows:
            write(row)


@click.command()
@click.option("--truth", type=FILE, required=True, help="truth.csv of frames, or stays.csv.")
@click.option("--found", type=FILE, required=True, help="predictions.csv, or stays.csv.")
@click.option("--out", type=FILE, help="Folder for metrics.json and metrics.md.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def evaluate(truth: Path, found: Path, out: Path | None, *, as_json: bool) -> None:
    """Compare what was FOUND with the TRUTH."""
    figures = _figures(truth, found)
    document = json.dumps(figures, indent=2)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(document + "\n", encoding="utf-8")
        (out / "metrics.md").write_text(table(figures) + "\n", encoding="utf-8")
    click.echo(document if as_json else table(figures))


def _figures(truth: Path, found: Path) -> Figures:
    if "arrived_at" in _header(truth):
        return stay_figures(read_stays(truth), read_stays(found))
    return frame_figures(read_rows(truth, TRUTH_COLUMNS), read_rows(found, PREDICTION_COLUMNS[:3]))


def _header(path: Path) -> str:
    read_rows(path, ())
    return path.read_text(encoding="utf-8-sig").partition("\n")[0]


@click.group()
def worker() -> None:
    """Watch cameras and send what is certain."""


@worker.command("run")
@click.argument("config", type=FILE)
@click.option(
    "--until-end", is_flag=True, help="Exit when every file has ended and nothing waits to be sent."
)
def worker_run(config: Path, *, until_end: bool) -> None:
    """Run the worker that CONFIG describes."""
    import signal
    import threading

    from vision.config import read_config
    from vision.logs import configure_logs
    from vision.worker import run_worker

    configure_logs()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    counts = run_worker(read_config(config), until_end=until_end, stop=stop)
    click.echo(json.dumps(counts))


@worker.command("stays")
@click.argument("config", type=FILE)
@click.option("--out", type=FILE, required=True, help="stays.csv to write.")
def worker_stays(config: Path, out: Path) -> None:
    """Write the stays that the device of CONFIG found in the last 30 days, with full precision; they leave it only so."""
    from vision.config import read_config
    from vision.outbox import Outbox

    outbox = Outbox(*_outbox_of(read_config(config)))
    stays = outbox.stays()
    outbox.close()
    _write(out, STAY_COLUMNS, map(stay_row, stays))
    click.echo(f"{len(stays)} stays: {out}")


@worker.command("status")
@click.argument("config", type=FILE)
def worker_status(config: Path) -> None:
    """Print as JSON what the outbox of CONFIG holds: events posted, dropped and waiting, frames and vehicles by camera."""
    from vision.config import read_config
    from vision.outbox import Outbox
    from vision.watch import load_memory

    settings = read_config(config)
    outbox = Outbox(*_outbox_of(settings))
    cameras = {}
    for camera in settings.camera:
        saved = outbox.saved(camera.id)
        memory = load_memory(saved) if saved else None
        cameras[camera.id] = {
            "frames": memory.frames if memory else 0,
            "vehicles": memory.vehicles if memory else 0,
        }
    click.echo(json.dumps({**outbox.counters(), "waiting": outbox.waiting(), "cameras": cameras}))
    outbox.close()


def _outbox_of(settings: WorkerConfig) -> tuple[Path, float]:
    path = settings.outbox.path
    if not path.exists():
        raise InvalidFile(f"there is no outbox {path}: wanted one that a worker has written")
    return path, settings.outbox.max_mb
