"""The map page in a real browser on a real service."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect

from tests.web.served import CHROMIUM, COMMUNES, UNSEEN_BAY, OpenPage, Site, map_ready

TUESDAY_10H = 24 + 10
NO_FIGURE = "\N{EN DASH}"


def query(page: Page) -> dict[str, str]:
    """Return the query of the page's address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def picture_of_map(page: Page) -> NDArray[np.uint8]:
    """Return the map as drawn, shape ``(height, width, 3)``, blue green red."""
    map_ready(page)
    png = page.locator(".map-canvas canvas").screenshot()
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.astype(np.uint8)


def shown_occupancy(page: Page) -> str:
    """Return the occupancy that the page says of the whole selection."""
    return page.locator(".headline-exact dd").first.inner_text()


def column(page: Page, number: int) -> list[str]:
    """Return the texts of one column of the table of figures."""
    return page.locator(f".figures tbody tr > :nth-child({number})").all_inner_texts()


def shares_of(texts: list[str]) -> list[float]:
    """Return the percentages of a column's cells, without those that were not seen."""
    found = [re.match(r"([\d,.]+)\s*%", text) for text in texts]
    return [float(match[1].replace(",", ".")) for match in found if match]


def percent(share: float) -> int:
    """Return a share of three decimals as the screen rounds it: half up."""
    return (round(share * 1000) + 5) // 10


def colours(picture: NDArray[np.uint8]) -> int:
    """Return how many colours cover at least a thousandth of a picture."""
    _, counts = np.unique(picture.reshape(-1, 3), axis=0, return_counts=True)
    return int((counts > picture[..., 0].size / 1000).sum())


def test_map_is_drawn(open_page: OpenPage) -> None:
    """The map shows ground, land and communes in more than one colour."""
    assert colours(picture_of_map(open_page("/carte"))) >= 3


def test_sentence_and_figures_are_those_of_the_service(open_page: OpenPage, site: Site) -> None:
    """The total that the page says is the sum over the service's own figures of that hour."""
    page = open_page("/carte")
    week = {item["id"]: item for item in site.get("/api/v1/occupancy/week?weeks=5")["items"]}
    taken = places = 0.0
    for bay in site.get("/api/v1/bays")["features"]:
        item, capacity = week[bay["id"]], bay["properties"]["capacity"]
        if item["occupancy"][TUESDAY_10H] is not None:
            places += capacity * item["coverage"][TUESDAY_10H]
            taken += capacity * item["coverage"][TUESDAY_10H] * item["occupancy"][TUESDAY_10H]
    expect(page.locator(".headline-sentence")).to_contain_text("le mardi entre 10")
    assert shares_of([shown_occupancy(page)])[0] == round(100 * taken / places, 1)


def test_slider_changes_figures_map_and_address_without_a_request(open_page: OpenPage) -> None:
    """One step of the slider by key redraws everything from what is already there."""
    page = open_page("/carte")
    before, picture = shown_occupancy(page), picture_of_map(page)
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.get_by_label("Heure de la journée").press("End")
    expect(page.locator(".headline-sentence")).to_contain_text("entre 23")
    assert shown_occupancy(page) != before
    assert query(page) == {"hour": "23"}
    assert (picture_of_map(page) != picture).mean() > 0.05
    assert [path for path in asked if path != "/favicon.svg"] == []


def test_reload_restores_the_whole_state(open_page: OpenPage) -> None:
    """Time, filters, order and chosen bay come back from the address alone."""
    path = "/carte?day=fr&hour=15&commune=99002&type=periodic&seen=1&sort=name&bay=99002-0001"
    page = open_page(path)
    page.locator(".bay-card .rests-on").wait_for()
    before = page.locator(".carte-panel").inner_text()
    page.reload()
    page.locator(".bay-card .rests-on").wait_for()
    assert page.locator(".carte-panel").inner_text() == before
    expect(page.get_by_label("Commune", exact=True)).to_have_value("99002")
    expect(page.get_by_label("Type d'aire")).to_have_value("periodic")
    expect(page.get_by_label("Heure de la journée")).to_have_value("15")
    expect(page.get_by_role("radio", name="ven.")).to_be_checked()


def test_back_and_forward_work(open_page: OpenPage) -> None:
    """A filter is a step in the browser's history."""
    page = open_page("/carte")
    page.get_by_label("Commune", exact=True).select_option("99002")
    expect(page.locator(".headline-sentence")).to_contain_text("À ")
    page.go_back()
    expect(page.locator(".headline-sentence")).to_contain_text("toutes les communes")
    page.go_forward()
    expect(page.get_by_label("Commune", exact=True)).to_have_value("99002")


def test_card_says_what_its_figures_rest_on(open_page: OpenPage) -> None:
    """The chosen bay tells why it was not seen and by which calibration it was measured; a bay seen always tells the latter."""
    page = open_page(f"/carte?bay={COMMUNES[0]}-0004")
    rests_on = page.locator(".bay-card .rests-on")
    expect(rests_on).to_contain_text(re.compile(r"Non vue\s*67\s% du temps\s: trop sombre\s40\s%,"))
    expect(rests_on).to_contain_text(re.compile(r"caméra déplacée\s13\s%"))
    expect(rests_on).to_contain_text(re.compile(r"Calibrage\s: 1er mars 2026"))
    expect(rests_on).to_contain_text("Depuis le 2 mars 2026")
    expect(rests_on).to_contain_text(re.compile(r"Double file\s*96\smin"))
    page.goto(page.url.replace("-0004", "-0001"))
    expect(rests_on).to_contain_text("2 calibrages dans la période, le dernier du 17 mars 2026")
    expect(rests_on).not_to_contain_text(re.compile("Non vue|Double file"))


def test_table_sorts_by_any_column(open_page: OpenPage) -> None:
    """Occupancy falls at first, rises after a press, and says so; what was not seen stays last."""
    page = open_page("/carte")
    page.locator(".figures tbody tr").first.wait_for()
    falling = column(page, 2)
    assert shares_of(falling) == sorted(shares_of(falling), reverse=True)
    header = page.locator(".figures th[scope=col]").nth(1)
    expect(header).to_have_attribute("aria-sort", "descending")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", "ascending")
    expect(page.locator(".figures tbody tr td").first).not_to_have_text(falling[0])
    rising = shares_of(column(page, 2))
    assert rising == sorted(rising)
    assert query(page) == {"sort": "occupancy"}
    page.locator(".figures th[scope=col]").first.get_by_role("button").click()
    expect(page.locator(".figures th[scope=col]").first).to_have_attribute("aria-sort", "ascending")
    names = [text.split("\n")[0] for text in column(page, 1)]
    assert len(set(names)) > 10
    assert query(page) == {"sort": "name"}


def test_unseen_is_not_empty(open_page: OpenPage, site: Site) -> None:
    """A bay that no camera saw has a dash, and never a zero."""
    bay = sorted(one["id"] for one in site.get("/api/v1/bays")["features"])[UNSEEN_BAY]
    page = open_page(f"/carte?bay={bay}&commune={bay[:5]}")
    expect(page.locator(".bay-card")).to_contain_text("inconnu")
    row = page.locator(".figures tbody tr[data-chosen=true]")
    expect(row.locator("td").first).to_have_text(NO_FIGURE)
    expect(page.locator(".figures tbody tr").last).to_have_attribute("data-chosen", "true")


def test_filters_narrow_table_and_total(open_page: OpenPage) -> None:
    """Commune, bay type and coverage leave out bays; the page counts what is left."""
    page = open_page("/carte")
    title = page.locator("#figures-title")
    expect(title).to_have_text(re.compile(r"^\d+ aires$"))
    everything = title.inner_text()
    page.get_by_label("Commune", exact=True).select_option("99001")
    expect(title).not_to_have_text(everything)
    commune = int(title.inner_text().split()[0])
    page.get_by_label("observées au moins").check()
    expect(title).to_have_text(f"{commune - 2} aires")
    assert query(page) == {"commune": "99001", "seen": "1"}


def test_class_filter_asks_the_service_for_that_class(open_page: OpenPage, site: Site) -> None:
    """With one class chosen the figures are those of that class."""
    page = open_page("/carte?commune=99003&sort=name")
    page.locator(".figures tbody tr").first.wait_for()
    all_classes, total = shares_of(column(page, 2)), shown_occupancy(page)
    with page.expect_response(lambda answer: "class=van" in answer.url):
        page.get_by_label("Véhicules").select_option("van")
    expect(page.locator(".headline-sentence")).to_contain_text("utilitaire léger seulement")
    items = site.get("/api/v1/occupancy/week?weeks=5&commune=99003&class=van")["items"]
    wanted = sorted(percent(item["occupancy"][TUESDAY_10H]) for item in items)
    expect(page.locator(".figures tbody tr")).to_have_count(len(items))
    expect(page.locator(".headline-exact dd").first).not_to_have_text(total)
    found = sorted(shares_of(column(page, 2)))
    assert found == wanted
    assert sum(found) < sum(all_classes)


def test_communes_in_the_table(open_page: OpenPage) -> None:
    """The same selection by commune, and a press on one chooses it."""
    page = open_page("/carte?table=communes")
    rows = page.locator(".figures tbody tr")
    expect(rows).to_have_count(len(COMMUNES))
    rows.first.get_by_role("button").click()
    expect(rows).to_have_count(1)
    assert query(page)["commune"] in COMMUNES


def test_row_focus_points_at_the_map(open_page: OpenPage) -> None:
    """Focusing a row by keyboard shows that bay's figure on the map."""
    page = open_page("/carte?commune=99001")
    map_ready(page)
    button = page.locator(".figures tbody button").first
    button.focus()
    expect(page.locator(".tip")).to_contain_text(button.inner_text())
    expect(page.locator(".tip")).to_contain_text("Occupé à")
    page.keyboard.press("Tab")
    expect(page.locator(".tip")).not_to_contain_text(button.inner_text())


def test_map_moves_by_keyboard_and_keeps_its_place_in_the_address(open_page: OpenPage) -> None:
    """Plus zooms, arrows pan, and the place is in the address."""
    page = open_page("/carte")
    map_ready(page)
    page.locator(".map-canvas canvas").focus()
    page.keyboard.press("+")
    page.wait_for_url(re.compile(r"[?&]map=\d+\.\d+/"))
    before = query(page)["map"]
    page.keyboard.press("ArrowRight")
    page.wait_for_function("before => !location.search.includes(before)", arg=before)


def test_click_on_a_commune_chooses_it(open_page: OpenPage) -> None:
    """At low zoom the map's communes can be pressed."""
    page = open_page("/carte")
    map_ready(page)
    box = page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.45)
    page.wait_for_url(re.compile(r"commune=99\d{3}"))


def test_last_slot_is_shown_and_not_live(open_page: OpenPage, site: Site) -> None:
    """The last complete slot has its time in words, and the page says why it is not live."""
    page = open_page("/carte")
    page.get_by_role("radio", name="Dernier quart d'heure").check()
    expect(page.locator(".headline-sentence")).to_contain_text(re.compile(r"le \w+ \d+ \w+"))
    slot = site.get("/api/v1/occupancy")
    assert len(slot["items"]) == len(site.get("/api/v1/bays")["features"])
    assert query(page) == {"view": "slot"}
    page.get_by_text("Pourquoi pas en direct ?").click()
    expect(page.get_by_text("quarts d'heure complets")).to_be_visible()


def test_last_slot_is_asked_again_each_minute(open_page: OpenPage) -> None:
    """A minute later the page asks again, and an unchanged answer costs a 304."""
    page = open_page("/communes")
    page.clock.install()
    page.goto(page.url.replace("/communes", "/carte?view=slot"))
    expect(page.locator(".headline-sentence")).to_contain_text("dimanche")
    with page.expect_response(lambda answer: "/occupancy?" in answer.url) as waited:
        page.clock.run_for(61_000)
    assert waited.value.status == 304


def test_pointing_at_the_map_marks_the_row(open_page: OpenPage, site: Site) -> None:
    """A bay under the pointer has its row marked; a press opens its card."""
    bay = site.get("/api/v1/bays")["features"][8]
    corners = bay["geometry"]["coordinates"][0][:4]
    lon, lat = (sum(corner[i] for corner in corners) / 4 for i in (0, 1))
    page = open_page(f"/carte?commune={bay['properties']['commune']}&map=18/{lat}/{lon}")
    map_ready(page)
    box = page.locator(".map-canvas canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".tip")).to_contain_text(bay["properties"]["name"])
    row = page.locator(".figures tbody tr[data-pointed=true]")
    expect(row).to_contain_text(bay["properties"]["name"])
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator(".bay-card h2")).to_be_in_viewport()
    assert query(page)["bay"] == bay["id"]


def test_a_lost_service_is_said_and_can_be_asked_again(open_page: OpenPage) -> None:
    """Without a network the page says so in words, keeps its figures, and recovers on a press."""
    page = open_page("/carte", provoked=("ERR_INTERNET_DISCONNECTED",))
    map_ready(page)
    page.locator(".figures tbody tr").first.wait_for()
    page.context.set_offline(True)
    page.get_by_label("Véhicules").select_option("truck")
    expect(page.get_by_role("alert")).to_contain_text("Le service ne répond pas")
    expect(page.locator(".figures tbody tr").first).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_csv_of_the_selection(open_page: OpenPage, tmp_path: Path) -> None:
    """The downloaded file has one row per bay of the selection and the figures of the table."""
    page = open_page("/carte?commune=99001")
    page.locator(".figures tbody tr").first.wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="Tableau (CSV)").click()
    target = tmp_path / started.value.suggested_filename
    started.value.save_as(target)
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    assert len(rows) == page.locator(".figures tbody tr").count()
    shown = shares_of(column(page, 2))
    assert [percent(float(row["occupancy"])) for row in rows if row["occupancy"]] == shown


def test_language_switch(open_page: OpenPage) -> None:
    """One press turns page, title and document language to English, and the address keeps it."""
    page = open_page("/carte?hour=9")
    expect(page).to_have_title(f"Occupation des aires de livraison {NO_FIGURE} Airelib")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title(f"Occupancy of delivery bays {NO_FIGURE} Airelib")
    expect(page.locator(".headline-sentence")).to_contain_text("on Tuesday between 09:00 and 10:00")
    assert query(page) == {"hour": "9", "lang": "en"}
    page.get_by_role("link", name="Communes").click()
    assert query(page) == {"lang": "en"}


def test_theme_switch_is_kept(open_page: OpenPage) -> None:
    """The chosen theme outlives a reload and redraws the map."""
    page = open_page("/carte")
    light = picture_of_map(page).mean()
    page.get_by_role("button", name="Passer au thème sombre").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert picture_of_map(page).mean() < light


def test_empty_install_says_what_to_run(open_page: OpenPage, empty_site: Site) -> None:
    """Without communes the page names the commands that begin."""
    page = open_page("/", base=empty_site.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Tout est prêt, il manque les aires")
    expect(page.get_by_text("airelib bays import")).to_be_visible()


def test_without_webgl_the_table_remains(site: Site, browser: Browser) -> None:
    """A browser that cannot draw the map says so in its place, and shows every figure."""
    kind = browser.browser_type
    flags = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"]
    with kind.launch(executable_path=CHROMIUM, args=flags) as plain:
        page = plain.new_page()
        page.goto(f"{site.url}/carte")
        expect(page.get_by_text("Ce navigateur ne peut pas dessiner la carte")).to_be_visible()
        expect(page.locator(".figures tbody tr").first).to_be_visible()


def test_phone_has_map_and_sheet(open_page: OpenPage) -> None:
    """At 360 px nothing overflows, the map is drawn, and the sheet rises by its handle."""
    page = open_page("/carte", width=360, height=740)
    assert colours(picture_of_map(page)) >= 3
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    handle = page.locator(".sheet-handle")
    low = page.locator(".carte-panel").bounding_box()
    handle.click()
    expect(handle).to_have_attribute("aria-expanded", "true")
    high = page.locator(".carte-panel").bounding_box()
    assert low is not None
    assert high is not None
    assert high["y"] < low["y"] - 100
