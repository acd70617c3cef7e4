"""Facts of a bay as bytes, so that they can travel between machines, and back."""

from __future__ import annotations

import io
from dataclasses import fields
from typing import Any

import numpy as np

from geo.facts.bay_facts import BayFacts

COUNTS = frozenset(field.name for field in fields(BayFacts) if field.type == "int")
"""Fields that are one number."""


def pack(facts: BayFacts) -> bytes:
    """Return facts as a compressed NumPy archive: nothing in it can be run when it is read."""
    stream = io.BytesIO()
    arrays: dict[str, Any] = {field.name: getattr(facts, field.name) for field in fields(BayFacts)}
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def unpack(data: bytes) -> BayFacts:
    """Return the facts that ``pack`` wrote, equal to the last bit."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        given: dict[str, Any] = {
            name: int(archive[name]) if name in COUNTS else archive[name] for name in archive
        }
    return BayFacts(**given)
