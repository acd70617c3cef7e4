"""What a check of the scientific acceptance is, and the figures it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Scale(StrEnum):
    """How much is drawn: `small` runs among the tests in seconds, `full` by `make validate`."""

    SMALL = "small"
    FULL = "full"


@dataclass(frozen=True)
class Figure:
    """One figure that a check obtained."""

    name: str
    value: float
    bar: str
    """What is wanted, in words, for example `<= 4 %`; empty for a baseline or a figure without a bar."""
    is_met: bool | None = None
    """Whether the bar is met; None where there is none."""


@dataclass(frozen=True)
class Check:
    """One of T1 to T16 of the science brief."""

    code: str
    """`T1` to `T16`."""
    title: str
    run: Callable[[Scale], list[Figure]]
    """Seeded inside; raises `Skipped` where its data are absent."""


class Skipped(Exception):
    """The data of a check are not on this machine; its text says which."""
