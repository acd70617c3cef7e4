"""The demonstration's run: service and camera worker as processes of their own, over real HTTP."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from geo.errors import Unavailable
from sample_data.scene.clips import clip_dir, clip_length_s, clip_start_at
from service.demo.folder import DemoFolder
from service.demo.load import CAMERA_DEVICE, COMMUNE
from service.demo.processes import Child, ChildFailed, Ended, Watch
from service.demo.score import Score, score
from service.moments import now_utc
from service.store.bays import count_places, list_communes
from service.store.database import open_engine, reading
from service.store.figures import count_seen_slots
from service.store.runs import newest_runs
from service.store.stays import count_stays_of_device

CAMERA = "sample"
"""Name of the demonstration's camera."""

CATCH_UP = timedelta(minutes=15)
"""How far back the looping camera starts, so that complete slots are there at once."""

BAD_INPUT = 2
"""Exit status by which a process says that starting it again is of no use."""

Say = Callable[[str], None]


class PortTaken(Unavailable):
    """Another program listens on the port."""

    code = "port_taken"


@dataclass(frozen=True)
class Summary:
    """What a run to the end found; the fields of ``airelib demo --once --json``."""

    frames: int
    detections: int
    stays_found: int
    stays_true: int
    stay_precision: float | None
    stay_recall: float | None
    events_posted: int
    bays: int
    communes: int
    slots: int
    wall_s: float
    url: str

    def as_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(asdict(self))


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """Listen on a port of loopback; the socket outlives the service, so that a restart loses no request.

    Raises
    ------
    PortTaken
        Another program listens there.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortTaken(
                f"port {port} of 127.0.0.1 is taken ({error.strerror}): stop the program that listens there, "
                "or give another with --port"
            ) from error
        listener.listen(128)
        yield listener


def address(listener: socket.socket) -> str:
    """Return the address of a listening socket."""
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def service_child(folder: DemoFolder, listener: socket.socket) -> Child:
    """Describe the service's process."""
    argv = ("serve", "--database", folder.database_url, "--fd", str(listener.fileno()))
    return Child(
        "service", _airelib(*argv), folder.root / "service.log", pass_fds=(listener.fileno(),)
    )


def worker_child(folder: DemoFolder, *, until_end: bool) -> Child:
    """Describe the worker's process."""
    argv = ("worker", "run", str(folder.worker_config), *(["--until-end"] if until_end else []))
    return Child("worker", _airelib(*argv), folder.root / "worker.log")


def suggestions_child(folder: DemoFolder) -> Child | None:
    """Describe the process that fills the page of suggestions, commune by commune; None where each has had its run."""
    engine = open_engine(folder.database_url)
    with reading(engine) as session:
        done = {run.insee for run in newest_runs(session)}
        missing = [one.insee for one in list_communes(session) if one.insee not in done]
    engine.dispose()
    if not missing:
        return None
    options = [text for insee in missing for text in ("--commune", insee)]
    command = _airelib("suggestions", "run", "--database", folder.database_url, *options)
    quiet = ("nice", "-n", "10") if shutil.which("nice") else ()
    return Child("suggestions", (*quiet, *command), folder.root / "suggestions.log")


def _airelib(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "service.cli", *arguments)


def configure(folder: DemoFolder, url: str, clip: str, start_at: datetime, *, loop: bool) -> None:
    """Write the worker's configuration: one camera, a clip dated by its first frame."""
    source = clip_dir(clip)
    folder.worker_config.write_text(
        f"""# Made by `airelib demo`.
[service]
url = "{url}"
commune = "{COMMUNE}"
key_file = {_quoted(folder.device_key)}
device_id = "{CAMERA_DEVICE}"

[[camera]]
id = "{CAMERA}"
source = {_quoted(source / "clip.mp4")}
scene = {_quoted(source / "scene.json")}
period_s = {1.0 if loop else 0.2}
start_at = "{start_at.isoformat()}"
loop = {str(loop).lower()}

[outbox]
path = {_quoted(folder.outbox)}
"""
    )


def _quoted(path: Path) -> str:
    return json.dumps(str(path.resolve()))


def run_to_end(folder: DemoFolder, listener: socket.socket, clip: str, say: Say) -> Summary:
    """Play a clip once, wait until all it gave has reached the service, and compare with its truth.

    A run that was cut short, even by a power cut, goes on where it was.
    """
    began_at = now_utc()
    run = folder.run_under_way()
    if run is None or run.clip != clip:
        run = folder.begin(clip, _past_minute(began_at, clip_length_s(clip)))
    configure(folder, address(listener), clip, run.start_at, loop=False)
    watch = Watch()
    try:
        watch.start(service_child(folder, listener))
        say(f"camera worker on the clip '{clip}'")
        watch.start(worker_child(folder, until_end=True))
        _until_worker_ends(watch)
    finally:
        watch.stop()
    found = _score(folder, clip, run.start_at)
    summary = _summary(folder, found, address(listener), (now_utc() - began_at).total_seconds())
    folder.finish()
    return summary


def run_live(folder: DemoFolder, listener: socket.socket, clip: str) -> None:
    """Play a clip again and again in real time, until interrupted."""
    start_at = _slot_start(now_utc()) - CATCH_UP
    configure(folder, address(listener), clip, start_at, loop=True)
    watch = Watch()
    try:
        watch.start(service_child(folder, listener))
        watch.start(worker_child(folder, until_end=False))
        suggesting = suggestions_child(folder)
        if suggesting is not None:
            suggesting.start()
            watch.children.append(suggesting)
        while True:
            _revive(watch, watch.ended.get())
    finally:
        watch.stop()


def _until_worker_ends(watch: Watch) -> None:
    while True:
        end = watch.ended.get()
        if end.child.name == "worker" and end.status == 0:
            return
        _revive(watch, end)


def _revive(watch: Watch, end: Ended) -> None:
    if end.status == BAD_INPUT:
        raise ChildFailed(
            f"the {end.child.name} refused its input; its log {end.child.log} ends:\n{end.child.last_words()}"
        )
    watch.start_again(end)


def _past_minute(now_at: datetime, length_s: float) -> datetime:
    """Return the last full minute from which a clip of this length is over."""
    return (now_at - timedelta(seconds=length_s)).replace(second=0, microsecond=0)


def _slot_start(at: datetime) -> datetime:
    return at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)


def _score(folder: DemoFolder, clip: str, start_at: datetime) -> Score:
    found = folder.root / "stays.csv"
    _told(folder, "stays", "--out", str(found))
    return score(
        clip_dir(clip) / "stays.csv", clip_start_at(clip), found, start_at, clip_length_s(clip)
    )


def _told(folder: DemoFolder, command: str, *options: str) -> str:
    """Ask the worker's own commands what it has kept."""
    argv = _airelib("worker", command, str(folder.worker_config), *options)
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


def _summary(folder: DemoFolder, found: Score, url: str, wall_s: float) -> Summary:
    status: dict[str, Any] = json.loads(_told(folder, "status"))
    engine = open_engine(folder.database_url)
    with reading(engine) as session:
        communes, bays = count_places(session)
        stored = count_stays_of_device(session, str(CAMERA_DEVICE))
        slots = count_seen_slots(session)
    engine.dispose()
    if stored != found.found or status["dropped"] or status["waiting"]:
        raise ChildFailed(
            f"the device found {found.found} stays and the service holds {stored}, with {status['dropped']} events "
            f"refused and {status['waiting']} waiting: wanted the same stays and none refused or waiting"
        )
    camera = status["cameras"][CAMERA]
    return Summary(
        frames=camera["frames"],
        detections=camera["vehicles"],
        stays_found=found.found,
        stays_true=found.true,
        stay_precision=found.precision,
        stay_recall=found.recall,
        events_posted=status["posted"],
        bays=bays,
        communes=communes,
        slots=slots,
        wall_s=round(wall_s, 1),
        url=url,
    )
