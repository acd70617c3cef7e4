"""What the service needs of the suggestion engine, so that it can be handed another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from geo.study.words import Weights
from geo.suggest.record import Effect, Range, Suggestions
from geo.words import TimeRule


@dataclass(frozen=True)
class WhatIf:
    """What another rule would change at one bay, on the average day of a week."""

    before: Mapping[str, float]
    """Posterior means under the rules in force, by name of an effect."""
    after: Mapping[str, float]
    """The same under the rules asked about."""
    effect: Effect
    gain: Range
    p_gain: float


class Desk(Protocol):
    """A study with its estimates at hand, so that another rule is answered at once."""

    def what_if(self, bay_id: str, rules: tuple[TimeRule, ...]) -> WhatIf:
        """Answer what rules would change at a bay."""
        ...


class Advisor(Protocol):
    """The engine: reads a study's folder."""

    def suggest(self, folder: Path, weights: Weights, seed: int) -> Suggestions:
        """Return suggestions for all bays of a study."""
        ...

    def desk(self, folder: Path, weights: Weights, seed: int) -> Desk:
        """Return the study's desk; the folder is not read any more afterwards."""
        ...


@dataclass(frozen=True)
class GeoEngine:
    """The engine of ``geo``; its compiled parts are imported by the first study."""

    workers: int = 1
    """Processes of a run; their number changes nothing but the time. A server with threads is not to be forked."""

    def suggest(self, folder: Path, weights: Weights, seed: int) -> Suggestions:
        """Return suggestions for all bays of a study."""
        from geo.study.folder import open_study
        from geo.suggest.engine import suggest

        return suggest(open_study(folder), weights, seed, self.workers)

    def desk(self, folder: Path, weights: Weights, seed: int) -> Desk:
        """Return the study's desk; the folder is not read any more afterwards."""
        from service.desk import read_desk

        return read_desk(folder, weights, seed)


ENGINE = GeoEngine()
"""The engine of a server."""
