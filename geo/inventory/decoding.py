"""Bytes to text: UTF-8, UTF-16 and the encodings of Windows, with or without a mark."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from geo.errors import InvalidFile

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Byte order marks and what they announce (Unicode 15, section 23.8)."""

SAMPLE = 4096
"""Bytes looked at to tell UTF-16 without a mark."""

TWICE = ("Ã©", "Ã¨", "Ã‰", "Ãª", "Ã ")
"""French letters whose UTF-8 bytes were read as Windows-1252 or ISO 8859-1 and encoded again."""


@dataclass(frozen=True)
class Text:
    """A file's text and how it was encoded."""

    text: str
    encoding: str


def decode(data: bytes) -> Text:
    """Return the text of a file.

    Raises
    ------
    InvalidFile
        The bytes are no text in any known encoding, or hold a character zero.
    """
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :], encoding)
    unmarked = _unmarked_utf16(data[:SAMPLE])
    if unmarked:
        return _checked(data, unmarked)
    try:
        return _once(Text(_without_zero(data.decode("utf-8")), "utf-8"))
    except UnicodeDecodeError:
        return _windows(data)


def _checked(data: bytes, encoding: str) -> Text:
    try:
        return _once(Text(_without_zero(data.decode(encoding)), encoding))
    except UnicodeDecodeError as error:
        raise InvalidFile(
            f"the file says it is {encoding} and byte {error.start} is not: wanted text in one encoding"
        ) from error


def _windows(data: bytes) -> Text:
    try:
        return Text(_without_zero(data.decode("cp1252")), "windows-1252")
    except UnicodeDecodeError:
        return Text(_without_zero(data.decode("latin-1")), "iso-8859-1")


def _unmarked_utf16(sample: bytes) -> str | None:
    """Tell UTF-16 by its zeros: in text of western letters every second byte is one."""
    half = len(sample) // 2
    if half == 0:
        return None
    if sample[1::2].count(0) > 0.8 * half and sample[::2].count(0) == 0:
        return "utf-16-le"
    if sample[::2].count(0) > 0.8 * half and sample[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def _without_zero(text: str) -> str:
    where = text.find("\x00")
    if where >= 0:
        raise InvalidFile(
            f"found a character zero at position {where}: wanted a text file (CSV, JSON) or a GeoPackage"
        )
    return text


def _once(text: Text) -> Text:
    """Undo an encoding that was done twice, where the whole text can be brought back."""
    if not any(sign in text.text for sign in TWICE):
        return text
    for misread in ("cp1252", "latin-1"):
        try:
            once = text.text.encode(misread).decode("utf-8")
        except UnicodeError:
            continue
        return Text(once, f"{text.encoding} encoded twice")
    return text
