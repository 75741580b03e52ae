# SPDX-License-Identifier: MIT
"""The page at every width, in the light and in the dark, by keyboard, and for those who hear it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from conftest import Served, answered, opened, tick, written
from expected import MNEMOS, NAMES

LONG = "A name of many words that goes on and on and on until nobody remembers how it began " * 3
WIDTHS = [320, 360, 390, 640, 768, 1024, 1440, 2560]


@pytest.fixture(scope="module")
def crowded(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Sixty statuses, with names that are long, short, of one word, and of other scripts."""
    names = [LONG, "x" * 300, "名" * 100, "حالة", "Обед", ""]
    statuses = [
        {"id": number, "name": names[number % len(names)], "property_list": [MNEMOS[number % 8]]}
        for number in range(60)
    ]
    served = Served(prefix, written(tmp_path_factory.mktemp("crowded"), statuses))
    yield served
    served.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(
    browser: Browser, office: Served, crowded: Served, width: int, scheme: str
) -> None:
    for served in (office, crowded):
        with opened(browser, served.address, viewport={"width": width, "height": 700}, color_scheme=scheme) as page:
            tick(page, "li")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            # What is wider scrolls within itself, and its first column stays.
            left = page.locator("tbody th[scope=row]").first
            before = left.bounding_box()
            page.locator(".scroll").evaluate("box => { box.scrollLeft = 1e6; }")
            assert left.bounding_box() == before
            # No text is cut off or runs into another's place.
            cut = page.evaluate(
                """() => [...document.querySelectorAll("li, fieldset label, #summary, h2, h3, p")]
                    .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0)
                    .map((element) => element.textContent)"""
            )
            assert cut == []


CONTRAST = """() => {
    const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = parts(colour).slice(0, 3).map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const [, , , alpha = 1] = parts(getComputedStyle(at).backgroundColor);
            if (alpha > 0) return getComputedStyle(at).backgroundColor;
        }
    };
    const found = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || !element.checkVisibility()) continue;
        for (const pseudo of [null, "::before"]) {
            const [one, two] = [light(getComputedStyle(element, pseudo).color), light(behind(element))].sort((a, b) => b - a);
            found.push([(one + 0.05) / (two + 0.05), element.tagName, element.textContent.slice(0, 30)]);
        }
    }
    for (const line of document.querySelectorAll("li")) {
        const [one, two] = [light(getComputedStyle(line, "::before").color), light(behind(line))].sort((a, b) => b - a);
        found.push([(one + 0.05) / (two + 0.05), "sign", line.className]);
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_told_from_what_is_behind_it(browser: Browser, office: Served, scheme: str) -> None:
    """4.5 to 1, which is what WCAG asks for at level AA."""
    with opened(browser, office.address, color_scheme=scheme) as page:
        tick(page, "li")
        found = page.evaluate(CONTRAST)
        assert len(found) > 200 and [entry for entry in found if entry[0] < 4.5] == []
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (max(int(part) for part in background[4:-1].split(",")) < 100) == (scheme == "dark")


def test_it_is_used_by_keyboard_alone(browser: Browser, office: Served) -> None:
    with opened(browser, office.address) as page:
        page.keyboard.press("Tab")
        expect(page.get_by_label("Start from")).to_be_focused()
        for mnemo in MNEMOS:
            page.keyboard.press("Tab")
            expect(page.locator(f"input[value={mnemo}]")).to_be_focused()
            outline = page.evaluate("getComputedStyle(document.activeElement).outline")
            assert "3px" in outline and "solid" in outline
        page.keyboard.press("Space")
        answered(page)
        expect(page.locator("#summary")).to_contain_text("A status with ro lets 2 of 27")
        page.keyboard.press("Tab")
        expect(page.get_by_role("region", name="Matrix: The statuses of statuses.json")).to_be_focused()
        page.set_viewport_size({"width": 320, "height": 600})
        page.keyboard.press("ArrowRight")
        # Not wait_for_function, which the page's own Content Security Policy refuses.
        deadline = time.monotonic() + 20
        while not page.evaluate("document.querySelector('.scroll').scrollLeft > 0"):
            assert time.monotonic() < deadline, "the matrix is not scrolled by the keyboard"


def test_it_is_understood_by_ear(browser: Browser, office: Served) -> None:
    with opened(browser, office.address) as page:
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        for mnemo in MNEMOS:
            expect(page.get_by_role("checkbox", name=f"{mnemo} {NAMES[mnemo]}")).to_have_count(1)
        expect(page.get_by_role("group", name="What it grants")).to_have_count(1)
        expect(page.get_by_role("status")).to_contain_text("lets 0 of 27 kinds of call through")
        expect(page.get_by_role("columnheader", name="Lunch")).to_have_count(1)
        expect(page.get_by_role("rowheader", name="external to ivr", exact=True)).to_have_count(1)
        # Marks are words too.
        words = [page.get_by_role("cell", name=re.compile(word)).count() for word in ("permitted$", "denied$")]
        assert sum(words) == 27 * 7 and all(words)
        assert page.evaluate("document.documentElement.lang") == "en"


def test_who_wants_larger_letters_gets_them(browser: Browser, office: Served) -> None:
    with opened(browser, office.address, viewport={"width": 640, "height": 900}) as page:
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        answered(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640


def in_view(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= 700


def test_what_a_tick_changes_is_seen_at_once(browser: Browser, office: Served) -> None:
    """The summary is in view with the ticks, also on a phone, and stays while the calls are read."""
    for width in (360, 1180):
        with opened(browser, office.address, viewport={"width": width, "height": 700}) as page:
            assert in_view(page, "input[value=ro]") and in_view(page, "#summary"), width
            page.locator("#dst li").last.scroll_into_view_if_needed()
            assert in_view(page, "#summary"), width
