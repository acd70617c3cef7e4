"""Every timetable by its name: those of the sample and those of the acceptance scenes."""

from __future__ import annotations

from geo.errors import NotFound
from sample_data.scene.acceptance import ACCEPTANCE
from sample_data.scene.scenarios import SCENARIOS
from sample_data.scene.timetable import Scenario


def scenario_named(name: str) -> Scenario:
    """Return a timetable.

    Raises
    ------
    NotFound
        When there is none of that name.
    """
    every = SCENARIOS | ACCEPTANCE
    if name not in every:
        raise NotFound(f"no scene is named {name!r}: wanted one of {', '.join(every)}")
    return every[name]
