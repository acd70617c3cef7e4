"""The text of the sign that a rule asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from geo.exports.regulation import RESERVING
from geo.rule_text import clock_text
from geo.rules import DAY_END, MIDNIGHT, WEEK
from geo.words import Control, Day, TimeRule

SHORT = {
    Day.MO: "LUN.",
    Day.TU: "MAR.",
    Day.WE: "MER.",
    Day.TH: "JEU.",
    Day.FR: "VEN.",
    Day.SA: "SAM.",
    Day.SU: "DIM.",
}

RUN = 3
"""From this many days in a row on, the sign names the first and the last."""


def sign_lines(rules: Sequence[TimeRule], number: str) -> tuple[str, ...]:
    """Return the lines of the panel under the sign that forbids parking, from the top, for rules that reserve a bay.

    Parameters
    ----------
    number
        Of the order; a panel that bears it can be checked by everyone (BAC-IDF's advice).
    """
    if not rules:
        return ("SAUF LIVRAISONS", "[regle_horaire]", f"ARRÊTÉ {number}")
    exempt = all(rule.activity in RESERVING for rule in rules)
    apart = _differ(rules)
    hours = [_window(rule, apart(rule)) for rule in rules]
    return (
        *(("SAUF LIVRAISONS",) if exempt else ()),
        *dict.fromkeys(filter(None, hours)),
        *_holidays(rules),
        *([] if apart(rules[0]) else _limits(rules[0])),
        *(("DISQUE OBLIGATOIRE",) if any(rule.control is Control.DISC for rule in rules) else ()),
        f"ARRÊTÉ {number}",
    )


def sign_text(signs: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """Return signs as plain text: the place of each, then its lines."""
    return "\n".join(
        f"{place}\n" + "".join(f"    {line}\n" for line in lines) for place, lines in signs
    )


def _days(days: Sequence[Day]) -> str:
    week = [day for day in WEEK if day in days]
    if len(week) == len(WEEK):
        return ""
    positions = [WEEK.index(day) for day in week]
    if len(week) >= RUN and positions == list(range(positions[0], positions[-1] + 1)):
        return f"{SHORT[week[0]]} - {SHORT[week[-1]]}"
    return " ".join(SHORT[day] for day in week) or "JOURS FÉRIÉS"


def _window(rule: TimeRule, limits: Sequence[str]) -> str:
    when = f"{_days(rule.days)} {_hours(rule)}".strip()
    return " : ".join(filter(None, (when, ", ".join(limits))))


def _hours(rule: TimeRule) -> str:
    if (rule.start, rule.end) == (MIDNIGHT, DAY_END):
        return ""
    return f"{clock_text(rule.start, 'fr')} - {clock_text(rule.end, 'fr')}"


def _holidays(rules: Sequence[TimeRule]) -> list[str]:
    named = {Day.PH in rule.days for rule in rules}
    every_day = all(set(WEEK) <= set(rule.days) for rule in rules)
    if named == {False}:
        return ["SAUF JOURS FÉRIÉS"]
    return [] if every_day else ["JOURS FÉRIÉS COMPRIS"]


def _differ(rules: Sequence[TimeRule]) -> Callable[[TimeRule], list[str]]:
    """Return what is said beside the hours of each rule: its limits, where rules do not have them in common."""
    in_common = len({tuple(_limits(rule)) for rule in rules}) == 1
    return lambda rule: [] if in_common else _limits(rule)


def _limits(rule: TimeRule) -> list[str]:
    stay = [f"{rule.max_stay_min} min MAX."] if rule.max_stay_min else []
    weight = [f"JUSQU'À {rule.max_weight_t:g} t".replace(".", ",")] if rule.max_weight_t else []
    return stay + weight
