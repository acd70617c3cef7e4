"""From the files of a study to suggestions: an invented city, the real engine, the files as they are given."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo.files.checking import faults
from geo.files.kinds import read
from geo.simulation.folder import Order, write_world
from geo.study.folder import open_study
from geo.study.words import Weights
from geo.suggest.command import suggest as suggest_command
from geo.suggest.engine import suggest
from geo.suggest.record import Suggestions
from geo.words import TimeRule

BAYS = 6


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small city seen for five weeks."""
    folder = tmp_path_factory.mktemp("city")
    for _ in write_world(Order(bays=BAYS, weeks=5, seed=12, workers=1), folder):
        pass
    return folder


@pytest.fixture(scope="module")
def said(city: Path) -> Suggestions:
    """Return what is suggested for it by one process."""
    return suggest(open_study(city), Weights(), seed=3, workers=1)


def with_params(city: Path, folder: Path, **changes: object) -> Path:
    """Return a copy of the city with other parameters."""
    shutil.copytree(city, folder)
    path = folder / "params.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    return folder


def test_every_bay_gets_one_record_with_what_its_decision_needs(said: Suggestions) -> None:
    """A change has rules, effect, gain, P and reasons; a rule that stays has none of them; nothing is invented."""
    assert len(said.bays) == BAYS
    assert {bay.decision for bay in said.bays} >= {"change", "keep"}
    for bay in said.bays:
        is_change = bay.decision == "change"
        of_change = (bay.rules_new, bay.effect, bay.gain, bay.p_gain, bay.considerants)
        assert all((part is not None) == is_change for part in of_change)
        if is_change:
            assert bay.rules_new != bay.rule_now
            assert bay.p_gain is not None
            assert bay.p_gain >= 0.9
            assert {"control_assumed", "demand_held"} <= {text.code for text in bay.reasons_not}
            assert bay.gain is not None
            assert bay.gain.p05 <= bay.gain.mean <= bay.gain.p95


def test_the_same_data_give_the_same_suggestions(said: Suggestions, city: Path) -> None:
    """The order of rows and the number of processes change nothing; another seed changes the draws."""
    shuffled = city.parent / "shuffled"
    shutil.copytree(city, shuffled)
    head, *rows = (shuffled / "stays.csv").read_text().splitlines()
    (shuffled / "stays.csv").write_text("\n".join([head, *sorted(rows, reverse=True)]) + "\n")
    again = suggest(open_study(shuffled), Weights(), seed=3, workers=2)
    assert again.model_dump_json() == said.model_dump_json()
    other = suggest(open_study(city), Weights(), seed=4, workers=1)
    assert other.data_hash == said.data_hash
    assert other.model_dump_json() != said.model_dump_json()


def test_only_the_days_that_may_change_do(city: Path, tmp_path: Path) -> None:
    """With same_days Tuesday and Saturday, all other days keep their windows, and these two share one rule."""
    folder = with_params(
        city, tmp_path / "days", search={"same_days": ["tu", "sa"], "max_windows": 1}
    )
    found = suggest(open_study(folder), Weights(change_per_day=0.01), seed=3, workers=1)
    changed = [bay for bay in found.bays if bay.rules_new is not None]
    assert changed
    for bay in changed:
        assert bay.rules_new is not None
        for day in ("mo", "we", "th", "fr", "su", "ph"):
            assert windows(bay.rules_new, day) == windows(bay.rule_now, day)
        assert windows(bay.rules_new, "tu") == windows(bay.rules_new, "sa")


def test_a_rule_of_no_plain_week_is_kept_and_said(city: Path, tmp_path: Path) -> None:
    """A ban on stopping in odd weeks is left out of the reckoning, stays among the rules, and is a reason not to."""
    sweeping = {
        "activity": "no stopping",
        "days": ["we"],
        "start": "05:00",
        "end": "06:00",
        "week_parity": "odd",
    }
    folder = with_params(city, tmp_path / "odd")
    path = folder / "bays.geojson"
    bays = json.loads(path.read_text())
    for feature in bays["features"]:
        feature["properties"]["rules"].append(sweeping)
    path.write_text(json.dumps(bays))
    (folder / "rule_history.csv").unlink(missing_ok=True)
    assert not list(faults(read(path, "study_bays")))
    found = suggest(open_study(folder), Weights(), seed=3, workers=1)
    changed = [bay for bay in found.bays if bay.rules_new is not None]
    assert changed
    for bay in changed:
        assert bay.rules_new is not None
        assert bay.rules_new[-1] == TimeRule.model_validate(sweeping)
        (said,) = [one for one in bay.reasons_not if one.code == "rules_set_aside"]
        assert "arrêt interdit : le mercredi de 5 h à 6 h, semaines impaires" in said.fr


def windows(rules: object, day: str) -> set[tuple[str, str, int | None]]:
    """Return the windows of a named day."""
    return {
        (rule.start, rule.end, rule.max_stay_min)
        for rule in rules  # type: ignore[attr-defined]
        if day in rule.days
    }


def test_a_bay_seen_for_a_week_is_not_judged(city: Path, tmp_path: Path) -> None:
    """Too little data is said, with the days that are missing and grade D."""
    folder = with_params(
        city, tmp_path / "week", observed={"from": "2026-03-02", "to": "2026-03-08"}
    )
    found = suggest(open_study(folder), Weights(), seed=3, workers=1)
    assert {bay.decision for bay in found.bays} == {"need_data"}
    for bay in found.bays:
        assert bay.grade == "D"
        assert bay.needs_days is not None
        assert bay.needs_days >= 3
        assert bay.demand_per_day is None
    assert found.period.last_on == date(2026, 3, 8)


def test_signs_that_cost_more_than_any_rule_saves_change_nothing(city: Path) -> None:
    """Weights are the officer's: a change that costs a hundred points a day is never proposed."""
    found = suggest(open_study(city), Weights(change_per_day=100.0), seed=3, workers=1)
    assert {bay.decision for bay in found.bays} == {"keep"}
    assert found.commune_plans == ()


def test_plans_never_save_more_than_rules_of_their_own(said: Suggestions) -> None:
    """Coherence costs: few rules save at most what each bay's best one of them does, and more rules no less."""
    gains = [plan.gain for plan in said.commune_plans]
    assert gains == sorted(gains)
    for plan in said.commune_plans:
        assert plan.gain <= plan.gain_free + 1e-9
        assert len(plan.templates) <= plan.max_templates
        assert plan.changes == len(plan.bays)


def test_the_command_writes_a_file_that_keeps_to_its_schema(city: Path, tmp_path: Path) -> None:
    """`airelib suggest` reads the weights, writes the whole file at once and says how many bays would change."""
    weights = tmp_path / "weights.json"
    weights.write_text('{"change_per_day": 0.2}')
    out = tmp_path / "suggestions.json"
    arguments = [
        "--data",
        str(city),
        "--out",
        str(out),
        "--weights",
        str(weights),
        "--workers",
        "1",
    ]
    done = CliRunner().invoke(suggest_command, arguments)
    assert done.exit_code == 0, done.output
    assert f"{BAYS} bays" in done.output
    assert not list(faults(read(out)))
    assert Suggestions.model_validate_json(out.read_text()).weights["change_per_day"] == 0.2
    assert not list(tmp_path.glob("*.part"))
