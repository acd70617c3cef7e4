"""What applies at a bay at an instant and what comes next, as data and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from geo.errors import UnknownDays
from geo.in_force import Change, DayBook, in_force, next_change
from geo.rule_text import clock_text, rules_text
from geo.vocabulary import Label, Language
from geo.words import TimeRule


@dataclass(frozen=True)
class RuleNow:
    """What applies, and what next."""

    rule: TimeRule | None
    """None where parking is free to all, or where it is unknown."""
    following: Change | None
    """None where nothing changes within a year, or where it is unknown."""
    unknown: str | None
    """Why it cannot be said: a day that no calendar tells of; None where it can."""


def rule_now(rules: Sequence[TimeRule], at: datetime, book: DayBook) -> RuleNow:
    """Return what applies at an aware instant and the next change; unknown where a calendar is missing."""
    try:
        return RuleNow(in_force(rules, at, book), next_change(rules, at, book), None)
    except UnknownDays as error:
        return RuleNow(None, None, str(error))


def sentence(now: RuleNow, time_zone: str) -> Label:
    """Return what applies and what next as one sentence in each language."""
    return Label(_sentence(now, time_zone, "fr"), _sentence(now, time_zone, "en"))


def state_text(rule: TimeRule | None) -> Label:
    """Return a rule, or that there is none, as a phrase in each language."""
    rules = () if rule is None else (rule,)
    return Label(rules_text(rules, "fr"), rules_text(rules, "en"))


def _sentence(now: RuleNow, time_zone: str, language: Language) -> str:
    if now.unknown is not None:
        return _UNKNOWN.of(language)
    here = f"{_NOW.of(language)}{state_text(now.rule).of(language)}."
    if now.following is None:
        return f"{here} {_NEVER.of(language)}"
    when = _when(now.following.at, time_zone, language)
    return f"{here} {when}{state_text(now.following.rule).of(language)}."


def _when(at: datetime, time_zone: str, language: Language) -> str:
    local = at.astimezone(ZoneInfo(time_zone))
    clock = clock_text(local.strftime("%H:%M"), language)
    if language == "fr":
        return f"À partir du {local:%d/%m/%Y} à {clock} : "
    return f"From {local:%Y-%m-%d} at {clock} on: "


_NOW = Label("Maintenant : ", "Now: ")
_NEVER = Label("Aucun changement dans les treize mois.", "No change within thirteen months.")
_UNKNOWN = Label(
    "On ne peut pas le dire : un calendrier nommé par une règle manque.",
    "It cannot be said: a calendar that a rule names is missing.",
)
