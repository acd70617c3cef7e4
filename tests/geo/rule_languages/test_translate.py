"""`airelib rules translate`."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings

from geo.errors import InvalidTimeRule
from geo.rule_languages.canonical import canonical
from geo.rule_languages.command import translate
from geo.rule_languages.curblr import read_regulations
from geo.rule_languages.curblr_writer import write_regulations
from geo.rule_languages.translation import READABLE, RuleLanguage, read_text, write_text
from geo.rules import WEEK
from geo.words import TimeRule
from tests.geo.rule_languages.made_rules import dated_rules, rule_sets

HOURS = "Mo-Sa 07:00-20:00; PH off"
RULE = TimeRule(days=WEEK[:6], start="07:00", end="20:00")


def run(*arguments: str, text: str | None = None) -> Result:
    """Return what the command answers."""
    return CliRunner().invoke(translate, arguments, input=text)


@pytest.mark.parametrize(("given_in", "wanted"), list(product(READABLE, READABLE)))
def test_a_plain_rule_passes_from_every_language_to_every_other(
    given_in: RuleLanguage, wanted: RuleLanguage
) -> None:
    """The rule of a periodic bay is the same whichever way it went."""
    first = write_text((RULE,), given_in)
    second = write_text(read_text(first, given_in).rules, wanted)
    assert read_text(second, wanted).rules == (RULE,)


def test_text_is_translated() -> None:
    """The command prints the rule in the other language, on one line."""
    done = run(HOURS, "--from", "opening_hours", "--to", "sign")
    assert (done.exit_code, done.output) == (
        0,
        "LIVRAISONS du lundi au samedi 7h-20h sauf jours fériés\n",
    )


def test_standard_input_and_files_are_read(tmp_path: Path) -> None:
    """What stands in a file or comes in is read as what stands on the line is."""
    file = tmp_path / "rules.txt"
    file.write_text(HOURS + "\n", encoding="utf-8")
    spoken = run(HOURS, "--from", "opening_hours", "--to", "text-fr").output
    assert "du lundi au samedi de 7 h à 20 h" in spoken
    assert run("--file", str(file), "--from", "opening_hours", "--to", "text-fr").output == spoken
    piped = run("--file", "-", "--from", "opening_hours", "--to", "text-fr", text=HOURS)
    assert piped.output == spoken


def test_an_answer_of_cds_is_read_with_its_time_zone() -> None:
    """The body of ``/curbs/policies`` is understood as a whole, and what rules leave out is told."""
    policy = {
        "curb_policy_id": "0b1fa2f1-6a1b-4d9d-8f4e-111111111111",
        "published_date": 0,
        "priority": 1,
        "rules": [{"activity": "loading", "rate": [{"rate": 1, "rate_unit": "hour"}]}],
        "time_spans": [{"start_date": 1_767_243_600_000}],
    }
    body = {"version": "1.1.0", "time_zone": "America/New_York", "data": {"policies": [policy]}}
    done = run(json.dumps(body), "--from", "cds", "--to", "json")
    assert json.loads(done.stdout)[0]["from_on"] == "2026-01-01"
    assert "rate" in done.stderr


def test_a_file_of_curblr_with_one_feature_is_read_with_its_ranks() -> None:
    """The manifest's hierarchy ranks the regulations."""
    regulations = [
        {"rule": {"activity": "loading", "priorityCategory": "loading"}},
        {"rule": {"activity": "no standing", "priorityCategory": "works"}},
    ]
    file = {
        "manifest": {"priorityHierarchy": ["works", "loading"]},
        "features": [{"properties": {"regulations": regulations}}],
    }
    rules = json.loads(run(json.dumps(file), "--from", "curblr", "--to", "json").output)
    assert {(rule["activity"], rule["priority"]) for rule in rules} == {
        ("loading", 2),
        ("no stopping", 1),
    }


@pytest.mark.parametrize(
    ("arguments", "piece"),
    [
        (("lundi 8h", "--from", "opening_hours"), "lundi 8h"),
        (("{", "--from", "cds"), "wanted JSON"),
        (("3", "--from", "cds"), "wanted a list"),
        (("{}", "--from", "cds"), "wanted a list"),
        (("{}", "--from", "curblr"), "wanted a list"),
        (('{"features": []}', "--from", "curblr"), "one feature"),
        (("{", "--from", "json"), "wanted JSON"),
        (('[{"start": "07:00"}]', "--from", "json"), "days"),
        (("week 01-53/2 Mo", "--from", "opening_hours", "--to", "curblr"), "week_parity"),
        (("Jan 01-07 Mo", "--from", "opening_hours", "--to", "sign"), "days_of_month"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(arguments: tuple[str, ...], piece: str) -> None:
    """The family's error says which piece, and nothing is printed."""
    done = run(*arguments)
    assert isinstance(done.exception, InvalidTimeRule)
    assert piece in str(done.exception)
    assert done.stdout == ""


def test_text_or_file_is_wanted() -> None:
    """Neither, or both, is a mistake of usage."""
    assert run("--from", "sign").exit_code == 2


@given(rule_sets(dated_rules()))
@settings(max_examples=100, deadline=None)
def test_curblr_comes_back_or_is_refused(rules: tuple[TimeRule, ...]) -> None:
    """Regulations say all of the rules, or there are none."""
    try:
        written = write_regulations(rules)
    except InvalidTimeRule:
        return
    assert read_regulations(written) == canonical(rules)


def test_table_of_the_page_is_what_is_written(repo: Path) -> None:
    """The one rule that the page shows in every language is written so today."""
    page = (repo / "docs/reference/rule-languages.md").read_text(encoding="utf-8")
    table = page.split("One rule in every language:")[1].split("In `cds`")[0]
    shown = dict(re.findall(r"^\| `([a-z_]+)` \| `(.+)` \|$", table, flags=re.MULTILINE))
    assert shown == {name: write_text((RULE,), RuleLanguage(name)) for name in shown}
    assert len(shown) == 5
