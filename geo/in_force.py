"""Which rule is in force at an instant, and when the next change comes: exact through both changes of the clock."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import islice, pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.calendar import PublicHolidays
from geo.errors import InvalidInput, UnknownDays
from geo.local_time import EPOCH_ON
from geo.rules import DAY_MIN, day_of, minutes, precedence
from geo.school import SchoolDays, SchoolHolidays
from geo.school import school_zone as zone_of
from geo.words import TimeRule

SCHOOL_DAYS, SCHOOL_HOLIDAYS = "school_days", "school_holidays"
"""Names of the periods that are known without a calendar, where the commune lies in a school zone."""

DAY_S = 86_400
FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which an instant may be asked about (convention)."""

LAST_S = int(datetime(LAST_YEAR + 2, 1, 1, tzinfo=UTC).timestamp())
"""Nothing is looked for beyond, however far the horizon."""


@dataclass(frozen=True)
class DayBook:
    """What rules need to know of days in one place.

    A period may be lazy: asking about a day that it does not cover raises `UnknownDays`.
    """

    time_zone: str
    """In whose wall time windows are written (IANA)."""
    public_holidays: Container[date] = frozenset()
    periods: Mapping[str, Container[date]] = field(default_factory=dict)
    """Named sets of days; every day outside a set is known not to be in it."""

    def is_in(self, name: str, on: date) -> bool:
        """Tell whether a day lies in a named period.

        Raises
        ------
        UnknownDays
            Nobody told the period, or its calendar does not cover the day.
        """
        if name not in self.periods:
            known = ", ".join(sorted(self.periods)) or "none"
            raise UnknownDays(f"period is {name!r}: wanted a known one ({known}) or its calendar")
        return on in self.periods[name]


@dataclass(frozen=True)
class Change:
    """An instant from which another rule is in force."""

    at: datetime
    """Aware, UTC; the first instant of the new state."""
    rule: TimeRule | None
    """None where parking is free to all."""


def day_book(
    insee: str,
    time_zone: str,
    calendars: Mapping[str, frozenset[date]] = MappingProxyType({}),
    school_zone: str | None = None,
) -> DayBook:
    """Return the day book of a commune.

    Parameters
    ----------
    insee
        For public holidays and, unless told, the school zone.
    time_zone
        In which rules are written.
    calendars
        Days of each named period, for example market days; complete: no other day is in the period. One named
        ``school_holidays`` or ``school_days`` takes the place of what is known of the zone.
    school_zone
        ``A``, ``B`` or ``C``; None takes that of the commune's department, which Corsica and overseas do not have.

    Raises
    ------
    InvalidInput
        Unknown time zone or school zone.
    """
    _zone(time_zone)
    return DayBook(time_zone, PublicHolidays(insee), named_periods(insee, calendars, school_zone))


def named_periods(
    insee: str,
    calendars: Mapping[str, frozenset[date]] = MappingProxyType({}),
    school_zone: str | None = None,
) -> dict[str, Container[date]]:
    """Return the named sets of days of a commune, with parameters as of `day_book`."""
    zone = school_zone or zone_of(insee)
    periods: dict[str, Container[date]] = (
        {} if zone is None else {SCHOOL_HOLIDAYS: SchoolHolidays(zone)}
    )
    periods.update(calendars)
    if SCHOOL_HOLIDAYS in periods:
        lessons = SchoolDays(periods[SCHOOL_HOLIDAYS], PublicHolidays(insee))
        periods.setdefault(SCHOOL_DAYS, lessons)
    return periods


def applies_on(rule: TimeRule, on: date, book: DayBook) -> bool:
    """Tell whether a rule applies on a local day: each condition that it gives must hold.

    Periods are asked last, so that a rule that has ended does not ask about days that nobody knows.

    Raises
    ------
    UnknownDays
        The answer hangs on a period that is not known.
    """
    return _is_within(rule, on) and _is_named(rule, on, book) and _is_in_periods(rule, on, book)


def in_force(rules: Sequence[TimeRule], at: datetime, book: DayBook) -> TimeRule | None:
    """Return the rule in force at an aware instant, None where parking is free to all.

    Of several, the first by `geo.rules.precedence` rules.

    Raises
    ------
    InvalidInput
        The instant has no time zone.
    UnknownDays
        The answer hangs on a period that is not known.
    """
    local = _aware(at).astimezone(_zone(book.time_zone))
    on, minute = local.date(), 60 * local.hour + local.minute
    ranked = sorted(rules, key=precedence)
    here = (rule for rule in ranked if minutes(rule.start) <= minute < minutes(rule.end))
    return next((rule for rule in here if applies_on(rule, on, book)), None)


def next_change(
    rules: Sequence[TimeRule], at: datetime, book: DayBook, horizon_days: int = 400
) -> Change | None:
    """Return the first change after an instant, None where none comes within the horizon.

    A rule that follows one which says the same, as two windows that meet at midnight, is no change.

    Raises
    ------
    InvalidInput
        The instant has no time zone.
    UnknownDays
        The answer hangs on a period that is not known.
    """
    from_s = _second(at)
    found = _changes(rules, from_s, min(from_s + horizon_days * DAY_S, LAST_S), book)
    return next(islice(found, 1, None), None)


def changes(
    rules: Sequence[TimeRule], from_at: datetime, until_at: datetime, book: DayBook
) -> Iterator[Change]:
    """Yield what is in force at the start of a half-open time, dated at it, then each change within, in order.

    An hour that the clock repeats has its windows twice, one that it skips never.
    """
    return _changes(rules, _second(from_at), _second(until_at), book)


def says(rule: TimeRule | None) -> tuple[object, ...] | None:
    """Return what a rule tells whoever stops, whenever it does."""
    if rule is None:
        return None
    return (
        rule.activity,
        rule.max_stay_min,
        rule.max_weight_t,
        rule.control,
        rule.user_classes,
        rule.except_user_classes,
    )


def day_states(
    rules: Sequence[TimeRule], on: date, book: DayBook
) -> list[tuple[int, TimeRule | None]]:
    """Return from which minute of a local day, 0..1440, which rule is in force, in order; the first from minute 0."""
    return _day_states(_windows(rules), on, book)


Windows = Sequence[tuple[int, int, TimeRule]]
"""First and last minute of each window, the last excluded, in the order of precedence."""


def _windows(rules: Sequence[TimeRule]) -> Windows:
    ranked = sorted(rules, key=precedence)
    return [(minutes(rule.start), minutes(rule.end), rule) for rule in ranked]


def _day_states(ranked: Windows, on: date, book: DayBook) -> list[tuple[int, TimeRule | None]]:
    windows = [window for window in ranked if applies_on(window[2], on, book)]
    edges = sorted({0, *(edge for start, end, _ in windows for edge in (start, end))} - {DAY_MIN})
    return [
        (edge, next((rule for start, end, rule in windows if start <= edge < end), None))
        for edge in edges
    ]


def _changes(
    rules: Sequence[TimeRule], from_s: int, until_s: int, book: DayBook
) -> Iterator[Change]:
    told: Change | None = None
    for start_s, rule in _states(rules, from_s, until_s, book):
        if told is None or says(rule) != says(told.rule):
            told = Change(datetime.fromtimestamp(start_s, UTC), rule)
            yield told


def _states(
    rules: Sequence[TimeRule], from_s: int, until_s: int, book: DayBook
) -> Iterator[tuple[int, TimeRule | None]]:
    """Yield states in order of time; neighbours may say the same."""
    ranked = _windows(rules)
    for start_s, end_s, offset_s in _offsets(book.time_zone, from_s, until_s):
        first, last = (start_s + offset_s) // DAY_S, (end_s + offset_s - 1) // DAY_S
        for day in range(first, last + 1):
            midnight_s = day * DAY_S - offset_s
            states = _day_states(ranked, EPOCH_ON + timedelta(days=day), book)
            ends = [*(begin for begin, _ in states[1:]), DAY_MIN]
            for (begin, rule), end in zip(states, ends, strict=True):
                begin_s, stop_s = midnight_s + 60 * begin, midnight_s + 60 * end
                if begin_s < end_s and stop_s > start_s:
                    yield max(begin_s, start_s), rule


def _offsets(time_zone: str, from_s: int, until_s: int) -> Iterator[tuple[int, int, int]]:
    """Yield the pieces of a half-open time within which the clock keeps its distance from UTC, in seconds."""
    if from_s >= until_s:
        return
    years = range(_year(from_s), _year(until_s) + 1)
    turns = [turn for year in years for turn in _turns(time_zone, year) if from_s < turn < until_s]
    for start_s, end_s in pairwise([from_s, *turns, until_s]):
        yield start_s, end_s, _offset_s(time_zone, start_s)


@lru_cache(maxsize=4096)
def _turns(time_zone: str, year: int) -> tuple[int, ...]:
    """Return the instants of a year (UTC) at which a zone's clock is set, in epoch seconds.

    Two turns that undo each other within a quarter of a day would be missed; no zone of the data base has any.
    """
    start_s = (date(year, 1, 1) - EPOCH_ON).days * DAY_S
    end_s = min((date(year, 12, 31) - EPOCH_ON).days * DAY_S + DAY_S, LAST_S)
    probes = [*range(start_s, end_s, DAY_S // 4), end_s]
    found = []
    for low, high in pairwise(probes):
        before = _offset_s(time_zone, low)
        if before != _offset_s(time_zone, high):
            found.append(_turn(time_zone, low, high, before))
    return tuple(found)


def _turn(time_zone: str, low: int, high: int, before_s: int) -> int:
    """Return the first second in ``(low, high]`` whose offset is no longer the one before."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset_s(time_zone, middle) == before_s:
            low = middle
        else:
            high = middle
    return high


def _offset_s(time_zone: str, at_s: int) -> int:
    offset = datetime.fromtimestamp(at_s, _zone(time_zone)).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _year(at_s: int) -> int:
    return datetime.fromtimestamp(at_s, UTC).year


def _second(at: datetime) -> int:
    return min(int(_aware(at).timestamp() // 1), LAST_S)


def _aware(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise InvalidInput(f"instant is {at.isoformat()}: wanted one with its distance from UTC")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise InvalidInput(
            f"instant is {at.isoformat()}: wanted a year from {FIRST_YEAR} to {LAST_YEAR}"
        )
    return at


def _zone(time_zone: str) -> ZoneInfo:
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidInput(
            f"time zone is {time_zone!r}: wanted a name of the IANA data base, for example Europe/Paris"
        ) from error


def _is_within(rule: TimeRule, on: date) -> bool:
    """Tell whether a day lies in the rule's dates, months, weeks and days of the month."""
    return (
        (rule.from_on is None or rule.from_on <= on)
        and (rule.until_on is None or on < rule.until_on)
        and (not rule.months or on.month in rule.months)
        and (not rule.days_of_month or on.day in rule.days_of_month)
        and (not rule.weeks_of_month or (on.day - 1) // 7 + 1 in rule.weeks_of_month)
        and (rule.week_parity is None or rule.week_parity == _parity(on))
    )


def _is_named(rule: TimeRule, on: date, book: DayBook) -> bool:
    return day_of(on, is_public_holiday=on in book.public_holidays) in rule.days


def _is_in_periods(rule: TimeRule, on: date, book: DayBook) -> bool:
    if rule.only_periods and not any(book.is_in(name, on) for name in rule.only_periods):
        return False
    return not any(book.is_in(name, on) for name in rule.except_periods)


def _parity(on: date) -> str:
    return "odd" if on.isocalendar().week % 2 else "even"
