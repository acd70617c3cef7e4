"""Makes an 8-bit OpenVINO network from trusted weights and pictures of the kind it will see."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.errors import DatasetInvalid, ToolMissing
from models.manifest import Weights, read_network
from models.nanodet import normalise

WINDOW_SHARES = (1.0, 0.5, 0.3)
"""Sides of the windows over the longer side of a picture: whole frames and crops of the kind that a plan holds."""

GREY = 114
"""Padding of windows beyond the picture, 0..255, as in the detector's crops."""

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png")
"""Files of a folder that count as pictures."""


def windows(folder: Path, size_wh: tuple[int, int], seed: int = 0) -> Iterator[NDArray[np.uint8]]:
    """Yield square windows of the pictures of a folder, at the network's size, one of each share a picture.

    Parameters
    ----------
    folder
        Pictures.
    size_wh
        Width and height of the network's input in pixels.
    seed
        Draws where the windows lie.

    Returns
    -------
    Iterator
        Shape (height, width, 3), blue-green-red, 0..255.

    Raises
    ------
    DatasetInvalid
        If the folder holds no picture.
    """
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
    if not files:
        raise DatasetInvalid(f"{folder} holds no picture ({', '.join(PICTURE_SUFFIXES)}).")
    random = np.random.default_rng(seed)
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None:
            raise DatasetInvalid(f"{file} is no picture that OpenCV can read.")
        for share in WINDOW_SHARES:
            yield _window(np.asarray(picture, np.uint8), share, size_wh, random)


def quantise(weights: Weights, folder: Path, out: Path, subset: int = 300) -> None:
    """Write an 8-bit OpenVINO IR.

    Parameters
    ----------
    weights
        What is quantised: ONNX or IR.
    folder
        Pictures to calibrate with; they are read, never kept.
    out
        The `.xml` to write; its `.bin` lies beside it. The input stays normalised as the manifest says.
    subset
        Windows that are looked at.

    Raises
    ------
    ToolMissing
        If NNCF is not installed.
    DatasetInvalid
        If the folder holds no picture.

    Notes
    -----
    Source: NNCF post-training quantisation, `nncf.quantize`, preset "mixed" (symmetric weights, asymmetric activations).
    """
    try:
        import nncf
        import openvino
    except ModuleNotFoundError as error:
        raise ToolMissing(f"8 bits need {error.name}: install airelib[ultralytics].") from error
    network = read_network(weights)
    model = openvino.Core().read_model(network.content, network.data)
    width, height = weights.input_size_wh
    model.reshape([-1, 3, height, width])
    pictures = list(islice(windows(folder, weights.input_size_wh), subset))
    calibration = nncf.Dataset([_planes(picture, weights) for picture in pictures])
    smaller = nncf.quantize(
        model, calibration, preset=nncf.QuantizationPreset.MIXED, subset_size=len(pictures)
    )
    openvino.save_model(smaller, str(out), compress_to_fp16=False)


def _planes(picture: NDArray[np.uint8], weights: Weights) -> NDArray[np.float32]:
    planes = normalise(picture[None], weights.mean_bgr, weights.std_bgr)
    return planes[:, ::-1] if weights.channel_order == "rgb" else planes


def _window(
    picture: NDArray[np.uint8],
    share: float,
    size_wh: tuple[int, int],
    random: np.random.Generator,
) -> NDArray[np.uint8]:
    height, width = picture.shape[:2]
    side = round(share * max(height, width))
    x0, y0 = (int(random.integers(0, max(length - side, 0) + 1)) for length in (width, height))
    part = picture[y0 : y0 + side, x0 : x0 + side]
    below, right = side - part.shape[0], side - part.shape[1]
    square = cv2.copyMakeBorder(part, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(GREY,) * 3)
    return np.asarray(cv2.resize(square, size_wh, interpolation=cv2.INTER_AREA), np.uint8)
