"""Whether a bay still is as it was when its suggestion was made, from the weeks of a study."""

from __future__ import annotations

from datetime import date

import numpy as np

from geo.drift import Drift, Watched, drift
from geo.effect.panel import Floats, Panel
from geo.effect.register import Outcome

DAYS_IN_WEEK = 7


def bay_drift(found: Panel, bay_id: str, made_from: tuple[date, date]) -> Drift:
    """Return whether the suggestion for a bay still holds at the end of a study.

    Watched are deliveries, and the share of them that stays longer than allowed, where a maximum stay was in force in
    all weeks.

    Parameters
    ----------
    found
        Holds the bay.
    bay_id
        Which bay.
    made_from
        First day, and the day after the last, that the suggestion was made from; the weeks since are whole weeks from
        that day on.

    Raises
    ------
    InvalidInput
        Fewer than ``geo.drift.FEWEST_WEEKS`` weeks of the bay were seen before.
    """
    row = found.bay_ids.index(bay_id)
    first_on, end_on = made_from
    before = (end_on - first_on).days // DAYS_IN_WEEK
    since = max(0, ((found.last_on - end_on).days + 1) // DAYS_IN_WEEK)

    def weekly(outcome: Outcome, from_on: date, weeks: int) -> Floats:
        return np.asarray(found.weeks(outcome, from_on, weeks)[row] * DAYS_IN_WEEK, np.float64)

    deliveries = (
        weekly(Outcome.DELIVERIES, first_on, before),
        weekly(Outcome.DELIVERIES, end_on, since),
    )
    over = weekly(Outcome.OVERSTAYS, first_on, before), weekly(Outcome.OVERSTAYS, end_on, since)
    watched = {"deliveries": Watched(*deliveries)}
    if all(
        np.isfinite(one[np.isfinite(all_)]).all()
        for one, all_ in zip(over, deliveries, strict=True)
    ):
        watched["overstays"] = Watched(*over, *deliveries)
    return drift(watched)
