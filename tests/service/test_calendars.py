"""Tests of the named days of communes in the database, and of the commands that bring them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo.errors import InvalidFile, InvalidInput, UnknownCommune
from geo.in_force import in_force
from geo.words import Day, TimeRule
from service.cli import root
from service.store.calendars import NamedDay, day_books, list_calendars, replace_calendar
from service.store.database import reading, writing
from tests.service.world import World

MARKET = frozenset({date(2026, 3, 10), date(2026, 3, 17)})
RULE = TimeRule(days=(Day.TU,), start="07:00", end="12:00", except_periods=("market",))
TUESDAY_AT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def run(world: World, *args: str | Path) -> Result:
    """Run a command of calendars."""
    wanted = ["bays", "calendar", *map(str, args), "--database", world.url]
    return CliRunner().invoke(root, wanted)


def days(world: World, insee: str = "99001") -> dict[str, list[NamedDay]]:
    """Return a commune's calendars."""
    with reading(world.engine) as session:
        return list_calendars(session, insee)


def test_days_are_kept_by_commune_and_name(world: World) -> None:
    """In order, with their labels; another commune has none of them."""
    with writing(world.engine) as session:
        named = [NamedDay(on, "Marché") for on in sorted(MARKET, reverse=True)]
        assert replace_calendar(session, "99001", "market", named) == 2
    assert days(world) == {"market": [NamedDay(on, "Marché") for on in sorted(MARKET)]}
    assert days(world, "99002") == {}
    with pytest.raises(UnknownCommune), writing(world.engine) as session:
        replace_calendar(session, "99009", "market", named)


def test_the_day_book_of_a_commune_knows_its_calendars_and_holidays(world: World) -> None:
    """The rule rests on a market day and on a public holiday, and holds on another Tuesday."""
    with writing(world.engine) as session:
        replace_calendar(session, "99001", "market", [NamedDay(on) for on in MARKET])
    with reading(world.engine) as session:
        book = day_books(session, "99001")
    assert book.time_zone == "Europe/Paris"
    assert in_force([RULE], TUESDAY_AT, book) is None
    assert in_force([RULE], TUESDAY_AT.replace(day=24), book) == RULE
    assert in_force([RULE], datetime(2026, 7, 14, 9, tzinfo=UTC), book) is None


def test_a_calendar_comes_from_a_file(world: World, tmp_path: Path) -> None:
    """A table of days replaces those known under the name, and is listed."""
    file = tmp_path / "market.csv"
    file.write_text("date\n2026-03-10\n17/03/2026\n")
    done = run(world, "import", file, "--commune", "99001", "--name", "market")
    assert done.output == "market: 2 days from 2026-03-10 to 2026-03-17 in 99001\n"
    file.write_text("from;to\n2026-04-01;2026-04-03\n")
    run(world, "import", file, "--commune", "99001", "--name", "market")
    assert [day.on.day for day in days(world)["market"]] == [1, 2, 3]
    listed = run(world, "list", "--commune", "99001")
    assert listed.output == "market\t3 days\t2026-04-01\t2026-04-03\n"


def test_a_calendar_that_cannot_be_taken_changes_nothing(world: World, tmp_path: Path) -> None:
    """No file of days, no name, no commune: each is said, and the days known stay."""
    file = tmp_path / "market.csv"
    file.write_text("date\n2026-03-10\n")
    run(world, "import", file, "--commune", "99001", "--name", "market")
    lost = run(world, "import", file, "--commune", "99009", "--name", "market")
    assert isinstance(lost.exception, UnknownCommune)
    nameless = run(world, "import", file, "--commune", "99001", "--name", "a\nb")
    assert isinstance(nameless.exception, InvalidInput)
    file.write_text("date\nsoon\n")
    broken = run(world, "import", file, "--commune", "99001", "--name", "market")
    assert isinstance(broken.exception, InvalidFile)
    assert [day.on for day in days(world)["market"]] == [date(2026, 3, 10)]
