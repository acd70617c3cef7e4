"""Deliveries a week that each establishment is expected to get, or why that is not said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from geo.need.establishments import Establishment
from geo.need.parameters import Parameters
from geo.need.ranges import Range
from geo.need.ratios import Ratio, kind_of

Standing = Literal["counted", "not_counted", "apart", "unknown_activity", "unknown_staff"]
"""What became of an establishment; only ``counted`` adds to its street."""


@dataclass(frozen=True)
class Need:
    """What is expected of one establishment."""

    establishment: Establishment
    standing: Standing
    kind: str | None
    """Kind of establishment; None where the activity is not known."""
    deliveries: Range | None
    """A week; of a kind that is not counted, what it gets all the same; None where nobody can say."""
    reason: str
    """Why it is not counted; empty where it is."""


def expected(establishments: Iterable[Establishment], parameters: Parameters) -> tuple[Need, ...]:
    """Return what is expected of each establishment, in the order given.

    Nothing that is not known becomes a zero: it has no figure, and a reason.
    """
    return tuple(_need(one, parameters) for one in establishments)


def _need(one: Establishment, parameters: Parameters) -> Need:
    if one.activity is None:
        reason = "activity is not known: the file does not say, or in another nomenclature than NAF rév. 2"
        return Need(one, "unknown_activity", None, None, reason)
    kind = kind_of(one.activity, parameters.codes, parameters.ratios)
    if kind is None:
        reason = f"activity is {one.activity!r}: wanted a code of NAF rév. 2 or a kind"
        return Need(one, "unknown_activity", None, None, reason)
    if _is_large(one, kind, parameters):
        kind = "large_shop"
    ratio = parameters.ratios[kind]
    deliveries = _deliveries(one, ratio)
    if ratio.treatment != "counted":
        return Need(one, ratio.treatment, kind, deliveries, ratio.reason)
    if deliveries is None:
        return Need(one, "unknown_staff", kind, None, f"jobs are not known: {one.staff_reason}")
    return Need(one, "counted", kind, deliveries, "")


def _is_large(one: Establishment, kind: str, parameters: Parameters) -> bool:
    """Tell whether the sales area puts a shop apart, if the file tells it; department stores have a ratio of their own."""
    is_shop = kind == "food_trade" or (one.activity or "").startswith("47")
    has_ratio = parameters.ratios[kind].treatment == "counted" and kind != "department_store"
    return is_shop and has_ratio and (one.area_m2 or 0) > parameters.large_shop_m2.value


def _deliveries(one: Establishment, ratio: Ratio) -> Range | None:
    if ratio.movements is None:
        return None
    if ratio.per == "establishment":
        return ratio.movements
    return None if one.jobs is None else ratio.movements * one.jobs
