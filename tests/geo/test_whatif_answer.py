"""The answer to one question, by a function and by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo.demand.parameters import Parameters
from geo.errors import InvalidFile, InvalidTimeRule, UnknownBay
from geo.simulation.command import simulate
from geo.study.words import Weights
from geo.whatif.answer import Terms, what_if
from geo.whatif.command import what_if as command
from geo.whatif.outcome import WeekRule, Window
from tests.geo.whatif_cases import a_kerb, draws

NOW = WeekRule(((Window(420, 1200, 30),),) * 6 + ((),))
MORNING = WeekRule(((Window(360, 660, 15),),) * 5 + ((), ()))


class Known:
    """An estimate whose draws are made up."""

    def draws(self, count: int, seed: int) -> Parameters:
        """Return made-up draws."""
        return draws(count, seed)


def test_rules_that_stay_change_nothing() -> None:
    """The rules now against themselves have no effect, no gain and no chance of one."""
    found = what_if(a_kerb(), Known(), NOW, NOW)
    assert found.effect.unserved_per_day.p95 == pytest.approx(0.0, abs=1e-9)
    assert found.gain.mean == pytest.approx(0.0, abs=1e-9)
    assert found.p_gain == 0.0
    assert found.now == found.new


def test_there_and_back_have_opposite_effects() -> None:
    """An effect is new minus now on the same draws: the way back has the opposite one."""
    there = what_if(a_kerb(), Known(), NOW, MORNING)
    back = what_if(a_kerb(), Known(), MORNING, NOW)
    assert there.effect.unserved_per_day.mean == pytest.approx(-back.effect.unserved_per_day.mean)
    assert there.gain.p95 == pytest.approx(-back.gain.p05)
    assert there.new.unserved_per_day.mean - there.now.unserved_per_day.mean == pytest.approx(
        there.effect.unserved_per_day.mean
    )
    assert there.effect.resident_hours_per_week.mean > 0 > back.effect.resident_hours_per_week.mean


def test_weights_and_shares_are_those_asked_for() -> None:
    """Residents' hours that weigh nothing leave the gain to deliveries, and fewer double-parked is fewer minutes."""
    all_stand = what_if(a_kerb(), Known(), NOW, MORNING)
    terms = Terms(Weights(shared_car_hour=0.0, cut_short_per_day=0.0), double_park_share=0.5)
    some = what_if(a_kerb(), Known(), NOW, MORNING, terms)
    assert some.gain.mean == pytest.approx(-some.effect.unserved_per_day.mean)
    assert some.now.double_park_min_per_day.mean == pytest.approx(
        all_stand.now.double_park_min_per_day.mean / 2
    )


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small simulated study."""
    folder = tmp_path_factory.mktemp("study")
    options = ["--bays", "6", "--weeks", "2", "--seed", "3", "--workers", "1", "--out", str(folder)]
    assert CliRunner().invoke(simulate, options).exit_code == 0
    return folder


def ask(study: Path, tmp_path: Path, rules: object, *more: str) -> Result:
    """Ask the command about a bay of a study."""
    file = tmp_path / "rules.json"
    file.write_text(rules if isinstance(rules, str) else json.dumps(rules))
    first = json.loads((study / "bays.geojson").read_text())["features"][0]["properties"]["bay_id"]
    options = ["--data", str(study), "--bay", first, "--rules", str(file), *more]
    return CliRunner().invoke(command, options)


def test_command_prints_the_answer(study: Path, tmp_path: Path) -> None:
    """The command prints what is now and new, the effect, demand and assumptions, the same for the same seed."""
    rules = [{"days": ["mo", "sa"], "start": "06:00", "end": "11:00", "max_stay_min": 20}]
    found = json.loads(ask(study, tmp_path, rules).output)
    assert set(found["answer"]) == {"now", "new", "effect", "gain", "p_gain"}
    assert found["rules_new"][0]["start"] == "06:00"
    assert found["demand_per_day"]["p05"] < found["demand_per_day"]["p95"]
    assert {one["source"] for one in found["assumptions"]} <= {"local", "commune", "national"}
    out = tmp_path / "answer.json"
    written = ask(study, tmp_path, rules, "--out", str(out))
    assert written.exit_code == 0
    assert json.loads(out.read_text()) == found


def test_command_refuses_what_it_cannot_use(study: Path, tmp_path: Path) -> None:
    """Text that is no JSON, rules that are none, and an unknown bay are refused by name."""
    assert isinstance(ask(study, tmp_path, "{").exception, InvalidFile)
    assert isinstance(ask(study, tmp_path, {"days": []}).exception, InvalidTimeRule)
    assert isinstance(ask(study, tmp_path, [], "--bay", "nobody").exception, UnknownBay)
