"""What a person typed is never lost or written over, whatever comes in between, in a real browser."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from drawn_prose import drawn_prose
from visiting import choose, expect, fields, open_document, read_and_open, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from serving_here import Running

CORRECTED = "തിരുത്തിയ വരി 42"
# While `held` names a method, what it asks of the edits is not answered, as by a slow disk: who keeps asking holds the
# transaction open. The page bears how many such questions there were. While `full` is set, no edit is stored.
STORE = """
window.held = "";
let asked = 0;
for (const name of ["put", "getAll"]) {
    const before = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...given) {
        if (this.name !== "edits") return before.apply(this, given);
        if (name === "put" && window.full) throw new DOMException("no room", "QuotaExceededError");
        const request = before.apply(this, given);
        const again = () => { if (window.held === name) this.count().onsuccess = again; };
        if (window.held === name) document.documentElement.dataset.asked = asked += 1;
        request.addEventListener("success", again);
        return request;
    };
}
"""


@pytest.fixture
def slow(visitor: Callable[..., BrowserContext], service: Running) -> Page:
    """The service's page, whose store does what a test says."""
    page = visitor().new_page()
    page.add_init_script(STORE)
    page.goto(service.address)
    return page


def read_two_pages(page: Page) -> None:
    """Open the first page of a file of two."""
    file = io.BytesIO()
    drawn_prose(1).image.save(
        file, "TIFF", save_all=True, append_images=[drawn_prose(2).image], compression="tiff_deflate"
    )
    choose(page, "two.tif", file.getvalue(), "image/tiff")
    open_document(page, "two.tif")


def turn(page: Page, key: str, number: int) -> None:
    """Turn by a key, and wait until the page's lines stand there."""
    page.keyboard.press(f"Alt+{key}")
    expect(page.locator(f'#desk[data-page="{number}"]')).to_be_visible()
    expect(page.locator("#lines")).not_to_have_attribute("data-unsaved", "")


def test_a_line_that_has_the_focus_takes_no_text_of_the_page_turned_to(page: Page) -> None:
    read_two_pages(page)
    fields(page).first.fill(CORRECTED)
    turn(page, "PageDown", 2)
    fields(page).first.focus()

    turn(page, "PageUp", 1)
    turn(page, "PageDown", 2)

    assert texts(page) == list(drawn_prose(2).lines)
    turn(page, "PageUp", 1)
    assert texts(page) == [CORRECTED, *drawn_prose(1).lines[1:]]


def test_the_last_of_what_was_typed_while_the_store_was_busy_is_there_after_a_reload(slow: Page) -> None:
    read_and_open(slow, drawn_prose(1).file())
    slow.evaluate("held = 'put'")
    fields(slow).first.fill("the first of it")
    expect(slow.locator("html")).to_have_attribute("data-asked", "1")
    fields(slow).first.fill(CORRECTED)

    slow.reload()

    open_document(slow, "prose.png")
    assert texts(slow) == [CORRECTED, *drawn_prose(1).lines[1:]]


def test_what_the_store_would_not_take_is_there_when_the_page_is_turned_back(slow: Page) -> None:
    read_two_pages(slow)
    slow.evaluate("full = true")
    fields(slow).first.fill(CORRECTED)
    expect(slow.locator("#alert")).not_to_be_empty()

    turn(slow, "PageDown", 2)
    turn(slow, "PageUp", 1)

    assert texts(slow)[0] == CORRECTED
    slow.reload()
    open_document(slow, "two.tif")
    assert texts(slow)[0] == CORRECTED


def in_two_tabs(page: Page, service: Running) -> Page:
    """The other one of two tabs in which the same page stands on the desk."""
    read_and_open(page, drawn_prose(1).file())
    other = page.context.new_page()
    other.goto(service.address)
    open_document(other, "prose.png")
    return other


def test_what_another_tab_did_is_not_written_over_what_is_typed_meanwhile(slow: Page, service: Running) -> None:
    other = in_two_tabs(slow, service)
    slow.evaluate("held = 'getAll'")
    fields(other).first.fill("by another tab")
    expect(slow.locator("html")).to_have_attribute("data-asked", "1")
    fields(slow).first.fill(CORRECTED)
    fields(slow).nth(1).focus()

    slow.evaluate("held = ''")

    expect(slow.locator("#lines")).not_to_have_attribute("data-unsaved", "")
    assert texts(slow)[0] == CORRECTED
    slow.reload()
    open_document(slow, "prose.png")
    assert texts(slow)[0] == CORRECTED


def test_what_another_tab_did_is_shown(slow: Page, service: Running) -> None:
    other = in_two_tabs(slow, service)

    fields(other).first.fill(CORRECTED)

    expect(fields(slow).first).to_have_value(CORRECTED)
