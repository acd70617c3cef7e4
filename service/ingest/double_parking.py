"""Adds up how long vehicles stood double-parked beside bays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlmodel import Session

from geo.local_time import local_date, midnight_s, slots_in_day
from geo.words import SLOT_S
from service.facts import TakenEvent
from service.store.axis import axis_of
from service.store.double_parking import Seconds, add_double_parking
from service.store.figures import BayDay


def derive_double_parking(session: Session, new: Sequence[TakenEvent]) -> None:
    """Add what reports tell of double parking to the slots in which their windows begin."""
    told = [
        (event.bay_id, event.event_s - event.report.window_s, event.double_parked_s)
        for event in new
        if event.report is not None and event.bay_id is not None and event.double_parked_s
    ]
    if not told:
        return
    axis = axis_of(session, {bay_id for bay_id, _, _ in told})
    added: dict[BayDay, Seconds] = {}
    for bay_id, begins_s, seconds in told:
        zone = axis.places[axis.index[bay_id]].time_zone
        on = local_date(begins_s, zone)
        day = added.setdefault((bay_id, on), np.zeros(slots_in_day(on, zone), np.int64))
        day[(begins_s - midnight_s(on, zone)) // SLOT_S] += seconds
    add_double_parking(session, added)
