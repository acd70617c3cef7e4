"""CDS sessions of another system, read row by row: stays by our classes, and what they tell of the zones.

Source: Curb Data Specification 1.1, Events: times are milliseconds since the epoch, lengths are centimetres.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from geo.errors import InvalidInput
from geo.events import CDS_TO_CLASS
from geo.study.words import DEFAULT_LENGTH_M
from geo.words import VehicleClass

COLUMNS = ("curb_zone_id", "event_time_start", "event_time_end")
"""Without these a file holds no sessions; the others may be missing."""

PARKING = "parking"
"""The only type of session that takes kerb; a row that names none is taken as one."""

EARLIEST_AT, LATEST_AT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between these an instant is believed; seconds given as milliseconds fall into 1970 (parameter of ours)."""

LONGEST_ID = 64
"""Characters of a bay's identifier, as for every bay."""


@dataclass(frozen=True)
class Session:
    """One stay."""

    bay_id: str
    vehicle_class: VehicleClass
    arrived_s: int
    departed_s: int | None
    """None where the session has no end: still there, or never ended."""


@dataclass(frozen=True)
class Refused:
    """A row that was not taken."""

    line: int
    """Line of the file; the header is line 1."""
    reason: str


@dataclass(frozen=True)
class SessionsRead:
    """What a file of sessions gave: every row is a session or refused."""

    sessions: tuple[Session, ...]
    """Sorted by bay, arrival, departure and class."""
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class Zone:
    """What sessions tell of a zone: at least so much fits."""

    bay_id: str
    capacity: int
    """The largest number of vehicles seen at once."""
    length_m: float
    """The largest sum of their lengths seen at once, of the usual length of each class."""


def read_sessions(rows: Iterable[Mapping[str, str | None]]) -> SessionsRead:
    """Read the rows of a table of CDS sessions; a row that cannot be taken is refused, with the reason.

    Parameters
    ----------
    rows
        As ``csv.DictReader`` gives them: at least ``COLUMNS``, and optionally ``session_type``, ``vehicle_type``
        and ``event_session_id``, which may appear once only.
    """
    sessions: list[Session] = []
    refused: list[Refused] = []
    first_line: dict[str, int] = {}
    for line, row in enumerate(rows, start=2):
        try:
            session = _session(row)
            _once(str(row.get("event_session_id") or ""), line, first_line)
        except InvalidInput as error:
            refused.append(Refused(line, str(error)))
        else:
            sessions.append(session)
    return SessionsRead(tuple(sorted(sessions, key=_order)), tuple(refused))


def zones(sessions: Iterable[Session]) -> tuple[Zone, ...]:
    """Return what is known of each zone from who stood there at once, sorted by identifier.

    A vehicle that leaves in the second in which another arrives does not stand beside it.
    """
    changes: dict[str, list[tuple[int, int, float]]] = {}
    for session in sessions:
        length_m = DEFAULT_LENGTH_M[session.vehicle_class]
        of_zone = changes.setdefault(session.bay_id, [])
        of_zone.append((session.arrived_s, 1, length_m))
        if session.departed_s is not None:
            of_zone.append((session.departed_s, -1, -length_m))
    return tuple(_zone(bay_id, changes[bay_id]) for bay_id in sorted(changes))


def whole_days(sessions: Iterable[Session], time_zone: str) -> tuple[date, date]:
    """Return the first and last local days that lie wholly between the first and last instants of the sessions.

    Raises
    ------
    InvalidInput
        There is no whole day.
    """
    instants = [
        at_s
        for session in sessions
        for at_s in (session.arrived_s, session.departed_s)
        if at_s is not None
    ]
    if not instants:
        raise InvalidInput("found no session that can be taken: wanted at least one")
    zone = ZoneInfo(time_zone)
    first = datetime.fromtimestamp(min(instants), zone)
    last = datetime.fromtimestamp(max(instants), zone)
    first_on = first.date() + timedelta(days=int(first.time() != datetime.min.time()))
    last_on = last.date() - timedelta(days=1)
    if last_on < first_on:
        raise InvalidInput(
            f"found sessions from {first.isoformat()} to {last.isoformat()}: wanted at least one whole local day"
        )
    return first_on, last_on


def _session(row: Mapping[str, str | None]) -> Session:
    kind = (row.get("session_type") or PARKING).strip().lower()
    if kind != PARKING:
        raise InvalidInput(f"session_type is {kind!r}: wanted {PARKING}")
    bay_id = (row.get("curb_zone_id") or "").strip()
    if not 0 < len(bay_id) <= LONGEST_ID:
        raise InvalidInput(f"curb_zone_id is {bay_id!r}: wanted 1 to {LONGEST_ID} characters")
    arrived_s = _second(row, "event_time_start")
    departed_s = (
        _second(row, "event_time_end") if (row.get("event_time_end") or "").strip() else None
    )
    if departed_s is not None and departed_s < arrived_s:
        raise InvalidInput(
            f"event_time_end is {row.get('event_time_end')!r}: wanted none before event_time_start, "
            f"{row.get('event_time_start')!r}"
        )
    vehicle_type = (row.get("vehicle_type") or "").strip().lower()
    return Session(
        bay_id, CDS_TO_CLASS.get(vehicle_type, VehicleClass.OTHER), arrived_s, departed_s
    )


def _second(row: Mapping[str, str | None], name: str) -> int:
    """Return an instant in whole seconds, rounded down."""
    text = (row.get(name) or "").strip()
    wanted = "wanted milliseconds since 1970, between 2000 and 2100"
    try:
        at_s = int(text) // 1000
    except ValueError as error:
        raise InvalidInput(f"{name} is {text!r}: {wanted}") from error
    if not EARLIEST_AT.timestamp() <= at_s < LATEST_AT.timestamp():
        raise InvalidInput(f"{name} is {text!r}: {wanted}")
    return at_s


def _once(session_id: str, line: int, first_line: dict[str, int]) -> None:
    if session_id and session_id in first_line:
        raise InvalidInput(
            f"event_session_id {session_id!r} is there again after line {first_line[session_id]}: wanted it once"
        )
    first_line.setdefault(session_id, line)


def _order(session: Session) -> tuple[str, int, float, str]:
    departed_s = float("inf") if session.departed_s is None else session.departed_s
    return session.bay_id, session.arrived_s, departed_s, session.vehicle_class.value


def _zone(bay_id: str, changes: list[tuple[int, int, float]]) -> Zone:
    vehicles = most = 0
    length_m = longest_m = 0.0
    for _, vehicle, metres in sorted(changes):
        vehicles, length_m = vehicles + vehicle, length_m + metres
        most, longest_m = max(most, vehicles), max(longest_m, length_m)
    return Zone(bay_id, max(most, 1), round(max(longest_m, min(DEFAULT_LENGTH_M.values())), 1))
