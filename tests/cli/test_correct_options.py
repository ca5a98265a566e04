"""``--correct`` and ``--correct-option``, with a corrector that a plugin brings."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
from held_pages import page_of_bars

from ocrkit.layout.outputs.page import PageOptions, page_xml
from ocrkit.layout.reading import read_layout
from ocrkit.layout.records import Page
from ocrkit.plugin import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from command import RunOcrkit
    from conftest import Distribute

PLUGIN = """
import re
from dataclasses import dataclass

from ocrkit import Change, CorrectorSpec


@dataclass(frozen=True)
class Options:
    before: str = "b"
    after: str = "c"


class Told:
    def __init__(self, options):
        self.options = options

    def correct(self, reading):
        found = re.finditer(self.options.before, reading.text)
        return [Change(*match.span(), match[0], self.options.after, 2.5) for match in found]


@hookimpl
def ocrkit_correctors():
    yield CorrectorSpec("told", "One text for another.", Options, lambda charset, options: Told(options))
"""
ARPA = "\\data\\\nngram 1=1\n\\1-grams:\n-1\ta\n\\end\\\n"
DECODE = ("decode", "-m", "m.safetensors", "-d", "cpu", "--correct", "told")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, distribute: Distribute) -> Iterator[Path]:
    """The working folder: a model, pictures of lines, a page with its PAGE file, and the plugin."""
    monkeypatch.chdir(tmp_path)
    distribute("ocrkit-told", PLUGIN)
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-told")
    registry.default_registry.cache_clear()
    bars.reader().save(tmp_path / "m.safetensors")
    bars.write(tmp_path / "lines", {"1.png": "ab", "2.png": "ca"})
    yield tmp_path
    registry.default_registry.cache_clear()


@pytest.mark.usefixtures("place")
def test_lines_are_decoded_with_the_changes_made(run_ocrkit: RunOcrkit) -> None:
    assert run_ocrkit(*DECODE, "lines/1.png", "lines/2.png").out == "lines/1.png\tac\nlines/2.png\tca\n"


@pytest.mark.usefixtures("place")
def test_json_lines_keep_what_was_read(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit(*DECODE, "--correct-option", "after=a", "--to", "jsonl", "lines/1.png", "lines/2.png")

    altered, other = map(json.loads, ran.out.splitlines())
    assert (altered["text"], altered["original"]) == ("aa", "ab")
    assert altered["changes"] == [{"start": 1, "end": 2, "before": "b", "after": "a", "gain": 2.5}]
    assert "original" not in other


def test_saved_log_probabilities_are_corrected_alike(run_ocrkit: RunOcrkit, place: Path) -> None:
    np.savez(place / "saved.npz", log_probs=bars.log_probs(["ab"], frames=4))

    assert run_ocrkit(*DECODE, "saved.npz").out == "saved.npz#0\tac\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--correct", "tolt"], "no corrector 'tolt'; did you mean 'told'?"),
        (
            ["--correct", "told", "--correct-option", "aftr=x"],
            "corrector 'told': no option 'aftr'; did you mean 'after'",
        ),
        (["--correct", "told", "--correct-option", "after=7"], "corrector 'told': after is 7; expected"),
        (["--correct-option", "after=x"], "no corrector for --correct-option to apply to; name one with --correct"),
        (["--correct", "told", "--correct-option", "after"], "--correct-option 'after' is not of the form KEY=VALUE"),
    ],
)
@pytest.mark.usefixtures("place")
def test_what_cannot_be_asked_is_told_in_one_line(run_ocrkit: RunOcrkit, options: list[str], message: str) -> None:
    ran = run_ocrkit("decode", "-m", "m.safetensors", "-d", "cpu", "lines/1.png", *options)

    assert ran.code == 1
    assert message in ran.err
    assert ran.err.count("\n") == 1


def test_pages_are_read_with_the_changes_made(run_ocrkit: RunOcrkit, place: Path) -> None:
    image, layout = page_of_bars(["ab", "ca"])
    image.save(place / "page.png")
    (place / "page.xml").write_text(
        page_xml(Page("page.png", *image.size, layout.regions), PageOptions()), encoding="utf-8"
    )

    ran = run_ocrkit(
        *("read", "-m", "m.safetensors", "-d", "cpu", "--layout", ".", "--correct", "told"),
        *("page.png", "--to", "json", "-o", "read.json"),
    )

    assert ran.code == 0, ran.err
    first, second = read_layout("read.json").lines
    assert (first.text, first.original, second.text, second.original) == ("ac", "ab", "ca", "")
    assert [(word.text, word.original) for word in first.words] == [("ac", "ab")]


@pytest.mark.usefixtures("place")
def test_a_listing_shows_who_offers_it(run_ocrkit: RunOcrkit) -> None:
    rows = [row.split()[:3] for row in run_ocrkit("plugins", "list").out.splitlines()]

    assert ["corrector", "told", "ocrkit-told"] in rows


@pytest.mark.usefixtures("place")
def test_an_installed_corrector_is_checked(run_ocrkit: RunOcrkit) -> None:
    assert "ok      corrector told" in run_ocrkit("plugins", "check", "ocrkit-told").out


@pytest.mark.usefixtures("place")
def test_an_evaluation_shows_rates_without_and_with_corrections(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "-d", "cpu", "--correct", "told", "lines")

    assert ran.code == 0, ran.err
    # Of the texts ab and ca both are read as they are; told makes ac of the first.
    assert "corrected by told: 1 of 2 lines" in ran.out
    assert "CER        0.0000   0.2500   +0.2500  (+0.0000 to +0.5000)" in ran.out
    assert "WER        0.0000   0.5000   +0.5000  (+0.0000 to +1.0000)" in ran.out
    assert (
        "words      0 mended, 1 spoiled, 0.0 mended for each spoiled; 0 altered and still wrong, 0 left wrong, of 2"
        in ran.out
    )


@pytest.mark.usefixtures("place")
def test_json_of_an_evaluation_has_both(run_ocrkit: RunOcrkit) -> None:
    ran = run_ocrkit(
        *("evaluate", "-m", "m.safetensors", "-d", "cpu", "--json", "lines"),
        *("--correct", "told", "--correct-option", "after=bb"),
    )

    found = json.loads(ran.out)
    assert found["correction"]["cer"] == {"without": 0.0, "corrected": 0.25, "low": 0.0, "high": 0.5}
    assert found["correction"]["words"]["spoiled"] == 1
    assert found["cer"] == 0.25


@pytest.mark.usefixtures("place")
def test_an_evaluation_without_a_corrector_says_nothing_of_one(run_ocrkit: RunOcrkit) -> None:
    assert json.loads(run_ocrkit("evaluate", "-m", "m.safetensors", "--json", "lines").out)["correction"] is None


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--tune-lm", "--lm", "x.arpa"], "--tune-lm heeds no --correct"),
        (["--lexicons", "lists.tsv"], "which nothing corrects; leave --correct out"),
    ],
)
def test_what_goes_through_no_corrector_takes_none(
    run_ocrkit: RunOcrkit, place: Path, options: list[str], message: str
) -> None:
    (place / "lists.tsv").write_text("1.png\tab,ca\n2.png\tab,ca\n", encoding="utf-8")
    (place / "x.arpa").write_text(ARPA, encoding="utf-8")

    ran = run_ocrkit("evaluate", "-m", "m.safetensors", "-d", "cpu", "--correct", "told", "lines", *options)

    assert ran.code == 1
    assert message in ran.err


SEGMENTER = """
from dataclasses import dataclass

from ocrkit import SegmenterSpec
from ocrkit.layout.records import Layout
from ocrkit.layout.reading import read_layout


@dataclass(frozen=True)
class Options:
    pass


class Knowing:
    def segment(self, image, *, direction="ltr"):
        return Layout(read_layout("page.xml").regions)


@hookimpl
def ocrkit_segmenters():
    yield SegmenterSpec("knowing", "The lines that are true.", Options, lambda options: Knowing())
"""


def test_pages_are_measured_without_and_with_corrections(
    run_ocrkit: RunOcrkit, place: Path, distribute: Distribute, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribute("ocrkit-knowing", SEGMENTER)
    monkeypatch.setenv("OCRKIT_PLUGINS", "ocrkit-told,ocrkit-knowing")
    registry.default_registry.cache_clear()
    image, layout = page_of_bars(["ab", "ca"])
    image.save(place / "page.png")
    [region] = layout.regions
    lines = tuple(replace(line, text=text) for line, text in zip(region.lines, ["ac", "ca"], strict=True))
    page = Page("page.png", *image.size, (replace(region, lines=lines),))
    (place / "page.xml").write_text(page_xml(page, PageOptions()), encoding="utf-8")
    asked = (
        "evaluate",
        "--pages",
        "page.xml",
        "-m",
        "m.safetensors",
        "-d",
        "cpu",
        "-s",
        "knowing",
        "--correct",
        "told",
    )

    shown, found = run_ocrkit(*asked), json.loads(run_ocrkit(*asked, "--json").out)

    # "ab ca" was read of "ac ca", and told mends it.
    assert "CER        0.2500   0.0000   -0.2500  (-0.5000 to +0.0000)" in shown.out
    assert "page CER   0.2000   0.0000   -0.2000" in shown.out
    assert "words      1 mended, 0 spoiled; 0 altered and still wrong, 0 left wrong, of 2" in shown.out
    assert found["text_without_correction"]["cer"] == 0.2
    assert (found["text"]["cer"], found["correction"]["words"]["mended"]) == (0.0, 1)
