"""A figure with the range in which it may lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import InvalidInput


@dataclass(frozen=True)
class Range:
    """A value that is not known exactly: ``0 <= low <= mid <= high``.

    Ranges add end to end: what makes a ratio wrong for one establishment makes it wrong for the next, so that errors
    do not cancel over a street.

    Raises
    ------
    InvalidInput
        The ends are not in order, negative, or no numbers.
    """

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.mid <= self.high < float("inf"):
            raise InvalidInput(
                f"range is {self.low} to {self.mid} to {self.high}: wanted 0 <= low <= mid <= high"
            )

    def __add__(self, other: Range) -> Range:
        """Return the sum, low with low and high with high."""
        return Range(self.low + other.low, self.mid + other.mid, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        """Return the product, low with low and high with high."""
        return Range(self.low * other.low, self.mid * other.mid, self.high * other.high)

    def scaled(self, factor: float) -> Range:
        """Return the range times a number that is not negative."""
        return Range(self.low * factor, self.mid * factor, self.high * factor)


NOTHING = Range(0, 0, 0)
"""The sum of no range."""


def total(ranges: Iterable[Range]) -> Range:
    """Return the sum of ranges."""
    return sum(ranges, NOTHING)


def exactly(value: float) -> Range:
    """Return the range of a known value."""
    return Range(value, value, value)
