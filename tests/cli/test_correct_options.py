"""``--correct`` and ``--correct-option``, with a corrector that a plugin brings."""

from __future__ import annotations

import json
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
