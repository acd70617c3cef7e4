"""`airelib evaluate`: what was found against the truth."""

from __future__ import annotations

import json
from pathlib import Path

import click

from vision.evaluation.chance import Chance
from vision.evaluation.document import evaluate_files, tables
from vision.evaluation.picture import picture

FILE = click.Path(path_type=Path)


@click.command()
@click.option("--truth", type=FILE, required=True, help="truth.csv of frames, or stays.csv.")
@click.option("--found", type=FILE, required=True, help="predictions.csv, or stays.csv.")
@click.option("--out", type=FILE, help="Folder for metrics.json, metrics.md and metrics.svg.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of tables.")
@click.option(
    "--resamples",
    type=click.IntRange(100, 100_000),
    default=1000,
    show_default=True,
    help="Draws of the intervals.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the draws.")
def evaluate(
    truth: Path, found: Path, out: Path | None, resamples: int, seed: int, *, as_json: bool
) -> None:
    """Compare what was FOUND with the TRUTH."""
    document = evaluate_files(truth, found, Chance(resamples, seed))
    text, table = json.dumps(document, indent=2), tables(document)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        (out / "metrics.json").write_text(text + "\n", encoding="utf-8")
        (out / "metrics.md").write_text(table + "\n", encoding="utf-8")
        (out / "metrics.svg").write_text(picture(document), encoding="utf-8")
    click.echo(text if as_json else table)
