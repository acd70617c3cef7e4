"""The forms in which an inventory is handed out, by the name that commands have for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """How a form of files is called and served."""

    suffix: str
    media_type: str
    comes_back: bool
    """Whether reading it gives back every bay as it was."""


FORMS = {
    "cerema": Form("csv", "text/csv; charset=utf-8", comes_back=True),
    "geojson": Form("geojson", "application/geo+json", comes_back=True),
    "gpkg": Form("gpkg", "application/geopackage+sqlite3", comes_back=True),
    "geoparquet": Form("parquet", "application/vnd.apache.parquet", comes_back=False),
    "cds": Form("json", "application/json", comes_back=True),
    "datex2": Form("xml", "application/xml", comes_back=False),
    "dialog": Form("json", "application/json", comes_back=False),
}

OPEN_FORMS = ("cerema", "geojson", "gpkg", "geoparquet")
"""Those that anyone may take from the service."""
