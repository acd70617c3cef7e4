"""CDS sessions as the files of a study."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.convert.cds_sessions import Session, read_sessions, whole_days, zones
from geo.convert.command import convert
from geo.errors import InvalidFile, InvalidInput
from geo.files.checking import faults
from geo.files.kinds import read
from geo.study.folder import open_study
from geo.words import VehicleClass

HEADER = "session_type,event_session_id,event_time_start,event_time_end,curb_zone_id,vehicle_length,vehicle_type"
MONDAY_MS = 1_772_427_600_000
"""2026-03-02 00:00 in New York."""

HOUR_MS = 3_600_000


def row(**changes: str) -> dict[str, str]:
    """Return a session of an hour from one in the morning of the first Monday."""
    cells = dict(zip(HEADER.split(","), ("parking", "a", "", "", "Z1", "610", "van"), strict=True))
    cells["event_time_start"] = str(MONDAY_MS + HOUR_MS)
    cells["event_time_end"] = str(MONDAY_MS + 2 * HOUR_MS)
    return cells | changes


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a file of sessions."""
    with path.open("w", newline="") as stream:
        table = csv.DictWriter(stream, HEADER.split(","))
        table.writeheader()
        table.writerows(rows)
    return path


def some_days() -> list[dict[str, str]]:
    """Return sessions over three days, with one row that cannot be taken."""
    day_ms = 24 * HOUR_MS
    return [
        row(event_session_id="1"),
        row(
            event_session_id="2",
            event_time_start=str(MONDAY_MS + HOUR_MS + 1800_000),
            event_time_end=str(MONDAY_MS + 3 * HOUR_MS),
            vehicle_type="freight",
        ),
        row(
            event_session_id="3",
            curb_zone_id="Z2",
            event_time_start=str(MONDAY_MS + 2 * day_ms),
            event_time_end=str(MONDAY_MS + 3 * day_ms),
        ),
        row(event_session_id="4", event_time_end="tomorrow"),
    ]


def test_every_row_is_a_session_or_refused_with_a_reason() -> None:
    """What cannot be read is listed by line, and the counts add up."""
    rows = [
        row(event_session_id="1"),
        row(event_session_id="1"),
        row(event_session_id="2", event_time_start="soon"),
        row(event_session_id="3", event_time_start="1772427600"),
        row(event_session_id="4", event_time_end=str(MONDAY_MS)),
        row(event_session_id="5", curb_zone_id=""),
        row(event_session_id="6", session_type="booking"),
    ]
    found = read_sessions(rows)
    assert len(found.sessions) + len(found.refused) == len(rows)
    assert [one.line for one in found.refused] == [3, 4, 5, 6, 7, 8]
    for one, named in zip(
        found.refused,
        (
            "event_session_id '1'",
            "'soon'",
            "between 2000 and 2100",
            "event_time_end",
            "curb_zone_id",
            "booking",
        ),
        strict=True,
    ):
        assert named in one.reason
        assert "wanted" in one.reason


@pytest.mark.parametrize(
    ("given_type", "wanted"),
    [
        ("van", VehicleClass.VAN),
        ("truck", VehicleClass.TRUCK),
        ("freight", VehicleClass.TRUCK),
        ("CAR", VehicleClass.CAR),
        ("cargo_bicycle", VehicleClass.TWO_WHEELER),
        ("hovercraft", VehicleClass.OTHER),
        ("", VehicleClass.OTHER),
    ],
)
def test_types_become_our_classes(given_type: str, wanted: VehicleClass) -> None:
    """Each CDS type has its class; what we do not know is other."""
    assert read_sessions([row(vehicle_type=given_type)]).sessions[0].vehicle_class is wanted


def test_a_session_without_end_is_kept_open() -> None:
    """A vehicle that never left has no departure, rather than none at all."""
    assert read_sessions([row(event_time_end="")]).sessions[0].departed_s is None


def test_a_zone_holds_what_was_seen_at_once() -> None:
    """Capacity and length are the largest number and sum of lengths together; changing places is not standing together."""
    sessions = [
        Session("Z", VehicleClass.VAN, 0, 100),
        Session("Z", VehicleClass.TRUCK, 50, 200),
        Session("Z", VehicleClass.CAR, 100, 120),
    ]
    (zone,) = zones(sessions)
    assert (zone.capacity, zone.length_m) == (2, 16.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), min_size=1, max_size=8))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_zone_never_holds_more_than_came(times: list[tuple[int, int]]) -> None:
    """The capacity told lies between one and the number of sessions, and does not depend on their order."""
    sessions = [Session("Z", VehicleClass.VAN, at, at + stay) for at, stay in times]
    (zone,) = zones(sessions)
    assert 1 <= zone.capacity <= len(sessions)
    assert zones(reversed(sessions)) == (zone,)


def test_only_whole_days_were_observed() -> None:
    """The days on which the first and last instants fall count only where they are whole."""
    sessions = read_sessions(some_days()).sessions
    assert whole_days(sessions, "America/New_York") == (date(2026, 3, 3), date(2026, 3, 4))
    with pytest.raises(InvalidInput, match="whole local day"):
        whole_days(sessions[:1], "America/New_York")


def test_the_command_writes_a_study_that_can_be_read(tmp_path: Path) -> None:
    """The rest is written, a refused row is told, the exit status is 2, and the study opens."""
    file = write(tmp_path / "sessions.csv", some_days())
    out = tmp_path / "study"
    result = CliRunner().invoke(
        convert, ["cds-sessions", str(file), "--time-zone", "America/New_York", "--out", str(out)]
    )
    assert result.exit_code == 2
    assert "line 5: event_time_end is 'tomorrow'" in result.output
    assert "4 rows: 3 stays, 1 refused" in result.output
    assert [fault for file in out.iterdir() for fault in faults(read(file))] == []
    with open_study(out) as opened:
        assert [bay.bay_id for bay in opened.study.bays] == ["Z1", "Z2"]
        assert opened.study.bays[0].capacity == 2
        assert opened.study.bays[0].rules == ()
        assert opened.study.period.first_on == date(2026, 3, 3)
        assert sum(part.stays for part in opened.parts()) == 1


def test_what_is_known_of_a_zone_goes_before_what_sessions_tell(tmp_path: Path) -> None:
    """A file of bays gives geometry, commune and capacity; what is still estimated is named."""
    file = write(tmp_path / "sessions.csv", some_days()[:3])
    known = tmp_path / "known.geojson"
    point = {"type": "Point", "coordinates": [-75.16, 39.95]}
    properties = {"curb_zone_id": "Z1", "capacity": 4, "commune": "Philadelphia"}
    feature = {"type": "Feature", "properties": properties, "geometry": point}
    known.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    out = tmp_path / "study"
    arguments = [
        str(file),
        "--time-zone",
        "America/New_York",
        "--out",
        str(out),
        "--bays",
        str(known),
    ]
    assert CliRunner().invoke(convert, ["cds-sessions", *arguments]).exit_code == 0
    first, second = json.loads((out / "bays.geojson").read_text())["features"]
    assert first["geometry"] == point
    assert first["properties"]["capacity"] == 4
    assert first["properties"]["commune"] == "Philadelphia"
    assert first["properties"]["estimated"] == ["length_m"]
    assert second["properties"]["estimated"] == ["capacity", "length_m"]
    assert second["geometry"] is None


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """A table without the columns of sessions, or a zone that does not exist, is an error of input."""
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n")
    arguments = ["cds-sessions", str(file), "--out", str(tmp_path / "out"), "--time-zone"]
    with pytest.raises(InvalidFile, match="wanted also curb_zone_id"):
        CliRunner().invoke(convert, [*arguments, "Europe/Paris"], catch_exceptions=False)
    with pytest.raises(InvalidInput, match="Mars"):
        CliRunner().invoke(convert, [*arguments, "Mars/Olympus"], catch_exceptions=False)


def test_real_sessions_all_become_stays(shared: Path, tmp_path: Path) -> None:
    """Philadelphia's 4,533 sessions in 22 zones are all taken."""
    file = shared / "data" / "events" / "philly_slz" / "events_export_CDS.csv"
    out = tmp_path / "study"
    result = CliRunner().invoke(
        convert, ["cds-sessions", str(file), "--time-zone", "America/New_York", "--out", str(out)]
    )
    assert result.exit_code == 0
    assert "4533 rows: 4533 stays, 0 refused" in result.output
    assert len(json.loads((out / "bays.geojson").read_text())["features"]) == 22
