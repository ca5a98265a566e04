"""How the page looks and is used in a real browser: narrow, dark, in Malayalam, by those who do not see it."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from drawn_prose import drawn_prose
from PIL import Image, ImageFilter
from serving_here import AXE, ROOT
from visiting import expect, fields, read_and_open

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page
    from serving_here import Running

PICTURE = ROOT / "docs" / "pictures" / "serve.png"
NARROW = {"width": 390, "height": 844}
# What WCAG 2.2 asks for at its two first levels, and what axe-core holds to be good besides.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def shown(page: Page, name: str) -> None:
    """Leave a picture of what is seen in the folder of OCRKIT_SCREENSHOTS, where that is set."""
    folder = os.environ.get("OCRKIT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as ``make browser`` fetches it from npm."""
    if not AXE.exists():
        pytest.skip("no axe-core; `make browser` fetches it where there is npm")
    return AXE.read_text("utf-8")


def faults(page: Page, axe: str) -> list[str]:
    """What axe-core finds wrong with the page."""
    page.evaluate(axe)
    found: dict[str, Any] = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", RULES)
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many px the page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, NARROW], ids=["wide", "narrow"])
def test_the_page_is_good_for_all(
    visitor: Callable[..., BrowserContext], service: Running, axe: str, scheme: str, size: dict[str, int]
) -> None:
    page = visitor(color_scheme=scheme, viewport=size, has_touch=size is NARROW).new_page()
    page.goto(service.address)
    expect(page.locator("#drop")).to_be_visible()
    name = f"{'narrow' if size is NARROW else 'wide'}-{scheme}"
    shown(page, f"{name}-shelf")
    assert faults(page, axe) == []
    assert sideways(page) == 0

    read_and_open(page, drawn_prose().file())
    fields(page).nth(2).focus()

    shown(page, f"{name}-desk")
    assert faults(page, axe) == []
    assert sideways(page) == 0
    page.evaluate("location.hash = ''")
    expect(page.locator("#documents > li")).to_be_visible()
    shown(page, f"{name}-documents")
    assert faults(page, axe) == []
    assert sideways(page) == 0


def test_dialogs_and_menus_are_good_for_all(page: Page, axe: str) -> None:
    read_and_open(page, drawn_prose(1).file())
    page.locator("#download").click()
    expect(page.locator("#downloads")).to_be_visible()
    shown(page, "menu")
    assert faults(page, axe) == []
    page.keyboard.press("Escape")

    page.locator("#shortcuts").click()

    expect(page.locator("#help")).to_be_visible()
    shown(page, "help")
    assert faults(page, axe) == []


def test_a_browser_that_prefers_malayalam_gets_it(visitor: Callable[..., BrowserContext], service: Running) -> None:
    page = visitor(locale="ml-IN", viewport=NARROW).new_page()

    page.goto(service.address)

    expect(page.locator("html")).to_have_attribute("lang", "ml")
    words = page.locator("#shelf").inner_text()
    assert sum("\u0d00" <= character <= "\u0d7f" for character in words) > sum(
        map(str.isascii, filter(str.isalpha, words))
    )
    read_and_open(page, drawn_prose(1).file())
    assert sideways(page) == 0
    shown(page, "malayalam")


def test_the_language_stays_chosen(page: Page) -> None:
    page.locator("#language").click()
    expect(page.locator("html")).to_have_attribute("lang", "ml")

    page.reload()

    expect(page.locator("html")).to_have_attribute("lang", "ml")


def test_the_picture_and_the_text_are_seen_together(page: Page) -> None:
    read_and_open(page, drawn_prose().file())

    picture, lines = page.locator("#picture").bounding_box(), page.locator("#lines").bounding_box()

    assert picture is not None
    assert lines is not None
    assert picture["x"] + picture["width"] <= lines["x"]
    assert min(picture["width"], lines["width"]) > 350


def test_the_picture_of_the_readme(visitor: Callable[..., BrowserContext], service: Running) -> None:
    """Renewed by ``make picture-of-serve``; else only its size is compared."""
    page = visitor(viewport={"width": 1280, "height": 720}, color_scheme="light").new_page()
    page.goto(service.address)
    worn = io.BytesIO()  # so that there is something to doubt
    drawn_prose().image.filter(ImageFilter.GaussianBlur(1.3)).save(worn, "PNG")
    read_and_open(page, worn.getvalue(), "vayanasala.png")
    page.locator("#next-doubt").click()

    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")

    if os.environ.get("OCRKIT_RENEW_PICTURES") == "1":
        taken.quantize(128, dither=Image.Dither.NONE).save(PICTURE, optimize=True)
    with Image.open(PICTURE) as kept:
        assert kept.size == taken.size
    assert PICTURE.stat().st_size < 150_000
