"""Answers of the native API: JSON that a client may keep and ask about again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from fastapi import Request, Response
from fastapi.responses import JSONResponse
from numpy.typing import NDArray

GEOJSON = "application/geo+json"
"""Media type of RFC 7946."""


class GeoJson(JSONResponse):
    """An answer of GeoJSON, for the published OpenAPI."""

    media_type = GEOJSON


DECIMALS = 3
"""Decimals of a published share: a tenth of a percent."""

REVALIDATE = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding, Authorization"}
"""A client keeps the answer but asks each time; an exclusion must show at once."""


def tag_of(*parts: object) -> str:
    """Return a weak entity tag of what an answer depends on."""
    return f'W/"{hashlib.sha256(repr(parts).encode()).hexdigest()[:20]}"'


def answer(request: Request, content: Any, media_type: str = "application/json") -> Response:
    """Answer JSON, or 304 where the client has the same already."""
    body = encode(content)
    return answer_tagged(request, tag_of(body), lambda: body, media_type)


def answer_tagged(
    request: Request, tag: str, body: Callable[[], bytes], media_type: str = "application/json"
) -> Response:
    """Answer 304 where the client has this version, else the body, which is made only then."""
    headers = {"ETag": tag, **REVALIDATE}
    asked = request.headers.get("if-none-match", "")
    if tag in (part.strip() for part in asked.split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body(), media_type=media_type, headers=headers)


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return a GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}


def encode(content: Any) -> bytes:
    """Write JSON without spaces; a NaN that got this far is a mistake and raises."""
    return json.dumps(content, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode()


def shares(values: NDArray[np.float64]) -> list[Any]:
    """Return shares as nested lists, rounded, with None where NaN: unseen is not empty."""
    rounded = np.round(values, DECIMALS)
    if not np.isnan(rounded).any():
        plain: list[Any] = rounded.tolist()
        return plain
    boxed = rounded.astype(object)
    boxed[np.isnan(rounded)] = None
    nested: list[Any] = boxed.tolist()
    return nested


def share(value: float) -> float | None:
    """Return one share, rounded, or None where NaN."""
    return None if np.isnan(value) else round(float(value), DECIMALS)
