"""Bays as Hypothesis draws them: plausible polygons, any words, any rules."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from hypothesis import strategies as st

from geo.bay_details import Arrangement, BayDetails, Guess, Parity, Placement, State
from geo.crs import metric_crs, to_lonlat, to_metric
from geo.words import Activity, Bay, BayType, Control, Day, TimeRule

CENTRE_LONLAT = (2.35, 48.86)

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12
)
"""Printable words without spaces: readers trim, and that is no loss."""

TEXTS = (
    st.lists(WORDS, min_size=1, max_size=4)
    .map(" ".join)
    .filter(lambda text: text.lower() not in {"na", "nan", "n/a", "null", "none"})
)
"""Texts that no file takes for an unknown value."""

DAYS = st.sets(st.sampled_from(Day), min_size=1).map(
    lambda days: tuple(day for day in Day if day in days)
)


@st.composite
def rings(draw: st.DrawFn) -> tuple[tuple[float, float], ...]:
    """Draw a rectangle of a plausible size, turned anyhow, or one with a corner cut off."""
    length, width = draw(st.floats(4, 25)), draw(st.floats(2, 5))
    turn, place = draw(st.floats(0, math.pi)), draw(st.integers(0, 400))
    corners = [(0.0, 0.0), (length, 0.0), (length, width), (0.0, width)]
    if draw(st.booleans()):
        corners[2:3] = [(length, width * 0.6), (length * 0.8, width)]
    crs = metric_crs(*CENTRE_LONLAT)
    origin = to_metric(np.array([CENTRE_LONLAT]), crs)[0] + np.array([60.0 * place, 0.0])
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    points = to_lonlat(np.array(corners) @ spin.T + origin, crs)
    ring = [(round(float(lon), 7), round(float(lat), 7)) for lon, lat in points]
    return (*ring, ring[0])


@st.composite
def rules(draw: st.DrawFn) -> TimeRule:
    """Draw a rule: mostly plain and weekly, sometimes with conditions."""
    start, end = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=2)))
    said: dict[str, Any] = {
        "days": draw(DAYS),
        "start": f"{start // 4:02d}:{start % 4 * 15:02d}",
        "end": f"{end // 4:02d}:{end % 4 * 15:02d}",
        "max_stay_min": draw(st.none() | st.integers(1, 240)),
        "control": draw(st.none() | st.sampled_from(Control)),
    }
    if draw(st.integers(0, 3)) == 0:
        said |= {
            "activity": draw(st.sampled_from(Activity)),
            "max_weight_t": draw(st.none() | st.sampled_from([3.5, 19.0])),
            "weeks_of_month": draw(st.sampled_from([(), (1,), (1, 3)])),
            "from_on": draw(st.none() | st.just(date(2026, 3, 1))),
            "except_periods": draw(st.sampled_from([(), ("school_holidays",), ("marché",)])),
        }
    return TimeRule.model_validate(said)


DETAILS = st.builds(
    BayDetails,
    address=st.none() | TEXTS | st.just("13/15 rue de l'Œuvre, 92110 Clichy"),
    postal_code=st.none() | st.sampled_from(["92110", "20000", "2A004"]),
    commune_name=st.none() | TEXTS,
    width_m=st.none() | st.floats(0.5, 12).map(lambda value: round(value, 3)),
    arrangement=st.none() | st.sampled_from(Arrangement),
    placement=st.none() | st.sampled_from(Placement),
    parity=st.none() | st.sampled_from(Parity),
    marking_state=st.none() | st.sampled_from(State),
    marking_conforms=st.none() | st.booleans(),
    sign_present=st.none() | st.booleans(),
    sign_state=st.none() | st.sampled_from(State),
    order_present=st.none() | st.booleans(),
    order_url=st.none() | st.sampled_from(["https://example.org/a.pdf", "pas une adresse"]),
    order_ref=st.none() | TEXTS,
    order_on=st.none() | st.just(date(2023, 4, 11)),
    is_active=st.none() | st.booleans(),
    max_stay_min=st.none() | st.integers(1, 90),
    control=st.none() | st.sampled_from([item.value for item in Control]),
    equipment=st.sampled_from([(), ("candélabre",), ("capteur caméra", "boîte aux lettres")]),
    charging_kw=st.none() | st.sampled_from([0.0, 22.0, 22.0812345]),
    dropped_kerb=st.none() | st.booleans(),
    comment=st.none() | TEXTS,
    surveyed_at=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - Hypothesis adds it
    source_uuid=st.none() | st.uuids().map(str),
    estimated=st.sets(st.sampled_from(Guess)).map(
        lambda found: tuple(guess for guess in Guess if guess in found)
    ),
    extra=st.dictionaries(WORDS, TEXTS, max_size=2),
)

BAYS = st.builds(
    Bay,
    bay_id=st.text(
        st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20
    ).filter(lambda text: text.lower() not in {"na", "nan", "n/a", "null", "none"}),
    name=st.just("") | TEXTS,
    length_m=st.floats(0.5, 120).map(lambda value: round(value, 3)),
    capacity=st.integers(1, 6),
    bay_type=st.sampled_from(BayType),
    rules=st.lists(rules(), max_size=3).map(tuple),
    polygon_lonlat=rings(),
    details=DETAILS,
    commune=st.sampled_from(["92024", "2A004", "75056"]),
)
"""Bays with anything that a word may hold."""


SQUARE_LONLAT = (
    (2.3055, 48.9041),
    (2.30566, 48.90412),
    (2.30565, 48.904144),
    (2.305489, 48.904124),
    (2.3055, 48.9041),
)
"""A bay of about 12 m by 2.5 m."""


def one_bay(**given: Any) -> Bay:
    """Return a plain bay: Monday to Saturday 7 to 20 h, 30 minutes at most."""
    rule = TimeRule(
        days=(Day.MO, Day.TU, Day.WE, Day.TH, Day.FR, Day.SA),
        start="07:00",
        end="20:00",
        max_stay_min=30,
    )
    said = {
        "bay_id": "92024046",
        "name": "12 rue Exemple",
        "length_m": 12.0,
        "capacity": 2,
        "bay_type": BayType.PERIODIC,
        "rules": (rule,),
        "polygon_lonlat": SQUARE_LONLAT,
        "commune": "92024",
    }
    return Bay.model_validate({**said, **given})
