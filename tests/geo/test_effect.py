"""The effect of an adopted rule: none where nothing was done, told where there is one, unknown where too little was seen."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from geo.effect.command import effect
from geo.effect.measure import Verdict, measured
from geo.effect.panel import panel
from geo.effect.placebo import chance, log_change
from geo.effect.register import (
    Adoption,
    Outcome,
    Registration,
    Spans,
    controls_by_rule,
    register,
    registration_of,
)
from geo.effect.report import read_adoptions
from geo.effect.watch import bay_drift
from geo.effect.waves import two_waves
from geo.errors import InvalidInput
from geo.files.checking import faults
from geo.files.kinds import read
from geo.study.folder import open_study, read_study
from geo.study.words import Neighbour
from tests.geo.studies import RULE, bay, write_csv, write_study

FIRST_ON = date(2026, 1, 5)
ADOPTED_ON = date(2026, 2, 16)
"""Six weeks later."""

WEEKS = 12
CHANGED = ("B00", "B01")
SPANS = Spans(6, 6)


def stays(lift: float = 1.0, seed: int = 1, bays: int = 16) -> list[tuple[str, str, str, str]]:
    """Draw deliveries of twenty minutes; at the changed bays so many times more from adoption on."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(bays):
        level = rng.uniform(6, 14)
        for day in range(WEEKS * 7):
            on = FIRST_ON + timedelta(days=day)
            more = lift if f"B{i:02d}" in CHANGED and on >= ADOPTED_ON else 1.0
            for minute in rng.integers(7 * 60, 18 * 60, rng.poisson(level * more)):
                at = datetime(on.year, on.month, on.day, tzinfo=UTC) + timedelta(
                    minutes=int(minute)
                )
                ends = at + timedelta(minutes=20 if rng.random() < 0.8 else 45)
                rows.append((f"B{i:02d}", "van", at.isoformat(), ends.isoformat()))
    return rows


def square(i: int) -> dict[str, object]:
    """Return a point every 500 metres eastwards, near Paris."""
    return {"type": "Point", "coordinates": [2.35 + i * 0.0068, 48.85]}


def study(
    folder: Path, rows: list[tuple[str, str, str, str]], unseen: list[tuple[str, ...]] | None = None
) -> Path:
    """Write a study of sixteen bays in one commune over twelve weeks."""
    bays = [{**bay(f"B{i:02d}"), "geometry": square(i)} for i in range(16)]
    last_on = FIRST_ON + timedelta(days=WEEKS * 7 - 1)
    params = {"observed": {"from": FIRST_ON.isoformat(), "to": last_on.isoformat()}}
    return write_study(folder, rows, unseen or [], bays=bays, params=params)


def adoptions(measure: str = "6-11") -> tuple[Adoption, ...]:
    """Return the adoption of the changed bays."""
    return tuple(Adoption(bay_id, ADOPTED_ON, measure) for bay_id in CHANGED)


@pytest.fixture(scope="module")
def lifted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study whose changed bays get half as many deliveries again."""
    return study(tmp_path_factory.mktemp("lifted"), stays(lift=1.5))


def test_nothing_done_has_no_effect_on_average() -> None:
    """Over many worlds without effect the mean is none, and about one in ten is called one."""
    rng = np.random.default_rng(3)
    means, told = [], 0
    for seed in range(300):
        before, after = rng.poisson(60, (2, 25, 8)).astype(float)
        change = log_change(before, after)
        found = chance(change[:5], np.tile(change[5:], (5, 1)), seed=seed, draws=199)
        means.append(found.mean)
        told += found.is_told
    assert abs(np.mean(means)) < 3 * np.std(means) / np.sqrt(len(means))
    assert 0.05 <= told / 300 <= 0.15


def test_an_effect_is_measured_without_bias_where_the_city_moves_too() -> None:
    """A shock of the whole city leaves the effect of the changed bays as it is."""
    rng = np.random.default_rng(4)
    found = []
    for seed in range(60):
        city = np.exp(rng.normal(0, 0.2, 8))
        lift = np.where(np.arange(25) < 5, 1.2, 1.0)[:, None]
        before, after = rng.poisson(60, (25, 8)), rng.poisson(60 * lift * city, (25, 8))
        change = log_change(before.astype(float), after.astype(float))
        found.append(chance(change[:5], np.tile(change[5:], (5, 1)), seed=seed, draws=99).mean)
    assert np.mean(found) == pytest.approx(np.log(1.2), abs=0.015)


def test_controls_in_another_order_give_the_same_effect() -> None:
    """The mean does not depend on the order of controls, nor does the interval of a single bay."""
    rng = np.random.default_rng(5)
    changed, controls = rng.normal(0.2, 0.1, 1), rng.normal(0, 0.1, (1, 20))
    one = chance(changed, controls, seed=1)
    other = chance(changed, controls[:, rng.permutation(20)], seed=1)
    assert one.mean == pytest.approx(other.mean)
    assert one.half_width == pytest.approx(other.half_width)
    assert one.p_value == pytest.approx(other.p_value)


def test_too_few_controls_leave_the_effect_unknown() -> None:
    """Eight controls cannot tell one in ten from chance; nine can."""
    rng = np.random.default_rng(6)
    assert np.isnan(chance(np.ones(1), rng.normal(0, 0.1, (1, 8)), seed=1).p_value)
    assert chance(np.ones(1), rng.normal(0, 0.1, (1, 9)), seed=1).is_told


def test_unknown_weeks_are_no_zeros() -> None:
    """A bay of which half the weeks are unknown has the change of the weeks that are known."""
    before, after = np.full((1, 8), 60.0), np.full((1, 8), 60.0)
    after[0, ::2] = np.nan
    assert log_change(before, after)[0] == pytest.approx(0, abs=0.01)
    assert np.isnan(log_change(before * np.nan, after)[0])


def test_an_effect_is_told_with_its_interval(lifted: Path) -> None:
    """Half as many deliveries again is told, pooled over two bays, with the truth in the interval."""
    with open_study(lifted) as opened:
        registrations = register(opened.study, adoptions(), SPANS)
        found = panel(opened, [bay.bay_id for bay in opened.study.bays])
        alone, pooled = measured(found, registrations, seed=0)
    deliveries = pooled[0].effects[Outcome.DELIVERIES]
    assert deliveries.verdict is Verdict.MORE
    assert deliveries.effect is not None
    assert deliveries.effect.p05 < 0.5 < deliveries.effect.p95
    assert deliveries.p_harm < 0.1
    assert not pooled[0].stop
    assert [one.bay_ids for one in alone] == [("B00",), ("B01",)]
    assert alone[0].weeks_after == 6


def test_nothing_done_is_not_yet_distinguishable(tmp_path: Path) -> None:
    """Without an effect the verdict says so, and the effect is within its interval of none."""
    with open_study(study(tmp_path / "null", stays(seed=3))) as opened:
        registrations = register(opened.study, adoptions(), SPANS)
        found = panel(opened, [bay.bay_id for bay in opened.study.bays])
        _, (pooled,) = measured(found, registrations, seed=0)
    assert pooled.effects[Outcome.DELIVERIES].verdict is Verdict.NOT_YET


def test_unseen_time_does_not_look_like_an_effect(tmp_path: Path) -> None:
    """Two dark days a week lower what is counted, not what is told; a week that is mostly dark is unknown."""
    rows = stays(seed=3)
    dark = []
    for week in range(6, WEEKS):
        for day in (0, 1):
            begin = FIRST_ON + timedelta(days=7 * week + day)
            dark.append(("B00", f"{begin}T00:00:00+01:00", f"{begin}T23:59:00+01:00", "power"))
    hidden = {(name, at[:10]) for name, at, _, _ in dark}
    kept = [row for row in rows if (row[0], row[2][:10]) not in hidden]
    with open_study(study(tmp_path / "dark", kept, dark)) as opened:
        found = panel(opened, ["B00", "B05"])
    with open_study(study(tmp_path / "light", rows)) as opened:
        light = panel(opened, ["B00", "B05"])
    weeks = found.weeks(Outcome.DELIVERIES, ADOPTED_ON, 6)
    assert weeks[0].mean() == pytest.approx(
        light.weeks(Outcome.DELIVERIES, ADOPTED_ON, 6)[0].mean(), rel=0.15
    )
    assert np.isnan(found.weeks(Outcome.DELIVERIES, ADOPTED_ON + timedelta(weeks=6), 1)).all()


def test_overstays_are_counted_against_the_rule_of_their_time(lifted: Path) -> None:
    """A fifth of the deliveries stay 45 minutes where 30 are allowed."""
    with open_study(lifted) as opened:
        found = panel(opened, ["B05"])
    over = found.weeks(Outcome.OVERSTAYS, FIRST_ON, 6).mean()
    assert over / found.weeks(Outcome.DELIVERIES, FIRST_ON, 6).mean() == pytest.approx(
        0.17, abs=0.04
    )


def test_occupancy_is_the_share_of_places_taken(lifted: Path) -> None:
    """About ten deliveries of twenty-five minutes in two places take a tenth of the day's places."""
    with open_study(lifted) as opened:
        found = panel(opened, ["B05"])
    deliveries = found.weeks(Outcome.DELIVERIES, FIRST_ON, 6).mean()
    occupancy = found.weeks(Outcome.OCCUPANCY, FIRST_ON, 6).mean()
    assert occupancy == pytest.approx(deliveries * 25 / 1440 / 2, rel=0.15)


def test_controls_are_far_never_neighbours_and_under_one_rule(lifted: Path) -> None:
    """What is near, a neighbour, of another commune or changed in the window is no control."""
    found = read_study(lifted)
    bays = list(found.bays)
    bays[5] = replace(bays[5], commune="13055")
    bays[6] = replace(bays[6], centre_lonlat=(2.3505, 48.85))
    cut_s = found.bays[7].history[0].from_s + 86_400 * 30
    bays[7] = replace(
        bays[7],
        history=(
            replace(bays[7].history[0], to_s=cut_s),
            replace(bays[7].history[0], from_s=cut_s, rules=()),
        ),
    )
    changed = replace(found, bays=tuple(bays), neighbours=(Neighbour("B08", "B00", 90.0),))
    window = (FIRST_ON, FIRST_ON + timedelta(weeks=12))
    controls = controls_by_rule(changed, bays[0], window, adoptions())
    assert controls == tuple(f"B{i:02d}" for i in (2, 3, 4, 9, 10, 11, 12, 13, 14, 15))


def test_a_bay_whose_turn_comes_later_serves_until_then(lifted: Path) -> None:
    """The second wave is a control of the first, not the other way round."""
    waves = (
        Adoption("B00", ADOPTED_ON, "m"),
        Adoption("B09", ADOPTED_ON + timedelta(weeks=6), "m"),
    )
    first, second = register(read_study(lifted), waves, SPANS)
    assert "B09" in first.control_bay_ids
    assert "B00" in second.control_bay_ids


def test_a_registration_shows_a_later_change(lifted: Path) -> None:
    """What was registered reads back the same; a changed control breaks its hash."""
    (one, _) = register(read_study(lifted), adoptions(), SPANS)
    document = one.document()
    assert registration_of(document) == one
    document["control_bay_ids"] = document["control_bay_ids"][1:]
    with pytest.raises(InvalidInput, match="changed after it was made"):
        registration_of(document)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((Adoption("X", ADOPTED_ON, "m"),), "wanted a bay of the study"),
        ((Adoption("B00", ADOPTED_ON, "m", ("B00",)),), "not changed between"),
        ((Adoption("B00", ADOPTED_ON, "m"),) * 2, "adopted twice"),
    ],
)
def test_adoptions_that_cannot_be_are_refused(
    lifted: Path, wrong: tuple[Adoption, ...], said: str
) -> None:
    """An unknown bay, a bay as its own control, or one adopted twice is an error."""
    with pytest.raises(InvalidInput, match=said):
        register(read_study(lifted), wrong, SPANS)


def test_waves_are_drawn_by_lot_within_each_measure() -> None:
    """Each measure gives half of its bays to each wave; the same seed gives the same waves in any order."""
    planned = [Adoption(f"B{i}", ADOPTED_ON, "a" if i < 7 else "b") for i in range(12)]
    waves = two_waves(planned, seed=3)
    assert waves == two_waves(planned[::-1], seed=3)
    assert waves != two_waves(planned, seed=4)
    second = [one for one in waves if one.adopted_on != ADOPTED_ON]
    assert {one.adopted_on for one in second} == {ADOPTED_ON + timedelta(weeks=8)}
    assert sorted(one.measure for one in second) == ["a"] * 3 + ["b"] * 2


def test_rows_of_adoptions_are_read_or_refused_by_line() -> None:
    """Controls are parted by spaces or semicolons; a wrong day names its line."""
    row = {"bay_id": "A", "adopted_on": "2026-03-02", "measure": "m", "control_bay_ids": "B; C D"}
    assert read_adoptions([row])[0].control_bay_ids == ("B", "C", "D")
    with pytest.raises(InvalidInput, match="line 2, column adopted_on"):
        read_adoptions([{**row, "adopted_on": "soon"}])
    with pytest.raises(InvalidInput, match="no adoption"):
        read_adoptions([])


def run(data: Path, adopted: Path, out: Path, *more: str) -> str:
    """Run the command and return what it printed."""
    spans = ("--weeks-before", "6", "--weeks-after", "6")
    arguments = ["--data", str(data), "--adopted", str(adopted), "--out", str(out), *spans, *more]
    result = CliRunner().invoke(effect, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_registers_measures_and_repeats_itself(lifted: Path, tmp_path: Path) -> None:
    """Registered first and measured later, the effect is told, twice in the same bytes."""
    adopted = tmp_path / "adopted.csv"
    rows = [(name, ADOPTED_ON.isoformat(), "6-11", "") for name in CHANGED]
    write_csv(adopted, ("bay_id", "adopted_on", "measure", "control_bay_ids"), rows)
    registered, out = tmp_path / "registered.json", tmp_path / "effect.json"
    run(lifted, adopted, registered, "--register")
    said = run(lifted, adopted, out, "--registered", str(registered))
    assert "6-11: deliveries_per_day" in said
    assert [fault for file in (adopted, out) for fault in faults(read(file))] == []
    document = json.loads(out.read_text())
    assert document["registered_before"] is True
    assert document["measures"][0]["outcomes"]["deliveries_per_day"]["verdict"] == "more"
    registration = document["bays"][0]["registration"]
    assert registration == json.loads(registered.read_text())["registrations"][0]
    first = out.read_bytes()
    run(lifted, adopted, out, "--registered", str(registered))
    assert out.read_bytes() == first


def test_the_command_spreads_adoptions_over_two_waves(lifted: Path, tmp_path: Path) -> None:
    """What it writes can be given back to it as adoptions."""
    adopted, waves = tmp_path / "adopted.csv", tmp_path / "waves.csv"
    rows = [(f"B{i:02d}", ADOPTED_ON.isoformat(), "6-11", "") for i in range(4)]
    write_csv(adopted, ("bay_id", "adopted_on", "measure", "control_bay_ids"), rows)
    run(lifted, adopted, waves, "--two-waves", "--seed", "2")
    with waves.open(newline="") as stream:
        spread = read_adoptions(csv.DictReader(stream))
    assert sorted(one.bay_id for one in spread) == [f"B{i:02d}" for i in range(4)]
    assert len({one.adopted_on for one in spread}) == 2
    assert RULE["max_stay_min"] == 30
    assert isinstance(register(read_study(lifted), spread, SPANS)[0], Registration)


def test_a_bay_with_half_as_many_deliveries_again_has_drifted(lifted: Path) -> None:
    """Watched from the study's weeks, the changed bay no longer holds and says why; one that did not change holds."""
    with open_study(lifted) as opened:
        found = panel(opened, ["B00", "B05"])
    made_from = (FIRST_ON, ADOPTED_ON)
    told = bay_drift(found, "B00", made_from)
    assert told.reason == "deliveries_up"
    assert bay_drift(found, "B05", made_from).holds
