"""Tests of how bbox and datetime are read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.ogc.failures import InvalidParameter
from service.ogc.space_time import Interval, read_boxes, read_interval

LON = st.floats(-180, 180)
LAT = st.floats(-90, 90)
INSTANTS = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis wants naive bounds
    datetime(2200, 1, 1),  # noqa: DTZ001 - same
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(LON, LON, LAT, LAT)
def test_four_numbers_are_a_box(west: float, east: float, south: float, north: float) -> None:
    """Any box within the axes comes back; one from east to west is two boxes that meet at the antimeridian."""
    south, north = min(south, north), max(south, north)
    found = read_boxes(f"{west!r},{south!r},{east!r},{north!r}")
    if west <= east:
        assert found == ((west, south, east, north),)
    else:
        assert found == ((west, south, 180, north), (-180, south, east, north))


@given(LON, LAT, st.floats(-100, 100))
def test_heights_do_not_count(lon: float, lat: float, height: float) -> None:
    """Six numbers select what four do."""
    flat = read_boxes(f"{lon!r},{lat!r},{lon!r},{lat!r}")
    assert read_boxes(f"{lon!r},{lat!r},{height!r},{lon!r},{lat!r},{height!r}") == flat


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3",
        "1,2,3,4,5",
        "1,2,3,4,5,6,7",
        "a,2,3,4",
        "1,2,3,nan",
        "1,2,inf,4",
        "1_0,2,30,4",
        "1,,3,4",
        "-181,0,1,1",
        "0,-91,1,1",
        "0,0,180.001,1",
        "0,0,1,90.5",
        "0,2,1,1",
        "0,0,9,1,1,8",
        "1e999,0,1,1",
    ],
)
def test_a_box_that_cannot_be_is_refused(text: str) -> None:
    """Too few numbers, no numbers, numbers out of range, south above north, heights upside down."""
    with pytest.raises(InvalidParameter, match="bbox is"):
        read_boxes(text)


@given(INSTANTS, INSTANTS)
def test_intervals_are_read_as_they_are_written(one: datetime, other: datetime) -> None:
    """Two instants with any offsets give their epoch seconds, and the same with small letters."""
    first, last = sorted((one, other))
    text = f"{first.isoformat()}/{last.isoformat()}"
    found = read_interval(text)
    assert found.from_s == pytest.approx(first.timestamp(), abs=1e-5)
    assert found.to_s == pytest.approx(last.timestamp(), abs=1e-5)
    assert read_interval(text.lower()) == found


@given(INSTANTS)
def test_an_open_end_is_two_points_or_nothing(at: datetime) -> None:
    """Half-bounded intervals with .. and with an empty end mean the same; an instant is both ends."""
    text = at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    instant = read_interval(text)
    assert instant.from_s == instant.to_s
    assert read_interval(f"../{text}") == read_interval(f"/{text}") == Interval(None, instant.to_s)
    assert read_interval(f"{text}/..") == read_interval(f"{text}/") == Interval(instant.from_s)


@given(st.integers(-100, 100), st.integers(1, 50), st.integers(-120, 120), st.integers(0, 60))
def test_a_time_meets_an_interval_where_they_share_an_instant(
    start: int, length: int, first: int, more: int
) -> None:
    """A half-open time meets a closed interval exactly if some whole second lies in both."""
    shared = set(range(start, start + length)) & set(range(first, first + more + 1))
    assert Interval(first, first + more).meets(start, start + length) == bool(shared)


def test_a_leap_second_is_the_next_minute() -> None:
    """RFC 3339 allows a second 60."""
    assert read_interval("2016-12-31T23:59:60Z") == read_interval("2017-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "/",
        "../..",
        "2026-03-10",
        "2026-03-10T08:00:00",
        "2026-03-10T08:00Z",
        "2026-03-10 08:00:00Z",
        "2026-02-30T08:00:00Z",
        "2026-03-10T25:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+23:00/..x",
        "2026-03-10T08:00:00Z/2026-03-09T08:00:00Z",
        "2026-03-10T08:00:00Z/2026-03-11T08:00:00Z/..",
        "\uff12026-03-10T08:00:00Z",
        "yesterday",
    ],
)
def test_a_time_that_cannot_be_is_refused(text: str) -> None:
    """No instant, no offset, no such day, backwards, open at both ends, three ends."""
    with pytest.raises(InvalidParameter, match="datetime is"):
        read_interval(text)
