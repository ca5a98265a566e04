"""Lines corrected on the page in a real browser: what is downloaded, what stays after a reload, what is kept."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from drawn_prose import drawn_prose
from visiting import choose, download, expect, fields, open_document, read_and_open, texts

from ocrkit.plugin.datasets import open_samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page
    from serving_here import Running

CORRECTED = "തിരുത്തിയ വരി 42"
# Edits take a second to be stored, as on a slow disk: what keeps asking holds its transaction open.
SLOW_STORE = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
    const until = performance.now() + 1000;
    const again = () => { if (performance.now() < until) this.count().onsuccess = again; };
    const asked = put.apply(this, given);
    if (this.name === "edits") asked.addEventListener("success", again);
    return asked;
};
"""
# Both keys before the browser has told the page of the first one's address, as on a machine that has much to do.
TURN_AND_BACK = """
for (const key of ["PageDown", "PageUp"]) window.dispatchEvent(new KeyboardEvent("keydown", { key, altKey: true }));
"""
# What a browser does whose user blocks sites from storing anything.
BLOCKED = """
for (const name of blocked) {
    Object.defineProperty(window, name, {
        get() { throw new DOMException("access is denied for this document", "SecurityError"); },
    });
}
navigator.locks.request = async () => { throw new DOMException("access is denied in this context", "SecurityError"); };
window.BroadcastChannel = function () { throw new DOMException("access is denied", "SecurityError"); };
"""


def test_a_corrected_line_is_in_the_alto_that_is_downloaded(page: Page, tmp_path: Path) -> None:
    read_and_open(page, drawn_prose(1).file())
    fields(page).nth(2).fill(CORRECTED)

    alto = ElementTree.fromstring(download(page, "alto", tmp_path))

    lines = [
        " ".join(word.get("CONTENT", "") for word in line.iterfind("{*}String"))
        for line in alto.iterfind(".//{*}TextLine")
    ]
    assert lines == [*drawn_prose(1).lines[:2], CORRECTED, *drawn_prose(1).lines[3:]]


def test_a_reload_loses_nothing(page: Page) -> None:
    read_and_open(page, drawn_prose(1).file())
    fields(page).nth(1).fill(CORRECTED)

    page.reload()

    open_document(page, "prose.png")
    assert texts(page) == [drawn_prose(1).lines[0], CORRECTED, *drawn_prose(1).lines[2:]]


def test_turning_the_page_and_back_loses_nothing_of_what_is_still_being_stored(
    visitor: Callable[..., BrowserContext], service: Running
) -> None:
    page = visitor().new_page()
    page.add_init_script(SLOW_STORE)
    page.goto(service.address)
    file = io.BytesIO()
    first, second = drawn_prose(1).image, drawn_prose(2).image
    first.copy().save(file, "TIFF", save_all=True, append_images=[second], compression="tiff_deflate")
    choose(page, "two.tif", file.getvalue(), "image/tiff")
    open_document(page, "two.tif")
    field = fields(page).first
    field.evaluate("(field) => { field.dataset.before = 'yes'; }")
    field.fill("the first of it")
    field.fill(CORRECTED)

    page.evaluate(TURN_AND_BACK)

    assert page.url.endswith("/1")
    expect(page.locator("[data-before]")).to_have_count(0)
    expect(field).to_have_value(CORRECTED)
    expect(page.locator("#lines")).not_to_have_attribute("data-unsaved", "")
    page.reload()
    open_document(page, "two.tif")
    assert texts(page)[0] == CORRECTED


@pytest.mark.parametrize(
    "blocked", [["localStorage", "sessionStorage"], ["localStorage", "sessionStorage", "indexedDB"]]
)
def test_a_browser_that_lets_nobody_store_reads_and_corrects_all_the_same(
    visitor: Callable[..., BrowserContext], service: Running, tmp_path: Path, blocked: list[str]
) -> None:
    page = visitor().new_page()
    page.add_init_script(f"const blocked = {json.dumps(blocked)};\n{BLOCKED}")
    page.goto(service.address)
    read_and_open(page, drawn_prose(1).file())
    fields(page).nth(1).fill(CORRECTED)
    page.locator("#toggle-strips").click()
    page.locator("#theme").click()
    page.locator("#language").click()

    expect(page.locator("html")).to_have_attribute("lang", "ml")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert texts(page) == [drawn_prose(1).lines[0], CORRECTED, *drawn_prose(1).lines[2:]]
    assert CORRECTED in download(page, "text", tmp_path).decode("utf-8").split("\n")


def test_all_can_be_done_by_keys(page: Page, tmp_path: Path) -> None:
    read_and_open(page, drawn_prose(1).file())
    fields(page).first.focus()

    page.keyboard.press("Control+A")
    page.keyboard.type(CORRECTED)
    page.keyboard.press("Enter")
    expect(fields(page).nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(fields(page).nth(2)).to_be_focused()
    page.keyboard.press("Alt+X")
    expect(page.locator("#lines > li").nth(2)).to_have_attribute("data-state", "gone")
    page.keyboard.press("Shift+Enter")
    page.locator("#download").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#downloads")).to_be_visible()
    _tab_to(page, '#downloads [data-to="text"]')
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    downloading.value.save_as(tmp_path / "saved.txt")

    said = (tmp_path / "saved.txt").read_text("utf-8").split("\n")
    assert [line for line in said if line.strip()] == [CORRECTED, drawn_prose(1).lines[1], *drawn_prose(1).lines[3:]]


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("(element) => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} is not reached by the tab key")


def test_from_the_first_page_to_the_text_by_keys_alone(page: Page) -> None:
    read_and_open(page, drawn_prose(1).file())
    page.evaluate("location.hash = ''")
    expect(page.locator("#shelf")).to_be_visible()
    page.locator("body").press("Home")

    _tab_to(page, '[data-do="open"]')
    page.keyboard.press("Enter")

    expect(fields(page).first).to_be_visible()


def test_checked_lines_are_kept_for_training(page: Page, service: Running) -> None:
    prose = drawn_prose(3)
    read_and_open(page, prose.file())
    fields(page).nth(1).fill(CORRECTED)
    fields(page).nth(1).press("Enter")
    fields(page).nth(2).press("Alt+U")
    fields(page).nth(3).press("Enter")

    page.locator("#keep").click()

    expect(page.locator("#status")).to_have_text(re.compile("2 lines"))
    rows = [json.loads(row) for row in (service.collected / "labels.jsonl").read_text("utf-8").splitlines()]
    mine = {row["text"]: row["read"] for row in rows if row["text"] in (CORRECTED, prose.lines[3])}
    assert mine == {CORRECTED: prose.lines[1], prose.lines[3]: prose.lines[3]}
    assert {sample.text for sample in open_samples(service.collected)} >= mine.keys()


def test_keeping_a_page_again_keeps_each_line_once(page: Page, service: Running) -> None:
    prose = drawn_prose(2)
    read_and_open(page, prose.file())
    fields(page).nth(0).press("Enter")
    page.locator("#keep").click()
    expect(page.locator("#status")).to_have_text(re.compile("1 line "))
    fields(page).nth(1).press("Enter")

    page.locator("#keep").click()

    expect(page.locator("#status")).to_have_text(re.compile("2 lines"))
    groups = [sample.group for sample in open_samples(service.collected) if sample.text in prose.lines[:2]]
    assert any(groups.count(group) == 2 for group in groups)


def test_lines_that_are_checked_no_more_are_taken_out(page: Page, service: Running) -> None:
    read_and_open(page, drawn_prose(1).file())
    fields(page).nth(1).fill("only here, and not for long")
    fields(page).nth(1).press("Enter")
    page.locator("#keep").click()
    expect(page.locator("#status")).to_have_text(re.compile("1 line is kept"))
    table = service.collected / "labels.jsonl"
    assert "only here" in table.read_text("utf-8")
    fields(page).nth(1).press("Alt+0")

    page.locator("#keep").click()

    expect(page.locator("#status")).to_have_text(re.compile("1 line is no longer kept"))
    assert "only here" not in table.read_text("utf-8")
    page.locator("#keep").click()
    expect(page.locator("#status")).to_have_text(re.compile("No line is checked"))
