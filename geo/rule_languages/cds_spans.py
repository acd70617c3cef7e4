"""Time rules to and from the time spans of CDS 1.1."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import ALWAYS, in_order, read_clock
from geo.rule_languages.cerema import DAY_NAMES, HOLIDAYS
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.midnight import window_of, within_days
from geo.rule_languages.subtraction import without
from geo.rules import ALL_DAYS, DAY_END, DAY_MIN, MIDNIGHT, WEEK
from geo.words import SCHOOL_DAYS, SCHOOL_HOLIDAYS, Day, TimeRule

Span = Mapping[str, Any]

MS = 1000
AND = " and "
"""Joins the periods that must hold together in the one field there is for them."""

PERIODS = {SCHOOL_DAYS: "school days", SCHOOL_HOLIDAYS: "school holidays"}
"""Named periods as CDS 1.1 recommends to write them (TimeSpan.designated_period)."""

PARITIES = {"odd": "odd weeks", "even": "even weeks"}
"""Parity of the ISO week, for which CDS has no field, as a period of our own."""

_RESERVED = {HOLIDAYS, *PERIODS.values(), *PARITIES.values()}

_LISTS = ("days_of_month", "weeks_of_month", "months")
_FIELDS = {
    *_LISTS,
    "days_of_week",
    "start_date",
    "end_date",
    "time_of_day_start",
    "time_of_day_end",
    "designated_period",
    "designated_period_except",
}


def zone_of(time_zone: str) -> ZoneInfo:
    """Return a time zone by its name.

    Raises
    ------
    InvalidTimeRule
        The IANA data base has none of that name.
    """
    try:
        return ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidTimeRule(
            f"time_zone is {time_zone!r}: wanted a name of the IANA data base, for example Europe/Paris"
        ) from error


@dataclass(frozen=True)
class SpanLanguage:
    """How spans are to be understood."""

    time_zone: str
    """In which dates begin."""
    is_own: bool
    """Whether the policy is one of ours: its designated periods may join several, its rule has a description."""
    excepts_itself: bool = False
    """Whether an exception with other fields is a span that holds outside the period, as in CDS 1.0.1; in 1.1 all
    its fields describe when the rule does not apply."""
    notes: list[str] = field(default_factory=list)
    """What was rounded or left out, in words."""


def write_spans(rules: Sequence[TimeRule], time_zone: str) -> list[dict[str, Any]]:
    """Return the spans of rules that share their exceptions; none where they always apply.

    Rules without the holiday get a span of its own that excepts it: in the 1.1 meaning its fields describe when
    the rule does not apply, so that it must not stand beside days and hours.
    """
    spans = [span for rule in rules for span in _spans(rule, time_zone)]
    periods = [_term(name) for name in rules[0].except_periods]
    if Day.PH not in rules[0].days:
        periods.insert(0, HOLIDAYS)
    if spans == [{}] and not periods:
        return []
    excepted = [
        {"designated_period": period, "designated_period_except": True} for period in periods
    ]
    every = {"days_of_week": list(DAY_NAMES.values())}
    return [*(span or every for span in spans), *excepted]


def _spans(rule: TimeRule, time_zone: str) -> Iterator[dict[str, Any]]:
    common: dict[str, Any] = {name: list(getattr(rule, name)) for name in _LISTS}
    common["start_date"] = _midnight_ms(rule.from_on, time_zone)
    common["end_date"] = _midnight_ms(rule.until_on, time_zone)
    common["time_of_day_start"] = None if rule.start == MIDNIGHT else rule.start
    common["time_of_day_end"] = None if rule.end == DAY_END else rule.end
    parity = [PARITIES[rule.week_parity]] if rule.week_parity else []
    for named, holiday in _days(rule.days):
        for name in rule.only_periods or (None,):
            terms = [*holiday, *parity, *([] if name is None else [_term(name)])]
            span = {"days_of_week": named, **common, "designated_period": AND.join(terms)}
            yield {key: value for key, value in span.items() if value not in (None, [], "")}


def _days(days: Sequence[Day]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield days of the week and the designated period that, together, name all the days."""
    if tuple(days) == ALL_DAYS:
        yield [], []
        return
    week = [DAY_NAMES[day] for day in days if day is not Day.PH]
    if week:
        yield week, []
    if Day.PH in days:
        yield [], [HOLIDAYS]


def _term(name: str) -> str:
    """Return the name of a period so that no two of them, joined, can be taken for another."""
    if name in PERIODS:
        return PERIODS[name]
    text = re.sub(
        r"%|\band\b", lambda found: f"%{ord(found.group()[0]):02X}{found.group()[1:]}", name
    )
    if text in _RESERVED or text in PERIODS:
        return f"%{ord(text[0]):02X}{text[1:]}"
    return text


def _midnight_ms(on: date | None, time_zone: str) -> int | None:
    if on is None:
        return None
    return int(datetime.combine(on, time(), zone_of(time_zone)).timestamp()) * MS


def read_spans(said: Any, language: SpanLanguage) -> list[TimeRule]:
    """Return when spans apply, as rules of loading without further conditions.

    Raises
    ------
    InvalidTimeRule
        A span says what a time rule cannot; its text names the field and the value.
    """
    spans = [] if said is None else said
    if not isinstance(spans, list) or not all(isinstance(span, Mapping) for span in spans):
        raise InvalidTimeRule(f"time_spans are {str(said)[:80]}: wanted a list of objects")
    given = [{key: value for key, value in span.items() if value is not None} for span in spans]
    excepted = [span for span in given if span.get("designated_period_except")]
    inside = [span for span in given if not span.get("designated_period_except")]
    if language.excepts_itself:
        inside += [span for span in excepted if len(span) > len(("period", "except"))]
    rules = [rule for span in inside for rule in _read_span(span, language)]
    if not inside:
        rules = [ALWAYS]
    for span in excepted:
        if not (language.excepts_itself and span in inside):
            for cut in _read_positive(span, language):
                rules = [part for rule in rules for part in without([rule], cut)]
    return rules


def _read_span(span: Span, language: SpanLanguage) -> list[TimeRule]:
    if not span.get("designated_period_except"):
        return _read_positive(span, language)
    period = {"designated_period": span.get("designated_period")}
    rest = {
        key: value
        for key, value in span.items()
        if key not in ("designated_period", "designated_period_except")
    }
    rules = _read_positive(rest, language)
    for cut in _read_positive(period, language):
        rules = without(rules, cut)
    return rules


def _read_positive(span: Span, language: SpanLanguage) -> list[TimeRule]:
    """Read what a span's fields describe, its exception aside."""
    unknown = set(span) - _FIELDS
    if unknown:
        raise InvalidTimeRule(f"time span has the field {min(unknown)!r}: wanted those of CDS 1.1")
    days, conditions = _read_period(span, language)
    fields = {
        **{name: span[name] for name in _LISTS if name in span},
        **conditions,
        "from_on": _read_date(span, "start_date", language),
        "until_on": _read_date(span, "end_date", language),
    }
    rule = checked_rule("time span", {**fields, "days": days, "start": MIDNIGHT, "end": DAY_END})
    return within_days(rule, *_read_times(span))


def _read_period(span: Span, language: SpanLanguage) -> tuple[tuple[Day, ...], dict[str, Any]]:
    """Return the days and the conditions that days of the week and the designated period make together."""
    days = _read_week(span.get("days_of_week"))
    period = str(span.get("designated_period") or "")
    terms = [term for term in (period.split(AND) if language.is_own else [period]) if term]
    conditions: dict[str, Any] = {}
    parities = {text: name for name, text in PARITIES.items()}
    for term in terms:
        if term == HOLIDAYS:
            if days != ALL_DAYS:
                raise InvalidTimeRule(
                    f"time span is of holidays on {span.get('days_of_week')}: wanted holidays on any day"
                )
            days = (Day.PH,)
        elif language.is_own and term in parities:
            conditions["week_parity"] = parities[term]
        else:
            conditions["only_periods"] = (_name(term, language),)
    return days, conditions


def _name(term: str, language: SpanLanguage) -> str:
    known = {text: name for name, text in PERIODS.items()}
    if term in known:
        return known[term]
    return unquote(term) if language.is_own else term


def _read_week(said: Any) -> tuple[Day, ...]:
    if said is None:
        return ALL_DAYS
    names = {name: day for day, name in DAY_NAMES.items()}
    if not isinstance(said, list) or not said or not all(str(name) in names for name in said):
        raise InvalidTimeRule(
            f"days_of_week of a time span is {said!r}: wanted a list of {', '.join(names)}"
        )
    days = in_order(names[str(name)] for name in said)
    return ALL_DAYS if days == WEEK else days


def _read_times(span: Span) -> tuple[int, int]:
    window = window_of(
        _read_time(span, "time_of_day_start", 0), _read_time(span, "time_of_day_end", DAY_MIN)
    )
    if window is None:
        raise InvalidTimeRule(
            f"time span is from {span.get('time_of_day_start')} to {span.get('time_of_day_end')}: wanted a start before its end"
        )
    return window


def _read_time(span: Span, name: str, absent: int) -> int:
    said = span.get(name)
    if said is None:
        return absent
    minute = read_clock(said)
    if minute is None:
        raise InvalidTimeRule(f"{name} of a time span is {said!r}: wanted HH:MM")
    return minute


def _read_date(span: Span, name: str, language: SpanLanguage) -> date | None:
    """Return the local day of an instant; one within a day counts for the whole day, and a note says so."""
    said = span.get(name)
    if said is None:
        return None
    if isinstance(said, bool) or not isinstance(said, int):
        raise InvalidTimeRule(f"{name} of a time span is {said!r}: wanted milliseconds since 1970")
    try:
        at = datetime.fromtimestamp(said / MS, UTC).astimezone(zone_of(language.time_zone))
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidTimeRule(f"{name} of a time span is {said!r}: wanted a date") from error
    if at.time() == time():
        return at.date()
    language.notes.append(f"{name} {at.isoformat()} is within a day: the whole day was taken")
    return at.date() + timedelta(days=1) if name == "end_date" else at.date()
