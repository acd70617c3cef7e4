"""Detectors are compared on labelled folders, and folders that cannot be read are refused."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from models.cli import models
from models.errors import DatasetInvalid
from models.labelled import open_folder, read_pictures
from models.measure import average_precision
from models.recipes.int8 import windows

FOLDERS = "path: {root}\ntrain: images/train\nval: images/val\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a labelled folder of one picture with a car in its left upper quarter and a person."""
    for kind in ("images", "labels"):
        (tmp_path / kind / "val").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images" / "val" / "a.png"), np.full((100, 200, 3), 90, np.uint8))
    (tmp_path / "labels" / "val" / "a.txt").write_text("1 0.25 0.25 0.5 0.5\n0 0.9 0.9 0.1 0.1\n")
    names = "names:\n  0: person\n  1: car\n"
    (tmp_path / "data.yaml").write_text(FOLDERS.format(root=tmp_path) + names)
    (tmp_path / "conditions.csv").write_text("file,condition\na.png,night\n")
    return tmp_path


def test_a_labelled_folder_gives_boxes_in_pixels_with_names_and_condition(folder: Path) -> None:
    """Shares become pixels of the picture; names by index and the condition of the file come along."""
    opened = open_folder(folder, "val")
    (picture,) = read_pictures(opened)

    assert opened.names == ("person", "car")
    np.testing.assert_allclose(picture.boxes_xyxy[0], [0, 0, 100, 50])
    assert (picture.class_ids.tolist(), picture.condition) == ([1, 0], "night")


@pytest.mark.parametrize("names", ["names: [person, 'car']\n", "names:\n  - person\n  - car\n"])
def test_names_are_read_in_each_form_that_ultralytics_takes(folder: Path, names: str) -> None:
    """A list in brackets and one of dashes give the same names as indices do."""
    (folder / "data.yaml").write_text(FOLDERS.format(root=folder) + names)

    assert open_folder(folder / "data.yaml", "val").names == ("person", "car")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: (root / "data.yaml").write_text("names: [car]\n"), "no val"),
        (lambda root: (root / "labels" / "val" / "a.txt").write_text("1 0.5 0.5\n"), r"a\.txt"),
        (lambda root: (root / "images" / "val" / "a.png").write_bytes(b"no"), r"a\.png"),
        (lambda root: (root / "images" / "val" / "a.png").unlink(), "no picture"),
        (lambda root: (root / "conditions.csv").write_text("name\n"), "file, condition"),
    ],
)
def test_a_folder_that_cannot_be_read_is_refused_naming_the_file(
    folder: Path, spoil: Callable[[Path], object], said: str
) -> None:
    """A missing part, a broken label, a broken picture, none at all and wrong columns are named."""
    spoil(folder)

    with pytest.raises(DatasetInvalid, match=said):
        list(read_pictures(open_folder(folder, "val")))


def test_an_empty_street_is_compared_honestly(folder: Path, tmp_path: Path) -> None:
    """On plain grey with a label the embedded network finds nothing: recall and mAP are 0, precision is not known, never 1."""
    out = tmp_path / "c.json"
    table = tmp_path / "c.md"
    done = CliRunner().invoke(
        models,
        [
            "compare",
            "nanodet-g-int8",
            "--data",
            str(folder),
            "--json",
            str(out),
            "--markdown",
            str(table),
        ],
    )
    assert done.exit_code == 0, done.output
    rows = {row["group"]: row for row in json.loads(out.read_text())}

    assert set(rows) == {"all", "large", "night"}
    assert (rows["all"]["labelled"], rows["all"]["recall"], rows["all"]["map50"]) == (1, 0.0, 0.0)
    assert rows["all"]["precision"] is None
    assert rows["all"]["picture_ms"] > 0
    assert "| nanodet-g-int8 | night | 1 |  | 0.000 | 0.000 |  |" in table.read_text()


def test_real_vehicles_raise_recall_and_precision(tmp_path: Path, repo: Path) -> None:
    """On a rendered frame with its true boxes the embedded network has most vehicles and few others."""
    clip = repo / "sample_data" / "clips" / "day"
    capture = cv2.VideoCapture(str(clip / "clip.mp4"))
    capture.set(cv2.CAP_PROP_POS_FRAMES, 150)
    _, picture = capture.read()
    for kind in ("images", "labels"):
        (tmp_path / kind / "val").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "images" / "val" / "150.png"), picture)
    lines = []
    with (clip / "boxes.csv").open() as stream:
        for row in csv.DictReader(stream):
            if row["frame"] == "150" and float(row["visible_share"]) > 0.5:
                x0, y0, x1, y1 = (float(row[side]) for side in ("x0", "y0", "x1", "y1"))
                shares = ((x0 + x1) / 2560, (y0 + y1) / 1440, (x1 - x0) / 1280, (y1 - y0) / 720)
                lines.append("0 " + " ".join(map(str, shares)))
    (tmp_path / "labels" / "val" / "150.txt").write_text("\n".join(lines))
    (tmp_path / "data.yaml").write_text(FOLDERS.format(root=tmp_path) + "names: [car]\n")
    out = tmp_path / "c.json"
    arguments = ["compare", "nanodet-g-int8", "--data", str(tmp_path), "--json", str(out)]
    CliRunner().invoke(models, arguments, catch_exceptions=False)
    row = json.loads(out.read_text())[0]

    assert row["labelled"] == len(lines) >= 3
    assert row["recall"] > 0.5
    assert row["precision"] > 0.5
    assert row["map50"] > 0.5


def test_average_precision_of_a_known_order() -> None:
    """Right, wrong, right of two labelled: half the recall at precision 1, half at two thirds."""
    assert average_precision(np.array([True, False, True]), 2) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.array([], bool), 2) == 0


@given(hits=st.lists(st.booleans(), max_size=20), missed=st.integers(0, 5))
def test_average_precision_is_a_share_and_falls_with_what_is_missed(
    hits: list[bool], missed: int
) -> None:
    """It lies between 0 and the recall, and more labelled vehicles that nobody found lower it."""
    labelled = sum(hits) + missed
    if labelled:
        value = average_precision(np.array(hits, bool), labelled)
        assert 0 <= value <= sum(hits) / labelled + 1e-9
        assert average_precision(np.array(hits, bool), labelled + 1) <= value


def test_windows_of_a_folder_are_square_and_repeatable(folder: Path) -> None:
    """Each picture gives its windows at the network's size, the same each time."""
    first = list(windows(folder / "images" / "val", (64, 64)))

    assert [window.shape for window in first] == [(64, 64, 3)] * 3
    assert (first[0][-10:] == 114).all()
    for one, other in zip(first, windows(folder / "images" / "val", (64, 64)), strict=True):
        np.testing.assert_array_equal(one, other)
