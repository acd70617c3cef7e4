"""Reads a labelled folder of the YOLO format: pictures, boxes, and the condition of each picture where it is told."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import DatasetInvalid

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")
"""Files of a folder that count as pictures."""

COLUMNS = 5
"""Class, centre x, centre y, width, height: a line of a label file."""


@dataclass(frozen=True)
class Labelled:
    """One picture and what stands on it."""

    name: str
    picture_bgr: NDArray[np.uint8]
    """Shape (height, width, 3), 0..255."""
    boxes_xyxy: NDArray[np.float32]
    """Shape (n, 4), pixels of the picture."""
    class_ids: NDArray[np.int64]
    """Shape (n,), index in the folder's names."""
    condition: str
    """What conditions.csv says; empty where it says nothing."""


@dataclass(frozen=True)
class Folder:
    """A labelled folder."""

    names: tuple[str, ...]
    """Class names by index."""
    pictures: Path
    """Folder of the pictures of the chosen part; labels lie where `images` is called `labels`."""
    conditions: dict[str, str]


def open_folder(data: Path, split: str) -> Folder:
    """Open the part of a folder that its data.yaml names.

    Parameters
    ----------
    data
        The data.yaml, or the folder that holds it.
    split
        `train`, `val` or `test`.

    Raises
    ------
    DatasetInvalid
        If a key is missing or a folder is not there; the sentence names it. Of YAML the flat form that Ultralytics writes is read:
        `path`, `train`, `val`, `test` on a line each, and `names` as a list or by index.
    """
    page = data / "data.yaml" if data.is_dir() else data
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise DatasetInvalid(f"{page} cannot be read: {error.strerror}.") from error
    part, names = _value(text, split), _names(text)
    if not part or not names:
        raise DatasetInvalid(f"{page} has no {'names' if part else split}.")
    pictures = page.parent / _value(text, "path") / part
    if not pictures.is_dir():
        raise DatasetInvalid(f"{page} names the folder {pictures}, which is not there.")
    return Folder(names, pictures, _conditions(page.parent / "conditions.csv"))


def read_pictures(folder: Folder) -> Iterator[Labelled]:
    """Yield the pictures of a folder with their labels, by name.

    Raises
    ------
    DatasetInvalid
        If there is none, one cannot be read, or a label is no line of a class and four shares.
    """
    files = sorted(p for p in folder.pictures.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        raise DatasetInvalid(f"{folder.pictures} holds no picture ({', '.join(PICTURE_SUFFIXES)}).")
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None:
            raise DatasetInvalid(f"{file} is no picture that OpenCV can read.")
        height, width = picture.shape[:2]
        rows = _labels(_label_path(file))
        centres, sizes = rows[:, 1:3], rows[:, 3:5]
        shares = np.hstack([centres - sizes / 2, centres + sizes / 2])
        yield Labelled(
            name=file.name,
            picture_bgr=np.asarray(picture, np.uint8),
            boxes_xyxy=(shares * np.tile([width, height], 2)).astype(np.float32),
            class_ids=rows[:, 0].astype(np.int64),
            condition=folder.conditions.get(file.name, ""),
        )


def _label_path(file: Path) -> Path:
    parts = list(file.parts)
    places = [i for i, part in enumerate(parts) if part == "images"]
    if not places:
        raise DatasetInvalid(
            f"{file} lies in no folder called images, so that its labels are not known."
        )
    parts[places[-1]] = "labels"
    return Path(*parts).with_suffix(".txt")


def _labels(path: Path) -> NDArray[np.float64]:
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    rows = [line.split() for line in lines if line.strip()]
    try:
        return np.asarray(rows, np.float64).reshape(-1, COLUMNS)
    except ValueError as error:
        raise DatasetInvalid(
            f"{path} holds a line that is not a class and four shares: {error}."
        ) from error


def _value(text: str, key: str) -> str:
    found = re.search(rf"^{key}:[ \t]*(.*)$", text, flags=re.MULTILINE)
    return found.group(1).strip().strip("'\"") if found else ""


def _names(text: str) -> tuple[str, ...]:
    listed = re.search(r"^names:\s*\[(.*?)\]", text, flags=re.MULTILINE | re.DOTALL)
    if listed:
        return tuple(
            part.strip().strip("'\"") for part in listed.group(1).split(",") if part.strip()
        )
    _, _, rest = text.partition("\nnames:")
    lines = re.findall(r"^[ \t]+(?:-|\d+:)[ \t]*(.+)$", rest, flags=re.MULTILINE)
    return tuple(line.strip().strip("'\"") for line in lines)


def _conditions(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        if not {"file", "condition"} <= set(reader.fieldnames or ()):
            raise DatasetInvalid(
                f"{path} has the columns {reader.fieldnames}: wanted file, condition."
            )
        return {row["file"]: row["condition"] for row in reader}
