"""The list of weights this project trusts, and the only way to read their bytes."""

import hashlib
import tomllib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import ChecksumMismatch, ManifestInvalid, UnknownWeights, WeightsMissing

MANIFEST_PATH = Path(__file__).with_name("manifest.toml")
"""The manifest that ships with the package."""

Sha256 = Field(pattern=r"^[0-9a-f]{64}$")


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
    """Absolute path of the ONNX file."""

    sha256: str = Sha256
    """SHA-256 of the file, hexadecimal."""

    family: str
    """How to read the outputs: the name of a module of this package, such as "nanodet"."""

    licence: str
    """SPDX expression."""

    source: str
    """Where the published files are."""

    source_files: tuple[SourceFile, ...]
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

    mean_bgr: tuple[float, float, float]
    """Mean of a pixel, 0..255, blue, green, red."""

    std_bgr: tuple[float, float, float]
    """Standard deviation of a pixel, 0..255, blue, green, red."""

    strides_px: tuple[int, ...]
    """Network pixels between two cells, level by level."""

    reg_max: int
    """Last bin of a distance, in strides."""

    threshold: float = Field(gt=0, lt=1)
    """Default score from which a box counts, 0..1."""

    accuracy: tuple[Figure, ...] = ()
    """Figures of quality and speed."""

    @property
    def vehicle_class_ids(self) -> tuple[int, ...]:
        """Indices in `classes` of the vehicle classes, in their order."""
        return tuple(self.classes.index(name) for name in self.vehicle_classes)


class Manifest(_Frozen):
    """All trusted weights."""

    default: str
    """Name of the weights used when none is asked for."""

    weights: tuple[Weights, ...]
    """The weights, in the order of the file."""


def load_manifest(path: Path = MANIFEST_PATH) -> Manifest:
    """Read a manifest; the files it names are resolved beside it and not opened.

    Raises
    ------
    ManifestInvalid
        If the file is not TOML, a field is missing, unknown or wrong, or a name stands for nothing.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest.model_validate(_located(document, path.resolve().parent))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise ManifestInvalid(f"The manifest {path} cannot be used: {error}") from error
    _check_names(manifest, path)
    return manifest


def get_weights(name: str | None = None, manifest: Manifest | None = None) -> Weights:
    """Find weights by name; without a name, the default ones.

    Raises
    ------
    UnknownWeights
        If the manifest has no such name; the message lists the known ones.
    """
    known = manifest or load_manifest()
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
    if manifest.default not in names:
        raise ManifestInvalid(
            f'The manifest {path} has no weights called "{manifest.default}", its default.'
        )
    for weights in manifest.weights:
        strangers = sorted(set(weights.vehicle_classes) - set(weights.classes))
        if strangers:
            raise ManifestInvalid(
                f"The weights {weights.name} have no class {', '.join(strangers)}, named as vehicles."
            )
