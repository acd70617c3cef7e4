"""`airelib worker`: watch cameras, and say what the device knows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidFile
from vision.files import STAY_COLUMNS, stay_row, write_rows

if TYPE_CHECKING:
    from vision.config import WorkerConfig


FILE = click.Path(path_type=Path)


@click.group()
def worker() -> None:
    """Watch cameras and send what is certain."""


@worker.command("run")
@click.argument("config", type=FILE)
@click.option(
    "--until-end", is_flag=True, help="Exit when every file has ended and nothing waits to be sent."
)
def worker_run(config: Path, *, until_end: bool) -> None:
    """Run the worker that CONFIG describes."""
    import signal
    import threading

    from vision.config import read_config
    from vision.logs import configure_logs
    from vision.worker import run_worker

    configure_logs()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    counts = run_worker(read_config(config), until_end=until_end, stop=stop)
    click.echo(json.dumps(counts))


@worker.command("stays")
@click.argument("config", type=FILE)
@click.option("--out", type=FILE, required=True, help="stays.csv to write.")
def worker_stays(config: Path, out: Path) -> None:
    """Write the stays that the device of CONFIG found in the last 30 days, with full precision; they leave it only so."""
    from vision.config import read_config
    from vision.outbox import Outbox

    outbox = Outbox(*_outbox_of(read_config(config)))
    stays = outbox.stays()
    outbox.close()
    write_rows(out, STAY_COLUMNS, map(stay_row, stays))
    click.echo(f"{len(stays)} stays: {out}")


@worker.command("status")
@click.argument("config", type=FILE)
def worker_status(config: Path) -> None:
    """Print as JSON what the outbox of CONFIG holds: events posted, dropped and waiting, frames and vehicles by camera."""
    from vision.config import read_config
    from vision.outbox import Outbox
    from vision.watch import load_memory

    settings = read_config(config)
    outbox = Outbox(*_outbox_of(settings))
    cameras = {}
    for camera in settings.camera:
        saved = outbox.saved(camera.id)
        memory = load_memory(saved) if saved else None
        cameras[camera.id] = {
            "frames": memory.frames if memory else 0,
            "vehicles": memory.vehicles if memory else 0,
        }
    click.echo(json.dumps({**outbox.counters(), "waiting": outbox.waiting(), "cameras": cameras}))
    outbox.close()


def _outbox_of(settings: WorkerConfig) -> tuple[Path, float]:
    path = settings.outbox.path
    if not path.exists():
        raise InvalidFile(f"there is no outbox {path}: wanted one that a worker has written")
    return path, settings.outbox.max_mb
