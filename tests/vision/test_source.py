"""Pictures in: order, times, thinning out, and unreadable files."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from geo.errors import CameraLost, InvalidFile
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
