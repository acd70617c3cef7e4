"""The folder of the user's own weights: files are taken in by checksum, with a list and a card each."""

import hashlib
import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from models.errors import ImportRefused, ModelsError
from models.manifest import (
    USER_MANIFEST,
    Family,
    Weights,
    load_manifest,
    load_trusted,
    read_network,
)
from models.trial import is_runtime_installed, run_blank

NAME_PATTERN = r"[a-z0-9][a-z0-9._-]*"
"""What weights may be called: the name is a file's too."""

KINDS = (".onnx", ".xml", ".pt")
"""Files that can be taken in."""

VEHICLE_LABELS = ("bicycle", "car", "motorcycle", "bus", "train", "truck", "van", "two_wheeler")
"""Labels that may leave a detector, where the user names none: COCO's vehicles and this project's own words."""


@dataclass(frozen=True)
class Arrival:
    """What is told of a file that is taken in."""

    name: str
    family: Family
    classes: tuple[str, ...]
    input_size_wh: tuple[int, int]
    threshold: float
    licence: str
    source: str
    """Where the file comes from, in words or as an address."""


def take_in(file: Path, arrival: Arrival, folder: Path) -> Weights:
    """Copy a file into the user's folder, write down its checksum, and run it once where OpenVINO is installed.

    Parameters
    ----------
    file
        ONNX, OpenVINO IR (`.xml` with its `.bin` beside it) or PyTorch checkpoint; a checkpoint is not opened.
    arrival
        What is told of it.
    folder
        The user's folder; made where there is none.

    Raises
    ------
    ImportRefused
        If the name, the kind of file or the classes cannot be used; nothing is kept.
    WeightsFailed
        If the network gives other outputs than its family promises; nothing is kept.
    """
    check_name(arrival.name, folder)
    check_kind(file)
    folder.mkdir(parents=True, exist_ok=True)
    weights = _entry(file, arrival, folder)
    kept = [weights.path, *([weights.data_path] if weights.data_sha256 else [])]
    try:
        for target in kept:
            shutil.copyfile(file.with_suffix(target.suffix), target)
        network = read_network(weights)
        if network.kind != ".pt" and is_runtime_installed():
            run_blank(weights, network)
    except (ModelsError, OSError):
        for target in kept:
            target.unlink(missing_ok=True)
        raise
    weights.card.write_text(_card(weights), encoding="utf-8")
    _write_list(folder, weights)
    return weights


def check_name(name: str, folder: Path) -> None:
    """Refuse a name that cannot be a file's or that stands for other weights.

    Raises
    ------
    ImportRefused
        The sentence names what is wrong.
    """
    if not re.fullmatch(NAME_PATTERN, name):
        raise ImportRefused(
            f'The name "{name}" cannot be used: wanted small letters, digits, ".", "_", "-".'
        )
    if name in {weights.name for weights in load_trusted(folder).weights}:
        raise ImportRefused(f'Weights called "{name}" are there already: wanted another name.')


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def check_kind(file: Path) -> None:
    """Refuse a file that cannot be taken in.

    Raises
    ------
    ImportRefused
        If it is of another kind, or an `.xml` without its `.bin`.
    """
    if file.suffix not in KINDS:
        raise ImportRefused(f"{file} cannot be imported: wanted a file of {', '.join(KINDS)}.")
    if file.suffix == ".xml" and not file.with_suffix(".bin").exists():
        raise ImportRefused(f"{file} has no {file.with_suffix('.bin').name} beside it.")


def _entry(file: Path, arrival: Arrival, folder: Path) -> Weights:
    vehicles = tuple(label for label in arrival.classes if label in VEHICLE_LABELS)
    if not vehicles:
        raise ImportRefused(
            f"{arrival.name} knows the classes {', '.join(arrival.classes)}: wanted at least one of {', '.join(VEHICLE_LABELS)}."
        )
    is_ir = file.suffix == ".xml"
    return Weights(
        name=arrival.name,
        path=folder / f"{arrival.name}{file.suffix}",
        sha256=sha256_of(file),
        data_sha256=sha256_of(file.with_suffix(".bin")) if is_ir else "",
        family=arrival.family,
        licence=arrival.licence,
        source=arrival.source,
        recipe="airelib models import",
        card=folder / f"{arrival.name}.md",
        classes=arrival.classes,
        vehicle_classes=vehicles,
        input_size_wh=arrival.input_size_wh,
        channel_order="rgb" if arrival.family == "yolo" else "bgr",
        threshold=arrival.threshold,
        **_nanodet_input(arrival.family),
    )


def _nanodet_input(family: Family) -> dict[str, tuple[float, ...] | int]:
    from models.nanodet import MEAN_BGR, REG_MAX, STD_BGR

    return (
        {"mean_bgr": MEAN_BGR, "std_bgr": STD_BGR, "reg_max": REG_MAX}
        if family == "nanodet"
        else {}
    )


def _write_list(folder: Path, weights: Weights) -> None:
    path = folder / USER_MANIFEST
    known = load_manifest(path).weights if path.exists() else ()
    rows = [
        {**one.model_dump(mode="json"), "path": one.path.name, "card": one.card.name}
        for one in (*known, weights)
    ]
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps({"default": "", "weights": rows}, indent=1), encoding="utf-8")
    os.replace(partial, path)  # noqa: PTH105 - replaces an older list in one step


def _card(weights: Weights) -> str:
    width, height = weights.input_size_wh
    return f"""# {weights.name}

| | |
|---|---|
| file | `{weights.path.name}` |
| SHA-256 | `{weights.sha256}` |
| family | {weights.family} |
| licence | {weights.licence} |
| source | {weights.source} |
| input | {width} x {height} |
| classes | {", ".join(weights.classes)} |
| threshold | {weights.threshold} |

Taken in by `airelib models import`; its accuracy was not measured: see `airelib models compare`.
"""
