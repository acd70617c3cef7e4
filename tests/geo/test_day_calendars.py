"""Named days from calendars, tables and saved pages."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.day_calendars import MOST_BYTES, read_days
from geo.errors import InvalidFile
from geo.recurrence import read_recurrence, recurring_days


def calendar(*events: str) -> bytes:
    """Return an iCalendar file of events, each given by its lines."""
    bodies = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t//\n{bodies}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def days(*texts: str) -> set[date]:
    """Return days from their text."""
    return {date.fromisoformat(text) for text in texts}


MARKET = "UID:m\nDTSTART;VALUE=DATE:20260106\nRRULE:FREQ=WEEKLY;BYDAY=TU,FR;UNTIL=20260116"


def test_a_weekly_market_with_exceptions() -> None:
    """A market left out, one moved to another day, one cancelled."""
    moved = "UID:m\nRECURRENCE-ID;VALUE=DATE:20260113\nDTSTART;VALUE=DATE:20260114"
    off = "UID:m\nRECURRENCE-ID;VALUE=DATE:20260116\nDTSTART;VALUE=DATE:20260116\nSTATUS:CANCELLED"
    found = read_days(calendar(f"{MARKET}\nEXDATE;VALUE=DATE:20260109", moved, off), "marche.ics")
    assert found == days("2026-01-06", "2026-01-14")


def test_events_of_several_days_and_instants_are_local_days() -> None:
    """The end is excluded; an instant of UTC is brought to the local day; a duration counts."""
    found = read_days(
        calendar(
            "UID:a\nDTSTART;VALUE=DATE:20260301\nDTEND;VALUE=DATE:20260303",
            "UID:b\nDTSTART:20260331T223000Z\nDTEND:20260401T220000Z",
            "UID:c\nDTSTART:20260501T080000\nDURATION:PT2H",
        ),
        "a.ics",
    )
    assert found == days("2026-03-01", "2026-03-02", "2026-04-01", "2026-05-01")


def test_what_repeats_for_ever_ends_where_reading_ends() -> None:
    """A rule without end is followed to the end of 2040."""
    found = read_days(calendar("UID:a\nDTSTART;VALUE=DATE:20400101\nRRULE:FREQ=DAILY"), "a.ics")
    assert len(found) == 366


@pytest.mark.parametrize(
    ("parts", "first", "wanted"),
    [
        ({"FREQ": ["DAILY"], "INTERVAL": [10], "COUNT": [3]}, "2026-01-01", "01-01 01-11 01-21"),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["1FR"], "COUNT": [3]}, "2026-01-02", "01-02 02-06 03-06"),
        ({"FREQ": ["MONTHLY"], "BYDAY": ["-1MO"]}, "2026-10-01", "10-26 11-30 12-28"),
        ({"FREQ": ["MONTHLY"], "BYMONTHDAY": [-1]}, "2026-10-31", "10-31 11-30 12-31"),
        ({"FREQ": ["MONTHLY"]}, "2026-10-31", "10-31 12-31"),
        ({"FREQ": ["YEARLY"], "BYDAY": ["20MO"]}, "2026-01-01", "05-18"),
        ({"FREQ": ["YEARLY"], "BYMONTH": [3], "BYDAY": ["TH"]}, "2026-03-12", "03-12 03-19 03-26"),
        (
            {"FREQ": ["MONTHLY"], "BYDAY": ["TU", "WE", "TH"], "BYSETPOS": [3], "COUNT": [3]},
            "2026-09-03",
            "09-03 10-07 11-05",
        ),
        (
            {"FREQ": ["WEEKLY"], "INTERVAL": [2], "WKST": ["SU"], "BYDAY": ["MO", "SU"]},
            "2026-12-06",
            "12-06 12-07 12-20 12-21",
        ),
        (
            {"FREQ": ["MONTHLY"], "BYDAY": ["FR"], "BYMONTHDAY": [13]},
            "2026-01-01",
            "02-13 03-13 11-13",
        ),
    ],
)
def test_repetitions_are_those_of_rfc_5545(
    parts: dict[str, list[object]], first: str, wanted: str
) -> None:
    """Examples of its section 3.8.5.3, moved to 2026."""
    found = recurring_days(read_recurrence(parts), date.fromisoformat(first), date(2027, 1, 1))
    assert [f"{on:%m-%d}" for on in found] == wanted.split()


def test_tables_of_days_and_of_spans() -> None:
    """One column, or two with the last day included; dates as the French write them too."""
    assert read_days(b"Date,label\n2026-03-01,a\n\n02/03/2026,b\n", "a.csv") == days(
        "2026-03-01", "2026-03-02"
    )
    spans = "Du;Au;Libellé\r\n30/03/2026;01/04/2026;travaux\r\n".encode("utf-8-sig")
    assert read_days(spans, "A.CSV") == days("2026-03-30", "2026-03-31", "2026-04-01")


def test_pages_are_read_by_their_events_or_else_by_their_times() -> None:
    """Events in JSON-LD, however deep, but those cancelled; comments are no content."""
    data = {
        "@graph": [
            {"@type": "WebPage", "about": {"@type": ["Festival"], "startDate": "2026-06-21"}},
            {"@type": "MusicEvent", "startDate": "2026-07-01T23:30:00Z", "endDate": "2026-07-03"},
            {
                "@type": "Event",
                "startDate": "2026-08-01",
                "eventStatus": "https://schema.org/EventCancelled",
            },
        ]
    }
    times = '<!-- <time datetime="2026-01-01"> --><TIME class=x datetime=2026-09-05>5 sept.</TIME>'
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    page = f"<p>{times}<time datetime='PT2H'></p>"
    assert read_days(page.encode(), "p.html") == days("2026-09-05")
    assert read_days((page + script).encode(), "p.htm") == days(
        "2026-06-21", "2026-07-02", "2026-07-03"
    )


@pytest.mark.parametrize(
    ("data", "name", "message"),
    [
        (b"x" * (MOST_BYTES + 1), "a.ics", "bytes: wanted at most"),
        (b"\xff\xfe", "a.csv", "not UTF-8 at byte 0"),
        (b"x", "a.pdf", "wanted .ics, .csv or .html"),
        (b"hello", "a.ics", "is no calendar"),
        (b"BEGIN:VEVENT\r\n" * 50_000, "a.ics", "components 11 deep"),
        (calendar("UID:a"), "a.ics", "DTSTART"),
        (calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY"), "a.ics", "FREQ=SECONDLY"),
        (calendar("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYHOUR=1"), "a.ics", "BYHOUR"),
        (calendar("DTSTART;VALUE=DATE:00010101\nRRULE:FREQ=DAILY"), "a.ics", "1970-01-01"),
        (calendar("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20990101"), "a.ics", "26663 days"),
        (calendar(*["DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY"] * 9), "a.ics", "20000 days"),
        (
            calendar(
                *["DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 300
            ),
            "a.ics",
            "repeats more often",
        ),
        (calendar(*["DTSTART;VALUE=DATE:20260101"] * 5001), "a.ics", "5001 events"),
        (b"a,b\n1,2\n", "a.csv", "columns a, b"),
        (b"date\n2026-02-30\n", "a.csv", "line 2: found the day '2026-02-30'"),
        (b"from,to\n2026-03-02,2026-03-01\n", "a.csv", "line 2 ends on 2026-03-01"),
        (b"from,to\n2026-03-02\n", "a.csv", "line 2 has 1 cells"),
        (b"from,to\n0001-01-01,9999-12-30\n" * 2, "a.csv", "line 3"),
        (b"date\n", "a.csv", "names no day"),
        (b"date\n9999-12-31\n", "a.csv", "names no day"),
        (b"<time datetime=9999-12-31T23:00-05:00>", "a.html", "names no day"),
        (b"<p>nothing</p>", "a.html", "names no day"),
        (
            b'<script type="application/ld+json">' + b"[" * 99_999 + b"</script>",
            "a.html",
            "JSON-LD",
        ),
        (
            b'<script type="application/ld+json">{"@type":"Event","startDate":"soon"}</script>',
            "a.html",
            "from 'soon'",
        ),
    ],
)
def test_files_made_to_break_it_are_refused(data: bytes, name: str, message: str) -> None:
    """Each with the value found and the value wanted."""
    with pytest.raises(InvalidFile, match=message):
        read_days(data, name)


def test_a_malformed_page_costs_no_more_than_its_length() -> None:
    """Comments and tags that never end are no days, and are not looked at again and again."""
    for piece in (b"<!--", b"<time ", b"<script>", b'<a b="', b"<![CDATA["):
        with pytest.raises(InvalidFile, match="names no day"):
            read_days(piece * (MOST_BYTES // len(piece)), "a.html")


@settings(max_examples=150)
@given(st.text(max_size=300), st.sampled_from(["a.ics", "a.csv", "a.html"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    """Nothing but our own refusal comes out."""
    _read_or_refused(text.encode("utf-8", "replace"), name)


@settings(max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "UID:m",
                "RRULE:FREQ=DAILY",
                "RRULE:FREQ=WEEKLY;COUNT=0",
                "DTSTART:20260101T000000Z",
                "EXDATE:x",
                "DTSTART;VALUE=DATE:20260106",
                "DTEND:20260101",
                "DURATION:-P3D",
                "RDATE;VALUE=PERIOD:20260101T000000Z/PT1H",
                "DTSTART;TZID=Mars:20260101T000000",
                "RECURRENCE-ID:1",
                "RRULE:FREQ=YEARLY;BYDAY=99XX",
                "STATUS",
                "BEGIN:VALARM",
                "END:VALARM",
                "DTSTART:99991231T235959Z",
                "DURATION:P9999999D",
            ]
        ),
        max_size=6,
    )
)
def test_any_event_is_read_or_refused(lines: list[str]) -> None:
    """Lines in any order, however little sense they make."""
    _read_or_refused(calendar("\n".join(lines)), "a.ics")


def _read_or_refused(data: bytes, name: str) -> None:
    try:
        assert read_days(data, name)
    except InvalidFile as error:
        assert str(error).startswith(name)  # noqa: PT017 (either outcome is right)
