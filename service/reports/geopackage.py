"""The report as a GeoPackage with the layers bays and commune, for desktop GIS."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

import geopandas
import pyogrio
from shapely.geometry import shape

from geo.crs import WGS84
from service.reports.figures import CommuneReport
from service.reports.table import bay_rows

DATE_OPTION = "OGR_CURRENT_DATE"
"""GDAL's option for the date it writes into a GeoPackage; set to the data's, so that the bytes repeat."""

_ONE_AT_A_TIME = Lock()
"""GDAL's options are of the process."""


def report_gpkg(report: CommuneReport) -> bytes:
    """Return the GeoPackage in EPSG:4326; the same report gives the same bytes."""
    stamp = f"{report.month.to_on:%Y-%m-%d}T00:00:00.000Z"
    with TemporaryDirectory(prefix="airelib-report-") as folder, _ONE_AT_A_TIME:
        path = Path(folder) / "report.gpkg"
        pyogrio.set_gdal_config_options({DATE_OPTION: stamp})
        try:
            _bays(report).to_file(path, layer="bays", driver="GPKG", engine="pyogrio")
            _commune(report).to_file(path, layer="commune", driver="GPKG", engine="pyogrio")
        finally:
            pyogrio.set_gdal_config_options({DATE_OPTION: None})
        return path.read_bytes()


def _bays(report: CommuneReport) -> Any:
    outlines = [shape(place["geometry"]) for place in report.bays]
    return geopandas.GeoDataFrame(list(bay_rows(report)), geometry=outlines, crs=WGS84)


def _commune(report: CommuneReport) -> Any:
    month = report.month
    row = {
        "insee": report.commune.insee,
        "name": report.commune.name,
        "month": report.period,
        "coverage": month.coverage,
        "occupancy": month.occupancy.value,
        "occupancy_low": month.occupancy.low,
        "occupancy_high": month.occupancy.high,
        "stays": month.stays,
        "turnover_per_place_hour": month.turnover.value,
        "dwell_median_min": month.dwell.median_min,
        "sample_data": int(report.sample),
        "report_id": report.report_id,
    }
    return geopandas.GeoDataFrame([row], geometry=[shape(report.outline["geometry"])], crs=WGS84)
