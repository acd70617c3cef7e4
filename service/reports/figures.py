"""Assembles all that a commune's report says, with the identifier under which it can be made again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from sqlmodel import Session

from geo.commune_month import BayFigures, CommuneMonth, Facts, commune_month
from geo.errors import InvalidInput
from geo.local_time import midnight_s
from geo.vocabulary import Language
from geo.words import ENOUGH_COVERAGE, Commune
from service.months import facts_of_commune, month_before, month_of_commune, next_month
from service.provenance import provenance
from service.store.bays import bay_features, commune_features, get_commune, street_features
from service.store.notes import is_sample

SEED = 0
"""Of the resampling behind the intervals; part of the identifier."""

ID_LENGTH = 12
"""Hexadecimal digits of the identifier: enough to tell all reports of a country apart."""


@dataclass(frozen=True)
class CommuneReport:
    """Everything the files of one report are made from."""

    commune: Commune
    month: CommuneMonth
    previous: CommuneMonth
    """The month before, for comparison."""
    outline: Mapping[str, Any]
    """GeoJSON feature of the commune."""
    streets: tuple[Mapping[str, Any], ...]
    """GeoJSON features, those of the commune and rivers."""
    bays: tuple[Mapping[str, Any], ...]
    """GeoJSON features in the order of ``month.bays``."""
    calibrations: Mapping[str, Sequence[str]]
    """Names of the calibrations that measured each bay in the month, in the order they were made."""
    sample: bool
    """Whether the data is made up."""
    version: str
    report_id: str
    """Same identifier, same bytes: a hash of data, version and parameters."""

    @property
    def period(self) -> str:
        """The month as ``YYYY-MM``."""
        return f"{self.month.from_on:%Y-%m}"


def assemble(session: Session, insee: str, month: str, language: Language) -> CommuneReport:
    """Read and compute all that the report of a commune's month says.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    UnknownBay
        The commune has no bay.
    InvalidInput
        The month is not ``YYYY-MM``.
    """
    first_on = read_month(month)
    commune = get_commune(session, insee)
    facts = facts_of_commune(session, insee, first_on, next_month(first_on))
    figures = commune_month(facts, first_on, next_month(first_on), SEED)
    outline = next(item for item in commune_features(session) if item["id"] == insee)
    streets = [
        item for item in street_features(session) if item["properties"]["commune"] in {insee, None}
    ]
    places = bay_features(session, insee)
    previous = month_of_commune(session, insee, month_before(first_on))
    named = _calibrations(session, commune, [bay.bay_id for bay in facts.bays], first_on)
    said = [commune.model_dump(), outline, streets, places, asdict(previous), asdict(figures)]
    measured = [named] if any(named.values()) else []
    sample, ours = is_sample(session), version("airelib")
    return CommuneReport(
        commune,
        figures,
        previous,
        outline,
        tuple(streets),
        tuple(places),
        named,
        sample,
        ours,
        _identifier(facts, [*said, *measured, sample, ours, month, language, SEED]),
    )


def _calibrations(
    session: Session, commune: Commune, bay_ids: Sequence[str], first_on: date
) -> dict[str, list[str]]:
    start_s, end_s = (midnight_s(on, commune.time_zone) for on in (first_on, next_month(first_on)))
    rests_on = provenance(session, bay_ids, start_s, end_s)
    return {bay_id: rests_on.names(bay_id) for bay_id in bay_ids}


def enough(bay: BayFigures | CommuneMonth) -> bool:
    """Tell whether enough was seen for figures to be published."""
    return bay.coverage >= ENOUGH_COVERAGE


def shown_share(bay: BayFigures) -> float | None:
    """Return the occupancy that the map shows: in reserved hours, or always where a bay has none."""
    return bay.occupancy if bay.reserved_occupancy is None else bay.reserved_occupancy


def full_share(bay: BayFigures) -> float | None:
    """Return the share of time with no room left, of the same hours as ``shown_share``."""
    return bay.full_share if bay.reserved_full_share is None else bay.reserved_full_share


def read_month(text: str) -> date:
    """Return the first day of a month given as ``YYYY-MM``."""
    if not re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])", text):
        raise InvalidInput(f"month is {text!r}: wanted YYYY-MM")
    return date.fromisoformat(f"{text}-01")


def _identifier(facts: Facts, said: list[Any]) -> str:
    """Return a hash of the facts and of everything else that enters a report."""
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode())
    for columns in (facts.stays, facts.seen):
        for values in asdict(columns).values():
            digest.update(values.tobytes())
    return digest.hexdigest()[:ID_LENGTH]
