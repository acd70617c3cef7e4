"""The abstract tests of OGC API - Features 1.0.1, Annex A, each under its name: core, GeoJSON, OpenAPI 3.0."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from service.ogc.catalogue import COLLECTIONS, CRS84
from service.ogc.links import JSON, OPENAPI
from service.ogc.query import DEFAULT_LIMIT, MAX_LIMIT
from service.store.bays import Bbox
from tests.service.ogc.conftest import Check, Get, link, relations
from tests.service.world import BAYS, World

OPEN = [one.id for one in COLLECTIONS.values() if not one.needs_key]
HOURS = "/collections/occupation-horaire/items"
MATCHED = {"aires": 5, "occupation-horaire": 244, "occupation-commune": 126, "communes": 2}
"""Features of the small world; two days and thirteen hours of four bays, of two communes."""

GEOJSON = "application/geo+json"


def ids(page: dict[str, Any]) -> list[str]:
    """Return the identifiers of a page's features."""
    return [one["id"] for one in page["features"]]


# /conf/core


def test_core_http(get: Get) -> None:
    """Documents come over HTTP 1.1; an unknown path, a wrong method and a bad query have their own status."""
    assert get("/collections").http_version == "HTTP/1.1"
    get("/nowhere", 404)
    get("/collections/nothing", 404)


def test_core_crs84(get: Get) -> None:
    """All coordinates are longitude then latitude, WGS 84, and every collection says so."""
    for one in get("/collections").json()["collections"]:
        assert one["crs"] == [CRS84]
        assert one["extent"]["spatial"]["crs"] == CRS84
        west, south, east, north = one["extent"]["spatial"]["bbox"][0]
        assert 2.6 <= west < east <= 2.7
        assert 48.9 <= south < north <= 48.95


@pytest.mark.parametrize("path", ["", "/"])
def test_core_root_op(get: Get, path: str) -> None:
    """The landing page answers with and without a slash."""
    assert get(path).headers["content-type"] == JSON


def test_core_root_success(get: Get, published: Check) -> None:
    """The landing page has its title and leads to definition, conformance and data."""
    page = get("").json()
    published("landingPage", page)
    assert page["title"]
    assert {"self", "service-desc", "conformance", "data"} <= relations(page)
    assert all(one["type"] and one["rel"] for one in page["links"])


def test_core_api_definition_op(get: Get) -> None:
    """The definition that the landing page names answers in its type."""
    named = link(get("").json(), "service-desc")
    assert named["type"] == OPENAPI
    assert get(named["href"]).headers["content-type"] == OPENAPI


def test_core_api_definition_success(get: Get) -> None:
    """The definition is an OpenAPI 3.0 document of these paths at this address."""
    document = get("/api").json()
    assert document["openapi"] == "3.0.3"
    assert document["servers"] == [{"url": "http://testserver/ogc"}]
    assert {"/", "/conformance", "/collections", "/collections/aires/items"} <= set(
        document["paths"]
    )


def test_core_conformance_op(get: Get) -> None:
    """The conformance declaration that the landing page names answers."""
    get(link(get("").json(), "conformance")["href"])


def test_core_conformance_success(get: Get, published: Check) -> None:
    """Exactly the classes that are tested here are declared."""
    declared = get("/conformance").json()
    published("confClasses", declared)
    base = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert declared["conformsTo"] == [f"{base}{name}" for name in ("core", "geojson", "oas30")]


def test_core_fc_md_op(get: Get) -> None:
    """The list of collections that the landing page names answers."""
    get(link(get("").json(), "data")["href"])


def test_core_fc_md_success(get: Get, published: Check) -> None:
    """The list validates, and every collection in it has its features."""
    listed = get("/collections").json()
    published("collections", listed)
    assert [one["id"] for one in listed["collections"]] == OPEN
    for one in listed["collections"]:
        assert get(link(one, "items")["href"]).json()["numberMatched"] == MATCHED[one["id"]]


def test_core_fc_md_links(get: Get) -> None:
    """The list leads to itself, with relation and type."""
    assert link(get("/collections").json(), "self")["type"] == JSON


def test_core_fc_md_items(get: Get) -> None:
    """Every collection that the service has is in the list of the one who may read it."""
    assert {one["id"] for one in get("/collections").json()["collections"]} == set(OPEN)


def test_core_fc_md_items_links(get: Get) -> None:
    """Every collection in the list leads to its features, with relation and type."""
    for one in get("/collections").json()["collections"]:
        assert link(one, "items")["type"] == GEOJSON
        assert link(one, "self")["type"] == JSON


@pytest.mark.parametrize("name", OPEN)
def test_core_fc_md_extent(get: Get, name: str) -> None:
    """The extent of a collection holds the geometry and the time of each of its features."""
    extent = get(f"/collections/{name}").json()["extent"]
    west, south, east, north = extent["spatial"]["bbox"][0]
    for one in get(f"/collections/{name}/items").json()["features"]:
        for lon, lat in points(one["geometry"]["coordinates"]):
            assert west <= lon <= east
            assert south <= lat <= north
        if "temporal" in extent:
            (begins, ends) = extent["temporal"]["interval"][0]
            assert begins <= one["properties"]["from_at"] <= ends


def points(coordinates: Any) -> list[tuple[float, float]]:
    """Return all positions of nested coordinates."""
    if isinstance(coordinates[0], float):
        return [(coordinates[0], coordinates[1])]
    return [point for part in coordinates for point in points(part)]


@pytest.mark.parametrize("name", OPEN)
def test_core_sfc_md_op(get: Get, name: str) -> None:
    """Every collection answers at its own address."""
    get(f"/collections/{name}")


@pytest.mark.parametrize("name", OPEN)
def test_core_sfc_md_success(get: Get, published: Check, name: str) -> None:
    """A collection says by itself what the list says of it."""
    by_itself = get(f"/collections/{name}").json()
    published("collection", by_itself)
    listed = get("/collections").json()["collections"]
    assert by_itself == next(one for one in listed if one["id"] == name)


@pytest.mark.parametrize("name", OPEN)
def test_core_fc_op(get: Get, name: str) -> None:
    """Features answer as GeoJSON."""
    assert get(f"/collections/{name}/items").headers["content-type"] == GEOJSON


@pytest.mark.parametrize("name", list(COLLECTIONS))
@pytest.mark.parametrize(
    ("parameter", "schema"),
    [
        ("bbox", {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}),
        ("datetime", {"type": "string"}),
        (
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        ),
    ],
)
def test_core_fc_bbox_limit_time_definition(
    get: Get, name: str, parameter: str, schema: dict[str, Any]
) -> None:
    """The parameters bbox, limit and datetime are declared on each collection's path as the standard writes them."""
    document = get("/api").json()
    named = [one.get("$ref") for one in declared(document, name)]
    assert f"#/components/parameters/{parameter}" in named
    said = document["components"]["parameters"][parameter]
    assert (said["in"], said["style"], said["explode"]) == ("query", "form", False)
    assert not said.get("required", False)
    assert said["schema"] == schema


def declared(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the parameters of a collection's features."""
    found: list[dict[str, Any]] = document["paths"][f"/collections/{name}/items"]["get"][
        "parameters"
    ]
    return found


BOXES: dict[str, tuple[Bbox, list[str]]] = {
    "around one bay": ((2.6105, 48.9, 2.6115, 48.95), [BAYS[1]]),
    "touching one edge": ((2.6, 48.9, 2.61, 48.95), [BAYS[0]]),
    "a point inside": ((2.61205, 48.91005, 2.61205, 48.91005), [BAYS[2]]),
    "a line across two": ((2.61005, 48.91005, 2.61105, 48.91005), list(BAYS[:2])),
    "between two bays": ((2.6102, 48.9, 2.6109, 48.95), []),
    "everywhere": ((-180, -90, 180, 90), list(BAYS)),
    "across the antimeridian": ((2.6125, -90, -170, 90), list(BAYS[3:])),
    "from the antimeridian": ((170, -90, 2.6105, 90), [BAYS[0]]),
}


@pytest.mark.parametrize("case", list(BOXES))
def test_core_fc_bbox_response(get: Get, case: str) -> None:
    """Features that meet the box are given, and no other; heights do not count."""
    (west, south, east, north), expected = BOXES[case]
    flat = get(f"/collections/aires/items?bbox={west},{south},{east},{north}").json()
    deep = get(f"/collections/aires/items?bbox={west},{south},-9,{east},{north},9").json()
    assert ids(flat) == ids(deep) == expected
    assert flat["numberMatched"] == len(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("communes", ["99001"]), ("occupation-commune", ["99001"]), ("occupation-horaire", ["99001"])],
)
def test_core_fc_bbox_response_of_every_collection(
    get: Get, name: str, expected: list[str]
) -> None:
    """The box selects by each collection's own geometry."""
    page = get(f"/collections/{name}/items?bbox=2.61,48.91,2.63,48.93").json()
    said = {
        one["properties"].get("commune", one["properties"].get("insee")) for one in page["features"]
    }
    assert sorted(said) == expected


@pytest.mark.parametrize(("limit", "returned"), [(1, 1), (2, 2), (5, 5), (6, 5), (MAX_LIMIT, 5)])
def test_core_fc_limit_response(get: Get, limit: int, returned: int) -> None:
    """There are never more features than asked for, and fewer only where there are no more."""
    assert len(get(f"/collections/aires/items?limit={limit}").json()["features"]) == returned


def test_core_fc_limit_response_above_the_maximum(get: Get) -> None:
    """More than the maximum is no error: the maximum is given."""
    page = get(f"{HOURS}?limit={10 * MAX_LIMIT}&offset=1").json()
    assert page["numberReturned"] == MATCHED["occupation-horaire"] - 1
    asked = parse_qs(urlsplit(link(page, "prev")["href"]).query)
    assert asked["limit"] == ["1"]
    get(f"{HOURS}?limit={'9' * 400}")


TIMES = {
    "an instant": ("2026-03-09T08:30:00Z", 1, "2026-03-09T08:00:00Z"),
    "an instant at the beginning": ("2026-03-09T08:00:00Z", 1, "2026-03-09T08:00:00Z"),
    "with an offset": ("2026-03-09T09:30:00%2B01:00", 1, "2026-03-09T08:00:00Z"),
    "an interval": ("2026-03-09T08:30:00Z/2026-03-09T10:00:00Z", 3, "2026-03-09T08:00:00Z"),
    "until": ("../2026-03-08T00:30:00Z", 2, "2026-03-07T23:00:00Z"),
    "until, empty": ("/2026-03-08T00:30:00Z", 2, "2026-03-07T23:00:00Z"),
    "since": ("2026-03-10T10:30:00.5Z/..", 2, "2026-03-10T10:00:00Z"),
    "since, empty": ("2026-03-10T10:30:00.5Z/", 2, "2026-03-10T10:00:00Z"),
    "before all": ("../1950-01-01T00:00:00Z", 0, None),
    "after all": ("2026-03-10T12:00:00Z/9999-12-31T23:59:59Z", 0, None),
    "from the first year": ("0001-01-01T00:00:00%2B14:00/..", 61, "2026-03-07T23:00:00Z"),
}


@pytest.mark.parametrize("case", list(TIMES))
def test_core_fc_time_response(get: Get, case: str) -> None:
    """Hours that meet an instant or interval are given, and no other; either end may be open."""
    text, hours, first = TIMES[case]
    page = get(f"{HOURS}?bay_id={BAYS[0]}&datetime={text}").json()
    assert page["numberMatched"] == len(page["features"]) == hours
    assert hours == 0 or page["features"][0]["properties"]["from_at"] == first


@pytest.mark.parametrize("name", ["aires", "communes"])
def test_core_fc_time_response_without_time(get: Get, name: str) -> None:
    """Features that have no time match any."""
    page = get(f"/collections/{name}/items?datetime=1999-01-01T00:00:00Z").json()
    assert page["numberMatched"] == MATCHED[name]


def test_core_fc_time_response_with_a_box(get: Get) -> None:
    """Box, time and filters all hold together."""
    query = "bbox=2.6095,48.9,2.6115,48.95&datetime=2026-03-09T08:30:00Z/..&commune=99001&limit=3"
    page = get(f"{HOURS}?{query}").json()
    assert page["numberMatched"] == 2 * (15 + 13)
    assert {one["properties"]["bay_id"] for one in page["features"]} == {BAYS[0]}


UNKNOWN = ["", "/api", "/conformance", "/collections", "/collections/aires"]
UNKNOWN += ["/collections/aires/items", "/collections/aires/schema"]
UNKNOWN += [f"/collections/aires/items/{BAYS[0]}", "/collections/occupation-commune/items"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_core_query_param_unknown(get: Get, published: Check, path: str) -> None:
    """A parameter that is not declared is refused everywhere, with the exception of the standard."""
    body = get(f"{path}?surprise=1", 400).json()
    published("exception", body)
    assert body["code"] == "unknown_parameter"
    assert "'surprise'" in body["description"]


INVALID = [
    "limit=0",
    "limit=-1",
    "limit=x",
    "limit=1.5",
    "limit=",
    "offset=-1",
    "offset=9999999999",
]
INVALID += ["bbox=1,2,3", "bbox=", "bbox=0,0,0,91", "bbox=0,1,1,0", "datetime=2026", "datetime="]
INVALID += ["type=zone", "type=", "commune=Paris", "limit=1&limit=2", "datetime=../.."]


@pytest.mark.parametrize("query", INVALID)
def test_core_query_param_invalid(get: Get, query: str) -> None:
    """A value that a parameter cannot have is refused, naming the value found and the one wanted."""
    answer = get(f"/collections/aires/items?{query}", 400)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["code"] == "invalid_parameter"
    assert "wanted" in body["description"]
    assert body["description"] == body["detail"]


@pytest.mark.parametrize("name", OPEN)
def test_core_fc_response(get: Get, published: Check, name: str) -> None:
    """Features validate as a GeoJSON collection, each with its own identifier, and all properties declared."""
    page = get(f"/collections/{name}/items").json()
    published("featureCollectionGeoJSON", page)
    assert len(set(ids(page))) == MATCHED[name]
    for one in page["features"]:
        assert list(one["properties"]) == list(COLLECTIONS[name].properties)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("aires", 1),
        ("aires", 2),
        ("communes", 1),
        *((name, limit) for name in OPEN for limit in (7, 100)),
    ],
)
def test_core_fc_links(get: Get, name: str, limit: int) -> None:
    """A page leads to itself, to its collection, to the next and the one before; all pages give each feature once."""
    address = f"/collections/{name}/items?limit={limit}"
    seen: list[str] = []
    before: list[str] = []
    while True:
        page = get(address).json()
        assert link(page, "self")["type"] == GEOJSON
        assert get(link(page, "self")["href"]).json()["features"] == page["features"]
        assert link(page, "collection")["href"].endswith(f"/collections/{name}")
        if seen:
            assert ids(get(link(page, "prev")["href"]).json()) == before
        else:
            assert "prev" not in relations(page)
        seen += ids(page)
        before = ids(page)
        if "next" not in relations(page):
            break
        address = link(page, "next")["href"]
    everything = get(f"/collections/{name}/items").json()
    assert seen == ids(everything)
    assert len(seen) == everything["numberMatched"]


@pytest.mark.parametrize("name", OPEN)
def test_core_fc_time_stamp(get: Get, name: str) -> None:
    """A page says when it was made."""
    stamp = get(f"/collections/{name}/items").json()["timeStamp"]
    assert datetime.fromisoformat(stamp).isoformat() == "2026-03-10T12:00:00+00:00"


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("query", ["limit=1", "limit=2&offset=1", "limit=3&offset=9999"])
def test_core_fc_number_matched(get: Get, name: str, query: str) -> None:
    """The number matched is that of all pages, also on a page past the last."""
    assert get(f"/collections/{name}/items?{query}").json()["numberMatched"] == MATCHED[name]


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("query", ["limit=1", "limit=3&offset=1", "limit=3&offset=9999"])
def test_core_fc_number_returned(get: Get, name: str, query: str) -> None:
    """The number returned is that of the features on the page."""
    page = get(f"/collections/{name}/items?{query}").json()
    assert page["numberReturned"] == len(page["features"])


@pytest.mark.parametrize("name", OPEN)
def test_core_f_op(get: Get, name: str) -> None:
    """Every feature of a page answers at its own address."""
    for one in get(f"/collections/{name}/items?limit=40").json()["features"]:
        answer = get(f"/collections/{name}/items/{one['id']}")
        assert answer.headers["content-type"] == GEOJSON
        alone = answer.json()
        assert alone.pop("links")
        assert alone == one


@pytest.mark.parametrize("name", OPEN)
def test_core_f_success(get: Get, published: Check, name: str) -> None:
    """A feature by itself validates."""
    one = get(f"/collections/{name}/items?limit=1").json()["features"][0]
    published("featureGeoJSON", get(f"/collections/{name}/items/{one['id']}").json())


@pytest.mark.parametrize("name", OPEN)
def test_core_f_links(get: Get, name: str) -> None:
    """A feature leads to itself and to its collection, with relation and type."""
    one = get(f"/collections/{name}/items?limit=1").json()["features"][0]
    alone = get(f"/collections/{name}/items/{one['id']}").json()
    assert link(alone, "self")["type"] == GEOJSON
    again = get(link(alone, "self")["href"]).json()
    assert again == alone
    assert get(link(alone, "collection")["href"]).json()["id"] == name


# /conf/geojson


def test_geojson_definition(get: Get) -> None:
    """The definition names GeoJSON as the type of features, and of nothing else."""
    for path, item in get("/api").json()["paths"].items():
        types = list(item["get"]["responses"]["200"]["content"])
        assert (types == [GEOJSON]) == ("/items" in path)


@pytest.mark.parametrize("name", OPEN)
def test_geojson_content(get: Get, name: str) -> None:
    """Features are GeoJSON with closed rings, longitude first, and no crs of their own."""
    page = get(f"/collections/{name}/items").json()
    assert page["type"] == "FeatureCollection"
    assert "crs" not in page
    for one in page["features"]:
        assert one["type"] == "Feature"
        assert all(
            2 < lon < 3 and 48 < lat < 49 for lon, lat in points(one["geometry"]["coordinates"])
        )
        if one["geometry"]["type"] == "Polygon":
            assert all(ring[0] == ring[-1] for ring in one["geometry"]["coordinates"])


# /conf/oas30


def test_oas30_oas_definition_1(get: Get) -> None:
    """The definition comes in the media type of OpenAPI 3.0."""
    assert get("/api").headers["content-type"] == OPENAPI


def test_oas30_oas_definition_2(get: Get) -> None:
    """All references of the definition lead somewhere, all operations have their own name, all answers a description."""
    document = get("/api").json()
    for target in references(document):
        found: Any = document
        for part in target.removeprefix("#/").split("/"):
            found = found[part]
        assert found
    operations = [item["get"] for item in document["paths"].values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert set(document["info"]) >= {"title", "version"}


def references(part: Any) -> list[str]:
    """Return all references of a document."""
    if isinstance(part, list):
        return [target for item in part for target in references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if "$ref" in part else []
    return own + [target for item in part.values() for target in references(item)]


def test_oas30_oas_impl(get: Get, filled: World) -> None:
    """Every path of the definition answers as it says, with a key where one is wanted."""
    document = get("/api").json()
    fids = {
        name: get(f"/collections/{name}/items?limit=1").json()["features"][0]["id"] for name in OPEN
    }
    for path, item in document["paths"].items():
        name = path.split("/")[2] if path.startswith("/collections/") else ""
        fid = fids.get(name, "1")
        status = 404 if name == "propositions" and "featureId" in path else 200
        answer = get(path.format(featureId=fid), status, headers=filled.bearer("officer"))
        said = item["get"]["responses"][str(status)]
        assert status == 404 or answer.headers["content-type"] in said["content"]


def test_oas30_completeness(get: Get) -> None:
    """Every operation says all that it may answer."""
    for path, item in get("/api").json()["paths"].items():
        statuses = set(item["get"]["responses"])
        assert {"200", "400", "401", "503"} <= statuses
        assert ("404" in statuses) == ("{featureId}" in path)
        assert ("403" in statuses) == ("propositions" in path)


def test_oas30_exceptions_codes(get: Get, published: Check) -> None:
    """Exceptions have the status that the definition says, and the body of the standard."""
    for path, status in (
        ("/collections/aires/items?limit=x", 400),
        ("/collections/propositions/items", 401),
        ("/collections/aires/items/none", 404),
        ("/collections/none", 404),
        ("/none", 404),
    ):
        body = get(path, status).json()
        published("exception", body)
        assert body["status"] == status


def test_oas30_security(get: Get) -> None:
    """Only suggestions want a key, and the definition says which kind."""
    document = get("/api").json()
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    for path, item in document["paths"].items():
        assert ({} in item["get"]["security"]) == ("propositions" not in path)
