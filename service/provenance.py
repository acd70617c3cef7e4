"""What figures rest on: the calibrations that measured each bay, and why the rest of the time was not seen."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from geo.events import calibration_made_at
from geo.vocabulary import unseen_reason
from service.intervals import Interval, Reasoned, clip, length_s, merge, subtract
from service.store.calibrations import CalibrationUse, uses_in
from service.store.coverage import seen_near, unseen_near
from service.store.exclusions import excluded_near


@dataclass(frozen=True)
class Provenance:
    """What the figures of some bays in a period rest on."""

    span_s: int
    """Length of the period."""
    uses: Mapping[str, Sequence[CalibrationUse]]
    """Calibrations in order of time, by bay; empty where none is named."""
    unseen_s: Mapping[str, Mapping[str, int]]
    """Seconds not counted as seen, by bay and reason; all bays."""

    def unseen_shares(self, bay_ids: Iterable[str] | None = None) -> dict[str, float]:
        """Return the shares of the time of some bays, or of all, that were not seen, by reason, largest first."""
        chosen = list(self.unseen_s if bay_ids is None else bay_ids)
        total: Counter[str] = Counter()
        for bay_id in chosen:
            total.update(self.unseen_s[bay_id])
        span_s = self.span_s * len(chosen)
        return {
            reason: seconds / span_s
            for reason, seconds in sorted(total.items(), key=lambda item: (-item[1], item[0]))
        }

    def names(self, bay_id: str) -> list[str]:
        """Return the names of a bay's calibrations, each once, in the order they were made."""
        return sorted({use.calibration for use in self.uses[bay_id]}, key=_age)

    def calibrations(self) -> list[tuple[CalibrationUse, int]]:
        """Return each calibration, from its first to its last use, with how many bays it measured.

        In the order they were made.
        """
        found: dict[tuple[str, str], dict[str, list[CalibrationUse]]] = {}
        for bay_id, uses in self.uses.items():
            for use in uses:
                bays = found.setdefault((use.calibration, use.device_id), {})
                bays.setdefault(bay_id, []).append(use)
        whole = [(_joined(bays), len(bays)) for bays in found.values()]
        return sorted(whole, key=lambda item: (*_age(item[0].calibration), item[0].device_id))


def made_at(calibration: str) -> datetime:
    """Return when a stored calibration was made, aware, in UTC."""
    at = calibration_made_at(calibration)
    if at is None:
        raise ValueError(f"the store holds the calibration {calibration!r}: wanted the name of one")
    return at


def _age(calibration: str) -> tuple[datetime, str]:
    return made_at(calibration), calibration


def _joined(bays: Mapping[str, Sequence[CalibrationUse]]) -> CalibrationUse:
    uses = [use for mine in bays.values() for use in mine]
    from_s, to_s = min(use.from_s for use in uses), max(use.to_s for use in uses)
    return replace(uses[0], from_s=from_s, to_s=to_s)


def provenance(session: Session, bay_ids: Sequence[str], from_s: int, to_s: int) -> Provenance:
    """Read what the figures of bays in a half-open period rest on, in epoch seconds."""
    seen = seen_near(session, bay_ids, from_s, to_s)
    unseen = unseen_near(session, bay_ids, from_s, to_s)
    excluded = excluded_near(session, bay_ids, from_s, to_s)
    reasons = {
        bay_id: unseen_by_reason(
            seen[bay_id], unseen[bay_id], excluded.get(bay_id, []), (from_s, to_s)
        )
        for bay_id in bay_ids
    }
    uses = uses_in(session, bay_ids, from_s, to_s)
    return Provenance(to_s - from_s, {bay_id: uses.get(bay_id, []) for bay_id in bay_ids}, reasons)


def unseen_by_reason(
    seen: Iterable[Interval],
    unseen: Iterable[Reasoned],
    excluded: Iterable[Interval],
    period_s: Interval,
) -> dict[str, int]:
    """Return how many seconds of a period were not counted as seen, by reason; those without any are left out.

    What an officer took out is ``excluded``, seen or not; what no report tells of is ``unreported``.
    Together with the seen time that counts it is the whole period.

    Parameters
    ----------
    seen, unseen
        Disjoint, as they are stored.
    """
    out = merge(clip(excluded, *period_s))
    seconds: Counter[str] = Counter(excluded=length_s(out))
    told: dict[str, list[Interval]] = defaultdict(list)
    for from_s, to_s, reason in unseen:
        told[unseen_reason(reason)].append((from_s, to_s))
    for reason, intervals in told.items():
        seconds[reason] += length_s(subtract(clip(intervals, *period_s), out))
    counted_s = length_s(subtract(clip(seen, *period_s), out))
    seconds["unreported"] = period_s[1] - period_s[0] - counted_s - seconds.total()
    return {reason: length for reason, length in seconds.items() if length}
