"""Rules of ours from the policies of CDS, our own and others'."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import (
    ALWAYS,
    TIMES,
    canonical,
    changed,
    in_common,
    reserved_hours,
)
from geo.rule_languages.cds_spans import SpanLanguage, read_spans, zone_of
from geo.rule_languages.cds_writer import DESCRIBED, IMPLIED, policy_id
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.reading import Reading, reading, unranked
from geo.rule_languages.rule_comment import read_comment
from geo.rules import RESERVING
from geo.words import Activity, TimeRule

UNIT_MIN = {"minute": 1.0, "hour": 60.0, "day": 1440.0, "week": 10_080.0, "second": 1 / 60}
"""Units of time that have a fixed number of minutes (CDS 1.1, Unit of Time)."""

VERSIONS_1_0 = ("1.0", "1.0.0", "1.0.1")

_POLICY_FIELDS = {
    "curb_policy_id",
    "name",
    "description",
    "published_date",
    "priority",
    "rules",
    "time_spans",
    "data_source_operator_id",
    "policy_color",
    "external_references",
}
_RULE_FIELDS = {
    "name",
    "description",
    "activity",
    "max_stay",
    "max_stay_unit",
    "no_return",
    "no_return_unit",
    "user_classes",
    "user_classes_except",
    "purposes",
    "rate",
}
_UNSAID = ("rate", "no_return")
"""Fields of a rule that say nothing of hours and are left out with a note."""

_WEIGHT = re.compile(r"max_weight_(\d+(?:\.\d+)?)t")


def read_all(policies: Sequence[Mapping[str, Any]], time_zone: str, version: str) -> Reading:
    """Return the rules of policies, see `geo.rule_languages.cds.read_policies`."""
    zone_of(time_zone)
    notes: list[str] = []
    own: list[list[TimeRule]] = []
    others: list[list[TimeRule]] = []
    for policy in sorted(map(_checked, policies), key=lambda one: int(one["priority"])):
        is_own = policy.get("curb_policy_id") == policy_id(policy)
        language = SpanLanguage(time_zone, is_own, version in VERSIONS_1_0, notes)
        (own if is_own else others).extend(_read(policy, language))
    foreign = _without_implied(_paired(others))
    ranked = unranked(rule for group in foreign for rule in group)
    return reading([*(rule for group in _paired(own) for rule in group), *ranked], notes)


def _checked(policy: Any) -> Mapping[str, Any]:
    if not isinstance(policy, Mapping):
        raise InvalidTimeRule(f"policy is {str(policy)[:80]}: wanted an object")
    given = {name: value for name, value in policy.items() if value is not None}
    priority, rules = given.get("priority"), given.get("rules")
    if isinstance(priority, bool) or not isinstance(priority, int):
        raise InvalidTimeRule(f"priority of {_which(given)} is {priority!r}: wanted a whole number")
    if not isinstance(rules, list) or not all(isinstance(rule, Mapping) for rule in rules):
        raise InvalidTimeRule(f"rules of {_which(given)} are {rules!r}: wanted a list of objects")
    if given.get("data_source_operator_id"):
        raise InvalidTimeRule(
            f"{_which(given)} is for operators {given['data_source_operator_id']!r} only: wanted one for all"
        )
    return given


def _which(policy: Mapping[str, Any]) -> str:
    return f"policy {policy.get('curb_policy_id', 'without identifier')}"


def _read(policy: Mapping[str, Any], language: SpanLanguage) -> list[list[TimeRule]]:
    """Return the time rules of each rule of a policy that does not follow from others."""
    language.notes.extend(
        f"{_which(policy)} has the field {name!r}, which was left out"
        for name in sorted(set(policy) - _POLICY_FIELDS)
    )
    try:
        hours = read_spans(policy.get("time_spans"), language)
        return [
            [changed(one, **fields) for one in hours]
            for rule in policy["rules"]
            if (fields := _fields(rule, policy, language)) is not None
        ]
    except InvalidTimeRule as error:
        raise InvalidTimeRule(f"{_which(policy)}: {error}") from error


def _fields(
    given: Mapping[str, Any], policy: Mapping[str, Any], language: SpanLanguage
) -> dict[str, Any] | None:
    """Return what a rule says besides its time; None for one that is implied."""
    rule = {name: value for name, value in given.items() if value is not None}
    unknown = set(rule) - _RULE_FIELDS
    if unknown:
        raise InvalidTimeRule(f"rule has the field {min(unknown)!r}: wanted those of CDS 1.1")
    described: dict[str, Any] = {"priority": policy["priority"]}
    if language.is_own:
        if rule.get("description") == IMPLIED:
            return None
        described = read_comment(str(rule.get("description", "")), DESCRIBED)
    language.notes.extend(
        f"{name} {rule[name]!r} was left out: time rules do not say it"
        for name in _UNSAID
        if name in rule
    )
    users, max_weight_t = _users(rule)
    said = {
        "activity": rule.get("activity"),
        "max_stay_min": _stay_min(rule),
        "max_weight_t": max_weight_t,
        "user_classes": users,
        "except_user_classes": _texts(rule, "user_classes_except"),
        **described,
    }
    checked = checked_rule(
        "policy rule", {**said, "days": ("mo",), "start": "00:00", "end": "24:00"}
    )
    return {name: value for name, value in checked if name in said}


def _stay_min(rule: Mapping[str, Any]) -> int | None:
    stay = rule.get("max_stay")
    if stay is None:
        return None
    unit = rule.get("max_stay_unit", "minute")
    is_number = isinstance(stay, int | float) and not isinstance(stay, bool) and isfinite(stay)
    if not is_number or unit not in UNIT_MIN:
        raise InvalidTimeRule(
            f"max_stay is {stay!r} {unit}: wanted a number of {', '.join(UNIT_MIN)}"
        )
    stay_min = float(stay) * UNIT_MIN[unit]
    if stay_min < 1 or abs(stay_min - round(stay_min)) > 1e-6:  # noqa: PLR2004 - rounding of a third
        raise InvalidTimeRule(f"max_stay is {stay!r} {unit}: wanted whole minutes")
    return round(stay_min)


def _users(rule: Mapping[str, Any]) -> tuple[tuple[str, ...], float | None]:
    """Return the user classes and purposes, and the heaviest vehicle where a class of ours says it."""
    named = (*_texts(rule, "user_classes"), *_texts(rule, "purposes"))
    weights = [float(found[1]) for name in named if (found := _WEIGHT.fullmatch(name))]
    users = tuple(name for name in named if not _WEIGHT.fullmatch(name))
    return users, min(weights, default=None)


def _texts(rule: Mapping[str, Any], name: str) -> tuple[str, ...]:
    said = rule.get(name) or []
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise InvalidTimeRule(f"{name} is {said!r}: wanted a list of texts")
    return tuple(said)


def _paired(groups: Sequence[list[TimeRule]]) -> list[list[TimeRule]]:
    """Return groups of rules with each of unloading that has a twin of loading taken away."""
    waiting = [_twin(group) for group in groups if _activity(group) is Activity.LOADING]
    kept: list[list[TimeRule]] = []
    for group in groups:
        if _activity(group) is Activity.UNLOADING and _twin(group) in waiting:
            waiting.remove(_twin(group))
        else:
            kept.append(group)
    return kept


def _twin(group: Sequence[TimeRule]) -> tuple[TimeRule, ...]:
    return canonical(changed(rule, activity=Activity.LOADING, priority=None) for rule in group)


def _activity(group: Sequence[TimeRule]) -> Activity | None:
    found: Activity | None = in_common(group, "activity")
    return found


def _without_implied(groups: Sequence[list[TimeRule]]) -> list[list[TimeRule]]:
    """Leave out what others write beside loading and what goes without saying: no parking then, parking else."""
    loading = [rule for group in groups if _activity(group) is Activity.LOADING for rule in group]
    if not loading:
        return list(groups)
    implied = {reserved_hours(loading)}
    implied |= {reserved_hours(group) for group in groups if _activity(group) in RESERVING}
    ranks = [rule.priority or 0 for rule in loading]
    return [
        group
        for index, group in enumerate(groups)
        if not (
            _is_bare(group, Activity.NO_PARKING)
            and min(rule.priority or 0 for rule in group) > max(ranks)
            and reserved_hours(group) in implied
        )
        and not (index == len(groups) - 1 and _is_rest(group))
    ]


def _is_bare(group: Sequence[TimeRule], activity: Activity) -> bool:
    """Tell whether rules say an activity and nothing else."""
    plain = changed(ALWAYS, activity=activity)
    return all(changed(plain, **_times(rule)) == changed(rule, priority=None) for rule in group)


def _is_rest(group: Sequence[TimeRule]) -> bool:
    """Tell whether rules are parking for all at any time."""
    return _is_bare(group, Activity.PARKING) and [_times(rule) for rule in group] == [
        _times(ALWAYS)
    ]


def _times(rule: TimeRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in TIMES}
