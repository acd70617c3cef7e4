"""The inventory of a commune in a real browser: read, checked, previewed, imported, taken back."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.web.served import OpenPage, Site, airelib, import_places, serving

INSEE = "99001"
PAGE = f"/communes/{INSEE}/inventaire"
HEADERS = {"csv": b"ARR_PRESENT", "geojson": b"{", "gpkg": b"SQLite format 3", "parquet": b"PAR1"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, Path]]:
    """Run a service of this module's own: its inventory is changed."""
    folder = tmp_path_factory.mktemp("inventory")
    database = f"sqlite:///{folder / 'airelib.db'}"
    airelib("db", "upgrade", "--database", database)
    import_places(folder, database)
    key = airelib("officers", "add", "Agente de test", "--database", database)
    with serving(database) as url:
        yield Site(url, key.strip().removeprefix("key ")), folder


def places(folder: Path) -> list[dict[str, Any]]:
    """Return the commune's bays as they were imported."""
    features: list[dict[str, Any]] = json.loads((folder / "bays.geojson").read_text())["features"]
    return [one for one in features if one["properties"]["commune"] == INSEE]


def write(path: Path, features: list[dict[str, Any]]) -> Path:
    """Write a file of bays."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def edited(folder: Path) -> Path:
    """Write the inventory with one bay renamed, one moved by metres, one new, and one that is no polygon."""
    features = places(folder)
    renamed, moved, like = features[0], features[1], json.loads(json.dumps(features[2]))
    renamed["properties"]["name"] = "Devant la halle"
    ring = moved["geometry"]["coordinates"][0]
    moved["geometry"]["coordinates"][0] = [[lon + 0.0001, lat] for lon, lat in ring]
    new, broken = json.loads(json.dumps(like)), json.loads(json.dumps(like))
    new["properties"] |= {"bay_id": "99001-neuf", "name": "Quai neuf"}
    ring = new["geometry"]["coordinates"][0]
    new["geometry"]["coordinates"][0] = [[lon, lat + 0.002] for lon, lat in ring]
    broken["properties"]["bay_id"] = "99001-casse"
    broken["geometry"]["coordinates"] = [[[2.6, 48.9], [2.6001, 48.9]]]
    return write(folder / "edited.geojson", [*features, new, broken])


def opened(open_page: OpenPage, site: Site, **options: Any) -> Page:
    """Open the page of a site with the officer's key given."""
    page = open_page(PAGE, base=site.url, **options)
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()
    page.wait_for_selector(".findings")
    return page


def names(site: Site) -> dict[str, str]:
    """Return the names of the commune's bays as the service knows them."""
    features = site.get(f"/api/v1/bays?commune={INSEE}")["features"]
    return {one["properties"]["bay_id"]: one["properties"]["name"] for one in features}


def test_page_says_what_stands_on_the_street(open_page: OpenPage, own: tuple[Site, Path]) -> None:
    """How many bays of each type, each with its rule in words; the filter finds one by its name."""
    site, folder = own
    page = open_page(PAGE, base=site.url, width=1440)
    features = places(folder)
    expect(page.locator(".lead-sentence")).to_contain_text(f"{len(features)} aires de livraison")
    rows = page.locator(".inventory-bays tbody tr")
    expect(rows).to_have_count(len(features))
    wanted = features[7]["properties"]["name"]
    page.get_by_label("Chercher une aire").fill(wanted)
    expect(rows.filter(has_text=wanted).first).to_be_visible()
    expect(page.locator("#inventory-bays-title")).not_to_have_text(f"{len(features)} aires")


def test_open_files_are_what_they_say(open_page: OpenPage, own: tuple[Site, Path]) -> None:
    """Each link of open data gives a file of its kind, and the addresses for other software are those of the site."""
    site, _ = own
    page = open_page(PAGE, base=site.url)
    links = page.locator(".reuse-files a")
    expect(links).to_have_count(len(HEADERS))
    for link in links.all():
        address = link.get_attribute("href") or ""
        with urllib.request.urlopen(f"{site.url}{address}", timeout=30) as answer:
            head = answer.read(20)
        assert head.removeprefix(b"\xef\xbb\xbf").startswith(HEADERS[address.rsplit(".", 1)[1]])
    expect(page.locator(".reuse-addresses")).to_contain_text(f"{site.url}/ogc")
    expect(page.locator(".reuse-addresses")).to_contain_text(f"{site.url}/cds/{INSEE}")


def test_file_is_shown_then_imported_then_taken_back(
    open_page: OpenPage, own: tuple[Site, Path]
) -> None:
    """The preview counts what would change and says why a row is refused; only the button writes, and undo restores."""
    site, folder = own
    before = names(site)
    page = opened(open_page, site, width=1440)
    page.set_input_files("#import-file", str(edited(folder)))
    preview = page.locator(".preview")
    expect(preview.locator("[data-change=new] dd")).to_have_text("1")
    expect(preview.locator("[data-change=changed] dd")).to_have_text("1")
    expect(preview.locator("[data-change=moved] dd")).to_have_text("1")
    expect(preview).to_contain_text("1 ligne refusée")
    expect(preview).to_contain_text("Le contour n'est pas celui d'une aire.")
    page.wait_for_selector(".preview-map .map-canvas[data-drawn='true']", timeout=30_000)
    assert names(site) == before
    page.get_by_role("button", name="Importer ces 3 aires").click()
    expect(page.get_by_role("status").filter(has_text="L'inventaire est importé.")).to_be_visible()
    assert names(site)["99001-neuf"] == "Quai neuf"
    newest = page.locator(".imports li").first
    expect(newest).to_contain_text("edited.geojson")
    expect(newest).to_contain_text("par Agente de test")
    newest.get_by_role("button", name="Annuler cet import").click()
    newest.get_by_role("button", name="Oui, annuler").click()
    expect(page.get_by_role("status").filter(has_text="L'import est annulé")).to_be_visible()
    assert names(site) == before


def test_file_that_cannot_be_read_is_refused_in_place(
    open_page: OpenPage, own: tuple[Site, Path]
) -> None:
    """The page says that the file cannot be read, and nothing is changed."""
    site, folder = own
    before = names(site)
    page = opened(open_page, site, provoked=("400 (Bad Request)",))
    bad = folder / "carte.xml"
    bad.write_text('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    page.set_input_files("#import-file", str(bad))
    expect(page.get_by_role("alert")).to_contain_text("Ce fichier ne peut pas être lu.")
    expect(page.locator(".preview")).to_have_count(0)
    assert names(site) == before


def test_findings_are_grouped_with_their_bays(open_page: OpenPage, own: tuple[Site, Path]) -> None:
    """What the linter says is there, the same number of bays, each a link to its page."""
    site, _ = own
    request = urllib.request.Request(
        f"{site.url}/api/v1/inventory/findings?commune={INSEE}",
        headers={"Authorization": f"Bearer {site.officer_key}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        found = json.load(answer)["items"]
    page = opened(open_page, site)
    groups = page.locator(".finding")
    expect(groups).to_have_count(len({one["code"] for one in found}))
    short = groups.filter(has_text="Plus courte que 12 m")
    short.locator("summary").click()
    expect(short.locator("li")).to_have_count(sum(one["code"] == "too_short" for one in found))


def test_a_day_of_market_is_kept_and_removed(open_page: OpenPage, own: tuple[Site, Path]) -> None:
    """A calendar appears with its day, and goes when it is removed."""
    site, _ = own
    page = opened(open_page, site)
    page.get_by_label("Nom du calendrier").fill("marché")
    page.get_by_label("Jour").fill("2030-05-04")
    page.get_by_role("button", name="Ajouter ce jour").click()
    kept = page.locator(".calendars li")
    expect(kept).to_contain_text("4 mai 2030")
    kept.get_by_role("button", name="Supprimer le calendrier marché").click()
    expect(kept).to_have_count(0)


def test_documents_of_a_proposal_are_saved_with_the_key(open_page: OpenPage, site: Site) -> None:
    """Each document is saved as a file of its kind; no address carries the key."""
    item = site.get("/api/v1/suggestions?commune=99001")["items"][0]
    page = open_page(f"/propositions/{item['id']}", width=1440)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()
    starts = {
        "Projet d'arrêté (DOCX)": b"PK",
        "Projet d'arrêté (PDF)": b"%PDF",
        "DiaLog (JSON)": b"{",
        "DATEX II (XML)": b"<?xml",
        "Texte du panneau": b"",
    }
    for name, start in starts.items():
        with page.expect_download() as saved:
            page.get_by_role("button", name=name, exact=True).click()
        content = Path(saved.value.path()).read_bytes()
        assert content.startswith(start)
        assert content
    assert not [url for url in asked if site.officer_key in url]


def test_what_applies_now_is_said_on_the_bay(open_page: OpenPage, site: Site) -> None:
    """The page of a bay says what the service says of this moment."""
    bay = site.get(f"/api/v1/bays?commune={INSEE}")["features"][0]["properties"]["bay_id"]
    page = open_page(f"/aires/{bay}")
    expect(page.locator(".rule-now")).to_contain_text("Maintenant :")
