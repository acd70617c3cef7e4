"""The one error family: each failure a person can meet, with a stable code."""

from __future__ import annotations


class AirelibError(Exception):
    """Root of the family, never raised itself; its text names the value found and the value wanted."""

    code = "error"
    """Stable identifier, the same in logs, problem documents and phrases."""


class InvalidInput(AirelibError):
    """What was given cannot be used as it is."""

    code = "invalid_input"


class InvalidGeometry(InvalidInput):
    """A polygon or line is not usable: self-crossing, too few points, outside its frame."""

    code = "invalid_geometry"


class UnknownCrs(InvalidInput):
    """No metric reference system is known for a place."""

    code = "unknown_crs"


class InvalidTimeRule(InvalidInput):
    """A time rule cannot be read."""

    code = "invalid_time_rule"


class UnknownDays(InvalidInput):
    """A rule names a period of days that nobody told, or asks about a year that its calendar does not cover."""

    code = "unknown_days"


class InvalidFile(InvalidInput):
    """A file is missing, unreadable or not of the form its name promises."""

    code = "invalid_file"


class RowRefused(InvalidInput):
    """A row of an inventory is not taken; its reason is one word of the report."""

    code = "row_refused"

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class CalibrationTooFew(InvalidInput):
    """A calibration has fewer pairs than a homography needs."""

    code = "calibration_too_few"


class CalibrationTooLoose(InvalidInput):
    """A calibration's residual is too large to trust its metres."""

    code = "calibration_too_loose"


class InvalidEvent(InvalidInput):
    """One event of a batch cannot be taken."""

    code = "invalid_event"


class InvalidSettings(InvalidInput):
    """A setting is missing, unknown or out of range."""

    code = "invalid_settings"


class BatchTooLarge(InvalidInput):
    """A batch is over the limit of events or bytes."""

    code = "batch_too_large"


class NotFound(AirelibError):
    """A named thing is not known."""

    code = "not_found"


class UnknownBay(NotFound):
    """No bay has this identifier."""

    code = "unknown_bay"


class UnknownCommune(NotFound):
    """No commune has this INSEE code."""

    code = "unknown_commune"


class UnknownDevice(NotFound):
    """No device has this identifier."""

    code = "unknown_device"


class UnknownGroup(NotFound):
    """No group of communes has this SIREN."""

    code = "unknown_group"


class UnknownExclusion(NotFound):
    """No excluded period has this identifier."""

    code = "unknown_exclusion"


class Conflict(AirelibError):
    """The request contradicts what is already so."""

    code = "conflict"


class ClockOff(Conflict):
    """A device's clock is too far from the service's."""

    code = "clock_off"


class BayTwice(Conflict):
    """Two features of one file carry the same bay identifier."""

    code = "bay_twice"


class CommuneTwice(Conflict):
    """Two features of one file carry the same INSEE code."""

    code = "commune_twice"


class NotAllowed(AirelibError):
    """The caller may not do this."""

    code = "not_allowed"


class BadKey(NotAllowed):
    """The key is missing, unknown, expired or revoked."""

    code = "bad_key"


class BadCode(NotAllowed):
    """The one-time code of the calibration page is missing or wrong."""

    code = "bad_code"


class OutOfScope(NotAllowed):
    """The key is good, but not for this commune or action."""

    code = "out_of_scope"


class Unavailable(AirelibError):
    """Something needed does not answer now; trying again later may work."""

    code = "unavailable"


class DoorLocked(Unavailable):
    """Too many wrong codes were tried: the calibration page takes none for a minute."""

    code = "door_locked"


class CameraLost(Unavailable):
    """A camera or file gives no picture."""

    code = "camera_lost"


class DatabaseBusy(Unavailable):
    """The database is locked by another writer."""

    code = "database_busy"


class OutboxFull(Unavailable):
    """The device's disk or its outbox limit is full."""

    code = "outbox_full"
