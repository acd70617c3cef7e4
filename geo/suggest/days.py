"""Which days may get a rule together, and a week's rule back in the form of a file."""

from __future__ import annotations

from dataclasses import dataclass

from geo.facts.bay_facts import DAY_KINDS
from geo.rules import WEEK
from geo.study.words import Search
from geo.whatif.outcome import DAY_KIND_OF
from geo.words import Day

WEEK_DAYS = 7

KIND_OF_DAY = tuple(DAY_KINDS.index(kind) for kind in DAY_KIND_OF)
"""Index into ``DAY_KINDS`` of each day of the week, Monday first."""

USUAL_GROUPS = (
    (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR),
    (Day.SA,),
    (Day.SU,),
)
"""Days that share one rule where a study does not say otherwise."""


@dataclass(frozen=True)
class DayGroup:
    """Days that get one rule together."""

    days: tuple[Day, ...]

    @property
    def positions(self) -> tuple[int, ...]:
        """Positions in the week, Monday = 0; a public holiday has none."""
        return tuple(WEEK.index(day) for day in self.days if day is not Day.PH)

    @property
    def kinds(self) -> dict[int, int]:
        """How many days of each kind, by index into ``DAY_KINDS``."""
        found: dict[int, int] = {}
        for position in self.positions:
            found[KIND_OF_DAY[position]] = found.get(KIND_OF_DAY[position], 0) + 1
        return found


def day_groups(search: Search) -> tuple[DayGroup, ...]:
    """Return the groups of days that may change, each on its own."""
    if search.same_days is not None:
        return (DayGroup(search.same_days),)
    return tuple(DayGroup(days) for days in USUAL_GROUPS)
