"""Time rules to and from policies of CDS 1.1 (Curb Data Specification, Curbs API).

A French delivery bay is written as policies of loading, of unloading and of no parking with the same spans, and
where it is not permanent one of parking for the rest, each with one rule and a priority of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from geo.rule_languages.cds_reader import read_all
from geo.rule_languages.cds_writer import write_all
from geo.rule_languages.reading import Reading
from geo.words import KerbBay, TimeRule

FIRST_PUBLISHED_AT = datetime(2025, 10, 27, tzinfo=UTC)
"""Release of CDS 1.1.0: no policy in this form was published before (OMF, curb-data-specification, releases)."""


def write_policies(
    bay: KerbBay,
    published_at: datetime = FIRST_PUBLISHED_AT,
    time_zone: str = "Europe/Paris",
) -> list[dict[str, Any]]:
    """Return the CDS 1.1 policies of a bay's rules, the one that takes precedence first; none without rules.

    The identifier of a policy depends on its content alone, not on the bay or the date of publication: the same
    regulation has the same identifier everywhere, a changed one a new one.

    Parameters
    ----------
    bay
        Whose rules are written.
    published_at
        When the policies were first published, aware. Policies with the same identifier must be the same in all:
        take the earliest of all bays.
    time_zone
        In which the rules' dates begin.
    """
    return policies_of(bay.rules, published_at, time_zone)


def policies_of(
    rules: Sequence[TimeRule],
    published_at: datetime = FIRST_PUBLISHED_AT,
    time_zone: str = "Europe/Paris",
) -> list[dict[str, Any]]:
    """Return the CDS 1.1 policies of rules, as `write_policies` does for those of a bay."""
    return write_all(rules, published_at, time_zone)


def read_policies(
    policies: Sequence[Mapping[str, Any]],
    time_zone: str = "Europe/Paris",
    version: str = "1.1",
) -> tuple[TimeRule, ...]:
    """Return the time rules that the policies of one zone make together, in canonical form.

    Loading and unloading that agree become loading; no parking in the same hours and parking for the rest go
    without saying. Where policies rank differently each rule keeps its policy's priority. Days of the week that name
    all seven, or none, include public holidays; fewer leave them out unless a span designates them.

    Parameters
    ----------
    policies
        Policy objects of CDS 1.0.0 to 1.1; a field that is null is absent.
    time_zone
        Of the feed, in which dates are read.
    version
        Of the feed: until 1.0.1 ``designated_period_except`` in a span with other fields means "outside the period".

    Raises
    ------
    InvalidTimeRule
        A policy says what time rules cannot; its text names the policy, the field and the value.
    """
    return read_all(policies, time_zone, version).rules


def read_policies_with_notes(
    policies: Sequence[Mapping[str, Any]],
    time_zone: str = "Europe/Paris",
    version: str = "1.1",
) -> Reading:
    """Return what `read_policies` does with a note for each thing that time rules leave out, such as rates."""
    return read_all(policies, time_zone, version)
