"""The benchmark beside the peers works: a tiny run of it without them, and the section that it writes."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import ocrkit.ctc

if TYPE_CHECKING:
    from types import ModuleType

pytestmark = pytest.mark.slow

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("peers.report")


@pytest.fixture
def agreement(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module("peers.agreement")


def measured(*options: str) -> list[list[str]]:
    """Each row's cells: workload, ocrkit, beside, lines/s, the peer's, ratio, quartiles, answers."""
    command = [sys.executable, "-W", "error", "-P", "-m", "peers", "--quick", *options]
    environment = os.environ | {"PYTHONPATH": str(BENCHMARKS)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]


def test_every_kind_of_decoder_is_measured_once_its_answers_agree() -> None:
    rows = measured("--only", "word, flat", "--only", "line, flat: text")

    decoders = {row[1].split(",")[0] for row in rows}
    assert decoders >= {"greedy", "beam 5", "beam 100", "lexicon 50", "lexicon 1"}
    assert hasattr(ocrkit.ctc, "text_search") == ("text" in decoders)
    assert not [row for row in rows if "WRONG" in row[-1]]
    assert all(row[3] for row in rows)  # lines a second, by ocrkit


def test_a_folder_of_posteriors_is_measured(tmp_path: Path) -> None:
    log_probs = np.log(np.full((2, 4, 3), 0.1, np.float16))
    log_probs[:, (0, 2), (1, 2)] = log_probs[:, (1, 3), 0] = np.log(0.8)
    np.savez(tmp_path / "word.npz", log_probs=log_probs, lengths=[4, 4], labels=["ab", "ab"], alphabet=["a", "b"])

    rows = measured("--posteriors", str(tmp_path), "--only", "word: greedy / NumPy")

    assert [row[0] for row in rows] == ["word", "word"]
    assert all(row[-1] == "equal; CER 0.00%" for row in rows)


@pytest.mark.skipif(os.environ.get("OCRKIT_NO_FONTS") == "1", reason="lines are drawn, and OCRKIT_NO_FONTS is 1")
def test_every_head_is_trained_timed_and_read_with(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(BENCHMARKS / "head_trials.py"), "--quick", "--seeds", "1"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}

    runs = [
        subprocess.run(
            [*command, "--lines", str(tmp_path / "lines.npz")],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for _ in range(2)  # the second takes the lines that the first has drawn
    ]

    for done in runs:
        assert (done.returncode, done.stderr) == (0, "")
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()[2:]]
        assert {row[0].split()[0].strip("`") for row in rows} == {"blstm", "mixer"}
        assert all(float(cell) > 0 for row in rows for cell in row[3:7])  # lines a second


def test_only_the_marked_section_of_a_page_is_replaced(report: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\nBefore.\n\n{report.BEGIN}\nold\n{report.END}\n\n## After\n", "utf-8")

    report.write_section(page, "new")

    assert page.read_text("utf-8") == f"# Title\n\nBefore.\n\n{report.BEGIN}\nnew\n{report.END}\n\n## After\n"


def test_a_section_is_put_behind_a_page_without_one(report: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Title\n\n## By hand\n", "utf-8")

    report.write_section(page, "new")

    assert page.read_text("utf-8") == f"# Title\n\n## By hand\n\n{report.BEGIN}\nnew\n{report.END}\n"


def test_a_peer_that_is_not_there_is_named_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    pace = import_module("peers.measuring").Pace(1, 0.0, 1, {"pyctcdecode": "0.5.0", "kenlm": "(not installed)"})

    assert pace.missing("pyctcdecode, beam 100, KenLM") == "(not installed)"
    assert pace.missing("pyctcdecode, beam 100") == ""


@pytest.mark.parametrize(
    ("read", "written", "edits"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("ab", "ba", 2)],
)
def test_edits_are_counted(agreement: ModuleType, read: str, written: str, edits: int) -> None:
    assert agreement.distance(read, written) == edits


@pytest.mark.parametrize(
    ("text", "made"),
    [("cat, don't", True), ("  cat", True), ("", True), ("catdon't", False), ("cat dog", False), ("don", False)],
)
def test_text_is_made_of_entries_with_separators_between_them(agreement: ModuleType, text: str, made: bool) -> None:
    assert agreement.is_made_of(text, {"cat", "don't"}, {" ", ",", "'"}) == made


def test_a_bigram_model_discounts_what_was_seen_and_backs_off(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)

    import_module("peers.words").write_bigrams(tmp_path / "model.arpa", ("a b", "a"))

    rows = [line.split("\t") for line in (tmp_path / "model.arpa").read_text("utf-8").splitlines() if "\t" in line]
    bigrams = {row[1]: 10 ** float(row[0]) for row in rows if " " in row[1]}
    words = {row[1]: [10 ** float(number) for number in (row[0], *row[2:])] for row in rows if " " not in row[1]}
    # Of "a a b </s> </s>" and the unknown word, six in all; behind "a" stand "b" and "</s>" once each.
    assert words["a"][0] == pytest.approx(2 / 6, rel=1e-5)
    assert bigrams["a b"] == bigrams["a </s>"] == pytest.approx((1 - 0.75) / 2, rel=1e-5)
    # Behind "a", 0.75 is left for the words of 6 that are neither "b", once, nor "</s>", twice.
    assert words["a"][1] == pytest.approx(0.75 / (3 / 6), rel=1e-5)


def test_brute_force_sums_a_words_alignments(agreement: ModuleType) -> None:
    log_probs = np.log(np.array([[0.5, 0.25, 0.25], [0.5, 0.375, 0.125]], np.float32))

    best = agreement.best_of_all(log_probs, [[1], [2], [1, 1]])

    # "a" over two frames: a a, a blank, blank a; "aa" would need a third frame.
    assert best == pytest.approx(np.log(0.25 * 0.375 + 0.25 * 0.5 + 0.5 * 0.375))
