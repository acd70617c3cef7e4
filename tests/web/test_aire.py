"""A bay's page in a real browser on a real service."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.served import MOVED_BAY, RULED_BAY, THIN_BAY, UNSEEN_BAY, OpenPage, Site

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
PERIOD = "weeks=4&until=2026-03-29"
TUESDAY_NINE = 33
DASH = "\u2013"
"""Stands between two hours, and for what is not known."""


def bay_id(position: int) -> str:
    """Return the identifier of a bay by its position in the first commune."""
    return f"99001-{position + 1:04d}"


def path(position: int = MOVED_BAY) -> str:
    """Return the address of a bay's page over four weeks."""
    return f"/aires/{bay_id(position)}?{PERIOD}"


def figures(site: Site, position: int = MOVED_BAY) -> Any:
    """Return what the service tells of a bay over the same weeks."""
    return site.get(f"/api/v1/bays/{bay_id(position)}/figures?{PERIOD}")


def cell(page: Page, hour: int) -> Locator:
    """Return an hour of the heat map."""
    return page.locator(f".heat [data-hour='{hour}']")


def percent(text: str) -> int:
    """Return the first percentage of a French text."""
    found = re.search(r"(\d+)\s%", text)
    assert found is not None
    return int(found[1])


def test_a_deep_link_opens_bay_and_period(open_page: OpenPage, site: Site) -> None:
    """Name, commune, kind, places, kerb and period stand on the page that the address names."""
    told = figures(site)
    page = open_page(path())
    expect(page.get_by_role("heading", level=1)).to_have_text(told["name"])
    expect(page).to_have_title(f"{told['name']} {DASH} Airelib")
    expect(page.locator(".crumbs")).to_contain_text(told["commune"]["name"])
    expect(page.locator(".aire-name")).to_contain_text(
        re.compile(r"1\svéhicule · 12\sm de bordure")
    )
    expect(page.locator(".lead")).to_contain_text("Du 2 mars 2026 au 29 mars 2026.")
    expect(page.get_by_label("Durée de la période").last).to_have_value("4")


def test_the_period_moves_and_stays_in_the_address(open_page: OpenPage) -> None:
    """A step goes back or on by the length of the period, and the browser's way back undoes it."""
    page = open_page(f"/aires/{bay_id(0)}?weeks=4")
    expect(page.locator(".lead")).to_contain_text("Du 9 mars 2026 au 5 avril 2026.")
    expect(page.get_by_role("button", name="Période suivante")).to_be_disabled()
    page.get_by_role("button", name="Période précédente").click()
    page.wait_for_url("**/aires/*?weeks=4&until=2026-03-08")
    expect(page.locator(".lead")).to_contain_text("au 8 mars 2026.")
    page.get_by_label("Durée de la période").last.select_option("8")
    page.wait_for_url("**/aires/*?weeks=8&until=2026-03-08")
    page.go_back()
    page.go_back()
    expect(page.locator(".lead")).to_contain_text("au 5 avril 2026.")


def test_every_hour_of_the_map_is_the_service_s(open_page: OpenPage, site: Site) -> None:
    """The colour's step, the hatch and the words of each of the 168 cells follow from the service's figures."""
    week = figures(site, THIN_BAY)["week"]
    page = open_page(path(THIN_BAY))
    cells = page.locator(".heat [role='gridcell']")
    expect(cells).to_have_count(168)
    named = cells.evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))")
    thin = cells.evaluate_all("all => all.map((one) => one.dataset.thin)")
    for hour, words in enumerate(named):
        assert words.startswith(DAYS[hour // 24])
        assert percent(words) == pytest.approx(100 * week["occupancy"][hour], abs=0.51)
        assert thin[hour] == str(week["coverage"][hour] < 0.7).lower()
    assert set(thin) == {"true"}


def test_table_equals_chart(open_page: OpenPage, site: Site) -> None:
    """The table of the week has the 168 shares of the heat map, by hour and day."""
    page = open_page(path())
    page.get_by_text("Voir cette semaine en tableau").click()
    cells = page.locator(".week-table tbody td").all_inner_texts()
    named = page.locator(".heat [role='gridcell']").evaluate_all(
        "all => all.map((one) => one.getAttribute('aria-label'))"
    )
    assert len(cells) == 168
    for index, text in enumerate(cells):
        hour, day = divmod(index, 7)
        assert percent(text) == percent(named[day * 24 + hour])
        assert "*" not in text
    occupancy = figures(site)["week"]["occupancy"]
    assert percent(cells[9 * 7 + 1]) == pytest.approx(100 * occupancy[TUESDAY_NINE], abs=0.51)


def test_arrow_keys_walk_through_the_week(open_page: OpenPage) -> None:
    """One stop of the tab key, arrows from hour to hour and day to day, and the words follow."""
    page = open_page(path())
    told = page.locator(".heat-told")
    cell(page, TUESDAY_NINE).focus()
    expect(told).to_contain_text(re.compile(rf"mardi, 9\sh {DASH} 10\sh"))
    page.keyboard.press("ArrowRight")
    expect(cell(page, TUESDAY_NINE + 1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(told).to_contain_text(re.compile(rf"mercredi, 10\sh {DASH} 11\sh"))
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text(re.compile(rf"jeudi, 0\sh {DASH} 1\sh"))
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    expect(told).to_contain_text("dimanche")
    expect(page.locator(".heat [role='gridcell'][tabindex='0']")).to_have_count(1)
    page.keyboard.press("Tab")
    expect(page.locator(".heat :focus")).to_have_count(0)


def test_pointing_tells_an_hour(open_page: OpenPage, site: Site) -> None:
    """The words under the map are those of the hour under the pointer."""
    page = open_page(path())
    cell(page, TUESDAY_NINE).hover()
    expect(page.locator(".heat-told")).to_contain_text(re.compile(r"mardi, 9\sh"))
    share = figures(site)["week"]["occupancy"][TUESDAY_NINE]
    assert percent(page.locator(".heat-told").inner_text()) == pytest.approx(100 * share, abs=0.51)


def test_the_hardest_hours_are_said_in_words(open_page: OpenPage, site: Site) -> None:
    """The first of the hours named is the fullest reserved one, with its share."""
    told = figures(site)
    page = open_page(path())
    first = page.locator(".extremes > div").first.locator("li").first
    expect(first).to_have_text(re.compile(r"^\w+ \d+\sh\s: \d+\s% du temps complète$"))
    fullest = max(
        share
        for hour, share in enumerate(told["week"]["full"])
        if 7 <= hour % 24 < 20 and hour < 144
    )
    assert percent(first.inner_text()) == pytest.approx(100 * fullest, abs=0.51)


def test_what_was_never_seen_stays_unknown(open_page: OpenPage) -> None:
    """A bay that nobody saw has no share, no zero, and an outline in each hour."""
    page = open_page(path(UNSEEN_BAY))
    expect(page.locator(".lead-sentence")).to_contain_text("Rien n'a été observé")
    expect(page.locator(".heat [data-unseen='true']")).to_have_count(168)
    assert page.locator(".key-one .key-value").first.inner_text() == DASH
    expect(page.locator(".key-value").nth(3)).to_have_text(DASH)
    expect(page.get_by_text("Aucun stationnement n'a été vu du début à la fin.")).to_be_visible()
    expect(page.get_by_text("Aucune heure n'a été assez observée")).to_be_visible()


def test_dwell_times_are_counted_by_class_against_the_maximum(
    open_page: OpenPage, site: Site
) -> None:
    """The bars of a class add up to its stays, the maximum is marked, and the choice stands in the address."""
    dwell = figures(site)["dwell"]
    page = open_page(path())
    expect(page.locator(".histogram u")).to_have_text(re.compile(r"30\smin au plus"))
    total = sum(sum(one["limited"]) + sum(one["free"]) for one in dwell["classes"].values())
    expect(page.locator(".histogram")).to_have_accessible_name(
        re.compile(rf"{total} stationnements")
    )
    page.get_by_role("radio", name="poids lourd").check()
    page.wait_for_url("**class=truck")
    truck = dwell["classes"]["truck"]
    trucks = sum(truck["limited"]) + sum(truck["free"])
    expect(page.locator(".histogram")).to_have_accessible_name(re.compile(rf"\b{trucks} stationn"))
    longer, limited = truck["overstays"]["longer"], truck["overstays"]["limited"]
    expect(page.get_by_text(f"({longer} sur {limited})")).to_be_visible()
    page.get_by_text("Voir ces durées en tableau").click()
    column = page.locator(".block:has(.histogram) tbody td:nth-child(3)").all_inner_texts()
    assert sum(int(text) for text in column) == trucks


def test_the_forecast_of_a_day_is_charted_and_tabled(open_page: OpenPage, site: Site) -> None:
    """The table of the chosen day has the service's 24 probabilities with their intervals."""
    forecast = figures(site)["forecast"]
    page = open_page(path())
    page.locator("input[name='day'][value='th']").check()
    page.wait_for_url("**day=th")
    expect(page.get_by_text(re.compile("Le jeudi, le risque est le plus fort"))).to_be_visible()
    page.get_by_text("Voir ces heures en tableau").click()
    rows = page.locator(".block:has(.band) tbody tr")
    expect(rows).to_have_count(24)
    for hour, text in enumerate(rows.locator("td:nth-child(2)").all_inner_texts()):
        assert percent(text) == pytest.approx(100 * forecast["p"][72 + hour], abs=0.51)
    expect(page.locator(".band-seen")).to_have_count(24)


def test_estimates_are_the_run_s_or_not_yet(open_page: OpenPage) -> None:
    """What the newest run estimated stands with its interval; a commune without a run says that there is none yet."""
    page = open_page(path())
    demand = page.locator(".block", has=page.locator("#demand-title"))
    expect(demand.locator(".key-value").first).to_have_text("4")
    expect(demand).to_contain_text("Estimation du 6 avril 2026")
    page = open_page(f"/aires/99002-0001?{PERIOD}")
    demand = page.locator(".block", has=page.locator("#demand-title"))
    expect(demand.locator(".not-yet")).to_have_text(["Pas encore estimé"] * 2)
    expect(page.get_by_text("Aucune proposition n'a encore été calculée")).to_be_visible()


def test_suggestions_lead_to_what_explains_them(open_page: OpenPage, site: Site) -> None:
    """Each suggestion of the bay is a link to its own page."""
    items = site.get(f"/api/v1/suggestions?bay={bay_id(0)}")["items"]
    page = open_page(path())
    links = page.locator(".suggestion-lines a")
    expect(links).to_have_count(len(items))
    links.first.click()
    page.wait_for_url(f"**/propositions/{items[0]['id']}")


def test_quality_names_reasons_and_calibrations(open_page: OpenPage) -> None:
    """The reasons of unseen time stand with their shares, and each calibration with its days."""
    quality = open_page(path(THIN_BAY)).locator(".block", has_text="Sur quoi reposent ces chiffres")
    expect(quality.locator(".reasons").first).to_contain_text(re.compile(r"trop sombre\s*50\s%"))
    moved = open_page(path(MOVED_BAY)).locator(".block", has_text="Sur quoi reposent ces chiffres")
    expect(moved.get_by_text("Calibrage du")).to_have_count(2)
    expect(moved).to_contain_text("Calibrage du 17 mars 2026")


def test_the_rules_before_are_one_press_away(open_page: OpenPage) -> None:
    """The rule in force says since when, and the one before until when; a bay without history says neither."""
    page = open_page(path(RULED_BAY))
    rule = page.locator(".block", has=page.locator("#rule-title"))
    expect(rule).to_contain_text("En vigueur depuis le 9 mars 2026.")
    rule.get_by_text("Règles précédentes").click()
    expect(rule.locator(".past-rule")).to_contain_text("Jusqu'au 9 mars 2026 exclu")
    expect(rule.locator(".past-rule")).to_contain_text("Aucune heure réservée.")
    strip = rule.get_by_role("img").first
    expect(strip).to_have_accessible_name(re.compile(r"Règle actuelle\. lun\. au"))
    page = open_page(path())
    page.locator(".heat").wait_for()
    expect(page.get_by_text("Règles précédentes")).to_have_count(0)


def test_map_and_commune_lead_here_and_back(open_page: OpenPage) -> None:
    """The card of the map and the table of the commune open the page; its crumbs and its link go back."""
    page = open_page(f"/carte?bay={bay_id(0)}")
    page.get_by_role("link", name="Voir la page de l'aire").click()
    page.wait_for_url(f"**/aires/{bay_id(0)}")
    page.get_by_role("link", name="Voir sur la carte").click()
    page.wait_for_url(f"**/carte?bay={bay_id(0)}")
    page = open_page("/communes/99001?month=2026-03")
    page.locator(".bays tbody th a").first.click()
    page.wait_for_url("**/aires/99001-*")
    page.locator(".heat").wait_for()
    page.locator(".crumbs a").last.click()
    page.wait_for_url("**/communes/99001")


def test_the_page_asks_at_most_three_times(open_page: OpenPage, site: Site) -> None:
    """Status, figures, suggestions: no view needs more; the status is asked again on a slow machine."""
    page = open_page("/nowhere")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/api/" in one.url else None)
    page.goto(f"{site.url}{path()}")
    page.locator(".heat").wait_for()
    page.locator(".suggestion-lines").wait_for()
    assert len(set(asked)) == 3, asked


def test_english_says_the_same(open_page: OpenPage) -> None:
    """The switch keeps bay and period, and every block speaks English."""
    page = open_page(path())
    page.locator(".heat").wait_for()
    page.get_by_role("link", name="English").click()
    expect(page.locator(".lead-sentence")).to_contain_text("In reserved hours")
    expect(page.get_by_role("heading", name="The week, hour by hour")).to_be_visible()
    expect(page.locator(".lead")).to_contain_text("March 29, 2026")
    assert "weeks=4" in page.url


def test_an_unknown_bay_is_said_in_words(open_page: OpenPage) -> None:
    """A bay that does not exist gives a sentence in the reader's language."""
    page = open_page("/aires/nowhere?lang=en", provoked=("status of 404",))
    expect(page.get_by_role("alert")).to_contain_text("No bay has this identifier.")


def test_a_bay_s_identifier_may_hold_a_point(open_page: OpenPage) -> None:
    """The address of a bay is a page, even where it ends like the name of a file."""
    page = open_page("/aires/AL.12", provoked=("status of 404",))
    expect(page.get_by_role("heading", level=1)).to_have_text("AL.12")
