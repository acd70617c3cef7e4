"""`airelib rules`: contradictions, and what applies at an instant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from geo.errors import InvalidFile, InvalidInput, UnknownBay
from geo.rules_command import rules
from tests.geo.inventory.files import cerema_row, table
from tests.geo.places import bay_feature, collection

WORKDAYS = {"days": ["mo", "tu", "we", "th", "fr"], "start": "07:00", "end": "20:00"}


def run(*arguments: object) -> Result:
    """Run the command, its own errors raised."""
    return CliRunner().invoke(rules, [str(one) for one in arguments], catch_exceptions=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a file of bays: one plain, one with market days, one permanent without rules."""
    market = {**WORKDAYS, "except_periods": ["market_days"]}
    features = [
        bay_feature("plain", rules=[WORKDAYS]),
        bay_feature("market", rules=[market]),
        bay_feature("always", bay_type="permanent", rules=[]),
    ]
    path = tmp_path / "bays.geojson"
    path.write_text(json.dumps(collection(*features)))
    return path


def test_what_applies_and_what_comes_next_in_both_languages(file: Path) -> None:
    """On a Saturday parking is free until Monday; the local time stands with its distance from UTC."""
    asked = ("at", file, "--bay", "plain", "--at", "2026-03-28T12:00")
    assert run(*asked).output == (
        "plain: stationnement libre, jusqu'au lundi 30 mars 2026 à 7 h (UTC+0200), "
        "puis [du lundi au vendredi de 7 h à 20 h]\n"
    )
    assert run(*asked, "--lang", "en").output == (
        "plain: parking free to all, until Monday 30 March 2026 at 07:00 (UTC+0200), "
        "then [from Monday to Friday from 07:00 to 20:00]\n"
    )


def test_a_calendar_that_is_missing_is_said_and_one_that_is_given_is_used(
    file: Path, tmp_path: Path
) -> None:
    """Without market days the rule is not known; with them it is not in force on one."""
    asked = ("at", file, "--at", "2026-03-09T12:00")
    without = run(*asked)
    assert without.exit_code == 2
    assert "market: period is 'market_days'" in without.output
    calendar = tmp_path / "marche.csv"
    calendar.write_text("date\n2026-03-09\n")
    told = run(*asked, "--calendar", f"market_days={calendar}", "--json")
    assert told.exit_code == 0
    found = {one["bay_id"]: one for one in json.loads(told.output)["bays"]}
    assert found["market"]["rule"] is None
    assert found["market"]["changes_at"] == "2026-03-10T06:00:00+00:00"
    assert found["plain"]["rule"] == WORKDAYS | {"activity": "loading", "max_stay_min": None}


def test_a_permanent_bay_without_rules_is_reserved_always(file: Path) -> None:
    """As everywhere in the product."""
    told = run("at", file, "--bay", "always", "--at", "2026-03-29T02:30:00+01:00").output
    assert told.startswith("always: [du lundi au dimanche et les jours fériés de 0 h à 24 h]")
    assert told.endswith("sans changement dans les 400 jours\n")


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        (("--at", "tomorrow"), InvalidInput, "ISO 8601"),
        (("--at", "2026-03-09", "--commune", "Lyon"), InvalidInput, "INSEE"),
        (("--at", "2026-03-09", "--bay", "nowhere"), UnknownBay, "no bay 'nowhere'"),
        (("--at", "2026-03-09", "--calendar", "x"), InvalidInput, "NAME=FILE"),
        (("--at", "2026-03-09", "--calendar", "x=/nowhere.ics"), InvalidFile, "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    file: Path, more: tuple[str, ...], error: type[Exception], message: str
) -> None:
    """Each refusal names what was found."""
    with pytest.raises(error, match=message):
        run("at", file, *more)


def test_a_check_lists_errors_counts_findings_and_exits_with_2(tmp_path: Path) -> None:
    """Contradicting rules and a feature that cannot be read."""
    ban = {**WORKDAYS, "activity": "no stopping", "start": "08:00", "end": "09:00"}
    bad: dict[str, Any] = {"type": "Feature", "properties": {}, "geometry": None}
    path = tmp_path / "bays.geojson"
    path.write_text(json.dumps(collection(bay_feature("a", rules=[WORKDAYS, ban]), bad)))
    told = run("check", path, "--lang", "en")
    assert told.exit_code == 2
    assert (
        "a\terror\tactivities_contradict\tFrom Monday to Friday from 08:00 to 09:00" in told.output
    )
    assert "1  note     width_unknown" in told.output
    assert "width was not measured" not in told.output
    assert "width was not measured" in run("check", path, "--lang", "en", "--notes").output
    assert "1 refused" in told.output
    report = json.loads(run("check", path, "--json").stdout)
    assert report["counts"]["activities_contradict"] == 1
    assert [one["row"] for one in report["refused"]] == [2]
    assert {"bay_id", "code", "severity", "fr", "en"} == set(report["findings"][0])


def test_any_inventory_is_checked_and_asked(tmp_path: Path) -> None:
    """A table of the national schema as well as our own file; a bay without a commune has an answer where one is given."""
    path = tmp_path / "aires.csv"
    path.write_text(table([cerema_row(), cerema_row(60, ID="EX-2", UUID="", NOM="")]))
    assert "2 bays" in run("check", path).output
    told = run("at", path, "--at", "2026-03-09T12:00")
    assert told.exit_code == 2
    assert "EX-2: the commune is not known" in told.output
    assert told.stdout.startswith("EX-1: ")
    named = run("at", path, "--at", "2026-03-09T12:00", "--commune", "99002")
    assert named.exit_code == 0
    assert "EX-2: " in named.stdout


def test_a_check_without_errors_exits_with_0(tmp_path: Path) -> None:
    """Warnings and notes are no failure."""
    path = tmp_path / "bays.geojson"
    bay = bay_feature("a", bay_type="periodic", length_m=10.0, rules=[WORKDAYS])
    path.write_text(json.dumps(collection(bay)))
    told = run("check", path)
    assert told.exit_code == 0
    assert "a\twarning\ttoo_short\tLongueur 10 m : au moins 12 m sont attendus." in told.output
