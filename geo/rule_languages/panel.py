"""The French panel of a delivery bay: ``LIVRAISONS du lundi au samedi 7h-20h sauf jours fériés, 30 min max``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_conditions_text import MONTH_LABELS
from geo.rule_languages.canonical import (
    Windows,
    canonical,
    changed,
    conditions,
    days_by_windows,
    in_order,
    read_clock,
    runs,
)
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.midnight import window_of, within_days
from geo.rule_text import DAY_NAMES, RUN
from geo.rules import ALL_DAYS, DAY_MIN, WEEK
from geo.words import SCHOOL_DAYS, SCHOOL_HOLIDAYS, Control, Day, TimeRule

HEAD = "LIVRAISONS"
_DAYS = tuple(DAY_NAMES["fr"][day] for day in WEEK)
_MONTHS = tuple(month.fr for month in MONTH_LABELS)
_NTH = ("1er", "2e", "3e", "4e", "5e")
_EVERY_DAY, _HOLIDAYS = "tous les jours", "jours fériés"
_WITH_HOLIDAYS, _WITHOUT_HOLIDAYS = "jours fériés compris", "sauf jours fériés"

_PHRASES: dict[str, dict[str, Any]] = {
    "disque obligatoire": {"control": Control.DISC},
    "contrôle par capteur": {"control": Control.SENSOR},
    "contrôle par caméra": {"control": Control.CAMERA},
    "semaines impaires": {"week_parity": "odd"},
    "semaines paires": {"week_parity": "even"},
    "en période scolaire": {"only_periods": (SCHOOL_DAYS,)},
    "pendant les vacances scolaires": {"only_periods": (SCHOOL_HOLIDAYS,)},
    "hors vacances scolaires": {"except_periods": (SCHOOL_HOLIDAYS,)},
}
"""Conditions that a panel says in set words."""


_NAMED = ("weeks_of_month", "months", "max_weight_t", "max_stay_min")


def is_panel(text: str) -> bool:
    """Tell whether a text begins as a French panel does."""
    return text.strip().upper().startswith("LIVRAISON")


def write_panel(rules: Iterable[TimeRule]) -> str:
    """Return what the panel of a bay says; empty without rules.

    Raises
    ------
    InvalidTimeRule
        A rule is not of loading, or has a condition that a panel has no words for.
    """
    kinds: dict[str, list[TimeRule]] = {}
    for rule in canonical(rules):
        kinds.setdefault(conditions(rule), []).append(rule)
    lines = [line for group in kinds.values() for line in _lines(group)]
    return f"{HEAD} {' ; '.join(lines)}" if lines else ""


def read_panel(text: str) -> tuple[TimeRule, ...]:
    """Read a French panel; days without a word on public holidays leave them out, ``tous les jours`` has them.

    Raises
    ------
    InvalidTimeRule
        The text is no such panel; the message names the piece.
    """
    body = re.sub(r"(?i)^\s*livraisons?\s*:?", "", text)
    if body == text:
        raise InvalidTimeRule(f"panel is {text!r}: wanted {HEAD} first")
    found = [rule for line in body.split(";") for rule in _read_line(line.strip(), text)]
    return canonical(found)


def _lines(rules: Sequence[TimeRule]) -> Iterator[str]:
    told = ", ".join(_told(rules[0]))
    for windows, days in days_by_windows(rules).items():
        named = f"{_days_text(days)} {_hours_text(windows)}"
        holidays = "" if days in (ALL_DAYS, (Day.PH,)) else _WITHOUT_HOLIDAYS
        if Day.PH in days and holidays:
            holidays = _WITH_HOLIDAYS
        yield ", ".join(filter(None, (f"{named} {holidays}".strip(), told)))


def _told(rule: TimeRule) -> list[str]:
    """Return the conditions of a rule in words."""
    named = _named(rule)
    rest = changed(rule, **{name: _absent(name) for name in _NAMED})
    for phrase, fields in _PHRASES.items():
        if all(getattr(rest, name) == value for name, value in fields.items()):
            rest = changed(rest, **{name: _absent(name) for name in fields})
            named.insert(0, phrase)
    plain = TimeRule(days=rule.days, start=rule.start, end=rule.end)
    for name, value in rest:
        if value != getattr(plain, name):
            raise InvalidTimeRule(f"{name} is {value!r}: wanted a condition that a panel can say")
    return named


def _named(rule: TimeRule) -> list[str]:
    """Return the conditions that a panel says with numbers and names."""
    weeks = " et ".join(_NTH[week - 1] for week in rule.weeks_of_month)
    months = " et ".join(_MONTHS[month - 1] for month in rule.months)
    weight = f"{rule.max_weight_t:g}".replace(".", ",") if rule.max_weight_t else ""
    return [
        phrase
        for value, phrase in (
            (weeks, f"{weeks} du mois"),
            (months, f"en {months}"),
            (weight, f"PTAC max {weight} t"),
            (rule.max_stay_min, f"{rule.max_stay_min} min max"),
        )
        if value
    ]


def _absent(name: str) -> Any:
    return TimeRule.model_fields[name].default


def _days_text(days: Sequence[Day]) -> str:
    if tuple(days) in (ALL_DAYS, WEEK):
        return _EVERY_DAY
    week = [WEEK.index(day) for day in days if day is not Day.PH]
    if not week:
        return _HOLIDAYS
    return _joined([part for run in runs(week) for part in _run_text(run)])


def _run_text(run: Sequence[int]) -> list[str]:
    if len(run) >= RUN:
        return [f"du {_DAYS[run[0]]} au {_DAYS[run[-1]]}"]
    return [_DAYS[at] for at in run]


def _joined(parts: Sequence[str]) -> str:
    return " et ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _hours_text(windows: Windows) -> str:
    if windows == ((0, DAY_MIN),):
        return "24h/24"
    return " et ".join(f"{_clock_text(start)}-{_clock_text(end)}" for start, end in windows)


def _clock_text(minute: int) -> str:
    hours, rest = divmod(minute, 60)
    return f"{hours}h{rest:02d}" if rest else f"{hours}h"


def _plain(text: str) -> str:
    """Return lower case without accents, in which panels are compared."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return " ".join("".join(one for one in parts if not unicodedata.combining(one)).split())


_DAY_NAME = "(?:" + "|".join(_DAYS) + ")s?"
_DAY_PART = f"(?:(?:du )?{_DAY_NAME} au {_DAY_NAME}|(?:les? )?{_DAY_NAME})"
_TIME = r"\d{1,2} ?(?:h|:) ?(?:[0-5]\d)?"
_RANGE = re.compile(rf"(?:de )?({_TIME}) ?(?:-|a) ?({_TIME})")
_RANGE_TEXT = rf"(?:de )?{_TIME} ?(?:-|a) ?{_TIME}"
_EXCEPT = (
    r"sauf (?:les? )?(?:dimanches?(?: et (?:les )?jours feries)?|jours feries)|jours feries compris"
)
_LINE = re.compile(
    rf"(?P<days>tous les jours|jours feries(?! compris)|{_DAY_PART}(?:(?:, | et ){_DAY_PART})*)?"
    rf"(?:,? ?(?P<before>{_EXCEPT}))?,? ?"
    rf"(?P<hours>24 ?h ?/ ?24|{_RANGE_TEXT}(?:(?: et |, ?){_RANGE_TEXT})*)"
    rf"(?:,? (?P<after>{_EXCEPT}))?(?P<rest>(?:, .*)?)"
)


def _read_line(line: str, text: str) -> list[TimeRule]:
    found = _LINE.fullmatch(_plain(line))
    if found is None:
        raise InvalidTimeRule(
            f"panel {text!r} holds {line!r}: wanted days, hours, then conditions after commas"
        )
    said = f"{found.group('before') or ''} {found.group('after') or ''}"
    days = _less_excepted(_read_days(found.group("days")), said)
    fields: dict[str, Any] = {}
    for part in filter(None, found.group("rest").split(", ")):
        fields.update(_read_condition(part, text))
    rule = checked_rule(
        f"panel {text!r}", {**fields, "days": days, "start": "00:00", "end": "24:00"}
    )
    if "/" in found.group("hours"):
        return [rule]
    return [
        one
        for times in _RANGE.finditer(found.group("hours"))
        for one in within_days(rule, *_read_range(times, text))
    ]


def _read_range(times: re.Match[str], text: str) -> tuple[int, int]:
    window = window_of(_read_time(times[1]), _read_time(times[2]))
    if window is None:
        raise InvalidTimeRule(f"panel {text!r} holds the hours {times.group()!r}: wanted 0h to 24h")
    return window


def _read_time(text: str) -> int | None:
    hours, _, rest = text.replace(" ", "").replace(":", "h").partition("h")
    return read_clock(f"{hours}:{rest or '00'}")


def _read_days(text: str | None) -> tuple[Day, ...]:
    if text is None or text == _plain(_EVERY_DAY):
        return ALL_DAYS
    if text == _plain(_HOLIDAYS):
        return (Day.PH,)
    days: list[Day] = []
    for part in re.findall(_DAY_PART, text):
        ends = [_DAYS.index(name.removesuffix("s")) for name in re.findall(_DAY_NAME, part)]
        span = (ends[-1] - ends[0]) % 7
        days += [WEEK[(ends[0] + step) % 7] for step in range(span + 1)]
    return ALL_DAYS if set(days) == set(WEEK) else in_order(days)


def _less_excepted(days: tuple[Day, ...], said: str) -> tuple[Day, ...]:
    """Return days less those excepted; whoever excepts a day, and says no more, leaves holidays out."""
    if "compris" in said:
        days = in_order((*days, Day.PH))
    elif said.strip():
        days = tuple(day for day in days if day is not Day.PH)
    if "dimanche" in said:
        days = tuple(day for day in days if day is not Day.SU)
    return days


def _read_condition(part: str, text: str) -> dict[str, Any]:
    phrases = {_plain(phrase): fields for phrase, fields in _PHRASES.items()}
    if part in phrases:
        return phrases[part]
    if found := re.fullmatch(r"(\d+) ?min(?:utes)?(?: max(?:imum)?)?", part):
        return {"max_stay_min": int(found[1])}
    if found := re.fullmatch(r"ptac max (\d+(?:,\d+)?) ?t", part):
        return {"max_weight_t": float(found[1].replace(",", "."))}
    names = part.removeprefix("en ").removesuffix(" du mois").split(" et ")
    months, weeks = [_plain(name) for name in _MONTHS], list(_NTH)
    if part.startswith("en ") and set(names) <= set(months):
        return {"months": tuple(months.index(name) + 1 for name in names)}
    if part.endswith(" du mois") and set(names) <= set(weeks):
        return {"weeks_of_month": tuple(weeks.index(name) + 1 for name in names)}
    raise InvalidTimeRule(f"panel {text!r} holds {part!r}: wanted a condition as panels say it")
