"""Notes by which calibration each report measured its bay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlmodel import Session

from geo.words import SLOT_S
from service.facts import TakenEvent
from service.intervals import Interval, merge
from service.store.calibrations import UseKey, replace_uses, uses_near


def derive_calibrations(session: Session, device_id: str, new: Sequence[TakenEvent]) -> None:
    """Add the windows of reports that name their calibration to the times it was in use."""
    uses: dict[UseKey, list[Interval]] = defaultdict(list)
    for event in new:
        if event.report is not None and event.bay_id is not None and event.calibration:
            window = (event.event_s - event.report.window_s, event.event_s)
            uses[event.bay_id, device_id, event.calibration].append(window)
    add_uses(session, device_id, uses)


def add_uses(session: Session, device_id: str, uses: Mapping[UseKey, Sequence[Interval]]) -> None:
    """Merge times in which a device's calibrations were in use into those known, as whole slots.

    A slot's figures rest on every calibration that measured in it, and fourteen minutes of fifteen write nothing.
    """
    if not uses:
        return
    slots = {key: merge(_slots(items)) for key, items in uses.items()}
    edges = [edge for items in slots.values() for item in items for edge in item]
    old = uses_near(session, device_id, slots, min(edges), max(edges))
    replace_uses(session, old, {key: merge([*old[key], *items]) for key, items in slots.items()})


def _slots(windows: Iterable[Interval]) -> Iterator[Interval]:
    for from_s, to_s in windows:
        yield from_s // SLOT_S * SLOT_S, -(-to_s // SLOT_S) * SLOT_S
