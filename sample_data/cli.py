"""The commands `airelib sample …`: write the sample quarter and the camera scene."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

FOLDER = click.Path(file_okay=False, path_type=Path)


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
    from sample_data.scene.scenarios import scenario_named
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
    from sample_data.scene.render import render as render_scene
    from sample_data.scene.scenarios import scenario_named

    render_scene(scenario_named(name), out)
    click.echo(str(out / "clip.mp4"))
