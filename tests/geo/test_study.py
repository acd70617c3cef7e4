"""The folder of a study: read whole or refused with the place, the value found and the value wanted."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geo.errors import AirelibError, BayTwice, InvalidFile
from geo.local_time import midnight_s
from geo.rules import ALL_DAYS
from geo.study.bays import ALWAYS_RESERVED
from geo.study.folder import open_study, read_study, read_weights_file
from geo.study.stays import OPEN_S, UNKNOWN_ARRIVAL_S
from geo.words import BayType, VehicleClass
from tests.geo.studies import RULE, STAYS, UNSEEN, as_parquet, bay, write_csv, write_study

MONDAY_9H = "2026-03-02T09:00:00+01:00"
MONDAY_9H_S = midnight_s(date(2026, 3, 2), "Europe/Paris") + 9 * 3600
ROWS = [
    ("B", "truck", "2026-03-03T10:00:00+01:00", ""),
    ("A", "van", MONDAY_9H, "2026-03-02T08:30:00Z"),
    ("A", "car", "", "2026-03-02T08:30:00+01:00"),
    ("A", "other", "2026-03-04T08:00:00+01:00", "2026-03-04T08:00:00+01:00"),
]
DARK = [
    ("A", "2026-03-04T10:00:00+01:00", "2026-03-04T12:00:00+01:00", "dark"),
    ("A", "2026-03-04T11:00:00+01:00", "2026-03-04T13:00:00+01:00", "blocked"),
    ("B", "2026-02-01T00:00:00+01:00", "2026-03-02T01:00:00+01:00", "no_picture"),
]
TWO = [bay("B"), bay("A")]


def test_stays_and_unseen_times_come_sorted_clipped_and_merged(tmp_path: Path) -> None:
    """Stays come by bay and arrival, open ends are marked, unseen times are within the period and disjoint."""
    opened = open_study(write_study(tmp_path, ROWS, DARK, TWO))
    (part,) = opened.parts()
    assert [b.bay_id for b in opened.study.bays] == ["A", "B"]
    assert part.bay.tolist() == [0, 0, 0, 1]
    assert part.vehicle_class.tolist() == [2, 0, 4, 1]
    assert part.arrived_s[:2].tolist() == [UNKNOWN_ARRIVAL_S, MONDAY_9H_S]
    assert part.departed_s[1] == MONDAY_9H_S + 1800
    assert part.departed_s[3] == OPEN_S
    assert part.unseen_bay.tolist() == [0, 1]
    assert (part.unseen_to_s - part.unseen_from_s).tolist() == [3 * 3600, 3600]
    assert [list(p.bays) for p in opened.parts(1)] == [[0], [1]]


def test_format_and_order_of_rows_change_nothing(tmp_path: Path) -> None:
    """CSV in any order, one Parquet file and a folder of them give the same stays and the same hash; another stay does not."""
    rows = [*ROWS, *(("A", "van", f"2026-03-05T{h:02}:00:00+01:00", "") for h in range(24))]
    plain = open_study(write_study(tmp_path / "a", rows, DARK, TWO))
    shuffled = random.Random(3).sample(rows, len(rows))
    write_study(tmp_path / "b", shuffled, DARK[::-1], TWO[::-1])
    write_study(tmp_path / "c", shuffled, DARK, TWO)
    as_parquet(tmp_path / "c" / "stays.csv")
    write_study(tmp_path / "d", rows, DARK, TWO)
    as_parquet(tmp_path / "d" / "stays.csv", files=3)
    as_parquet(tmp_path / "d" / "unseen.csv")
    (wanted,) = plain.parts()
    for name in "bcd":
        with open_study(tmp_path / name) as other:
            assert other.study == plain.study
            (part,) = other.parts()
            for column in ("bay", "vehicle_class", "arrived_s", "departed_s", "unseen_from_s"):
                assert getattr(part, column).tolist() == getattr(wanted, column).tolist()
    changed = read_study(write_study(tmp_path / "e", rows[:-1], DARK, TWO))
    assert changed.data_hash != plain.study.data_hash


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    """Without params.json the period is the local days that stays touch, in Europe/Paris, with French public holidays."""
    rows = [("A", "van", "2026-04-30T22:30:00Z", ""), ("A", "van", "", "2026-05-08T21:59:00Z")]
    study = read_study(write_study(tmp_path, rows, params=None))
    assert (study.period.first_on, study.period.last_on) == (date(2026, 5, 1), date(2026, 5, 8))
    assert study.period.holidays_on == {date(2026, 5, 1), date(2026, 5, 8)}
    assert study.length_m[VehicleClass.OTHER] == 6.0
    assert study.search.max_stay_min == (15, 20, 30, 45, 60)
    assert study.audit.sample is None
    assert study.bays[0].history[0].rules == study.bays[0].rules


def test_holidays_elsewhere_are_those_listed(tmp_path: Path) -> None:
    """Outside French time zones communes need no INSEE code and only listed days are public holidays."""
    params: dict[str, Any] = {
        "time_zone": "America/New_York",
        "observed": {"from": "2026-07-01", "to": "2026-07-14"},
    }
    places = [bay(commune="Philadelphia")]
    assert not read_study(
        write_study(tmp_path / "a", bays=places, params=params)
    ).period.holidays_on
    params["holidays"] = ["2026-07-04", "2026-12-25"]
    study = read_study(write_study(tmp_path / "b", bays=places, params=params))
    assert study.period.holidays_on == {date(2026, 7, 4)}


def test_rules_are_completed(tmp_path: Path) -> None:
    """A permanent bay without rules is always reserved, midnight is split, history covers the period without gap."""
    night = {"days": ["fr"], "start": "22:00", "end": "02:00"}
    bays = [
        bay("P", bay_type="aire permanente", rules=None),
        bay("N", bay_type="zone marchandises", rules=[night]),
    ]
    write_study(tmp_path, bays=bays)
    listed = [
        ("P", "2026-03-05T00:00:00+01:00", "2026-03-06T00:00:00+01:00", "[]"),
        ("P", "2026-01-01T00:00:00+01:00", "2026-03-03T00:00:00+01:00", json.dumps([RULE])),
    ]
    write_csv(tmp_path / "rule_history.csv", ("bay_id", "from", "to", "rules"), listed)
    goods, permanent = read_study(tmp_path).bays
    assert permanent.bay_type is BayType.PERMANENT
    assert permanent.rules == ALWAYS_RESERVED
    assert permanent.rules[0].days == ALL_DAYS
    assert [(rule.start, rule.end) for rule in goods.rules] == [
        ("22:00", "24:00"),
        ("00:00", "02:00"),
    ]
    assert [len(version.rules) for version in permanent.history] == [1, 1, 0, 1]
    assert [v.to_s for v in permanent.history[:-1]] == [v.from_s for v in permanent.history[1:]]
    assert permanent.history[-1].to_s == midnight_s(date(2026, 3, 9), "Europe/Paris")


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("Z", "van", MONDAY_9H, ""), "line 3, column bay_id: found 'Z': wanted a bay of bays.geojson"),
        (("", "van", MONDAY_9H, ""), "line 3, column bay_id: found '': wanted a value"),
        (("A", "lorry", MONDAY_9H, ""), "line 3, column vehicle_class: found 'lorry': wanted one of van, truck"),
        (("A", "van", "2026-03-02T09:00:00", ""), "line 3, column arrived_at: found '2026-03-02T09:00:00': wanted an instant with its offset"),
        (("A", "van", "2026-03-02", ""), "line 3, column arrived_at: found '2026-03-02': wanted an instant"),
        (("A", "van", "2026-02-30T09:00:00Z", ""), "line 3, column arrived_at"),
        (("A", "van", MONDAY_9H, "nan"), "line 3, column departed_at: found 'nan': wanted an instant"),
        (("A", "van", "", ""), "line 3, column arrived_at: found '': wanted an arrival or a departure, or both"),
        (("A", "van", MONDAY_9H, "2026-03-02T08:59:59+01:00"), "line 3, column departed_at: found '2026-03-02T08:59:59+01:00': wanted nothing before the arrival"),
    ],
)  # fmt: skip
def test_a_wrong_stay_is_named(tmp_path: Path, row: tuple[str, ...], fault: str) -> None:
    """One wrong row among good ones is refused with file, line, column, the value found and the value wanted."""
    write_study(tmp_path, [ROWS[1], row, ROWS[2]])
    with pytest.raises(InvalidFile) as refused:
        read_study(tmp_path)
    assert f"{tmp_path / 'stays.csv'}, {fault}" in str(refused.value)


def test_a_wrong_row_of_parquet_is_named(tmp_path: Path) -> None:
    """In Parquet the fault is named by file and row; instants without zone are refused as a type."""
    write_study(tmp_path, [ROWS[1], ("A", "boat", MONDAY_9H, "")])
    as_parquet(tmp_path / "stays.csv")
    with pytest.raises(
        InvalidFile, match=r"stays.parquet, row 2, column vehicle_class: found 'boat'"
    ):
        read_study(tmp_path)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"length_m": float("nan")}, "length_m is nan: wanted metres above 0"),
        ({"length_m": "12"}, "length_m is '12'"),
        ({"capacity": 0}, "capacity is 0: wanted a whole number from 1"),
        ({"bay_type": "parking"}, "bay_type is 'parking': wanted one of"),
        ({"commune": "Paris"}, "commune is 'Paris': wanted an INSEE code"),
        ({"rules": [{**RULE, "end": "25:00"}]}, "end is '25:00'"),
        ({"rules": [{**RULE, "start": "20:00", "end": "20:00"}]}, "rule is {"),
        ({"rules": [{**RULE, "max_stay_min": 0}]}, "max_stay_min is 0"),
        ({"rules": [{**RULE, "colour": "red"}]}, "colour is 'red'"),
        ({"bay_id": 7}, "bay_id is 7: wanted text"),
    ],
)  # fmt: skip
def test_a_wrong_bay_is_named(tmp_path: Path, changes: dict[str, Any], fault: str) -> None:
    """A bay that cannot be read is refused with its place and the property."""
    write_study(tmp_path, bays=[bay("B"), bay(**changes)])
    with pytest.raises(InvalidFile) as refused:
        read_study(tmp_path)
    assert f"{tmp_path / 'bays.geojson'}, features[1]: {fault}" in str(refused.value)


def test_a_bay_given_twice_is_refused(tmp_path: Path) -> None:
    """Two features with one identifier are refused."""
    write_study(tmp_path, bays=[bay(), bay()])
    with pytest.raises(BayTwice, match=r"features\[1\]: found bay_id 'A' again"):
        read_study(tmp_path)


@pytest.mark.parametrize(
    ("name", "document", "fault"),
    [
        ("params", {"colour": 1}, "'colour' was unexpected"),
        ("params", {"observed": {"from": "2026-03-08", "to": "2026-03-02"}}, "wanted 1 to 1830 days"),
        ("params", {"observed": {"from": "2026-02-30", "to": "2026-03-02"}}, "found '2026-02-30'"),
        ("params", {"time_zone": "Paris"}, "found 'Paris': wanted an IANA name"),
        ("params", {"vehicle_length_m": {"van": float("nan")}}, "found NaN: wanted a finite number"),
        ("params", {"search": {"grid_min": 7}}, "search.grid_min: 7 is not one of"),
        ("audit", {"recall": {"van": 1.2}}, "recall.van: 1.2 is greater than the maximum of 1"),
        ("audit", {"recall": {"van": 0}}, "recall.van: found 0: wanted a share above 0"),
        ("audit", {"recall": {"lorry": 0.5}}, "'lorry' was unexpected"),
        ("audit", {"confusion": {"van": {"car": 0.7, "truck": 0.6}}}, "add up to 1.3: wanted at most 1"),
    ],
)  # fmt: skip
def test_a_wrong_document_is_named(tmp_path: Path, name: str, document: Any, fault: str) -> None:
    """A value of a document that is unknown or out of range is refused with its place."""
    write_study(tmp_path, ROWS[1:2], **{name: document})
    with pytest.raises(InvalidFile) as refused:
        read_study(tmp_path)
    assert str(tmp_path / f"{name}.json") in str(refused.value)
    assert fault in str(refused.value)


@pytest.mark.parametrize(
    ("name", "columns", "rows", "fault"),
    [
        ("unseen.csv", UNSEEN, [("A", MONDAY_9H, "2026-03-01T09:00:00Z", "dark")], "line 2, column to"),
        ("unseen.csv", UNSEEN, [("A", MONDAY_9H, "", "dark")], "line 2, column to: found '': wanted an instant"),
        ("unseen.csv", UNSEEN[:3], [], "wanted also reason"),
        ("stays.csv", STAYS[1:], [], "wanted also bay_id"),
        ("neighbours.csv", ("bay_id", "neighbour_id", "distance_m"), [("A", "Z", "5")], "line 2, column neighbour_id: found 'Z'"),
        ("neighbours.csv", ("bay_id", "neighbour_id", "distance_m"), [("A", "A", "5")], "line 2, column neighbour_id: found 'A': wanted another bay"),
        ("neighbours.csv", ("bay_id", "neighbour_id", "distance_m"), [("A", "A", "nan")], "line 2, column distance_m: found 'nan'"),
        ("rule_history.csv", ("bay_id", "from", "to", "rules"), [("A", MONDAY_9H, "2026-03-04T00:00:00Z", "[]"), ("A", "2026-03-03T00:00:00Z", "2026-03-05T00:00:00Z", "[]")], "line 3: found a version that overlaps that of line 2"),
        ("rule_history.csv", ("bay_id", "from", "to", "rules"), [("A", MONDAY_9H, "2026-03-04T00:00:00Z", "[{]")], "line 2, column rules"),
        ("rule_history.csv", ("bay_id", "from", "to", "rules"), [("Z", MONDAY_9H, "2026-03-04T00:00:00Z", "[]")], "line 2, column bay_id: found 'Z'"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_named(
    tmp_path: Path, name: str, columns: tuple[str, ...], rows: list[tuple[str, ...]], fault: str
) -> None:
    """A wrong cell or a missing column of any table is refused with its place."""
    write_study(tmp_path)
    write_csv(tmp_path / name, columns, rows)
    with pytest.raises(AirelibError) as refused:
        read_study(tmp_path)
    assert fault in str(refused.value)
    assert str(tmp_path / name) in str(refused.value)


def test_missing_and_doubled_tables_are_refused(tmp_path: Path) -> None:
    """Without unseen.csv nobody knows what was seen; with stays in two forms nobody knows which counts."""
    write_study(tmp_path)
    (tmp_path / "unseen.csv").unlink()
    with pytest.raises(
        InvalidFile, match=r"found none of unseen\.csv, unseen\.parquet, unseen: wanted one"
    ):
        read_study(tmp_path)
    (tmp_path / "stays.parquet").touch()
    with pytest.raises(
        InvalidFile, match=r"found stays.csv, stays.parquet of .*: wanted one of them"
    ):
        read_study(tmp_path)


def test_ragged_rows_are_refused(tmp_path: Path) -> None:
    """A row with a cell too many or too few is refused."""
    for extra in (f"A,van,{MONDAY_9H}\n", f"A,van,{MONDAY_9H},,x\n"):
        write_study(tmp_path, ROWS[1:2])
        with (tmp_path / "stays.csv").open("a") as stream:
            stream.write(extra)
        with pytest.raises(InvalidFile, match=r"stays.csv.*"):
            read_study(tmp_path)


def test_weights_have_defaults_and_limits(tmp_path: Path) -> None:
    """Weights that are left out are the defaults; an unknown one is refused."""
    path = tmp_path / "weights.json"
    path.write_text('{"shared_car_hour": -0.15}')
    weights = read_weights_file(path)
    assert (weights.shared_car_hour, weights.unserved_per_day) == (-0.15, 1.0)
    path.write_text('{"cars": 1}')
    with pytest.raises(InvalidFile, match="'cars' was unexpected"):
        read_weights_file(path)
