"""The text of the panel that a rule asks for."""

from __future__ import annotations

from collections.abc import Sequence

from geo.orders.fields import blank
from geo.rule_languages.panel import HEAD, write_panel
from geo.words import TimeRule


def sign_lines(rules: Sequence[TimeRule], number: str) -> tuple[str, ...]:
    """Return the lines of the panel under the sign that forbids parking, from the top.

    The rule is said in the words of ``geo.rule_languages.panel``, which reads it back: one line for each part of
    it, or for several windows one line each.

    Parameters
    ----------
    number
        Of the order; a panel that bears it can be checked by everyone (BAC-IDF's advice).
    """
    text = write_panel(rules).removeprefix(HEAD).strip() or blank("regle_horaire")
    windows = text.split(" ; ")
    if len(windows) == 1:
        windows = text.replace(" sauf ", ", sauf ").split(", ")
    return f"SAUF {HEAD}", *windows, f"arrêté {number}"


def sign_text(signs: Sequence[tuple[str, tuple[str, ...]]]) -> str:
    """Return signs as plain text: the place of each, then its lines."""
    return "\n".join(
        f"{place}\n" + "".join(f"    {line}\n" for line in lines) for place, lines in signs
    )
