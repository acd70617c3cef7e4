"""The commands `airelib sample …`: write the sample quarter and the camera scene."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)
SHARE = click.FloatRange(0, 1)


@click.group()
def sample() -> None:
    """Write the sample quarter and the camera scene."""


@sample.command()
@click.option("--out", required=True, type=FOLDER, help="Folder to write to; made when absent.")
@click.option(
    "--first-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-03-02",
    show_default=True,
    help="First local day.",
)
@click.option("--weeks", type=click.IntRange(1, 60), default=8, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def quarter(out: Path, first_on: datetime, weeks: int, seed: int) -> None:
    """Write bays, communes, streets, stays and unseen times of the invented quarter."""
    from sample_data.export import write_quarter

    for path, rows in write_quarter(out, first_on.date(), weeks, seed):
        click.echo(f"{path}: {rows} rows")


@sample.command()
@click.argument("name")
@click.option("--out", required=True, type=FOLDER, help="Folder to write to; made when absent.")
def truth(name: str, out: Path) -> None:
    """Write the exact truth of a camera scene that needs no picture: scene.json, bays, stays, states."""
    from sample_data.scene.catalogue import scenario_named
    from sample_data.scene.truth import truth_files

    files = truth_files(scenario_named(name))
    out.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (out / file).write_bytes(content)
        click.echo(str(out / file))


@sample.command()
@click.argument("name")
@click.option("--out", required=True, type=FOLDER, help="Folder to write to; made when absent.")
def render(name: str, out: Path) -> None:
    """Render a camera scene with its truth; needs Chromium, and three.js by `npm ci` in sample_data/scene."""
    from sample_data.scene.catalogue import scenario_named
    from sample_data.scene.render import render as render_scene

    render_scene(scenario_named(name), out)
    click.echo(str(out / "clip.mp4"))


@sample.command()
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the timetable and the errors."
)
@click.option(
    "--duration",
    "duration_s",
    type=click.IntRange(60),
    default=600,
    show_default=True,
    help="Seconds.",
)
@click.option("--fps", type=click.IntRange(1, 30), default=5, show_default=True)
@click.option(
    "--occluder",
    "occluder_s",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Seconds for which a lorry double-parks before one bay after another; 0: none.",
)
@click.option(
    "--miss",
    type=SHARE,
    default=0.06,
    show_default=True,
    help="Share of looks in which a vehicle in sight is missed.",
)
@click.option(
    "--jitter",
    type=SHARE,
    default=0.05,
    show_default=True,
    help="Standard deviation of a box's sides over the longer one.",
)
@click.option(
    "--stray",
    type=SHARE,
    default=0.29,
    show_default=True,
    help="Share of looks in which a truck gets a second box.",
)
@click.option(
    "--drop",
    type=SHARE,
    default=0.0,
    show_default=True,
    help="Share of frames that never come: they have no row in boxes.csv.",
)
@click.option(
    "--stay-minutes",
    "stay_min",
    type=click.FloatRange(0.5),
    help="Mean stay in minutes, a fifth of it at least; default: 20 s and more, 110 s on average.",
)
@click.option("--out", required=True, type=FOLDER, help="Folder to write to; made when absent.")
def detections(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    seed: int,
    duration_s: int,
    fps: int,
    occluder_s: float,
    miss: float,
    jitter: float,
    stray: float,
    drop: float,
    stay_min: float | None,
    out: Path,
) -> None:
    """Write a random timetable without pictures: scene.json, bays, stays, states, and boxes.csv with a detector's errors."""
    from sample_data.scene.chance import LEAST_STAY_SHARE, STAY_S, Traffic
    from sample_data.scene.lookout import Rates, chance_files

    rates = Rates(miss=miss, jitter=jitter, stray=stray, drop=drop)
    least_s = LEAST_STAY_SHARE * 60 * (stay_min or 0)
    stay_s = STAY_S if stay_min is None else (least_s, 60 * stay_min - least_s)
    scenario, files = chance_files(seed, Traffic(duration_s, fps, occluder_s, stay_s), rates)
    out.mkdir(parents=True, exist_ok=True)
    for file, content in files.items():
        (out / file).write_bytes(content)
    click.echo(f"{len(scenario.vehicles)} vehicles from {scenario.start_at.isoformat()}: {out}")
