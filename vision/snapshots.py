"""Snapshot cameras: one picture a request over HTTP, asked for at the camera's period."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import cv2
import httpx
import numpy as np

from geo.errors import CameraLost
from vision.frame import Pixels

TIMEOUT_S = 10.0
"""Longest wait for a picture (parameter)."""

MAX_PICTURE_BYTES = 20_000_000
"""Largest picture that is read: four times a 12-megapixel JPEG (assumption)."""

LEAST_PERIOD_S = 0.2
"""Shortest time between two requests."""


def snapshots(
    url: str, shown: str, period_s: float, stop: threading.Event
) -> Iterator[tuple[int, float, Pixels]]:
    """Yield number, seconds since the first request and pixels, shape (height, width, 3), until told to stop.

    Raises
    ------
    CameraLost
        When the camera does not answer, or with something that is no picture.
    """
    started_s, number = time.monotonic(), 0
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        while not stop.is_set():
            asked_s = time.monotonic()
            yield number, asked_s - started_s, _snapshot(client, url, shown)
            number += 1
            stop.wait(max(0.0, asked_s + max(period_s, LEAST_PERIOD_S) - time.monotonic()))


def _snapshot(client: httpx.Client, url: str, shown: str) -> Pixels:
    try:
        with client.stream("GET", url, auth=_auth(url)) as answer:
            if answer.status_code != httpx.codes.OK:
                raise CameraLost(f"{shown} answers {answer.status_code}: wanted a picture")
            body = _body(answer, shown)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CameraLost(f"{shown} does not answer: {type(error).__name__}") from error
    pixels = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR) if body else None
    if pixels is None:
        raise CameraLost(
            f"{shown} answers {len(body)} bytes that are no picture: wanted JPEG or PNG"
        )
    return np.asarray(pixels, np.uint8)


def _auth(url: str) -> httpx.BasicAuth | None:
    user = httpx.URL(url)
    return httpx.BasicAuth(user.username, user.password) if user.username else None


def _body(answer: httpx.Response, shown: str) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > MAX_PICTURE_BYTES:
            raise CameraLost(
                f"{shown} answers more than {MAX_PICTURE_BYTES} bytes: wanted one picture"
            )
    return bytes(body)
