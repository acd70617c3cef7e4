"""Text that every database, file and page can hold: no control characters, no halves of a character."""

from __future__ import annotations

import re

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but for tabs and ends of lines, and lone surrogates.

PostgreSQL stores no U+0000, no encoding holds half a surrogate pair, and the others move the cursor of whoever reads a
list on a terminal.
"""


def is_writable(text: str) -> bool:
    """Tell whether a text can be stored and shown."""
    return UNWRITABLE.search(text) is None


def is_writable_line(text: str) -> bool:
    """Tell whether a text can be stored and shown as one line, as identifiers and labels are."""
    return is_writable(text) and not re.search(r"[\t\r\n]", text)
