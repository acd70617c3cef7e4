"""The commands detect, replay, evaluate and worker on files, as others run them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from geo.errors import AirelibError, InvalidFile, InvalidInput, UnknownBay
from tests.vision import painted
from vision.commands.detect import detect
from vision.commands.evaluate import evaluate
from vision.commands.replay import replay
from vision.commands.worker import worker

PAINTED = Path(painted.__file__)


def called(command: Any, *arguments: object) -> str:
    """Call a command and return what it printed; its errors come through."""
    return CliRunner().invoke(command, list(map(str, arguments)), catch_exceptions=False).output


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open() as stream:
        return list(csv.DictReader(stream))


def painted_boxes(path: Path) -> Path:
    """Write boxes.csv of the painted clip without a picture."""
    left = dict(painted.BAYS)
    lines = ["frame,vehicle_class,confidence,x0,y0,x1,y1"]
    for i in range(round(painted.CLIP_S * painted.FPS)):
        for bay, arrived_s, departed_s in painted.STAYS:
            if arrived_s <= i / painted.FPS < (departed_s or painted.CLIP_S):
                lines.append(f"{i},van,0.8,{left[bay] + 10},82,{left[bay] + 90},128")
    path.write_text("\n".join(lines) + "\n")
    return path


def true_stays(path: Path) -> Path:
    """Write stays.csv of the painted clip from 1970 on."""
    lines = ["bay_id,vehicle_class,arrived_at,departed_at"]
    for bay, arrived_s, departed_s in painted.STAYS:
        departed = (
            f"1970-01-01T00:{int(departed_s // 60):02}:{departed_s % 60:06.3f}+00:00"
            if departed_s
            else ""
        )
        lines.append(
            f"{bay},van,1970-01-01T00:{int(arrived_s // 60):02}:{arrived_s % 60:06.3f}+00:00,{departed}"
        )
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def setup(tmp_path: Path) -> Path:
    """Return a folder with the painted clip and its scene."""
    painted.write_setup(tmp_path, "http://127.0.0.1:9")
    return tmp_path


@pytest.mark.slow
def test_detect_writes_a_row_per_frame_and_bay(setup: Path) -> None:
    """A video of painted rectangles has no vehicle: each frame and bay has its row, in order, free, with the columns fixed."""
    out, boxes = setup / "p.csv", setup / "b.csv"
    said = called(
        detect,
        "--scene",
        setup / "scene.json",
        "--frames",
        setup / "clip.mp4",
        "--out",
        out,
        "--boxes",
        boxes,
    )
    assert said.startswith("650 frames, 2 bays")
    found = rows_of(out)
    assert list(found[0]) == [
        "frame",
        "bay_id",
        "state",
        "vehicles",
        "vehicle_class",
        "confidence",
        "seen_share",
        "reason",
    ]
    assert [(row["frame"], row["bay_id"]) for row in found[:3]] == [
        ("0", "A"),
        ("0", "B"),
        ("1", "A"),
    ]
    assert len(found) == 1300
    assert boxes.read_text().startswith("frame,vehicle_class,confidence,x0,y0,x1,y1\n")


def test_replay_from_detections_finds_the_stays(setup: Path) -> None:
    """Without a picture, from boxes alone, every stay is found; evaluation says so in a table, in JSON and in files."""
    out = setup / "stays.csv"
    called(
        replay,
        "--scene",
        setup / "scene.json",
        "--detections",
        painted_boxes(setup / "boxes.csv"),
        "--fps",
        5,
        "--out",
        out,
    )
    assert [row["bay_id"] for row in rows_of(out)] == ["A", "A", "B", "B"]
    truth = true_stays(setup / "truth.csv")
    figures = json.loads(
        called(evaluate, "--truth", truth, "--found", out, "--json", "--out", setup / "figures")
    )
    assert (figures["precision"], figures["recall"], figures["class_accuracy"]) == (1.0, 1.0, 1.0)
    assert figures["arrival_error_s"] <= 0.2
    assert figures["departure_error_s"] <= 0.2
    assert json.loads((setup / "figures" / "metrics.json").read_text()) == figures
    assert "| recall | 1.0000 |" in (setup / "figures" / "metrics.md").read_text()
    assert "| recall | 1.0000 |" in called(evaluate, "--truth", truth, "--found", out)


def test_replay_tells_how_sure_it_is_where_asked(setup: Path) -> None:
    """With --detail each stay has the seconds around its times and its class's probability, and is read as any other."""
    out, truth = setup / "stays.csv", true_stays(setup / "truth.csv")
    called(
        replay, "--scene", setup / "scene.json", "--detections", painted_boxes(setup / "boxes.csv"), "--fps", 5,
        "--detail", "--out", out,
    )  # fmt: skip
    rows = rows_of(out)
    assert all(0.5 < float(row["class_confidence"]) <= 1 for row in rows)
    left = [row["departure_uncertainty_s"] for row in rows if row["departed_at"]]
    assert left
    assert all(float(uncertainty_s) <= 0.2 + 1e-3 for uncertainty_s in left)
    figures = json.loads(called(evaluate, "--truth", truth, "--found", out, "--json"))
    assert (figures["precision"], figures["recall"]) == (1.0, 1.0)


def test_a_frame_without_a_row_shows_no_vehicle(setup: Path) -> None:
    """Forty frames that the file does not name are looks at an empty bay: what stood there before has left."""
    left = dict(painted.BAYS)["A"]
    there = f"van,0.8,{left + 10},82,{left + 90},128"
    lines = [f"{i},{there}" for i in (*range(10, 40), *range(80, 120))]
    boxes = setup / "boxes.csv"
    boxes.write_text("\n".join(["frame,vehicle_class,confidence,x0,y0,x1,y1", *lines]) + "\n")
    called(
        replay, "--scene", setup / "scene.json", "--detections", boxes, "--fps", 1,
        "--out", setup / "found.csv", "--unseen", setup / "unseen.csv",
    )  # fmt: skip
    assert len(rows_of(setup / "found.csv")) == 2
    assert rows_of(setup / "unseen.csv") == []


def test_replay_takes_its_times_from_the_video(setup: Path) -> None:
    """With a source beside the detections the video's own times date the stays, from the start given."""
    boxes = painted_boxes(setup / "boxes.csv")
    called(
        replay, "--scene", setup / "scene.json", "--detections", boxes, "--source", setup / "clip.mp4",
        "--start", "2026-03-02T09:00:00+01:00", "--out", setup / "stays.csv", "--unseen", setup / "unseen.csv",
    )  # fmt: skip
    first = rows_of(setup / "stays.csv")[0]
    assert first["arrived_at"] == "2026-03-02T08:00:10+00:00"
    assert (setup / "unseen.csv").read_text() == "bay_id,from,to,reason\n"


def test_unseen_times_are_written_with_their_reason(street: Any) -> None:
    """While a bus stands before a bay, the bay is unseen and the file says from when to when and why."""
    street.scene()
    box = ",".join(map(str, street.box("bus", -9.0, -4.2)))
    lines = [
        "frame,vehicle_class,confidence,x0,y0,x1,y1",
        "0,,,,,,",
        *(f"{i},truck,0.8,{box}" for i in range(50, 100)),
        "149,,,,,,",
    ]
    (street.folder / "boxes.csv").write_text("\n".join(lines))
    called(
        replay, "--scene", street.folder / "scene.json", "--detections", street.folder / "boxes.csv", "--fps", 5,
        "--out", street.folder / "stays.csv", "--unseen", street.folder / "unseen.csv",
    )  # fmt: skip
    assert rows_of(street.folder / "stays.csv") == []
    (row,) = [row for row in rows_of(street.folder / "unseen.csv") if row["bay_id"] == "A"]
    assert row["from"].startswith("1970-01-01T00:00:09.8")
    assert "1970-01-01T00:00:20" < row["to"] < "1970-01-01T00:00:24"
    assert row["reason"] == "hidden"


def test_evaluate_counts_unknown_as_wrong(tmp_path: Path) -> None:
    """Of four truths one right occupied, one right free, one unknown and one missing: half right, all answered ones right."""
    truth, found = tmp_path / "t.csv", tmp_path / "f.csv"
    truth.write_text("frame,bay_id,occupied\na,1,1\na,2,0\nb,1,1\nb,2,0\n")
    found.write_text("frame,bay_id,state\na,1,occupied\na,2,free\nb,1,unknown\nz,9,free\n")
    figures = json.loads(called(evaluate, "--truth", truth, "--found", found, "--json"))
    assert (figures["accuracy"], figures["balanced_accuracy"], figures["answered_accuracy"]) == (
        0.5,
        0.5,
        1.0,
    )
    assert (figures["unknown"], figures["answered_share"], figures["rows_without_truth"]) == (
        2,
        0.5,
        1,
    )


@pytest.mark.parametrize(
    ("content", "error", "match"),
    [
        ("frame,bay_id,state\na,7,free\n", UnknownBay, "found the bays 7, wanted 1"),
        ("frame,bay\na,1\n", InvalidFile, "has the columns frame, bay: wanted also bay_id, state"),
    ],
)
def test_answers_to_another_question_are_refused(
    tmp_path: Path, content: str, error: type[AirelibError], match: str
) -> None:
    """Predictions of unknown bays or without their columns are refused with what was found."""
    (tmp_path / "t.csv").write_text("frame,bay_id,occupied\na,1,1\n")
    (tmp_path / "f.csv").write_text(content)
    with pytest.raises(error, match=match):
        called(evaluate, "--truth", tmp_path / "t.csv", "--found", tmp_path / "f.csv")


def test_a_stay_without_offset_is_refused_by_line(tmp_path: Path) -> None:
    """Local times without offset are refused, naming file and line."""
    path = tmp_path / "s.csv"
    path.write_text("bay_id,vehicle_class,arrived_at,departed_at\nA,van,2026-03-02T09:00:00,\n")
    with pytest.raises(InvalidFile, match=r"s\.csv, line 2: .*no offset"):
        called(evaluate, "--truth", path, "--found", path)


def test_replay_wants_something_to_replay(setup: Path) -> None:
    """Neither source nor detections, detections without times and a start without offset are refused."""
    base = ("--scene", setup / "scene.json", "--out", setup / "s.csv")
    with pytest.raises(InvalidInput, match="wanted --source, --detections"):
        called(replay, *base)
    with pytest.raises(InvalidInput, match="wanted --fps"):
        called(replay, *base, "--detections", painted_boxes(setup / "b.csv"))
    with pytest.raises(InvalidInput, match="has no offset"):
        called(replay, *base, "--source", setup / "clip.mp4", "--start", "2026-03-02T09:00:00")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("detect", "--scene", "scene.json", "--frames", "broken.mp4", "--out", "p.csv"),
            "broken.mp4 cannot be read as a video",
        ),
        (
            ("detect", "--scene", "crossed.json", "--frames", "clip.mp4", "--out", "p.csv"),
            "bay A crosses itself",
        ),
        (("worker", "run", "nothing.toml"), "nothing.toml cannot be read"),
    ],
)
def test_bad_input_exits_two_with_one_sentence(
    setup: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    """From the shell, bad input gives exit status 2 and one sentence on standard error, no traceback."""
    (setup / "broken.mp4").write_bytes(b"no video")
    crossed = json.loads((setup / "scene.json").read_text())
    crossed["bays"][0]["polygon_px"] = [[0, 0], [100, 100], [100, 0], [0, 100]]
    (setup / "crossed.json").write_text(json.dumps(crossed))
    airelib = Path(sys.executable).with_name("airelib")
    done = subprocess.run(
        [str(airelib), *arguments], cwd=setup, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_stays_read_the_outbox(setup: Path, receiver: Any) -> None:
    """Before a worker has run there is no outbox to read; afterwards its counts and stays can be printed."""
    with pytest.raises(InvalidFile, match="there is no outbox"):
        called(worker, "status", setup / "worker.toml")
    config = painted.write_setup(setup, receiver.url)
    subprocess.run([sys.executable, str(PAINTED), str(config)], check=True, capture_output=True)
    status = json.loads(called(worker, "status", config))
    assert status["waiting"] == 0
    assert status["cameras"]["painted"]["frames"] == 650
    called(worker, "stays", config, "--out", setup / "s.csv")
    assert len(rows_of(setup / "s.csv")) == 4
