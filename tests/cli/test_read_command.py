"""``ocrkit read``, on pages of bars, with a plugin that finds them and a model that reads them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import pytest
from PIL import Image
from rows_pages import READ, ROWS, draw, files

from ocrkit.errors import OptionError
from ocrkit.plugin import registry

if TYPE_CHECKING:
    from command import RunOcrkit

Distribute = Callable[..., Path]

PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="{name}.png" imageWidth="300" imageHeight="{height}"><TextRegion id="r">
<Coords points="0,0 299,0 299,39 0,39"/>{lines}</TextRegion></Page></PcGts>
"""
PAGE_LINE = """<TextLine id="l{n}"><Coords points="30,{top} 180,{top} 180,{foot} 30,{foot}"/>
<Baseline points="30,{foot} 180,{foot}"/><TextEquiv><Unicode>wrong</Unicode></TextEquiv></TextLine>
"""


@pytest.fixture
def place(tmp_path: Path, distribute: Distribute, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder: a model, and pages below ``in``."""
    distribute("ocrkit-rows", ROWS)
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-rows")
    monkeypatch.chdir(tmp_path)
    bars.reader().save("m.safetensors")
    draw("in/1.png", "ab", "cab")
    draw("in/2.png", "bb")
    draw("in/10.png", "ca", "b")
    registry.default_registry.cache_clear()
    yield tmp_path
    registry.default_registry.cache_clear()


@pytest.mark.usefixtures("place")
class TestResults:
    def test_the_text_of_a_page_goes_to_stdout(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, "in/1.png")

        assert (ran.code, ran.out) == (0, "ab\ncab\n")
        assert ran.err == ""

    def test_a_folder_is_read_in_natural_order(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, "in")

        assert ran.out.replace("\f", "") == "ab\ncab\nbb\nca\nb\n"

    def test_a_list_of_pages_may_come_on_stdin(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, stdin="in/2.png\n\nin/10.png\n")

        assert ran.out.replace("\f", "") == "bb\nca\nb\n"

    def test_json_tells_who_read_and_who_found_the_lines(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, "in/2.png", "--to", "json")

        [page] = json.loads(ran.out)["pages"]
        assert (page["model"], page["segmenter"], page["image"]) == ("m.safetensors", "rows", "in/2.png")
        [line] = page["regions"][0]["lines"]
        assert (line["text"], [word["text"] for word in line["words"]]) == ("bb", ["bb"])

    def test_a_file_is_of_the_format_that_its_ending_tells(self, run_ocrkit: RunOcrkit) -> None:
        assert run_ocrkit(*READ, "in", "-o", "all.json").code == 0

        assert len(json.loads(Path("all.json").read_text())["pages"]) == 3

    def test_a_folder_has_files_as_the_pages_are_called(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, "in", "-o", "out", "--to", "text", "--to", "overlay")

        assert (ran.code, ran.out) == (0, "")
        assert files("out") == ["1.overlay.png", "1.txt", "10.overlay.png", "10.txt", "2.overlay.png", "2.txt"]
        assert Path("out/10.txt").read_text() == "ca\nb\n"

    def test_the_pages_of_a_tiff_are_one_document_or_many(self, run_ocrkit: RunOcrkit) -> None:
        pages = [Image.open(f"in/{number}.png") for number in (1, 2, 10)]
        pages[0].save("book.tif", save_all=True, append_images=pages[1:])

        run_ocrkit(*READ, "book.tif", "-o", "whole/")
        run_ocrkit(*READ, "book.tif", "-o", "parts/", "--per", "page", "--pages", "2-")

        assert files("whole") == ["book.txt"]
        assert Path("whole/book.txt").read_text().replace("\f", "") == "ab\ncab\nbb\nca\nb\n"
        assert files("parts") == ["book-0002.txt", "book-0003.txt"]

    def test_an_option_of_the_segmenter_is_set(self, run_ocrkit: RunOcrkit) -> None:
        assert run_ocrkit(*READ, "in/1.png", "--set", "segmenter.deepest=60").out == "ab\n"

    def test_an_option_of_the_format_is_set(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit(*READ, "in/2.png", "--to", "json", "--set", "characters=false")

        assert "characters" not in json.loads(ran.out)["pages"][0]["regions"][0]["lines"][0]["words"][0]

    def test_lines_are_joined(self, run_ocrkit: RunOcrkit) -> None:
        draw("three.png", "cab", "cba", "abc")

        assert run_ocrkit(*READ, "three.png").out == "cab\ncba\nabc\n"
        assert run_ocrkit(*READ, "three.png", "--join-lines", "--dehyphenate").out == "cab cba abc\n"

    def test_an_empty_page_has_no_lines_and_is_no_error(self, run_ocrkit: RunOcrkit) -> None:
        draw("white.png")

        ran = run_ocrkit(*READ, "white.png", "in/2.png")

        assert (ran.code, ran.out.split()) == (0, ["bb"])
        assert ran.err == "note: white.png: no lines of text were found\n"

    def test_layouts_beside_the_pages_are_read_anew(self, run_ocrkit: RunOcrkit) -> None:
        Path("found").mkdir()
        for name, count in (("1", 2), ("2", 1), ("10", 2)):
            lines = "".join(PAGE_LINE.format(n=n, top=20 + 60 * n, foot=39 + 60 * n) for n in range(count))
            Path(f"found/{name}.xml").write_text(PAGE.format(name=name, height=40 + 60 * count, lines=lines))

        ran = run_ocrkit("read", "-m", "m.safetensors", "in", "--layout", "found")

        assert (ran.code, ran.out.replace("\f", "")) == (0, "ab\ncab\nbb\nca\nb\n")


@pytest.mark.usefixtures("place")
class TestTrouble:
    def test_a_bad_page_is_named_and_the_others_are_read(self, run_ocrkit: RunOcrkit) -> None:
        Path("in/5.png").write_bytes(b"no picture")

        ran = run_ocrkit(*READ, "in")

        assert ran.code == 1
        assert ran.out.replace("\f", "").split() == ["ab", "cab", "bb", "ca", "b"]
        assert "left out in/5.png: " in ran.err
        assert ran.err.endswith("1 of 4 pages could not be opened\n")

    @pytest.mark.parametrize(("layout", "output"), [("in", "in"), ("in", "in/page"), ("in/1.xml", "in/1.xml")])
    def test_no_layout_is_written_over(self, run_ocrkit: RunOcrkit, layout: str, output: str) -> None:
        Path("in/page").mkdir()
        Path("in/1.xml").write_text("somebody's work")

        ran = run_ocrkit("read", "-m", "m.safetensors", "in", "--layout", layout, "-o", output, "--to", "page")

        assert (ran.code, Path("in/1.xml").read_text()) == (1, "somebody's work")
        assert "files would take the place of the layouts; write to another folder" in ran.err

    def test_a_page_without_a_layout_is_named(self, run_ocrkit: RunOcrkit) -> None:
        Path("found").mkdir()

        ran = run_ocrkit("read", "-m", "m.safetensors", "in/1.png", "--layout", "found")

        assert ran.code == 1
        assert "left out in/1.png: no layout for it in 'found'; expected 1.xml or 1.json" in ran.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("gone.png",), "gone.png"),
            (("in", "--to", "wrod"), "no page renderer 'wrod'"),
            (("in", "--to", "overlay"), "format 'overlay' holds one page a file, and there are 3; name a folder"),
            (("in", "--to", "overlay", "-o", "x.png"), "format 'overlay' holds one page a file, and there are 3"),
            (("in", "--to", "text", "--to", "json"), "several formats do not go to stdout; name a folder"),
            (("in", "-o", "s3://bucket/out"), "--output is the URL 's3://bucket/out'; write to a folder"),
            (("in", "-o", "x.docx"), "no format has the ending of 'x.docx'; say which it is with --to"),
            (("in", "--per", "line", "-o", "out"), "--per is 'line'; expected page or document"),
            (("in", "--per", "page"), "--per page is for files in a folder; name one with --output"),
            (("in", "--set", "wide=1"), "no option 'wide' of format 'text'"),
            (("in", "--to", "json", "--join-lines"), "no option 'line_breaks' of format 'json'"),
            (("in", "--set", "segmenter.deep=1"), "segmenter 'rows': no option 'deep'; did you mean 'deepest'?"),
            (("in", "--set", "segmenter=1"), "expected segmenter.KEY=VALUE"),
            (("in", "--segmenter-model", "x"), "segmenter 'rows' takes no model; leave --segmenter-model out"),
            (("in", "--layout", "in"), "lines are either found or told; leave out --layout"),
            (("in", "--pages", "0"), "0"),
            (("in", "--reject", "0.1"), "not calibrated"),
            ((), "nothing to read: the list on stdin is empty; name images, PDFs, folders or globs"),
        ],
    )
    def test_what_cannot_be_meant_is_told_at_once(
        self, run_ocrkit: RunOcrkit, arguments: tuple[str, ...], said: str
    ) -> None:
        ran = run_ocrkit(*READ, *arguments)

        assert (ran.code, ran.out) == (1, "")
        assert said in ran.err
        assert ran.err.count("\n") == 1

    @pytest.mark.parametrize(
        "command",
        [READ, ("evaluate", "in", "--pages", "--model", "m.safetensors"), ("align", "in", "in", "-o", "out")],
        ids=["read", "evaluate", "align"],
    )
    def test_the_runtime_is_that_of_what_finds_the_lines_too(
        self, run_ocrkit: RunOcrkit, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
    ) -> None:
        asked = []

        def settled(*_: object, runtime: str, **__: object) -> None:
            asked.append(runtime)
            raise OptionError("that is enough")

        monkeypatch.setattr("ocrkit.pages.finding.settle_segmenter", settled)
        Path("in/1.xml").write_text(PAGE.format(name="1", height=40, lines=""))
        Path("in/1.txt").write_text("ab")

        ran = run_ocrkit(
            *command, *(["in"] if command == READ else []), "--runtime", "torch", "--model", "m.safetensors"
        )

        assert "that is enough" in ran.err
        assert asked == ["torch"]

    def test_a_segmenter_that_is_none_is_told_with_those_that_are(self, run_ocrkit: RunOcrkit) -> None:
        ran = run_ocrkit("read", "-m", "m.safetensors", "in", "-s", "row")

        assert "no segmenter 'row'; did you mean 'rows'?" in ran.err

    def test_a_page_is_not_written_over_by_its_text(self, run_ocrkit: RunOcrkit) -> None:
        Path("in/1.png").rename("1.txt")

        ran = run_ocrkit(*READ, "1.txt", "-o", ".")

        assert ran.code == 1
        assert "1.txt: it would take the place of the page that was read" in ran.err


def test_ctrl_c_leaves_whole_files_of_the_pages_done(place: Path) -> None:
    command = [sys.executable, "-c", SLOW, *READ[0:], "in", "-o", "out"]

    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_environment())
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)

    assert process.returncode == 130
    assert said.endswith("interrupted\n")
    assert files("out") == ["1.txt"]
    assert Path("out/1.txt").read_text() == "ab\ncab\n"


SLOW = """
import sys, time
from ocrkit.pages import reader

look_at = reader.PageReader._look_at
def slow(self, scan):
    if scan.name != "in/1.png":
        print("second", flush=True)
        time.sleep(60)
    return look_at(self, scan)
reader.PageReader._look_at = slow
sys.argv[0] = "ocrkit"
from ocrkit.cli.app import main
main()
"""


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
