"""What a machine can check of RGAA 4.1: axe-core in both languages and themes, and the reader's landmarks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.served import WEB, OpenPage, Site, map_ready

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
PAGES = {
    "carte": "/carte?bay=99001-0004",
    "commune": "/communes/99001?month=2026-03",
    "aire": "/aires/99001-0004",
    "propositions": "/propositions?commune=99001",
    "proposition": "/propositions/1",
    "inventory": "/communes/99001/inventaire",
}
READY = {
    "commune": ".bays .button",
    "aire": ".suggestion-lines",
    "propositions": ".ranked-row, .inbox-none",
    "proposition": ".made-from",
    "inventory": ".inventory-bays tbody tr",
}
"""What each page shows once it has its figures."""
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) =>
    `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).slice(0, 3).join(" | ")}`);
}"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on a page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.fixture(autouse=True)
def _axe_is_installed() -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: run make setup")


@pytest.mark.parametrize("width", [1440, 360])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", list(PAGES))
def test_axe_finds_nothing(open_page: OpenPage, name: str, theme: str, width: int) -> None:
    """No violation in French, and none after the switch to English."""
    page = open_page(PAGES[name], width=width, height=900, color_scheme=theme)
    ready(page, name)
    assert violations(page) == []
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    ready(page, name)
    assert violations(page) == []


def ready(page: Page, name: str) -> None:
    """Wait until a page shows its figures."""
    if name == "carte":
        map_ready(page)
        page.locator(".bay-card").wait_for()
    else:
        page.locator(READY[name]).first.wait_for()


def test_axe_finds_nothing_on_the_other_pages(
    open_page: OpenPage, empty_site: Site, site: Site
) -> None:
    """The list of communes, the officer's desk, the first run and the lost page hold too."""
    page = open_page("/communes")
    page.locator("tbody tr").first.wait_for()
    assert violations(page) == []
    page = open_page(PAGES["commune"])
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()
    page.locator(".add-form").wait_for()
    assert violations(page) == []
    page = open_page(PAGES["inventory"])
    page.get_by_label("Clé d'agent logistique").fill(site.officer_key)
    page.get_by_role("button", name="Ouvrir").click()
    page.locator(".calendar-form").wait_for()
    assert violations(page) == []
    page = open_page("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page introuvable")
    assert violations(page) == []
    page = open_page("/", base=empty_site.url)
    page.get_by_role("heading", level=1).wait_for()
    assert violations(page) == []


def test_keyboard_reaches_the_content_first(open_page: OpenPage) -> None:
    """The first stop skips to the content, and shows itself when it has the focus."""
    page = open_page("/carte")
    page.locator(".figures tbody tr").first.wait_for()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_each_page_has_one_main_heading(open_page: OpenPage) -> None:
    """One h1 and one main landmark per page."""
    for path in ("/communes", *PAGES.values()):
        page = open_page(path)
        expect(page.locator("h1")).to_have_count(1)
        expect(page.get_by_role("main")).to_have_count(1)


def test_zoomed_text_does_not_cut(open_page: OpenPage) -> None:
    """At 320 CSS pixels, which is 400 % zoom of 1280, no page scrolls sideways (WCAG 1.4.10)."""
    for path in ("/communes", *PAGES.values()):
        page = open_page(path, width=320, height=640)
        page.locator("h1").wait_for()
        page.locator("#figures-title, .bays .button, .heat, td, .made-from").first.wait_for(
            state="attached"
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
