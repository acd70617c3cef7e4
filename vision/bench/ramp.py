"""Many cameras in the real worker: looped files paced in real time, each observation's lateness, memory and processor time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from geo.errors import Unavailable
from vision.bench.workload import CHANGED_EVERY, KEYFRAME_S
from vision.config import read_config
from vision.logs import configure_logs
from vision.metrics import resident_bytes
from vision.worker import Watch, run_worker

LEAD_S = 10.0
"""Time in which all cameras open before their first frame is due."""

SPREAD_S = float(KEYFRAME_S * CHANGED_EVERY)
"""Time over which the cameras start: as long as a change takes to come round, so that streets do not change together."""

WARM_UP_S = 60.0
"""Beginning that is not counted: until the vehicles that stand there at the start are confirmed every frame is looked at."""


@dataclass(frozen=True)
class Load:
    """What a number of cameras cost."""

    cameras: int
    seconds: float
    """Measured time, without warming up."""
    observations: int
    wanted: int
    """Observations that were due."""
    late_p50_s: float
    late_p95_s: float
    late_max_s: float
    """Longest time from a frame's due instant to the end of its observation, what it produced saved."""
    inferred_late_p95_s: float
    """The same, 95th percentile, of the looks for which the detector ran: only those make anything certain."""
    inferred_share: float
    rss_mb: float
    """Most memory seen, in 10^6 bytes."""
    cpu_s_per_s: float
    """Processor seconds a second of the measured time: 2 is all of two cores."""


@dataclass
class Lateness:
    """Takes down when each observation was due and done."""

    rows: list[tuple[str, float, float, bool]] = field(default_factory=list)

    def looked(self, camera_id: str, due_s: float, done_s: float, *, was_inferred: bool) -> None:
        """Take note of one observation; list.append is safe from many threads."""
        self.rows.append((camera_id, due_s, done_s, was_inferred))


def write_cameras(
    folder: Path, clip: Path, scene: Path, *, cameras: int, period_s: float, extra: str = ""
) -> Path:
    """Write the configuration of a number of cameras that loop one clip, their starts spread over `SPREAD_S`; return its path.

    `extra` is added to each camera's table. The service is nowhere: events wait in the outbox.
    """
    (folder / "key").write_text("key\n", encoding="ascii")
    start_s = time.time() + LEAD_S
    tables = [
        _table(f"camera-{i:03d}", clip, scene, start_s + SPREAD_S * i / cameras, period_s) + extra
        for i in range(cameras)
    ]
    config = folder / "worker.toml"
    config.write_text(SERVICE + "\n".join(tables), encoding="utf-8")
    return config


SERVICE = """
[service]
url = "http://127.0.0.1:9"
commune = "99001"
key_file = "key"
device_id = "6f9b1c6e-1111-4222-8333-444455556666"

[outbox]
path = "outbox.sqlite"
"""
"""Configuration of a device whose service does not answer."""


def _table(camera_id: str, clip: Path, scene: Path, start_s: float, period_s: float) -> str:
    return f"""
[[camera]]
id = "{camera_id}"
source = "{clip}"
scene = "{scene}"
period_s = {period_s}
start_at = {datetime.fromtimestamp(start_s, UTC).isoformat()}
loop = true
"""


def measure(config: Path, seconds: float, warm_up_s: float = WARM_UP_S) -> Load:
    """Run the worker of a configuration that `write_cameras` wrote, in a process of its own, and return what it cost."""
    command = [sys.executable, "-m", "vision.bench.ramp", str(config), str(seconds), str(warm_up_s)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable(f"the cameras could not be run: {done.stderr[-500:].strip()}")
    return Load(**json.loads(done.stdout.splitlines()[-1]))


def measure_here(config_path: Path, seconds: float, warm_up_s: float = WARM_UP_S) -> Load:
    """Do the same in this process."""
    config = read_config(config_path)
    stop, lateness = threading.Event(), Lateness()
    samples: list[tuple[float, int, float]] = []
    whole_s = LEAD_S + warm_up_s + seconds
    began_s = time.time() + LEAD_S + warm_up_s
    clock = threading.Thread(target=_sample, args=(stop, whole_s, samples))
    clock.start()
    run_worker(config, until_end=False, stop=stop, watch=Watch(probe=lateness))
    clock.join()
    steady = [sample for sample in samples if sample[0] >= began_s]
    cpu_s_per_s = (steady[-1][2] - steady[0][2]) / (steady[-1][0] - steady[0][0])
    period_s = config.camera[0].period_s
    rows = [row for row in lateness.rows if began_s <= row[1] < began_s + seconds - period_s]
    late = np.array([done_s - due_s for _, due_s, done_s, _ in rows] or [np.inf])
    inferred = [done_s - due_s for _, due_s, done_s, was_inferred in rows if was_inferred] or [
        np.inf
    ]
    return Load(
        cameras=len(config.camera),
        seconds=seconds,
        observations=len(rows),
        wanted=round(len(config.camera) * (seconds - period_s) / period_s),
        late_p50_s=float(np.percentile(late, 50)),
        late_p95_s=float(np.percentile(late, 95)),
        late_max_s=float(late.max()),
        inferred_late_p95_s=float(np.percentile(inferred, 95)),
        inferred_share=sum(row[3] for row in rows) / max(len(rows), 1),
        rss_mb=max(resident for _, resident, _ in samples) / 1e6,
        cpu_s_per_s=cpu_s_per_s,
    )


def _sample(stop: threading.Event, seconds: float, samples: list[tuple[float, int, float]]) -> None:
    """Note instant, memory in bytes and processor seconds each second, and end the run after a time."""
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        samples.append((time.time(), resident_bytes(), time.process_time()))
        stop.wait(1.0)
    stop.set()


if __name__ == "__main__":
    configure_logs()
    sys.stdout.write(
        json.dumps(asdict(measure_here(Path(sys.argv[1]), *map(float, sys.argv[2:])))) + "\n"
    )
