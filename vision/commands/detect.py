"""`airelib detect`: what each frame says of each bay, one frame at a time."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from vision.detector import SURE_SCORE
from vision.files import BOX_COLUMNS, PREDICTION_COLUMNS, box_rows, csv_writer, prediction_row
from vision.runtimes import DEFAULT_RUNTIME, RUNTIMES

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
@click.option(
    "--model", help="Weights, by name as `airelib models list` prints; default: embedded."
)
@click.option("--runtime", type=click.Choice(RUNTIMES), default=DEFAULT_RUNTIME, show_default=True)
@click.option("--threads", type=click.IntRange(0), default=0, help="Processor threads; 0: all.")
def detect(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    scene_path: Path,
    first: Path,
    more: tuple[Path, ...],
    out: Path,
    boxes: Path | None,
    threshold: float,
    model: str | None,
    runtime: str,
    threads: int,
) -> None:
    """Tell the state of each bay in each FRAME, one frame at a time."""
    from vision.detector import FAINT_SCORE, at_least, load_detector
    from vision.eye import Eye
    from vision.replay import seen_alone
    from vision.scene import mask_of, read_scene
    from vision.source import frames, open_pictures, open_source

    scene = read_scene(scene_path)
    source = open_pictures([first, *more]) if more else open_source(str(first))
    source = replace(source, mask=mask_of(scene))
    detector = load_detector(model, runtime, threads, min(threshold, FAINT_SCORE))
    count, eye = 0, Eye(scene)
    with ExitStack() as files:
        write = files.enter_context(csv_writer(out, PREDICTION_COLUMNS))
        write_box = files.enter_context(csv_writer(boxes, BOX_COLUMNS)) if boxes else None
        for frame in frames(source):
            view = eye.view(frame.size_wh, None)
            found = detector.detect(frame.bgr, view.plan)
            for seen in seen_alone(view, frame.luma, found, threshold):
                write(prediction_row(frame.name, seen))
            if write_box:
                for row in box_rows(frame.name, at_least(found, threshold)):
                    write_box(row)
            count += 1
    click.echo(f"{count} frames, {len(scene.bays)} bays: {out}")
