"""What people do on the page, as the browser's tests do it."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from serving_here import NEEDS_PLAYWRIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Locator, Page

__all__ = [
    "choose",
    "document",
    "download",
    "drop",
    "expect",
    "fields",
    "open_document",
    "read_and_open",
    "seen_pixels",
    "texts",
]

expect = pytest.importorskip("playwright.sync_api", reason=NEEDS_PLAYWRIGHT).expect

_READING = 60_000  # ms until a page is read

_DROP = """
([name, kind, encoded]) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    data.items.add(new File([bytes], name, {type: kind}));
    return data;
}
"""


def choose(page: Page, name: str, data: bytes, kind: str = "image/png") -> None:
    """Choose a file in the chooser."""
    page.locator("#choose").set_input_files({"name": name, "mimeType": kind, "buffer": data})


def drop(page: Page, name: str, data: bytes, kind: str = "image/png") -> None:
    """Drag a file into the window and drop it."""
    carried = page.evaluate_handle(_DROP, [name, kind, base64.b64encode(data).decode()])
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("#drop", event, {"dataTransfer": carried})


def document(page: Page, name: str) -> Locator:
    """The row of a document in the list."""
    return page.locator("#documents > li").filter(has=page.locator(".name", has_text=name))


def open_document(page: Page, name: str, number: int = 1) -> None:
    """Open a page of a document that is, or will be, read."""
    row = document(page, name)
    expect(row).to_have_attribute("data-state", "done", timeout=_READING)
    name = row.get_attribute("data-document")
    page.evaluate("hash => { location.hash = hash }", f"#/{name}/{number}")
    expect(page.locator(f'#desk[data-document="{name}"][data-page="{number}"]')).to_be_visible()
    expect(fields(page).first).to_be_visible()


def read_and_open(page: Page, data: bytes, name: str = "prose.png") -> None:
    """Choose a file, and open its first page once it is read."""
    choose(page, name, data)
    open_document(page, name)


def fields(page: Page) -> Locator:
    """The fields of the lines."""
    return page.locator("#lines > li textarea")


def texts(page: Page) -> list[str]:
    """What the lines say."""
    said: list[str] = fields(page).evaluate_all("fields => fields.map((field) => field.value)")
    return said


def download(page: Page, to: str, folder: Path) -> bytes:
    """What the page gives to be saved in a format."""
    page.locator("#download").click()
    with page.expect_download() as downloading:
        page.locator(f'#downloads [data-to="{to}"]').click()
    downloading.value.save_as(folder / "saved")
    return (folder / "saved").read_bytes()


def seen_pixels(locator: Locator) -> Image.Image:
    """What is seen of an element, in grey."""
    return Image.open(io.BytesIO(locator.screenshot())).convert("L")
