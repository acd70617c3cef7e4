"""Pictures in: order, times, thinning out, and unreadable files."""

from __future__ import annotations

import struct
from datetime import UTC
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import cv2
import numpy as np
import pytest

from geo.errors import CameraLost, InvalidFile
from tests.vision.cameras import http_camera, rtsp_camera
from vision.frame import PrivacyMask
from vision.source import frame_times, frames, open_pictures, open_source


def picture(path: Path, value: int = 90) -> Path:
    """Write a small grey picture."""
    cv2.imwrite(str(path), np.full((48, 64, 3), value, np.uint8))
    return path


def video(path: Path, count: int = 20, fps: int = 10) -> Path:
    """Write a small H.264 video whose brightness grows."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(count):
            frame = av.VideoFrame.from_ndarray(
                np.full((48, 64, 3), 5 * i % 250, np.uint8), format="bgr24"
            )
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_a_folder_is_read_in_natural_order(tmp_path: Path) -> None:
    """Frame 2 comes before frame 10, other files are passed over, and times follow the rate given."""
    for name in ("f10.png", "f2.png", "f1.jpg"):
        picture(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    found = list(frames(open_source(str(tmp_path), fps=2.0)))
    assert [(frame.name, frame.offset_s) for frame in found] == [
        ("f1.jpg", 0.0),
        ("f2.png", 0.5),
        ("f10.png", 1.0),
    ]
    assert found[0].bgr.shape == (48, 64, 3)


def test_a_list_of_files_keeps_its_order(tmp_path: Path) -> None:
    """Files named one by one come in the order given."""
    paths = [picture(tmp_path / "b.png"), picture(tmp_path / "a.png")]
    assert [frame.name for frame in frames(open_pictures(paths))] == ["b.png", "a.png"]


def test_a_video_gives_index_time_and_picture(tmp_path: Path) -> None:
    """Frames of a video are named by index, dated from the first, and are the pictures encoded."""
    found = list(frames(open_source(str(video(tmp_path / "v.mp4")))))
    assert [frame.name for frame in found] == [str(i) for i in range(20)]
    assert [frame.offset_s for frame in found] == pytest.approx([i / 10 for i in range(20)])
    assert found[10].bgr.mean() == pytest.approx(50, abs=4)


def test_times_are_known_without_decoding(tmp_path: Path) -> None:
    """Names and times read from the container equal those of the decoded frames."""
    source = open_source(str(video(tmp_path / "v.mp4")))
    wanted = [(frame.name, frame.offset_s) for frame in frames(source)]
    assert frame_times(source) == [(name, pytest.approx(at_s)) for name, at_s in wanted]


def test_a_period_takes_the_first_frame_of_each(tmp_path: Path) -> None:
    """At ten frames a second a period of 0.5 s takes every fifth."""
    source = open_source(str(video(tmp_path / "v.mp4")))
    assert [frame.name for frame in frames(source, 0.5)] == ["0", "5", "10", "15"]


def test_a_resumed_source_takes_the_same_frames(tmp_path: Path) -> None:
    """Taking up after any frame gives exactly the rest of what an unbroken reading takes."""
    source = open_source(str(video(tmp_path / "v.mp4")))
    whole = [frame.name for frame in frames(source, 0.3)]
    times = dict(frame_times(source))
    for i, name in enumerate(whole):
        assert [frame.name for frame in frames(source, 0.3, times[name])] == whole[i + 1 :]


@pytest.mark.parametrize(
    "content", [b"", b"this is no video", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 64]
)
def test_an_unreadable_video_is_refused(tmp_path: Path, content: bytes) -> None:
    """Bytes that are no video are refused by name."""
    path = tmp_path / "broken.mp4"
    path.write_bytes(content)
    with pytest.raises(InvalidFile, match=r"broken\.mp4"):
        list(frames(open_source(str(path))))


def test_a_cut_video_gives_what_is_left(tmp_path: Path) -> None:
    """A transport stream cut in the middle, as by a power cut, still gives its first frames."""
    whole = video(tmp_path / "v.ts", count=60).read_bytes()
    path = tmp_path / "cut.ts"
    path.write_bytes(whole[: len(whole) // 2])
    assert 0 < len(list(frames(open_source(str(path))))) < 60


def test_an_unreadable_picture_is_refused(tmp_path: Path) -> None:
    """A file that ends in .png and is none is refused by name."""
    (tmp_path / "x.png").write_text("no picture")
    with pytest.raises(InvalidFile, match=r"x\.png"):
        list(frames(open_source(str(tmp_path))))


def test_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    """A missing path and a folder without pictures are refused."""
    with pytest.raises(InvalidFile, match="does not exist"):
        open_source(str(tmp_path / "nothing.mp4"))
    with pytest.raises(InvalidFile, match="no picture"):
        open_source(str(tmp_path))


def test_a_silent_camera_is_lost() -> None:
    """An address where nobody answers is a lost camera, not a bad file."""
    with pytest.raises(CameraLost, match="does not answer"):
        next(frames(open_source("http://127.0.0.1:9/stream")))


@pytest.mark.parametrize("path", ["/live", "/a@b?token=hush", "?password=hush"])
def test_a_lost_camera_is_named_without_its_password(path: str) -> None:
    """What is logged of a camera's address is its scheme and host."""
    source = open_source(f"rtsp://viewer:hush/1@127.0.0.1:1{path}")
    with pytest.raises(CameraLost, match=r"rtsp://\S+ does not answer") as lost:
        next(iter(frames(source)))
    assert "hush" not in str(lost.value)
    assert "viewer" not in str(lost.value)


def keyed_video(path: Path, *, gop: int, count: int = 60, fps: int = 10) -> Path:
    """Write a small H.264 video with a keyframe each `gop` frames, B-frames between."""
    options = {"g": str(gop), "keyint_min": str(gop), "sc_threshold": "0", "bf": "2"}
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for i in range(count):
            picture = np.full((48, 64, 3), 20 + 2 * i % 200, np.uint8)
            picture[10:20, i % 40 : i % 40 + 10] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def test_keyframes_alone_equal_the_same_frames_of_all(tmp_path: Path) -> None:
    """Decoding keyframes alone gives at each of them the very pixels and time of a full decoding."""
    source = open_source(str(keyed_video(tmp_path / "v.mp4", gop=20)))
    whole = {round(f.offset_s, 3): f.bgr for f in frames(source)}
    found = list(frames(source, decode="keyframes"))
    assert [round(f.offset_s, 3) for f in found] == [0.0, 2.0, 4.0]
    for frame in found:
        assert (frame.bgr == whole[round(frame.offset_s, 3)]).all()


@pytest.mark.parametrize(("period_s", "wanted"), [(2.0, 5), (1.0, 10), (4.0, 3)])
def test_keyframes_are_enough_where_they_come_once_a_period(
    tmp_path: Path, period_s: float, wanted: int
) -> None:
    """With a keyframe each two seconds, `auto` decodes keyframes alone from a period of two seconds on, and takes the frames that `all` takes."""
    source = open_source(str(keyed_video(tmp_path / "v.mp4", gop=20, count=100)))
    auto = [f.offset_s for f in frames(source, period_s, decode="auto")]
    assert auto == pytest.approx([f.offset_s for f in frames(source, period_s)])
    assert len(auto) == wanted


def test_a_resumed_source_takes_the_same_keyframes(tmp_path: Path) -> None:
    """Taking up after any keyframe gives exactly the rest."""
    source = open_source(str(keyed_video(tmp_path / "v.mp4", gop=10)))
    whole = [f.offset_s for f in frames(source, 1.0, decode="auto")]
    for i, at_s in enumerate(whole):
        assert [f.offset_s for f in frames(source, 1.0, at_s, decode="auto")] == whole[i + 1 :]


def test_luma_is_the_brightness_of_the_colours(tmp_path: Path) -> None:
    """The codec's own brightness plane, stretched to the full range, agrees with the grey of the converted colours."""
    for frame in frames(open_source(str(keyed_video(tmp_path / "v.mp4", gop=20, count=5)))):
        grey = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2GRAY)
        assert frame.luma.shape == grey.shape == (48, 64)
        assert frame.size_wh == (64, 48)
        assert np.abs(frame.luma.astype(int) - grey).mean() < 2


@pytest.mark.parametrize("name", ["v.mp4", "p.png"])
def test_the_mask_covers_colours_and_brightness(tmp_path: Path, name: str) -> None:
    """What the privacy mask covers is black in both, in pixels of the scene's own frame size; the rest is untouched."""
    path = tmp_path / name
    if name.endswith("png"):
        picture(path, 200)
    else:
        keyed_video(path, gop=20, count=40)
    mask = PrivacyMask((((0, 0), (64, 0), (64, 96), (0, 96)),), (128, 96))
    plain = list(frames(open_source(str(path))))[-1]
    masked = list(frames(open_source(str(path), mask=mask)))[-1]
    assert not masked.bgr[:, :32].any()
    assert not masked.luma[:, :32].any()
    assert (masked.bgr[:, 34:] == plain.bgr[:, 34:]).all()
    assert (masked.luma[:, 34:] == plain.luma[:, 34:]).all()
    assert masked.luma[:, 34:].min() > 50


def test_pictures_are_dated_by_their_names(tmp_path: Path) -> None:
    """A pattern reads the time from each name, in the zone given where the name has none."""
    for name in ("cam_20260302_080000.png", "cam_20260302_080130.png"):
        picture(tmp_path / name)
    source = open_source(str(tmp_path), times="cam_%Y%m%d_%H%M%S", zone=ZoneInfo("Europe/Paris"))
    assert [frame.offset_s for frame in frames(source)] == [0.0, 90.0]
    assert source.start_at is not None
    assert source.start_at.astimezone(UTC).isoformat() == "2026-03-02T07:00:00+00:00"


def test_pictures_are_dated_by_exif(tmp_path: Path) -> None:
    """The instant that the camera wrote into the picture counts, with its offset."""
    for second in (10, 25):
        (tmp_path / f"{second}.jpg").write_bytes(exif_jpeg(f"2026:03:02 08:00:{second}"))
    source = open_source(str(tmp_path), times="exif")
    assert [frame.offset_s for frame in frames(source)] == [0.0, 15.0]


def exif_jpeg(taken: str) -> bytes:
    """Return a JPEG whose Exif block says when it was taken (Exif 2.32: an IFD that points to another)."""
    text = taken.encode() + b"\0"
    pointer = struct.pack(">HHHII", 1, 0x8769, 4, 1, 26) + struct.pack(">I", 0)
    original = struct.pack(">HHHII", 1, 0x9003, 2, len(text), 44) + struct.pack(">I", 0)
    tiff = b"MM\0*" + struct.pack(">I", 8) + pointer + original + text
    block = b"Exif\0\0" + tiff
    _, body = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))
    plain = body.tobytes()
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block + plain[2:]


@pytest.mark.parametrize(
    ("times", "match"), [("exif", "DateTimeOriginal"), ("%Y%m%d", "holds no time")]
)
def test_a_picture_without_a_time_is_refused(tmp_path: Path, times: str, match: str) -> None:
    """Where the time is to come from the picture or its name and is not there, the file is named."""
    picture(tmp_path / "shot.png")
    with pytest.raises(InvalidFile, match=match):
        open_source(str(tmp_path), times=times)


def test_snapshots_are_asked_for_one_by_one() -> None:
    """An address that ends like a picture's name is asked again each period."""
    with http_camera() as address:
        found = list(islice(frames(open_source(f"{address}/shot.jpg")), 3))
    levels = [float(frame.bgr.mean()) for frame in found]
    assert levels == sorted(levels)
    assert found[0].bgr.shape == (48, 64, 3)


def test_mjpeg_is_read_as_a_stream() -> None:
    """A multipart stream gives frames, with full-range brightness."""
    with http_camera() as address:
        found = list(islice(frames(open_source(f"{address}/live")), 5))
    assert len(found) == 5
    grey = cv2.cvtColor(found[-1].bgr, cv2.COLOR_BGR2GRAY)
    assert np.abs(found[-1].luma.astype(int) - grey).mean() < 2


def test_a_snapshot_that_is_no_picture_is_a_lost_camera() -> None:
    """Text in the place of a picture, or a refusal, is a lost camera with its reason."""
    with http_camera() as address, pytest.raises(CameraLost, match="no picture"):
        next(frames(open_source(f"{address}/text.jpg")))


def test_a_missing_device_is_a_lost_camera() -> None:
    """A V4L2 device that is not there, or not yet plugged in, is tried again like any camera."""
    source = open_source("/dev/video99")
    assert source.is_live
    with pytest.raises(CameraLost, match="/dev/video99 cannot be opened"):
        next(frames(source))


@pytest.mark.parametrize("decode", ["all", "keyframes"])
def test_an_rtsp_camera_gives_frames(tmp_path: Path, decode: str) -> None:
    """From a real RTSP server frames come with growing times, all of them or keyframes alone."""
    clip = keyed_video(tmp_path / "v.mp4", gop=5, count=100)
    with rtsp_camera(clip) as address:
        found = list(islice(frames(open_source(address), decode=decode), 4))
    offsets = [frame.offset_s for frame in found]
    assert offsets == sorted(offsets)
    assert found[-1].size_wh == (64, 48)
    assert found[-1].bgr.mean() > 15


def test_an_rtsp_camera_goes_over_to_keyframes(tmp_path: Path) -> None:
    """On `auto` a stream whose keyframes come once a period is soon decoded at its keyframes alone."""
    clip = keyed_video(tmp_path / "v.mp4", gop=5, count=100)
    with rtsp_camera(clip) as address:
        found = list(islice(frames(open_source(address), 0.7, decode="auto"), 7))
    assert all(frame.picture.key_frame for frame in found[-3:])


@pytest.mark.parametrize(("period_s", "wanted"), [(2.0, 6), (1.0, 11)])
def test_a_camera_that_jitters_loses_no_frame(
    monkeypatch: pytest.MonkeyPatch, period_s: float, wanted: int
) -> None:
    """Frames that arrive each second, some milliseconds early or late, are all taken at a period of one second, every other one at two."""
    early_late = [0.02 * (-1) ** i for i in range(11)]
    stream = [
        (str(i), max(0.0, i + early_late[i]), np.zeros((4, 4, 3), np.uint8)) for i in range(11)
    ]
    monkeypatch.setattr("vision.source._pictures", lambda *_: iter(stream))
    assert len(list(frames(open_source("rtsp://camera"), period_s))) == wanted
