"""When a single picture was taken: by its place in the folder, its name, or what the camera wrote into it (EXIF)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from geo.errors import InvalidFile

EXIF = "exif"
"""Setting by which the time comes from the picture itself."""

EXIF_TAGS = (
    ("EXIF DateTimeOriginal", "EXIF OffsetTimeOriginal"),
    ("Image DateTime", "EXIF OffsetTime"),
)
"""Tags of an instant and of its offset to UTC, best first (Exif 2.32, section 4.6.5)."""

EXIF_FORMAT = "%Y:%m:%d %H:%M:%S"
"""How Exif writes a time."""


def taken_at(paths: Sequence[Path], times: str, zone: tzinfo = UTC) -> list[datetime]:
    """Return when each picture was taken.

    Parameters
    ----------
    paths
        The pictures, in order.
    times
        `exif`, or a pattern for the file's name without its ending, such as ``cam1_%Y%m%d_%H%M%S``.
    zone
        Zone of times that name no offset.

    Raises
    ------
    InvalidFile
        When a picture has no such time, or is older than the one before.
    """
    found = [_exif_time(path) if times == EXIF else _named_time(path, times) for path in paths]
    instants = [at if at.tzinfo else at.replace(tzinfo=zone) for at in found]
    for path, before, at in zip(paths[1:], instants, instants[1:], strict=False):
        if at < before:
            raise InvalidFile(
                f"{path} was taken at {at.isoformat()}, before the picture that precedes it by name "
                f"({before.isoformat()}): wanted names in order of time"
            )
    return instants


def _named_time(path: Path, pattern: str) -> datetime:
    try:
        return datetime.strptime(path.stem, pattern)  # noqa: DTZ007 - the caller gives the zone where the pattern has none
    except ValueError as error:
        raise InvalidFile(f"the name of {path} holds no time: wanted {pattern!r}") from error


def _exif_time(path: Path) -> datetime:
    import exifread

    with path.open("rb") as file:
        tags = exifread.process_file(file, details=False)
    for tag, offset_tag in EXIF_TAGS:
        if tag in tags:
            offset = str(tags.get(offset_tag, ""))
            wanted = EXIF_FORMAT + ("%z" if offset else "")
            try:
                return datetime.strptime(str(tags[tag]) + offset, wanted)  # noqa: DTZ007 - as above
            except ValueError as error:
                raise InvalidFile(
                    f"{path} says it was taken at {tags[tag]!s}: wanted a time"
                ) from error
    raise InvalidFile(f"{path} holds no time of its taking: wanted the Exif tag DateTimeOriginal")
