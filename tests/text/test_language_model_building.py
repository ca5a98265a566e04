"""Language models from texts: what is counted, and how it is smoothed."""

from __future__ import annotations

import gzip
import itertools
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kneser_ney_oracle import KneserNey
from ngram_oracle import Arpa

from ocrkit.ctc import NgramModel
from ocrkit.errors import DataError, LanguageModelError, MissingFileError, OptionError
from ocrkit.plugin.registry import load_registry
from ocrkit.text.charset import Charset
from ocrkit.text.language_model import build_language_model, counting, score_texts

if TYPE_CHECKING:
    from ocrkit.text.language_model import BuiltLanguageModel

SMALL = """the cat sat on the mat
the dog sat on the log
a cat and a dog sat
the cat saw the dog and the dog saw the cat
on the mat sat a cat
the log is on the mat
a dog is a dog
and the cat is on the log
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def built(text: str, **options: object) -> tuple[BuiltLanguageModel, Arpa]:
    """What is made of a text, and the file that is written."""
    Path("text.txt").write_text(text, "utf-8")
    result = build_language_model([Path("text.txt")], Path("model.arpa"), **options)  # type: ignore[arg-type]
    return result, read(Path("model.arpa").read_text("utf-8"))


def read(arpa: str) -> Arpa:
    rows = [line.split("\t") for line in arpa.split("\n") if "\t" in line]
    return Arpa({tuple(row[1].split(" ")): (float(row[0]), float(row[2]) if row[2:] else 0.0) for row in rows})


def random_lines(seed: int, count: int, units: str = "abcde") -> list[str]:
    """Lines in which some units follow others more often, so that all counts occur."""
    chance = random.Random(seed)
    weights = {unit: [chance.random() ** 3 for _ in units] for unit in units}
    lines = []
    for _ in range(count):
        line = chance.choice(units)
        while chance.random() < 0.8:
            line += chance.choices(units, weights[line[-1]])[0]
        lines.append(line)
    return lines


@pytest.mark.parametrize("order", [1, 2, 3, 5])
@pytest.mark.parametrize("prune", [(), (0, 0, 1, 2)])
def test_every_probability_is_that_of_the_papers_formulas(order: int, prune: tuple[int, ...]) -> None:
    lines = random_lines(order, 60)
    oracle = KneserNey([list(line) for line in lines], order, prune[:order])

    _, arpa = built("\n".join(lines), order=order, prune=prune[:order])

    for context in oracle.log10_contexts():
        for unit in oracle.units:
            expected = oracle.probability(unit, context)
            assert 10 ** arpa.log10(context, unit) == pytest.approx(expected, rel=2e-6), (context, unit)


@pytest.mark.parametrize("order", [1, 2, 4])
@pytest.mark.parametrize("count", [1, 5, 200])
def test_the_probabilities_of_every_context_sum_to_one(order: int, count: int) -> None:
    _, arpa = built("\n".join(random_lines(9, count)), order=order, prune=(0, 1, 2, 2)[:order])

    units = [one[0] for one in arpa.ngrams if len(one) == 1 and one != ("<s>",)]
    contexts = [one for one in arpa.ngrams if len(one) < order and one[-1] != "</s>"]
    for context in [(), *contexts]:
        assert math.fsum(10 ** arpa.log10(context, unit) for unit in units) == pytest.approx(1, abs=2e-6), context


# What lmplz of KenLM (commit 4cb443e, "-o 2 --discount_fallback") prints of SMALL, by order: log10 p, n-gram, back-off.
LMPLZ = """
-1.310238	<unk>	0
0	<s>	-0.25310645
-0.9041035	</s>	0
-1.0250022	the	-0.18737225
-1.1009784	cat	-0.26701093
-1.1931247	sat	-0.22996666
-1.1931247	on	-0.3744589
-1.1446122	mat	-0.19583532
-1.1009784	dog	-0.26701093
-1.1446122	log	-0.19583532
-1.0250022	a	-0.14535666
-1.1931247	and	-0.19583532
-1.1009784	saw	-0.13469857
-1.1931247	is	-0.19583532
-0.8059746	cat </s>
-0.6729919	sat </s>
-0.58969223	mat </s>
-0.79580504	dog </s>
-0.58969223	log </s>
-0.5393714	<s> the
-0.20926608	on the
-0.62357336	and the
-0.47379333	saw the
-0.70601815	the cat
-0.78680813	a cat
-0.8953235	cat sat
-0.6458514	mat sat
-0.9081511	dog sat
-0.97783965	<s> on
-0.7667941	sat on
-0.6603231	is on
-0.93954265	the mat
-0.92133534	the dog
-0.6298785	a dog
-0.93954265	the log
-0.92308134	<s> a
-0.7111177	sat a
-0.6102581	and a
-0.6102581	is a
-0.97783965	<s> and
-0.8953235	cat and
-0.8953235	dog and
-0.8682258	cat saw
-0.8682258	dog saw
-0.8953235	cat is
-0.8953235	dog is
-0.6458514	log is
"""


def test_a_small_text_gives_what_lmplz_gives() -> None:
    _, arpa = built(SMALL, unit="word", order=2)

    expected = read(LMPLZ)
    assert arpa.ngrams.keys() == expected.ngrams.keys()
    for ngram, (log_prob, backoff) in expected.ngrams.items():
        assert arpa.ngrams[ngram] == pytest.approx((log_prob, backoff), abs=1e-5), ngram


def test_the_file_is_one_that_the_decoders_read() -> None:
    _, arpa = built(SMALL, order=4)

    model = NgramModel.read("model.arpa", Charset.from_texts([SMALL]))

    assert (model.order, len(model), model.unknown_labels) == (4, len(arpa.ngrams), ())
    spelled = ["<space>" if letter == " " else letter for letter in "the hat"]
    assert model.log_prob(spelled) == pytest.approx(arpa.ln(spelled), rel=1e-5)


def test_a_packed_model_is_the_same_model() -> None:
    Path("text.txt.gz").write_bytes(gzip.compress(SMALL.encode()))
    built(SMALL, order=3)

    for _ in range(2):
        build_language_model([Path("text.txt.gz")], Path("packed.arpa.gz"), order=3)

    assert gzip.decompress(Path("packed.arpa.gz").read_bytes()) == Path("model.arpa").read_bytes()


def test_a_charset_says_which_characters_there_are() -> None:
    # "x" is no label, and "ab" is one; "c" is a label that no text has.
    charset = Charset("some", ("", "a", "b", "ab", " ", "c"))

    result, arpa = built("ab ba x\nab a\n", order=2, charset=charset)

    units = {one[0] for one in arpa.ngrams if len(one) == 1}
    assert units == {"<unk>", "<s>", "</s>", "a", "b", "ab", "<space>", "c"}
    assert (result.units, result.unknown) == (9, 1)
    assert ("<s>", "ab") in arpa.ngrams
    assert ("<space>", "<unk>") in arpa.ngrams


def test_the_decoders_know_every_label_of_a_charset() -> None:
    charset = load_registry("none").charset("malayalam")
    built("കലണ്ടർ\n", charset=charset)

    assert NgramModel.read("model.arpa", charset).unknown_labels == ()


def test_more_units_than_can_be_counted_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "_MOST_UNITS", 4)

    with pytest.raises(DataError, match="the texts have 5 units; expected at most 4"):
        built("abc\n")


def test_texts_are_spelled_as_the_charset_spells_them() -> None:
    charset = Charset("accents", ("", "\u00e9", " "))

    _, arpa = built("e\u0301\u00a0e\u0301\n", order=1, charset=charset)

    assert set(arpa.ngrams) == {("<unk>",), ("<s>",), ("</s>",), ("\u00e9",), ("<space>",)}


def test_without_a_space_in_the_charset_each_word_is_a_line() -> None:
    result, arpa = built("ab ba\n\nb  a\n", order=2, charset=Charset("letters", ("", "a", "b")))

    assert (result.lines, result.unknown) == (4, 0)
    assert ("b", "</s>") in arpa.ngrams


def test_lines_are_cut_into_pieces_of_some_words() -> None:
    result, arpa = built("a b c d e f g\n", order=2, unit="word", line_words=(1, 3))

    # a | b c | d e f | g
    assert result.lines == 4
    ends = {one for one in arpa.ngrams if len(one) == 2 and "s>" in "".join(one)}
    assert ends == {("<s>", one) for one in "abdg"} | {(one, "</s>") for one in "acfg"}


def test_a_line_with_a_count_counts_so_often() -> None:
    _, counted = built("a b\t3\nb a\t1\nb b\t0\n", order=2, unit="word")
    _, repeated = built("a b\na b\na b\nb a\n", order=2, unit="word")

    assert counted.ngrams == repeated.ngrams


def test_words_come_without_what_stands_around_them() -> None:
    _, arpa = built('"Don\'t," 12 said (the) well-known 3rd.\n', order=1, unit="word")

    assert {one[0] for one in arpa.ngrams} == {"<unk>", "<s>", "</s>", "Don't", "said", "the", "well-known", "rd"}


def test_words_outside_the_vocabulary_are_unknown_and_their_parts_may_be_known() -> None:
    result, arpa = built(
        "a well-known dog\nthe cat's x-known\n", order=2, unit="word", vocabulary=["well", "known", "cat's"]
    )

    # <unk> well known <unk> | <unk> cat's <unk> known
    assert {one[0] for one in arpa.ngrams if len(one) == 1} == {"<unk>", "<s>", "</s>", "well", "known", "cat's"}
    assert (result.units, result.unknown) == (8, 4)
    assert ("well", "known") in arpa.ngrams
    assert ("cat's", "<unk>") in arpa.ngrams


@pytest.mark.parametrize("order", [1, 3])
def test_a_text_without_counts_enough_takes_fixed_discounts_and_says_so(order: int) -> None:
    result, _ = built("ab\n", order=order)

    assert [one.values for one in result.discounts] == [(0.5, 1.0, 1.5)] * order
    assert result.discounts[0].reason == "none has the count 2"


def test_the_order_is_no_higher_than_the_longest_line_gives() -> None:
    result, _ = built("ab\na\n", order=9)

    assert len(result.ngrams) == 4  # <s> a b </s>


def test_a_label_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(LanguageModelError, match="label 'a b' cannot be a unit"):
        built("a b\n", charset=Charset("odd", ("", "a", "a b", " ")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"order": 0}, "`order` is 0; expected 1 to"),
        ({"unit": "letter"}, "`unit` is 'letter'; expected character or word"),
        ({"prune": (1,)}, "the first is that of single units"),
        ({"prune": (0, 2, 1)}, "expected counts that never fall"),
        ({"prune": (0, 0, 0), "order": 2}, "3 counts for 2 orders"),
        ({"vocabulary": ["a"]}, "a `vocabulary` is one of words"),
        ({"line_words": (3, 1)}, "`line_words` is 3-1; expected a range such as 1-8"),
        ({"line_words": (0, 1)}, "`line_words` is 0-1"),
    ],
)
def test_options_that_cannot_be_are_named(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        built(SMALL, **options)

    assert not Path("model.arpa").exists()


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (b" \n\t\n", DataError, "no character in text.txt"),
        (b"\xff\n", DataError, "not UTF-8"),
        (None, MissingFileError, "no file 'text.txt'"),
        (b"a\t99999999999999999999\n", DataError, "counts 99999999999999999999 times"),
    ],
)
def test_texts_that_cannot_be_used_are_named(text: bytes | None, error: type[Exception], message: str) -> None:
    if text is not None:
        Path("text.txt").write_bytes(text)

    with pytest.raises(error, match=message):
        build_language_model([Path("text.txt")], Path("model.arpa"))

    assert sorted(path.name for path in Path().iterdir()) == ([] if text is None else ["text.txt"])


@pytest.mark.parametrize(("output", "message"), [("", "is a folder"), ("gone/model.arpa", "there is no folder 'gone'")])
def test_where_nothing_can_be_written_nothing_is_read(output: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        build_language_model([Path("no such text")], Path(output))


def test_a_break_while_it_is_written_leaves_nothing() -> None:
    Path("text.txt").write_text(SMALL)

    def interrupt(stage: str, _done: int, _total: int) -> None:
        if stage == "writing":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_language_model([Path("text.txt")], Path("model.arpa"), progress=interrupt)

    assert [path.name for path in Path().iterdir()] == ["text.txt"]


def test_progress_tells_every_stage() -> None:
    told: list[tuple[str, int, int]] = []
    Path("text.txt").write_text(SMALL)

    build_language_model(
        [Path("text.txt")], Path("model.arpa"), progress=lambda *row: told.append(row), unit="word", order=3
    )

    assert [stage for stage, _ in itertools.groupby(told, key=lambda row: row[0])] == [
        "reading",
        "counting",
        "smoothing",
        "writing",
    ]
    assert {row for row in told if row[1] == row[2]} >= {("smoothing", 3, 3), ("counting", 3, 3)}


def test_a_score_is_the_files_probability_of_every_line() -> None:
    _, arpa = built(SMALL, order=3)
    Path("new.txt").write_text("the cat\na hat?\n")

    score = score_texts(Path("model.arpa"), [Path("new.txt")])

    lines = [["<space>" if letter == " " else letter for letter in line] for line in ("the cat", "a hat?")]
    assert (score.lines, score.units, score.unknown) == (2, 13, 1)
    assert score.log_prob == pytest.approx(sum(map(arpa.ln, lines)), rel=1e-5)
    assert score.bits == pytest.approx(-sum(map(arpa.ln, lines)) / math.log(2) / 15, rel=1e-5)
    assert score.perplexity == pytest.approx(2**score.bits)


def test_the_space_of_another_tools_model_is_known_by_its_name() -> None:
    built("a b\nb a\n", order=1)
    other = Path("model.arpa").read_text().replace("<space>", "▁")
    Path("other.arpa").write_text(other)

    assert score_texts(Path("other.arpa"), [Path("text.txt")]) == score_texts(Path("model.arpa"), [Path("text.txt")])
