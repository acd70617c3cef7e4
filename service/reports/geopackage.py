"""The report as a GeoPackage with the layers bays and commune, for desktop GIS."""

from __future__ import annotations

from typing import Any

import geopandas
from shapely.geometry import shape

from geo.crs import WGS84
from geo.exports.gdal import geopackage_file
from service.reports.figures import CommuneReport
from service.reports.table import bay_rows


def report_gpkg(report: CommuneReport) -> bytes:
    """Return the GeoPackage in EPSG:4326; the same report gives the same bytes."""
    layers = {"bays": _bays(report), "commune": _commune(report)}
    with geopackage_file(layers, report.month.to_on) as path:
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
