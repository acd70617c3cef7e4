"""Time rules to and from OSM opening hours, the language of Cerema's column TEMPORALITE_OSM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import DATES, canonical
from geo.rule_languages.checked import checked_rule
from geo.rule_languages.midnight import within_days
from geo.rule_languages.opening_hours_grammar import CLOSED, UNKNOWN, Said, parse
from geo.rule_languages.opening_hours_writer import IN_COMMENT, write
from geo.rule_languages.rule_comment import read_comment
from geo.rule_languages.subtraction import without
from geo.words import TimeRule

TEXTS = 1024
"""Texts kept with their rules: the bays of a city share a few dozen."""


def write_opening_hours(rules: Iterable[TimeRule]) -> str:
    """Return rules as OSM opening hours, for example ``Mo-Sa 07:00-20:00; PH off``; empty where there is no rule.

    What opening hours have no word for stands in a comment, ``open "max_stay_min=30"``; where the comment narrows
    the days, the state is ``unknown``, so that nobody takes them for open. Use `reserved_hours` first for the hours
    alone. A window that reaches midnight and goes on stays in two parts.
    """
    return _written(tuple(rules))


def read_opening_hours(text: str) -> tuple[TimeRule, ...]:
    """Read OSM opening hours as rules of loading, in canonical form.

    A rule after ``;`` replaces earlier ones on its days, one after ``,`` adds to them, one after ``||`` fills the
    hours that they leave. Days that name the whole week (``24/7``, ``Mo-Su``, no day at all) include public
    holidays; fewer days leave them out, unless ``PH`` is named.

    Raises
    ------
    InvalidTimeRule
        Something that a time rule cannot say or that is no opening hours; its text names the piece.
    """
    return _read(text)


@lru_cache(maxsize=TEXTS)
def _written(rules: tuple[TimeRule, ...]) -> str:
    return write(canonical(rules))


@lru_cache(maxsize=TEXTS)
def _read(text: str) -> tuple[TimeRule, ...]:
    rules: list[TimeRule] = []
    said_before: list[Said] = []
    for said in parse(text):
        _check_order(said, said_before, text)
        said_before.append(said)
        if said.state == CLOSED:
            rules = _less(rules, _windows(said, {}))
        else:
            rules = _more(rules, said, _windows(said, _told(said, text)))
    return canonical(rules)


def _check_order(said: Said, before: Sequence[Said], text: str) -> None:
    """Refuse what readers of opening hours take in different ways: ``||`` after ``off``, or before other marks."""
    is_last_resort = said.separator == "||"
    if is_last_resort and any(one.state == CLOSED for one in before):
        raise InvalidTimeRule(f"opening hours {text!r} have || after off: wanted either")
    if not is_last_resort and any(one.separator == "||" for one in before):
        raise InvalidTimeRule(
            f"opening hours {text!r} have {said.separator} after ||: wanted the rules after || last"
        )


def _more(rules: Sequence[TimeRule], said: Said, added: Sequence[TimeRule]) -> list[TimeRule]:
    """Return rules with those of one more rule of the text, as its separator says."""
    if said.separator == "||":
        return [*rules, *_less(added, rules)]
    if said.separator == ";":
        return [*_less(rules, said.days), *added]
    return [*rules, *added]


def _less(rules: Sequence[TimeRule], cuts: Sequence[TimeRule]) -> list[TimeRule]:
    left = list(rules)
    for cut in cuts:
        left = without(left, cut)
    return left


def _told(said: Said, text: str) -> dict[str, Any]:
    """Return the conditions in a comment."""
    if said.comment is None:
        if said.state == UNKNOWN:
            raise InvalidTimeRule(
                f"opening hours {text!r} are unknown at times: wanted open or off"
            )
        return {}
    return read_comment(said.comment, IN_COMMENT)


def _windows(said: Said, told: dict[str, Any]) -> list[TimeRule]:
    """Return one rule for each selected set of days and window, what lies past midnight on the days after."""
    found: list[TimeRule] = []
    for days in said.days:
        twice = [name for name in told if name in DATES and getattr(days, name)]
        if twice:
            raise InvalidTimeRule(
                f"comment is {said.comment!r}: wanted no {twice[0]} there, for they stand before the hours"
            )
        rule = checked_rule("opening hours", {**dict(days), **told})
        if not said.windows:
            found.append(rule)
        for start, end in said.windows:
            found += within_days(rule, start, end)
    return found
