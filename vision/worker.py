"""The worker: watches the cameras of a configuration and sends what is certain."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import cv2
import structlog

from vision.config import DetectorTable, WorkerConfig
from vision.detector import FAINT_SCORE, Detector, load_detector
from vision.fleet import Fleet
from vision.inference import SharedDetector
from vision.journal import Journal
from vision.outbox import Outbox
from vision.run import Run
from vision.sending import send
from vision.tender import Tender, Watch, address_of

__all__ = ["Watch", "embedded", "run_worker"]

WORKER_STARTED = "worker_started"
WORKER_STOPPED = "worker_stopped"

log = structlog.get_logger("airelib.worker")


def embedded(table: DetectorTable) -> Detector:
    """Return the configured detector, keeping faint boxes: they hold a stay that a sure one began."""
    return load_detector(table.weights, table.runtime, table.threads, FAINT_SCORE)


def _shared(config: WorkerConfig) -> DetectorTable:
    """Return the detector's table; among many cameras' decoding one thread waits for no second core (docs/how-to/measure-vision.md)."""
    table = config.detector
    if table.threads or len(config.camera) == 1:
        return table
    return table.model_copy(update={"threads": 1})


def run_worker(
    config: WorkerConfig,
    *,
    until_end: bool,
    stop: threading.Event,
    detector_of: Callable[[DetectorTable], Detector] = embedded,
    watch: Watch | None = None,
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
        Makes the detector that the cameras share.
    watch
        What else is looked after.

    Returns
    -------
    dict
        Counts of this outbox: events `posted`, `dropped` and `waiting`, and `crashes` survived.

    Raises
    ------
    AirelibError
        When the configuration cannot be used; with `until_end` also when a source, the outbox or the service refuses.
    """
    cv2.setNumThreads(
        1
    )  # many cameras share few cores: threads below threads only wait for each other
    run = Run(config, until_end, stop, address_of(config))
    outbox = Outbox(config.outbox.path, config.outbox.max_mb)
    log.info(WORKER_STARTED, cameras=len(config.camera), waiting=outbox.waiting())
    failures = _watched(run, outbox, detector_of(_shared(config)), watch or Watch())
    counts = {**outbox.counters(), "waiting": outbox.waiting(), "crashes": run.crashes}
    outbox.close()
    log.info(WORKER_STOPPED, **counts)
    if failures:
        raise failures[0]
    return counts


def _watched(run: Run, outbox: Outbox, detector: Detector, watch: Watch) -> list[Exception]:
    """Run cameras and uplink to their end and return what ended them for good."""
    with (
        Journal(run.config.outbox.path, run.config.outbox.max_mb) as journal,
        SharedDetector(detector) as shared,
        ExitStack() as stack,
    ):
        tender = Tender(run, outbox, shared, Fleet(run, journal), watch)
        tender.begin(stack)
        uplink = threading.Thread(target=send, args=(run,), name="uplink")
        uplink.start()
        try:
            tender.tend()
        finally:
            tender.end()
            uplink.join()
    return [*tender.fleet.failures, *run.failures]
