"""What the calibration page is told and what it saves, without a browser."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from geo.errors import BadCode, CalibrationTooLoose, Conflict, DoorLocked, InvalidInput
from vision.calibration_page.door import LOCKED_S, MAX_WRONG, Door
from vision.calibration_page.draft import Draft, DrawnBay, Pair
from vision.calibration_page.eye import BLURRED_WIDTH_PX, blackened
from vision.calibration_page.kerb import read_kerb
from vision.calibration_page.session import Job, Session
from vision.detector import embedded_detector
from vision.scene import read_scene
from vision.source import open_source

AT = datetime(2026, 11, 25, 10, tzinfo=UTC)


@pytest.fixture
def day(repo: Path, tmp_path: Path) -> Path:
    """Copy the bays and the scene of the sample's day beside each other."""
    for name in ("bays.geojson", "scene.json"):
        shutil.copy(repo / "sample_data" / "clips" / "day" / name, tmp_path / name)
    return tmp_path


def session_of(day: Path, repo: Path, *, with_bays: bool = True) -> Session:
    """Open a session on the sample clip, its first picture taken."""
    clip = open_source(str(repo / "sample_data" / "clips" / "day" / "clip.mp4"))
    kerb = read_kerb(day / "bays.geojson") if with_bays else None
    name = "bays.geojson" if with_bays else None
    job = Job(day / "scene.json", clip, "mast-3", kerb, name, embedded_detector)
    session = Session(job)
    session.take_picture()
    return session


def kept_draft(session: Session) -> Draft:
    """Return the draft that the session began with."""
    return Draft.model_validate(session.state()["draft"])


def saved_scene(day: Path) -> dict[str, Any]:
    """Return the scene file as it stands."""
    document: dict[str, Any] = json.loads((day / "scene.json").read_text())
    return document


def moved(draft: Draft, index: int, east_m: float) -> Draft:
    """Return a draft with one ground point moved."""
    pair = draft.pairs[index]
    wrong = Pair(image=pair.image, ground=(pair.ground[0] + east_m, pair.ground[1]))
    return draft.model_copy(
        update={"pairs": [*draft.pairs[:index], wrong, *draft.pairs[index + 1 :]]}
    )


def test_true_pairs_fit_within_a_centimetre_and_draw_the_bays(day: Path, repo: Path) -> None:
    """The sample's own pairs are accepted, and its bays come out where its polygons are."""
    truth = {bay["bay_id"]: np.asarray(bay["polygon_px"]) for bay in saved_scene(day)["bays"]}
    session = session_of(day, repo)
    fit = session.fit(kept_draft(session))
    assert fit["verdict"] == "good"
    assert fit["residual_m"] < 0.01
    for bay in fit["bays"]:
        outline = np.asarray(bay["outline"]) * [1280, 720]
        gaps = np.linalg.norm(outline[:, None] - truth[bay["bay_id"]][None], axis=2).min(axis=1)
        assert gaps.max() < 1.0
        assert (np.asarray(bay["top"])[:, 1] < np.asarray(bay["outline"])[:, 1]).all()


@pytest.mark.parametrize("index", [0, 4, 10])
def test_the_wrong_pair_is_named(day: Path, repo: Path, index: int) -> None:
    """A pair eight metres off makes the calibration refused, and is the one to blame."""
    session = session_of(day, repo)
    wrong = moved(kept_draft(session), index, 8.0)
    fit = session.fit(wrong)
    assert (fit["verdict"], fit["worst"], fit["is_blamed"]) == ("refused", index, True)
    with pytest.raises(CalibrationTooLoose):
        session.save(wrong, keep_blurred=False)


@pytest.mark.parametrize(("pairs", "verdict"), [(3, "few"), (4, "unverified")])
def test_few_pairs_say_what_they_are_worth(day: Path, repo: Path, pairs: int, verdict: str) -> None:
    """Three pairs are too few; four make bays without a known error."""
    session = session_of(day, repo)
    draft = kept_draft(session)
    chosen = [draft.pairs[i] for i in (0, 3, 9, 10)][:pairs]
    fit = session.fit(draft.model_copy(update={"pairs": chosen}))
    assert (fit["verdict"], fit["residual_m"]) == (verdict, None)


def test_points_on_one_line_are_told(day: Path, repo: Path) -> None:
    """Four points of one line make no view of the ground."""
    session = session_of(day, repo)
    line = [Pair(image=(0.1 * i, 0.5), ground=(float(i), 0.0)) for i in range(4)]
    assert session.fit(Draft(pairs=line))["verdict"] == "degenerate"


def test_saving_starts_a_calibration_and_keeps_the_former(day: Path, repo: Path) -> None:
    """A moved point begins a new calibration at its instant; the former one stays with the instant until which it held."""
    session = session_of(day, repo)
    draft = kept_draft(session)
    session.save(draft, keep_blurred=False, now=AT)
    session.take_picture()
    fewer = draft.model_copy(update={"pairs": draft.pairs[:-1]})
    answer = session.save(fewer, keep_blurred=False, now=AT + timedelta(days=1))
    scene = saved_scene(day)
    assert answer["is_new"]
    assert scene["valid_from"] == scene["calibration"]["made_at"] == "2026-11-26T10:00:00Z"
    first, second = scene["history"]
    assert (first["valid_from"], first["valid_to"]) == (None, "2026-11-25T10:00:00Z")
    assert second["valid_from"] == second["calibration"]["made_at"] == "2026-11-25T10:00:00Z"
    assert second["valid_to"] == "2026-11-26T10:00:00Z"
    assert len(second["calibration"]["image_points"]) == 11
    read = read_scene(day / "scene.json")
    assert read.calibration is not None
    assert read.calibration.pairs == 10


def test_saving_again_unchanged_goes_on(day: Path, repo: Path) -> None:
    """The same points and a new mask are the same calibration."""
    session = session_of(day, repo)
    draft = kept_draft(session)
    session.save(draft, keep_blurred=False, now=AT)
    again = session_of(day, repo)
    mask = [[(0.0, 0.0), (0.5, 0.0), (0.5, 0.1)]]
    masked = kept_draft(again).model_copy(update={"mask": mask})
    answer = again.save(masked, keep_blurred=False, now=AT + timedelta(days=1))
    scene = saved_scene(day)
    assert not answer["is_new"]
    assert answer["mask_toml"] == "privacy_mask = [[[0, 0], [640, 0], [640, 72]]]"
    assert scene["valid_from"] == "2026-11-25T10:00:00Z"
    assert scene["privacy_mask"] == [[[0, 0], [640, 0], [640, 72]]]
    assert len(scene["history"]) == 1


def test_a_redrawn_bay_starts_a_calibration(day: Path, repo: Path) -> None:
    """A bay file with another outline begins a new calibration although no point moved."""
    session = session_of(day, repo)
    session.save(kept_draft(session), keep_blurred=False, now=AT)
    bays = json.loads((day / "bays.geojson").read_text())
    ring = bays["features"][0]["geometry"]["coordinates"][0]
    for corner in (ring[0], ring[-1]):
        corner[0] -= 1e-5
    (day / "bays.geojson").write_text(json.dumps(bays))
    again = session_of(day, repo)
    answer = again.save(kept_draft(again), keep_blurred=False, now=AT + timedelta(days=1))
    assert answer["is_new"]


def test_no_picture_is_written_unless_asked_and_then_only_blurred(day: Path, repo: Path) -> None:
    """Saving deletes the picture; on demand a small blurred one without the masked part stays."""
    session = session_of(day, repo)
    mask = [[(0.0, 0.0), (1.0, 0.0), (1.0, 0.4), (0.0, 0.4)]]
    draft = kept_draft(session).model_copy(update={"mask": mask})
    session.save(draft, keep_blurred=False)
    assert {path.name for path in day.iterdir()} == {"bays.geojson", "scene.json"}
    assert session.state()["picture"] is None
    with pytest.raises(Conflict):
        session.save(draft, keep_blurred=True)
    session.take_picture()
    answer = session.save(draft, keep_blurred=True)
    picture = cv2.imread(str(day / answer["blurred"]))
    assert picture is not None
    assert picture.shape == (90, BLURRED_WIDTH_PX, 3)
    assert picture[:30].max() < 16
    sharpness = cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[45:], cv2.CV_64F).std()
    assert sharpness < 4


def test_bays_are_drawn_in_the_picture_where_there_is_no_map(tmp_path: Path, repo: Path) -> None:
    """Without a bay file a scene of outlines is saved, and redrawing one begins a new calibration."""
    session = session_of(tmp_path, repo, with_bays=False)
    outline = [(0.1, 0.5), (0.3, 0.5), (0.3, 0.6), (0.1, 0.6)]
    draft = Draft(drawn=[DrawnBay(bay_id="A", capacity=2, outline=outline)])
    session.save(draft, keep_blurred=False, now=AT)
    scene = read_scene(tmp_path / "scene.json")
    assert (scene.camera_id, scene.calibration) == ("mast-3", None)
    assert scene.bays[0].capacity == 2
    np.testing.assert_allclose(scene.bays[0].polygon_px[0], [128, 360])
    again = session_of(tmp_path, repo, with_bays=False)
    bent = [(0.1, 0.52), *outline[1:]]
    redrawn = Draft(drawn=[DrawnBay(bay_id="A", capacity=2, outline=bent)])
    assert again.save(redrawn, keep_blurred=False, now=AT + timedelta(hours=1))["is_new"]
    assert saved_scene(tmp_path)["history"][0]["bays"][0]["polygon_px"][0] == [128.0, 360.0]


def test_an_outline_drawn_over_a_known_bay_is_kept_as_drawn(day: Path, repo: Path) -> None:
    """A bay with an own outline in the picture is saved with it and comes back with it; the others follow the map."""
    session = session_of(day, repo)
    outline = [(0.1, 0.7), (0.3, 0.7), (0.3, 0.8), (0.1, 0.8)]
    drawn = [DrawnBay(bay_id="99001-0002", capacity=1, outline=outline)]
    draft = kept_draft(session).model_copy(update={"drawn": drawn})
    session.save(draft, keep_blurred=False)
    with_outline = [bay["bay_id"] for bay in saved_scene(day)["bays"] if "polygon_px" in bay]
    assert with_outline == ["99001-0002"]
    assert [bay.bay_id for bay in kept_draft(session_of(day, repo)).drawn] == ["99001-0002"]


def test_a_scene_that_cannot_be_read_never_replaces_a_good_one(day: Path, repo: Path) -> None:
    """A crossed outline is refused and the former file stays as it was."""
    before = (day / "scene.json").read_bytes()
    session = session_of(day, repo)
    crossed = [(0.1, 0.5), (0.3, 0.6), (0.3, 0.5), (0.1, 0.6)]
    drawn = [DrawnBay(bay_id="B", capacity=1, outline=crossed)]
    draft = kept_draft(session).model_copy(update={"drawn": drawn, "watched": ["B"]})
    with pytest.raises(InvalidInput):
        session.save(draft, keep_blurred=False)
    assert (day / "scene.json").read_bytes() == before
    assert {path.name for path in day.iterdir()} == {"bays.geojson", "scene.json"}


def test_mask_blackens_its_inside_only() -> None:
    """Pixels inside the polygon are black, the others as they were, and the given frame is not changed."""
    frame = np.full((40, 60, 3), 200, np.uint8)
    covered = blackened(frame, [[(10.0, 10.0), (30.0, 10.0), (30.0, 20.0), (10.0, 20.0)]])
    assert covered[15, 20].max() == 0
    assert covered[30, 50].min() == 200
    assert frame.min() == 200


def test_code_opens_once_and_wrong_ones_lock() -> None:
    """The code holds once, and after five wrong tries nothing is taken for a minute, the right code included."""
    codes: list[str] = []
    now = [0.0]
    door = Door(is_lan=True, show_code=codes.append, clock_s=lambda: now[0])
    token = door.enter(f"{codes[0][:4]}-{codes[0][4:]}".lower())
    assert door.knows(token)
    assert not door.knows("other")
    with pytest.raises(BadCode):
        door.enter(codes[0])
    for _ in range(MAX_WRONG - 1):
        with pytest.raises(BadCode):
            door.enter("WRONG")
    with pytest.raises(DoorLocked):
        door.enter(codes[-1])
    now[0] = LOCKED_S
    assert door.knows(door.enter(codes[-1]))


@pytest.mark.parametrize(
    ("host", "on_loopback", "on_lan"),
    [
        ("127.0.0.1:8088", True, True),
        ("localhost:8088", True, True),
        ("[::1]:8088", True, True),
        ("192.168.1.20:8088", False, True),
        ("rebound.example.org:8088", False, False),
        ("127.0.0.1.example.org", False, False),
        ("", False, False),
    ],
)
def test_only_own_names_are_answered_to(host: str, *, on_loopback: bool, on_lan: bool) -> None:
    """A foreign name that points at the device (DNS rebinding) is refused."""
    shown: list[str] = []
    assert Door(is_lan=False, show_code=shown.append).answers_to(host) is on_loopback
    assert shown == []
    assert Door(is_lan=True, show_code=shown.append).answers_to(host) is on_lan
