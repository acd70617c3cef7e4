"""The lists of weights that are trusted, the shipped one and the user's, and the only way to read their bytes."""

import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.errors import ChecksumMismatch, ManifestInvalid, UnknownWeights, WeightsMissing

MANIFEST_PATH = Path(__file__).with_name("manifest.toml")
"""The manifest that ships with the package."""

FOLDER_VARIABLE = "AIRELIB_MODELS_DIR"
"""Environment variable that names the folder of the user's own weights."""

USER_MANIFEST = "manifest.json"
"""Name of the list in that folder."""

SHA256_PATTERN = r"^[0-9a-f]{64}$"

Sha256 = Field(pattern=SHA256_PATTERN)

Family = Literal["nanodet", "yolo"]
"""The kinds of outputs that can be read; see `models.heads`."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SourceFile(_Frozen):
    """One published file that a recipe starts from."""

    path: str
    """Path inside the published package."""

    sha256: str = Sha256
    """SHA-256 of its bytes, hexadecimal."""


class Figure(_Frozen):
    """One figure of quality or speed, with the way to get it again."""

    name: str
    """Name of the figure, unique among those of the same weights."""

    data: str
    """What it was taken on."""

    metric: str
    """What was counted, with its unit; shares are 0..1."""

    value: float
    """The figure."""

    command: str
    """Command that prints it from the repository's root, or the publication it was taken from."""


class Weights(_Frozen):
    """One network: its file, where it came from and how to feed and read it."""

    name: str
    """Name used in commands and settings."""

    path: Path
    """Absolute path of the file: ONNX (`.onnx`), OpenVINO IR (`.xml`, numbers in `.bin` beside it) or PyTorch (`.pt`)."""

    sha256: str = Sha256
    """SHA-256 of the file, hexadecimal."""

    data_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """SHA-256 of the `.bin` beside an `.xml`; empty for other files."""

    family: Family
    """How to read the outputs: the name of a module of this package."""

    licence: str
    """SPDX expression."""

    source: str
    """Where the published files are."""

    source_files: tuple[SourceFile, ...] = ()
    """The published files, by checksum."""

    recipe: str
    """Command that makes the file from its source."""

    card: Path
    """Absolute path of the model card."""

    classes: tuple[str, ...]
    """Class names; their index is the network's class id."""

    vehicle_classes: tuple[str, ...]
    """The classes that may leave the detector; all others are dropped where the boxes are decoded."""

    input_size_wh: tuple[int, int]
    """Width and height of the input in pixels."""

    channel_order: Literal["bgr", "rgb"] = "bgr"
    """Order of the planes that the network takes."""

    mean_bgr: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Mean of a pixel, 0..255, blue, green, red."""

    std_bgr: tuple[float, float, float] = (255.0, 255.0, 255.0)
    """Standard deviation of a pixel, 0..255, blue, green, red; 255 brings pixels to 0..1."""

    strides_px: tuple[int, ...] = (8, 16, 32)
    """Network pixels between two cells, level by level."""

    reg_max: int = 0
    """Last bin of a distance, in strides (family nanodet)."""

    threshold: float = Field(gt=0, lt=1)
    """Default score from which a box counts, 0..1."""

    accuracy: tuple[Figure, ...] = ()
    """Figures of quality and speed."""

    @property
    def vehicle_class_ids(self) -> tuple[int, ...]:
        """Indices in `classes` of the vehicle classes, in their order."""
        return tuple(self.classes.index(name) for name in self.vehicle_classes)

    @property
    def data_path(self) -> Path:
        """Path of the numbers of an OpenVINO IR."""
        return self.path.with_suffix(".bin")


class Manifest(_Frozen):
    """A list of trusted weights."""

    default: str
    """Name of the weights used when none is asked for."""

    weights: tuple[Weights, ...]
    """The weights, in the order of the file."""


@dataclass(frozen=True)
class Network:
    """The checked bytes of a network."""

    kind: str
    """Suffix of its file: `.onnx`, `.xml` or `.pt`."""

    content: bytes
    """Bytes of the file."""

    data: bytes = b""
    """Bytes of the `.bin` beside an `.xml`."""


def user_folder() -> Path:
    """Return the folder of the user's own weights: what AIRELIB_MODELS_DIR names, or the usual place of a user's data."""
    named = os.environ.get(FOLDER_VARIABLE)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(named) if named else Path(data) / "airelib" / "models"


def load_manifest(path: Path = MANIFEST_PATH) -> Manifest:
    """Read a manifest; the files it names are resolved beside it and not opened.

    Raises
    ------
    ManifestInvalid
        If the file is not TOML, a field is missing, unknown or wrong, or a name stands for nothing.
    """
    parse = json.loads if path.suffix == ".json" else tomllib.loads
    try:
        document = parse(path.read_text(encoding="utf-8"))
        manifest = Manifest.model_validate(_located(document, path.resolve().parent))
    except (OSError, ValueError) as error:
        raise ManifestInvalid(f"The manifest {path} cannot be used: {error}") from error
    _check_names(manifest, path)
    return manifest


def load_trusted(folder: Path | None = None) -> Manifest:
    """Read the shipped manifest and, where there is one, the user's; the shipped default stays.

    Raises
    ------
    ManifestInvalid
        If either cannot be used, or a name stands in both.
    """
    shipped, path = load_manifest(), (folder or user_folder()) / USER_MANIFEST
    if not path.exists():
        return shipped
    both = (*shipped.weights, *load_manifest(path).weights)
    manifest = Manifest(default=shipped.default, weights=both)
    _check_names(manifest, path)
    return manifest


def get_weights(name: str | None = None, manifest: Manifest | None = None) -> Weights:
    """Find weights by name, the user's own included; without a name, the default ones.

    Raises
    ------
    UnknownWeights
        If the manifest has no such name; the message lists the known ones.
    """
    known = manifest or load_trusted()
    wanted = name or known.default
    for weights in known.weights:
        if weights.name == wanted:
            return weights
    names = ", ".join(weights.name for weights in known.weights)
    raise UnknownWeights(f'No weights are called "{wanted}"; the manifest has: {names}.')


def read_weights(weights: Weights) -> bytes:
    """Read the bytes of a network and refuse them if they are not those written down.

    Raises
    ------
    WeightsMissing
        If the file is not there.
    ChecksumMismatch
        If its SHA-256 differs; the message names both.
    """
    try:
        content = weights.path.read_bytes()
    except FileNotFoundError as error:
        raise WeightsMissing(
            f"The weights {weights.name} are missing: there is no file {weights.path}."
        ) from error
    check_sha256(content, weights.sha256, str(weights.path))
    return content


def read_network(weights: Weights) -> Network:
    """Read all bytes of a network, refused as `read_weights` does."""
    content = read_weights(weights)
    if weights.path.suffix != ".xml":
        return Network(weights.path.suffix, content)
    numbers = weights.model_copy(update={"path": weights.data_path, "sha256": weights.data_sha256})
    return Network(".xml", content, read_weights(numbers))


def check_sha256(content: bytes, wanted: str, what: str) -> None:
    """Refuse bytes whose SHA-256 is not the wanted one.

    Raises
    ------
    ChecksumMismatch
        If it differs; the message names `what`, the value found and the value wanted.
    """
    found = hashlib.sha256(content).hexdigest()
    if found != wanted:
        raise ChecksumMismatch(f"{what} has SHA-256 {found}, the manifest wants {wanted}.")


def _located(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    rows = [
        {
            **row,
            "path": folder / str(row.get("path", "")),
            "card": folder / str(row.get("card", "")),
        }
        for row in document.get("weights", [])
    ]
    return {**document, "weights": rows}


def _check_names(manifest: Manifest, path: Path) -> None:
    names = [weights.name for weights in manifest.weights]
    if len(set(names)) < len(names):
        raise ManifestInvalid(f"The manifest {path} names weights twice: {', '.join(names)}.")
    if manifest.default not in names and path.name != USER_MANIFEST:
        raise ManifestInvalid(
            f'The manifest {path} has no weights called "{manifest.default}", its default.'
        )
    for weights in manifest.weights:
        strangers = sorted(set(weights.vehicle_classes) - set(weights.classes))
        if strangers:
            raise ManifestInvalid(
                f"The weights {weights.name} have no class {', '.join(strangers)}, named as vehicles."
            )
