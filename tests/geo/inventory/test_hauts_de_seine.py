"""The reader of Hauts-de-Seine: no hours, no weekdays, zeros that mean unknown, places that are no delivery bays."""

from __future__ import annotations

from geo.bay_details import Guess
from geo.rules import ALL_DAYS
from geo.words import BayType
from tests.geo.inventory.files import COMMUNES, at, hauts_de_seine_row, read, table


def test_hours_without_weekdays_hold_every_day_and_are_marked() -> None:
    """All days with public holidays, and the days are a guess."""
    (bay,) = read(table([hauts_de_seine_row()], ";")).bays
    (rule,) = bay.rules
    assert (rule.days, rule.start, rule.end) == (ALL_DAYS, "07:00", "13:00")
    assert (bay.bay_id, bay.commune, bay.bay_type) == ("99001007", "99001", BayType.PERIODIC)
    assert Guess.DAYS in bay.details.estimated


def test_midnight_to_midnight_says_no_hours() -> None:
    """It becomes a permanent bay, with a warning and its hours marked as a guess."""
    found = read(table([hauts_de_seine_row(h_debut="00:00", h_fin="00:00")], ";"))
    (bay,) = found.bays
    assert bay.bay_type is BayType.PERMANENT
    assert [(rule.start, rule.end) for rule in bay.rules] == [("00:00", "24:00")]
    assert Guess.HOURS in bay.details.estimated
    assert [note.code for note in found.warnings] == ["no_hours"]


def test_zeros_are_unknown() -> None:
    """Length, width, weight and speed of zero are no values: length and width are guesses, the rest is left out."""
    (bay,) = read(table([hauts_de_seine_row(longueur="0.0")], ";")).bays
    assert {Guess.LENGTH, Guess.WIDTH, Guess.CAPACITY} <= set(bay.details.estimated)
    assert bay.length_m == 10.0
    assert bay.details.width_m is None
    assert bay.rules[0].max_weight_t is None
    assert set(bay.details.extra) == {"loc_num", "sens"}


def test_a_weight_limits_the_rule() -> None:
    """The tonnage of the row is the heaviest vehicle of its rules."""
    (bay,) = read(table([hauts_de_seine_row(tonnage="3,5")], ";")).bays
    assert bay.rules[0].max_weight_t == 3.5


def test_a_width_that_no_vehicle_fits_is_taken_as_unknown() -> None:
    """The value stays among the other columns and a warning shows it."""
    found = read(table([hauts_de_seine_row(largeur="1.0")], ";"))
    assert found.bays[0].details.width_m is None
    assert found.bays[0].details.extra["largeur"] == "1.0"
    assert [note.code for note in found.warnings] == ["implausible_value"]


def test_cash_transport_and_unknown_types_are_refused() -> None:
    """Each with its own reason."""
    rows = [
        hauts_de_seine_row(type="FONDS"),
        hauts_de_seine_row(50, type="02", id="99001008"),
        hauts_de_seine_row(90, id="99001009"),
    ]
    found = read(table(rows, ";"))
    assert [(note.row, note.code) for note in found.refused] == [
        (1, "not_a_delivery_bay"),
        (2, "unknown_type"),
    ]
    assert found.rows_of_bays == (3,)


def test_communes_are_compared_for_refused_rows_too() -> None:
    """A place for cash transport in another commune is listed although it is no bay."""
    rows = [hauts_de_seine_row(1500, type="FONDS"), hauts_de_seine_row(id="2")]
    found = read(table(rows, ";"), communes=COMMUNES)
    (item,) = found.disagreements
    assert (item.row, item.declared, item.found) == (1, "99001", "99002")
    assert (found.facts["communes_compared"], found.facts["communes_agree"]) == (2, 1)


def test_both_copies_of_the_file_are_read() -> None:
    """Capitals in the header, a byte order mark, Windows line ends and a space after the comma change nothing."""
    row = hauts_de_seine_row()
    lon, lat = at()
    shouted = {
        (name if name.startswith("geo") else name.upper()): value for name, value in row.items()
    } | {"geo_point_2d": f"{lat}, {lon}"}
    data = b"\xef\xbb\xbf" + table([shouted], ";").replace("\n", "\r\n").encode()
    (first,), (second,) = read(table([row], ";")).bays, read(data).bays
    extra = {name.lower(): value for name, value in second.details.extra.items()}
    assert extra == first.details.extra
    assert second.model_copy(update={"details": first.details}) == first


def test_without_a_shape_the_point_is_read_as_latitude_then_longitude() -> None:
    """``geo_point_2d`` has the other order of axes than ``geo_shape``."""
    with_shape = read(table([hauts_de_seine_row()], ";")).bays[0]
    without = read(table([hauts_de_seine_row(geo_shape="")], ";")).bays[0]
    assert without.polygon_lonlat == with_shape.polygon_lonlat
