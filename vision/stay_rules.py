"""The time constants and rates by which vehicles are believed to be there, in a bay or before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StayRules:
    """The time constants and rates of the machine; parameters with their defaults."""

    independent_s: float = 0.6
    """Two looks closer than this count as a share of one: neighbouring frames fail together; spells measured on the clips."""
    hit_rate: float = 0.95
    """Share of looks in which a standing vehicle is found; measured .96 on car_park_ufpr05. Adapted to each vehicle."""
    false_rate: float = 0.02
    """Share of looks in which an empty bay shows a vehicle; measured .01 on car_park_ufpr05."""
    faint_weight: float = 0.25
    """Weight of a box below the sure score, which must also lie where the vehicle stood (28 % of such boxes are stray)."""
    prior_looks: float = 20.0
    """Looks after which a vehicle's own hit rate weighs as much as `hit_rate`."""
    prior_misses: float = 40.0
    """Misses after which a bay's own share of misses that follow a miss weighs as much as that of all looks (assumption)."""
    memory_looks: float = 200.0
    """Looks that a vehicle's own hit rate remembers: two minutes at five frames a second (assumption)."""
    log_odds_limit: float = 10.0
    """A vehicle is there above the limit and gone below its negative; the filter does not run beyond.

    From limit to limit seven misses in a row are needed at a hit rate of .95: probability 8e-10, if they do not come in spells.
    """
    log_odds_start: float = -4.0
    """Log-odds of a vehicle before its first sighting: one minute in fifty sees an arrival (assumption)."""
    log_odds_there: float = 9.0
    """Log-odds from which an arrival is confirmed: four independent sightings in a row, or five of six."""
    standing_s: float = 3.0
    """Time a vehicle must stand before it is a stay: shorter is manoeuvring or waiting in traffic (assumption)."""
    rest_iou: float = 0.6
    """Overlap of a box with the vehicle's mean box above which it stands still; jitter of a standing one leaves .85."""
    other_iou: float = 0.5
    """Overlap below which a vehicle seen after a likely departure is another one."""
    same_place_share: float = 0.6
    """Share of the smaller of two boxes that lies in the other, below which a vehicle has moved on (assumption).

    A part of a vehicle, a lorry's cab or what an obstacle leaves open, lies in its whole box and so has not moved.
    """
    hidden_share: float = 0.6
    """Share of a vehicle's mean box that vehicles before it must cover for it to be hidden."""
    patience: float = 1.5
    """A vehicle that was missed for a while and came back is gone only after this many times the longest such while."""
    place_s: float = 2.0
    """Time constant of the mean box."""
    wary_s: float = 0.5
    """Most time that a box which does not fit the mean one may draw it by: a part of the vehicle, or of one before it."""
    gap_s: float = 10.0
    """Longest time between two observations that still counts as seen."""
    guess_s: float = 60.0
    """Most by which a stay is taken to reach into time in which nobody could see it (assumption: a minute behind a lorry)."""
    memory_s: float = 600.0
    """Longest time out of sight after which the same stay may go on; then it ends at its last evidence."""


RULES = StayRules()
"""The defaults."""
