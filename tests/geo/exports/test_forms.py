"""Files for others are valid by the schemas of others, and say what a bay says."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID
from xml.etree import ElementTree as ET

import frictionless
import geopandas
import pytest
import xmlschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.bay_details import BayDetails, State
from geo.exports.cerema import cerema_csv
from geo.exports.cerema_words import COLUMNS
from geo.exports.datex2 import datex2
from geo.exports.dialog import dialog
from geo.exports.regulation import NotExpressible, Regulation, standing_regulations
from geo.exports.tables import geopackage, geoparquet
from geo.words import Activity, Bay, BayType, Day, TimeRule
from tests.geo.exports.bays_drawn import BAYS, one_bay, rules

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
WEEK = (Day.MO, Day.TU, Day.WE, Day.TH, Day.FR)
TRO = "{http://datex2.eu/schema/3/trafficRegulation}"
COM = "{http://datex2.eu/schema/3/common}"


def cells(bay: Bay) -> dict[str, str]:
    """Return the row of a bay in the national schema."""
    return next(csv.DictReader(io.StringIO(cerema_csv([bay]).decode(), newline="")))


def regulation(*bays: Bay, **given: object) -> Regulation:
    """Return a draft order on bays."""
    said = {
        "regulation_id": "2026-PM-0412",
        "title": "Aires de livraison",
        "insee": "92024",
        "authority": "Commune : Clichy",
        "from_on": date(2026, 12, 1),
        "bays": bays,
        "is_draft": True,
    }
    return Regulation(**{**said, **given})  # type: ignore[arg-type]


def of_rules(*found: TimeRule) -> Bay:
    """Return a bay with rules."""
    return one_bay(rules=found)


def window(**given: object) -> TimeRule:
    """Return a rule of weekday mornings."""
    return TimeRule.model_validate({"days": WEEK, "start": "07:00", "end": "11:00", **given})


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(BAYS, min_size=1, max_size=3, unique_by=lambda bay: bay.bay_id))
def test_national_schema_accepts_every_bay(shared: Path, tmp_path: Path, bays: list[Bay]) -> None:
    """The CSV of any bays is valid by the schema that the State publishes."""
    descriptor = shared / "standards" / "cerema" / "schema-aire-livraison-v1.0.0.json"
    path = tmp_path / "bays.csv"
    path.write_bytes(cerema_csv([bay.model_copy(update={"details": unlike(bay)}) for bay in bays]))
    with frictionless.system.use_context(trusted=True):
        schema = frictionless.Schema.from_descriptor(str(descriptor))
        assert schema.field_names == list(COLUMNS)
        report = frictionless.Resource(path=str(path), schema=schema, encoding="utf-8").validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []


def unlike(bay: Bay) -> BayDetails:
    """Return details without the source's UUID: two bays of a source may not share one, drawn ones might."""
    return bay.details.model_copy(update={"source_uuid": None})


def test_row_says_a_plain_bay_in_the_schemas_words() -> None:
    """Lengths are in centimetres, hours in both languages, yes and no in French, commune and number in NOM."""
    details = BayDetails(width_m=2.5, order_present=True, address="12 Rue Exemple, 92110 Clichy")
    row = cells(one_bay(details=details))
    assert row["LONGUEUR"] == "1200"
    assert row["LARGEUR"] == "250"
    assert row["TYPE"] == "aire périodique"
    assert row["ARR_PRESENT"] == "oui"
    assert row["PANNEAU_PRESENT"] == ""
    assert row["DUREE_MAX"] == "30"
    assert row["NOM"] == "92024_46"
    assert row["TEMPORALITE_OSM"] == "Mo-Sa 07:00-20:00; PH off"
    assert row["TEMPORALITE_CDS"].startswith('[{"days_of_week":["mon","tue"')
    assert row["GEOM_WKT"].count(",") == 4


def test_identifiers_are_unique_whatever_the_source_says() -> None:
    """The schema's key is a UUID: one that the source gave twice, or that is none, is replaced by our own."""
    shared_id = "828e1140-523c-4a41-b466-ab1b64a4a4bd"
    bays = [
        one_bay(bay_id="1", details=BayDetails(source_uuid=shared_id)),
        one_bay(bay_id="2", details=BayDetails(source_uuid=shared_id)),
        one_bay(bay_id="3", details=BayDetails(source_uuid="3")),
        one_bay(bay_id="4", details=BayDetails(source_uuid=shared_id[::-1])),
    ]
    rows = list(csv.DictReader(io.StringIO(cerema_csv(bays).decode(), newline="")))
    assert len({UUID(row["UUID"]) for row in rows}) == 4


def test_row_of_a_permanent_bay_has_no_hours() -> None:
    """The schema wants the hours of a permanent bay empty."""
    row = cells(one_bay(bay_type=BayType.PERMANENT))
    assert row["TEMPORALITE_CDS"] == row["TEMPORALITE_OSM"] == ""


def test_row_of_a_bay_with_a_cut_corner_has_the_rectangle_around_it() -> None:
    """A polygon of six points is written as five, and that is said."""
    ring = one_bay().polygon_lonlat
    middle = ((ring[1][0] + ring[2][0]) / 2, (ring[1][1] + ring[2][1]) / 2)
    row = cells(one_bay(polygon_lonlat=(*ring[:2], middle, *ring[2:])))
    assert row["GEOM_WKT"].count(",") == 4
    assert "rectangle qui entoure l'emprise" in row["COMMENTAIRE"]
    assert "polygon_lonlat" in row["COMMENTAIRE"]


def test_words_without_a_column_are_said_for_people() -> None:
    """What no column holds stands in the comment in plain French, after the bay's own."""
    details = BayDetails(
        comment="Feu piéton",
        order_ref="AE/2023/268",
        order_on=date(2023, 4, 11),
        sign_state=State.ABSENT,
    )
    comment = cells(one_bay(details=details))["COMMENTAIRE"]
    assert comment.startswith(
        "Feu piéton ; Nom : 12 rue Exemple ; Places : 2 ; Arrêté AE/2023/268 du 11/04/2023 ; Panneau absent ["
    )


def test_tables_hold_the_same_rows(tmp_path: Path) -> None:
    """GeoPackage and GeoParquet give the same columns and values, and the same bytes each time."""
    bays = [one_bay(), one_bay(bay_id="2", details=BayDetails(sign_present=False, width_m=2.2))]
    assert geopackage(bays) == geopackage(bays)
    assert geoparquet(bays) == geoparquet(bays)
    (tmp_path / "a.gpkg").write_bytes(geopackage(bays))
    (tmp_path / "a.parquet").write_bytes(geoparquet(bays))
    one = geopandas.read_file(tmp_path / "a.gpkg", layer="bays")
    other = geopandas.read_parquet(tmp_path / "a.parquet")
    assert list(one.columns) == list(other.columns)
    assert one["rules_text"][0] == "du lundi au samedi de 7 h à 20 h (30 min au plus)"
    assert one["bay_id"].tolist() == other["bay_id"].tolist() == ["92024046", "2"]
    assert one.geometry.equals(other.geometry)
    assert one.crs == "EPSG:4326"


@pytest.fixture(scope="module")
def datex2_schema(shared: Path) -> xmlschema.XMLSchema:
    """Return the schema of DATEX II with DiaLog's extension."""
    return xmlschema.XMLSchema(str(shared / "standards" / "datex2" / "DATEXII_3_D2Payload.xsd"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(rules(), min_size=1, max_size=4))
def test_datex2_is_valid_or_refused(
    datex2_schema: xmlschema.XMLSchema, found: list[TimeRule]
) -> None:
    """A publication of any rules is valid by the XSD, or a rule is refused by name."""
    with suppress(NotExpressible):
        datex2_schema.validate(datex2([regulation(of_rules(*found))], NOW).decode())


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"week_parity": "odd"}, "week_parity is 'odd'"),
        ({"days_of_month": (1, 15)}, "days_of_month"),
        ({"activity": Activity.TRAVEL}, "activity 'travel'"),
        ({"user_classes": ("taxi",)}, "user classes taxi"),
    ],
)
def test_datex2_refuses_what_it_has_no_words_for(given: dict[str, object], word: str) -> None:
    """A refusal names the bay and the condition."""
    with pytest.raises(NotExpressible, match=word) as raised:
        datex2([regulation(of_rules(window(**given)))], NOW)
    assert "bay 92024046" in str(raised.value)


@pytest.mark.parametrize("found", [(), (window(activity=Activity.PARKING),)])
def test_an_order_that_forbids_nothing_is_none(found: tuple[TimeRule, ...]) -> None:
    """Where all that is known is that parking is allowed there is no order, in any language."""
    with pytest.raises(NotExpressible, match="forbids nothing"):
        datex2([regulation(of_rules(*found))], NOW)
    with pytest.raises(NotExpressible, match="forbids nothing"):
        dialog(regulation(of_rules(*found)))
    assert standing_regulations([of_rules(*found)], {}, date(2026, 3, 1)) == []


def test_datex2_exempts_city_logistics_by_usage() -> None:
    """City logistics is a usage of vehicles, never a type: DiaLog's own output has it wrong and fails its schema."""
    text = datex2([regulation(of_rules(window(max_stay_min=30, max_weight_t=3.5)))], NOW).decode()
    assert "<com:vehicleUsage>cityLogistics</com:vehicleUsage>" in text
    assert "vehicleType" not in text
    assert ">PT30M<" in text
    assert "<com:grossVehicleWeight>3.5</com:grossVehicleWeight>" in text


def test_datex2_leaves_public_holidays_out_unless_they_are_named() -> None:
    """A rule that does not name public holidays has them as an exception; one that does has a period for them."""
    root = ET.fromstring(  # noqa: S314 - text of our own
        datex2([regulation(of_rules(window(), window(days=(*WEEK, Day.PH), end="12:00")))], NOW)
    )
    parts = root.findall(f".//{TRO}trafficRegulation")
    exceptions = [part.findall(f".//{COM}exceptionPeriod") for part in parts]
    assert [len(found) for found in exceptions] == [1, 0]
    assert len(parts[1].findall(f".//{COM}validPeriod")) == 2


def test_datex2_has_an_order_for_each_reference() -> None:
    """Bays of one reference are one order; those without a known rule are in none."""
    bays = [
        one_bay(bay_id="1", details=BayDetails(order_ref="A", order_on=date(2020, 1, 2))),
        one_bay(bay_id="2", details=BayDetails(order_ref="A")),
        one_bay(bay_id="3"),
        one_bay(bay_id="4", rules=()),
        one_bay(bay_id="5", rules=(), bay_type=BayType.PERMANENT),
    ]
    found = standing_regulations(bays, {"92024": "Commune : Clichy"}, date(2026, 3, 1))
    told = [(one.regulation_id, [bay.bay_id for bay in one.bays], one.from_on) for one in found]
    assert told == [
        ("inventaire-92024", ["3", "5"], date(2026, 3, 1)),
        ("A", ["1", "2"], date(2020, 1, 2)),
    ]


def test_datex2_stays_well_formed_whatever_people_wrote() -> None:
    """Control characters of names and references, which XML forbids, are left out; marks are escaped."""
    bay = one_bay(name="a\x0b<b>&\ud800\u202fc", details=BayDetails(order_ref="R\x001"))
    text = datex2([regulation(bay, regulation_id="R\x001", title="<&>")], NOW)
    root = ET.fromstring(text)  # noqa: S314 - text of our own
    told = [element.text for element in root.iter() if element.text and element.text.strip()]
    assert {"R1", "<&>", "a<b>&\u202fc"} <= set(told)


def test_dialog_bans_all_but_deliveries_for_good() -> None:
    """The body is a draft of a permanent order: a parking ban with city logistics exempt, at the bay's polygon."""
    body = dialog(regulation(of_rules(window(max_stay_min=20))))
    (measure,) = body["measures"]
    assert body["status"] == "draft"
    assert body["category"] == "permanentRegulation"
    assert measure["type"] == "parkingProhibited"
    assert measure["vehicleSet"]["exemptedTypes"] == ["cityLogistics"]
    (period,) = measure["periods"]
    assert period["isPermanent"] is True
    assert "endDate" not in period
    assert period["dailyRange"]["applicableDays"][0] == "monday"
    assert period["timeSlots"][0]["startTime"] == "2026-12-01T07:00:00+01:00"
    assert measure["locations"][0]["roadType"] == "rawGeoJSON"


def test_dialog_says_in_the_title_what_it_has_no_field_for() -> None:
    """The maximum stay and public holidays stand in the title, or lead to the order where that is too long."""
    bay = of_rules(window(max_stay_min=20))
    assert (
        dialog(regulation(bay))["title"]
        == "Aires de livraison (arrêt limité à 20 min, sauf jours fériés)"
    )
    long = dialog(regulation(bay, title="A" * 300))["title"]
    assert len(long) <= 255
    assert long.endswith("voir l'arrêté joint)")


def test_dialog_puts_bays_of_the_same_rules_together() -> None:
    """One measure holds all bays that have the same rules."""
    bays = [one_bay(bay_id=str(number)) for number in range(3)]
    (measure,) = dialog(regulation(*bays))["measures"]
    assert len(measure["locations"]) == 3


@pytest.mark.parametrize(
    "given",
    [
        {"months": (1,)},
        {"except_periods": ("marché",)},
        {"until_on": date(2027, 1, 1)},
        {"activity": Activity.NO_TRAVEL},
        {"max_weight_t": 5.0},
        {"user_classes": ("taxi",)},
        {"days": (Day.PH,)},
    ],
)
def test_dialog_refuses_what_it_would_drop(given: dict[str, object]) -> None:
    """A condition that DiaLog has no field for is refused, as without it the ban would be another."""
    with pytest.raises(NotExpressible):
        dialog(regulation(of_rules(window(**given))))


def test_dialog_refuses_a_reference_that_is_too_long() -> None:
    """DiaLog takes at most 60 characters as identifier."""
    with pytest.raises(NotExpressible, match="61 characters"):
        dialog(regulation(one_bay(), regulation_id="x" * 61))
