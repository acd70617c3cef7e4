"""Need by published ratios: laws of the sums, unknown never zero, bad rows refused, everything marked as a prior."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from geo.bays import read_bays
from geo.crs import to_lonlat
from geo.errors import InvalidFile, InvalidInput
from geo.need.establishments import Establishment, read_establishments
from geo.need.expected import Need, expected
from geo.need.parameters import Parameters, read_parameters
from geo.need.places import NOWHERE, spots_of
from geo.need.ranges import NOTHING, Range, exactly, total
from geo.need.ratios import KINDS_OF_CODES, RATIOS, kind_of
from geo.need.staff import form_of, jobs_of
from geo.need.street_names import plain_street
from geo.need.sums import StreetNeed, Surroundings, add_bays, by_street
from geo.streets import Street, read_streets
from service.cli import root
from tests.geo.places import ORIGIN_XY, bay_feature, collection, ring


def lonlat(x_m: float, y_m: float) -> tuple[float, float]:
    """Return a place at a metric offset."""
    ((lon, lat),) = to_lonlat(np.array([[ORIGIN_XY[0] + x_m, ORIGIN_XY[1] + y_m]]), "EPSG:2154")
    return float(lon), float(lat)


def line(
    name: str, y_m: float, from_m: float = 0, to_m: float = 500, **more: Any
) -> dict[str, Any]:
    """Return a street that runs east."""
    ends = [lonlat(from_m, y_m), lonlat(to_m, y_m)]
    return {
        "type": "Feature",
        "properties": {"name": name, "commune": "99001", **more},
        "geometry": {"type": "LineString", "coordinates": ends},
    }


TWO_STREETS = read_streets(
    collection(
        line("Rue Haute", 0, 0, 250),
        line("Rue Haute", 0, 250, 500),
        line("Avenue Saint-Ouen", 60),
        line("", 30),
        line("Seine", 5, kind="river"),
    )
)


def one(number: int = 1, **given: Any) -> Establishment:
    """Return an establishment: a food trade of three jobs on Rue Haute, with some of it changed."""
    usual = {
        "row": number,
        "establishment_id": str(number),
        "name": "",
        "activity": "47.24Z",
        "jobs": exactly(3),
        "staff": "3",
        "lonlat": lonlat(100, 3),
        "commune": "99001",
        "street": None,
        "area_m2": None,
    }
    return Establishment(**{**usual, **given})


def summed(
    establishments: list[Establishment],
    by: Any = "street",
    streets: tuple[Street, ...] = TWO_STREETS,
) -> tuple[tuple[Need, ...], dict[Any, StreetNeed]]:
    """Return needs and their sums by the usual parameters."""
    parameters = Parameters()
    needs = expected(establishments, parameters)
    spots = spots_of(establishments, streets, parameters.snap_m.value)
    return needs, by_street(needs, spots, streets, by)


ESTABLISHMENTS = st.lists(
    st.builds(
        one,
        st.integers(1, 999),
        activity=st.sampled_from(
            ["46.31Z", "47.24Z", "47.19A", "62.01Z", "64.19Z", "47.73Z", "47.11F", "bar", None]
        ),
        jobs=st.one_of(st.none(), st.floats(0, 500).map(exactly)),
        lonlat=st.one_of(st.none(), st.builds(lonlat, st.floats(-300, 800), st.floats(-300, 300))),
        commune=st.sampled_from(["99001", None]),
        street=st.sampled_from([None, "rue haute", "av st ouen", "Rue Basse"]),
    ),
    max_size=12,
)


@given(ESTABLISHMENTS, st.sampled_from(["street", "segment"]))
def test_streets_add_up_to_the_establishments(establishments: list[Establishment], by: str) -> None:
    """Every establishment is in exactly one sum, whatever is known of its place."""
    needs, sums = summed(establishments, by)
    counted = total(n.deliveries for n in needs if n.standing == "counted" and n.deliveries)
    streets = total(street.deliveries for street in sums.values())
    for part in ("low", "mid", "high"):
        assert getattr(streets, part) == pytest.approx(getattr(counted, part))
    assert sum(sum(s.standings.values()) for s in sums.values()) == len(establishments)
    for street in sums.values():
        assert street.deliveries.low <= street.deliveries.mid <= street.deliveries.high
        by_kind = total(street.by_kind.values())
        assert by_kind.mid == pytest.approx(street.deliveries.mid)


@given(ESTABLISHMENTS, ESTABLISHMENTS)
def test_one_more_establishment_never_lowers_a_need(
    some: list[Establishment], more: list[Establishment]
) -> None:
    """Low, middle and high of every street stay or grow."""
    _, before = summed(some)
    _, after = summed([*some, *more])
    for key, street in before.items():
        for part in ("low", "mid", "high"):
            assert getattr(after[key].deliveries, part) >= getattr(street.deliveries, part)


@given(ESTABLISHMENTS)
def test_the_order_of_rows_does_not_matter(establishments: list[Establishment]) -> None:
    """Sums are the same for any order."""
    _, once = summed(establishments)
    _, again = summed(establishments[::-1])
    assert set(once) == set(again)
    for key, street in once.items():
        assert again[key].deliveries.mid == pytest.approx(street.deliveries.mid)


@given(ESTABLISHMENTS)
def test_a_bay_nearer_never_serves_less(establishments: list[Establishment]) -> None:
    """The share within reach is between 0 and 1 and grows with the reach; bays count once."""
    bays = read_bays(
        collection(
            bay_feature("a", geometry=polygon(100, 3)), bay_feature("b", geometry=polygon(400, 57))
        )
    ).bays
    shares = []
    for within_m in (1.0, 60.0, 1000.0):
        needs, sums = summed(establishments)
        parameters = read_parameters(
            f'within_m = {{value = {within_m}, source = "test"}}'.encode(), "p.toml"
        )
        spots = spots_of(establishments, TWO_STREETS, 100)
        left = add_bays(sums, needs, spots, Surroundings(TWO_STREETS, bays), parameters)
        there = {key: street.near_share for key, street in sums.items()}
        assert all(share is None or 0 <= share <= 1 + 1e-9 for share in there.values())
        assert left is not None
        assert sum(street.bays or 0 for street in sums.values()) + len(left) == 2
        shares.append(there)
    for key, near in shares[0].items():
        farther = [shares[1][key], shares[2][key]]
        assert near is None or (near <= farther[0] + 1e-9 <= farther[1] + 2e-9)


def polygon(x_m: float, y_m: float) -> dict[str, Any]:
    """Return the geometry of a bay at an offset."""
    return {"type": "Polygon", "coordinates": [ring(x_m, y_m)]}


def test_published_ratios_are_kept() -> None:
    """The wholesaler of the guide: 6.2 jobs make 21.7 movements a week."""
    (wholesaler,) = expected([one(activity="46.31Z", jobs=exactly(6.2))], Parameters())
    assert wholesaler.deliveries is not None
    assert wholesaler.deliveries.mid == pytest.approx(21.7)
    assert RATIOS["food_trade"].movements == Range(8, 9, 10)
    assert RATIOS["department_store"].movements == Range(42, 84, 168)
    assert all(ratio.source for ratio in RATIOS.values())
    assert set(KINDS_OF_CODES.values()) <= set(RATIOS)


def test_what_is_not_counted_says_why() -> None:
    """Banks and pharmacies have a figure that is not added; large shops none; unknown is no zero."""
    rows = [
        one(1, activity="64.19Z"),
        one(2, activity="4773Z"),
        one(3, activity="47.11F"),
        one(4, activity="47.24Z", area_m2=401.0),
        one(5, activity="47.71Z", area_m2=400.0),
        one(6, activity="boulanger"),
        one(7, activity=None),
        one(8, activity="46.31Z", jobs=None, staff="NN"),
        one(9, activity="food_trade", jobs=None),
    ]
    needs, sums = summed(rows)
    assert [need.standing for need in needs] == [
        "not_counted",
        "not_counted",
        "apart",
        "apart",
        "counted",
        "unknown_activity",
        "unknown_activity",
        "unknown_staff",
        "counted",
    ]
    bank, pharmacy, *_ = needs
    assert bank.deliveries is not None
    assert pharmacy.deliveries is not None
    assert (bank.deliveries.mid, pharmacy.deliveries.mid) == (20, 32)
    assert needs[2].deliveries is None
    assert needs[7].deliveries is None
    assert "owner" in needs[7].reason
    assert all(bool(need.reason) is (need.standing != "counted") for need in needs)
    (street,) = sums.values()
    assert street.deliveries.mid == pytest.approx(3 * 1.1 + 9)


@pytest.mark.parametrize(
    ("activity", "kind"),
    [
        ("46.31Z", "wholesale"),
        ("4690Z", "wholesale"),
        ("47.11b", "food_trade"),
        ("47.11D", "large_shop"),
        ("47.19A", "department_store"),
        ("47.19B", "other"),
        ("47.26Z", "other"),
        ("10.71C", "food_trade"),
        ("10.71A", "other"),
        ("bank", "bank"),
        ("56.10A", "other"),
        ("47", None),
        ("4711", None),
        ("", None),
        ("47.11Ba", None),
    ],
)
def test_kinds_of_codes(activity: str, kind: str | None) -> None:
    """The longest beginning decides; what is no code has no kind."""
    assert kind_of(activity, KINDS_OF_CODES, RATIOS) == kind


def test_staff_is_numbers_or_classes() -> None:
    """One telling code makes a column of classes; 11 alone is eleven."""
    assert form_of({"11", "03", ""}) == "codes"
    assert form_of({"11", "12"}) == "numbers"
    assert form_of({"11", "03", "4"}) == "numbers"
    assert jobs_of("11", "codes") == Range(10, 14.5, 19)
    assert jobs_of("3", "codes") == Range(6, 7.5, 9)
    assert jobs_of("11", "numbers") == exactly(11)
    assert jobs_of("2,5", "numbers") == exactly(2.5)
    assert jobs_of("0", "numbers") == NOTHING
    assert jobs_of("NN", "codes") is jobs_of("53", "codes") is jobs_of("", "numbers") is None
    for text, form in (("99", "codes"), ("-1", "numbers"), ("many", "numbers"), ("1e9", "numbers")):
        with pytest.raises(InvalidInput):
            jobs_of(text, form)  # type: ignore[arg-type]


OURS = """id;name;activity;staff;lon;lat;commune;street;area_m2
a;Au Pain;10.71C;2,5;{lon};{lat};99001;Rue Haute;
b;Gros;46.31Z;6.2;{lon};{lat};;;
b;Gros;46.31Z;6.2;{lon};{lat};;;
c;Nowhere;62.01Z;3;0;0;;;
d;Swapped;62.01Z;3;{lat};{lon};;;
e;Text;62.01Z;many;{lon};{lat};;;
;None;62.01Z;3;{lon};{lat};;;
f;No place;62.01Z;3;;;99001;rue haute;
g;NaN;62.01Z;3;NaN;{lat};;;
"""


def ours() -> bytes:
    """Return a file with our columns, some rows bad."""
    lon, lat = lonlat(100, 3)
    return OURS.format(lon=lon, lat=lat).encode()


def test_bad_rows_are_refused_and_the_rest_is_used() -> None:
    """Twice, off the map, swapped, no number, no identifier: each with its reason; rows add up."""
    read = read_establishments(ours())
    assert [item.establishment_id for item in read.establishments] == ["a", "b", "f"]
    assert [note.row for note in read.refused] == [3, 4, 5, 6, 7, 9]
    assert len(read.establishments) + len(read.refused) == read.rows
    assert "twice" in read.refused[0].message
    assert "swapped" in read.refused[2].message
    assert "swapped" not in read.refused[1].message
    assert read.staff_form == "numbers"


SIRENE = """siret,etatAdministratifEtablissement,enseigne1Etablissement,activitePrincipaleEtablissement,nomenclatureActivitePrincipaleEtablissement,trancheEffectifsEtablissement,typeVoieEtablissement,libelleVoieEtablissement,codeCommuneEtablissement,coordonneeLambertAbscisseEtablissement,coordonneeLambertOrdonneeEtablissement
1,A,AU PAIN,10.71C,NAFRev2,01,RUE,HAUTE,75101,690100.0,6862003.0
2,A,[ND],46.31Z,NAFRev2,11,AV,ST OUEN,99001,[ND],[ND]
3,A,X,46.31Z,NAF2025,12,RUE,HAUTE,99001,690100.0,6862003.0
4,F,Y,46.31Z,NAFRev2,12,RUE,HAUTE,99001,690100.0,6862003.0
5,A,Z,46.31Z,NAFRev2,NN,RUE,HAUTE,97411,338500.0,7690500.0
"""


def test_the_register_is_read_as_it_is() -> None:
    """Classes of staff, Lambert-93 and UTM overseas, withheld places, closed ones refused, newer codes unknown."""
    read = read_establishments(SIRENE.encode())
    pain, wholesaler, newer, island = read.establishments
    assert [(note.row, "closed" in note.message) for note in read.refused] == [(4, True)]
    assert pain.lonlat == pytest.approx(lonlat(100, 3))
    assert (pain.jobs, pain.commune, pain.street) == (Range(1, 1.5, 2), "75056", "RUE HAUTE")
    assert (wholesaler.lonlat, wholesaler.name, wholesaler.jobs) == (None, "", Range(10, 14.5, 19))
    assert newer.activity is None
    assert island.lonlat is not None
    assert 55 < island.lonlat[0] < 56
    assert island.jobs is None
    needs, sums = summed(list(read.establishments))
    assert [need.standing for need in needs] == [
        "counted",
        "counted",
        "unknown_activity",
        "unknown_staff",
    ]
    named = {(street.name, street.commune): street.deliveries.mid for street in sums.values()}
    assert named["Rue Haute", "99001"] == 9
    assert named["Avenue Saint-Ouen", "99001"] == pytest.approx(14.5 * 3.5)


def test_establishments_go_to_the_nearest_named_street() -> None:
    """Water and lines without a name are none; the name that a row gives comes first; too far is nowhere."""
    rows = [
        one(1, lonlat=lonlat(100, 31)),
        one(2, lonlat=lonlat(300, 3)),
        one(3, lonlat=lonlat(100, 3), street="av. st-ouen"),
        one(4, lonlat=lonlat(100, 3), street="rue inconnue"),
        one(5, lonlat=lonlat(100, 400)),
        one(6, lonlat=None, street="RUE HAUTE"),
        one(7, lonlat=None, street="RUE HAUTE", commune="99002"),
        one(8, lonlat=None),
    ]
    spots = spots_of(rows, TWO_STREETS, 100)
    assert [(spot.name, spot.segment) for spot in spots] == [
        ("Avenue Saint-Ouen", 2),
        ("Rue Haute", 1),
        ("Avenue Saint-Ouen", 2),
        ("Rue Haute", 0),
        (None, NOWHERE),
        ("Rue Haute", NOWHERE),
        ("RUE HAUTE", NOWHERE),
        (None, NOWHERE),
    ]
    assert spots[6].commune == "99002"
    assert [s.name for s in spots_of(rows[2:4], (), 100)] == ["av. st-ouen", "rue inconnue"]


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Av. St-Ouen", "avenue saint ouen"),
        ("BD DE L'ÉGLISE", "boulevard de l eglise"),
        ("r du 8 mai 1945", "rue du 8 mai 1945"),
        ("  ", ""),
    ],
)
def test_street_names_compare(name: str, plain: str) -> None:
    """Accents, case, hyphens and abbreviations do not matter."""
    assert plain_street(name) == plain


def test_bays_are_compared_by_places_and_without_an_invented_constant() -> None:
    """A plain ratio of deliveries to places; places needed only if the parameter is given, with its source."""
    needs, sums = summed([one(1), one(2, lonlat=lonlat(400, 3))])
    bays = read_bays(
        collection(
            bay_feature("near", geometry=polygon(110, 3), capacity=3),
            bay_feature("far", geometry=polygon(100, 5000)),
        )
    ).bays
    spots = spots_of([need.establishment for need in needs], TWO_STREETS, 100)
    left = add_bays(sums, needs, spots, Surroundings(TWO_STREETS, bays), Parameters())
    (street,) = sums.values()
    assert (left, street.bays, street.capacity) == (["far"], 1, 3)
    assert street.near_share == pytest.approx(0.5)
    assert street.deliveries_per_place is not None
    assert street.deliveries_per_place.high == pytest.approx(20 / 3)
    assert Parameters().movements_per_place is None
    assert street.places_needed(Range(10, 20, 40)) == Range(16 / 40, 18 / 20, 20 / 10)


def test_without_lines_bays_of_streets_are_unknown() -> None:
    """How far a bay is can be said, on which street it lies cannot."""
    needs, sums = summed([one(street="Rue Haute")], streets=())
    bays = read_bays(collection(bay_feature("near", geometry=polygon(110, 3)))).bays
    spots = spots_of([need.establishment for need in needs], (), 100)
    assert add_bays(sums, needs, spots, Surroundings((), bays), Parameters()) is None
    (street,) = sums.values()
    assert (street.bays, street.near_share, street.deliveries_per_place) == (None, 1.0, None)


PARAMETERS = """
[ratios.restaurant]
per = "establishment"
low = 5
mid = 10
high = 20
source = "own count, March 2026"

[ratios.pharmacy]
per = "establishment"
low = 20
mid = 32
high = 40
source = "own count, March 2026"

[codes]
"56.10" = "restaurant"

[movements_per_place]
low = 20
mid = 40
high = 60
source = "own count, March 2026"

[hours]
shares = [0,0,0,0,0,0,0.1,0.2,0.2,0.2,0.1,0.1,0.1,0,0,0,0,0,0,0,0,0,0,0]
source = "own count, March 2026"
"""


def test_every_value_can_be_replaced_with_its_source() -> None:
    """New kinds, kinds that count after all, places, hours; TOML and JSON alike."""
    parameters = read_parameters(PARAMETERS.encode(), "p.toml")
    needs = expected([one(activity="56.10A"), one(2, activity="47.73Z")], parameters)
    assert [(need.standing, need.deliveries) for need in needs] == [
        ("counted", Range(5, 10, 20)),
        ("counted", Range(20, 32, 40)),
    ]
    assert parameters.ratios["wholesale"] == RATIOS["wholesale"]
    as_json = {"within_m": {"value": 30, "source": "test"}}
    assert read_parameters(json.dumps(as_json).encode(), "p.JSON").within_m.value == 30


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        'unknown = "x"',
        '[ratios.a]\nlow = 1\nmid = 2\nhigh = 3\nper = "job"',
        '[ratios.a]\nlow = 3\nmid = 2\nhigh = 1\nsource = "s"',
        '[ratios.a]\nlow = 1\nsource = "s"',
        '[ratios.a]\nsource = "s"',
        '[ratios.a]\ntreatment = "apart"\nsource = "s"',
        '[ratios.a]\nlow = -1\nmid = 2\nhigh = 3\nsource = "s"',
        '[ratios.a]\nlow = nan\nmid = 2\nhigh = 3\nsource = "s"',
        '[codes]\n"56" = "nothing"',
        f'[hours]\nshares = {[1 / 23] * 23}\nsource = "s"',
        f'[hours]\nshares = {[0.1] * 24}\nsource = "s"',
        '[within_m]\nvalue = 0\nsource = "s"',
        '[movements_per_place]\nlow = 3\nmid = 2\nhigh = 1\nsource = "s"',
        "within_m = 50",
    ],
)
def test_parameters_without_source_or_order_are_refused(text: str) -> None:
    """What cannot be meant is refused with the name of the file."""
    with pytest.raises(InvalidFile, match=r"p\.toml.*wanted|p\.toml"):
        read_parameters(text.encode(), "p.toml")


def test_the_parameters_of_the_page_are_read(repo: Path) -> None:
    """The example of the how-to page is one, and its table of ratios says what the code says."""
    page = (repo / "docs/how-to/estimate-need.md").read_text()
    example = page.split("```toml\n")[1].split("```")[0]
    parameters = read_parameters(example.encode(), "p.toml")
    assert parameters.ratios["restaurant"].movements == Range(5, 10, 20)
    for kind, ratio in RATIOS.items():
        (row,) = [row for row in page.splitlines() if row.startswith(f"| `{kind}` |")]
        told = [cell.strip() for cell in row.split("|")[2:6]]
        wanted = ratio.movements
        if wanted is None:
            assert not any(told)
        else:
            assert told == [f"{wanted.low:g}", f"{wanted.mid:g}", f"{wanted.high:g}", ratio.per]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """Write establishments, streets, bays and parameters."""
    content: dict[str, str] = {
        "e.csv": ours().decode(),
        "streets.geojson": json.dumps(collection(line("Rue Haute", 0), line("Rue Basse", 80))),
        "bays.geojson": json.dumps(collection(bay_feature("x", geometry=polygon(110, 3)))),
        "p.toml": PARAMETERS,
    }
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    return {name: str(tmp_path / name) for name in content}


def run(*args: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(root, ["need", *args])


def test_the_command_writes_a_map_marked_as_prior(files: dict[str, str], tmp_path: Path) -> None:
    """Each feature and the whole say so; parameters, sources, limits and what is not counted stand beside."""
    out = tmp_path / "need.geojson"
    result = run(
        files["e.csv"],
        "--streets",
        files["streets.geojson"],
        "--bays",
        files["bays.geojson"],
        "--parameters",
        files["p.toml"],
        "--out",
        str(out),
        "--report",
    )
    assert result.exception is None, result.exception
    document = json.loads(out.read_text())
    (feature,) = document["features"]
    assert document["basis"] == feature["properties"]["basis"] == "prior"
    assert feature["geometry"]["type"] == "MultiLineString"
    told = feature["properties"]
    assert told["street"] == "Rue Haute"
    assert told["deliveries_per_week"]["mid"] == pytest.approx(9 + 21.7 + 3.3)
    assert sum(told["deliveries_by_hour"]["mid"]) == pytest.approx(34, abs=0.1)
    assert told["deliveries_by_hour"]["high"][5:7] == [0, pytest.approx(6, abs=0.1)]
    assert told["near_share"] == 1
    assert (told["bays"], told["capacity"], told["places_needed"]["mid"]) == (1, 2, 0.85)
    assert len(document["refused"]) == 6
    assert document["parameters"]["ratios"]["wholesale"]["source"]
    for words in ("no measure", "limits:", "refused:", "parameters:", "Rue Haute"):
        assert words in result.stdout


def test_the_table_is_safe_to_open_in_a_spreadsheet(files: dict[str, str], tmp_path: Path) -> None:
    """A street named like a formula is text; every row says prior; without parameters no hour and no place is invented."""
    Path(files["e.csv"]).write_text('id,activity,street\n1,47.24Z,"=1+1"\n2,47.24Z,Rue Haute\n')
    out = tmp_path / "need.csv"
    assert run(files["e.csv"], "--out", str(out)).exception is None
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["street"] for row in rows] == ["'=1+1", "Rue Haute"]
    assert {row["basis"] for row in rows} == {"prior"}
    assert rows[0]["deliveries_per_week_mid"] == "9.0"
    blank = ("bays", "near_share", "deliveries_per_place_mid")
    assert [rows[0][name] for name in blank] == [""] * 3
    assert not [name for name in rows[0] if name.startswith(("places_needed", "deliveries_by"))]
    with_all = tmp_path / "all.csv"
    given = ("--parameters", files["p.toml"], "--bays", files["bays.geojson"])
    assert run(files["e.csv"], *given, "--out", str(with_all)).exception is None
    names = with_all.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
    assert {"places_needed_high", "deliveries_by_hour_mid_09", "by_kind_food_trade_low"} <= {*names}
    assert len(names) == len(set(names))


BROKEN: dict[str, Callable[[dict[str, str], Path], list[str]]] = {
    "ending": lambda files, folder: [files["e.csv"], "--out", str(folder / "x.pdf")],
    "no columns": lambda files, folder: [files["streets.geojson"], "--out", str(folder / "x.csv")],
    "zero bytes": lambda _, folder: [
        str(zero_bytes(folder)),
        "--out",
        str(folder / "x.csv"),
    ],
    "no folder": lambda files, folder: [files["e.csv"], "--out", str(folder / "no" / "x.csv")],
    "parameters": lambda files, folder: [
        files["e.csv"],
        "--parameters",
        files["e.csv"],
        "--out",
        str(folder / "x.csv"),
    ],
}
"""Commands that cannot be done."""


def zero_bytes(folder: Path) -> Path:
    """Write a file that is no text."""
    path = folder / "zero.csv"
    path.write_bytes(b"id,activity\n\x00")
    return path


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    case: str, files: dict[str, str], tmp_path: Path
) -> None:
    """One sentence with what was wanted, and no file."""
    result = run(*BROKEN[case](files, tmp_path))
    assert isinstance(result.exception, InvalidFile)
    assert "wanted" in str(result.exception)
    assert not list(tmp_path.glob("x.*"))


def test_ranges_are_ordered() -> None:
    """A range out of order, below zero or without end is refused."""
    for low, mid, high in ((2, 1, 3), (-1, 0, 1), (0, 1, float("inf")), (float("nan"), 1, 2)):
        with pytest.raises(InvalidInput):
            Range(low, mid, high)
