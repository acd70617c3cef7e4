"""The door to GDAL: frames become the layers of a GeoPackage whose bytes repeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import pyogrio

DATE_OPTION = "OGR_CURRENT_DATE"
"""GDAL's option for the date it writes into a GeoPackage; set to the data's, so that the bytes repeat."""

_ONE_AT_A_TIME = Lock()
"""GDAL's options are of the process."""


@contextmanager
def geopackage_file(layers: Mapping[str, Any], dated_on: date) -> Iterator[Path]:
    """Give the path of a GeoPackage with a layer for each GeoDataFrame, in order; it is gone afterwards."""
    stamp = f"{dated_on:%Y-%m-%d}T00:00:00.000Z"
    with TemporaryDirectory(prefix="airelib-gpkg-") as folder:
        path = Path(folder) / "layers.gpkg"
        with _ONE_AT_A_TIME:
            pyogrio.set_gdal_config_options({DATE_OPTION: stamp})
            try:
                for name, frame in layers.items():
                    frame.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
            finally:
                pyogrio.set_gdal_config_options({DATE_OPTION: None})
        yield path
