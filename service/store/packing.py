"""How the figures of one bay and local day become bytes, and back."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES

CLASSES = len(VEHICLE_CLASSES)

ROWS = 3 + 2 * CLASSES
"""Rows of a packed day: seen, occupied, full, vehicle-seconds by class, arrivals by class."""

PACKED = np.dtype("<u2")
"""Little-endian 16-bit integers hold 72 vehicles for a whole slot of 900 s."""

LEVEL = 3
"""zlib level: at 6 a day is 5 % smaller and takes twice the time to pack."""


@dataclass(frozen=True)
class Packed:
    """One bay and day as it is stored."""

    slots: int
    checksum: int
    """CRC-32 of the unpacked bytes."""
    figures: bytes


def pack(day: NDArray[np.int32]) -> Packed:
    """Pack the figures of one bay and day, shape ``(13, slots)``, rows as in ``ROWS``.

    Raises
    ------
    ValueError
        A value does not fit 16 bits: more vehicles than any bay holds.
    """
    if day.min(initial=0) < 0 or day.max(initial=0) > np.iinfo(PACKED).max:
        raise ValueError(f"figures reach {day.min()}..{day.max()}: wanted 0..65535")
    plain = np.ascontiguousarray(day, PACKED).tobytes()
    return Packed(day.shape[1], zlib.crc32(plain), zlib.compress(plain, LEVEL))


def unpack(figures: bytes, slots: int) -> NDArray[np.uint16]:
    """Unpack the figures of one bay and day, shape ``(13, slots)``."""
    return np.frombuffer(zlib.decompress(figures), PACKED).reshape(ROWS, slots)
