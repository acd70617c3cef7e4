"""Suggestions in a real browser on a real service: the inbox, one suggestion, decisions, and the what-if editor."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.served import OpenPage, Site
from tests.web.suggested import CHANGES

INBOX = "/propositions?commune=99001"
MINUS = "\N{MINUS SIGN}"
API = "/api/v1/suggestions"


def listed(site: Site) -> list[dict[str, Any]]:
    """Return all proposed changes, best first, whatever was decided."""
    items = [
        item
        for status in ("proposed", "more_data", "accepted", "refused", "adopted")
        for item in site.get(f"{API}?status={status}")["items"]
    ]
    return sorted(items, key=lambda item: item["id"])


def number(item: dict[str, Any]) -> str:
    """Return the page of a suggestion."""
    return f"/propositions/{item['id']}"


def french(value: float, digits: int) -> str:
    """Return a signed figure as a French reader sees it."""
    text = f"{abs(value):.{digits}f}".replace(".", ",")
    return f"{'+' if value > 0 else MINUS}{text}"


def enter_key(page: Page, site: Site) -> None:
    """Give the officer's key to the decision panel."""
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()


def decide(site: Site, item: dict[str, Any], **body: Any) -> None:
    """Decide over HTTP, as another officer would."""
    request = urllib.request.Request(
        f"{site.url}{API}/{item['id']}/decision",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {site.officer_key}", "Content-Type": "application/json"},
    )
    urllib.request.urlopen(request, timeout=30).close()


def effect(page: Page, name: str) -> Locator:
    """Return the row of one effect."""
    return page.locator(".effects .effect-row").filter(has_text=name)


def test_inbox_is_ranked_and_says_what_the_service_says(open_page: OpenPage, site: Site) -> None:
    """Bay, rule, deliveries, hours and chance of each proposal, the best first, and the sums in a sentence."""
    told = site.get(f"{API}?commune=99001")
    changes = [item for item in told["items"] if item["status"] == "proposed"]
    page = open_page(INBOX, width=1440)
    rows = page.locator(".ranked-row")
    expect(rows).to_have_count(CHANGES)
    for row, item in zip(rows.all(), changes, strict=True):
        expect(row).to_contain_text(item["name"])
        deliveries, hours = row.locator(".ranked-figure > p").all()
        expect(deliveries).to_contain_text(french(-item["effect"]["unserved_per_day"]["mean"], 1))
        expect(hours).to_contain_text(french(item["effect"]["resident_hours_per_week"]["mean"], 0))
    expect(rows.nth(1)).to_contain_text(re.compile("6.h.30...11.h.30, 14.h...16.h .20.min au plus"))
    expect(rows.first).to_contain_text(re.compile(r">\s99\s%"))
    expect(page.locator(".lead-sentence")).to_contain_text("4 règles horaires")
    expect(page.locator(".lead-sentence")).to_contain_text("8 livraisons de plus par jour")


def test_bays_that_need_data_say_how_many_days(open_page: OpenPage, site: Site) -> None:
    """Below the inbox stand the bays that wait, with their days, and those whose rule is right."""
    page = open_page(INBOX)
    expect(page.locator(".waiting-row")).to_have_count(3)
    expect(page.locator(".waiting-row").first).to_contain_text("12 jours d'observation")
    kept = site.get(f"{API}?commune=99001")["decisions"]["keep"]
    expect(page.get_by_text(f"{kept} aires ont déjà la bonne règle")).to_be_visible()
    expect(page.locator(".plans tbody tr")).to_contain_text("90")


def test_filters_live_in_the_address(open_page: OpenPage) -> None:
    """Grade, commune and status change list and address, and the way back restores them."""
    page = open_page("/propositions")
    page.get_by_label("Note").select_option("B")
    page.wait_for_url("**/propositions?grade=B")
    expect(page.locator(".ranked-row")).to_have_count(2)
    page.get_by_label("Commune", exact=True).select_option("99001")
    page.wait_for_url("**/propositions?grade=B&commune=99001")
    page.get_by_role("link", name="Périmées").click()
    expect(page.get_by_text("Aucune proposition n'est périmée.")).to_be_visible()
    page.go_back()
    expect(page.locator(".ranked-row")).to_have_count(2)
    english = open_page("/propositions?lang=en&grade=A")
    expect(english.locator(".ranked-row")).to_have_count(2)
    english.get_by_role("link", name="14 rue des Forges").click()
    english.wait_for_url("**/propositions/*lang=en")
    expect(english.get_by_role("heading", name="Decision")).to_be_visible()


def test_one_suggestion_explains_itself(open_page: OpenPage, site: Site) -> None:
    """The change in words, its effects with intervals, evidence, reasons, assumptions, text and provenance."""
    item = listed(site)[0]
    page = open_page(number(item), width=1440)
    expect(page.locator(".lead-sentence")).to_have_text(
        re.compile("Réserver du lundi au vendredi de 6.h à 11.h .30.min au plus. au lieu de")
    )
    expect(page.locator(".lead-effect")).to_contain_text("3 livraisons de plus par jour")
    expect(effect(page, "trouvent une place")).to_contain_text("entre +2,0 et +4,2 mieux")
    expect(effect(page, "riverains")).to_contain_text("+40")
    expect(effect(page, "écourtées")).to_contain_text("sens incertain")
    expect(page.locator(".week")).to_have_count(2)
    expect(page.locator(".evidence")).to_contain_text("livraisons sur 10 ne trouvent pas de place")
    expect(page.locator(".reasons-not li")).to_have_count(2)
    expect(page.locator(".alternatives tbody tr")).to_have_count(2)
    expect(page.locator(".assumptions")).to_contain_text("appris dans la commune")
    expect(page.locator(".considerants blockquote")).to_contain_text("Considérant que")
    expect(page.locator(".made-from")).to_contain_text("Conseil municipal")
    expect(page.locator(".made-from dd[title]")).to_have_attribute("title", "5f" * 32)
    links = page.locator(".neighbours a")
    assert links.first.get_attribute("href") == "/aires/99001-0002"


def test_the_hours_stand_in_a_table_too(open_page: OpenPage, site: Site) -> None:
    """Each chart's figures can be read without it; what was never seen is said so."""
    page = open_page(number(listed(site)[0]))
    page.get_by_text("Voir ces heures en tableau").click()
    rows = page.locator(".evidence tbody tr")
    expect(rows).to_have_count(24)
    expect(rows.nth(3)).to_contain_text("Non observé")
    page.get_by_role("radio", name="Samedi").check()
    expect(rows.nth(8)).to_contain_text("1,3")


def test_an_officer_accepts_and_notes_the_adoption(open_page: OpenPage, site: Site) -> None:
    """By mouse: the status, the trail and the next step follow in place, and the key stays out of the address."""
    page = open_page(number(listed(site)[2]))
    enter_key(page, site)
    page.get_by_role("button", name="Accepter").click()
    page.get_by_label("Remarque").fill("Vu avec les commerçants")
    page.get_by_role("button", name="Confirmer l'acceptation").click()
    expect(page.get_by_text("La proposition est acceptée.")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Acceptée")
    expect(page.locator(".trail li").last).to_contain_text("Vu avec les commerçants")
    expect(page.locator(".trail li").last).to_contain_text("Test officer")
    page.get_by_role("button", name="Noter l'adoption").click()
    page.get_by_label("En vigueur depuis le").fill("2026-05-04")
    page.get_by_role("button", name="Confirmer l'adoption").click()
    expect(page.locator(".status")).to_have_text("Adoptée")
    expect(page.locator(".trail li").last).to_contain_text("depuis le 4 mai 2026")
    assert site.officer_key not in page.url
    page.get_by_role("link", name="Propositions").first.click()
    page.get_by_role("link", name="Adoptées").click()
    expect(page.locator(".ranked-row")).to_have_count(1)


def test_a_refusal_wants_its_reason(open_page: OpenPage, site: Site) -> None:
    """By keyboard alone: without a reason nothing is sent; with one it stands in the trail."""
    page = open_page(number(listed(site)[3]))
    enter_key(page, site)
    page.get_by_role("button", name="Refuser").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") != "INPUT":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("Proposée")
    page.keyboard.type("Entrée d'école")
    page.keyboard.press("Enter")
    expect(page.locator(".status")).to_have_text("Refusée")
    expect(page.locator(".trail q")).to_have_text("Entrée d'école")
    expect(page.get_by_role("button", name="Accepter")).to_have_count(0)


def test_someone_else_decided_meanwhile(open_page: OpenPage, site: Site) -> None:
    """The decision of the officer who comes second is not taken; the page says so and shows the first one."""
    item = listed(site)[1]
    page = open_page(number(item), provoked=("status of 409",))
    enter_key(page, site)
    page.get_by_role("button", name="Accepter").click()
    decide(site, item, to="more_data", seen="proposed")
    page.get_by_role("button", name="Confirmer l'acceptation").click()
    expect(page.get_by_role("alert").first).to_contain_text(
        "Quelqu'un d'autre a décidé entre-temps"
    )
    expect(page.locator(".status")).to_have_text("Plus de données demandées")


def answer(deliveries: float) -> str:
    """Return an answer to a what-if in which so many more deliveries a day find room."""
    band = {"mean": 0.0, "p05": -1.0, "p95": 1.0}
    found = {"mean": -deliveries, "p05": -deliveries - 0.5, "p95": -deliveries + 0.5}
    names = ("resident_hours_per_week", "double_park_min_per_day", "cut_short_per_day")
    told = {"unserved_per_day": found, **dict.fromkeys(names, band)}
    return json.dumps({"before": {}, "after": {}, "effect": told, "gain": band, "p_gain": 0.5})


def test_a_window_is_moved_by_keyboard(open_page: OpenPage, site: Site) -> None:
    """An arrow moves the edge by half an hour, the address follows, and the service is asked for that very rule."""
    page = open_page(number(listed(site)[0]))
    asked: list[dict[str, Any]] = []

    def reply(route: Route) -> None:
        asked.append(route.request.post_data_json)
        route.fulfill(body=answer(2.0), content_type="application/json")

    page.route("**/api/v1/what-if", reply)
    page.get_by_role("slider", name="Fin de la plage réservée, lun. au ven.").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".window-edges")).to_have_text(re.compile("6.h . 11.h.30"))
    expect(page.locator(".what-if-outcome")).to_contain_text("2 livraisons de plus par jour")
    assert "if=mo.tu.we.th.fr*0600-1130-30" in page.url
    rule = asked[-1]["rules"][0]
    assert (rule["start"], rule["end"], rule["max_stay_min"]) == ("06:00", "11:30", 30)
    page.get_by_label("Durée maximale").select_option("0")
    page.wait_for_url("**0600-1130-0*")
    page.get_by_role("button", name="Revenir à la proposition").click()
    expect(page.locator(".window-edges")).to_have_text(re.compile("6.h . 11.h$"))
    expect(page.locator(".what-if-outcome")).to_have_count(0)


def test_a_window_is_moved_by_mouse(open_page: OpenPage, site: Site) -> None:
    """Dragging a thumb moves its edge and never past the other one; windows are added and removed."""
    page = open_page(number(listed(site)[0]))
    page.route(
        "**/api/v1/what-if",
        lambda route: route.fulfill(body=answer(1.0), content_type="application/json"),
    )
    track = page.locator(".window-track")
    track.scroll_into_view_if_needed()
    box = track.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 6 / 24, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 9 / 24, y, steps=4)
    page.mouse.up()
    expect(page.locator(".window-edges")).to_have_text(re.compile("9.h . 11.h"))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 20 / 24, y, steps=4)
    page.mouse.up()
    expect(page.locator(".window-edges")).to_have_text(re.compile("10.h.30 . 11.h"))
    page.get_by_role("button", name="Ajouter une plage (lun. au ven.)").click()
    expect(page.locator(".window-edges")).to_have_count(2)
    page.get_by_role("button", name="Retirer (lun. au ven.)").last.click()
    expect(page.locator(".window-edges")).to_have_count(1)


def test_a_late_answer_is_dropped(open_page: OpenPage, site: Site) -> None:
    """Of two questions the answer to the newer stays, even when the older one comes last."""
    page = open_page(number(listed(site)[0]))
    held: list[Route] = []

    def reply(route: Route) -> None:
        if route.request.post_data_json["rules"][0]["end"] == "11:30":
            held.append(route)
        else:
            route.fulfill(body=answer(7.0), content_type="application/json")

    page.route("**/api/v1/what-if", reply)
    with page.expect_request(lambda r: '"11:30"' in (r.post_data or "")):
        page.get_by_role("slider", name="Fin de la plage").focus()
        page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    outcome = page.locator(".what-if-outcome")
    expect(outcome).to_contain_text("7 livraisons de plus par jour")
    for route in held:
        route.abort()
    expect(outcome).to_contain_text("7 livraisons de plus par jour")


def test_a_tried_rule_is_shared_by_its_address(open_page: OpenPage, site: Site) -> None:
    """The address alone shows the rule and its effect, computed by the service; nonsense in it changes nothing."""
    item = listed(site)[0]
    page = open_page(f"{number(item)}?if=mo.tu.we.th.fr*0700-0930-20")
    expect(page.locator(".window-edges")).to_have_text(re.compile("7.h . 9.h.30"))
    expect(page.locator(".what-if-outcome")).to_be_visible(timeout=60_000)
    page = open_page(f"{number(item)}?if=x*9-1")
    expect(page.locator(".window-edges")).to_have_text(re.compile("6.h . 11.h$"))


def test_recomputing_says_whether_it_is_equal(open_page: OpenPage, site: Site) -> None:
    """A run that these facts never gave comes out different, and the page says why."""
    page = open_page(number(listed(site)[0]))
    enter_key(page, site)
    page.get_by_role("button", name="Recalculer pour vérifier").click()
    said = page.locator(".recompute [role=status]")
    expect(said).to_contain_text("Différent.", timeout=120_000)
    expect(said).to_contain_text("Les données de la période ont changé")


@pytest.mark.parametrize("path", ["/propositions", "/propositions/1"])
def test_a_failure_can_be_tried_again(open_page: OpenPage, path: str) -> None:
    """A service that does not answer is said in words, and asking again fills the page."""
    page = open_page("/communes", provoked=("status of 503", "ERR_FAILED"))
    page.route(f"**{API}*", lambda route: route.fulfill(status=503, body=""))
    page.route(f"**{API}/*", lambda route: route.fulfill(status=503, body=""))
    page.get_by_role("link", name="Propositions").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate("path => history.pushState(null, '', path)", path)
    page.unroute_all()
    page.reload()
    expect(page.locator(".ranked-row, .made-from").first).to_be_visible()


def test_before_the_first_run_the_page_says_what_to_do(open_page: OpenPage) -> None:
    """Without any run there is the command that makes one."""
    page = open_page("/communes")
    page.route(
        f"**{API}",
        lambda route: route.fulfill(
            body='{"items":[],"counts":{},"decisions":{},"runs":[]}',
            content_type="application/json",
        ),
    )
    page.get_by_role("link", name="Propositions").first.click()
    expect(page.get_by_text("airelib suggestions run --commune INSEE")).to_be_visible()


def test_an_unknown_suggestion_is_said_in_words(open_page: OpenPage) -> None:
    """A number without suggestion gives a sentence."""
    page = open_page("/propositions/999999", provoked=("status of 404",))
    expect(page.get_by_role("alert")).to_contain_text("Aucune proposition ne porte cet identifiant")
