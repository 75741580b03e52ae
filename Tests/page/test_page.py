# SPDX-License-Identifier: MIT
"""The page for people, as people use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from conftest import STATUSES, Served, answered, opened, tick, written
from expected import ALL_CALLS, MNEMOS, Call, can_happen, permitted, required

CALLS = [*filter(can_happen, ALL_CALLS)]
OFFICE: list[dict[str, Any]] = json.loads(STATUSES.read_text(encoding="utf-8"))["statuses"]


@pytest.fixture
def page(browser: Browser, office: Served) -> Iterator[Page]:
    with opened(browser, office.address) as found:
        yield found


def verdicts(page: Page) -> dict[Call, tuple[bool, str]]:
    """Each call that the page shows, whether it is shown as let through, and why."""
    shown = page.evaluate(
        """() => ["src", "dst"].flatMap((leg) => [...document.getElementById(leg).children].map((line) => [
            line.querySelector("b").textContent, leg, line.querySelector("i") !== null, line.className,
            line.querySelector("small").textContent, getComputedStyle(line, "::before").content]))"""
    )
    found = {}
    for kind, leg, callback, mark, why, sign in shown:
        assert sign == {"yes": '"✓"', "no": '"✗"'}[mark]
        found[Call(*kind.split(" to "), leg, callback)] = (mark == "yes", why)
    assert len(found) == len(shown)
    return found


def expected(granted: list[str]) -> dict[Call, bool]:
    return {call: permitted(granted, call) for call in CALLS}


def test_every_set_of_ticks_lets_through_what_it_should_and_says_why(page: Page) -> None:
    """All 256, one tick from each to the next."""
    ticked: set[str] = set()
    for number in range(256):
        if number:
            changed = MNEMOS[(number & -number).bit_length() - 1]
            ticked ^= {changed}
            tick(page, changed)
        granted = [mnemo for mnemo in MNEMOS if mnemo in ticked]
        shown = verdicts(page)
        assert {call: mark for call, (mark, _) in shown.items()} == expected(granted), granted
        for call, (mark, why) in shown.items():
            assert why.startswith("Permitted: " if mark else "Denied: ")
            assert mark or f"needs {required(call)} (" in why
        count = sum(mark for mark, _ in shown.values())
        said = f"A status with {','.join(granted) or 'nothing'} lets {count} of 27 kinds of call through."
        assert page.evaluate("document.getElementById('summary').textContent") == said
    assert len(ticked) == 1  # as a walk through all of them ends


def test_it_starts_from_a_status_of_the_file(page: Page) -> None:
    for status in [*OFFICE, {"name": "nothing", "property_list": []}]:
        page.get_by_label("Start from").select_option(label=status["name"])
        answered(page)
        ticks = page.eval_on_selector_all(
            "input", "ticks => ticks.filter(tick => tick.checked).map(tick => tick.value)"
        )
        assert sorted(ticks) == sorted(status["property_list"])
        assert {call: mark for call, (mark, _) in verdicts(page).items()} == expected(status["property_list"])


def matrix(page: Page) -> tuple[list[str], list[list[str]]]:
    rows = page.evaluate(
        "[...document.querySelectorAll('tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))"
    )
    return rows[0], [row for row in rows[1:] if len(row) > 1]


def test_the_matrix_is_that_of_the_file(page: Page) -> None:
    head, rows = matrix(page)
    assert head[2:] == [status["name"] for status in OFFICE] and len(rows) == len(CALLS)
    shown = {(row[0].split("\n")[0].replace("callback", ""), row[1]): row[2:] for row in rows}
    for call in CALLS:
        marks = [cell[0] for cell in shown[f"{call.src} to {call.dst}", str(required(call))]]
        assert marks == ["✓" if permitted(status["property_list"], call) else "–" for status in OFFICE]


def test_without_a_script_the_matrix_is_there_and_says_what_is_not(browser: Browser, office: Served) -> None:
    with opened(browser, office.address, java_script_enabled=False) as page:
        expect(page.get_by_text("Without its script, this page cannot ask callprop")).to_be_visible()
        expect(page.locator("#answer")).to_be_hidden()
        assert len(matrix(page)[1]) == len(CALLS)


# ---- What could go wrong on the way --------------------------------------------------------------------


def test_when_callprop_does_not_answer_nothing_is_shown_as_let_through(browser: Browser, prefix: Path) -> None:
    served = Served(prefix, STATUSES)
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.address)
    tick(page, "all")
    assert all(mark for mark, _ in verdicts(page).values())
    served.end()
    tick(page, "li")
    expect(page.get_by_role("alert")).to_contain_text("There is no answer from callprop")
    assert verdicts(page) == {}
    expect(page.locator("#decisions")).to_be_hidden()
    expect(page.locator("#summary")).to_be_empty()
    context.close()


ODD_ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("an error", {"status": 503, "body": '{"error": {"status": 503, "message": "no memory"}}'}),
    ("no JSON", {"status": 200, "body": "<html>"}),
    ("JSON of another kind", {"status": 200, "body": "[]"}),
    ("an error that is none", {"status": 500, "body": "{}"}),
    ("a decision that is none", {"status": 200, "body": '{"decisions": [{"allowed": true}]}'}),
    ("decisions that are none", {"status": 200, "body": '{"decisions": "all"}'}),
]


@pytest.mark.parametrize(("what", "answer"), ODD_ANSWERS, ids=[what for what, _ in ODD_ANSWERS])
def test_an_odd_answer_is_no_permission(browser: Browser, office: Served, what: str, answer: dict[str, Any]) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(office.address)
    tick(page, "all")
    page.route("**/decisions*", lambda route: route.fulfill(content_type="application/json", **answer))
    tick(page, "li")
    expect(page.get_by_role("alert")).to_be_visible()
    assert verdicts(page) == {}
    page.unroute("**/decisions*")
    tick(page, "li")
    expect(page.locator("#problem")).to_be_hidden()
    assert all(mark for mark, _ in verdicts(page).values())
    context.close()


def test_only_true_is_a_permission(page: Page) -> None:
    call = {"src": "extension", "dst": "ivr", "leg": "src", "callback": False}
    for allowed in (False, None, 0, 1, "true", "false", [], {}):
        decision = {"allowed": allowed, "call": call, "reason": "?"}
        body = json.dumps({"granted": [], "decisions": [decision]})
        page.route("**/decisions*", lambda route: route.fulfill(content_type="application/json", body=body))
        tick(page, "li")
        assert [mark for mark, _ in verdicts(page).values()] == [False], allowed
        page.unroute("**/decisions*")


def test_where_an_answer_is_late_no_earlier_one_is_shown_meanwhile(page: Page) -> None:
    """As when the server is stopped: the page knows after five seconds that there will be none."""
    tick(page, "all")
    assert all(mark for mark, _ in verdicts(page).values())
    held: list[Route] = []
    page.route("**/decisions*", lambda route: held.append(route))  # noqa: PLW0108
    page.locator("input[value=all]").click()
    expect(page.locator("#summary")).to_have_text("Waiting for the answer of callprop…", timeout=2000)
    assert verdicts(page) == {}
    expect(page.locator("#decisions")).to_be_hidden()
    held[0].continue_()
    answered(page)
    expect(page.locator("#decisions")).to_be_visible()
    assert {call: mark for call, (mark, _) in verdicts(page).items()} == expected([])
    page.locator("input[value=li]").click()
    expect(page.get_by_role("alert")).to_be_visible(timeout=8000)
    expect(page.locator("#summary")).to_be_empty()
    assert verdicts(page) == {} and len(held) == 2


def test_a_late_answer_to_an_earlier_question_is_not_shown(page: Page) -> None:
    held: list[Route] = []
    page.route("**/decisions*", lambda route: held.append(route))  # noqa: PLW0108
    page.locator("input[value=all]").click()
    page.wait_for_timeout(50)
    page.locator("input[value=all]").click()
    page.wait_for_timeout(50)
    assert page.locator("#answer[aria-busy]").count() == 1 and len(held) == 2
    held[1].continue_()
    answered(page)
    held[0].continue_()
    page.wait_for_timeout(300)
    assert {call: mark for call, (mark, _) in verdicts(page).items()} == expected([])


# ---- Names that somebody may have thought of -----------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "</select><script>alert(1)</script>", "' autofocus onfocus=alert(1) x='",
    "<style>*{display:none}</style>", "<iframe src=javascript:alert(1)>", "<base href=//evil.example>", "&lt;b&gt;", "javascript:alert(1)", "${title}", "<!--",
]  # fmt: skip


def test_names_that_are_html_or_scripts_are_text(browser: Browser, prefix: Path, tmp_path: Path) -> None:
    served = Served(
        prefix, written(tmp_path, [{"id": name, "name": name, "property_list": ["li"]} for name in HOSTILE])
    )
    with opened(browser, served.address) as page:
        assert matrix(page)[0][2:] == HOSTILE
        assert page.locator("option").all_inner_texts()[1:] == HOSTILE
        for name in HOSTILE:
            page.get_by_label("Start from").select_option(label=name)
            answered(page)
            assert sum(mark for mark, _ in verdicts(page).values()) == 6
        assert page.evaluate("document.querySelectorAll('img, svg, iframe, style, base, body script').length") == 0
    served.end()


def test_what_is_not_of_the_page_does_not_run_nor_load(browser: Browser, office: Served) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(office.address)
    page.evaluate(
        """() => {
            window.violations = [];
            document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            document.body.insertAdjacentHTML("beforeend", "<img src='/x.png'><b onclick='window.ran = true' style='color: red'>x</b>");
            document.body.lastChild.click();
            fetch("http://127.0.0.1:9/").catch(() => {});
        }"""
    )
    page.wait_for_function("window.violations.length >= 5")
    assert page.evaluate("window.ran") is None
    found = {*page.evaluate("window.violations")}
    assert found == {"script-src-elem", "script-src-attr", "style-src-attr", "img-src", "connect-src"}
    context.close()
