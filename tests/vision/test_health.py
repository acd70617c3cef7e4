"""The camera's health on transformed frames of the sample's clips: dark, blurred, frozen, blocked, shifted, and nothing of these."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.calibration import to_ground
from vision.health import (
    Finding,
    Health,
    dump_health,
    examine,
    examine_alone,
    load_health,
    moved_scene,
    new_health,
)
from vision.health.examination import TELLING_SHARE
from vision.health.grid import grid_of
from vision.scene import Scene, read_scene
from vision.source import frames, open_source

Luma = NDArray[np.uint8]
Change = Callable[[Luma], Luma]

CLIPS = Path(__file__).parents[2] / "sample_data" / "clips"

RNG_SEED = 3


@cache
def clip(name: str, period_s: float = 4.0) -> tuple[Luma, ...]:
    """Return the brightness of a few frames of a sample clip."""
    source = open_source(str(CLIPS / name / "clip.mp4"))
    return tuple(frame.luma for frame in frames(source, period_s))


def scene_of(name: str) -> Scene:
    """Return a sample clip's scene."""
    return read_scene(CLIPS / name / "scene.json")


def watched(
    pictures: Iterable[Luma],
    health: Health | None = None,
    *,
    start_s: float = 0.0,
    step_s: float = 10.0,
    is_live: bool = False,
    scene: Scene | None = None,
) -> tuple[Health, list[Finding]]:
    """Examine pictures one after another."""
    health = health or new_health()
    findings = []
    for i, luma in enumerate(pictures):
        health, finding = examine(health, luma, start_s + i * step_s, is_live=is_live, scene=scene)
        findings.append(finding)
    return health, findings


@cache
def learned() -> Health:
    """Return the health of a camera that has watched the day clip for six minutes."""
    return watched(clip("day"), scene=scene_of("day"))[0]


def after(change: Change, *, step_s: float = 10.0) -> list[Finding]:
    """Return what the same camera's changed pictures are called afterwards."""
    pictures = [change(luma) for luma in clip("day")[:20]]
    return watched(pictures, learned(), start_s=400.0, step_s=step_s, scene=scene_of("day"))[1]


def reasons(findings: Sequence[Finding]) -> set[str | None]:
    """Return the different reasons."""
    return {finding.reason.value if finding.reason else None for finding in findings}


def darkened(luma: Luma) -> Luma:
    """Return a fiftieth of the brightness."""
    return (luma * 0.02).astype(np.uint8)


def blurred(sigma_px: float) -> Change:
    """Return a change that smears a picture."""
    return lambda luma: np.asarray(cv2.GaussianBlur(luma, (0, 0), sigma_px), np.uint8)


def shifted(x_px: float, y_px: float = 0.0) -> Change:
    """Return a change that moves a picture."""
    matrix = np.array([[1, 0, x_px], [0, 1, y_px]], np.float32)
    return lambda luma: _warped(luma, matrix)


def turned(angle_deg: float) -> Change:
    """Return a change that turns a picture about its centre."""
    matrix = cv2.getRotationMatrix2D((640, 360), angle_deg, 1)
    return lambda luma: _warped(luma, matrix)


def _warped(luma: Luma, matrix: NDArray[np.floating]) -> Luma:
    size_wh = (luma.shape[1], luma.shape[0])
    warped = cv2.warpAffine(luma, matrix, size_wh, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(warped, np.uint8)


def covered(share: float, patch: Luma | int) -> Change:
    """Return a change that covers the left share of a picture."""

    def change(luma: Luma) -> Luma:
        result = luma.copy()
        width = round(luma.shape[1] * share)
        result[:, :width] = patch if isinstance(patch, int) else patch[:, :width]
        return result

    return change


def texture() -> Luma:
    """Return a picture of something else than the street."""
    coarse = np.random.default_rng(RNG_SEED).integers(0, 255, (90, 160)).astype(np.uint8)
    return np.asarray(cv2.resize(coarse, (1280, 720), interpolation=cv2.INTER_CUBIC), np.uint8)


@pytest.mark.parametrize("name", ["day", "rain", "oblique"])
def test_a_clip_in_good_order_gives_no_reason_and_no_move(name: str) -> None:
    """Vehicles come, go and hide each other, and nothing is wrong with the camera."""
    _, findings = watched(clip(name), scene=scene_of(name))
    assert reasons(findings) == {None}
    assert all(finding.moved is None for finding in findings)


def test_rain_after_a_fine_day_is_neither_a_shift_nor_a_blur() -> None:
    """The same camera in another light stays trusted."""
    pictures = clip("rain")[:20]
    _, findings = watched(pictures, learned(), start_s=400.0, scene=scene_of("day"))
    assert reasons(findings) == {None}


def test_a_picture_without_light_is_dark_and_a_lit_night_is_not() -> None:
    """A fiftieth of the light shows nothing; lamps on a black street do."""
    assert reasons(after(darkened)) == {"dark"}
    night = (clip("day")[0] * 0.02).astype(np.uint8)
    night[200:600, 200:1100] = clip("day")[0][200:600, 200:1100] // 8
    assert examine_alone(night) is None


def test_a_smeared_picture_is_blurred_with_and_without_a_history() -> None:
    """A strong blur is told from one picture, a weaker one against the camera's own past, once it lasts."""
    assert examine_alone(blurred(5)(clip("day")[0])) == "blurred"
    assert reasons(after(blurred(5))) == {"blurred"}
    weak = after(blurred(2))
    assert examine_alone(blurred(2)(clip("day")[0])) is None
    assert reasons(weak[1:]) == {"blurred"}


@pytest.mark.parametrize(("share", "patch"), [(0.5, 90), (0.7, 180), (1.0, 90)])
def test_an_even_cover_over_half_the_view_is_blocked(share: float, patch: int) -> None:
    """A hand, a bag or a spider's web before the lens is even: what was there is lost."""
    assert reasons(after(covered(share, patch))[1:]) == {"blocked"}


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_a_patterned_cover_is_blocked_after_a_few_checks(share: float) -> None:
    """The reference's points are gone on one side, or all of them and the view's texture with them."""
    assert reasons(after(covered(share, texture()))[-5:]) == {"blocked"}


def test_a_lorry_that_passes_before_the_lens_is_no_cover() -> None:
    """Three seconds of a grey side over most of the picture tell nothing of the camera."""
    pictures = list(clip("day")[:12])
    pictures[4:7] = [covered(0.75, 150)(luma) for luma in pictures[4:7]]
    _, findings = watched(pictures, learned(), start_s=400.0, step_s=1.0, scene=scene_of("day"))
    assert reasons(findings) == {None}


def test_noise_drops_and_exposure_are_no_fault() -> None:
    """A noisy sensor, rain drops on the glass and a darker exposure leave the bays visible."""
    rng = np.random.default_rng(RNG_SEED)

    def noisy(luma: Luma) -> Luma:
        return np.clip(luma + rng.normal(0, 10, luma.shape), 0, 255).astype(np.uint8)

    drops = np.zeros((720, 1280), np.uint8)
    for x, y in rng.integers(0, (1280, 720), (40, 2)):
        cv2.circle(drops, (int(x), int(y)), 18, 1, -1)

    def wet(luma: Luma) -> Luma:
        return np.where(drops > 0, blurred(9)(luma), luma).astype(np.uint8)

    for change in (noisy, wet, lambda luma: (luma * 0.4).astype(np.uint8)):
        assert reasons(after(change)) == {None}


def test_two_pixels_are_no_move_ten_are_followed_and_sixty_suspend() -> None:
    """Moves are judged by metres on the ground: a hand's breadth is followed, a metre and more is not."""
    still, small, large = (after(shifted(x))[-1] for x in (2.0, 10.0, 60.0))
    assert (still.reason, still.moved) == (None, None)
    assert small.reason is None
    assert small.moved is not None
    assert small.moved @ [0.5, 0.5, 1] == pytest.approx([0.5 + 10 / 1280, 0.5, 1], abs=1 / 1280)
    assert (large.reason, large.moved) == ("shifted", None)


def test_a_camera_turned_by_a_degree_is_noticed() -> None:
    """One degree moves the picture's corners by thirteen pixels."""
    last = after(turned(1.0))[-1]
    assert last.reason == "shifted" or last.moved is not None


def test_a_camera_put_back_is_trusted_again() -> None:
    """Suspension ends when the view is the reference's again."""
    scene = scene_of("day")
    pictures = [shifted(60)(luma) for luma in clip("day")[:15]]
    health, findings = watched(pictures, learned(), start_s=400.0, scene=scene)
    assert findings[-1].reason == "shifted"
    _, findings = watched(clip("day")[:15], health, start_s=2000.0, scene=scene)
    assert findings[-1].reason is None


def test_a_bump_during_a_power_cut_is_noticed_after_it() -> None:
    """The reference survives as JSON, and the first pictures after the restart are held against it."""
    health = load_health(dump_health(learned()))
    assert health == learned()
    pictures = [shifted(60)(luma) for luma in clip("day")[:3]]
    _, findings = watched(pictures, health, start_s=9000.0, scene=scene_of("day"))
    assert findings[-1].reason == "shifted"


def test_without_a_scene_moves_are_judged_by_the_frame() -> None:
    """Ten pixels of 1280 are followed, sixty suspend."""
    for x, reason in ((10.0, None), (60.0, "shifted")):
        pictures = [shifted(x)(luma) for luma in clip("day")[:15]]
        _, findings = watched(pictures, learned(), start_s=400.0)
        assert findings[-1].reason == reason


def test_only_a_live_picture_freezes_and_a_running_clock_hides_it_not() -> None:
    """Half a minute of the same picture, its clock running, is frozen on a camera and a standing scene in a file."""

    def stamped(second: int) -> Luma:
        luma = clip("day")[0].copy()
        cv2.putText(luma, str(second), (20, 40), cv2.FONT_HERSHEY_PLAIN, 2, 255, 3)
        return luma

    pictures = [stamped(second) for second in range(40)]
    assert reasons(watched(pictures, is_live=True, step_s=1.0)[1][31:]) == {"frozen"}
    assert reasons(watched(pictures, is_live=False, step_s=1.0)[1]) == {None}


def test_the_journal_holds_no_picture_and_stays_small() -> None:
    """After hours in changing light the memory is bounded, and far smaller than one frame."""
    pictures = [*clip("day"), *clip("rain"), *clip("day"), *clip("rain")]
    health, _ = watched(pictures, step_s=60.0, scene=scene_of("day"))
    document = dump_health(health)
    assert len(document) < 120_000
    assert len(health.view.looks) <= 6
    assert set(json.loads(document)) == set(Health.__dataclass_fields__)


@given(st.floats(-8, 8), st.floats(-8, 8))
@settings(max_examples=20, deadline=None)
def test_a_moved_scene_keeps_its_ground(x_px: float, y_px: float) -> None:
    """Whatever small move is followed, each bay's corners stand on the same ground as before."""
    scene = scene_of("day")
    matrix = np.array([[1, 0, x_px / 1280], [0, 1, y_px / 720], [0, 0, 1.0]])
    moved = moved_scene(scene, matrix)
    assert scene.calibration is not None
    assert moved.calibration is not None
    for before, now in zip(scene.bays, moved.bays, strict=True):
        size = np.asarray(scene.image_size_wh, np.float64)
        assert now.polygon_px - before.polygon_px == pytest.approx(
            np.tile([x_px, y_px], (len(before.polygon_px), 1)), abs=1e-6
        )
        assert to_ground(moved.calibration, now.polygon_px / size) == pytest.approx(
            to_ground(scene.calibration, before.polygon_px / size), abs=1e-6
        )


@pytest.mark.parametrize(
    ("name", "step_s"),
    [
        ("car_park_ufpr05/frames", 1.0),
        ("car_park_ufpr05/frames", 3600.0),
        ("delivery_trucks/frames", 1.0),
        ("street_opendatacam", 1.0),
        ("street_opendatacam", 60.0),
    ],
)
def test_real_cameras_raise_no_false_alarm(shared: Path, name: str, step_s: float) -> None:
    """Six days of light on one car park, lorries, and a busy street leave the camera trusted."""
    folder = shared / "data" / "frames" / name
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    source = open_source(str(folder))
    pictures = (frame.luma for i, frame in enumerate(frames(source)) if i % 3 == 0)
    assert reasons(watched(pictures, step_s=step_s)[1]) == {None}


def test_a_bare_road_after_a_vehicle_is_neither_blurred_nor_blocked() -> None:
    """What was sharp, and what is gone, was the vehicle: a picture with hardly a thing in it tells nothing of the lens."""
    rng = np.random.default_rng(RNG_SEED)
    bare = np.full((432, 768), 100, np.uint8)
    cv2.line(bare, (0, 20), (767, 140), 220, 20)
    bare = blurred(1.5)(bare)
    assert 0.1 < grid_of(bare).is_structured.mean() < TELLING_SHARE
    with_car = bare.copy()
    with_car[100:400, 200:420] = rng.integers(0, 255, (300, 220), dtype=np.uint8)
    _, findings = watched([with_car] * 20 + [bare] * 20, step_s=1.0)
    assert reasons(findings) == {None}
