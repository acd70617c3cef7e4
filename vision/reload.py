"""The configuration on disk: whether it has changed, and what of it concerns which camera."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from vision.config import CameraTable, ServiceTable, WorkerConfig, read_config

Mark = tuple[tuple[str, int, int], ...]
"""Name, time of change in nanoseconds and size of each file; -1 where there is none."""


@dataclass
class ConfigFile:
    """A configuration file and what it names, watched for changes."""

    path: Path
    _known: Mark = ()
    _seen: Mark = ()
    _files: tuple[Path, ...] = field(default=())

    def read(self) -> WorkerConfig:
        """Read it; errors as of `vision.config.read_config`."""
        self._known = self._seen = _mark((self.path, *self._files))
        config = read_config(self.path)
        self._files = _named(config)
        self._known = self._seen = _mark((self.path, *self._files))
        return config

    def has_changed(self) -> bool:
        """Tell whether a file has changed since the last reading and is the same as at the last question: nobody writes on it."""
        now = _mark((self.path, *self._files))
        is_quiet, self._seen = now == self._seen, now
        return is_quiet and now != self._known


def fingerprint(table: CameraTable, service: ServiceTable) -> bytes:
    """Return a digest of all that makes a camera what it is: its table, its scene's files, and as whom it reports.

    Raises
    ------
    OSError
        When the scene cannot be read.
    """
    digest = hashlib.sha256(table.model_dump_json().encode())
    digest.update(f"{service.commune} {service.device_id}".encode())
    for path in _scene_files(table.scene):
        digest.update(path.read_bytes())
    return digest.digest()


def _named(config: WorkerConfig) -> tuple[Path, ...]:
    scenes = [path for table in config.camera for path in _scene_files(table.scene)]
    return (config.service.key_file, *scenes)


def _scene_files(scene: Path) -> list[Path]:
    """Return a scene's file and the bay file that it names."""
    try:
        document = json.loads(scene.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return [scene]
    bays = document.get("bays_geojson") if isinstance(document, dict) else None
    return [scene, scene.parent / bays] if isinstance(bays, str) else [scene]


def _mark(paths: tuple[Path, ...]) -> Mark:
    return tuple(_state(path) for path in paths)


def _state(path: Path) -> tuple[str, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), found.st_mtime_ns, found.st_size
