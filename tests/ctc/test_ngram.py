"""Reading n-gram models, and what they say of units."""

from __future__ import annotations

import gzip
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from ngram_oracle import random_arpa

from ocrkit.ctc import NgramModel, beam_search
from ocrkit.errors import LanguageModelError, MissingFileError, OptionError
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

AB = Charset("ab", ("", "a", "b", " "))

# p(a) = 1/2, p(b) = 1/4, p(end) = 1/4; p(a | start) = 1/10, and b after a: 10^-0.3 x 1/4 by back-off.
SMALL = """
\\data\\
ngram 1=4
ngram 2=1

\\1-grams:
-99\t<s>\t-0.5
-0.60206\t</s>
-0.30103\ta\t-0.3
-0.60206\tb\t0

\\2-grams:
-1\t<s> a

\\end\\
"""


def test_probabilities_back_off_and_are_natural_logs() -> None:
    model = NgramModel(SMALL.encode(), AB)

    assert model.order == 2
    assert len(model) == 5
    assert model.log_prob(["a", "b"]) == pytest.approx(math.log(0.1 * 10**-0.3 * 0.25 * 0.25), abs=1e-4)
    assert model.log_prob(["b"]) == pytest.approx(math.log(10**-0.5 * 0.25 * 0.25), abs=1e-4)


def test_without_an_unknown_unit_what_is_unknown_is_next_to_impossible() -> None:
    assert NgramModel(SMALL.encode(), AB).log_prob(["c"]) == pytest.approx(math.log(10) * (-100 - 0.60206), rel=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("unknown", [True, False])
def test_every_sequence_is_scored_as_the_file_has_it(order: int, unknown: bool) -> None:
    units = ["a", "b", "c"]
    generator = np.random.default_rng(order)
    for seed in range(5):
        arpa = random_arpa(seed, units, order, unknown=unknown)
        model = NgramModel(arpa.text().encode(), AB)
        for _ in range(20):
            spelled = generator.choice([*units, "new"], size=generator.integers(0, 7)).tolist()
            assert model.log_prob(spelled) == pytest.approx(arpa.ln(spelled), rel=1e-5, abs=1e-4)


def test_a_file_may_be_gzipped(tmp_path: Path) -> None:
    (tmp_path / "plain.arpa").write_text(SMALL)
    (tmp_path / "packed.arpa.gz").write_bytes(gzip.compress(SMALL.encode()))

    plain, packed = (NgramModel.read(tmp_path / name, AB) for name in ("plain.arpa", "packed.arpa.gz"))

    assert plain.log_prob(["a"]) == packed.log_prob(["a"])


@pytest.mark.parametrize(
    "text", ["\ufeff" + SMALL.lstrip(), SMALL.replace("\n", "\r\n"), SMALL.replace("ngram ", "ngram\t")]
)
def test_marks_line_ends_and_spaces_are_those_of_any_tool(text: str) -> None:
    assert NgramModel(text.encode(), AB).log_prob("ab") == NgramModel(SMALL.encode(), AB).log_prob("ab")


@pytest.mark.parametrize("unit", ["\u00a0", "\u3000", "\u2028", "\u0085", "\x0b", "\x0c", "\x1c", "\r"])
def test_what_tabs_and_spaces_do_not_part_may_be_a_unit(unit: str) -> None:
    arpa = SMALL.replace("-0.60206\tb\t0", f"-0.60206\t{unit}\t0").replace("<s> a", f"<s> {unit}\t")
    model = NgramModel(arpa.encode(), AB)

    assert model.log_prob([unit]) == pytest.approx(math.log(0.1 * 0.25), abs=1e-4)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("\\data\\", "data", "no line"),
        ("ngram 2=1", "ngram 3=1", r"m.arpa:4: 'ngram 3=1'; expected a line such as 'ngram 2=200'"),
        ("ngram 1=4", "ngram 1=5", r"m.arpa:6: there are 4 1-grams; the head of the file says 5"),
        ("-0.3\n", "x\n", r"m.arpa:9: the back-off weight is 'x'; expected a number"),
        ("-0.30103", "0.30103", r"m.arpa:9: the log-probability is above 0"),
        ("-0.30103", "nan", r"m.arpa:9: the log-probability is 'nan'"),
        ("-0.30103", "-" + "9" * 5000, r"m.arpa:9: the log-probability is '-9999"),
        ("-0.3\n", "1e38\n", r"m.arpa:9: the back-off weight is above 100"),
        ("-0.3\n", "1e400\n", r"m.arpa:9: the back-off weight is '1e400'; expected a number"),
        ("-0.3\n", "inf\n", r"m.arpa:9: the back-off weight is 'inf'; expected a number"),
        ("-0.3\n", "9" * 5000 + "\n", r"m.arpa:9: the back-off weight is '9999"),
        ("ngram 1=4", "ngram 1=" + "9" * 5000, r"m.arpa:3: 'ngram 1=9999"),
        ("-0.60206\tb", "-0.60206\ta", r"m.arpa:10: unigram 'a' is there twice"),
        ("<s> a", "<s> c", r"m.arpa:13: 'c' is no unigram of the model"),
        ("<s> a", "<s>", r"m.arpa:13: expected 2 units after the log-probability, found 1"),
        ("<s> a", "<s> a 1 2", r"m.arpa:13: there is more on the line"),
        ("\\2-grams:", "\\3-grams:", r"m.arpa:12: expected \\2-grams:, found '\\3-grams:'"),
        ("\\end\\\n", "", "the file ends before"),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "m.arpa"
    path.write_text(SMALL.replace(old, new, 1))

    with pytest.raises(LanguageModelError, match=complaint):
        NgramModel.read(path, AB)


def test_files_that_are_not_there_or_damaged_are_named(tmp_path: Path) -> None:
    (tmp_path / "cut.gz").write_bytes(gzip.compress(SMALL.encode())[:40])

    with pytest.raises(MissingFileError, match="no language model"):
        NgramModel.read(tmp_path / "gone.arpa", AB)
    with pytest.raises(LanguageModelError, match="damaged gzip"):
        NgramModel.read(tmp_path / "cut.gz", AB)
    with pytest.raises(OptionError, match="unit is 'letter'"):
        NgramModel(SMALL.encode(), AB, unit="letter")  # type: ignore[arg-type]


def test_labels_are_units_by_their_normal_form_or_else_by_their_code_points() -> None:
    # The file spells "e with acute" as two code points; the label "ab" has no unit, and so is an a and then a b.
    charset = Charset("accents", ("", "\u00e9", "ab", " "))
    arpa = "\\data\\\nngram 1=5\n\\1-grams:\n-1\te\u0301\n-0.5\ta\n-0.25\tb\n-2\t<space>\n-0.125\t</s>\n\\end\\\n"
    line = np.log(np.array([[0.25] * 4], np.float32))

    decoded = beam_search(
        line, language_model=NgramModel(arpa.encode(), charset), lm_weight=1.0, lm_bonus=0.5, n_best=4, token_cut=0
    )[0]

    terms = {tuple(one.labels.tolist()): one.score - one.acoustic_score for one in decoded}
    expected = {(): (-0.125, 0), (1,): (-1.125, 1), (2,): (-0.875, 2), (3,): (-2.125, 1)}
    assert terms == {
        labels: pytest.approx(math.log(10) * log10 + 0.5 * units, abs=1e-5)
        for labels, (log10, units) in expected.items()
    }


def test_a_label_with_an_unknown_part_is_one_unknown_unit() -> None:
    # "ab" has no unit of its own, and of its parts the file knows a alone: not a and something, but <unk>.
    arpa = b"\\data\\\nngram 1=3\n\\1-grams:\n-0.5\ta\n-2\t<unk>\n-0.25\t</s>\n\\end\\\n"
    model = NgramModel(arpa, ["", "a", "ab"])
    frames = np.log(np.array([[[0.1, 0.1, 0.8]]], np.float32))

    [found] = beam_search(frames, language_model=model, lm_weight=1.0, token_cut=0, n_best=3)

    expected = {"[1]": (0.1, -0.75), "[2]": (0.8, -2.25), "[]": (0.1, -0.25)}
    assert {str(one.labels.tolist()): one.score for one in found} == {
        labels: pytest.approx(math.log(p) + tens * math.log(10), abs=1e-4) for labels, (p, tens) in expected.items()
    }
