"""Time rules of the store as words, kept in memory: a city has some dozens of different ones."""

from __future__ import annotations

import json
from functools import lru_cache

from geo.rule_languages.opening_hours import write_opening_hours
from geo.rule_text import rules_text
from geo.rules import read_rules

RULES_KEPT = 4096
"""Different rules whose words are kept."""


@lru_cache(maxsize=RULES_KEPT)
def rules_fr(rules: str) -> str:
    """Return rules, given as JSON text, as a French phrase."""
    return rules_text(read_rules(json.loads(rules)), "fr")


@lru_cache(maxsize=RULES_KEPT)
def opening_hours(rules: str) -> str | None:
    """Return rules, given as JSON text, as OSM opening hours; None where there is none."""
    return write_opening_hours(read_rules(json.loads(rules))) or None
