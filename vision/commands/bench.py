"""`airelib bench`: how fast this machine watches."""

import json
import tempfile
from importlib.resources import files
from pathlib import Path

import click

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.group()
def bench() -> None:
    """Measure how fast this machine watches."""


@bench.command("vision")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option(
    "--sample",
    type=FOLDER,
    help="Folder with clip.mp4, scene.json and bays.geojson; default: the sample's day.",
)
@click.option(
    "--hold",
    "held_s",
    type=click.FloatRange(30),
    default=300.0,
    show_default=True,
    help="Seconds for which the largest number of cameras is held.",
)
@click.option(
    "--cameras",
    "most",
    type=click.IntRange(0),
    default=150,
    show_default=True,
    help="Most cameras to try; 0: none.",
)
def bench_vision(*, as_json: bool, sample: Path | None, held_s: float, most: int) -> None:
    """Measure speed a core, latency, cameras a box and memory, against Ultralytics ParkingManagement where it is installed."""
    from vision.bench.report import measured, table

    source = sample or Path(str(files("sample_data"))) / "clips" / "day"
    with tempfile.TemporaryDirectory(prefix="airelib-bench-") as folder:
        figures = measured(
            source, Path(folder), held_s, most, lambda text: click.echo(text, err=True)
        )
    click.echo(json.dumps(figures) if as_json else table(figures))
