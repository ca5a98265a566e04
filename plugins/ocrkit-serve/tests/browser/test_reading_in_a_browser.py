"""Files given to the page in a real browser, read, and shown."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
from drawn_prose import drawn_prose
from PIL import Image
from visiting import choose, document, drop, expect, fields, open_document, read_and_open, seen_pixels, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from serving_here import Running, Seen

DARK = 128


def said_by_the_service(service: Running, data: bytes) -> list[str]:
    """The texts of the lines as a program gets them."""
    answer = json.loads(service.post("v1/pages?to=json", data, "image/png"))
    return [line["text"] for page in answer["pages"] for region in page["regions"] for line in region["lines"]]


def test_a_chosen_page_shows_what_the_service_tells_programs(page: Page, service: Running) -> None:
    prose = drawn_prose()

    read_and_open(page, prose.file())

    assert texts(page) == said_by_the_service(service, prose.file()) == list(prose.lines)


def test_a_dropped_page_is_read_too(page: Page) -> None:
    prose = drawn_prose(1)

    drop(page, "dropped.jpg", prose.file("JPEG"), "image/jpeg")

    open_document(page, "dropped.jpg")
    assert texts(page) == list(prose.lines)


def test_pages_of_a_document_are_shown_one_by_one(page: Page) -> None:
    first, second = drawn_prose(1), drawn_prose(2)
    file = io.BytesIO()
    first.image.copy().save(file, "TIFF", save_all=True, append_images=[second.image], compression="tiff_deflate")

    choose(page, "two.tif", file.getvalue(), "image/tiff")

    open_document(page, "two.tif")
    assert texts(page) == list(first.lines)
    page.locator("#next-page").click()
    expect(fields(page)).to_have_count(len(second.lines))
    assert texts(page) == list(second.lines)


def test_lines_are_drawn_over_their_ink(page: Page) -> None:
    read_and_open(page, drawn_prose().file())
    sheet = page.locator("#sheet")
    boxes = sheet.locator("polygon[data-line]").evaluate_all(
        "(shapes) => shapes.map((shape) => { const box = shape.getBoundingClientRect();"
        " return [box.left, box.top, box.right, box.bottom]; })"
    )
    page.locator("#toggle-lines").click()
    place = sheet.bounding_box()
    assert place is not None

    ink = np.asarray(seen_pixels(sheet)) < DARK

    inside = np.zeros_like(ink)
    for left, top, right, bottom in boxes:
        rows = slice(round(top - place["y"]), round(bottom - place["y"]) + 1)
        columns = slice(round(left - place["x"]), round(right - place["x"]) + 1)
        inside[rows, columns] = True
        assert ink[rows, columns].mean() > 0.05
    assert len(boxes) == len(drawn_prose().lines)
    assert ink.sum() > 2000
    assert (ink & inside).sum() > 0.98 * ink.sum()


def test_a_line_and_its_picture_point_at_each_other(page: Page) -> None:
    read_and_open(page, drawn_prose().file())

    fields(page).nth(3).focus()
    expect(page.locator("#sheet polygon.here[data-line]")).to_have_count(1)
    name = page.locator("#lines > li").nth(3).get_attribute("data-line")
    expect(page.locator("#sheet polygon.here[data-line]")).to_have_attribute("data-line", name or "")

    page.locator("#sheet polygon[data-line]").nth(5).click()
    expect(fields(page).nth(5)).to_be_focused()


def test_two_tabs_read_at_once_and_see_each_other_s_work(
    visitor: Callable[..., BrowserContext], service: Running
) -> None:
    context = visitor()
    one, other = context.new_page(), context.new_page()
    one.goto(service.address)
    other.goto(service.address)

    choose(one, "one.png", drawn_prose(1).file())
    choose(other, "other.png", drawn_prose(2).file())

    open_document(one, "other.png")
    open_document(other, "one.png")
    assert texts(one) == list(drawn_prose(2).lines)
    assert texts(other) == list(drawn_prose(1).lines)
    expect(document(one, "")).to_have_count(2)


def test_a_document_is_read_where_its_first_minding_failed(page: Page, seen: Seen) -> None:
    page.evaluate(
        """() => {
            const request = navigator.locks.request;
            navigator.locks.request = async () => {
                navigator.locks.request = request;
                throw new Error("the disk is gone");
            };
        }"""
    )

    choose(page, "prose.png", drawn_prose(1).file())

    expect(page.locator("#alert")).not_to_be_empty()
    open_document(page, "prose.png")
    assert len(seen.errors) == 1
    assert "the disk is gone" in seen.errors.pop()


def test_two_visitors_see_nothing_of_each_other(visitor: Callable[..., BrowserContext], service: Running) -> None:
    one, other = visitor().new_page(), visitor().new_page()
    for page in (one, other):
        page.goto(service.address)

    read_and_open(one, drawn_prose(1).file())

    other.reload()
    expect(other.locator("#drop")).to_be_visible()
    expect(document(other, "")).to_have_count(0)


def test_a_pasted_picture_is_read(page: Page) -> None:
    prose = drawn_prose(1)
    file = io.BytesIO()
    Image.merge("RGB", [prose.image] * 3).save(file, "PNG")

    page.evaluate(
        """(bytes) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], "image.png", {type: "image/png"}));
            window.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        list(file.getvalue()),
    )

    open_document(page, "image.png")
    assert texts(page) == list(prose.lines)
