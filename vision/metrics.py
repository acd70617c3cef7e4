"""Measurements for Prometheus, served on loopback: counts by camera, never a picture nor a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from geo.errors import InvalidSettings
from vision.config import MetricsTable

COUNTERS = {
    "frames": ("airelib_frames", "Frames taken from the source, at most one a period."),
    "stale": (
        "airelib_frames_stale",
        "Frames dropped because a newer one had come or they were too old.",
    ),
    "looks": ("airelib_looks", "Observations of the bays."),
    "inferred": ("airelib_looks_inferred", "Observations for which the detector ran."),
    "skipped": (
        "airelib_looks_skipped",
        "Observations equal to the one before, as nothing had changed.",
    ),
    "losses": ("airelib_source_losses", "Times the source was lost."),
    "decode_s": ("airelib_decode_seconds", "Processor seconds of reading and decoding."),
    "inference_s": ("airelib_inference_seconds", "Seconds of waiting for the detector's answer."),
}
"""Name and meaning of each counter by camera; Prometheus adds `_total`."""

GAUGES = {
    "brightness": ("airelib_brightness", "Mean brightness of the last frame, 0..255."),
    "sharpness": ("airelib_sharpness", "Sharpness of the last frame."),
    "shift_px": ("airelib_shift_pixels", "Shift of the view against its reference, in pixels."),
}
"""Name and meaning of each gauge by camera."""

AGE = ("airelib_last_frame_age_seconds", "Time since the last frame.")
HEALTH = (
    "airelib_camera_reason",
    "1 for the state, and the reason, if any, for which the picture is not trusted.",
)
WAITING = ("airelib_events_waiting", "Events in the outbox.")
POSTED = ("airelib_events_posted", "Events that the service took.")
DROPPED = ("airelib_events_dropped", "Events that the service refused for good.")
CRASHES = ("airelib_crashes", "Unexpected errors survived.")
MEMORY = ("airelib_resident_memory_bytes", "Memory of the process.")

METRICS = (
    *(f"{name}_total" for name, _ in COUNTERS.values()),
    *(name for name, _ in GAUGES.values()),
    *(name for name, _ in (AGE, HEALTH, WAITING, MEMORY)),
    *(f"{name}_total" for name, _ in (POSTED, DROPPED, CRASHES)),
)
"""Every name that is served."""


class Exposition:
    """Serves measurements over HTTP while it is entered.

    Parameters
    ----------
    table
        Where to listen.
    report
        Returns what the worker says of itself, see `vision.worker`, with `posted`, `dropped` and `waiting`.
    """

    def __init__(self, table: MetricsTable, report: Callable[[], dict[str, Any]]) -> None:
        self._table = table
        self._registry = CollectorRegistry()
        self._registry.register(_Worker(report))

    def __enter__(self) -> Self:
        try:
            self._server, self._thread = start_http_server(
                self._table.port, self._table.host, self._registry
            )
        except OSError as error:
            raise InvalidSettings(
                f"metrics: {self._table.host}:{self._table.port} cannot be listened on ({error.strerror}): wanted a free port"
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Worker(Collector):
    def __init__(self, report: Callable[[], dict[str, Any]]) -> None:
        self._report = report

    @override
    def collect(self) -> Iterable[Metric]:
        report = self._report()
        cameras: dict[str, dict[str, Any]] = report["cameras"]
        for key, (name, meaning) in COUNTERS.items():
            yield _family(CounterMetricFamily(name, meaning, labels=["camera"]), key, cameras)
        for key, (name, meaning) in GAUGES.items():
            yield _family(GaugeMetricFamily(name, meaning, labels=["camera"]), key, cameras)
        yield _ages(cameras, report["at_s"])
        yield _reasons(cameras)
        yield GaugeMetricFamily(*WAITING, value=report["waiting"])
        yield GaugeMetricFamily(*MEMORY, value=report["rss_bytes"])
        for (name, meaning), key in (
            (POSTED, "posted"),
            (DROPPED, "dropped"),
            (CRASHES, "crashes"),
        ):
            yield CounterMetricFamily(name, meaning, value=report[key])


def resident_bytes() -> int:
    """Return the memory of this process, in bytes (proc(5), statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096


def _family(
    family: CounterMetricFamily | GaugeMetricFamily, key: str, cameras: dict[str, dict[str, Any]]
) -> Metric:
    for camera_id, camera in cameras.items():
        if camera[key] is not None:
            family.add_metric([camera_id], float(camera[key]))
    return family


def _ages(cameras: dict[str, dict[str, Any]], now_s: float) -> Metric:
    family = GaugeMetricFamily(*AGE, labels=["camera"])
    for camera_id, camera in cameras.items():
        if camera["last_frame_s"] is not None:
            family.add_metric([camera_id], now_s - camera["last_frame_s"])
    return family


def _reasons(cameras: dict[str, dict[str, Any]]) -> Metric:
    family = GaugeMetricFamily(*HEALTH, labels=["camera", "state", "reason"])
    for camera_id, camera in cameras.items():
        family.add_metric([camera_id, camera["state"], camera["reason"]], 1.0)
    return family
