"""The uplink at work: waiting events leave until the run stops, each try followed by the wait that its answer asks for."""

from __future__ import annotations

import time

import httpx
import structlog

from geo.errors import BatchTooLarge
from geo.events import MAX_BATCH_EVENTS
from vision.outbox import Outbox
from vision.run import Run
from vision.uplink import (
    LONGEST_WAIT_S,
    TIMEOUT_S,
    Attempt,
    Idle,
    Refused,
    Sent,
    Unreached,
    attempt,
    wait_s,
)

BATCH_SENT = "batch_sent"
BATCH_REFUSED = "batch_refused"
EVENTS_DROPPED = "events_dropped"
SERVICE_UNREACHED = "service_unreached"
UPLINK_CRASHED = "uplink_crashed"

IDLE_S = 1.0
"""Pause of the uplink when nothing waits."""

log = structlog.get_logger("airelib.worker")


def send(run: Run) -> None:
    """Send what waits until the run stops; with `until_end` until the sources have ended and nothing waits."""
    outbox = Outbox(run.config.outbox.path, run.config.outbox.max_mb)
    sending = _Sending(run)
    with httpx.Client(timeout=TIMEOUT_S) as client:
        while not sending.is_done:
            had_ended = run.ended.is_set()
            try:
                sending.after(
                    attempt(outbox, client, run.to, _now_ms, sending.limit), had_ended=had_ended
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
    """

    def __init__(self, run: Run) -> None:
        self._run = run
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
        (self._run.stop if self._run.ended.is_set() else self._run.ended).wait(pause_s)

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
