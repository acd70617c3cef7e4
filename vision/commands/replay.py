"""`airelib replay`: the whole state machine over a recording."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidInput
from vision.detector import Detections
from vision.files import (
    DETAIL_COLUMNS,
    STAY_COLUMNS,
    UNSEEN_COLUMNS,
    detailed_stay_row,
    empty_detections,
    parse_instant,
    read_boxes,
    stay_row,
    unseen_row,
    write_rows,
)
from vision.runtimes import DEFAULT_RUNTIME, RUNTIMES

if TYPE_CHECKING:
    from vision.scene import Scene

FILE = click.Path(path_type=Path)


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
@click.option("--detail", is_flag=True, help="Also write how sure times and class are.")
@click.option("--unseen", type=FILE, help="unseen.csv to write.")
@click.option(
    "--model", help="Weights, by name as `airelib models list` prints; default: embedded."
)
@click.option("--runtime", type=click.Choice(RUNTIMES), default=DEFAULT_RUNTIME, show_default=True)
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
    model: str | None,
    runtime: str,
    threads: int,
    *,
    detail: bool,
) -> None:
    """Run the whole state machine over a recording and write its stays."""
    from vision.detector import FAINT_SCORE, load_detector
    from vision.replay import replayed, seen_in_boxes, seen_in_pictures
    from vision.scene import mask_of, read_scene
    from vision.source import frames, open_source

    scene = read_scene(scene_path)
    start_s = _instant_s(start)
    if detections is not None:
        stream = seen_in_boxes(scene, _recorded(detections, source, fps, scene))
    elif source is not None:
        detector = load_detector(model, runtime, threads, FAINT_SCORE)
        pictures = frames(open_source(source, fps, mask=mask_of(scene)), period_s)
        stream = seen_in_pictures(pictures, scene, detector, start_s)
    else:
        raise InvalidInput("nothing to replay: wanted --source, --detections or both")
    found = replayed(scene, start_s, stream)
    columns = (*STAY_COLUMNS, *DETAIL_COLUMNS) if detail else STAY_COLUMNS
    write_rows(out, columns, map(detailed_stay_row if detail else stay_row, found.stays))
    if unseen is not None:
        write_rows(unseen, UNSEEN_COLUMNS, map(unseen_row, found.unseen))
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
    """Yield dated detections; a frame that the file does not name shows no vehicle."""
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
