"""The life of a suggestion: which status may follow which, and what each step must say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.errors import Conflict, InvalidInput


class Status(StrEnum):
    """Where a proposed change stands."""

    PROPOSED = "proposed"
    MORE_DATA = "more_data"
    """An officer asked for more data before deciding."""
    ACCEPTED = "accepted"
    REFUSED = "refused"
    ADOPTED = "adopted"
    """The rule is in force since a date."""
    EXPIRED = "expired"
    """A newer run says something else, the data is too old, or the bay has changed since."""


NEXT: dict[Status, frozenset[Status]] = {
    Status.PROPOSED: frozenset({Status.ACCEPTED, Status.REFUSED, Status.MORE_DATA, Status.EXPIRED}),
    Status.MORE_DATA: frozenset({Status.ACCEPTED, Status.REFUSED, Status.EXPIRED}),
    Status.ACCEPTED: frozenset({Status.ADOPTED, Status.EXPIRED}),
    Status.REFUSED: frozenset(),
    Status.ADOPTED: frozenset(),
    Status.EXPIRED: frozenset(),
}
"""What may follow each status; refused, adopted and expired are the end."""

DECISIONS = (Status.ACCEPTED, Status.REFUSED, Status.MORE_DATA, Status.ADOPTED)
"""Statuses that an officer gives; only runs and the watch let suggestions expire."""

OPEN = frozenset(status for status, following in NEXT.items() if Status.EXPIRED in following)
"""Statuses that a newer run can still change."""


class IllegalTransition(Conflict):
    """A suggestion cannot go from its status to the one asked for."""

    code = "illegal_transition"


class DecidedMeanwhile(Conflict):
    """The suggestion no longer has the status that the officer saw: someone else decided in the meantime."""

    code = "decided_meanwhile"


class IncompleteDecision(InvalidInput):
    """A refusal needs a reason, an adoption needs its date, and nothing else takes a date."""

    code = "incomplete_decision"


@dataclass(frozen=True)
class Decision:
    """What an officer decides."""

    to_status: Status
    seen_status: Status
    """The status on the officer's screen."""
    reason: str | None = None
    adopted_on: date | None = None


def check_step(from_status: Status, decision: Decision) -> None:
    """Check a decision against the status that the suggestion has now.

    Raises
    ------
    DecidedMeanwhile
        The officer saw another status.
    IllegalTransition
        The step is none that the life of a suggestion has.
    IncompleteDecision
        The reason or the date is missing, or a date is given where none belongs.
    """
    if decision.seen_status is not from_status:
        raise DecidedMeanwhile(
            f"the suggestion is {from_status}: wanted {decision.seen_status}, the status that was seen"
        )
    check_transition(from_status, decision.to_status)
    if decision.to_status not in DECISIONS:
        raise IllegalTransition(f"{decision.to_status} is given by runs, never by an officer")
    if decision.to_status is Status.REFUSED and decision.reason is None:
        raise IncompleteDecision("the refusal has no reason: wanted one line that says why")
    if (decision.to_status is Status.ADOPTED) != (decision.adopted_on is not None):
        raise IncompleteDecision(
            f"adopted_on is {decision.adopted_on} with {decision.to_status}: wanted a date with adopted and only there"
        )


def check_transition(from_status: Status, to_status: Status) -> None:
    """Check that a status may follow another.

    Raises
    ------
    IllegalTransition
        It may not.
    """
    following = NEXT[from_status]
    if to_status not in following:
        wanted = ", ".join(sorted(following)) or "nothing, as this is the end"
        raise IllegalTransition(
            f"the suggestion is {from_status} and cannot become {to_status}: wanted {wanted}"
        )
