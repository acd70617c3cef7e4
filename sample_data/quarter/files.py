"""The committed files of the quarter, as bytes and as words."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from geo.bays import read_bays
from geo.communes import CommuneOutline, read_communes
from geo.streets import Street, read_streets
from geo.words import Bay

BAYS, COMMUNES, STREETS = "bays.geojson", "communes.geojson", "streets.geojson"


def quarter_path(name: str) -> Path:
    """Return the path of a committed file by its name."""
    return Path(__file__).with_name(name)


@lru_cache(maxsize=1)
def quarter_bays() -> tuple[Bay, ...]:
    """Return the bays of the quarter in the order of their identifiers."""
    return read_bays(quarter_path(BAYS).read_bytes()).bays


@lru_cache(maxsize=1)
def quarter_communes() -> tuple[CommuneOutline, ...]:
    """Return the communes of the quarter in the order of their codes."""
    return read_communes(quarter_path(COMMUNES).read_bytes()).communes


@lru_cache(maxsize=1)
def quarter_streets() -> tuple[Street, ...]:
    """Return the streets and the river of the quarter."""
    return read_streets(quarter_path(STREETS).read_bytes())
