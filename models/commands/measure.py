"""`airelib models compare`: which detector is right on a labelled folder, by size and condition, and how fast."""

import json
from pathlib import Path

import click

from models.manifest import get_weights
from models.measure import Row, compare_weights, table


@click.command("compare")
@click.argument("names", nargs=-1, required=True)
@click.option(
    "--data",
    type=click.Path(exists=True, path_type=Path),
    required=True,
    help="YOLO-format folder: data.yaml, or the folder that holds it; conditions.csv beside it where there is one.",
)
@click.option("--split", default="val", show_default=True, help="Which part of the folder.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True)
@click.option("--json", "json_path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--markdown", "markdown_path", type=click.Path(dir_okay=False, path_type=Path))
def compare(
    *,
    names: tuple[str, ...],
    data: Path,
    split: str,
    threads: int,
    json_path: Path | None,
    markdown_path: Path | None,
) -> None:
    """Measure the weights NAMED on the same labelled pictures and print a table."""
    rows: list[Row] = []
    for name in names:
        rows.extend(compare_weights(get_weights(name), data, split, threads))
    text = table(rows)
    if json_path is not None:
        json_path.write_text(json.dumps([vars(row) for row in rows], indent=1), encoding="utf-8")
    if markdown_path is not None:
        markdown_path.write_text(text, encoding="utf-8")
    click.echo(text, nl=False)
