"""Takes times of a bay or device out of the figures, and puts them back."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from geo.errors import InvalidInput, OutOfScope
from service.facts import Touched
from service.moments import utc_text
from service.security import AccessKey
from service.store.axis import BayAxis, bay_axis, lock_bays
from service.store.bays import get_bay
from service.store.exclusions import (
    Exclusion,
    NewExclusion,
    add_exclusion,
    get_exclusion,
    undo_exclusion,
)
from service.store.figures import refresh, touched_days
from service.store.keys import bays_of_device, communes_of_device


def exclude(session: Session, key: AccessKey, wanted: NewExclusion, now_at: datetime) -> Exclusion:
    """Take a time out of the figures; they follow in the same transaction.

    Raises
    ------
    InvalidInput
        Not exactly one of bay and device is named, or the period is empty.
    UnknownBay, UnknownDevice
        What is named does not exist.
    OutOfScope
        A bay lies outside the officer's commune, or the device's key is for another.
    """
    if (wanted.bay_id is None) == (wanted.device_id is None):
        raise InvalidInput(
            "bay_id and device_id are both given or both missing: wanted exactly one"
        )
    if wanted.from_s >= wanted.to_s:
        raise InvalidInput(
            f"the period is {utc_text(wanted.from_s)} to {utc_text(wanted.to_s)}: wanted a start "
            "before the end"
        )
    axis = bay_axis(session)
    bay_ids = _bays(session, wanted)
    _check_scope(session, axis, key, wanted, bay_ids)
    lock_bays(session, bay_ids)
    made = add_exclusion(session, wanted, key.key_id, now_at)
    _follow(session, axis, bay_ids, made)
    return made


def put_back(session: Session, key: AccessKey, exclusion_id: int, now_at: datetime) -> Exclusion:
    """Undo an exclusion; it stays on record and the figures follow in the same transaction.

    Raises
    ------
    UnknownExclusion
        None has this identifier.
    OutOfScope
        A bay lies outside the officer's commune.
    """
    known = get_exclusion(session, exclusion_id)
    axis = bay_axis(session)
    bay_ids = _bays(session, known)
    _check_scope(session, axis, key, known, bay_ids)
    lock_bays(session, bay_ids)
    undone = undo_exclusion(session, exclusion_id, key.key_id, now_at)
    _follow(session, axis, bay_ids, undone)
    return undone


def _bays(session: Session, named: NewExclusion | Exclusion) -> list[str]:
    if named.bay_id is not None:
        get_bay(session, named.bay_id)
        return [named.bay_id]
    return bays_of_device(session, named.device_id or "")


def _check_scope(
    session: Session,
    axis: BayAxis,
    key: AccessKey,
    named: NewExclusion | Exclusion,
    bay_ids: list[str],
) -> None:
    """Refuse a bay or device of another commune; a device belongs to its key's even before it reports."""
    for insee in communes_of_device(session, named.device_id) if named.device_id else ():
        if key.insee not in (None, insee):
            raise OutOfScope(
                f"device {named.device_id} is of commune {insee}: the key {key.key_id} is for {key.insee}"
            )
    for bay_id in bay_ids:
        insee = axis.places[axis.index[bay_id]].insee
        if key.insee not in (None, insee):
            raise OutOfScope(
                f"bay {bay_id} lies in commune {insee}: the key {key.key_id} is for {key.insee}"
            )


def _follow(session: Session, axis: BayAxis, bay_ids: list[str], changed: Exclusion) -> None:
    touched = Touched(dict.fromkeys(bay_ids, (changed.from_s, changed.to_s)))
    if touched.spans:
        refresh(session, axis, touched_days(session, axis, touched))
