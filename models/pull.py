"""Fetches weights that others publish: by address, and only with a checksum that was known before."""

import hashlib
import json
import tomllib
import urllib.error
import urllib.request
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import ChecksumMismatch, ManifestInvalid, NetworkMissing, UnknownWeights
from models.manifest import SHA256_PATTERN

PULLABLE_PATH = Path(__file__).with_name("pullable.toml")
"""The list that ships with the package."""

PINS = "pins.json"
"""Sums that the user trusted on first use, in the user's folder."""

TIMEOUT_S = 30.0
"""Longest silence of the other side (parameter)."""

CHUNK_BYTES = 1 << 20


class Pullable(BaseModel):
    """Weights that can be fetched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    url: str = Field(pattern=r"^(https://|http://127\.0\.0\.1[:/])")
    """Address of the checkpoint; plain HTTP only on this machine."""
    sha256: str = Field(default="", pattern=rf"^$|{SHA256_PATTERN}")
    """SHA-256 of the file; empty where it is not known."""
    sha256_from: str = ""
    """Where the sum is known from."""
    licence: str
    input_side_px: int = Field(gt=0)
    threshold: float = Field(gt=0, lt=1)


def find(name: str, catalogue: Path = PULLABLE_PATH) -> Pullable:
    """Find weights that can be fetched.

    Raises
    ------
    UnknownWeights
        If the list has no such name; the message lists the known ones.
    ManifestInvalid
        If the list cannot be read.
    """
    try:
        rows = tomllib.loads(catalogue.read_text(encoding="utf-8"))["pullable"]
        known = {row["name"]: Pullable.model_validate(row) for row in rows}
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise ManifestInvalid(f"The list {catalogue} cannot be used: {error}") from error
    if name not in known:
        raise UnknownWeights(
            f'No weights called "{name}" can be pulled: wanted {", ".join(known)}.'
        )
    return known[name]


def pinned(wanted: Pullable, folder: Path, *, may_trust: bool) -> Pullable:
    """Return the weights with the checksum that the user trusted before, where the list has none.

    Raises
    ------
    ChecksumMismatch
        If no checksum is known and the user does not trust the first file that comes.
    """
    if wanted.sha256:
        return wanted
    trusted = _pins(folder).get(wanted.url, "")
    if not trusted and not may_trust:
        raise ChecksumMismatch(
            f"No checksum of {wanted.url} is known: wanted --trust-on-first-use, or a file that you checked yourself, "
            f"by 'airelib models import FILE --name {wanted.name} --sha256 SUM'."
        )
    return wanted.model_copy(update={"sha256": trusted})


def fetch(wanted: Pullable, into: Path, folder: Path) -> Path:
    """Fetch a checkpoint, refuse it if its sum is another, and remember the sum where none was known.

    Parameters
    ----------
    wanted
        What `pinned` returned.
    into
        Folder for the file.
    folder
        The user's folder, for the sums that were trusted on first use.

    Raises
    ------
    NetworkMissing
        If the other side does not answer or has no such file; the sentence names `import`.
    ChecksumMismatch
        If the sum is another than the known one.
    """
    target = into / f"{wanted.name}.pt"
    digest = hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(wanted.url, timeout=TIMEOUT_S) as answer,  # noqa: S310 - the scheme was checked
            target.open("wb") as file,
        ):
            while chunk := answer.read(CHUNK_BYTES):
                digest.update(chunk)
                file.write(chunk)
    except (urllib.error.URLError, OSError) as error:
        raise NetworkMissing(
            f"{wanted.url} could not be fetched ({error}): fetch the file where there is a network and take it in by "
            f"'airelib models import {wanted.name}.pt --name {wanted.name}{_sum_option(wanted)}'."
        ) from error
    found = digest.hexdigest()
    if wanted.sha256 and found != wanted.sha256:
        raise ChecksumMismatch(f"{wanted.url} has SHA-256 {found}, wanted {wanted.sha256}.")
    if not wanted.sha256:
        _remember(folder, wanted.url, found)
    return target


def _sum_option(wanted: Pullable) -> str:
    return f" --sha256 {wanted.sha256}" if wanted.sha256 else ""


def _pins(folder: Path) -> dict[str, str]:
    path = folder / PINS
    if not path.exists():
        return {}
    try:
        return {str(k): str(v) for k, v in json.loads(path.read_text(encoding="utf-8")).items()}
    except (ValueError, AttributeError) as error:
        raise ManifestInvalid(f"{path} cannot be used: {error}") from error


def _remember(folder: Path, url: str, found: str) -> None:
    pins = {**_pins(folder), url: found}
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{PINS}.part"
    partial.write_text(json.dumps(pins, indent=1), encoding="utf-8")
    partial.replace(folder / PINS)
