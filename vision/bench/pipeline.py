"""The whole pipeline on one processor core, in a process of its own: decoding, health, gate, detector, places, stays, events."""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import cv2

from models.manifest import get_weights
from vision.detector import FAINT_SCORE, load_detector
from vision.events import Sender, curb_events, wire_json
from vision.gate import is_settled
from vision.look import Looker
from vision.metrics import resident_bytes
from vision.scene import read_scene
from vision.source import frames, open_source
from vision.tally import Tally
from vision.watch import new_memory, take

START_S = 1_772_406_000.0
"""Instant of the first frame, epoch seconds: any will do."""


@dataclass(frozen=True)
class Run:
    """What is run."""

    clip: str
    scene: str
    weights: str
    """Name of trusted weights; empty: the embedded ones."""
    forced_look_s: float
    """0: every frame is inferred; else the gate's longest rest."""
    warm_up: int
    frames: int
    core: int


@dataclass(frozen=True)
class Cost:
    """What it cost."""

    frames: int
    seconds: float
    cpu_s: float
    decode_ms: float
    """Processor time of decoding, a frame."""
    inference_ms: float
    """Time of the detector, an inferred frame."""
    inferred_share: float
    crops: int
    """Windows a frame is looked at through."""
    network_wh: tuple[int, int]
    rss_mb: float

    @property
    def frames_per_s(self) -> float:
        """Return frames a processor second of one core."""
        return self.frames / self.cpu_s


def measure(run: Run) -> Cost:
    """Run and measure, pinned to one core."""
    os.sched_setaffinity(0, {run.core})
    cv2.setNumThreads(1)
    scene, tally = read_scene(Path(run.scene)), Tally()
    detector = load_detector(run.weights or None, "openvino", 1, FAINT_SCORE)
    looker = Looker(scene, detector, tally, run.forced_look_s)
    sender = Sender("99001", uuid.UUID(int=1), "bench", uuid.UUID(int=2))
    memory, sent = new_memory(scene), 0
    stream = frames(open_source(run.clip))
    began_s = began_cpu_s = 0.0
    for number, frame in enumerate(islice(stream, run.warm_up + run.frames)):
        if number == run.warm_up:
            tally.decode_s = tally.inference_s = 0.0
            tally.inferred = tally.looks = 0
            began_s, began_cpu_s = time.monotonic(), time.process_time()
        at_s = START_S + frame.offset_s
        look = looker.look(frame, at_s, is_live=False, is_settled=is_settled(memory))
        tally.decode_s += frame.decode_s
        memory, outcome = take(memory, at_s, look.seen, look.vehicles)
        sent += sum(len(wire_json(event)) for event in curb_events(sender, outcome))
    cpu_s = time.process_time() - began_cpu_s
    return Cost(
        frames=tally.looks,
        seconds=time.monotonic() - began_s,
        cpu_s=cpu_s,
        decode_ms=1e3 * tally.decode_s / tally.looks,
        inference_ms=1e3 * tally.inference_s / max(tally.inferred, 1),
        inferred_share=tally.inferred / tally.looks,
        crops=len(looker.view.plan.windows_xyxy),
        network_wh=get_weights(run.weights or None).input_size_wh,
        rss_mb=resident_bytes() / 1e6,
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(measure(Run(**json.loads(sys.argv[1]))))) + "\n")
