"""Time rules to and from Cerema's column TEMPORALITE_CDS: reserved hours as a JSON list of time spans.

The column is not CDS: an item has ``times_of_day`` with several ranges where CDS has one span for each. Its other
fields are named as in CDS 1.1 where CDS has them. Source: CEREMA/schema-aire-livraison 1.0.0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import (
    ALWAYS,
    Windows,
    canonical,
    changed,
    conditions,
    days_by_windows,
    in_order,
    read_clock,
    reserves,
)
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.midnight import window_of, within_days
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT, WEEK, clock_of
from geo.words import Control, Day, TimeRule

DAY_NAMES = {
    Day.MO: "mon",
    Day.TU: "tue",
    Day.WE: "wed",
    Day.TH: "thu",
    Day.FR: "fri",
    Day.SA: "sat",
    Day.SU: "sun",
}
"""Days of the week as CDS and Cerema write them."""

HOLIDAYS = "holidays"
"""CDS 1.1, TimeSpan.designated_period."""

FIELDS = {
    "days_of_month": "days_of_month",
    "weeks_of_month": "weeks_of_month",
    "months": "months",
    "week_parity": "week_parity",
    "start_date": "from_on",
    "end_date": "until_on",
    "only_periods": "only_periods",
    "except_periods": "except_periods",
    "activity": "activity",
    "max_stay": "max_stay_min",
    "control": "control",
    "max_weight_t": "max_weight_t",
    "user_classes": "user_classes",
    "user_classes_except": "except_user_classes",
    "priority": "priority",
}
"""Fields of an item beyond those that the schema's examples show, and ours; left out where they say nothing.

Dates are ISO 8601 days of the bay's place, the end excluded.
"""

TEXTS = 1024
"""Cells kept with their rules: the bays of a city share a few dozen."""

MOST_CHARACTERS = 100_000
"""Longest cell that is read."""

COLUMNS = ("max_stay_min", "control")
"""Ours that have columns of their own: DUREE_MAX and DUREE_CONTROLE."""


def write_temporality(rules: Iterable[TimeRule]) -> str:
    """Return the reserved hours as the text of a TEMPORALITE_CDS cell, on one line.

    Empty where there are none, and for a permanent bay, as the schema demands. Rules of parking are left out. The
    maximum stay and its control belong in DUREE_MAX and DUREE_CONTROLE (`in_common`); only where rules differ in them
    does each item carry its own. A window that ends at midnight and goes on stays in two parts.
    """
    return _written(tuple(rules))


@lru_cache(maxsize=TEXTS)
def _written(rules: tuple[TimeRule, ...]) -> str:
    kept = canonical(rule for rule in rules if reserves(rule))
    if not kept or _is_plain_permanent(kept):
        return ""
    in_columns = [name for name in COLUMNS if len({getattr(rule, name) for rule in kept}) == 1]
    items = [item for group in _kinds(kept) for item in _items(group, in_columns)]
    return json.dumps(items, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=TEXTS)
def read_temporality(
    text: str, max_stay_min: int | None = None, control: Control | None = None
) -> tuple[TimeRule, ...]:
    """Read a TEMPORALITE_CDS cell as rules of loading, in canonical form; an empty one is no rule.

    Parameters
    ----------
    text
        Days that name the whole week include public holidays, fewer leave them out.
    max_stay_min, control
        What DUREE_MAX and DUREE_CONTROLE say, for items that do not say it themselves.

    Raises
    ------
    InvalidTimeRule
        The text is no such list, or an item says what a time rule cannot; its text names the piece.
    """
    if not text.strip():
        return ()
    if len(text) > MOST_CHARACTERS:
        raise InvalidTimeRule(
            f"TEMPORALITE_CDS has {len(text)} characters: wanted at most {MOST_CHARACTERS}"
        )
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidTimeRule(f"TEMPORALITE_CDS is {text[:80]!r}: wanted a JSON list") from error
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise InvalidTimeRule(f"TEMPORALITE_CDS is {text[:80]!r}: wanted a JSON list of objects")
    columns = {"max_stay_min": max_stay_min, "control": control}
    excepted = [item for item in items if item.get("designated_period_except")]
    rules = [rule for item in items if item not in excepted for rule in _read(item, columns)]
    if not excepted:
        return canonical(rules)
    for item in excepted:
        _check_holidays(item)
    return canonical(_without_holidays(rules))


def _is_plain_permanent(rules: Sequence[TimeRule]) -> bool:
    return [changed(rule, max_stay_min=None, control=None) for rule in rules] == [ALWAYS]


def _kinds(rules: Sequence[TimeRule]) -> list[list[TimeRule]]:
    """Return rules that share all but days and windows, together."""
    found: dict[str, list[TimeRule]] = {}
    for rule in rules:
        found.setdefault(conditions(rule), []).append(rule)
    return list(found.values())


def _items(rules: Sequence[TimeRule], in_columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    said = rules[0].model_dump(mode="json", exclude={"days", "start", "end"})
    rest = {
        name: said.get(ours)
        for name, ours in FIELDS.items()
        if ours not in in_columns and (ours in COLUMNS or said.get(ours) not in (None, "loading"))
    }
    for windows, days in days_by_windows(rules).items():
        times = {"times_of_day": [[clock_of(start), clock_of(end)] for start, end in windows]}
        for named in _named(days):
            yield {**named, **times, **rest}


def _named(days: Sequence[Day]) -> list[dict[str, Any]]:
    """Return days in words that include holidays exactly where they belong."""
    if tuple(days) == ALL_DAYS:
        return [{"days_of_week": list(DAY_NAMES.values())}]
    week = [day for day in days if day is not Day.PH]
    parts = [week[:-1], week[-1:]] if len(week) == len(WEEK) else [week]
    found: list[dict[str, Any]] = [
        {"days_of_week": [DAY_NAMES[day] for day in part]} for part in parts if part
    ]
    return [*found, {"designated_period": HOLIDAYS}] if Day.PH in days else found


def _read(item: Mapping[str, Any], columns: Mapping[str, Any]) -> list[TimeRule]:
    unknown = set(item) - {*FIELDS, "days_of_week", "times_of_day", "designated_period"}
    if unknown:
        raise InvalidTimeRule(
            f"TEMPORALITE_CDS has the field {min(unknown)!r}: wanted days_of_week and times_of_day"
        )
    fields = {ours: item[name] for name, ours in FIELDS.items() if name in item}
    rule = checked_rule(
        "TEMPORALITE_CDS",
        {**columns, **fields, "days": _days(item), "start": MIDNIGHT, "end": DAY_END},
    )
    return [part for start, end in _times(item) for part in within_days(rule, start, end)]


def _days(item: Mapping[str, Any]) -> tuple[Day, ...]:
    names = {name: day for day, name in DAY_NAMES.items()}
    said = item.get("days_of_week")
    if item.get("designated_period") is not None:
        if said is not None or item["designated_period"] != HOLIDAYS:
            raise InvalidTimeRule(
                f"designated_period of TEMPORALITE_CDS is {item['designated_period']!r}: "
                "wanted holidays, without days_of_week"
            )
        return (Day.PH,)
    if said is None:
        return ALL_DAYS
    if not isinstance(said, list) or not said or not set(map(str, said)) <= set(names):
        raise InvalidTimeRule(
            f"days_of_week of TEMPORALITE_CDS is {said!r}: wanted a list of {', '.join(names)}"
        )
    days = in_order(names[str(name)] for name in said)
    return ALL_DAYS if days == WEEK else days


def _times(item: Mapping[str, Any]) -> Windows:
    said = item.get("times_of_day", [[MIDNIGHT, DAY_END]])
    if not isinstance(said, list) or not said:
        raise InvalidTimeRule(
            f"times_of_day of TEMPORALITE_CDS is {said!r}: wanted a list of [start, end]"
        )
    return tuple(_window(pair) for pair in said)


def _window(pair: Any) -> tuple[int, int]:
    """Return the minutes of a range; one that ends before it starts goes on until the day after."""
    times = [read_clock(one) for one in pair] if isinstance(pair, list) else []
    if len(times) != 2:  # noqa: PLR2004 - start and end
        raise _no_range(pair)
    window = window_of(*times)
    if window is None:
        raise _no_range(pair)
    return window


def _no_range(pair: Any) -> InvalidTimeRule:
    return InvalidTimeRule(
        f"times_of_day of TEMPORALITE_CDS has {pair!r}: wanted [start, end] as HH:MM"
    )


def _check_holidays(item: Mapping[str, Any]) -> None:
    if dict(item) != {"designated_period": HOLIDAYS, "designated_period_except": True}:
        raise InvalidTimeRule(
            f"TEMPORALITE_CDS excepts {dict(item)!r}: wanted the holidays alone, in an item of their own"
        )


def _without_holidays(rules: Iterable[TimeRule]) -> Iterator[TimeRule]:
    for rule in rules:
        days = tuple(day for day in rule.days if day is not Day.PH)
        if days:
            yield changed(rule, days=days)
