"""What the page is made of: its logic in JavaScript's own tests, and rules that hold for all of its files."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = HERE.parent / "src" / "ocrkit_serve" / "page"
SCRIPTS = sorted(PAGE.glob("*.js"))
PARTS = sorted(path for path in PAGE.iterdir() if path.is_file())
HTML = (PAGE / "index.html").read_text("utf-8")
# Whatever reads a text as markup or as code; `setAttribute("on…")` and `style` are stopped by the policy as well.
MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextualFragment"
)
# Versions that take a .js file with imports for a module, without a package.json beside it.
NODE = ((20, 19), (22, 7))


def node() -> str:
    """The node that can run the tests; skips them where there is none."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("node is not installed")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    major, minor = (int(part) for part in version.lstrip("v").split(".")[:2])
    if not any(major == known[0] and minor >= known[1] for known in NODE) and major < 23:
        pytest.skip(f"node {version} does not take .js files for modules; 20.19 and 22.7 do")
    return found


def test_the_logic_of_the_page_holds_in_node() -> None:
    tests = [str(path) for path in sorted((HERE / "page").glob("*.test.mjs"))]

    run = subprocess.run([node(), "--test", *tests], capture_output=True, text=True, check=False, timeout=120)

    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_reads_a_text_as_markup(path: Path) -> None:
    found = MARKUP.search(path.read_text("utf-8"))

    assert found is None, f"{path.name}: {found}"


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_a_part_of_the_page_has_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_nothing_in_the_page_is_inline_or_from_elsewhere() -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=\"page/)|<style|\sstyle=|\son\w+=", HTML) == []
    for path in PARTS:
        text = path.read_text("utf-8")
        addresses = set(re.findall(r"(?:https?:)?//[\w.]+\.[a-z]{2,}[\w./]*", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), path.name


def test_every_part_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"\"page/([\w.-]+)\"", HTML))
    for path in SCRIPTS:
        named |= set(re.findall(r"from \"\./([\w.-]+)\"", path.read_text("utf-8")))

    assert named == {path.name for path in PARTS} - {"index.html"}


def test_every_word_and_icon_that_the_page_names_is_there() -> None:
    english = set(re.findall(r"^  (\w+):", (PAGE / "words-english.js").read_text("utf-8"), re.MULTILINE))
    icons = set(re.findall(r"<symbol id=\"icon-([\w-]+)\"", HTML))

    assert set(re.findall(r"data-word(?:-label)?=\"(\w+)\"", HTML)) - english == set()
    assert set(re.findall(r"#icon-([\w-]+)\"", HTML)) - icons == set()
    for path in SCRIPTS:
        text = path.read_text("utf-8")
        assert set(re.findall(r"\bsay\(\"(\w+)\"", text)) - english == set(), path.name
        assert set(re.findall(r"\bicon\(\"([\w-]+)\"", text)) - icons == set(), path.name


def test_every_id_that_a_script_asks_for_is_in_the_page() -> None:
    ids = re.findall(r"\sid=\"([\w-]+)\"", HTML)
    made = {"tools"}  # by tools.js itself

    assert len(ids) == len(set(ids))
    for path in SCRIPTS:
        assert set(re.findall(r"\bbyId\(\"([\w-]+)\"\)", path.read_text("utf-8"))) - set(ids) - made == set(), path.name
