"""Says a policy of CDS 1.1 in the words of 1.0, where that can be done without changing what it means.

Source: Curb Data Specification 1.0.1, Curbs API, Rule and Time Span.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.cds.media import NEWEST
from service.errors import NotAcceptable

DAYS_IN_WEEK, DAYS_IN_MONTH = 7, 31

EXCEPT, PERIOD = "designated_period_except", "designated_period"


def in_version(policy: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Return a policy as a version of CDS writes it.

    In 1.0 purposes are user classes, of which all must match, so each becomes a rule of its own; weeks of the month
    are days of the month; and a period in which the policy does not apply stands in each time span, where 1.1 wants
    a span of its own.

    Raises
    ------
    NotAcceptable
        The policy says what 1.0 has no words for.
    """
    if version == NEWEST:
        return dict(policy)
    rules = [older for rule in policy["rules"] for older in _rules(policy, rule)]
    spans = _spans(policy, policy.get("time_spans", []))
    return {**policy, "rules": rules, **({"time_spans": spans} if spans else {})}


def _rules(policy: Mapping[str, Any], rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    if rule.get("user_classes_except"):
        raise _unspeakable(policy, "user_classes_except")
    plain = {name: value for name, value in rule.items() if name != "purposes"}
    classes = list(rule.get("user_classes", ()))
    return [
        {**plain, "user_classes": [*classes, purpose]} for purpose in rule.get("purposes", ())
    ] or [plain]


def _spans(policy: Mapping[str, Any], spans: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    exceptions = [span for span in spans if span.get(EXCEPT)]
    kept = [span for span in spans if not span.get(EXCEPT)]
    if not exceptions:
        return [_span(policy, span) for span in kept]
    is_plain = len(exceptions) == 1 and set(exceptions[0]) == {PERIOD, EXCEPT}
    if not is_plain or any(PERIOD in span for span in kept):
        raise _unspeakable(policy, "more than one designated_period")
    return [{**_span(policy, span), **exceptions[0]} for span in kept] or [dict(exceptions[0])]


def _span(policy: Mapping[str, Any], span: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in span.items() if name != "weeks_of_month"}
    weeks = span.get("weeks_of_month")
    if not weeks:
        return plain
    days = {
        day
        for week in weeks
        for day in range((week - 1) * DAYS_IN_WEEK + 1, week * DAYS_IN_WEEK + 1)
        if day <= DAYS_IN_MONTH
    }
    both = sorted(days & set(span.get("days_of_month") or days))
    if not both:
        raise _unspeakable(policy, "weeks_of_month without any of its days_of_month")
    return {**plain, "days_of_month": both}


def _unspeakable(policy: Mapping[str, Any], what: str) -> NotAcceptable:
    return NotAcceptable(
        f"policy {policy['curb_policy_id']} uses {what}, for which CDS 1.0 has no words: wanted version=1.1"
    )
