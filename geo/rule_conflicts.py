"""Rules of one bay that overlap, contradict each other or never apply, each with its days and hours in two languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import Literal

from geo.in_force import says
from geo.rule_conditions_text import dates_text
from geo.rule_dates import common_days, holds_whenever
from geo.rule_text import clock_text, days_text, rule_text, rules_text
from geo.rules import ALL_DAYS, DAY_MIN, RESERVING, WEEK, minutes, precedence
from geo.vocabulary import Label, Language
from geo.words import Activity, BayType, Day, TimeRule

Severity = Literal["error", "warning", "note"]

MOST_RULES = 200
"""Rules of one bay that are compared pair by pair; a bay has a handful (convention)."""

_ALL_USES = frozenset({"stopping", "loading", "unloading", "parking"})

FORBIDDEN = {
    Activity.NO_TRAVEL: _ALL_USES | {"travel"},
    Activity.NO_STOPPING: _ALL_USES,
    Activity.NO_LOADING: frozenset({"loading"}),
    Activity.NO_UNLOADING: frozenset({"unloading"}),
    Activity.NO_PARKING: frozenset({"parking"}),
    Activity.LOADING: frozenset({"parking"}),
    Activity.UNLOADING: frozenset({"parking"}),
}
"""Uses that an activity takes away from the public, by the value of the activity that allows them.

Source: CDS 1.1, Rule.activity; hours of loading keep others from parking (Code de la route, R417-10).
"""


@dataclass(frozen=True)
class RuleConflict:
    """One remark about the rules of a bay."""

    code: str
    """Stable code, for programs."""
    severity: Severity
    rules: tuple[int, ...]
    """Positions of the rules it is about, from 0."""
    days: tuple[Day, ...]
    """Days on which it shows, Monday first; empty where it is not of days."""
    start: str | None
    """First local minute of the hours in which it shows; None where it is not of hours."""
    end: str | None
    text: Label
    """The remark as a sentence."""


def rule_conflicts(
    rules: Sequence[TimeRule], bay_type: BayType | None = None
) -> tuple[RuleConflict, ...]:
    """Return what is wrong with the rules of a bay: errors first, then in the order of the rules.

    Codes: ``activities_contradict`` (in force together at one rank, and one forbids what the other allows),
    ``max_stays_differ`` (the same, with other maximum stays), ``never_in_force`` (its conditions never meet, or others
    always rule), ``versions_overlap`` and ``versions_gap`` (rules that follow each other in time), ``window_inside``
    and ``windows_overlap`` (rules that say the same twice), ``permanent_with_hours``, ``too_many_rules``.

    Parameters
    ----------
    rules
        Of one bay.
    bay_type
        Whose rules they are; None does not look at the type.
    """
    return _found(tuple(rules), bay_type)


@lru_cache(maxsize=4096)
def _found(rules: tuple[TimeRule, ...], bay_type: BayType | None) -> tuple[RuleConflict, ...]:
    if len(rules) > MOST_RULES:
        return (_too_many(len(rules)),)
    found = [
        *_permanent_with_hours(rules, bay_type),
        *_never(rules),
        *_pairs(rules),
        *_gaps(rules),
    ]
    severities: tuple[Severity, ...] = ("error", "warning", "note")
    return tuple(sorted(found, key=lambda one: (severities.index(one.severity), one.rules)))


def _too_many(count: int) -> RuleConflict:
    text = Label(
        f"L'aire porte {count} règles, plus que les {MOST_RULES} qui sont comparées entre elles.",
        f"The bay has {count} rules, more than the {MOST_RULES} that are compared with each other.",
    )
    return RuleConflict("too_many_rules", "warning", (), (), None, None, text)


def _permanent_with_hours(
    rules: Sequence[TimeRule], bay_type: BayType | None
) -> Iterator[RuleConflict]:
    places = [place for place, rule in enumerate(rules) if _has_hours(rule)]
    if bay_type is not BayType.PERMANENT or not places:
        return
    hours = [rules[place] for place in places]
    text = Label(
        f"L'aire est dite permanente, mais ses règles lui donnent des heures : « {rules_text(hours, 'fr')} ».",
        f"The bay is said to be permanent, but its rules give it hours: “{rules_text(hours, 'en')}”.",
    )
    days = tuple(day for day in ALL_DAYS if any(day in rule.days for rule in hours))
    start, end = min(rule.start for rule in hours), max(rule.end for rule in hours)
    yield RuleConflict("permanent_with_hours", "error", tuple(places), days, start, end, text)


def _has_hours(rule: TimeRule) -> bool:
    """Tell whether a rule keeps the kerb for deliveries at some hours or days only."""
    is_whole = minutes(rule.end) - minutes(rule.start) == DAY_MIN and set(WEEK) <= {*rule.days}
    return rule.activity in RESERVING and not is_whole


def _never(rules: Sequence[TimeRule]) -> Iterator[RuleConflict]:
    for position, rule in enumerate(rules):
        days = common_days((rule,))
        if not days:
            why = Label("ses conditions ne se rencontrent jamais", "its conditions never meet")
        elif _is_hidden(rules, position, days):
            why = Label("d'autres règles priment toujours", "other rules always come first")
        else:
            continue
        text = Label(
            f"La règle « {rule_text(rule, 'fr')} » ne s'applique jamais : {why.fr}.",
            f"The rule “{rule_text(rule, 'en')}” never applies: {why.en}.",
        )
        yield RuleConflict(
            "never_in_force", "error", (position,), rule.days, rule.start, rule.end, text
        )


def _is_hidden(rules: Sequence[TimeRule], position: int, days: Sequence[Day]) -> bool:
    """Tell whether stronger rules that say something else, each for all that it concerns, leave a rule no minute.

    Rules that go together, as hours of loading and their ban on parking, do not hide each other.
    """
    rule = rules[position]
    stronger = [
        other
        for place, other in enumerate(rules)
        if (precedence(other), place) < (precedence(rule), position)
        and (other.activity is rule.activity or _contradict(other.activity, rule.activity))
        and _same_public(other, rule)
        and holds_whenever(other, rule)
    ]
    if all(says(other) == says(rule) for other in stronger):
        return False
    return all(_is_covered(rule, [one for one in stronger if day in one.days]) for day in days)


def _is_covered(rule: TimeRule, others: Sequence[TimeRule]) -> bool:
    at_min = minutes(rule.start)
    for other in sorted(others, key=lambda one: one.start):
        if minutes(other.start) <= at_min:
            at_min = max(at_min, minutes(other.end))
    return at_min >= minutes(rule.end)


def _pairs(rules: Sequence[TimeRule]) -> Iterator[RuleConflict]:
    for (first, one), (second, other) in combinations(enumerate(rules), 2):
        start, end = max(one.start, other.start), min(one.end, other.end)
        if start >= end or not _same_public(one, other):
            continue
        days = common_days((one, other))
        kind = _kind(one, other) if days else None
        if kind is not None:
            yield _pair(kind, (first, second), (one, other), days, (start, end))


Kind = tuple[str, Severity, Label]

_CONTRADICT: Kind = (
    "activities_contradict",
    "error",
    Label(
        "deux règles de même rang se contredisent", "two rules of one rank contradict each other"
    ),
)
_STAYS: Kind = (
    "max_stays_differ",
    "warning",
    Label("deux règles donnent des durées différentes", "two rules give different maximum stays"),
)
_VERSIONS: Kind = (
    "versions_overlap",
    "warning",
    Label("deux versions s'appliquent ensemble", "two versions apply together"),
)
_INSIDE: Kind = (
    "window_inside",
    "note",
    Label("une fenêtre est contenue dans une autre", "a window lies inside another"),
)
_OVERLAP: Kind = (
    "windows_overlap",
    "note",
    Label("deux fenêtres se recouvrent", "two windows overlap"),
)


def _kind(one: TimeRule, other: TimeRule) -> Kind | None:
    """Return what is wrong with two rules that can be in force together, None where nothing is."""
    if one.priority != other.priority:
        return None
    if one.activity is not other.activity:
        return _CONTRADICT if _contradict(one.activity, other.activity) else None
    if _are_versions(one, other):
        return _VERSIONS
    if one.max_stay_min != other.max_stay_min:
        return _STAYS
    if says(one) != says(other):
        return None
    return _INSIDE if _contains(one, other) or _contains(other, one) else _OVERLAP


def _contradict(one: Activity, other: Activity) -> bool:
    nothing: frozenset[str] = frozenset()
    return other.value in FORBIDDEN.get(one, nothing) or one.value in FORBIDDEN.get(other, nothing)


def _are_versions(one: TimeRule, other: TimeRule) -> bool:
    """Tell whether both are dated, and differently."""
    dates = [(rule.from_on, rule.until_on) for rule in (one, other)]
    return dates[0] != dates[1] and all(any(pair) for pair in dates)


def _contains(outer: TimeRule, inner: TimeRule) -> bool:
    return (
        outer.start <= inner.start
        and inner.end <= outer.end
        and set(inner.days) <= set(outer.days)
        and holds_whenever(outer, inner)
    )


def _same_public(one: TimeRule, other: TimeRule) -> bool:
    """Tell whether two rules speak to the same vehicles; of others nobody knows whether they meet."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("user_classes", "except_user_classes", "max_weight_t")
    )


def _pair(
    kind: Kind,
    positions: tuple[int, int],
    rules: tuple[TimeRule, TimeRule],
    days: tuple[Day, ...],
    hours: tuple[str, str],
) -> RuleConflict:
    code, severity, what = kind
    start, end = hours

    def sentence(language: Language) -> str:
        when = _when(days, start, end, language)
        first, second = (rule_text(rule, language) for rule in rules)
        said = f"{when[0].upper()}{when[1:]}, {what.of(language)}"
        if language == "fr":
            return f"{said} : « {first} » et « {second} »."
        return f"{said}: “{first}” and “{second}”."

    text = Label(sentence("fr"), sentence("en"))
    return RuleConflict(code, severity, positions, days, start, end, text)


def _when(days: Sequence[Day], start: str, end: str, language: Language) -> str:
    named, at, to = (
        days_text(days, language),
        clock_text(start, language),
        clock_text(end, language),
    )
    return f"{named} de {at} à {to}" if language == "fr" else f"{named} from {at} to {to}"


def _gaps(rules: Sequence[TimeRule]) -> Iterator[RuleConflict]:
    """Yield the times between versions in which no version of the same activity holds."""
    for activity in dict.fromkeys(rule.activity for rule in rules):
        mine = [(place, rule) for place, rule in enumerate(rules) if rule.activity is activity]
        mine.sort(key=lambda one: one[1].from_on or date.min)
        until_on: date | None = date.min
        before = 0
        for place, rule in mine:
            if (
                until_on is not None
                and rule.from_on is not None
                and date.min < until_on < rule.from_on
            ):
                yield _gap((before, place), until_on, rule.from_on)
            if until_on is not None and (rule.until_on is None or rule.until_on >= until_on):
                until_on, before = rule.until_on, place


def _gap(positions: tuple[int, int], from_on: date, until_on: date) -> RuleConflict:
    text = Label(
        f"Aucune version de la règle ne vaut {dates_text(from_on, until_on, 'fr')}.",
        f"No version of the rule holds {dates_text(from_on, until_on, 'en')}.",
    )
    return RuleConflict("versions_gap", "warning", positions, (), None, None, text)
