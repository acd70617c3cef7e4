"""Makes the files of the invented quarter: `python -m sample_data.quarter.build`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon

from geo.bays import bays_geojson
from geo.communes import CommuneOutline, communes_geojson
from geo.crs import to_lonlat
from geo.streets import Street, streets_geojson
from geo.words import Commune
from sample_data.quarter.camera_street import street_axis_xy
from sample_data.quarter.kerb import make_bays
from sample_data.quarter.names import COMMUNES, CRS, RIVER
from sample_data.quarter.outlines import Outlines, make_outlines
from sample_data.quarter.roads import Road, make_roads

FOLDER = Path(__file__).parent
SEED = 7

RIVER_TOLERANCE_M, ROAD_TOLERANCE_M = 2.0, 0.8
"""How far a published line may lie from the drawn one."""


def quarter_files() -> dict[str, bytes]:
    """Return the three files of the quarter by name; the same bytes each time."""
    outlines, roads = _ground()
    streets = [_street(road) for road in roads] + [_river(outlines)]
    return {
        "communes.geojson": _text(communes_geojson(_communes(outlines))),
        "bays.geojson": _text(bays_geojson(make_bays(roads, SEED))),
        "streets.geojson": _text(streets_geojson(streets)),
    }


@lru_cache(maxsize=1)
def _ground() -> tuple[Outlines, list[Road]]:
    outlines = make_outlines(SEED)
    return outlines, make_roads(outlines, LineString(street_axis_xy()), SEED)


def _communes(outlines: Outlines) -> Iterable[CommuneOutline]:
    for commune, outline in zip(COMMUNES, outlines.communes, strict=True):
        ring = to_lonlat(shapely.get_coordinates(shapely.orient_polygons(outline)), CRS)
        word = Commune(insee=commune.insee, name=commune.name, population=commune.population)
        yield CommuneOutline(word, Polygon(np.round(ring, 7)))


def _street(road: Road) -> Street:
    line = to_lonlat(np.array(road.line.simplify(ROAD_TOLERANCE_M).coords), CRS)
    return Street(name=road.name, commune=road.insee, kind=road.kind, line_lonlat=_points(line))


def _river(outlines: Outlines) -> Street:
    line = to_lonlat(np.array(outlines.river.simplify(RIVER_TOLERANCE_M).coords), CRS)
    return Street(name=RIVER, kind="river", line_lonlat=_points(line))


def _points(line: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[tuple[float, float], ...]:
    return tuple((float(lon), float(lat)) for lon, lat in line)


def _text(collection: Mapping[str, Any]) -> bytes:
    """Write one feature a line: small, and readable in a comparison."""
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False, separators=(",", ":"))
        for feature in collection["features"]
    )
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'.encode()


def write() -> None:
    """Write the files beside this module."""
    for name, data in quarter_files().items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    write()
