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
    """None where nothing changes within the horizon of ``next_change``, or where it is unknown."""
    is_known: bool
    """Whether it can be said what applies."""
    unknown: str | None
    """Why what applies, or what comes next, cannot be said: days that no calendar tells of; None where both can."""


def rule_now(rules: Sequence[TimeRule], at: datetime, book: DayBook) -> RuleNow:
    """Return what applies at an aware instant and the next change, each unknown where a calendar is missing."""
    try:
        rule = in_force(rules, at, book)
    except UnknownDays as error:
        return RuleNow(None, None, is_known=False, unknown=str(error))
    try:
        return RuleNow(rule, next_change(rules, at, book), is_known=True, unknown=None)
    except UnknownDays as error:
        return RuleNow(rule, None, is_known=True, unknown=str(error))


def sentence(now: RuleNow, time_zone: str) -> Label:
    """Return what applies and what next as one sentence in each language."""
    return Label(_sentence(now, time_zone, "fr"), _sentence(now, time_zone, "en"))


def said_now(rules: Sequence[TimeRule], at: datetime, book: DayBook) -> dict[Language, str]:
    """Return what applies and what next as sentences by language; they change only when a rule does."""
    said = sentence(rule_now(rules, at, book), book.time_zone)
    return {"fr": said.fr, "en": said.en}


def state_text(rule: TimeRule | None) -> Label:
    """Return a rule, or that there is none, as a phrase in each language."""
    rules = () if rule is None else (rule,)
    return Label(rules_text(rules, "fr"), rules_text(rules, "en"))


def _sentence(now: RuleNow, time_zone: str, language: Language) -> str:
    if not now.is_known:
        return _UNKNOWN.of(language)
    here = f"{_NOW.of(language)}{state_text(now.rule).of(language)}."
    if now.unknown is not None:
        return f"{here} {_NEXT_UNKNOWN.of(language)}"
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
_NEVER = Label(
    "Aucun changement dans les treize mois à venir.", "No change within the next thirteen months."
)
_NEXT_UNKNOWN = Label(
    "La suite dépend d'un calendrier qui manque.",
    "What follows hangs on a calendar that is missing.",
)
_UNKNOWN = Label(
    "On ne peut pas le dire : un calendrier nommé par une règle manque.",
    "It cannot be said: a calendar that a rule names is missing.",
)
