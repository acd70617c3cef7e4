"""The worker: one thread a camera and one for the uplink; the only place that catches everything, logs it and goes on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import structlog

from geo.errors import AirelibError, BatchTooLarge, CameraLost, OutboxFull
from geo.events import MAX_BATCH_EVENTS
from vision.camera import Camera, Clock
from vision.config import CameraTable, DetectorTable, WorkerConfig, read_key
from vision.detector import FAINT_SCORE, Detector, load_detector
from vision.events import Sender
from vision.outbox import Outbox
from vision.scene import read_scene
from vision.uplink import (
    LONGEST_WAIT_S,
    TIMEOUT_S,
    Attempt,
    Idle,
    Refused,
    Sent,
    Unreached,
    address,
    attempt,
    wait_s,
)

WORKER_STARTED = "worker_started"
WORKER_STOPPED = "worker_stopped"
CAMERA_STARTED = "camera_started"
CAMERA_ENDED = "camera_ended"
CAMERA_LOST = "camera_lost"
CAMERA_FAILED = "camera_failed"
CAMERA_CRASHED = "camera_crashed"
OUTBOX_FILLED = "outbox_filled"
BATCH_SENT = "batch_sent"
BATCH_REFUSED = "batch_refused"
EVENTS_DROPPED = "events_dropped"
SERVICE_UNREACHED = "service_unreached"
UPLINK_CRASHED = "uplink_crashed"

IDLE_S = 1.0
"""Pause of the uplink when nothing waits."""

OUTBOX_WAIT_S = 5.0
"""Pause of a camera whose outbox is full, before it tries to save again."""

log = structlog.get_logger("airelib.worker")


@dataclass
class Run:
    """What the threads of one run share."""

    config: WorkerConfig
    until_end: bool
    stop: threading.Event = field(default_factory=threading.Event)
    failures: list[Exception] = field(default_factory=list)
    """What ended a camera or the uplink for good."""
    crashes: int = 0
    """Unexpected errors that were logged and survived."""

    def fail(self, error: Exception) -> None:
        """End the run because of an error."""
        self.failures.append(error)
        self.stop.set()


def embedded(table: DetectorTable) -> Detector:
    """Return the configured detector, keeping faint boxes: they hold a stay that a sure one began."""
    return load_detector(table.weights, table.runtime, table.threads, FAINT_SCORE)


def run_worker(
    config: WorkerConfig,
    *,
    until_end: bool,
    stop: threading.Event,
    detector_of: Callable[[DetectorTable], Detector] = embedded,
) -> dict[str, int]:
    """Watch the cameras of a configuration until told to stop, or until every file has ended and nothing waits.

    Parameters
    ----------
    config
        What `read_config` returned.
    until_end
        Return when every file has ended and the outbox is empty, and give up on a refusal then.
    stop
        Set by the caller to end the run; what is certain is saved first.
    detector_of
        Makes one detector for each camera.

    Returns
    -------
    dict
        Counts of this outbox: events `posted`, `dropped` and `waiting`, and `crashes` survived.

    Raises
    ------
    AirelibError
        When the configuration cannot be used; with `until_end` also when a source, the outbox or the service refuses.
    """
    run = Run(config, until_end, stop)
    key = read_key(config.service.key_file)
    outbox = Outbox(config.outbox.path, config.outbox.max_mb)
    cameras = [_camera(run, table, outbox, detector_of(config.detector)) for table in config.camera]
    log.info(WORKER_STARTED, cameras=len(cameras), waiting=outbox.waiting())
    threads = [
        threading.Thread(target=_watch, args=(run, camera), name=f"camera {camera.camera_id}")
        for camera in cameras
    ]
    ended = threading.Event()
    uplink = threading.Thread(target=_send, args=(run, key, ended), name="uplink")
    for thread in (*threads, uplink):
        thread.start()
    for thread in threads:
        thread.join()
    if len(run.failures) == len(cameras) and not until_end:
        stop.set()
    ended.set()
    uplink.join()
    counts = {**outbox.counters(), "waiting": outbox.waiting(), "crashes": run.crashes}
    outbox.close()
    log.info(WORKER_STOPPED, **counts)
    if run.failures:
        raise run.failures[0]
    return counts


def _camera(run: Run, table: CameraTable, outbox: Outbox, detector: Detector) -> Camera:
    service = run.config.service
    sender = Sender(service.commune, service.device_id, table.id, outbox.salt)
    return Camera(table, read_scene(table.scene), sender, detector, Clock(run.stop))


def _watch(run: Run, camera: Camera) -> None:
    """Run one camera: a network camera again and again, a file once."""
    outbox = Outbox(run.config.outbox.path, run.config.outbox.max_mb)
    log.info(CAMERA_STARTED, camera=camera.camera_id)
    failures = 0
    while not run.stop.is_set():
        failures += 1
        try:
            camera.watch(outbox)
            log.info(CAMERA_ENDED, camera=camera.camera_id)
            break
        except CameraLost as error:
            log.warning(CAMERA_LOST, camera=camera.camera_id, reason=str(error))
            camera.miss(outbox, wait_s(failures))
        except OutboxFull as error:
            _outbox_full(run, camera, error)
        except AirelibError as error:
            log.error(CAMERA_FAILED, camera=camera.camera_id, reason=str(error))  # noqa: TRY400 - the sentence says it
            run.failures.append(error)
            break
        except Exception:
            run.crashes += 1
            log.exception(CAMERA_CRASHED, camera=camera.camera_id, crashes=run.crashes)
            run.stop.wait(wait_s(failures))
    outbox.close()


def _outbox_full(run: Run, camera: Camera, error: OutboxFull) -> None:
    log.error(OUTBOX_FILLED, camera=camera.camera_id, reason=str(error))
    if run.until_end:
        run.fail(error)
    run.stop.wait(OUTBOX_WAIT_S)


def _send(run: Run, key: str, ended: threading.Event) -> None:
    """Send what waits until the run stops; with `until_end` until the sources have ended and nothing waits."""
    service = run.config.service
    to = address(service.url, service.commune, key)
    outbox = Outbox(run.config.outbox.path, run.config.outbox.max_mb)
    sending = _Sending(run, ended)
    with httpx.Client(timeout=TIMEOUT_S) as client:
        while not sending.is_done:
            had_ended = ended.is_set()
            try:
                sending.after(
                    attempt(outbox, client, to, _now_ms, sending.limit), had_ended=had_ended
                )
            except Exception:
                run.crashes += 1
                log.exception(UPLINK_CRASHED, crashes=run.crashes)
                sending.pause(wait_s(run.crashes))
    outbox.close()


class _Sending:
    """What the uplink does after each try.

    Parameters
    ----------
    run
        The run it belongs to.
    ended
        Set when no camera produces events any more.
    """

    def __init__(self, run: Run, ended: threading.Event) -> None:
        self._run, self._ended = run, ended
        self._failures = 0
        self._has_finished = False
        self.limit = MAX_BATCH_EVENTS

    @property
    def is_done(self) -> bool:
        """Tell whether no further try is wanted."""
        return self._has_finished or self._run.stop.is_set()

    def after(self, result: Attempt, *, had_ended: bool) -> None:
        """Log a try's result and wait as it asks; `had_ended` tells whether the cameras had ended before it."""
        self._failures = 0 if isinstance(result, (Sent, Idle)) else self._failures + 1
        match result:
            case Idle():
                self._has_finished = had_ended and self._run.until_end
                if not self._has_finished:
                    self.pause(IDLE_S)
            case Sent():
                self._log_sent(result)
            case Refused():
                self._refused(result, had_ended=had_ended)
            case Unreached():
                log.warning(SERVICE_UNREACHED, reason=str(result.error), failures=self._failures)
                self.pause(wait_s(self._failures, result.retry_after_s))

    def pause(self, pause_s: float) -> None:
        """Wait, but no longer than until the cameras end or everything is to end."""
        (self._run.stop if self._ended.is_set() else self._ended).wait(pause_s)

    def _log_sent(self, result: Sent) -> None:
        log.info(BATCH_SENT, events=result.count)
        if result.failures:
            log.warning(
                EVENTS_DROPPED,
                events=len(result.failures),
                reasons=sorted(set(result.failures))[:5],
            )

    def _refused(self, result: Refused, *, had_ended: bool) -> None:
        log.error(BATCH_REFUSED, reason=str(result.error), failures=self._failures)
        if isinstance(result.error, BatchTooLarge) and self.limit > 1:
            self.limit = max(1, self.limit // 2)
        elif had_ended and self._run.until_end:
            self._run.failures.append(result.error)
            self._has_finished = True
        else:
            self.pause(LONGEST_WAIT_S)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
