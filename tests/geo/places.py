"""Builders of bay and commune features for tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.crs import to_lonlat

ORIGIN_XY = (690_000.0, 6_862_000.0)
"""EPSG:2154."""


def ring(
    x_m: float = 0.0, y_m: float = 0.0, length_m: float = 12.0, width_m: float = 2.2
) -> list[list[float]]:
    """Return a closed rectangle as longitudes and latitudes, its corner at a metric offset."""
    corners = np.array([[0, 0], [length_m, 0], [length_m, width_m], [0, width_m], [0, 0]], float)
    return to_lonlat(corners + ORIGIN_XY + np.array([x_m, y_m]), "EPSG:2154").tolist()


def bay_feature(bay_id: str = "99001-0001", **properties: Any) -> dict[str, Any]:
    """Return a bay that is right in all respects, with some properties changed."""
    geometry = properties.pop("geometry", {"type": "Polygon", "coordinates": [ring()]})
    given = {
        "bay_id": bay_id,
        "commune": "99001",
        "length_m": 12.0,
        "capacity": 2,
        "bay_type": "permanent",
        "rules": [],
    }
    return {"type": "Feature", "properties": given | properties, "geometry": geometry}


def commune_feature(insee: str, x_m: float, y_m: float, size_m: float = 1000.0) -> dict[str, Any]:
    """Return a square commune with its corner at a metric offset."""
    return {
        "type": "Feature",
        "properties": {"insee": insee, "name": f"Commune {insee}"},
        "geometry": {"type": "Polygon", "coordinates": [ring(x_m, y_m, size_m, size_m)]},
    }


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """Return features as a FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}
