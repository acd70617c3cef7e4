"""How an order names a bay's place and its rule."""

from __future__ import annotations

import re
from collections.abc import Sequence

from geo.rule_text import rules_text
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT
from geo.words import Bay, TimeRule


def place_text(bay: Bay) -> str:
    """Return where a bay lies: ``au droit du 12 rue des Forges``, or its name, or its identifier."""
    where = street_address(bay)
    if not where:
        return f"« {bay.bay_id} »"
    return f"au droit du {where}" if re.match(r"\d", where) else f"« {where} »"


def street_address(bay: Bay) -> str:
    """Return a bay's address without postal code and town, or its name; empty where it has none."""
    address = bay.details.address
    if address is None:
        return bay.name
    return re.sub(r",?\s*\d{5}\s+\D*$", "", address).strip() or bay.name


def rule_phrase(rules: Sequence[TimeRule]) -> str:
    """Return rules as an order says them: ``en permanence`` for one that holds at all times, else as everywhere."""
    if len(rules) != 1 or not _always(rules[0]):
        return rules_text(rules, "fr")
    limit = rules[0].max_stay_min
    return f"en permanence ({limit} min au plus)" if limit else "en permanence"


def _always(rule: TimeRule) -> bool:
    is_whole = set(rule.days) >= set(ALL_DAYS) and (rule.start, rule.end) == (MIDNIGHT, DAY_END)
    return is_whole and rule.is_weekly
