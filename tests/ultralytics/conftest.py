"""A real YOLO, trained for some epochs on the rendered clips."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ultralytics.street import EPOCHS, NAMES, SIDE_PX, Trained, called, write_part


@pytest.fixture(scope="session")
def user_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the session a folder of own weights."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRELIB_MODELS_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the data.yaml of a folder of rendered frames: two clips to train on, one to look at."""
    folder = tmp_path_factory.mktemp("yolo")
    conditions: list[tuple[str, str]] = []
    write_part(folder, "train", "day", conditions)
    write_part(folder, "train", "rain", conditions)
    write_part(folder, "val", "oblique", conditions)
    names = "\n".join(f"  {i}: {name}" for i, name in enumerate(NAMES))
    page = f"path: {folder}\ntrain: images/train\nval: images/val\nnames:\n{names}\n"
    (folder / "data.yaml").write_text(page)
    rows = "\n".join(f"{name},{condition}" for name, condition in conditions)
    (folder / "conditions.csv").write_text(f"file,condition\n{rows}\n")
    return folder / "data.yaml"


@pytest.fixture(scope="session")
def trained(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train YOLO11n from its definition file."""
    out = tmp_path_factory.mktemp("trained") / "street.pt"
    options = {
        "--start": "yolo11n.yaml",
        "--epochs": EPOCHS,
        "--size": SIDE_PX,
        "--batch": 16,
        "--warmup": 0,
    }
    flat = [part for option in options.items() for part in option]
    called("train", labelled, *flat, "--seed", 7, "--out", out)
    return Trained(out, json.loads(out.with_suffix(".json").read_text()), labelled)
