"""Loads many facts at once, through the same merging and the same figures as pushed events."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from geo.occupancy import OPEN_S, SeenArrays, StayArrays
from geo.words import VEHICLE_CLASSES
from service.facts import StayFact, Touched, counted_stay_id
from service.ingest.calibrations import add_uses
from service.ingest.derive import add_coverage, link
from service.intervals import Interval, Reasoned
from service.store.axis import axis_of, lock_bays
from service.store.calibrations import UseKey
from service.store.figures import refresh, touched_days
from service.store.stays import save_stays

UnseenOfBay = tuple[str, int, int, str]
"""``bay_id, from_s, to_s, reason``; half-open."""

UseOfBay = tuple[str, str, int, int]
"""``bay_id, calibration, from_s, to_s``; half-open."""


@dataclass(frozen=True)
class BulkFacts:
    """Facts of many bays and days, as if one device had reported them."""

    device_id: str
    """UUID as text."""
    bay_ids: Sequence[str]
    """Bays that the arrays index."""
    stays: StayArrays
    seen: SeenArrays
    unseen: Sequence[UnseenOfBay] = ()
    calibrations: Sequence[UseOfBay] = ()


def load_facts(session: Session, facts: BulkFacts) -> int:
    """Add facts and bring the figures up to date; loading the same again changes nothing.

    Returns
    -------
    int
        How many bay-days of figures were recomputed.
    """
    touched = Touched()
    lock_bays(session, facts.bay_ids)
    link(session, facts.device_id, facts.bay_ids, touched)
    seen, unseen = _coverage(facts)
    if seen:
        add_coverage(session, seen, unseen, touched)
    uses: dict[UseKey, list[Interval]] = defaultdict(list)
    for bay_id, calibration, from_s, to_s in facts.calibrations:
        uses[bay_id, facts.device_id, calibration].append((from_s, to_s))
    add_uses(session, facts.device_id, uses)
    stays = list(_stays(facts))
    save_stays(session, sorted(stays, key=lambda stay: (stay.bay_id, stay.arrived_s)))
    for stay in stays:
        end_s = OPEN_S if stay.departed_s is None else stay.departed_s + 1
        touched.add(stay.bay_id, stay.arrived_s, end_s)
    axis = axis_of(session, touched.spans)
    days = touched_days(session, axis, touched)
    refresh(session, axis, days)
    return len(days)


def _coverage(facts: BulkFacts) -> tuple[dict[str, list[Interval]], dict[str, list[Reasoned]]]:
    seen: dict[str, list[Interval]] = defaultdict(list)
    columns = (facts.seen.bay.tolist(), facts.seen.from_s.tolist(), facts.seen.to_s.tolist())
    for bay, from_s, to_s in zip(*columns, strict=True):
        seen[facts.bay_ids[bay]].append((from_s, to_s))
    unseen: dict[str, list[Reasoned]] = defaultdict(list)
    for bay_id, from_s, to_s, reason in facts.unseen:
        unseen[bay_id].append((from_s, to_s, reason))
        seen.setdefault(bay_id, [])
    return seen, unseen


def _stays(facts: BulkFacts) -> Iterator[StayFact]:
    twins: Counter[tuple[int, int, int]] = Counter()
    stays = facts.stays
    columns = (stays.bay, stays.vehicle_class, stays.arrived_s, stays.departed_s)
    for bay, kind, arrived_s, departed_s in zip(*(c.tolist() for c in columns), strict=True):
        ordinal = twins[bay, kind, arrived_s]
        twins[bay, kind, arrived_s] += 1
        bay_id, vehicle_class = facts.bay_ids[bay], VEHICLE_CLASSES[kind]
        yield StayFact(
            counted_stay_id(facts.device_id, bay_id, vehicle_class, arrived_s, ordinal),
            bay_id,
            vehicle_class,
            arrived_s,
            None if departed_s == OPEN_S else departed_s,
            device_id=facts.device_id,
        )
