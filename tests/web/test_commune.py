"""A commune's month in a real browser on a real service."""

from __future__ import annotations

import re
import urllib.request

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.served import OpenPage, Site

MONTH = "2026-03"
PATH = f"/communes/99001?month={MONTH}"
FILES = {"csv": b"", "gpkg": b"SQLite format 3", "pdf": b"%PDF-"}
"""Report files by extension, with how each begins."""


def number(text: str) -> float:
    """Return the first number of a French text."""
    found = re.search(r"\d[\d\s\xa0\u202f]*(,\d+)?", text)
    assert found is not None
    return float(re.sub(r"\s", "", found[0]).replace(",", "."))


def key_figure(page: Page, term: str) -> Locator:
    """Return the block of one key figure."""
    return page.locator(".key-one").filter(has_text=term)


def occupancy_shown(page: Page) -> float:
    """Return the occupancy among the key figures, in percent."""
    return number(key_figure(page, "Taux d'occupation").locator(".key-value").inner_text())


def test_key_figures_are_those_of_the_service(open_page: OpenPage, site: Site) -> None:
    """Value and interval of occupancy, stays and coverage are the API's."""
    figures = site.get(f"/api/v1/communes/99001/figures?month={MONTH}")
    page = open_page(PATH)
    expect(page.get_by_role("heading", level=1)).to_have_text(figures["name"])
    occupancy = figures["occupancy"]
    assert occupancy_shown(page) == pytest.approx(100 * occupancy["value"], abs=0.06)
    interval = key_figure(page, "Taux d'occupation").locator(".soft").inner_text()
    low, high = (number(part) for part in interval.split(" et "))
    assert low == pytest.approx(100 * occupancy["low"], abs=0.06)
    assert high == pytest.approx(100 * occupancy["high"], abs=0.06)
    assert number(page.locator(".facts dd").first.inner_text()) == figures["stays"]
    covered = key_figure(page, "Part observée").locator(".key-value").inner_text()
    assert number(covered) == pytest.approx(100 * figures["coverage"], abs=0.51)


def test_reserved_hours_come_first(open_page: OpenPage, site: Site) -> None:
    """Where the service tells occupancy in reserved hours, the page begins with it."""
    figures = site.get(f"/api/v1/communes/99001/figures?month={MONTH}")
    if "reserved_occupancy" not in figures:
        pytest.skip("the service does not tell occupancy in reserved hours")
    page = open_page(PATH)
    first = page.locator(".key-one").first
    expect(first).to_contain_text("heures réservées")
    shown = number(first.locator(".key-value").inner_text())
    assert shown == pytest.approx(100 * figures["reserved_occupancy"]["value"], abs=0.06)
    expect(page.locator(".lead-sentence")).to_contain_text("aux heures réservées")


def test_hours_are_charted_and_tabled(open_page: OpenPage, site: Site) -> None:
    """Two charts of 24 bars, named by their peak, and the same hours as a table."""
    page = open_page(PATH)
    charts = page.locator(".hours-chart svg")
    expect(charts).to_have_count(2)
    expect(charts.first).to_have_accessible_name(re.compile(r"le plus occupé à \d+"))
    page.get_by_text("Voir ces heures en tableau").click()
    hours = site.get(f"/api/v1/communes/99001/figures?month={MONTH}")["hours"]["weekday"]
    cells = page.locator(".hours-chart tbody tr > td:nth-child(2)").all_inner_texts()
    shown = [number(text) for text in cells]
    assert shown == pytest.approx([100 * hour["occupancy"] for hour in hours], abs=0.51)


def test_bays_that_need_attention_say_why(open_page: OpenPage) -> None:
    """The bay that is never seen and the one seen too little are named with their reason."""
    page = open_page(PATH)
    reasons = page.locator(".bays td.reason")
    expect(reasons.first).to_contain_text(re.compile("complète|observée"))
    page.get_by_role("button", name="Voir les").click()
    unseen = reasons.filter(has_text="jamais observée ce mois")
    expect(unseen).to_have_text(re.compile("jamais observée ce mois\\s: aucun relevé"))
    thin = reasons.filter(has_text="observée 32")
    expect(thin).to_have_text(re.compile("du temps seulement\\s: trop sombre"))
    expect(page.locator(".bays tbody tr")).to_have_count(35)


def test_what_the_month_rests_on_is_said_with_its_coverage(open_page: OpenPage, site: Site) -> None:
    """The reasons of unseen time are the service's, largest first, and a camera calibrated anew is named."""
    figures = site.get(f"/api/v1/communes/99001/figures?month={MONTH}")
    assert [one["reason"] for one in figures["unseen"]] == ["unreported", "dark", "shifted"]
    total = round(100 * sum(one["share"] for one in figures["unseen"]))
    notes = key_figure(open_page(PATH), "Part observée").locator(".soft")
    expect(notes).to_have_text(
        [
            re.compile(r"à partir de 70\s%$"),
            re.compile(rf"^Non vue {total}\s%\s: aucun relevé\s\d\s%, trop sombre\s1\s%$"),
            "2 calibrages dans la période, le dernier du 17 mars 2026",
            "1 aire a changé de calibrage",
        ]
    )
    english = key_figure(open_page(f"{PATH}&lang=en"), "Coverage")
    expect(english).to_contain_text("2 calibrations in the period, the last of March 17, 2026")


def test_month_picker_changes_figures_and_address(open_page: OpenPage) -> None:
    """The month before and after are one press away, and the title names the month."""
    page = open_page(PATH)
    page.locator(".key-value").first.wait_for()
    before = occupancy_shown(page)
    page.get_by_role("button", name="Mois suivant").click()
    page.wait_for_url("**/communes/99001?month=2026-04")
    expect(page.locator(".lead-sentence")).to_contain_text("avril 2026")
    expect(page).to_have_title(re.compile("avril 2026"))
    assert occupancy_shown(page) != before
    page.go_back()
    expect(page.locator(".lead-sentence")).to_contain_text("mars 2026")


@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
def test_months_are_compared_only_when_both_were_seen_enough(
    open_page: OpenPage, site: Site, month: str
) -> None:
    """A month of few seen days is neither compared nor compared with."""
    figures = site.get(f"/api/v1/communes/99001/figures?month={month}")
    previous = figures["previous"]
    seen = [figures["coverage"], previous["coverage"] if previous else 0.0]
    sentence = open_page(f"/communes/99001?month={month}").locator(".lead-sentence")
    expect(sentence).to_contain_text("2026")
    assert min(seen) < 0.7
    assert not re.search("par rapport à|changement", sentence.inner_text())


@pytest.mark.parametrize("form", list(FILES))
def test_downloads_answer(open_page: OpenPage, site: Site, form: str) -> None:
    """Each link of the page gives a file of its kind."""
    page = open_page(PATH)
    href = page.locator(f".downloads a[href*='/report/{form}']").get_attribute("href")
    with urllib.request.urlopen(f"{site.url}{href}", timeout=60) as answer:
        assert answer.status == 200
        assert answer.read().startswith(FILES[form])


def test_excluded_period_leaves_the_figures_and_comes_back(open_page: OpenPage, site: Site) -> None:
    """An officer takes a day out, sees the figure follow, undoes it, and has the first figure again."""
    page = open_page(PATH)
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_text("Aucune période n'est exclue.")).to_be_visible()
    before = key_figure(page, "Part observée").locator(".track i").get_attribute("style")
    page.get_by_label("Aire ou boîtier").select_option(index=0)
    page.get_by_label("Début").fill("2026-03-03T00:00")
    page.get_by_label("Fin").fill("2026-03-20T00:00")
    page.get_by_label("Motif").fill("Travaux de voirie")
    page.get_by_role("button", name="Exclure cette période").click()
    expect(page.get_by_text("La période est exclue")).to_be_visible()
    listed = page.locator(".exclusion-list li")
    expect(listed).to_contain_text("Travaux de voirie")
    expect(listed).to_contain_text("mardi 3 mars à 00:00")
    track = key_figure(page, "Part observée").locator(".track i")
    expect(track).not_to_have_attribute("style", before or "")
    page.get_by_role("button", name="Annuler l'exclusion").click()
    expect(page.get_by_text("L'exclusion est annulée")).to_be_visible()
    expect(track).to_have_attribute("style", before or "")
    assert site.officer_key not in page.url
    assert page.evaluate("JSON.stringify(localStorage)").count("alv_") == 0


def test_a_wrong_key_is_refused_in_words(open_page: OpenPage) -> None:
    """A key that is not known is said so, and is not kept."""
    page = open_page(PATH, provoked=("status of 401",))
    page.get_by_label("Clé d'agent logistique").fill("alv_nobody_nothing")
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("alert")).to_contain_text("Cette clé n'est pas valable")
    assert page.evaluate("sessionStorage.length") == 0


def test_unknown_commune_is_said_in_words(open_page: OpenPage) -> None:
    """A code without a commune gives a sentence in the reader's language, with the detail behind."""
    page = open_page("/communes/99099?lang=en", provoked=("status of 404",))
    expect(page.get_by_role("alert")).to_contain_text("No known commune has this code.")


def test_list_of_communes_leads_to_each(open_page: OpenPage, site: Site) -> None:
    """Every commune has its line with its typical week, and links to its month and to its inventory."""
    page = open_page("/communes")
    expect(page.locator("tbody tr")).to_have_count(3)
    name = site.get("/api/v1/communes")["features"][0]["properties"]["name"]
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.go_back()
    page.get_by_role("link", name=f"Inventaire de {name}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Inventaire de {name}")
