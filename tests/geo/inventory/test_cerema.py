"""The reader of the national schema, version 1.0.0 and version 0.1.0."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from geo.bay_details import Arrangement, Guess, Parity, Placement, State
from geo.rules import ALL_DAYS
from geo.words import BayType, Control, Day
from tests.geo.inventory.files import COMMUNES, at, cerema_row, old_cerema_row, read, table
from tests.geo.places import ring


def _wkt(brackets: int = 2) -> str:
    inside = ", ".join(f"{lon:.7f} {lat:.7f}" for lon, lat in ring(20, 20))
    return f"POLYGON{'(' * brackets}{inside}{')' * brackets}"


def test_every_column_arrives() -> None:
    """Capitalised values are read like those in lower case, centimetres become metres."""
    (bay,) = read(table([cerema_row()])).bays
    assert (bay.bay_id, bay.name, bay.commune) == ("EX-1", "99001_1", "99001")
    assert (bay.length_m, bay.details.width_m, bay.bay_type) == (12.0, 2.5, BayType.PERIODIC)
    details = bay.details
    assert (details.arrangement, details.placement, details.parity) == (
        Arrangement.PARALLEL,
        Placement.RECESS,
        Parity.ODD,
    )
    assert (details.marking_state, details.sign_state) == (State.GOOD, State.NOT_APPLICABLE)
    assert (details.order_present, details.sign_present, details.dropped_kerb) == (
        True,
        False,
        False,
    )
    assert details.equipment == ("candélabre", "borne recharge")
    assert details.surveyed_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert details.comment == "Devant la boulangerie"
    assert {(r.start, r.end, r.max_stay_min, r.control) for r in bay.rules} == {
        ("08:00", "12:00", 30, Control.DISC),
        ("14:00", "19:00", 30, Control.DISC),
    }


def test_a_permanent_bay_without_hours_is_reserved_at_all_times() -> None:
    """The schema wants its hours empty."""
    row = cerema_row(TYPE="aire permanente", TEMPORALITE_CDS="", TEMPORALITE_OSM="")
    (bay,) = read(table([row])).bays
    assert [(rule.days, rule.start, rule.end, rule.max_stay_min) for rule in bay.rules] == [
        (ALL_DAYS, "00:00", "24:00", 30)
    ]


def test_a_periodic_bay_without_hours_has_none_and_is_told() -> None:
    """Unknown hours are not invented; the stay that the row gives is kept."""
    found = read(table([cerema_row(TEMPORALITE_CDS="", TEMPORALITE_OSM="")]))
    (bay,) = found.bays
    assert bay.rules == ()
    assert (bay.details.max_stay_min, bay.details.control) == (30, "disc")
    assert [note.code for note in found.warnings] == ["no_hours"]


def test_public_holidays_come_from_the_hours_of_osm() -> None:
    """The other column cannot name them."""
    row = cerema_row(TEMPORALITE_OSM="Mo-Tu,PH 08:00-12:00,14:00-19:00")
    (bay,) = read(table([row])).bays
    assert all(Day.PH in rule.days for rule in bay.rules)


def test_two_columns_of_hours_that_differ_are_told() -> None:
    """Those of CDS stand."""
    found = read(table([cerema_row(TEMPORALITE_OSM="Sa 01:00-02:00")]))
    assert [note.code for note in found.warnings] == ["hours_disagree"]
    assert {rule.start for rule in found.bays[0].rules} == {"08:00", "14:00"}


def test_a_polygon_with_one_bracket_is_put_right() -> None:
    """The schema's own example writes it so; the ring is that of the right form."""
    found = read(table([cerema_row(GEOM_WKT=_wkt(1))]))
    whole = read(table([cerema_row(GEOM_WKT=_wkt(2))]))
    assert [note.code for note in found.repairs] == ["wkt_repaired"]
    assert whole.repairs == ()
    assert found.bays[0].polygon_lonlat == whole.bays[0].polygon_lonlat
    assert Guess.ORIENTATION not in found.bays[0].details.estimated


@pytest.mark.parametrize(
    ("length", "width", "metres"),
    [("1200", "250", (12.0, 2.5)), ("12", "2,5", (12.0, 2.5)), ("9.5", "250", (9.5, 2.5))],
)
def test_a_length_that_cannot_be_centimetres_is_metres(
    length: str, width: str, metres: tuple[float, float]
) -> None:
    """The repair is told for each converted value."""
    found = read(table([cerema_row(LONGUEUR=length, LARGEUR=width)]))
    (bay,) = found.bays
    assert (bay.length_m, bay.details.width_m) == metres
    in_metres = (float(length) < 100) + (float(width.replace(",", ".")) < 20)
    assert [note.code for note in found.repairs] == ["unit_repaired"] * in_metres


def test_a_commune_is_known_by_its_name_and_by_its_outline() -> None:
    """Without a code in NOM the name of the commune is looked up, and else the outline that holds the bay."""
    by_name = read(table([cerema_row(NOM="x", COMMUNE="COMMUNE 99002")]), communes=COMMUNES)
    by_place = read(table([cerema_row(NOM="x", COMMUNE="")]), communes=COMMUNES)
    unknown = read(table([cerema_row(NOM="x", COMMUNE="")]))
    assert by_name.bays[0].commune == "99002"
    assert [item.found for item in by_name.disagreements] == ["99001"]
    assert by_place.bays[0].commune == "99001"
    assert unknown.bays[0].commune is None


def test_the_machine_readable_end_of_a_comment_wins() -> None:
    """It is taken off the comment; null says unknown."""
    tail = {
        "capacity": 3,
        "name": "Exemple",
        "commune": "99002",
        "bay_type": "goods_zone",
        "rules": [{"days": ["ph"], "start": "05:00", "end": "06:00", "max_weight_t": 3.5}],
        "details": {"order_ref": "12/26", "source_uuid": None, "estimated": None},
    }
    (bay,) = read(table([cerema_row(COMMENTAIRE=f"Devant [airelib {json.dumps(tail)}]")])).bays
    assert (bay.capacity, bay.name, bay.commune, bay.bay_type) == (
        3,
        "Exemple",
        "99002",
        BayType.GOODS_ZONE,
    )
    assert (bay.details.comment, bay.details.order_ref, bay.details.source_uuid) == (
        "Devant",
        "12/26",
        None,
    )
    assert bay.details.estimated == ()
    assert [(rule.days, rule.max_weight_t) for rule in bay.rules] == [((Day.PH,), 3.5)]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("TYPE", "parking", "unknown_type"),
        ("LONGUEUR", "-5", "invalid_value"),
        ("TEMPORALITE_CDS", "[{", "invalid_time_rule"),
        ("GEOM_WKT", "POLYGON((1 2, 3", "invalid_geometry"),
        ("DATE_MAJ", "hier", "invalid_value"),
        ("COMMENTAIRE", "x [airelib {nonsense}]", "invalid_value"),
        ("LONGITUDE", "NaN", "no_position"),
        ("LATITUDE", "1e999", "invalid_value"),
    ],
)
def test_a_row_with_a_wrong_value_is_refused(column: str, value: str, code: str) -> None:
    """The other row is read."""
    rows = [cerema_row(**{column: value}), cerema_row(60, ID="EX-2")]
    found = read(table(rows))
    assert [note.code for note in found.refused] == [code]
    assert found.rows_of_bays == (2,)


def test_both_rules_of_one_cell_are_read() -> None:
    """Version 0.1.0: each weight has its hours; the days are a guess, as no column gives them."""
    (bay,) = read(table([old_cerema_row()])).bays
    assert [(r.max_weight_t, r.start, r.end) for r in bay.rules] == [
        (19.0, "06:00", "10:00"),
        (3.5, "10:00", "19:00"),
    ]
    assert (bay.bay_id, bay.length_m, bay.commune) == ("99001-1", 12.0, "99001")
    assert (bay.details.order_ref, bay.details.order_on) == ("1045/23", date(2023, 4, 11))
    assert bay.details.arrangement is Arrangement.ANGLED
    assert Guess.DAYS in bay.details.estimated


def test_rows_of_the_same_spot_are_one_bay() -> None:
    """Version 0.1.0 with a row for each rule: the second is merged into the first, and its rule added."""
    rows = [
        old_cerema_row(ID="1", VEH_TONNAGE="19", INTERV_JH="06:00-10:00"),
        old_cerema_row(ID="2", VEH_TONNAGE="3.5", INTERV_JH="10:00-19:00", INTERV_DUREE="20"),
        old_cerema_row(
            ID="3",
            VEH_TONNAGE="19",
            INTERV_JH="Mo-Fr 06:00-10:00",
            EMPRISE_DESIGNATION="9 rue d'Ailleurs",
            GEOM_XY=",".join(map(str, at(80))),
        ),
    ]
    found = read(table(rows))
    assert [(merge.row, merge.into_row, merge.bay_id) for merge in found.merged] == [
        (2, 1, "99001-1")
    ]
    first, third = found.bays
    assert [(r.max_weight_t, r.max_stay_min) for r in first.rules] == [(19.0, None), (3.5, 20)]
    assert third.rules[0].days == (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR)


def test_a_placeholder_is_no_position() -> None:
    """Every row of a file with ``1,1`` for a position is refused with the placeholder in the sentence."""
    rows = [old_cerema_row(ID="1", GEOM_XY="1,1"), old_cerema_row(ID="2", GEOM_XY="1,1")]
    found = read(table(rows))
    assert [(note.row, note.code) for note in found.refused] == [
        (1, "no_position"),
        (2, "no_position"),
    ]
    assert "placeholder (1.0, 1.0)" in found.refused[0].message


def test_cash_transport_is_no_delivery_bay() -> None:
    """Version 0.1.0 knows it as a regime."""
    (refusal,) = read(table([old_cerema_row(INTERV_REGIME="Transport de fonds")])).refused
    assert refusal.code == "not_a_delivery_bay"
