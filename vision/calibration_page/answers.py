"""What the page is told, as JSON: the map, a fit, and what saving did."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.calibration import MAX_RESIDUAL_M, MIN_PAIRS
from vision.calibration_page.fit import BaySketch, Fit
from vision.calibration_page.kerb import Kerb
from vision.calibration_page.scene_file import Saved

Floats = NDArray[np.float64]


def kerb_json(kerb: Kerb) -> dict[str, Any]:
    """Return the map: bays and streets in metres, east and north."""
    return {
        "bays": [
            {
                "bay_id": bay.bay_id,
                "capacity": bay.capacity,
                "ring": np.round(bay.ring_m, 3).tolist(),
            }
            for bay in kerb.bays
        ],
        "streets": [
            {"name": street.name, "kind": street.kind, "line": np.round(street.line_m, 2).tolist()}
            for street in kerb.streets
        ],
    }


def fit_json(fit: Fit, size_wh: tuple[int, int]) -> dict[str, Any]:
    """Return a fit, its bays in 0..1 of the frame."""
    return {
        "verdict": fit.verdict.value,
        "residual_m": fit.residual_m,
        "limit_m": MAX_RESIDUAL_M,
        "wanted_pairs": MIN_PAIRS,
        "errors_m": list(fit.errors_m),
        "worst": fit.worst,
        "is_blamed": fit.is_blamed,
        "bays": [_bay_json(bay, np.asarray(size_wh, np.float64)) for bay in fit.bays],
    }


def saved_json(
    saved: Saved, mask_px: list[list[tuple[float, float]]], blurred: Path | None
) -> dict[str, Any]:
    """Return what saving did, with the mask as a line of the worker's configuration."""
    return {
        "scene": saved.path.name,
        "valid_from": saved.valid_from,
        "is_new": saved.is_new,
        "kept": saved.kept,
        "mask_toml": mask_toml(mask_px),
        "blurred": blurred.name if blurred else None,
    }


def mask_toml(mask_px: list[list[tuple[float, float]]]) -> str:
    """Return the mask as the line that the worker's configuration may hold; empty without a mask."""
    polygons = ", ".join(
        "[" + ", ".join(f"[{x:g}, {y:g}]" for x, y in outline) + "]" for outline in mask_px
    )
    return f"privacy_mask = [{polygons}]" if mask_px else ""


def _bay_json(bay: BaySketch, size: Floats) -> dict[str, Any]:
    return {
        "bay_id": bay.bay_id,
        "capacity": bay.capacity,
        "verdict": bay.verdict.value,
        "outline": np.round(bay.outline_px / size, 5).tolist(),
        "top": np.round(bay.top_px / size, 5).tolist(),
        "seen_share": round(bay.seen_share, 2),
        "vehicle_px": round(bay.vehicle_px, 1),
        "is_drawn": bay.is_drawn,
    }
