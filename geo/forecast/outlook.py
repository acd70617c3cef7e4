"""Forecasts of all slots of a time, from what was known when each was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date

import numpy as np

from geo.errors import InvalidInput
from geo.forecast.climatology import Floats, Ints, chosen, expected, posterior
from geo.forecast.relaxation import decays, fitted_tau_min, relaxed
from geo.forecast.states import MIDDLE_S, States, week_counts, week_slot
from geo.reserved import DAY_S
from geo.words import SLOT_S

HELD_OUT_DAYS = 14
"""Last days of training by which the strengths are chosen (science brief, 5: the last two weeks)."""


@dataclass(frozen=True)
class Request:
    """What is to be forecast, and from what."""

    train_until_s: int
    """Epoch second; nothing after it is used to learn."""
    until_s: int
    """Epoch second; slots that start at or after ``train_until_s`` and end by this one are forecast."""
    horizon_min: int | None
    """Minutes from the making of a forecast to the middle of its slot; None: the typical week, made when training
    ends."""
    train_days: int | None = None
    """How many days before ``train_until_s`` are learnt from; None: all that were observed."""


@dataclass(frozen=True)
class Calendar:
    """What turns instants into days of the week."""

    time_zone: str
    holidays_on: AbstractSet[date] = frozenset()


@dataclass(frozen=True)
class Outlook:
    """Forecasts of B bays for T slots.

    Attributes
    ----------
    made_at_s, slot_start_s
        Shape ``(T,)``, epoch seconds.
    p_occupied
        Shape ``(B, T)``, probability of at least one vehicle at the middle of the slot, never 0 or 1; NaN where
        nothing of the commune was seen in the training weeks.
    """

    made_at_s: Ints
    slot_start_s: Ints
    p_occupied: Floats


def outlook(
    found: States, communes: Sequence[str], calendar: Calendar, request: Request
) -> Outlook:
    """Return the forecasts that were asked for.

    Learning stops at the end of training, or where the first forecast is made if that is earlier; a short forecast
    knows the state at the instant it is made, and nothing later.

    Parameters
    ----------
    found
        States of B bays from the beginning of observation on; slots after its end count as unseen.
    communes
        Commune of each bay; each learns on its own.
    calendar
        Zone and public holidays, also those of the time forecast.
    request
        What is wanted.

    Raises
    ------
    InvalidInput
        No slot lies between the two instants, or none before the first.
    """
    first, last = _span(found, request)
    made_s = found.start_s + SLOT_S * np.arange(first, last, dtype=np.int64) + MIDDLE_S
    if request.horizon_min is None:
        made_s[:] = request.train_until_s
    else:
        made_s -= request.horizon_min * 60
    learnt_to = _middles_until(found, min(request.train_until_s, int(made_s[0])))
    learnt_from = _first_learnt(found, request, learnt_to)
    weekday, slot = week_slot(
        found.start_s, max(last, found.slots), calendar.time_zone, calendar.holidays_on
    )
    p: Floats = np.full((len(communes), last - first), np.nan)
    for rows in _by_commune(communes):
        own = States(found.start_s, found.vehicles[rows], found.seen[rows])
        if not own.seen[:, learnt_from:learnt_to].any():
            continue
        training = slice(learnt_from, learnt_to)
        p_week = learn(own, weekday, slot, training)
        p[rows] = p_week[:, weekday[first:last], slot[first:last]]
        if request.horizon_min is not None:
            p_typical = p_week[:, weekday[training], slot[training]]
            tau_min = fitted_tau_min(
                p_typical,
                own.vehicles[:, training],
                own.seen[:, training],
                slot[training],
                request.horizon_min,
            )
            p[rows] = _moved(p[rows], own, tau_min, slot[first:last], (first, request.horizon_min))
    return Outlook(made_s, found.start_s + SLOT_S * np.arange(first, last), p)


def learn(found: States, weekday: Ints, slot: Ints, training: slice) -> Floats:
    """Learn the typical week of the bays of one commune, shape ``(B, 7, 96)``.

    Parameters
    ----------
    found
        At least one slot of the training is seen.
    weekday, slot
        Shape ``(T,)`` from ``week_slot``.
    training
        Slots that are learnt from.
    """
    held_from = max(training.start, training.stop - HELD_OUT_DAYS * DAY_S // SLOT_S)
    before = week_counts(found, weekday, slot, slice(training.start, held_from))
    held_out = week_counts(found, weekday, slot, slice(held_from, training.stop))
    strengths = chosen(before, held_out)
    p_week, _ = posterior(expected(before[0] + held_out[0], before[1] + held_out[1]), strengths)
    return p_week


def _span(found: States, request: Request) -> tuple[int, int]:
    """Return the first slot that is forecast and the one after the last, counted from the first observed."""
    first = -((found.start_s - request.train_until_s) // SLOT_S)
    last = (request.until_s - found.start_s) // SLOT_S
    if last <= first or first <= 0:
        raise InvalidInput(
            f"found no slot to forecast, or none to learn from: training until {request.train_until_s}, forecasts "
            f"until {request.until_s}, observed from {found.start_s} (epoch seconds); wanted them in order"
        )
    return first, last


def _middles_until(found: States, at_s: int) -> int:
    """Return how many slots have their middle at or before an instant, at most those observed."""
    return int(np.clip((at_s - MIDDLE_S - found.start_s) // SLOT_S + 1, 0, found.slots))


def _first_learnt(found: States, request: Request, learnt_to: int) -> int:
    if request.train_days is None:
        return 0
    return min(found.slot(request.train_until_s - request.train_days * DAY_S), learnt_to)


def _by_commune(communes: Sequence[str]) -> Iterator[Ints]:
    """Yield the bays of each commune."""
    names = np.asarray(communes)
    for name in np.unique(names):
        yield np.flatnonzero(names == name)


def _moved(p: Floats, found: States, tau_min: Floats, slot: Ints, ahead: tuple[int, int]) -> Floats:
    """Move a typical week towards the states at which its forecasts are made.

    Parameters
    ----------
    p
        Shape ``(B, T)``.
    found
        Of more slots than are forecast.
    tau_min
        From ``fitted_tau_min``.
    slot
        Shape ``(T,)``, slot of the day of each forecast.
    ahead
        First slot that is forecast, and the horizon in minutes.
    """
    first, horizon_min = ahead
    made = first - horizon_min * 60 // SLOT_S + np.arange(p.shape[1])
    known = (made >= 0) & (made < found.slots)
    inside = np.clip(made, 0, found.slots - 1)
    vehicles = found.vehicles[:, inside]
    decay = decays(tau_min, vehicles, slot, horizon_min)
    return relaxed(p, vehicles, found.seen[:, inside] & known, decay)
