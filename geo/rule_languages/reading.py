"""What a text in another language says, and what of it time rules leave out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo.rule_languages.canonical import canonical, changed
from geo.words import TimeRule


@dataclass(frozen=True)
class Reading:
    """Rules with a note for each thing that they do not say, such as rates."""

    rules: tuple[TimeRule, ...]
    """In canonical form."""
    notes: tuple[str, ...] = ()


def reading(rules: Iterable[TimeRule], notes: Iterable[str]) -> Reading:
    """Return rules in canonical form, and each note once."""
    return Reading(canonical(rules), tuple(dict.fromkeys(notes)))


def unranked(rules: Iterable[TimeRule]) -> list[TimeRule]:
    """Return rules without their priorities where all have the same: it says nothing then."""
    given = list(rules)
    if len({rule.priority for rule in given}) > 1:
        return given
    return [changed(rule, priority=None) for rule in given]
