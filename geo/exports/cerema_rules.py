"""The rules of a bay in the columns of the national schema, and in words what those cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from geo.exports import cerema_words as words
from geo.exports.regulation import RESERVING
from geo.rule_languages.canonical import DATES
from geo.rule_languages.cerema import write_temporality
from geo.rule_languages.opening_hours import write_opening_hours
from geo.rule_text import rules_text
from geo.words import BayType, Control, Day, KerbBay, TimeRule


def rule_columns(bay: KerbBay) -> dict[str, str]:
    """Return the cells on maximum stay, its control and the reserved hours.

    A permanent bay has no hours there, as the schema wants it; only rules that hold alike every week are told.
    """
    hours = () if bay.bay_type is BayType.PERMANENT else reserved_hours(bay.rules)
    return {
        "DUREE_MAX": str(_only_max_stay(bay) or ""),
        "DUREE_CONTROLE": _control_word(bay),
        **_hours_cells(hours),
    }


def rule_words(bay: KerbBay) -> Iterator[str]:
    """Yield in plain French what the columns cannot say of the rules."""
    is_mixed = len({rule.max_stay_min for rule in bay.rules}) > 1
    if is_mixed or not all(rule.is_weekly for rule in bay.rules):
        yield f"Règles : {rules_text(bay.rules, 'fr')}"
    elif bay.bay_type is not BayType.PERMANENT and any(Day.PH in rule.days for rule in bay.rules):
        yield "Jours fériés compris"


def reserved_hours(rules: Sequence[TimeRule]) -> tuple[TimeRule, ...]:
    """Return the hours of rules that reserve a bay alike every week, without what other columns or words say."""
    plain = [
        TimeRule(days=rule.days, start=rule.start, end=rule.end)
        for rule in rules
        if rule.activity in RESERVING and all(getattr(rule, name) in {None, ()} for name in DATES)
    ]
    return tuple(dict.fromkeys(plain))


@lru_cache(maxsize=4096)
def _hours_cells(hours: tuple[TimeRule, ...]) -> dict[str, str]:
    """Return the two cells of hours; many bays share them."""
    return {
        "TEMPORALITE_CDS": write_temporality(hours) if hours else "",
        "TEMPORALITE_OSM": write_opening_hours(hours) if hours else "",
    }


def _only_max_stay(bay: KerbBay) -> int | None:
    """Return the one maximum stay of all rules, or of the bay where it has none; None where rules differ."""
    found = {rule.max_stay_min for rule in bay.rules} or {bay.details.max_stay_min}
    return next(iter(found)) if len(found) == 1 else None


def _control_word(bay: KerbBay) -> str:
    found: set[str | None] = {rule.control for rule in bay.rules} or {bay.details.control}
    known = {Control(value) for value in found if value in set(Control)}
    return words.CONTROLS[known.pop()] if len(known) == len(found) == 1 else ""
