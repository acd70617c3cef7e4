"""Weekly outcomes of bays, corrected for the time in which they were not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.calendar import DayKind, day_kind, days
from geo.dated_rules import windows_on
from geo.effect.register import Outcome
from geo.forecast.states import presence_of, resolved
from geo.local_time import EPOCH_ON, midnight_s
from geo.occupancy import MINUTE_S, OPEN_S, SeenArrays, StayArrays, slot_figures
from geo.reserved import DAY_S
from geo.rules import minute_table
from geo.study.folder import OpenStudy, bounds_s
from geo.study.stays import UNKNOWN_ARRIVAL_S, StaysPart
from geo.study.words import Study
from geo.sums import local_s, local_slot_s
from geo.words import ENOUGH_COVERAGE, SLOT_S, VEHICLE_CLASSES, TimeRule, VehicleClass

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS = 24

DELIVERING = tuple(VEHICLE_CLASSES.index(one) for one in (VehicleClass.VAN, VehicleClass.TRUCK))
"""Classes whose stays are taken as deliveries."""

_KINDS = tuple(DayKind)


@dataclass(frozen=True)
class Panel:
    """Outcomes of N bays on the Y local days of a study, by hour of the day.

    Attributes
    ----------
    bay_ids
        The bays axis.
    first_on
        First day.
    counts
        By outcome, shape ``(N, Y, 24)``: deliveries and over-stays that began, and place-hours taken per place.
        NaN on days on which a bay has no maximum stay, for over-stays.
    seen_s, whole_s
        Shape ``(N, Y, 24)`` and ``(Y, 24)``, seconds seen and seconds there were.
    kind
        Shape ``(Y,)``, kind of each day.
    """

    bay_ids: tuple[str, ...]
    first_on: date
    counts: Mapping[Outcome, Floats]
    seen_s: Ints
    whole_s: Ints
    kind: Ints

    @property
    def last_on(self) -> date:
        """Last day."""
        return self.first_on + timedelta(days=len(self.kind) - 1)

    def weeks(self, outcome: Outcome, first_on: date, weeks: int) -> Floats:
        """Return the outcome per day of consecutive weeks, corrected for unseen time, shape ``(N, weeks)``.

        What was counted is divided by the share of the usual week that was seen: an hour weighs as much as usually
        happens in it. NaN where that share is below ``ENOUGH_COVERAGE``, or a day lies outside the study.

        Parameters
        ----------
        outcome
            What is counted.
        first_on
            First day of the first week.
        weeks
            How many weeks of seven days.
        """
        out = np.full((len(self.bay_ids), weeks), np.nan)
        usual = self._usual(outcome)
        for week in range(weeks):
            begin = (first_on - self.first_on).days + 7 * week
            if begin >= 0 and begin + 7 <= len(self.kind):
                out[:, week] = self._week(outcome, usual, slice(begin, begin + 7))
        return out

    def _usual(self, outcome: Outcome) -> Floats:
        """Return how much usually happens in a second of each kind of day and hour, all bays together, ``(3, 24)``."""
        usual = np.ones((len(_KINDS), HOURS))
        for kind in range(len(_KINDS)):
            days = self.kind == kind
            counted = np.nansum(self.counts[outcome][:, days], axis=(0, 1))
            seen_s = self.seen_s[:, days].sum(axis=(0, 1))
            usual[kind] = (counted + counted.sum() / 1000 + 1e-9) / (seen_s + SLOT_S)
        return usual

    def _week(self, outcome: Outcome, usual: Floats, days: slice) -> Floats:
        weight = usual[self.kind[days]]
        wanted = (self.whole_s[days] * weight).sum()
        share = (self.seen_s[:, days] * weight).sum(axis=(1, 2)) / wanted
        counted = self.counts[outcome][:, days].sum(axis=(1, 2)) / 7
        return np.where(share >= ENOUGH_COVERAGE, counted / np.maximum(share, 1e-9), np.nan)


def panel(opened: OpenStudy, bay_ids: Sequence[str]) -> Panel:
    """Return the outcomes of some bays of a study over all its days.

    Parameters
    ----------
    opened
        Stays of other bays are not looked at.
    bay_ids
        Bays of the study.
    """
    study = opened.study
    wanted = set(bay_ids)
    observed = days(study.period.first_on, study.period.last_on + timedelta(days=1))
    found = [
        _of_bay(study, part, index)
        for part in opened.parts()
        for index in part.bays
        if study.bays[index].bay_id in wanted
    ]
    return Panel(
        tuple(bay.bay_id for bay in study.bays if bay.bay_id in wanted),
        observed[0],
        {outcome: np.stack([counts[outcome] for counts, _ in found]) for outcome in Outcome},
        np.stack([seen_s for _, seen_s in found]),
        _whole_s(study),
        np.array([_KINDS.index(day_kind(on, study.period.holidays_on)) for on in observed]),
    )


def _of_bay(study: Study, part: StaysPart, index: int) -> tuple[dict[Outcome, Floats], Ints]:
    """Return the outcomes of one bay by day and hour, and its seen seconds."""
    start_s, end_s = bounds_s(study.period)
    presence = presence_of(part, range(index, index + 1))
    kind = part.vehicle_class[part.bay == index]
    arrived_s, departed_s = resolved(presence, start_s, end_s)
    was_there = presence.arrived_s == UNKNOWN_ARRIVAL_S
    stays = StayArrays.of(
        np.zeros(len(kind)),
        kind,
        np.where(was_there, arrived_s - MINUTE_S, presence.arrived_s),
        np.maximum(departed_s, presence.arrived_s),
    )
    capacity = np.array([study.bays[index].capacity])
    figures = slot_figures(
        stays,
        _seen(presence.unseen_from_s, presence.unseen_to_s, start_s, end_s),
        capacity,
        start_s,
        end_s,
    )
    cell = _cells(study)
    arrivals = figures.arrivals[0, list(DELIVERING)].sum(axis=0)
    over, has_limit = _overstays(study, index, stays, ~was_there & (presence.departed_s != OPEN_S))
    return {
        Outcome.DELIVERIES: _by_hour(arrivals, cell),
        Outcome.OCCUPANCY: _by_hour(figures.occupied_s[0] / (capacity[0] * DAY_S), cell),
        Outcome.OVERSTAYS: np.where(has_limit[:, None], over, np.nan),
    }, _by_hour(figures.seen_s[0], cell).astype(np.int64)


def _seen(unseen_from_s: Ints, unseen_to_s: Ints, start_s: int, end_s: int) -> SeenArrays:
    """Return the times between unseen ones that are in order and apart."""
    begins = np.concatenate([[start_s], unseen_to_s])
    ends = np.concatenate([unseen_from_s, [end_s]])
    return SeenArrays.of(np.zeros(len(begins)), begins, ends)


def _cells(study: Study) -> Ints:
    """Return the day and hour of each slot of a study as one number, shape ``(T,)``."""
    start_s, end_s = bounds_s(study.period)
    hour = local_slot_s(start_s, (end_s - start_s) // SLOT_S, study.period.time_zone) // 3600
    return hour - (study.period.first_on - EPOCH_ON).days * HOURS


def _whole_s(study: Study) -> Ints:
    """Return how many seconds each day and hour has, ``(Y, 24)``: 0 and 7200 where the clock changes."""
    cell = _cells(study)
    return _by_hour(np.full(len(cell), SLOT_S), cell).astype(np.int64)


def _by_hour(values: NDArray[np.generic], cell: Ints) -> Floats:
    days = int(cell[-1]) // HOURS + 1
    summed = np.bincount(cell, weights=values.astype(np.float64), minlength=days * HOURS)
    return np.asarray(summed.reshape(days, HOURS), np.float64)


def _overstays(
    study: Study, index: int, stays: StayArrays, is_whole: NDArray[np.bool_]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Count deliveries that stayed longer than allowed, by day and hour of arrival.

    Returns
    -------
    over, has_limit
        Shape ``(Y, 24)``, and ``(Y,)``: whether the rules of a day set any maximum stay, on that day or another.
    """
    period = study.period
    days = (period.last_on - period.first_on).days + 1
    limits = list(_limits_min(study, index))
    table = np.stack([of_day for of_day, _ in limits])
    wall_s = local_s(stays.arrived_s, period.time_zone)
    day = wall_s // DAY_S - (period.first_on - EPOCH_ON).days
    inside = is_whole & (day >= 0) & (day < days) & np.isin(stays.vehicle_class, DELIVERING)
    minute = wall_s % DAY_S // MINUTE_S
    limit_min = np.where(inside, table[np.clip(day, 0, days - 1), minute], 0)
    long = inside & (limit_min > 0) & (stays.departed_s - stays.arrived_s > limit_min * MINUTE_S)
    cell = day[long] * HOURS + minute[long] // 60
    over = np.bincount(cell, minlength=days * HOURS).reshape(days, HOURS)
    return over.astype(np.float64), np.array([has_limit for _, has_limit in limits], np.bool_)


def _limits_min(study: Study, index: int) -> Iterator[tuple[Ints, bool]]:
    """Yield the maximum stay of each minute of each day, 0 where there is none, and whether its rules set any."""
    period = study.period
    known: dict[tuple[TimeRule, ...], Ints] = {}
    for offset in range((period.last_on - period.first_on).days + 1):
        on = period.first_on + timedelta(days=offset)
        noon_s = midnight_s(on, period.time_zone) + DAY_S // 2
        history = study.bays[index].history
        rules = next((one.rules for one in history if one.from_s <= noon_s < one.to_s), ())
        windows = windows_on(rules, on, period.time_zone, period.holidays_on, period.periods)
        if windows not in known:
            known[windows] = np.array(
                [(rule.max_stay_min or 0) if rule else 0 for rule in minute_table(windows)]
            )
        yield known[windows], any(rule.max_stay_min for rule in rules)
