"""What figures rest on, as the API shows it: calibrations, and reasons for what was not seen."""

from __future__ import annotations

from typing import Any

from service.api.answers import DECIMALS
from service.moments import utc_text
from service.provenance import Provenance, made_at
from service.store.calibrations import CalibrationUse


def shown_of_all(rests_on: Provenance) -> dict[str, Any]:
    """Return the calibrations of all bays, each once with how many it measured, and the reasons of them together."""
    return {
        "unseen": _unseen(rests_on.unseen_shares()),
        "calibrations": [{**_use(use), "bays": bays} for use, bays in rests_on.calibrations()],
    }


def shown_of_bay(rests_on: Provenance, bay_id: str) -> dict[str, Any]:
    """Return the names of a bay's calibrations in the order they were made, and its reasons."""
    return {
        "unseen": _unseen(rests_on.unseen_shares([bay_id])),
        "calibrations": rests_on.names(bay_id),
    }


def shown_of_one(rests_on: Provenance, bay_id: str) -> dict[str, Any]:
    """Return each use of a calibration of a bay, in order of time, and its reasons."""
    return {
        "unseen": _unseen(rests_on.unseen_shares([bay_id])),
        "calibrations": [_use(use) for use in rests_on.uses[bay_id]],
    }


def _use(use: CalibrationUse) -> dict[str, Any]:
    return {
        "calibration": use.calibration,
        "made_at": utc_text(int(made_at(use.calibration).timestamp())),
        "device_id": use.device_id,
        "from": utc_text(use.from_s),
        "to": utc_text(use.to_s),
    }


def _unseen(shares: dict[str, float]) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "share": round(share, DECIMALS)}
        for reason, share in shares.items()
        if round(share, DECIMALS) > 0
    ]
