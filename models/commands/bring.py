"""`airelib models pull` and `import`: other detectors come in, by checksum."""

import tempfile
from pathlib import Path
from typing import get_args

import click

from models.errors import ImportRefused
from models.manifest import Family, Network, Weights, user_folder
from models.pull import PULLABLE_PATH, fetch, find, pinned
from models.shelf import Arrival, check_kind, check_name, sha256_of, take_in
from models.trial import facts_of
from models.ultralytics_process import require_ultralytics, run_job

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)

FORMATS = {"onnx": ".onnx", "openvino": ".xml", "pt": ".pt"}
"""What a checkpoint is kept as: exported, or itself for the runtime ultralytics alone."""

DEFAULT_SIDE_PX = 640
"""Side of the input where neither the user nor the file names one; Ultralytics' default `imgsz`."""


@click.command("pull")
@click.argument("name")
@click.option(
    "--as", "kept_as", type=click.Choice(list(FORMATS)), default="onnx", show_default=True
)
@click.option("--size", "side_px", type=click.IntRange(32), help="Side of the input, pixels.")
@click.option(
    "--trust-on-first-use",
    is_flag=True,
    help="Where no checksum is known, write down the one found and demand it from then on.",
)
@click.option(
    "--catalogue", type=EXISTING, default=PULLABLE_PATH, help="Another list to pull from."
)
def pull(
    *, name: str, kept_as: str, side_px: int | None, trust_on_first_use: bool, catalogue: Path
) -> None:
    """Fetch the weights NAME from their makers, check their sum, export them and take them in."""
    wanted, folder = find(name, catalogue), user_folder()
    wanted = pinned(wanted, folder, may_trust=trust_on_first_use)
    check_name(name, folder)
    require_ultralytics()
    with tempfile.TemporaryDirectory(prefix="airelib-pull-") as held:
        file = fetch(wanted, Path(held), folder)
        arrival = _checkpoint_arrival(file, name, side_px or wanted.input_side_px)
        arrival = Arrival(
            **{
                **vars(arrival),
                "threshold": wanted.threshold,
                "licence": wanted.licence,
                "source": wanted.url,
            }
        )
        _say(_keep(file, arrival, kept_as, folder))


@click.command("import")
@click.argument("file", type=EXISTING)
@click.option("--name", required=True, help="What the weights are called from now on.")
@click.option("--family", type=click.Choice(get_args(Family)), default="yolo", show_default=True)
@click.option("--classes", help="Class names by index, with commas; default: what the file says.")
@click.option("--size", "side_px", type=click.IntRange(32), help="Side of the input, pixels.")
@click.option("--sha256", help="Refuse the file unless this is its SHA-256.")
@click.option(
    "--as",
    "kept_as",
    type=click.Choice(list(FORMATS)),
    default="onnx",
    show_default=True,
    help="What a .pt file is kept as; other files stay as they are.",
)
@click.option(
    "--threshold", type=click.FloatRange(0, 1, min_open=True, max_open=True), default=0.25
)
@click.option("--licence", default="unknown", help="SPDX expression.")
def import_weights(  # noqa: PLR0913 - a command's options are its parameters
    *,
    file: Path,
    name: str,
    family: Family,
    classes: str | None,
    side_px: int | None,
    sha256: str | None,
    kept_as: str,
    threshold: float,
    licence: str,
) -> None:
    """Take the weights FILE (.onnx, .xml with its .bin, .pt) into the user's folder, by checksum."""
    folder, found = user_folder(), sha256_of(file)
    if sha256 is not None and sha256.lower() != found:
        raise ImportRefused(f"{file} has SHA-256 {found}: wanted {sha256}.")
    check_name(name, folder)
    check_kind(file)
    if file.suffix == ".pt":
        said = _checkpoint_arrival(file, name, side_px)
    else:
        said = _network_arrival(file, name, side_px)
    arrival = Arrival(
        name=name,
        family=family,
        classes=tuple(part.strip() for part in classes.split(",")) if classes else said.classes,
        input_size_wh=said.input_size_wh,
        threshold=threshold,
        licence=licence,
        source=f"{file.name}, SHA-256 {found}",
    )
    if not arrival.classes:
        raise ImportRefused(f"{file} does not name its classes: wanted --classes.")
    _say(_keep(file, arrival, kept_as, folder))


def _keep(file: Path, arrival: Arrival, kept_as: str, folder: Path) -> Weights:
    if file.suffix != ".pt" or kept_as == "pt":
        return take_in(file, arrival, folder)
    with tempfile.TemporaryDirectory(prefix="airelib-export-") as held:
        made = Path(held) / f"{arrival.name}{FORMATS[kept_as]}"
        job = {"do": "export", "path": str(file.resolve()), "format": kept_as, "out": str(made)}
        run_job({**job, "side_px": arrival.input_size_wh[0], "end_to_end": False})
        return take_in(made, arrival, folder)


def _checkpoint_arrival(file: Path, name: str, side_px: int | None) -> Arrival:
    said = run_job({"do": "describe", "path": str(file.resolve())})
    if said["task"] != "detect":
        raise ImportRefused(f"{file} is made for {said['task']}: wanted a detector of boxes.")
    side = side_px or said["side_px"]
    return Arrival(name, "yolo", tuple(said["classes"]), (side, side), 0.25, "unknown", str(file))


def _network_arrival(file: Path, name: str, side_px: int | None) -> Arrival:
    data = file.with_suffix(".bin").read_bytes() if file.suffix == ".xml" else b""
    said = facts_of(Network(file.suffix, file.read_bytes(), data))
    side = side_px or DEFAULT_SIDE_PX
    size = (side, side) if side_px else said.input_size_wh or (side, side)
    return Arrival(name, "yolo", said.classes, size, 0.25, "unknown", str(file))


def _say(weights: Weights) -> None:
    click.echo(f"{weights.name}: {weights.path} (SHA-256 {weights.sha256})")
