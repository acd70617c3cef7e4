"""What applies at a bay at an instant, and what comes next, as an object and as a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from geo.in_force import Change, DayBook, in_force, next_change
from geo.rule_conditions_text import date_text
from geo.rule_text import clock_text, day_name, rules_text
from geo.vocabulary import Label, Language
from geo.words import TimeRule

FREE = Label("stationnement libre", "parking free to all")
NO_CHANGE = Label("sans changement dans les 400 jours", "no change within 400 days")


@dataclass(frozen=True)
class RuleState:
    """The rule in force at an instant, and the next change."""

    rule: TimeRule | None
    """None where parking is free to all."""
    change: Change | None
    """None where none comes within 400 days."""


def rule_state(rules: Sequence[TimeRule], at: datetime, book: DayBook) -> RuleState:
    """Return what applies at an aware instant, and what comes next.

    Raises
    ------
    UnknownDays
        The answer hangs on a period that is not known.
    """
    return RuleState(in_force(rules, at, book), next_change(rules, at, book))


def state_object(state: RuleState) -> dict[str, Any]:
    """Return a state as JSON values: ``rule``, ``changes_at`` (UTC) and ``next_rule``; null is free, or no change."""
    change = state.change
    return {
        "rule": _rule(state.rule),
        "changes_at": change.at.isoformat() if change else None,
        "next_rule": _rule(change.rule) if change else None,
    }


def state_text(state: RuleState, time_zone: str, language: Language) -> str:
    """Return a state as one phrase, the instant of the change in local time with its distance from UTC."""
    now = _said(state.rule, language)
    if state.change is None:
        return f"{now}, {NO_CHANGE.of(language)}"
    local = state.change.at.astimezone(ZoneInfo(time_zone))
    until, then = ("jusqu'au", "puis") if language == "fr" else ("until", "then")
    return f"{now}, {until} {_instant_text(local, language)}, {then} {_said(state.change.rule, language)}"


def _instant_text(local: datetime, language: Language) -> str:
    day = day_name(local.date(), language)
    at = "à" if language == "fr" else "at"
    clock = clock_text(f"{local:%H:%M}", language)
    return f"{day} {date_text(local.date(), language)} {at} {clock} (UTC{local:%z})"


def _said(rule: TimeRule | None, language: Language) -> str:
    return FREE.of(language) if rule is None else f"[{rules_text((rule,), language)}]"


def _rule(rule: TimeRule | None) -> dict[str, Any] | None:
    return None if rule is None else rule.model_dump(mode="json")
