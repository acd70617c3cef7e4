"""Simulated studies as files: the same bytes, the forms of the files reference, and each regime's promise."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from geo.files.command import files
from geo.rules import read_rules
from geo.simulation.command import REGIMES, simulate
from geo.simulation.folder import Order, write_world
from geo.simulation.judge import true_outcome
from geo.simulation.oracle import best_rule
from geo.simulation.places import CURRENT_RULES, NEAR_M, PARIS_RULE
from geo.simulation.regimes import Regime
from geo.simulation.truth_file import read_truth
from geo.study.folder import open_study
from geo.study.stays import UNKNOWN_ARRIVAL_S
from geo.study.words import Search, Weights
from geo.whatif.outcome import day_rule, score
from geo.words import Day, VehicleClass


def written(folder: Path, **order: Any) -> Path:
    """Write a small study, by one process."""
    asked = {"bays": 6, "weeks": 2, "seed": 4, "workers": 1} | order
    for _ in write_world(Order(**asked), folder):
        pass
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text())))


def document(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text())


def hours_unseen(folder: Path) -> float:
    """Return the hours unseen of all bays."""
    return sum(
        (datetime.fromisoformat(row["to"]) - datetime.fromisoformat(row["from"])).total_seconds()
        / 3600
        for row in rows(folder / "unseen.csv")
    )


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the reference city with 20 bays over five weeks, across the change of clock."""
    return written(tmp_path_factory.mktemp("base"), bays=20, weeks=5)


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """All files are equal to the byte for one process and two, and another seed gives others."""
    one = written(tmp_path / "one", bays=410, weeks=1)
    two = written(tmp_path / "two", bays=410, weeks=1, workers=2)
    other = written(tmp_path / "other", bays=410, weeks=1, seed=5)
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in two.iterdir())
    for name in names:
        assert (one / name).read_bytes() == (two / name).read_bytes()
    assert (one / "stays.csv").read_bytes() != (other / "stays.csv").read_bytes()


def test_files_keep_to_their_schemas_and_read_as_a_study(base: Path) -> None:
    """`airelib files check` finds no fault, and the reader finds the bays, the period and the audit."""
    named = ["bays.geojson", "stays.csv", "unseen.csv", "params.json", "audit.json"]
    paths = [str(base / name) for name in (*named, "neighbours.csv")]
    result = CliRunner().invoke(files, ["check", *paths])
    assert result.exit_code == 0, result.output
    with open_study(base) as opened:
        study = opened.study
        told = sum(len(part.bay) for part in opened.parts())
    assert (len(study.bays), str(study.period.first_on), str(study.period.last_on)) == (
        20,
        "2026-03-02",
        "2026-04-05",
    )
    assert study.audit.sample == 300
    assert told == len(rows(base / "stays.csv"))


def test_stays_are_sorted_and_open_where_an_end_was_not_seen(base: Path) -> None:
    """Rows come by bay and time with both offsets of the year; some ends are empty, never both."""
    found = rows(base / "stays.csv")
    ids = [row["bay_id"] for row in found]
    assert ids == sorted(ids)
    assert all(row["arrived_at"] or row["departed_at"] for row in found)
    assert 0 < sum(not row["arrived_at"] for row in found) < 0.05 * len(found)
    assert 0 < sum(not row["departed_at"] for row in found) < 0.05 * len(found)
    offsets = {row["departed_at"][-6:] for row in found if row["departed_at"]}
    assert offsets == {"+01:00", "+02:00"}
    assert {row["departed_at"][17:19] for row in found if row["departed_at"]} == {"00"}


def test_parquet_and_csv_tell_the_same(tmp_path: Path) -> None:
    """Both formats read as the same stays, unknown ends included."""
    told = []
    for name in ("csv", "parquet"):
        folder = written(tmp_path / name, file_format=name)
        with open_study(folder) as opened:
            told.append(next(iter(opened.parts())))
    for name in ("bay", "vehicle_class", "arrived_s", "departed_s"):
        np.testing.assert_array_equal(getattr(told[0], name), getattr(told[1], name))
    assert (told[0].arrived_s == UNKNOWN_ARRIVAL_S).any()


def test_neighbours_are_near_and_mutual(base: Path) -> None:
    """Each pair is within 100 m and listed both ways."""
    found = {
        (row["bay_id"], row["neighbour_id"]): float(row["distance_m"])
        for row in rows(base / "neighbours.csv")
    }
    assert found
    assert all(found[other, bay] == apart <= NEAR_M for (bay, other), apart in found.items())


def test_the_reference_city_has_all_its_rules_and_levels(tmp_path: Path) -> None:
    """Over 300 bays all five rules occur, and deliveries lie within 3 to 60 a day with a median near 16."""
    folder = written(tmp_path, bays=300, weeks=1)
    bays = read_truth(document(folder / "truth.json"))
    level = np.array([bay.deliveries_per_weekday for bay in bays])
    assert {bay.rules for bay in bays} == {rules for _, rules in CURRENT_RULES}
    assert 3 <= level.min() < 5
    assert 50 < level.max() <= 60
    assert np.median(level) == pytest.approx(16, abs=2)
    assert {bay.length_m for bay in bays} >= {10.0, 24.0}
    assert np.mean([bay.rho for bay in bays]) == pytest.approx(0.35, abs=0.03)
    assert np.mean([bay.kappa for bay in bays]) == pytest.approx(0.7, abs=0.03)


def test_truth_reads_back(base: Path) -> None:
    """The true rates of a weekday add up to the level that the file states, to its digits."""
    for bay in read_truth(document(base / "truth.json")):
        assert bay.rate_per_h[0, :, :5].sum() / 2 == pytest.approx(
            bay.deliveries_per_weekday, rel=1e-4
        )


def test_uniform_has_one_rule(tmp_path: Path) -> None:
    """All bays of the commune have the same rules."""
    features = document(written(tmp_path, regime=Regime.UNIFORM) / "bays.geojson")["features"]
    assert {read_rules(item["properties"]["rules"]) for item in features} == {PARIS_RULE}


@pytest.mark.parametrize("lost_at_peak", [False, True])
def test_outages_lose_a_fifth_of_the_time(tmp_path: Path, *, lost_at_peak: bool) -> None:
    """Of all bay-hours 20 % are unseen."""
    folder = written(tmp_path, regime=Regime.OUTAGES, bays=80, weeks=6, lost_at_peak=lost_at_peak)
    assert hours_unseen(folder) / (80 * (6 * 168 - 1)) == pytest.approx(0.2, abs=0.02)


def test_a_worse_detector_than_audited(tmp_path: Path) -> None:
    """The truth says 0.87, the audit found about 0.95."""
    folder = written(tmp_path, regime=Regime.DETECTOR)
    assert document(folder / "truth.json")["detector"]["recall"] == 0.87
    assert document(folder / "audit.json")["recall"]["van"] == pytest.approx(0.95, abs=0.05)


def test_sparse_has_few_deliveries(tmp_path: Path) -> None:
    """No bay has more than 15 deliveries a day."""
    bays = read_truth(document(written(tmp_path, regime=Regime.SPARSE, bays=60) / "truth.json"))
    assert max(bay.deliveries_per_weekday for bay in bays) <= 15


def test_growth_changes_rules_midway(tmp_path: Path) -> None:
    """Part of the bays have an older rule until the Monday in the middle, told in the history, and demand grows."""
    folder = written(tmp_path, regime=Regime.GROWTH, bays=40, weeks=4)
    history = rows(folder / "rule_history.csv")
    assert 5 < len(history) < 30
    assert {(row["from"], row["to"]) for row in history} == {
        ("2026-03-02T00:00:00+01:00", "2026-03-16T00:00:00+01:00")
    }
    with open_study(folder) as opened:
        changed = [bay for bay in opened.study.bays if len(bay.history) == 2]
    assert {bay.bay_id for bay in changed} == {row["bay_id"] for row in history}
    assert all(bay.history[-1].rules == bay.rules for bay in changed)
    adopted = rows(folder / "adopted.csv")
    assert {row["bay_id"] for row in adopted} == {row["bay_id"] for row in history}
    assert {row["adopted_on"] for row in adopted} == {"2026-03-16"}
    assert document(folder / "truth.json")["common"]["growth_per_week"] > 0


def test_refused_drivers_come_next_door(tmp_path: Path) -> None:
    """Some bays get the refused of the bay before them, in pairs that share no bay, and none comes round again."""
    folder = written(tmp_path, regime=Regime.OVERFLOW, bays=40)
    bays = read_truth(document(folder / "truth.json"))
    near = {(row["bay_id"], row["neighbour_id"]) for row in rows(folder / "neighbours.csv")}
    pairs = [(bay.overflow_row, i) for i, bay in enumerate(bays) if bay.overflow_row is not None]
    assert pairs
    assert all((bays[a].bay_id, bays[b].bay_id) in near for a, b in pairs)
    assert len({row for pair in pairs for row in pair}) == 2 * len(pairs)
    assert all(0.2 <= bays[b].overflow_share <= 0.7 and bays[b].retry == 0.0 for _, b in pairs)


def test_null_has_nothing_to_gain(tmp_path: Path) -> None:
    """On other days than those it was chosen on, no rule beats a bay's own by what a change costs."""
    folder = written(tmp_path, regime=Regime.NULL, bays=2, seed=12)
    weights = Weights()
    for bay in read_truth(document(folder / "truth.json")):
        for kind, day in enumerate((Day.TU, Day.SA, Day.SU)):
            own = true_outcome(bay, day_rule(bay.rules, day), kind, 2_000, 77)
            best, _ = best_rule(bay, kind, weights, Search(), (500, 99))
            other = true_outcome(bay, best, kind, 2_000, 77)
            assert score(own, weights) - score(other, weights) < weights.change_per_day


def test_the_command_names_all_regimes_and_refuses_a_tuesday(tmp_path: Path) -> None:
    """Each regime can be asked for; a first day that is no Monday ends with status 2 and says so."""
    assert set(REGIMES) == {regime.value for regime in Regime}
    asked = ["--bays", "2", "--weeks", "1", "--out", str(tmp_path), "--first-on", "2026-03-03"]
    result = CliRunner().invoke(simulate, asked)
    assert result.exit_code == 2
    assert "wanted a Monday" in result.output
    good = CliRunner().invoke(simulate, asked[:-2])
    assert good.exit_code == 0, good.output
    assert {row["vehicle_class"] for row in rows(tmp_path / "stays.csv")} <= set(VehicleClass)
