"""`airelib evaluate`: what was found against the truth."""

from __future__ import annotations

import json
from pathlib import Path

import click

from vision.evaluate import Figures, frame_figures, stay_figures, table
from vision.files import PREDICTION_COLUMNS, TRUTH_COLUMNS, read_rows, read_stays

FILE = click.Path(path_type=Path)


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
