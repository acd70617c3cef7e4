"""Reads one pushed CDS event after another: what can be taken, and why the rest cannot."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from geo.errors import AirelibError, ClockOff, InvalidEvent, OutOfScope, UnknownBay
from geo.events import (
    BANNED_FIELDS,
    CDS_TO_CLASS,
    ENFORCEMENT_FIELD,
    ENFORCEMENT_TYPES,
    BatchFailure,
    CurbEvent,
    calibration_made_at,
    read_instant_ms,
)
from geo.words import VEHICLE_CLASSES, VehicleClass
from service.facts import Origin, Parked, Report, TakenEvent
from service.ingest.naming import name_event
from service.moments import utc_text
from service.security import AccessKey, Profile
from service.store.axis import BayPlace

MS = 1000
"""Milliseconds in a second: CDS instants are in milliseconds."""

MINUTE_S = 60

DAY_S = 86_400

MAX_WINDOW_S = 3600
"""Longest window of one report; ours is 60 s, and hourly reports of other makers still fit."""

MAX_OCCUPANTS = 64
"""Vehicles one report may count in a bay; the packed figures of a slot hold 72 of a class (65,535 s / 900 s)."""

FUTURE_TOLERANCE_S = 300
"""Seconds an event may lie ahead of the service's clock; the same as the clock offset allowed."""

REASON_PATTERN = r"[a-z_]{1,32}"
"""A reason is one word; free text could carry what must not be kept."""

PARK_EVENTS = frozenset({"park_start", "park_end"})

BAY_EVENTS = PARK_EVENTS | {"scheduled_report"}
"""Events that are about one bay and change facts; the others are only kept."""


class BannedField(InvalidEvent):
    """An event carries a field that could identify a vehicle."""

    code = "banned_field"


class EnforcementEvent(InvalidEvent):
    """An event is about enforcement, which is no statistic."""

    code = "enforcement_event"


class EventInFuture(InvalidEvent):
    """An event is dated after now."""

    code = "event_in_future"


class EventTooOld(InvalidEvent):
    """An event is older than raw events are kept."""

    code = "event_too_old"


@dataclass(frozen=True)
class Limits:
    """What the service allows of a batch."""

    max_clock_offset_s: int
    raw_event_days: int


@dataclass(frozen=True)
class Sorted:
    """A batch, taken apart."""

    taken: list[TakenEvent]
    failures: list[BatchFailure]


def check_clock(items: Sequence[Any], now_s: int, limits: Limits) -> None:
    """Refuse a batch whose newest publication time is too far from now.

    Raises
    ------
    ClockOff
        The sentence names both instants and the offset.
    """
    told = [
        read_instant_ms(item.get("event_publication_time"))
        for item in items
        if isinstance(item, Mapping)
    ]
    stamps = [stamp for stamp in told if type(stamp) is int]
    if not stamps:
        return
    newest_s = max(stamps) // MS
    offset_s = newest_s - now_s
    if abs(offset_s) > limits.max_clock_offset_s:
        raise ClockOff(
            f"the newest event was published at {utc_text(newest_s)} by the device's clock, now is "
            f"{utc_text(now_s)} by the service's: {offset_s:+d} s apart, wanted at most "
            f"{limits.max_clock_offset_s} s; set the device's clock and send again"
        )


def read_items(items: Sequence[Any]) -> tuple[dict[int, CurbEvent], list[BatchFailure]]:
    """Read the items of a batch as events, by position, and say why the others cannot be read."""
    events: dict[int, CurbEvent] = {}
    failures: list[BatchFailure] = []
    for position, item in enumerate(items):
        try:
            _refuse_purpose(item)
            events[position] = CurbEvent.model_validate(item)
        except AirelibError as error:
            failures.append(failure(position, item, error))
        except ValidationError as error:
            failures.append(_invalid(position, item, error))
    return events, failures


def take_events(
    events: Mapping[int, CurbEvent],
    places: Mapping[str, BayPlace],
    key: AccessKey,
    now_s: int,
    limits: Limits,
) -> Sorted:
    """Check readable events against the bays, the key and the clock, and reduce them to what is kept."""
    taken: list[TakenEvent] = []
    failures: list[BatchFailure] = []
    for position, event in events.items():
        try:
            _check_time(event, now_s, limits)
            place = _place(event, places)
            _check_scope(event, place, key)
            taken.append(_reduce(event, place))
        except AirelibError as error:
            failures.append(failure(position, event.model_dump(mode="json"), error))
    return Sorted(taken, failures)


def failure(position: int, item: Any, error: AirelibError) -> BatchFailure:
    """Return the failure that an error makes of an item."""
    return BatchFailure(
        item=name_event(item), position=position, error=error.code, error_description=str(error)
    )


def _refuse_purpose(item: Any) -> None:
    """Refuse what no statistic needs, wherever in the item it stands."""
    banned = sorted(BANNED_FIELDS & _field_names(item))
    if banned:
        raise BannedField(
            f"the event carries {', '.join(banned)}: wanted no field that identifies a vehicle; "
            "the value was neither kept nor logged"
        )
    if isinstance(item, Mapping) and (
        ENFORCEMENT_FIELD in item or item.get("event_type") in sorted(ENFORCEMENT_TYPES)
    ):
        raise EnforcementEvent(
            f"the event carries {ENFORCEMENT_FIELD} or is of a type such as {min(ENFORCEMENT_TYPES)}: "
            "wanted events of which statistics are made"
        )


def _field_names(item: Any) -> set[str]:
    """Return the names of all fields of an item, at any depth."""
    names: set[str] = set()
    open_parts = [item]
    while open_parts:
        part = open_parts.pop()
        if isinstance(part, Mapping):
            names.update(part)
            open_parts.extend(part.values())
        elif isinstance(part, list):
            open_parts.extend(part)
    return names


def _invalid(position: int, item: Any, error: ValidationError) -> BatchFailure:
    """Name each fault by its place; values are not repeated, they may be anything."""
    details = tuple(
        f"/{'/'.join(map(str, fault['loc']))}: {fault['msg']}"
        for fault in error.errors(include_input=False, include_url=False)
    )
    return BatchFailure(
        item=name_event(item),
        position=position,
        error=InvalidEvent.code,
        error_description="the item is no CDS 1.1 event: " + "; ".join(details),
        error_details=details,
    )


def _check_time(event: CurbEvent, now_s: int, limits: Limits) -> None:
    at_s = event.event_time // MS
    if at_s > now_s + FUTURE_TOLERANCE_S:
        raise EventInFuture(
            f"event_time is {utc_text(at_s)}, now is {utc_text(now_s)}: wanted at most "
            f"{FUTURE_TOLERANCE_S} s ahead"
        )
    if at_s < now_s - limits.raw_event_days * DAY_S:
        raise EventTooOld(
            f"event_time is {utc_text(at_s)}, now is {utc_text(now_s)}: wanted at most "
            f"{limits.raw_event_days} days old"
        )


def _place(event: CurbEvent, places: Mapping[str, BayPlace]) -> BayPlace | None:
    if event.curb_zone_id is None:
        if event.event_type in BAY_EVENTS:
            raise InvalidEvent(f"curb_zone_id is missing: a {event.event_type} is about one bay")
        return None
    place = places.get(str(event.curb_zone_id))
    if place is None:
        raise UnknownBay(f"no bay has the curb_zone_id {event.curb_zone_id}")
    return place


def _check_scope(event: CurbEvent, place: BayPlace | None, key: AccessKey) -> None:
    if place is not None and key.insee not in (None, place.insee):
        raise OutOfScope(
            f"bay {place.bay_id} lies in commune {place.insee}: the key is for {key.insee}"
        )
    if str(event.data_source_device_id) != key.device_id:
        raise OutOfScope(
            f"data_source_device_id is {event.data_source_device_id}: the key is for device {key.device_id}"
        )
    if key.profile is Profile.COUNTS and event.event_type in PARK_EVENTS:
        raise OutOfScope(
            f"the device's profile is counts: wanted scheduled_report, found {event.event_type}"
        )


def _reduce(event: CurbEvent, place: BayPlace | None) -> TakenEvent:
    """Keep only what stays and coverage need; park times are floored to the minute again here."""
    at_s = event.event_time // MS
    is_park = event.event_type in PARK_EVENTS
    if is_park and event.event_session_id is None:
        raise InvalidEvent(
            f"event_session_id is missing: a {event.event_type} is paired by its session"
        )
    is_report = event.event_type == "scheduled_report"
    operator = event.data_source_operator_id
    return TakenEvent(
        device_id=str(event.data_source_device_id),
        event_id=str(event.event_id),
        bay_id=None if place is None else place.bay_id,
        event_type=event.event_type,
        event_s=at_s // MINUTE_S * MINUTE_S if is_park else at_s,
        session_id=str(event.event_session_id) if is_park else None,
        report=_report(event) if is_report else None,
        parked=_parked(event) if is_park else None,
        calibration=_calibration(event.custom_attributes or {}) if is_report else "",
        double_parked_s=_double_parked_s(event.custom_attributes or {}) if is_report else 0,
        origin=Origin(event.data_source_type, None if operator is None else str(operator)),
    )


def _parked(event: CurbEvent) -> Parked:
    return Parked(_vehicle_class(event.vehicle_type), event.vehicle_type_confidence)


def _report(event: CurbEvent) -> Report:
    said = event.custom_attributes or {}
    window_s = _seconds(said, "window_s", MINUTE_S)
    observed_s = _seconds(said, "observed_s", window_s)
    if not (0 < window_s <= MAX_WINDOW_S and 0 <= observed_s <= window_s):
        raise InvalidEvent(
            f"window_s is {window_s} and observed_s is {observed_s}: wanted 0 < window_s <= "
            f"{MAX_WINDOW_S} and 0 <= observed_s <= window_s"
        )
    occupants = event.curb_occupants or ()
    if len(occupants) > MAX_OCCUPANTS:
        raise InvalidEvent(
            f"curb_occupants has {len(occupants)} vehicles: wanted at most {MAX_OCCUPANTS} in one bay"
        )
    counts = dict.fromkeys(VEHICLE_CLASSES, 0)
    for occupant in occupants:
        counts[_vehicle_class(occupant.type)] += 1
    present = tuple((name, number) for name, number in counts.items() if number)
    reason = said.get("reason", "")
    word = reason if re.fullmatch(REASON_PATTERN, reason) else ""
    return Report(window_s, observed_s, word, present if observed_s else ())


def _calibration(said: Mapping[str, str]) -> str:
    """Return the calibration a report names; the value is not repeated where it is none, it may be anything."""
    calibration = said.get("calibration", "")
    if calibration and calibration_made_at(calibration) is None:
        raise InvalidEvent(
            f"custom_attributes/calibration has {len(calibration)} characters and is no name of a calibration: "
            "wanted an instant and a hash of 4 to 16 hexadecimal digits, as in 2026-11-25T10:00Z-3f2a"
        )
    return calibration


def _double_parked_s(said: Mapping[str, str]) -> int:
    seconds = _seconds(said, "double_parked_s", 0)
    if not 0 <= seconds <= MINUTE_S:
        raise InvalidEvent(
            f"custom_attributes/double_parked_s is {seconds}: wanted 0 to {MINUTE_S}"
        )
    return seconds


def _seconds(said: Mapping[str, str], name: str, default_s: int) -> int:
    text = said.get(name)
    if text is None:
        return default_s
    try:
        return int(text)
    except ValueError as error:
        raise InvalidEvent(f"custom_attributes/{name} is {text!r}: wanted whole seconds") from error


def _vehicle_class(cds_type: str | None) -> VehicleClass:
    return CDS_TO_CLASS.get(cds_type or "unspecified", VehicleClass.OTHER)
