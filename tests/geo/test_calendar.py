"""Public holidays by commune and kinds of day."""

from __future__ import annotations

from datetime import date

import pytest

from geo.calendar import DayKind, day_kind, days, public_holidays

GOOD_FRIDAY = date(2026, 4, 3)
ABOLITION_REUNION = date(2026, 12, 20)


@pytest.mark.parametrize(
    ("insee", "on", "off"),
    [
        ("99001", GOOD_FRIDAY, False),
        ("67482", GOOD_FRIDAY, True),
        ("97411", ABOLITION_REUNION, True),
        ("75056", date(2026, 5, 1), True),
    ],
)
def test_holidays_follow_the_department(insee: str, on: date, off: bool) -> None:  # noqa: FBT001 (expectations)
    """Alsace keeps Good Friday and La Réunion its own day; all keep the first of May."""
    assert (on in public_holidays(insee, date(2026, 1, 1), date(2027, 1, 1))) is off


def test_the_period_is_half_open() -> None:
    """A holiday on the last day, excluded, is not given."""
    assert public_holidays("75056", date(2026, 4, 1), date(2026, 5, 1)) == {date(2026, 4, 6)}
    assert len(days(date(2026, 3, 1), date(2026, 4, 1))) == 31


def test_a_holiday_counts_as_a_sunday() -> None:
    """Easter Monday has the traffic of a Sunday."""
    holidays_on = {date(2026, 4, 6)}
    assert day_kind(date(2026, 4, 6), holidays_on) is DayKind.SUNDAY
    assert day_kind(date(2026, 4, 4), holidays_on) is DayKind.SATURDAY
    assert day_kind(date(2026, 4, 7), holidays_on) is DayKind.WEEKDAY
