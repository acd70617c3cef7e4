"""Time rules in plain French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geo.rule_conditions_text import activity_text, conditions_text, joined, weeks_text
from geo.rules import WEEK, minutes
from geo.vocabulary import Language
from geo.words import Day, TimeRule

DAY_NAMES = {
    "fr": {
        Day.MO: "lundi",
        Day.TU: "mardi",
        Day.WE: "mercredi",
        Day.TH: "jeudi",
        Day.FR: "vendredi",
        Day.SA: "samedi",
        Day.SU: "dimanche",
        Day.PH: "jours fériés",
    },
    "en": {
        Day.MO: "Monday",
        Day.TU: "Tuesday",
        Day.WE: "Wednesday",
        Day.TH: "Thursday",
        Day.FR: "Friday",
        Day.SA: "Saturday",
        Day.SU: "Sunday",
        Day.PH: "public holidays",
    },
}

_FREE = {"fr": "aucune heure réservée", "en": "no reserved hours"}

RUN = 3
"""From this many days in a row on, they are written as from the first to the last."""


def rules_text(rules: Sequence[TimeRule], language: Language) -> str:
    """Return rules as one phrase, for example ``du lundi au vendredi de 7 h à 11 h (30 min au plus)``.

    What is not loading says so first, and conditions follow the hours: ``le 1er et 3e mardi du mois de 7 h à 11 h,
    sauf jours de marché, jusqu'à 3,5 t``.
    """
    if not rules:
        return _FREE[language]
    groups: dict[tuple[str, str, str], list[TimeRule]] = {}
    for rule in sorted(rules, key=lambda rule: (_position(rule.days), rule.start)):
        key = (
            activity_text(rule, language),
            _when_text(rule, language),
            conditions_text(rule, language),
        )
        groups.setdefault(key, []).append(rule)
    return " ; ".join(
        f"{activity}{days} {_windows_text(windows, language)}{conditions}"
        for (activity, days, conditions), windows in groups.items()
    )


def rule_text(rule: TimeRule, language: Language) -> str:
    """Return one rule as a phrase."""
    return rules_text((rule,), language)


def clock_text(clock: str, language: Language) -> str:
    """Return a wall time as it is written: ``7 h``, ``7 h 30`` or ``07:30``."""
    if language == "en":
        return clock
    hours, rest = divmod(minutes(clock), 60)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def day_name(on: date, language: Language) -> str:
    """Return the name of a date's day of the week."""
    return DAY_NAMES[language][WEEK[on.weekday()]]


def days_text(days: Sequence[Day], language: Language) -> str:
    """Return days in words: ``du lundi au vendredi et les jours fériés``."""
    names = DAY_NAMES[language]
    week = sorted((day for day in days if day is not Day.PH), key=WEEK.index)
    parts = [_run_text(run, language) for run in _runs(week)]
    if Day.PH in days:
        parts.append(("les " if language == "fr" else "on ") + names[Day.PH])
    return (" et " if language == "fr" else " and ").join(parts)


def _when_text(rule: TimeRule, language: Language) -> str:
    """Return the days of a rule, with the weeks of the month where it names some."""
    if not rule.weeks_of_month:
        return days_text(rule.days, language)
    weeks = weeks_text(rule.weeks_of_month, language)
    ordered = [day for day in (*WEEK, Day.PH) if day in rule.days]
    named = joined([DAY_NAMES[language][day] for day in ordered], language)
    return (
        f"le {weeks} {named} du mois"
        if language == "fr"
        else f"on the {weeks} {named} of the month"
    )


def _position(days: Sequence[Day]) -> int:
    return min((*WEEK, Day.PH).index(day) for day in days)


def _windows_text(windows: Sequence[TimeRule], language: Language) -> str:
    word, to = ("de", "à") if language == "fr" else ("from", "to")
    joined = " et " if language == "fr" else " and "
    return joined.join(
        f"{word} {clock_text(one.start, language)} {to} {clock_text(one.end, language)}"
        f"{_limit_text(one.max_stay_min, language)}"
        for one in windows
    )


def _limit_text(limit_min: int | None, language: Language) -> str:
    if limit_min is None:
        return ""
    return f" ({limit_min} min au plus)" if language == "fr" else f" (at most {limit_min} min)"


def _run_text(run: Sequence[Day], language: Language) -> str:
    names = DAY_NAMES[language]
    if len(run) >= RUN:
        first, last = names[run[0]], names[run[-1]]
        return f"du {first} au {last}" if language == "fr" else f"from {first} to {last}"
    joined = " et " if language == "fr" else " and "
    return ("le " if language == "fr" else "on ") + joined.join(names[day] for day in run)


def _runs(week: Sequence[Day]) -> list[list[Day]]:
    """Return days in order as runs without a gap."""
    runs: list[list[Day]] = []
    for day in week:
        if runs and WEEK.index(runs[-1][-1]) + 1 == WEEK.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return runs
