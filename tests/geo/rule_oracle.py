"""What applies at each minute, told by a table of minutes that shares no code with `geo.in_force`.

Run as a script it compares the two on many random sets of rules: ``python tests/geo/rule_oracle.py --cases 100000``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.in_force import DayBook, changes, day_book, in_force, next_change
from geo.words import Activity, Control, Day, TimeRule

YEARS = (2024, 2025, 2026)
AROUND = 8
"""Days looked at before and after a change of the clock: its week and a day more on each side."""

PLACES = (
    ("75056", "Europe/Paris"),
    ("33063", "Europe/Paris"),
    ("59350", "Europe/Paris"),
    ("67482", "Europe/Paris"),
    ("57463", "Europe/Paris"),
    ("2A004", "Europe/Paris"),
    ("97105", "America/Guadeloupe"),
    ("97302", "America/Cayenne"),
    ("97411", "Indian/Reunion"),
    ("97608", "Indian/Mayotte"),
    ("97502", "America/Miquelon"),
    ("97701", "America/St_Barthelemy"),
    ("98735", "Pacific/Tahiti"),
    ("75056", "Europe/Lisbon"),
    ("33063", "America/New_York"),
    ("59350", "Australia/Lord_Howe"),
    ("67482", "America/Santiago"),
    ("75056", "Asia/Beirut"),
    ("75056", "America/Havana"),
    ("75056", "Atlantic/Azores"),
    ("33063", "Africa/Casablanca"),
)
"""Communes and clocks; foreign clocks stand for rules that the product is asked about abroad."""

SCHOOL_ZONE = {"75056": "C", "33063": "A", "59350": "B", "67482": "B", "57463": "B"}
TOGETHER = (
    ("2023-12-23", "2024-01-07"),
    ("2024-05-10", "2024-05-11"),
    ("2024-07-06", "2024-09-01"),
    ("2024-10-19", "2024-11-03"),
    ("2024-12-21", "2025-01-05"),
    ("2025-05-30", "2025-05-31"),
    ("2025-07-05", "2025-08-31"),
    ("2025-10-18", "2025-11-02"),
    ("2025-12-20", "2026-01-04"),
    ("2026-05-15", "2026-05-16"),
    ("2026-07-04", "2026-08-31"),
    ("2026-10-17", "2026-11-01"),
    ("2026-12-19", "2027-01-03"),
)
BY_ZONE = {
    "A": "2024-02-17/03-03 2024-04-13/04-28 2025-02-22/03-09 2025-04-19/05-04 2026-02-07/02-22 2026-04-04/04-19",
    "B": "2024-02-24/03-10 2024-04-20/05-05 2025-02-08/02-23 2025-04-05/04-21 2026-02-14/03-01 2026-04-11/04-26",
    "C": "2024-02-10/02-25 2024-04-06/04-21 2025-02-15/03-02 2025-04-12/04-27 2026-02-21/03-08 2026-04-18/05-03",
}
"""First and last days without class, from the published school calendars of 2023 to 2027."""

STRONGEST = [
    "no travel",
    "no stopping",
    "no unloading",
    "no loading",
    "loading",
    "unloading",
    "no parking",
    "stopping",
    "parking",
    "travel",
]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Minutes:
    """Some days of a place, minute by minute."""

    first: int
    """First minute, counted from the epoch in UTC."""
    day: Ints
    """Position of the local date of each minute."""
    clock: Ints
    """Local minute of the day, 0..1439."""
    dates: tuple[date, ...]


@dataclass(frozen=True)
class Case:
    """Rules of a place, with its calendars."""

    insee: str
    time_zone: str
    year: int
    rules: tuple[TimeRule, ...]
    calendars: dict[str, frozenset[date]]


@lru_cache(maxsize=256)
def weeks(time_zone: str, year: int) -> tuple[Minutes, ...]:
    """Return the days around each change of the clock; of Paris where the zone has none in the year."""
    turns = _turns(time_zone, year) or _turns("Europe/Paris", year)
    return tuple(_minutes(time_zone, turn) for turn in turns[:2])


def _turns(time_zone: str, year: int) -> list[int]:
    """Return the minutes, from the epoch, at which a clock is set; all are whole quarters of an hour."""
    start, zone = int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) // 60, ZoneInfo(time_zone)
    days = [start + 1440 * i for i in range(366)]
    changed = [day for day in days if _offset(day, zone) != _offset(day + 1440, zone)]
    quarters = [day + 15 * i for day in changed for i in range(1, 97)]
    return [one for one in quarters if _offset(one, zone) != _offset(one - 15, zone)]


def _offset(minute: int, zone: ZoneInfo) -> int:
    local = datetime.fromtimestamp(60 * minute, zone)
    wall = datetime(*local.timetuple()[:6], tzinfo=UTC)
    return int(wall.timestamp()) // 60 - minute


def _minutes(time_zone: str, turn: int) -> Minutes:
    zone, first = ZoneInfo(time_zone), turn - AROUND * 1440
    offsets = [_offset(first + 15 * i, zone) for i in range(2 * AROUND * 96)]
    wall = first + np.arange(2 * AROUND * 1440) + np.repeat(offsets, 15)
    ordinals, day = np.unique(wall // 1440, return_inverse=True)
    dates = tuple(date(1970, 1, 1) + timedelta(days=int(one)) for one in ordinals)
    return Minutes(first, day, wall % 1440, dates)


def told(case: Case, at: Minutes) -> Ints:
    """Return the position of the rule in force at each minute, -1 where there is none."""
    found = np.full(len(at.day), -1)
    for position in sorted(range(len(case.rules)), key=lambda i: _rank(case.rules[i], i))[::-1]:
        rule = case.rules[position]
        open_on = np.array([_is_open(rule, on, case) for on in at.dates])
        begins, ends = (int(text[:2]) * 60 + int(text[3:]) for text in (rule.start, rule.end))
        found[open_on[at.day] & (at.clock >= begins) & (at.clock <= ends - 1)] = position
    return found


def _rank(rule: TimeRule, position: int) -> tuple[float, int, float, int]:
    by_number = float("inf") if rule.priority is None else rule.priority
    stay = 1440 if rule.max_stay_min is None else rule.max_stay_min
    return by_number, STRONGEST.index(rule.activity.value), stay, position


def _is_open(rule: TimeRule, on: date, case: Case) -> bool:
    name = "ph" if on in _holidays(case.insee, on.year) else on.strftime("%a").lower()[:2]
    same_before = [d for d in range(1, on.day + 1) if (on.day - d) % 7 == 0]
    conditions = [
        name in [day.value for day in rule.days],
        not rule.from_on or on >= rule.from_on,
        not rule.until_on or on < rule.until_on,
        not rule.months or on.month in rule.months,
        not rule.days_of_month or on.day in rule.days_of_month,
        not rule.weeks_of_month or len(same_before) in rule.weeks_of_month,
        not rule.week_parity or (int(on.strftime("%V")) % 2 == 1) == (rule.week_parity == "odd"),
        not rule.only_periods or True in [_is_in(one, on, case) for one in rule.only_periods],
        True not in [_is_in(one, on, case) for one in rule.except_periods],
    ]
    return all(conditions)


def _is_in(name: str, on: date, case: Case) -> bool:
    if name in case.calendars:
        return on in case.calendars[name]
    if name == "school_holidays":
        return on in _school_off(SCHOOL_ZONE[case.insee])
    return (
        not _is_in("school_holidays", on, case)
        and on.isoweekday() <= 5
        and on not in _holidays(case.insee, on.year)
    )


@lru_cache(maxsize=3)
def _school_off(zone: str) -> frozenset[date]:
    mine = [(one[:10], one[:5] + one[11:]) for one in BY_ZONE[zone].split()]
    found: set[date] = set()
    for first, last in (*TOGETHER, *mine):
        on = date.fromisoformat(first)
        while on <= date.fromisoformat(last):
            found.add(on)
            on += timedelta(days=1)
    return frozenset(found)


@lru_cache(maxsize=256)
def _holidays(insee: str, year: int) -> frozenset[date]:
    """Return public holidays: those of all, of Alsace and Moselle, and those overseas that the weeks may touch."""
    easter = _easter(year)
    fixed = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")
    moving = [easter + timedelta(days=days) for days in (1, 39, 50)]
    own = {"97701": ("10-09",), "97608": ("04-27",), "98735": ("03-05", "11-20")}.get(insee, ())
    if insee[:2] in ("57", "67", "68"):
        own = ("12-26",)
    if insee[:2] in ("57", "67", "68") or insee in ("97105", "98735"):
        moving.append(easter - timedelta(days=2))
    if insee == "97105":
        moving.append(easter - timedelta(days=24))
    return frozenset([*moving, *(date.fromisoformat(f"{year}-{one}") for one in (*fixed, *own))])


def _easter(year: int) -> date:
    """Return Easter Sunday by Gauss's rule, valid in this century."""
    a, b, c = year % 19, year % 4, year % 7
    d = (19 * a + 24) % 30
    e = (2 * b + 4 * c + 6 * d + 5) % 7
    return date(year, 3, 22) + timedelta(days=d + e)


def random_case(rng: random.Random) -> Case:
    """Return rules with any activity and any conditions, at a place, in a year."""
    (insee, time_zone), year = rng.choice(PLACES), rng.choice(YEARS)
    dates = [on for week in weeks(time_zone, year) for on in week.dates]
    calendars = {
        name: frozenset(rng.sample(dates, rng.randint(0, 12))) for name in ("market", "works")
    }
    names = ["market", "works"]
    if insee in SCHOOL_ZONE:
        names += ["school_days", "school_holidays"]
    elif rng.random() < 0.5:
        calendars["school_holidays"] = frozenset(rng.sample(dates, 9))
        names += ["school_days", "school_holidays"]
    rules = tuple(_rule(rng, dates, names) for _ in range(rng.randint(1, 5)))
    return Case(insee, time_zone, year, rules, calendars)


def _rule(rng: random.Random, dates: list[date], names: list[str]) -> TimeRule:
    start, end = sorted(rng.sample(_edges(rng), 2))
    drawn: dict[str, Any] = {
        "activity": rng.choice([Activity.LOADING, Activity.LOADING, *Activity]),
        "days": rng.sample(list(Day), rng.randint(1, 8)),
        "start": f"{start // 60:02d}:{start % 60:02d}",
        "end": f"{end // 60:02d}:{end % 60:02d}",
        "max_stay_min": rng.choice([None, 15, 20, 30, 2000]),
    }
    from_on, until_on = sorted(rng.sample(sorted(set(dates)), 2))
    optional: dict[str, Any] = {
        "days_of_month": rng.sample(range(1, 32), rng.randint(1, 20)),
        "weeks_of_month": rng.sample(range(1, 6), rng.randint(1, 3)),
        "months": rng.sample(range(1, 13), rng.randint(3, 9)),
        "week_parity": rng.choice(["odd", "even"]),
        "from_on": from_on,
        "until_on": until_on,
        "only_periods": rng.sample(names, rng.randint(1, 2)),
        "except_periods": rng.sample(names, 1),
        "max_weight_t": rng.choice([3.5, 7.5]),
        "control": rng.choice(list(Control)),
        "user_classes": ["delivery"],
        "except_user_classes": ["taxi"],
        "priority": rng.randint(0, 3),
    }
    share = rng.choice([0.0, 0.1, 0.25])
    return TimeRule(**drawn, **{k: v for k, v in optional.items() if rng.random() < share})


def _edges(rng: random.Random) -> list[int]:
    """Return minutes at which windows may begin and end, many of them in the hours that clocks skip or repeat."""
    near = [rng.randint(0, 240) for _ in range(3)]
    return sorted({0, 1440, 60, 120, 150, 180, *near, *(15 * rng.randint(0, 96) for _ in range(3))})


def differences(case: Case, rng: random.Random) -> list[str]:
    """Return where `geo.in_force` and the table of minutes disagree."""
    book = day_book(case.insee, case.time_zone, case.calendars)
    found: list[str] = []
    for at in weeks(case.time_zone, case.year):
        table = told(case, at)
        turns = _changes(case, at, table)
        found += _whole(case, at, book, turns)
        found += _single(case, at, book, (table, turns), rng)
    return found


Turns = list[tuple[datetime, Any]]


def _at(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)


def _content(rule: TimeRule | None) -> Any:
    """Return what a rule says, but its days, hours, dates and rank."""
    kept = {"activity", "max_stay_min", "max_weight_t", "control", "user_classes"}
    return rule and str(rule.model_copy().model_dump(include=kept | {"except_user_classes"}))


def _changes(case: Case, at: Minutes, table: Ints) -> Turns:
    contents = [_content(rule) for rule in case.rules] + [None]
    turns: Turns = []
    for minute in [0, *(np.flatnonzero(np.diff(table)) + 1).tolist()]:
        content = contents[table[minute]]
        if not turns or content != turns[-1][1]:
            turns.append((_at(at.first + minute), content))
    return turns


def _whole(case: Case, at: Minutes, book: DayBook, turns: Turns) -> list[str]:
    until_at = _at(at.first + len(at.day))
    ours = [
        (one.at, _content(one.rule)) for one in changes(case.rules, turns[0][0], until_at, book)
    ]
    return [] if ours == turns else [f"changes {ours} instead of {turns}"]


def _single(
    case: Case, at: Minutes, book: DayBook, wanted: tuple[Ints, Turns], rng: random.Random
) -> list[str]:
    table, turns = wanted
    found = []
    for minute in rng.sample(range(len(table)), 4):
        instant = _at(at.first + minute) + timedelta(seconds=rng.randint(0, 59))
        rule = None if table[minute] < 0 else case.rules[table[minute]]
        if in_force(case.rules, instant, book) is not rule:
            found.append(f"at {instant}: not {rule}")
        later = next(((when, what) for when, what in turns[1:] if when > instant), None)
        change = next_change(case.rules, instant, book, horizon_days=AROUND)
        soon = None if change is None else (change.at, _content(change.rule))
        end_at = _at(at.first + len(table))
        is_near = later is not None and later[0] < instant + timedelta(days=AROUND)
        if soon != later if is_near else soon is not None and soon[0] < end_at:
            found.append(f"after {instant}: {soon} instead of {later}")
    return found


def compare(cases: int, seed: int) -> list[str]:
    """Return the disagreements over random cases, each with its case."""
    rng = random.Random(seed)
    found = []
    for number in range(cases):
        case = random_case(rng)
        found += [f"case {number}, {case}: {one}" for one in differences(case, rng)]
    return found


def main() -> int:
    """Compare as many cases as asked, print the figure, and fail where there is a disagreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begun = time.monotonic()
    found = compare(asked.cases, asked.seed)
    for one in found[:10]:
        sys.stdout.write(f"{one}\n")
    spent_s = time.monotonic() - begun
    sys.stdout.write(
        f"{asked.cases} sets of rules, seed {asked.seed}: {len(found)} disagreements, {spent_s:.0f} s\n"
    )
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
