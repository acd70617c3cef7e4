"""The reader of Paris: identifiers, the default width, hours of the order of 2016 and of the row."""

from __future__ import annotations

import pytest

from geo.bay_details import Guess, Parity, Placement, State
from geo.rules import ALL_DAYS, WEEK
from geo.words import BayType
from tests.geo.inventory.files import COMMUNES, paris_row, read, table


def test_a_row_becomes_a_bay_with_all_it_says() -> None:
    """Capacity, address, marking and side arrive in their fields, other columns stay as text."""
    (bay,) = read(table([paris_row()], ";")).bays
    assert (bay.bay_id, bay.commune, bay.capacity, bay.bay_type) == (
        "new:70001",
        "75056",
        2,
        BayType.PERIODIC,
    )
    details = bay.details
    assert details.address == "12 bis RUE DE L'EXEMPLE"
    assert details.arrondissement == "75109"
    assert (details.placement, details.parity) == (Placement.RECESS, Parity.EVEN)
    assert (details.marking_state, details.marking_conforms) == (State.DEGRADED, False)
    assert (details.sign_present, details.sign_state) == (False, State.ABSENT)
    assert details.extra["Localisation stationnement"] == "Lincoln"
    assert details.surveyed_at is not None


def test_the_identifier_is_the_new_one_or_else_the_old_one() -> None:
    """Both carry the name of their column, so that they never meet."""
    rows = [
        paris_row(),
        paris_row(40, **{"Nouvel identifiant": "", "Ancien identifiant": "70001"}),
    ]
    assert [bay.bay_id for bay in read(table(rows, ";")).bays] == ["new:70001", "old:70001"]


def test_the_default_width_is_drawn_and_not_told_as_measured() -> None:
    """Two metres on every row are no measure; another width is one."""
    found = read(
        table([paris_row(), paris_row(40, Largeur="2.5", **{"Nouvel identifiant": "2"})], ";")
    )
    default, measured = found.bays
    assert default.details.width_m is None
    assert measured.details.width_m == 2.5
    assert found.facts["width"].startswith("2.0 m on 1 rows is a default")


def test_a_shared_bay_has_the_hours_of_the_order() -> None:
    """Monday to Saturday 7 to 20 h, half an hour, not on public holidays; nothing is marked as guessed."""
    (bay,) = read(table([paris_row()], ";")).bays
    (rule,) = bay.rules
    assert (rule.days, rule.start, rule.end, rule.max_stay_min) == (WEEK[:-1], "07:00", "20:00", 30)
    assert Guess.HOURS not in bay.details.estimated


def test_a_permanent_bay_is_reserved_at_all_times() -> None:
    """All days, public holidays included."""
    (bay,) = read(table([paris_row(**{"Régime particulier": "ZL permanente"})], ";")).bays
    (rule,) = bay.rules
    assert (rule.days, rule.start, rule.end) == (ALL_DAYS, "00:00", "24:00")


def _with_ranges(*ranges: tuple[str, str], regime: str = "ZL périodique") -> dict[str, str]:
    cells = {}
    for number, (start, end) in enumerate(ranges, start=1):
        cells[f"Plage horaire {number}-Début"] = start
        cells[f"Plage horaire {number}-Fin"] = end
    return paris_row(**{"Régime particulier": regime, **cells})


def test_the_rows_own_hours_replace_those_of_the_order() -> None:
    """A window across midnight goes on the day after; days are a guess, as the row gives none."""
    (bay,) = read(table([_with_ranges(("19:30", "07:30"), ("09:30", "16:30"))], ";")).bays
    windows = {(rule.days, rule.start, rule.end) for rule in bay.rules}
    assert windows == {
        (WEEK[:-1], "09:30", "16:30"),
        (WEEK[:-1], "19:30", "24:00"),
        (WEEK[1:], "00:00", "07:30"),
    }
    assert Guess.DAYS in bay.details.estimated


def test_a_permanent_bays_own_hours_hold_every_day() -> None:
    """Every night and every morning, public holidays too."""
    (bay,) = read(table([_with_ranges(("19:30", "07:30"), regime="ZL permanente")], ";")).bays
    assert {(rule.days, rule.start, rule.end) for rule in bay.rules} == {
        (ALL_DAYS, "19:30", "24:00"),
        (ALL_DAYS, "00:00", "07:30"),
    }


def test_overlapping_ranges_are_joined_and_told() -> None:
    """Two windows of which one holds the other are one."""
    found = read(table([_with_ranges(("05:00", "14:30"), ("05:00", "15:00"))], ";"))
    assert [(rule.start, rule.end) for rule in found.bays[0].rules] == [("05:00", "15:00")]
    assert [note.code for note in found.repairs] == ["hours_repaired"]


@pytest.mark.parametrize(
    "pair", [("00:00", ""), ("00:00", "00:01"), ("08:00", "08:00"), ("99:00", "1")]
)
def test_a_range_that_is_no_window_is_left_aside_and_told(pair: tuple[str, str]) -> None:
    """The hours of the order stand then."""
    found = read(table([_with_ranges(pair)], ";"))
    assert [(rule.start, rule.end) for rule in found.bays[0].rules] == [("07:00", "20:00")]
    assert [note.code for note in found.warnings] == ["hours_unread"]


@pytest.mark.parametrize(("number", "code"), [("21", "75112"), ("22", "75116"), ("1", "75101")])
def test_the_woods_belong_to_their_arrondissements(number: str, code: str) -> None:
    """21 is the Bois de Vincennes in the twelfth, 22 the Bois de Boulogne in the sixteenth."""
    (bay,) = read(table([paris_row(Arrondissement=number)], ";")).bays
    assert bay.details.arrondissement == code


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("Régime prioritaire", "2 ROUES", "not_a_delivery_bay"),
        ("Régime particulier", "ZL inconnue", "unknown_type"),
        ("Longueur", "douze", "invalid_value"),
        ("geo_shape", "{nonsense", "invalid_geometry"),
    ],
)
def test_what_is_no_bay_is_refused_with_its_value(column: str, value: str, code: str) -> None:
    """The sentence shows what stands in the cell."""
    (refusal,) = read(table([paris_row(**{column: value})], ";")).refused
    assert (refusal.row, refusal.code) == (1, code)
    assert repr(value)[1:-1] in refusal.message


def test_a_row_in_another_commune_is_listed() -> None:
    """The bay keeps the commune of its source, the report names both."""
    found = read(table([paris_row()], ";"), communes=COMMUNES)
    (item,) = found.disagreements
    assert (item.row, item.declared, item.found) == (1, "75056", "99001")
    assert found.bays[0].commune == "75056"
