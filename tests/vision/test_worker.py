"""The worker as a process: events over real HTTP, kill -9, wrong key, full outbox, bad configuration."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from geo.errors import BadKey, CameraLost, InvalidFile, InvalidSettings, OutboxFull
from geo.events import CurbEvent
from geo.words import curb_zone_id
from tests.vision import painted
from vision.config import read_config
from vision.outbox import Outbox
from vision.watch import load_memory
from vision.worker import run_worker

PAINTED = Path(painted.__file__)

START = datetime(2026, 3, 2, 8, 0, 20, tzinfo=UTC)


def run_here(config: Path) -> dict[str, int]:
    """Run the worker in this process until its end."""
    return run_worker(
        read_config(config),
        until_end=True,
        stop=threading.Event(),
        detector_of=lambda _: painted.BrightnessDetector(),
    )


def shapes(receiver: Any) -> list[tuple[Any, ...]]:
    """Return what the events say, without identifiers and times of sending, sorted."""
    return sorted(
        (
            event["event_type"],
            event["event_time"],
            event["curb_zone_id"],
            json.dumps(event.get("custom_attributes"), sort_keys=True),
            len(event.get("curb_occupants", [])),
        )
        for event in receiver.events.values()
    )


def found_stays(folder: Path) -> list[tuple[str, float, float | None]]:
    """Return the stays kept on the device, in seconds from the clip's start."""
    outbox = Outbox(folder / "outbox.sqlite", 16)
    return [
        (
            stay.bay_id,
            (stay.arrived_at - START).total_seconds(),
            (stay.departed_at - START).total_seconds() if stay.departed_at else None,
        )
        for stay in outbox.stays()
    ]


def test_the_worker_sends_what_happened(tmp_path: Path, receiver: Any) -> None:
    """Every stay of the clip and every minute of each bay arrive as valid CDS events, floored to the minute."""
    counts = run_here(painted.write_setup(tmp_path, receiver.url, start_at=START))
    assert counts == {"posted": len(receiver.events), "dropped": 0, "waiting": 0, "crashes": 0}
    types = Counter(event["event_type"] for event in receiver.events.values())
    assert types == {"park_start": 4, "park_end": 3, "scheduled_report": 6}
    for event in receiver.events.values():
        assert CurbEvent.model_validate(event).event_time % 60_000 == 0
    zones = {str(curb_zone_id("99001", bay)) for bay in ("A", "B")}
    assert {event["curb_zone_id"] for event in receiver.events.values()} == zones
    sessions = Counter(
        event["event_session_id"] for event in receiver.events_of("park_start", "park_end")
    )
    assert sorted(sessions.values()) == [1, 2, 2, 2]


def test_the_device_keeps_exact_times(tmp_path: Path, receiver: Any) -> None:
    """On the device arrivals and departures are those of the clip, to one frame."""
    run_here(painted.write_setup(tmp_path, receiver.url, start_at=START))
    wanted = sorted(painted.STAYS)
    for found, true in zip(sorted(found_stays(tmp_path)), wanted, strict=True):
        assert found[0] == true[0]
        assert found[1] == pytest.approx(true[1], abs=0.21)
        assert (found[2] is None) == (true[2] is None)
        assert found[2] is None or found[2] == pytest.approx(true[2], abs=0.21)


def test_minutes_say_how_much_was_seen(tmp_path: Path, receiver: Any) -> None:
    """The first minute, entered twenty seconds late, was seen for forty; the reports of a bay follow each other."""
    run_here(painted.write_setup(tmp_path, receiver.url, start_at=START))
    zone = str(curb_zone_id("99001", "A"))
    reports = sorted(
        (e for e in receiver.events_of("scheduled_report") if e["curb_zone_id"] == zone),
        key=lambda e: e["event_time"],
    )
    said = [
        (r["custom_attributes"]["observed_s"], r["custom_attributes"]["occupied_s"])
        for r in reports
    ]
    assert said == [("40", "30"), ("60", "41"), ("30", "0")]
    assert [len(r["curb_occupants"]) for r in reports] == [1, 0, 0]


@pytest.mark.slow
def test_kill_nine_changes_nothing(tmp_path: Path, receiver: Any) -> None:
    """Killed twice without warning and started again, the worker ends with exactly the stays and events of an unbroken run: none lost, none twice."""
    whole = tmp_path / "whole"
    whole.mkdir()
    run_here(painted.write_setup(whole, receiver.url, start_at=START))
    wanted, wanted_stays = shapes(receiver), found_stays(whole)
    receiver.events.clear()
    broken = tmp_path / "broken"
    broken.mkdir()
    config = painted.write_setup(broken, receiver.url, start_at=START)
    for frames, received in ((60, 0), (200, 1), (450, 4)):
        kill_in_the_middle(config, frames, receiver, received)
    done = subprocess.run(
        [sys.executable, str(PAINTED), str(config)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["waiting"] == 0
    assert shapes(receiver) == wanted
    assert found_stays(broken) == wanted_stays


def kill_in_the_middle(config: Path, frames: int, receiver: Any, received: int) -> None:
    """Start the worker and kill it once it has saved a number of frames and sent a number of events, before its end."""
    with subprocess.Popen(
        [sys.executable, str(PAINTED), str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as worker:
        deadline = time.monotonic() + 60
        while saved_frames(config.parent) < frames or len(receiver.events) < received:
            assert worker.poll() is None, "the worker ended before it could be killed"
            assert time.monotonic() < deadline
            receiver.arrived.wait(0.02)
            receiver.arrived.clear()
        worker.kill()


def saved_frames(folder: Path) -> int:
    """Return how many frames the saved memory has taken."""
    if not (folder / "outbox.sqlite").exists():
        return 0
    outbox = Outbox(folder / "outbox.sqlite", 16)
    saved = outbox.saved("painted")
    outbox.close()
    return load_memory(saved).frames if saved else 0


def test_a_service_that_fails_for_a_while_gets_everything_once(
    tmp_path: Path, receiver: Any
) -> None:
    """After refusals and failures each event has been taken exactly once."""
    receiver.answers = [(503, {"detail": "busy"}), (500, {"detail": "oops"})]
    counts = run_here(painted.write_setup(tmp_path, receiver.url, start_at=START))
    assert counts["posted"] == len(receiver.events) == 13


def test_a_wrong_key_ends_the_run_and_keeps_the_events(tmp_path: Path, receiver: Any) -> None:
    """With a key that the service refuses the run ends with that reason, and every event waits."""
    receiver.answers = [(401, {"detail": "unknown key"})] * 20
    with pytest.raises(BadKey, match="401: unknown key"):
        run_here(painted.write_setup(tmp_path, receiver.url, start_at=START))
    assert Outbox(tmp_path / "outbox.sqlite", 16).waiting() == 13


def test_a_full_outbox_ends_the_run_and_a_larger_one_goes_on(tmp_path: Path, receiver: Any) -> None:
    """When the outbox is full the run says so; with more room and a service it ends with every event, none twice."""
    receiver.answers = [(503, {"detail": "busy"})] * 1000
    config = painted.write_setup(tmp_path, receiver.url, start_at=START, max_mb=0.11)
    fillers = filled(Outbox(tmp_path / "outbox.sqlite", 0.11))
    with pytest.raises(OutboxFull, match=r"limit of 0\.11 MB"):
        run_here(config)
    assert saved_frames(tmp_path) < round(painted.CLIP_S * painted.FPS)
    receiver.answers = []
    run_here(painted.write_setup(tmp_path, receiver.url, start_at=START, max_mb=16))
    assert len(receiver.events) == 13 + fillers
    assert saved_frames(tmp_path) == round(painted.CLIP_S * painted.FPS)


def filled(outbox: Outbox) -> int:
    """Fill an outbox to its limit and return the number of events in it."""
    for number in range(1000):
        try:
            outbox.save(
                "other",
                b"{}",
                [json.dumps({"event_id": str(number), "event_type": "x", "x": "x" * 3000})],
            )
        except OutboxFull:
            return number
    raise AssertionError("the outbox has no limit")


def test_an_unreadable_video_fails_with_its_name(tmp_path: Path, receiver: Any) -> None:
    """A source that is no video ends the run with a clear error."""
    config = painted.write_setup(tmp_path, receiver.url, start_at=START)
    (tmp_path / "clip.mp4").write_bytes(b"no video")
    with pytest.raises(InvalidFile, match=r"clip\.mp4"):
        run_here(config)


def test_a_file_waits_for_its_time(tmp_path: Path, receiver: Any) -> None:
    """A file dated to the future gives no frame before its time; told to stop, the worker ends at once."""
    config = painted.write_setup(
        tmp_path, receiver.url, start_at=datetime.now(UTC) + timedelta(hours=1)
    )
    stop = threading.Event()
    threading.Timer(0.7, stop.set).start()
    started = time.monotonic()
    run_worker(
        read_config(config),
        until_end=True,
        stop=stop,
        detector_of=lambda _: painted.BrightnessDetector(),
    )
    assert time.monotonic() - started < 10
    assert Outbox(tmp_path / "outbox.sqlite", 16).stays() == []


def test_a_silent_camera_reports_unseen_minutes(tmp_path: Path, receiver: Any) -> None:
    """A network camera that does not answer is tried again, and meanwhile its bays are unseen, not free."""
    from vision.camera import Camera, Clock
    from vision.events import Sender
    from vision.scene import read_scene

    config = read_config(painted.write_setup(tmp_path, receiver.url, start_at=START))
    table = config.camera[0].model_copy(update={"source": "http://127.0.0.1:9/stream"})
    outbox = Outbox(tmp_path / "outbox.sqlite", 16)
    sender = Sender("99001", config.service.device_id, "painted", outbox.salt)
    camera = Camera(
        table,
        read_scene(table.scene),
        sender,
        painted.BrightnessDetector(),
        Clock(threading.Event()),
    )
    with pytest.raises(CameraLost):
        camera.watch(outbox)
    camera.miss(outbox, 0.3)
    camera.miss(outbox, 0.3)
    saved = outbox.saved("painted")
    assert saved is not None
    segments = load_memory(saved).bays[0].ledger.segments
    assert {segment.reason for segment in segments} == {"no_picture"}


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ('commune = "99001"', 'commune = "Paris"', "service.commune"),
        ('url = "http', 'url = "ftp', "service.url"),
        ('key_file = "key"', "", "service.key_file: Field required"),
        ("[outbox]", "[outbox]\nsize = 3", "outbox.size"),
        ('scene = "scene.json"', 'scene = "scene.json"\nperiod_s = -1', r"camera\.0\.period_s"),
        ('device_id = "6f9b1c6e', 'device_id = "nonsense', "service.device_id"),
    ],
)
def test_wrong_settings_are_named(tmp_path: Path, old: str, new: str, match: str) -> None:
    """A missing, unknown or wrong key is refused by name before anything starts."""
    config = painted.write_setup(tmp_path, "http://127.0.0.1:9")
    config.write_text(config.read_text().replace(old, new))
    with pytest.raises(InvalidSettings, match=match):
        read_config(config)


def test_no_toml_and_no_key_are_named(tmp_path: Path) -> None:
    """A broken file and an empty key are refused by path, the key unseen."""
    config = painted.write_setup(tmp_path, "http://127.0.0.1:9")
    (tmp_path / "key").write_text("\n")
    with pytest.raises(InvalidFile, match=r"key is empty"):
        run_here(config)
    config.write_text("[service")
    with pytest.raises(InvalidFile, match="is not TOML"):
        read_config(config)


def test_a_looped_file_goes_on_after_its_end(tmp_path: Path, receiver: Any) -> None:
    """A looped clip dated to the past is taken again and again up to now, its second pass dated after the first."""
    config = painted.write_setup(
        tmp_path, receiver.url, start_at=datetime.now(UTC) - timedelta(seconds=2.5 * painted.CLIP_S)
    )
    config.write_text(
        config.read_text()
        .replace("[outbox]", "loop = true\n\n[outbox]", 1)
        .replace("\n\nloop", "\nloop")
    )
    stop = threading.Event()
    watcher = threading.Thread(target=stop_after, args=(tmp_path, 2 * 650, stop))
    watcher.start()
    run_worker(
        read_config(config),
        until_end=False,
        stop=stop,
        detector_of=lambda _: painted.BrightnessDetector(),
    )
    watcher.join()
    stays = Outbox(tmp_path / "outbox.sqlite", 16).stays()
    in_a = [stay.arrived_at for stay in stays if stay.bay_id == "A"]
    assert len(in_a) >= 4
    assert (in_a[2] - in_a[0]).total_seconds() == pytest.approx(painted.CLIP_S, abs=0.21)


def stop_after(folder: Path, frames: int, stop: threading.Event) -> None:
    """End a run when its saved memory has taken a number of frames, or after a minute."""
    deadline = time.monotonic() + 60
    while saved_frames(folder) < frames and time.monotonic() < deadline:
        stop.wait(0.05)
    stop.set()
