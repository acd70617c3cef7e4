"""The demonstration's own folder: its database, keys, worker files and the run under way."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel

MARKER = "airelib-demo"
"""File that tells a folder made by the demonstration; no other folder is ever emptied."""


class Run(BaseModel):
    """A run to the end that is under way; a run cut short goes on where it was."""

    clip: str
    start_at: AwareDatetime
    """Instant given to the first frame of the clip."""


@dataclass(frozen=True)
class DemoFolder:
    """Paths inside the demonstration's folder."""

    root: Path

    @property
    def database(self) -> Path:
        """File of the embedded database."""
        return self.root.resolve() / "airelib.db"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the embedded database."""
        return f"sqlite:///{self.database}"

    @property
    def device_key(self) -> Path:
        """Key of the demonstration's camera device."""
        return self.root / "device.key"

    @property
    def officer_key(self) -> Path:
        """Key of the demonstration's officer."""
        return self.root / "officer.key"

    @property
    def outbox(self) -> Path:
        """The worker's outbox."""
        return self.root / "outbox.db"

    @property
    def worker_config(self) -> Path:
        """The worker's configuration."""
        return self.root / "worker.toml"

    @property
    def run_file(self) -> Path:
        """The run under way, if any."""
        return self.root / "run.json"

    def prepare(self) -> None:
        """Make the folder and mark it."""
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / MARKER).touch()

    def empty(self) -> None:
        """Remove a folder that the demonstration made."""
        if (self.root / MARKER).exists():
            shutil.rmtree(self.root)

    def run_under_way(self) -> Run | None:
        """Return the run that was cut short, or None."""
        if not self.run_file.exists():
            return None
        return Run.model_validate_json(self.run_file.read_text())

    def begin(self, clip: str, start_at: datetime) -> Run:
        """Write down that a run begins."""
        run = Run(clip=clip, start_at=start_at)
        draft = self.run_file.with_suffix(".new")
        draft.write_text(run.model_dump_json())
        draft.replace(self.run_file)
        return run

    def finish(self) -> None:
        """Write down that the run is over."""
        self.run_file.unlink()
