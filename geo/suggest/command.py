"""`airelib suggest`: from the files of a study to its suggestions."""

from __future__ import annotations

from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--data", required=True, type=FOLDER, help="Folder with the files of a study.")
@click.option("--out", required=True, type=FILE, help="File to write.")
@click.option("--weights", type=FILE, help="Points per unit; default: those of the product.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all draws.")
@click.option(
    "--workers",
    type=click.IntRange(1),
    default=2,
    show_default=True,
    help="Processes; their number changes nothing but the time.",
)
def suggest(data: Path, out: Path, weights: Path | None, seed: int, workers: int) -> None:
    """Propose changes of time rules, each with its expected effect, interval and reasons not."""
    from geo.study.folder import open_study, read_weights_file
    from geo.study.words import Weights
    from geo.suggest.engine import suggest as suggestions_of

    points = Weights() if weights is None else read_weights_file(weights)
    found = suggestions_of(open_study(data), points, seed, workers)
    beside = out.with_name(out.name + ".part")
    beside.write_text(found.model_dump_json(indent=1), encoding="utf-8")
    beside.replace(out)
    counts = {
        decision: sum(bay.decision == decision for bay in found.bays)
        for decision in ("change", "keep", "need_data")
    }
    click.echo(
        f"{out}: {len(found.bays)} bays, {counts['change']} to change, {counts['keep']} to keep, "
        f"{counts['need_data']} need more data"
    )
