"""Bays through time as CDS curb zones: which polygon and which rules were in force when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from geo.bay_places import Ring, bay_places
from geo.local_time import midnight_s
from geo.rule_languages.cds import write_policies
from geo.words import Bay, TimeRule
from service.cds.answers import MS
from service.store.rule_history import PastRules
from service.store.zones import Zone

UNKNOWN_MS = 0
"""Instant of what was so before the store noted when: CDS wants a number, and says of a start that it is the earliest known."""

Rules = tuple[TimeRule, ...]

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Span:
    """A curb zone: one polygon of a bay, and the half-open time in which it was that."""

    zone_id: str
    bay: Bay
    """The bay as it is now, with the polygon of this zone."""
    start_ms: int
    end_ms: int | None
    """None: it still is."""
    updated_ms: int
    previous_ids: tuple[str, ...]
    """Zones that the bay was before, most recent first."""

    @cached_property
    def places(self) -> tuple[Ring, ...]:
        """One ring for each vehicle that fits, along the bay; none where they would be invented."""
        return bay_places(self.bay)

    def holds(self, at_ms: int) -> bool:
        """Tell whether an instant lies in its time."""
        return self.start_ms <= at_ms and (self.end_ms is None or at_ms < self.end_ms)


@dataclass(frozen=True)
class Regulation:
    """Rules of a bay and the half-open time in which they were in force."""

    rules: Rules
    start_ms: int | None
    """None: since ever."""
    end_ms: int | None
    """None: they still are."""

    def holds(self, at_ms: int) -> bool:
        """Tell whether an instant lies in its time."""
        return (self.start_ms is None or self.start_ms <= at_ms) and (
            self.end_ms is None or at_ms < self.end_ms
        )


@dataclass(frozen=True)
class Kerb:
    """The bays of a commune with their history."""

    zones: Sequence[Zone]
    past_rules: Mapping[str, PastRules]
    time_zone: str

    @cached_property
    def spans(self) -> list[Span]:
        """All zones that there ever were, bay by bay, oldest first."""
        return [span for zone in self.zones for span in _spans(zone)]

    @cached_property
    def updated_ms(self) -> int:
        """When an import last changed anything."""
        return max((span.updated_ms for span in self.spans), default=UNKNOWN_MS)

    def regulations(self, bay: Bay) -> list[Regulation]:
        """Return the rules that a bay is known to have had, oldest first; the last are those of its inventory."""
        past = self.past_rules.get(bay.bay_id, [])
        edges = [midnight_s(until_on, self.time_zone) * MS for until_on, _ in past]
        rules = [*(said for _, said in past), bay.rules]
        return [
            Regulation(said, start_ms, end_ms)
            for said, start_ms, end_ms in zip(rules, [None, *edges], [*edges, None], strict=True)
        ]

    def rules_at(self, bay: Bay, at_ms: int) -> Rules:
        """Return the rules of a bay at an instant."""
        return next(one.rules for one in self.regulations(bay) if one.holds(at_ms))

    @cached_property
    def policies(self) -> dict[str, Policy]:
        """All policies of all rules there ever were, by identifier, each first published when its first rules were."""
        found: dict[str, dict[str, Any]] = {}
        for zone in self.zones:
            known_ms = _ms(zone.past[0].published_at if zone.past else zone.published_at)
            for regulation in self.regulations(zone.bay):
                since_ms = known_ms if regulation.start_ms is None else regulation.start_ms
                for policy in self.policies_of(zone.bay, regulation.rules):
                    first = found.setdefault(
                        policy["curb_policy_id"], {**policy, "published_date": since_ms}
                    )
                    first["published_date"] = min(first["published_date"], since_ms)
        return dict(sorted(found.items()))

    @cached_property
    def _written(self) -> dict[Rules, tuple[Policy, ...]]:
        return {}

    def policies_of(self, bay: Bay, rules: Rules) -> tuple[Policy, ...]:
        """Return the policies of some rules at a bay; many bays share them."""
        if rules not in self._written:
            ruled = bay.model_copy(update={"rules": rules})
            self._written[rules] = tuple(write_policies(ruled, time_zone=self.time_zone))
        return self._written[rules]

    def policy_ids(self, bay: Bay, rules: Rules) -> list[str]:
        """Return the identifiers of the policies of some rules at a bay."""
        return [policy["curb_policy_id"] for policy in self.policies_of(bay, rules)]


def _spans(zone: Zone) -> Iterator[Span]:
    """Yield the zones that a bay was, oldest first."""
    previous: tuple[str, ...] = ()
    start_ms = _ms(zone.past[0].published_at if zone.past else zone.published_at)
    for past in zone.past:
        end_ms = _ms(past.until_at)
        bay = zone.bay.model_copy(update={"polygon_lonlat": past.polygon_lonlat})
        yield Span(past.zone_id, bay, start_ms, end_ms, end_ms, previous)
        previous = (past.zone_id, *previous)
        start_ms = end_ms
    updated_ms = max(start_ms, _ms(zone.updated_at))
    yield Span(zone.zone_id, zone.bay, start_ms, None, updated_ms, previous)


def _ms(at: datetime | None) -> int:
    return UNKNOWN_MS if at is None else int(at.timestamp()) * MS
