"""Names, texts and files that mean harm, or are broken, in a real browser: shown as text, refused in words."""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

from drawn_prose import drawn_prose
from serving_here import MAX_UPLOAD
from visiting import choose, document, download, drop, expect, fields, open_document, read_and_open, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page
    from serving_here import Running, Seen

ELEMENT = '"><img src=x onerror="document.title=666">'
NAMES = (
    f"{ELEMENT}.png",
    "<script>document.title=666</script>.png",
    "../../../etc/passwd.png",
    "a\u202egnp.exe.png",
    "&lt;b&gt; \u0d4d \U0001f600.png",
)


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")


def made_by_markup(page: Page) -> int:
    """How many elements there are that the names and texts here would make."""
    count: int = page.locator("img[src='x'], [onerror], body script, iframe, object, embed").count()
    return count


def test_names_are_shown_as_text(page: Page) -> None:
    file = drawn_prose(1).file()
    page.locator("#choose").set_input_files([{"name": name, "mimeType": "image/png", "buffer": file} for name in NAMES])

    for name in NAMES:
        open_document(page, name)
        expect(page.locator("#title")).to_have_text(name)
        page.evaluate("location.hash = ''")
    assert made_by_markup(page) == 0
    assert page.title() != "666"


def test_texts_are_shown_as_text_and_come_back_as_they_were(page: Page, tmp_path: Path) -> None:
    read_and_open(page, drawn_prose(1).file())
    written = [ELEMENT, "</textarea><script>document.title=666</script>", "&amp; ]]> <!-- \u0d15\u0d4d\u200d"]
    for number, text in enumerate(written):
        fields(page).nth(number).fill(text)
        fields(page).nth(number).press("Enter")

    page.reload()

    open_document(page, "prose.png")
    assert texts(page)[:3] == written
    assert made_by_markup(page) == 0
    pages = json.loads(download(page, "json", tmp_path))["pages"]
    assert [line["text"] for region in pages[0]["regions"] for line in region["lines"]][:3] == written


def test_what_the_service_answers_is_shown_as_text(page: Page, seen: Seen) -> None:
    """Also where the answer is not what the service would give."""

    def answer(route: object) -> None:
        body = json.dumps({"error": {"status": 422, "reason": ELEMENT, "way_out": ELEMENT}})
        route.fulfill(status=422, body=body, content_type="application/json")  # type: ignore[attr-defined]

    seen.refused.add(422)
    page.route("**/v1/pages?*", answer)

    choose(page, "a.png", drawn_prose(1).file())

    expect(document(page, "a.png")).to_have_attribute("data-state", "failed")
    expect(document(page, "a.png").locator(".say")).to_contain_text("img src=x")
    assert made_by_markup(page) == 0


CUT = "half of a good file"
BAD_FILES = {
    "large.png": (bytes(MAX_UPLOAD + 1), "more than the server takes"),
    "bomb.png": (png_of_size(60_000, 60_000), "at most 12,000,000 px"),
    "text.png": (b"this is a letter, and no picture", "which is not read here"),
    "page.html": (b"<!doctype html><script>document.title=666</script>", "which is not read here"),
    "cut.pdf": (b"%PDF-1.7\n1 0 obj\n<< /Type /Cata", "PDF"),
    "cut.png": (CUT, "truncated"),
}


def test_files_that_cannot_be_read_are_told_in_words_and_the_next_is_read(page: Page, seen: Seen) -> None:
    seen.refused.update({413, 415, 422})
    good = drawn_prose(1).file()
    # Several at once stay in the list; one alone would be opened.
    page.locator("#choose").set_input_files(
        [
            {"name": name, "mimeType": "image/png", "buffer": good[: len(good) // 2] if data is CUT else data}
            for name, (data, _) in BAD_FILES.items()
        ]
    )

    for name, (_, said) in BAD_FILES.items():
        row = document(page, name)
        expect(row).to_have_attribute("data-state", "failed")
        expect(row.locator(".say")).to_contain_text(said)
        expect(row.locator(".say")).not_to_contain_text("Traceback")
    read_and_open(page, good)
    assert texts(page) == list(drawn_prose(1).lines)


def test_an_empty_file_is_told_in_words(page: Page, seen: Seen) -> None:
    seen.refused.update({400, 413, 415, 422})

    drop(page, "empty.png", b"")

    expect(document(page, "empty.png")).to_have_attribute("data-state", "failed")
    expect(document(page, "empty.png").locator(".say")).not_to_be_empty()


def test_a_service_that_is_away_loses_no_work(page: Page, seen: Seen) -> None:
    read_and_open(page, drawn_prose(1).file())
    before = len(seen.errors)

    page.context.set_offline(True)
    fields(page).nth(1).fill("away")
    fields(page).nth(1).press("Enter")
    page.locator("#download").click()
    page.locator('#downloads [data-to="alto"]').click()
    expect(page.locator("#alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.reload()

    del seen.errors[before:]  # the browser's own, of the request that could not be sent
    open_document(page, "prose.png")
    assert texts(page)[1] == "away"


def test_what_is_drawn_from_hostile_json_makes_no_element(page: Page, service: Running) -> None:
    """Ids, kinds and names in the reading's JSON."""
    record = json.loads(service.post("v1/pages?to=json", drawn_prose(1).file(), "image/png"))["pages"][0]
    record["image"] = record["model"] = record["segmenter"] = ELEMENT
    for region in record["regions"]:
        region["id"] = region["kind"] = ELEMENT
        for number, line in enumerate(region["lines"]):
            line["id"] = f"{ELEMENT}{number}"
            line["text"] = ELEMENT
            line["alternatives"] = [{"text": f"{ELEMENT} again", "score": -1.0}]
            line["words"] = []
    body = json.dumps({"format": "ocrkit pages", "version": 1, "pages": [record]})
    page.route("**/pages/1?to=json", lambda route: route.fulfill(body=body, content_type="application/json"))

    choose(page, "a.png", drawn_prose(1).file())

    open_document(page, "a.png")
    fields(page).first.focus()
    assert texts(page) == [ELEMENT] * len(drawn_prose(1).lines)
    assert made_by_markup(page) == 0
    assert page.title() != "666"


def test_a_page_of_another_site_cannot_frame_it(visitor: Callable[..., BrowserContext], service: Running) -> None:
    page = visitor().new_page()
    answer = page.goto(service.address)

    assert answer is not None
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_scripts_that_get_into_the_page_are_not_run(page: Page, seen: Seen) -> None:
    page.evaluate(
        """() => {
            const element = document.createElement("div");
            element.innerHTML = '<img src="data:," onerror="document.title=666">';
            document.body.append(element);
            const script = document.createElement("script");
            script.textContent = "document.title = 666";
            document.body.append(script);
        }"""
    )

    page.wait_for_timeout(200)
    assert page.title() != "666"
    assert seen.errors, "the policy is to refuse both"
    seen.errors.clear()
