"""What a reader is told beside the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from geo.communes import CommuneOutline
from geo.streets import Street

AUTO = "auto"
"""The format is told by header and keys."""


@dataclass(frozen=True)
class ReadOptions:
    """How to read an inventory."""

    file_format: str = AUTO
    """``auto`` or one of ``geo.inventory.formats.FORMATS``."""
    communes: Sequence[CommuneOutline] = ()
    """Outlines that tell in which commune a bay lies."""
    successors: Mapping[str, str] = field(default_factory=dict)
    """Commune of today of each former one, as the file of communes gives it."""
    commune: str | None = None
    """INSEE code of rows that declare none and lie in no outline."""
    crs: str | None = None
    """Reference system of the coordinates, such as ``EPSG:2154``; None: what the file declares, else WGS 84."""
    streets: Sequence[Street] = ()
    """Named lines by which bays given as points are turned."""
