"""One remark of the inventory linter."""

from __future__ import annotations

from dataclasses import dataclass

from geo.rule_conflicts import Severity
from geo.vocabulary import Label


@dataclass(frozen=True)
class Finding:
    """What is wrong with a bay of an inventory, or not known of it."""

    bay_id: str
    code: str
    """Stable code, for programs."""
    severity: Severity
    """``error`` keeps the bay's rules from holding, ``warning`` is to be looked at, ``note`` is unknown or harmless."""
    message: Label
    """One sentence in each language, with the value found and the value wanted."""
