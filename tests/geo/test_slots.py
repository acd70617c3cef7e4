"""Slot facts: the expression for engines says what the sweep says, and the command writes it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from geo.errors import Unavailable
from geo.facts.command import facts
from geo.facts.packing import pack, unpack
from geo.facts.slot_tables import by_duckdb
from geo.facts.slots import calendar_table, seen_table
from geo.facts.sweep import study_facts
from geo.study.folder import OpenStudy, bounds_s, open_study
from tests.geo.studies import bay, write_study

BAYS = 5


def random_study(folder: Path, seed: int, first: str, last: str) -> Path:
    """Write a study of five bays with outages, cut, long, short and empty stays; nothing ever came to the last bay."""
    draw = random.Random(seed)
    begin = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    span_s = (
        int((datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()) + 86_400
    )

    def times(lengths_s: list[int]) -> list[str]:
        at = begin + timedelta(seconds=draw.randrange(-9000, span_s + 9000))
        return [at.isoformat(), (at + timedelta(seconds=draw.choice(lengths_s))).isoformat()]

    stays = []
    for _ in range(800):
        ends = times([0, 1, 60, 900, 1800, 5000, 90_000])
        missing = draw.randrange(10)
        if missing < len(ends):
            ends[missing] = ""
        kind = draw.choice(["van", "truck", "car", "two_wheeler", "other"])
        stays.append((f"B{draw.randrange(BAYS - 1)}", kind, *ends))
    unseen = [
        (f"B{draw.randrange(BAYS)}", *times([1, 60, 900, 4321, 40_000]), "dark") for _ in range(30)
    ]
    unseen.append(("B0", "2020-01-01T00:00:00Z", f"{last}T12:00:00Z", "no_picture"))
    params = {"observed": {"from": first, "to": last}}
    return write_study(folder, stays, unseen, [bay(f"B{i}") for i in range(BAYS)], params=params)


def cells(opened: OpenStudy, bays_per_part: int) -> dict[str, np.ndarray]:
    """Return the columns of the slot facts as numbers."""
    table = pa.concat_tables(list(by_duckdb(opened, bays_per_part)))
    words = {
        "bay_id": [b.bay_id for b in opened.study.bays],
        "day_kind": ["weekday", "saturday", "sunday"],
        "vehicle_class": ["van", "truck", "car", "two_wheeler", "other"],
    }
    return {
        name: np.array([words[name].index(word) for word in table[name].to_pylist()])
        if name in words
        else table[name].to_numpy()
        for name in table.column_names
    }


@pytest.mark.parametrize(
    ("seed", "first", "last"),
    [
        (1, "2026-03-27", "2026-03-31"),
        (2, "2026-10-23", "2026-10-27"),
        (3, "2026-05-12", "2026-05-16"),
    ],
)
def test_the_expression_says_what_the_sweep_says(
    tmp_path: Path, seed: int, first: str, last: str
) -> None:
    """Summed to half hours, arrivals, vehicle-seconds and seen seconds are those of the sweep to the last digit."""
    with open_study(random_study(tmp_path, seed, first, last)) as opened:
        found = cells(opened, bays_per_part=2)
        swept = list(study_facts(opened))
    classes = (slice(0, 1), slice(1, 2), slice(2, 4), slice(4, 5), slice(5, 6))
    where = (found["bay_id"], found["day_kind"], found["slot"] // 2, found["vehicle_class"])
    sums = {
        name: np.zeros((BAYS, 3, 48, 5), np.int64) for name in ("arrivals", "vehicle_s", "seen_s")
    }
    for name, array in sums.items():
        np.add.at(array, where, found[name])
    for i, one in enumerate(swept):
        assert (sums["seen_s"][i] == one.seen_s.sum(axis=1)[..., None]).all()
        for name in ("arrivals", "vehicle_s"):
            by_kind = getattr(one, name).sum(axis=1)
            wanted = np.stack([by_kind[..., kinds].sum(axis=-1) for kinds in classes], axis=-1)
            assert (sums[name][i] == wanted).all(), name
    assert sums["arrivals"].sum() > 300
    assert sums["seen_s"][0].sum() < sums["seen_s"][1].sum()


def test_occupancy_is_a_share_of_places_seen_and_empty_where_nothing_was(tmp_path: Path) -> None:
    """A van for half a slot in a bay for two is a quarter; a bay never seen has no share and no zero."""
    folder = write_study(
        tmp_path,
        [("A", "van", "2026-03-02T09:00:00+01:00", "2026-03-02T09:07:30+01:00")],
        [("B", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", "no_picture")],
        [bay("A"), bay("B")],
        params={"observed": {"from": "2026-03-02", "to": "2026-03-02"}},
    )
    with open_study(folder) as opened:
        found = cells(opened, 10)
    van = (found["bay_id"] == 0) & (found["slot"] == 36) & (found["vehicle_class"] == 0)
    assert found["occupancy"][van].tolist() == [0.25]
    assert np.isnan(found["occupancy"][found["bay_id"] == 1]).all()
    assert (found["seen_s"][found["bay_id"] == 1] == 0).all()


def test_the_calendar_covers_each_quarter_of_a_changed_day_once(tmp_path: Path) -> None:
    """The quarters of a day of 23 or 25 hours are 92 or 100, and the seen times of a bay are the whole of it."""
    for day, quarters in (("2026-03-29", 92), ("2026-10-25", 100)):
        params = {"observed": {"from": day, "to": day}}
        with open_study(write_study(tmp_path / day, params=params)) as opened:
            period = opened.study.period
            table = calendar_table(period)
            assert table.num_rows == quarters == len(set(table["quarter"].to_pylist()))
            seen = seen_table(range(1), opened.unseen(), period).to_pylist()
            start_s, end_s = bounds_s(period)
            assert seen == [{"position": 0, "from_s": start_s, "to_s": end_s}]


def test_the_command_writes_parquet_or_says_why_not(tmp_path: Path) -> None:
    """`airelib facts` writes the same bytes twice; without Spark its engine is refused in one sentence."""
    folder = random_study(tmp_path / "study", 4, "2026-03-27", "2026-03-31")
    outs = [tmp_path / "new" / f"{i}.parquet" for i in range(2)]
    for out in outs:
        said = CliRunner().invoke(
            facts, ["--data", str(folder), "--out", str(out)], catch_exceptions=False
        )
        assert said.exit_code == 0
        assert "5 bays, 7100 rows" in said.output
    assert outs[0].read_bytes() == outs[1].read_bytes()
    cells_of_bay = 96 + 96 + 92  # the Sunday has no hour from 2 to 3
    assert pq.read_table(outs[0]).num_rows == 5 * cells_of_bay * 5
    with pytest.raises(Unavailable, match="wanted the extra spark"):
        CliRunner().invoke(
            facts,
            ["--data", str(folder), "--out", str(outs[0]), "--engine", "spark"],
            catch_exceptions=False,
        )


def test_packed_facts_come_back_whole(tmp_path: Path) -> None:
    """Facts that travelled as bytes are equal to the last bit."""
    with open_study(random_study(tmp_path, 5, "2026-03-27", "2026-03-28")) as opened:
        for one in study_facts(opened):
            other = unpack(pack(one))
            assert all(np.array_equal(getattr(one, n), getattr(other, n)) for n in vars(one))
