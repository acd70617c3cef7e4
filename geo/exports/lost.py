"""What a form of files cannot say of a bay: found by reading back what was written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from geo.words import Bay, FoundBay


def lost(bay: Bay | FoundBay, back: FoundBay | None) -> dict[str, Any]:
    """Return the fields that a bay does not have as it was read back; under ``details`` those of its details.

    None is unknown. A bay that was not read back at all has lost everything.
    """
    wanted, got = _plain(bay), _plain(back) if back else {}
    details, got_details = wanted.pop("details"), got.pop("details", {})
    differing = _differing(wanted, got)
    differing_details = _differing(details, got_details)
    return {**differing, "details": differing_details} if differing_details else differing


def lost_text(differing: Mapping[str, Any]) -> str:
    """Return what was lost as JSON on one line, as readers of our own files take it up again."""
    return json.dumps(differing, ensure_ascii=False, separators=(",", ":"))


def _plain(bay: Bay | FoundBay) -> dict[str, Any]:
    plain: dict[str, Any] = bay.model_dump(mode="json")
    return plain


def _differing(wanted: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: wanted.get(name)
        for name in sorted(wanted.keys() | got.keys())
        if wanted.get(name) != got.get(name)
    }
