"""Time rules from one language to another, by the names under which people know the languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.cds import policies_of, read_policies_with_notes
from geo.rule_languages.cerema import read_temporality, write_temporality
from geo.rule_languages.curblr import read_regulations_with_notes
from geo.rule_languages.curblr_writer import write_regulations
from geo.rule_languages.opening_hours import read_opening_hours, write_opening_hours
from geo.rule_languages.panel import write_panel
from geo.rule_languages.reading import Reading
from geo.rule_languages.signs import read_sign
from geo.rule_text import rules_text
from geo.rules import read_rules
from geo.words import TimeRule

Rules = tuple[TimeRule, ...]


class RuleLanguage(StrEnum):
    """Languages of time rules."""

    OPENING_HOURS = "opening_hours"
    CEREMA = "cerema"
    CDS = "cds"
    CURBLR = "curblr"
    SIGN = "sign"
    JSON = "json"
    TEXT_FR = "text-fr"
    TEXT_EN = "text-en"


def read_text(text: str, language: RuleLanguage) -> Reading:
    """Return the rules that a text in one of the `READABLE` languages says, with notes on what they leave out.

    Raises
    ------
    InvalidTimeRule
        The text is not of the language, or says what time rules cannot; the message names the piece.
    """
    return _READERS[language](text.strip())


def write_text(rules: Rules, language: RuleLanguage) -> str:
    """Return rules as a text.

    Raises
    ------
    InvalidTimeRule
        A rule has a condition that the language has no word for.
    """
    return _WRITERS[language](rules)


def _read_json(text: str) -> Reading:
    return Reading(read_rules(_json(text)))


def _read_cds(text: str) -> Reading:
    """Read policies: one, a list, or the body that ``/curbs/policies`` answers, whose time zone and version hold."""
    data = _json(text)
    told: Mapping[str, Any] = data if isinstance(data, Mapping) else {}
    inner = told.get("data", told)
    found = inner.get("policies", [data]) if isinstance(inner, Mapping) and told else data
    if not isinstance(found, list):
        raise InvalidTimeRule(f"policies are {text[:80]!r}: wanted a list of them")
    zone, version = str(told.get("time_zone", "Europe/Paris")), str(told.get("version", "1.1"))
    return read_policies_with_notes(found, zone, version)


def _read_curblr(text: str) -> Reading:
    """Read regulations: a list, one feature, or a file with one feature."""
    data = _json(text)
    hierarchy: Sequence[str] = ()
    if isinstance(data, Mapping) and "features" in data:
        manifest = data.get("manifest")
        hierarchy = manifest.get("priorityHierarchy", ()) if isinstance(manifest, Mapping) else ()
        features = data["features"]
        if not isinstance(features, list) or len(features) != 1:
            raise InvalidTimeRule("file has not one feature: wanted the rules of one")
        data = features[0]
    if isinstance(data, Mapping):
        properties = data.get("properties", data)
        data = properties.get("regulations") if isinstance(properties, Mapping) else None
    if not isinstance(data, list):
        raise InvalidTimeRule(f"regulations are {text[:80]!r}: wanted a list of them")
    return read_regulations_with_notes(data, hierarchy)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidTimeRule(f"text is {text[:80]!r}: wanted JSON") from error


def _write_json(rules: Rules) -> str:
    return _one_line([rule.model_dump(mode="json") for rule in rules])


def _one_line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


_READERS: Mapping[RuleLanguage, Callable[[str], Reading]] = {
    RuleLanguage.OPENING_HOURS: lambda text: Reading(read_opening_hours(text)),
    RuleLanguage.CEREMA: lambda text: Reading(read_temporality(text)),
    RuleLanguage.CDS: _read_cds,
    RuleLanguage.CURBLR: _read_curblr,
    RuleLanguage.SIGN: lambda text: Reading(read_sign(text)),
    RuleLanguage.JSON: _read_json,
}

READABLE = tuple(_READERS)
"""Languages in which rules can be read: all but running text."""

_WRITERS: Mapping[RuleLanguage, Callable[[Rules], str]] = {
    RuleLanguage.OPENING_HOURS: write_opening_hours,
    RuleLanguage.CEREMA: write_temporality,
    RuleLanguage.CDS: lambda rules: _one_line(policies_of(rules)),
    RuleLanguage.CURBLR: lambda rules: _one_line(write_regulations(rules)),
    RuleLanguage.SIGN: write_panel,
    RuleLanguage.JSON: _write_json,
    RuleLanguage.TEXT_FR: lambda rules: rules_text(rules, "fr"),
    RuleLanguage.TEXT_EN: lambda rules: rules_text(rules, "en"),
}
