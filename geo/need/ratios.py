"""Published ratios of deliveries by kind of establishment, each with its source, and the kind of each activity code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from geo.need.ranges import Range

CEREMA = (
    "Certu 2009, Aménagement des aires de livraison; Cerema, Quantifier et localiser les aires de livraison "
    "(cerema.fr)"
)
"""Ratios from French surveys of goods in cities; a movement is a delivery or a collection."""

REPORTED = "Certu 2009, Aménagement des aires de livraison, as other guides report it: not read in the original"
"""Ratios at second hand."""

SPREAD = 2.0
"""Where one value is published without a range, it is taken for half to double. An assumption of ours: wide on purpose."""

Per = Literal["job", "establishment"]

Treatment = Literal["counted", "not_counted", "apart"]
"""Whether a kind counts towards the need of the street: not because its deliveries need no bay, apart because a ratio would mislead."""


@dataclass(frozen=True)
class Ratio:
    """Movements a week of one kind of establishment."""

    treatment: Treatment
    source: str
    per: Per = "establishment"
    """What ``movements`` are for: each job, or the whole establishment."""
    movements: Range | None = None
    """Movements a week; None where the kind is apart."""
    reason: str = ""
    """Why the kind is not counted, or apart."""


def half_to_double(value: float) -> Range:
    """Return the wide range around a value that is published alone."""
    return Range(value / SPREAD, value, value * SPREAD)


RATIOS: Mapping[str, Ratio] = {
    "wholesale": Ratio("counted", CEREMA, "job", half_to_double(3.5)),
    "department_store": Ratio("counted", REPORTED, "establishment", half_to_double(84)),
    "food_trade": Ratio("counted", REPORTED, "establishment", Range(8, 9, 10)),
    "other": Ratio(
        "counted",
        f"{REPORTED}: mean of all activities; FRETURB (LAET) has about 1 movement a week and employee (1995)",
        "job",
        half_to_double(1.1),
    ),
    "bank": Ratio(
        "not_counted",
        CEREMA,
        "establishment",
        half_to_double(20),
        "banks have a place of their own for transport of funds",
    ),
    "pharmacy": Ratio(
        "not_counted",
        CEREMA,
        "establishment",
        half_to_double(32),
        "deliveries of pharmacies last about two minutes and hardly use a bay",
    ),
    "large_shop": Ratio(
        "apart",
        CEREMA,
        reason="shops of more than 400 m² generate so many movements that they are to be asked one by one",
    ),
}
"""By kind of establishment. ``food_trade`` is published as 8 to 10: that is the range of the mean, shops differ more."""

LARGE_SHOP_M2 = 400
"""Sales area from which a shop is treated apart (same source)."""

KINDS_OF_CODES: Mapping[str, str] = {
    "46": "wholesale",
    "47.19A": "department_store",
    "47.11A": "food_trade",
    "47.11B": "food_trade",
    "47.11C": "food_trade",
    "47.21": "food_trade",
    "47.22": "food_trade",
    "47.23": "food_trade",
    "47.24": "food_trade",
    "47.25": "food_trade",
    "47.29": "food_trade",
    "10.13B": "food_trade",
    "10.71B": "food_trade",
    "10.71C": "food_trade",
    "10.71D": "food_trade",
    "47.11D": "large_shop",
    "47.11E": "large_shop",
    "47.11F": "large_shop",
    "47.52B": "large_shop",
    "64.11Z": "bank",
    "64.19Z": "bank",
    "47.73Z": "pharmacy",
}
"""Kind by the beginning of a code of NAF rév. 2 (INSEE), the longest that fits; every other code is ``other``.

Supermarkets, multi-stores, hypermarkets and large hardware shops have more than 400 m² by definition of their code.
"""

NAF_PATTERN = r"(\d\d)\.?(\d\d)([A-Z])"
"""A code of NAF rév. 2: division, class, letter; the point may be left out."""

KIND_LABELS: Mapping[str, str] = {
    "wholesale": "wholesaler",
    "department_store": "department store",
    "food_trade": "food trade",
    "other": "other establishment",
    "bank": "bank",
    "pharmacy": "pharmacy",
    "large_shop": "shop of more than 400 m²",
}


def kind_of(activity: str, codes: Mapping[str, str], kinds: Mapping[str, Ratio]) -> str | None:
    """Return the kind of an activity: a kind by its own name, or that of a NAF code; None where it is neither.

    Parameters
    ----------
    activity
        Such as ``47.11B``, ``4711B`` or ``food_trade``.
    codes
        Kind by the beginning of a code; the longest that fits decides, else ``other``.
    kinds
        Known kinds.
    """
    text = activity.strip()
    if text.lower() in kinds:
        return text.lower()
    match = re.fullmatch(NAF_PATTERN, text.upper(), re.ASCII)
    if match is None:
        return None
    code = f"{match[1]}.{match[2]}{match[3]}"
    fitting = [start for start in codes if code.startswith(start)]
    return codes[max(fitting, key=len)] if fitting else "other"
