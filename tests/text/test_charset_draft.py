"""From a corpus's words to the text of a charset file, and back through it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ocrkit.errors import CharsetError
from ocrkit.text.charset import Charset
from ocrkit.text.charset_draft import CharsetDraft, draft_charset
from ocrkit.text.charset_writing import charset_toml
from ocrkit.text.corpus import Corpus
from ocrkit.text.inventory import Inventory, take_inventory
from ocrkit.text.order import holds_leftward
from ocrkit.text.scripts.detection import main_script, runs_left
from ocrkit.text.shipped import shipped_charset

if TYPE_CHECKING:
    from pathlib import Path

MALAYALAM = shipped_charset("malayalam")
# Aksharas: ക്ഷ 4, അ 3, രം 3, ണം 1, ക്ക 1. Characters: ക 6, ് 5, ം 4, ഷ 4, അ 3, ര 3, ണ 1.
WORDS = Counter({"അക്ഷരം": 3, "ക്ഷണം": 1, "ക്ക": 1})


def inventory(words: Counter[str] = WORDS, spaces: int = 0) -> Inventory:
    return take_inventory(Corpus(words, spaces), MALAYALAM.normalize)


def test_units_are_counted_as_often_as_their_words() -> None:
    counted = inventory()

    assert counted.aksharas == Counter({"ക്ഷ": 4, "അ": 3, "രം": 3, "ണം": 1, "ക്ക": 1})
    assert counted.characters == Counter("ക്ഷ" * 4 + "അരം" * 3 + "ണംക്ക")


def test_spellings_of_one_word_count_together() -> None:
    counted = inventory(Counter({"അവൻ": 2, "അവന്\u200d": 1, "\u200d": 5}))

    assert counted.words == Counter({"അവൻ": 3})


def test_coverage_is_what_labels_spell_of_running_text() -> None:
    coverage = inventory().coverage({"അ", "ക്ഷ", "ര", "ം", "ക", "്", "ഷ"})

    # Without ണ: 25 of 26 characters, 4 of 5 words. One label: അ and ക്ഷ. Whole words: none, since രം is two labels.
    assert coverage.characters == 25 / 26
    assert coverage.aksharas == 7 / 12
    assert (coverage.words, coverage.whole_words) == (4 / 5, 0.0)
    assert coverage.labels == (3 + 4 + 2 * 3 + 3) / 11


def symbols(draft: CharsetDraft) -> tuple[list[str], list[str]]:
    return [symbol for symbol, _ in draft.characters], [symbol for symbol, _ in draft.aksharas]


def test_the_commonest_aksharas_become_labels_beside_every_character() -> None:
    draft = draft_charset(inventory(), unit="akshara", limit=3)

    assert symbols(draft) == (sorted("അകണരഷം്"), ["ക്ഷ", "രം"])
    assert len(draft) == 9


def test_the_commonest_characters_become_labels_and_the_space_always() -> None:
    draft = draft_charset(inventory(spaces=2), unit="codepoint", limit=4)

    assert symbols(draft)[0] == sorted(" ക്ം")
    assert draft.left_out == Counter({"ഷ": 4, "അ": 3, "ര": 3, "ണ": 1})


def test_what_occurs_too_seldom_is_left_out_with_all_that_needs_it() -> None:
    draft = draft_charset(inventory(Counter({"കാ": 5, "കീ": 3, "ഖീ": 1})), unit="akshara", least=3)

    assert symbols(draft) == (sorted("കാീ"), ["കാ", "കീ"])
    assert draft.left_out == Counter({"ഖ": 1})


def test_known_symbols_are_not_chosen_again() -> None:
    draft = draft_charset(inventory(Counter({"കാക": 1, "കz": 1})), unit="akshara", known=frozenset(MALAYALAM.symbols))

    assert symbols(draft) == (["z"], ["കാ"])


def test_a_closed_draft_adds_aksharas_alone() -> None:
    words = Counter({"കാ": 1, "कि": 1, "z": 1})

    draft = draft_charset(inventory(words, 1), unit="akshara", known=frozenset(MALAYALAM.symbols), closed=True)

    assert symbols(draft) == ([], ["കാ"])
    assert draft.left_out == Counter("किz")


def test_controls_become_no_labels() -> None:
    draft = draft_charset(inventory(Counter({"a\x07": 1})), unit="akshara")

    assert symbols(draft) == (["a"], [])


def test_nothing_to_label_is_an_error() -> None:
    with pytest.raises(CharsetError, match="nothing in the corpus can be a label"):
        draft_charset(inventory(), unit="codepoint", least=100)


def read_back(draft: CharsetDraft, counted: Inventory, folder: Path, **fields: object) -> Charset:
    path = folder / "new.toml"
    path.write_text(charset_toml(draft, counted, name="new", script="Mlym", corpus="a\nb.txt", **fields), "utf-8")  # type: ignore[arg-type]
    return Charset.read(path)


def test_the_file_is_read_back_with_its_labels_in_order(tmp_path: Path) -> None:
    counted = inventory(spaces=1)
    draft = draft_charset(counted, unit="akshara", limit=3)

    charset = read_back(draft, counted, tmp_path)

    assert charset.symbols == ("", *sorted(" അകണരഷം്"), "ക്ഷ", "രം")
    assert "# 4\n" in (tmp_path / "new.toml").read_text("utf-8")


def test_the_file_builds_on_other_charsets(tmp_path: Path) -> None:
    counted = inventory(Counter({"അവൻകാ": 1, "z": 1}))
    draft = draft_charset(counted, unit="akshara", known=frozenset(MALAYALAM.symbols))

    charset = read_back(draft, counted, tmp_path, includes=["malayalam"], languages=["ml"], direction="rtl")

    assert charset.symbols == ("", "z", "കാ", *MALAYALAM.symbols[1:])
    assert charset.encode("അവന്\u200dകാ") == [charset.symbols.index(symbol) for symbol in ("അ", "വ", "ൻ", "കാ")]
    assert (charset.languages, charset.direction) == (("ml",), "rtl")


awkward = st.text(
    st.one_of(st.sampled_from('കഷറനൻ\u0d3e\u0d46\u0d4d\u0d02\u200c\u200d\u0d4e"\\#a\u0301\xa0\ufeff'), st.characters()),
    max_size=6,
)


@pytest.mark.filterwarnings("error")
@settings(deadline=None)  # the first example loads more
@given(st.dictionaries(awkward.map(lambda word: "".join(word.split())).filter(bool), st.integers(1, 9), min_size=1))
def test_whatever_stands_in_a_corpus_is_spelled_by_its_charset(
    tmp_path_factory: pytest.TempPathFactory, words: dict[str, int]
) -> None:
    counted = inventory(Counter(words))
    draft = draft_charset(counted, unit="akshara", limit=4, known=frozenset(MALAYALAM.symbols))

    charset = read_back(draft, counted, tmp_path_factory.getbasetemp(), includes=["malayalam"])

    for word in counted.words:
        missing = {item.character for item in charset.unencodable(word)}
        assert missing <= draft.left_out.keys()
        if not missing:
            labels = charset.encode(word)
            # Labels stand as on paper, where "A0\u05d0" and "A\u05d00" look the same: what is read looks as it was.
            assert charset.decode(labels) == word or holds_leftward(word)
            assert charset.encode(charset.decode(labels)) == labels


@pytest.mark.parametrize(
    ("words", "script"),
    [({"മലയാളം": 1, "a": 3}, "Mlym"), ({"മല": 1, "abc": 2}, "Latn"), ({"1-2": 9}, "Zyyy"), ({"ꦗꦮ": 1}, "Zyyy")],
)
def test_the_script_is_that_of_most_letters(words: dict[str, int], script: str) -> None:
    assert main_script(Counter(words)) == script


@pytest.mark.parametrize(("text", "expected"), [("שלום a", True), ("سلام", True), ("abc ש", False), ("12", False)])
def test_the_direction_is_that_of_most_letters(text: str, expected: bool) -> None:
    assert runs_left(Counter(text)) is expected
