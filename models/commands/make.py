"""`airelib models export`, `train` and `quantise`: detectors are made, through Ultralytics and NNCF."""

import json
import tempfile
from pathlib import Path

import click

from models.commands.bring import EXISTING, FORMATS
from models.errors import ImportRefused
from models.manifest import get_weights
from models.shelf import sha256_of
from models.ultralytics_process import run_job

OUT = click.Path(dir_okay=False, path_type=Path)

LOSSES = ("train/box_loss", "train/cls_loss")
"""Columns of Ultralytics' results.csv whose sum is printed as the loss."""


@click.command("export")
@click.argument("checkpoint", type=EXISTING)
@click.option("--format", "kind", type=click.Choice(["onnx", "openvino"]), required=True)
@click.option("--size", "side_px", type=click.IntRange(32), default=640, show_default=True)
@click.option(
    "--end-to-end", is_flag=True, help="Keep the head that needs no suppression (YOLO26)."
)
@click.option("--out", type=OUT, required=True, help="The .onnx or .xml to write.")
def export(*, checkpoint: Path, kind: str, side_px: int, end_to_end: bool, out: Path) -> None:
    """Write the CHECKPOINT (.pt) as ONNX or OpenVINO IR, any batch size, in a process of its own."""
    if out.suffix != FORMATS[kind]:
        raise ImportRefused(
            f"{out} is no file of {kind}: wanted a name that ends in {FORMATS[kind]}."
        )
    job = {"do": "export", "path": str(checkpoint.resolve()), "format": kind}
    run_job({**job, "side_px": side_px, "end_to_end": end_to_end, "out": str(out.resolve())})
    click.echo(f"{out}: SHA-256 {sha256_of(out)}")


@click.command("train")
@click.argument("data", type=EXISTING)
@click.option(
    "--start", default="yolo11n.yaml", show_default=True, help="A definition, or a .pt file."
)
@click.option("--epochs", type=click.IntRange(1), default=100, show_default=True)
@click.option("--size", "side_px", type=click.IntRange(32), default=640, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=16, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--warmup", type=click.IntRange(0), default=3, show_default=True, help="Epochs.")
@click.option(
    "--device", default="cpu", show_default=True, help="As Ultralytics names it: cpu, 0, …"
)
@click.option(
    "--out", type=OUT, required=True, help="The .pt to write; a card of figures lies beside it."
)
def train(  # noqa: PLR0913 - a command's options are its parameters
    *,
    data: Path,
    start: str,
    epochs: int,
    side_px: int,
    batch: int,
    seed: int,
    warmup: int,
    device: str,
    out: Path,
) -> None:
    """Train on the YOLO-format folder that DATA (data.yaml) describes; the best epoch is kept."""
    origin = _origin(start)
    with tempfile.TemporaryDirectory(prefix="airelib-train-") as folder:
        job = {"do": "train", "data": str(data.resolve()), "start": origin, "folder": folder}
        shape = {
            "epochs": epochs,
            "side_px": side_px,
            "batch": batch,
            "seed": seed,
            "warmup": warmup,
        }
        done = run_job({**job, **shape, "device": device, "out": str(out.resolve())})
    losses = [sum(epoch[name] for name in LOSSES) for epoch in done["epochs"]]
    facts = {"start": start, "data": str(data), **shape, "classes": done["classes"]}
    card = {**facts, "sha256": sha256_of(out), "losses": losses, "epochs_figures": done["epochs"]}
    out.with_suffix(".json").write_text(json.dumps(card, indent=1), encoding="utf-8")
    click.echo(f"{out}: {epochs} epochs, loss {losses[0]:.3f} to {losses[-1]:.3f}")


@click.command("quantise")
@click.argument("name")
@click.option(
    "--pictures",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of pictures of the kind that the detector will see.",
)
@click.option("--out", type=OUT, required=True, help="The .xml to write; its .bin lies beside it.")
def quantise_weights(*, name: str, pictures: Path, out: Path) -> None:
    """Make 8-bit weights of the weights NAME with NNCF."""
    from models.recipes.int8 import quantise

    quantise(get_weights(name), pictures, out)
    click.echo(f"{out}: SHA-256 {sha256_of(out)}")


def _origin(start: str) -> str:
    """Return a definition by its name, or the path of a checkpoint that is there: nothing is fetched."""
    path = Path(start)
    if path.suffix == ".yaml" and not path.exists():
        return start
    if not path.exists():
        raise ImportRefused(
            f"There is no file {start}: wanted a definition such as yolo11n.yaml, or a .pt file."
        )
    return str(path.resolve())
