"""The worker's configuration: one TOML file, checked before anything starts."""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from geo.errors import InvalidFile, InvalidSettings
from geo.words import INSEE_PATTERN
from vision.gate import FORCED_LOOK_S


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ServiceTable(_Table):
    """Where events go."""

    url: str = Field(pattern=r"^https?://")
    """Address of the service, without a path."""
    commune: str = Field(pattern=INSEE_PATTERN)
    """INSEE code of the commune whose bays are watched."""
    key_file: Path
    """File that holds the device key and nothing else."""
    device_id: UUID
    """Identifier that `airelib devices add` printed."""


class CameraTable(_Table):
    """One camera."""

    id: str = Field(min_length=1)
    """Name of the camera; its memory is saved under it."""
    source: str = Field(min_length=1)
    """RTSP or HTTP address, V4L2 device (`/dev/video0`), video file or folder of pictures."""
    scene: Path
    """Its scene.json."""
    period_s: float = Field(default=0.2, ge=0)
    """Least time between two observations."""
    privacy_mask: list[list[tuple[float, float]]] = []
    """Polygons, pixels of the scene's frame, blackened before anything looks at the picture."""
    start_at: AwareDatetime | None = None
    """Instant of the first frame of a file or folder; without it the file starts now."""
    loop: bool = False
    """Begin a file again when it ends."""
    fps: float | None = Field(default=None, gt=0)
    """Frames a second of a folder of pictures."""
    times: str = ""
    """How pictures of a folder are dated: `exif`, or a pattern of their names such as `cam_%Y%m%d_%H%M%S`; empty: by `fps`."""
    kind: Literal["", "stream", "snapshot"] = ""
    """What an HTTP address gives; empty: a snapshot where it ends in .jpg or another picture's ending, else a stream."""
    decode: Literal["auto", "keyframes", "all"] = "auto"
    """Which pictures are decoded; `auto`: keyframes alone where they come at least once a period."""
    forced_look_s: float = Field(default=FORCED_LOOK_S, ge=0)
    """Longest time that the detector rests while nothing changes; 0: it looks at every frame."""
    stale_s: float = Field(default=5.0, gt=0)
    """Age from which a live camera's frame is dropped."""
    watchdog_s: float = Field(default=30.0, gt=0)
    """Time without a frame after which a live camera's reading starts again."""


class OutboxTable(_Table):
    """The store of events not yet sent."""

    path: Path
    """SQLite file; made where there is none."""
    max_mb: float = Field(default=256, gt=0.1)
    """Largest size."""


class DetectorTable(_Table):
    """The detector."""

    weights: str | None = None
    """Name of trusted weights, as `airelib models list` prints them; without it the embedded ones."""
    runtime: Literal["openvino", "onnx", "ultralytics"] = "openvino"
    """What runs them."""
    threads: int = Field(default=0, ge=0)
    """Processor threads for one batch of crops; 0: one where there are several cameras, else the runtime's choice."""


class MetricsTable(_Table):
    """Measurements for Prometheus."""

    port: int = Field(ge=0, le=65535)
    """TCP port to listen on."""
    host: str = "127.0.0.1"
    """Address to listen on."""
    open_to_network: bool = False
    """Allow a `host` that others can reach."""

    @model_validator(mode="after")
    def _stays_at_home(self) -> Self:
        if not self.open_to_network and not _is_loopback(self.host):
            raise ValueError(
                f"host is {self.host}, which others can reach: wanted a loopback address, or open_to_network = true"
            )
        return self


class WorkerConfig(_Table):
    """The whole file."""

    service: ServiceTable
    camera: tuple[CameraTable, ...] = Field(min_length=1)
    outbox: OutboxTable
    detector: DetectorTable = DetectorTable()
    metrics: MetricsTable | None = None


def read_config(path: Path) -> WorkerConfig:
    """Read the worker's TOML file; relative paths are taken from its folder.

    Raises
    ------
    InvalidFile
        When it cannot be read or is not TOML.
    InvalidSettings
        When a key is missing, unknown or wrong; the sentence names the key and what was wanted.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidFile(f"{path} cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidFile(f"{path} is not TOML: {error}") from error
    try:
        config = WorkerConfig.model_validate(document)
    except ValidationError as error:
        raise InvalidSettings(f"{path}: {_sentence(error)}") from error
    _check_cameras(path, config)
    return _resolved(config, path.resolve().parent)


def read_key(path: Path) -> str:
    """Read the device key from its file.

    Raises
    ------
    InvalidFile
        When the file is missing, empty or holds more than one word; the key itself is never shown.
    """
    try:
        key = path.read_bytes().decode("ascii", errors="replace").strip()
    except OSError as error:
        raise InvalidFile(f"the key file {path} cannot be read: {error.strerror}") from error
    if not key:
        raise InvalidFile(
            f"the key file {path} is empty: wanted the key that 'airelib devices add' printed"
        )
    if not re.fullmatch(r"[!-~]+", key):
        raise InvalidFile(
            f"the key file {path} holds more than a key ({len(key.split())} words, or characters outside "
            "ASCII): wanted only what stands after 'key' in what 'airelib devices add' printed"
        )
    return key


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    found = "" if first["type"] == "missing" else f", found {_short(first['input'])}"
    return f"{key}: {first['msg']}{found}"


def _short(value: Any) -> str:
    return repr(value) if not isinstance(value, (dict, list)) else type(value).__name__


def _check_cameras(path: Path, config: WorkerConfig) -> None:
    names = [camera.id for camera in config.camera]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidSettings(
            f"{path}: camera {', '.join(twice)} stands twice: wanted each id once"
        )


def _resolved(config: WorkerConfig, folder: Path) -> WorkerConfig:
    cameras = tuple(
        camera.model_copy(
            update={
                "scene": folder / camera.scene,
                "source": camera.source if "://" in camera.source else str(folder / camera.source),
            }
        )
        for camera in config.camera
    )
    return config.model_copy(
        update={
            "camera": cameras,
            "service": config.service.model_copy(
                update={"key_file": folder / config.service.key_file}
            ),
            "outbox": config.outbox.model_copy(update={"path": folder / config.outbox.path}),
        }
    )
