from __future__ import annotations

import io
import json
import math
import os
import re
import shutil
import subprocess
import zlib
from typing import TYPE_CHECKING

import pytest
from hard_lines import HARD_LINES

from ocrkit.layout.outputs.pdf import text_only_pdf
from ocrkit.layout.outputs.pdf.font import Codes, font_program, to_unicode, units_of
from ocrkit.layout.records import Line, Page, Region, Word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ocrkit.layout.records import Points

WIDTH, HEIGHT = 2480, 3508
# Those that a reader may lose: U+FDFA is taken apart by some, and pdfminer gives Arabic as it is seen.
MAY_LOSE = {"ﷺ محمد", "السلام عليكم ورحمة الله"}
PDF_JS = os.environ.get("OCRKIT_PDFJS", "")  # the folder of pdfjs-dist


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def hard_page(*, skew: float = 0.0, rotation: int = 0, words: bool = True) -> Page:
    """The hard lines, each word where it may have stood, the whole skewed and then turned to be set right again."""
    slope = math.radians(skew)

    def placed(points: list[tuple[float, float]]) -> Points:
        skewed = [
            (x * math.cos(slope) - y * math.sin(slope), x * math.sin(slope) + y * math.cos(slope)) for x, y in points
        ]
        turns: dict[int, Callable[[float, float], tuple[float, float]]] = {
            0: lambda x, y: (x, y),
            90: lambda x, y: (y, WIDTH - x),
            180: lambda x, y: (WIDTH - x, HEIGHT - y),
            270: lambda x, y: (HEIGHT - y, x),
        }
        return tuple((round(x), round(y)) for x, y in (turns[rotation](*point) for point in skewed))

    lines = []
    for number, text in enumerate(HARD_LINES):
        foot, right_to_left = 200 + number * 95, text in MAY_LOSE
        boxes, place = [], 200
        for word in text.split():
            width = max(14, (16 + 5 * (len(boxes) % 3)) * len(word))
            boxes.append((place, place + width))
            place += width + 20
        end = place - 20
        boxes = [(200 + end - right, 200 + end - left) for left, right in boxes] if right_to_left else boxes
        made = tuple(
            Word(word, placed(box(left, foot - 40, right, foot + 18)))
            for word, (left, right) in zip(text.split(), boxes, strict=True)
        )
        lines.append(
            Line(
                f"l{number}",
                placed([(200, foot), (end, foot)]),
                placed(box(200, foot - 40, end, foot + 18)),
                text,
                words=made if words else (),
                direction="rtl" if right_to_left else "ltr",
            )
        )
    width, height = (HEIGHT, WIDTH) if rotation % 180 else (WIDTH, HEIGHT)
    region = Region("r", ((0, 0), (width, 0), (width, height)), tuple(lines))
    return Page("hard.png", width, height, (region,), rotation=rotation, dpi=300, languages=("ml",))


def by_poppler(data: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext")
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


def by_pdfium(data: bytes) -> str:
    pdfium = pytest.importorskip("pypdfium2")
    return str(pdfium.PdfDocument(data)[0].get_textpage().get_text_range()).replace("\r", "")


def by_pdfminer(data: bytes) -> str:
    high_level = pytest.importorskip("pdfminer.high_level")
    return str(high_level.extract_text(io.BytesIO(data)))


def by_pdf_js(data: bytes) -> str:
    if not PDF_JS or shutil.which("node") is None:
        pytest.skip("no pdf.js: OCRKIT_PDFJS names the folder of pdfjs-dist")
    script = f"""
        import * as pdfjs from {json.dumps(PDF_JS + "/legacy/build/pdf.mjs")};
        import fs from "fs";
        const data = new Uint8Array(fs.readFileSync(0));
        const page = await (await pdfjs.getDocument({{data, verbosity: 0}}).promise).getPage(1);
        const content = await page.getTextContent({{disableNormalization: true}});
        process.stdout.write(content.items.map(item => item.str + (item.hasEOL ? "\\n" : "")).join(""));
    """
    command = ["node", "--input-type=module", "-e", script]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()


READERS = [by_poppler, by_pdfium, by_pdfminer, by_pdf_js]


def copied(text: str) -> set[str]:
    return {line.strip(" \u200e\u200f\u202a\u202b\u202c") for line in text.split("\n")}


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_hard_lines_are_copied_as_they_were_read(read: Callable[[bytes], str], rotation: int) -> None:
    text = read(text_only_pdf([hard_page(rotation=rotation)]))

    assert set(HARD_LINES) - copied(text) <= MAY_LOSE


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("words", [True, False])
@pytest.mark.parametrize("skew", [-2, 0.4, 2])
def test_hard_lines_are_copied_from_a_skewed_page(read: Callable[[bytes], str], words: bool, skew: float) -> None:
    text = read(text_only_pdf([hard_page(skew=skew, words=words)]))

    assert set(HARD_LINES) - copied(text) <= MAY_LOSE


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("gap", [1, 12, 70, 400])
def test_words_are_copied_with_one_space_however_far_apart_they_stand(read: Callable[[bytes], str], gap: int) -> None:
    texts, place, words = ("നിന്നും", "ലഭിക്കുന്നതാണ്", "ഒ", "12.50"), 100, []
    for text in texts:
        end = place + 25 * len(text)
        words.append(Word(text, ((place, 60), (end, 60), (end, 118), (place, 118))))
        place = end + gap
    outline = ((100, 60), (place - gap, 60), (place - gap, 118), (100, 118))
    line = Line("l", ((100, 100), (place - gap, 100)), outline, " ".join(texts), words=tuple(words))
    page = Page("a", WIDTH, 200, (Region("r", outline, (line,)),), dpi=300)

    assert copied(read(text_only_pdf([page]))) >= {" ".join(texts)}


def test_hard_lines_are_found() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    page = pdfium.PdfDocument(text_only_pdf([hard_page()]))[0].get_textpage()

    lost = {line for line in HARD_LINES if page.search(line, match_case=True).get_next() is None}

    # PDFium looks for no letters beyond U+FFFF.
    assert lost <= {"ﷺ محمد", HARD_LINES[-1]}


def test_a_word_lies_where_it_was_read() -> None:
    pdfium = pytest.importorskip("pypdfium2")
    page = pdfium.PdfDocument(text_only_pdf([hard_page()]))[0].get_textpage()
    first = HARD_LINES[0].split()[0]

    left, _, right, _ = page.get_rect(0) if page.count_rects(0, len(first)) else (0, 0, 0, 0)

    assert left == pytest.approx(200 / 300 * 72, abs=1)
    assert right == pytest.approx((200 + 16 * len(first)) / 300 * 72, abs=1)


def test_a_page_is_as_large_as_its_picture_on_paper() -> None:
    [media] = re.findall(rb"/MediaBox \[0 0 (\S+) (\S+)\]", text_only_pdf([hard_page(rotation=90)]))

    assert [float(side) for side in media] == [pytest.approx(595.2), pytest.approx(841.92)]


def test_the_language_is_told() -> None:
    assert b"/Lang (ml)" in text_only_pdf([hard_page()])


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("കല", ["ക", "ല"]),
        ("ന്\u200d ", ["ന", "്\u200d", " "]),
        ("ക്\u200cഷ", ["ക", "്\u200c", "ഷ"]),
        ("a\u200db", ["a", "\u200db"]),
        ("a\u200d ", ["a", "\u200d", " "]),
        ("\u200ca", ["\u200ca"]),
    ],
)
def test_joiners_have_no_code_of_their_own(text: str, units: list[str]) -> None:
    assert units_of(text) == units


def test_a_cmap_has_at_most_100_mappings_a_block() -> None:
    codes = Codes()
    codes.encoded("".join(chr(0x4E00 + number) for number in range(250)))

    assert re.findall(rb"(\d+) beginbfchar", to_unicode(codes)) == [b"100", b"100", b"50"]


def test_the_font_is_one_that_font_programs_read() -> None:
    fonts = pytest.importorskip("fontTools.ttLib")
    font = fonts.TTFont(io.BytesIO(font_program()))

    for table in font.keys():  # noqa: SIM118 - a font is no dict
        assert font[table] is not None
    assert font["hmtx"].metrics == dict.fromkeys(font.getGlyphOrder(), (500, 0))
    assert font["maxp"].numGlyphs == 2


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="no qpdf")
def test_qpdf_has_nothing_to_say(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(text_only_pdf([hard_page(), Page("b", 10, 10), Page("c", 0, 0, error="bad")]))

    checked = subprocess.run(["qpdf", "--check", tmp_path / "a.pdf"], capture_output=True, text=True)

    assert checked.returncode == 0
    assert checked.stderr == ""


def test_a_line_that_says_nothing_leaves_nothing() -> None:
    lines = (Line("a", (), ((0, 0), (9, 0), (9, 9)), None), Line("b", (), ((0, 0), (9, 0), (9, 9)), " "))
    data = text_only_pdf([Page("a", 10, 10, (Region("r", ((0, 0),), lines),))])

    streams = re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)

    assert zlib.decompress(streams[0]) == b""
