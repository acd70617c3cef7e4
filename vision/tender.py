"""Looking after a run from its main thread: new configurations, status, metrics and signs of life."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from geo.communes import time_zone_of
from geo.errors import AirelibError, OutboxFull
from vision.camera import Camera, Clock, NoProbe, Probe, Surroundings
from vision.config import CameraTable, WorkerConfig, read_key
from vision.detector import Detector
from vision.events import Sender
from vision.fleet import OUTBOX_FILLED, Fleet, Recruit
from vision.inference import SharedDetector
from vision.metrics import Exposition, resident_bytes
from vision.outbox import Outbox
from vision.reload import ConfigFile, fingerprint
from vision.run import Run
from vision.scene import Scene, read_scene
from vision.systemd import notify
from vision.uplink import Address, address

CONFIG_APPLIED = "config_applied"
CONFIG_REFUSED = "config_refused"

TEND_S = 0.1
"""Time between two looks at what has ended."""

CHECK_S = 1.0
"""Time between two looks at the configuration file."""

STATUS_S = 5.0
"""Time between two savings of the status; also between two signs of life to systemd."""

STUCK_S = 60.0
"""Time after which a picture that the detector has not answered means that the worker hangs."""

FIXED = ("outbox", "detector", "metrics")
"""Tables of the configuration that a run keeps to its end."""

log = structlog.get_logger("airelib.worker")


@dataclass
class Watch:
    """What a run looks after besides its cameras."""

    file: ConfigFile | None = None
    """Taken up again when it changes; None: the configuration never changes."""
    asked: threading.Event | None = None
    """Set by the caller to read the file at once (SIGHUP); cleared when that is done."""
    probe: Probe | None = None
    """Wants to know of each observation."""


class Tender:
    """Looks after one run from its main thread.

    Parameters
    ----------
    run, outbox, detector, fleet, watch
        What is looked after.
    """

    def __init__(
        self, run: Run, outbox: Outbox, detector: SharedDetector, fleet: Fleet, watch: Watch
    ) -> None:
        self._run, self._outbox, self._detector = run, outbox, detector
        self.fleet, self._watch = fleet, watch
        self._salt = outbox.salt
        self._checked_s = self._told_s = time.monotonic()
        self._frames: dict[str, int] = {}

    def begin(self, stack: ExitStack) -> None:
        """Start every camera, and the metrics where they are wanted."""
        wanted = self._wanted(self._run.config)
        if self._run.config.metrics is not None:
            stack.enter_context(Exposition(self._run.config.metrics, self._measured))
        self.fleet.apply(wanted)
        notify("READY=1")

    def tend(self) -> None:
        """Return when everything has ended or is to end."""
        while not self._run.stop.wait(TEND_S):
            if self.fleet.has_ended and self._run.until_end:
                return
            if self.fleet.has_ended and len(self.fleet.failures) == len(self.fleet.posts):
                return
            now_s = time.monotonic()
            if now_s - self._checked_s >= CHECK_S:
                self._checked_s = now_s
                self._take_up()
            if now_s - self._told_s >= STATUS_S:
                self._tell(now_s - self._told_s)
                self._told_s = now_s

    def end(self) -> None:
        """End the cameras, and then the uplink."""
        notify("STOPPING=1")
        self.fleet.stop_all()
        self._tell(max(time.monotonic() - self._told_s, TEND_S))
        self._run.ended.set()
        if not self._run.until_end:
            self._run.stop.set()

    def _take_up(self) -> None:
        """Take up a new configuration where the file has changed or somebody asks; a broken one is refused and the old one goes on."""
        file, asked = self._watch.file, self._watch.asked
        is_asked = asked is not None and asked.is_set()
        if file is None or not (is_asked or file.has_changed()):
            return
        self._exchange(file)
        if asked is not None:
            asked.clear()

    def _exchange(self, file: ConfigFile) -> None:
        try:
            config = file.read()
            to = address_of(config)
            wanted = self._wanted(config)
        except (AirelibError, OSError) as error:
            log.error(CONFIG_REFUSED, reason=str(error))  # noqa: TRY400 - the sentence says it
            return
        fixed = [name for name in FIXED if getattr(self._run.config, name) != getattr(config, name)]
        if fixed:
            log.error(CONFIG_REFUSED, reason=f"{', '.join(fixed)}: wanted a restart to change this")
            return
        self._run.config, self._run.to = config, to
        self.fleet.apply(wanted)
        log.info(CONFIG_APPLIED, cameras=len(config.camera))

    def _wanted(self, config: WorkerConfig) -> dict[str, tuple[bytes, Recruit]]:
        return {
            table.id: (fingerprint(table, config.service), self._recruit(config, table))
            for table in config.camera
        }

    def _recruit(self, config: WorkerConfig, table: CameraTable) -> Recruit:
        service, scene = config.service, read_scene(table.scene)
        sender = Sender(
            service.commune, service.device_id, table.id, self._salt, scene.calibration_id
        )
        around = Surroundings(
            self._watch.probe or NoProbe(), ZoneInfo(time_zone_of(service.commune))
        )
        return partial(_camera, table, scene, sender, self._detector, around)

    def _tell(self, passed_s: float) -> None:
        """Save the status, and give systemd a sign of life unless the detector hangs."""
        if self._detector.oldest_wait_s < STUCK_S:
            notify("WATCHDOG=1")
        report = self._report()
        for camera_id, camera in report["cameras"].items():
            before = self._frames.get(camera_id, 0)
            camera["fps"] = round((camera["frames"] - before) / passed_s, 2)
            self._frames[camera_id] = camera["frames"]
        try:
            self._outbox.save_status(json.dumps(report))
        except OutboxFull as error:
            log.error(OUTBOX_FILLED, camera="", reason=str(error))  # noqa: TRY400 - the sentence says it

    def _report(self) -> dict[str, Any]:
        posts = dict(self.fleet.posts)
        return {
            "at_s": time.time(),
            "rss_bytes": resident_bytes(),
            "crashes": self._run.crashes,
            "cameras": {name: post.camera.tally.report() for name, post in posts.items()},
        }

    def _measured(self) -> dict[str, Any]:
        """Return the report with the outbox's counts, read anew as another thread asks."""
        outbox = Outbox(self._run.config.outbox.path, self._run.config.outbox.max_mb)
        try:
            counts = {**outbox.counters(), "waiting": outbox.waiting()}
        finally:
            outbox.close()
        return {**self._report(), **counts}


def _camera(  # noqa: PLR0917 - the parts of a camera
    table: CameraTable,
    scene: Scene,
    sender: Sender,
    detector: Detector,
    around: Surroundings,
    stop: threading.Event,
) -> Camera:
    return Camera(table, scene, sender, detector, Clock(stop), around)


def address_of(config: WorkerConfig) -> Address:
    """Return where a configuration sends to, its key read; errors as of `vision.config.read_key`."""
    service = config.service
    return address(service.url, service.commune, read_key(service.key_file))
