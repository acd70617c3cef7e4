"""Texts of people made safe for other programs: cells that a spreadsheet would run, characters that XML forbids."""

from __future__ import annotations

import unicodedata

MARK = "'"
"""Put before a cell, it makes spreadsheets take it as text."""

RUN_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell that begins with one of these is run as a formula by spreadsheets.

Source: OWASP, CSV injection.
"""


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet runs; one that already begins with the mark gets a second one."""
    return f"{MARK}{text}" if text.startswith((*RUN_SIGNS, MARK)) else text


def restored_cell(cell: str) -> str:
    """Return the text that ``safe_cell`` neutralised; another cell as it is."""
    is_marked = cell.startswith(MARK) and cell[1:].startswith((*RUN_SIGNS, MARK))
    return cell[1:] if is_marked else cell


def printable(text: str) -> str:
    """Return a text without control characters, which XML 1.0 and what is made of it forbid; lines and tabs stay."""
    return "".join(char for char in text if char in "\n\t" or unicodedata.category(char)[0] != "C")
