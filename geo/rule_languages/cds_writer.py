"""Policies of CDS 1.1 for rules of ours."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from geo.rule_languages.canonical import GOODS, PURPOSES, canonical
from geo.rule_languages.cds_spans import MS, write_spans
from geo.rule_languages.rule_comment import write_comment
from geo.rules import RESERVING, precedence, says
from geo.words import Activity, Day, TimeRule

IMPLIED = "implied"
"""Description of a rule that follows from the others and is written for readers who do not know that."""

DESCRIBED = ("control", "priority")
"""Conditions for which CDS has no field: they stand in the rule's description."""

WEIGHT = "max_weight_{}t"
"""Local user class for vehicles up to a gross weight in tonnes; CDS has none."""

NAMES = {
    Activity.NO_TRAVEL: "Circulation interdite",
    Activity.NO_STOPPING: "Arrêt interdit",
    Activity.NO_UNLOADING: "Déchargement interdit",
    Activity.NO_LOADING: "Chargement interdit",
    Activity.LOADING: "Chargement",
    Activity.UNLOADING: "Déchargement",
    Activity.NO_PARKING: "Stationnement interdit",
    Activity.STOPPING: "Arrêt",
    Activity.PARKING: "Stationnement",
    Activity.TRAVEL: "Circulation",
}
"""Names of policies, for people."""

Policy = dict[str, Any]


def write_all(rules: Iterable[TimeRule], published_at: datetime, time_zone: str) -> list[Policy]:
    """Return the policies of rules, see `geo.rule_languages.cds.write_policies`."""
    groups = _groups(canonical(rules))
    said = [part for group in groups for part in _said(group, write_spans(group, time_zone))]
    published_ms = int(published_at.timestamp()) * MS
    return [
        _policy(part, priority, published_ms)
        for priority, part in enumerate([*said, *_implied(said)], start=1)
    ]


def policy_id(policy: Mapping[str, Any]) -> str:
    """Return the identifier that a policy of ours has by its content, publication aside (UUID version 5)."""
    content = {
        key: value
        for key, value in policy.items()
        if key not in ("curb_policy_id", "published_date")
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"airelib:policy:{text}"))


def _groups(rules: Sequence[TimeRule]) -> list[list[TimeRule]]:
    """Return the rules of one policy together: they say the same to the same, and have the same exceptions."""
    found: dict[tuple[object, ...], list[TimeRule]] = {}
    for rule in sorted(rules, key=precedence):
        key = (says(rule), rule.priority, Day.PH in rule.days, rule.except_periods)
        found.setdefault(key, []).append(rule)
    return list(found.values())


def _said(group: Sequence[TimeRule], spans: list[Policy]) -> Iterator[Policy]:
    """Yield name, rule and spans of the policies of one group; loading is loading and unloading."""
    first = group[0]
    is_loading = first.activity is Activity.LOADING
    for activity in RESERVING if is_loading else (first.activity,):
        part: Policy = {"name": NAMES[activity], "rules": [_rule(first, activity)]}
        yield {**part, "time_spans": spans} if spans else part


def _rule(rule: TimeRule, activity: Activity) -> Policy:
    weight = () if rule.max_weight_t is None else (WEIGHT.format(f"{rule.max_weight_t:g}"),)
    purposes = [name for name in rule.user_classes if name in PURPOSES]
    if not purposes and activity in RESERVING:
        purposes = list(GOODS)
    fields: Policy = {
        "activity": activity.value,
        "description": write_comment(rule, DESCRIBED),
        "max_stay": rule.max_stay_min,
        "max_stay_unit": "minute" if rule.max_stay_min else None,
        "user_classes": [*(name for name in rule.user_classes if name not in PURPOSES), *weight],
        "user_classes_except": list(rule.except_user_classes),
        "purposes": purposes,
    }
    return {name: value for name, value in fields.items() if value not in (None, "", [])}


def _implied(said: Sequence[Policy]) -> Iterator[Policy]:
    """Yield no parking while loading is reserved, and parking for the rest of the time where there is any."""
    reserved: list[Policy | None] = []
    for part in said:
        spans = part.get("time_spans")
        if part["rules"][0]["activity"] == Activity.LOADING and spans not in reserved:
            reserved.append(spans)
            yield _implied_policy(Activity.NO_PARKING, spans)
    if said and None not in reserved:
        yield _implied_policy(Activity.PARKING, None)


def _implied_policy(activity: Activity, spans: Policy | None) -> Policy:
    part: Policy = {
        "name": NAMES[activity],
        "rules": [{"activity": activity.value, "description": IMPLIED}],
    }
    return {**part, "time_spans": spans} if spans else part


def _policy(part: Policy, priority: int, published_ms: int) -> Policy:
    content = {**part, "priority": priority}
    return {"curb_policy_id": policy_id(content), **content, "published_date": published_ms}
