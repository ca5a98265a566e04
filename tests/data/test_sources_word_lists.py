"""Sets of scene-text words as they are distributed, with their lists of words."""

from __future__ import annotations

import pickle
import sys
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest

from ocrkit.data.image import open_image
from ocrkit.data.sources.iiit5k import open_iiit5k, recognises_iiit5k
from ocrkit.data.sources.tagged_words import open_tagged_words, recognises_tagged_words
from ocrkit.errors import DataError, DependencyError, MissingFileError, Origin
from ocrkit.evaluation import evaluate
from ocrkit.plugin.datasets import guess_format, open_samples
from ocrkit.plugin.registry import load_registry
from ocrkit.plugin.testing.sources import check_source
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ocrkit.data.records import BadRow

FIELDS = ["ImgName", "GroundTruth", "smallLexi", "mediumLexi"]


def mat(path: Path, *words: tuple[str, str, Sequence[str], Sequence[str]], fields: Sequence[str] = FIELDS) -> Path:
    """A file of structures with cells of words, as MATLAB writes the set's."""
    savemat = pytest.importorskip("scipy.io").savemat
    records = np.zeros((1, len(words)), dtype=[(field, object) for field in fields])
    for record, word in zip(records[0], words, strict=True):
        for field, value in zip(fields, word, strict=False):
            record[field] = value if isinstance(value, str) else np.array(value, dtype=object).reshape(1, -1)
    savemat(path, {path.stem: records}, do_compression=True)
    return path


@pytest.fixture
def iiit5k(tmp_path: Path) -> Path:
    """A folder as the set is: the images of two words below ``test``, and the file."""
    bars.write(tmp_path / "test", {"1002_1.png": "ab", "1002_2.png": "c"})
    mat(
        tmp_path / "testdata.mat",
        ("test/1002_1.png", "ab", ["ab", "cc"], ["ab", "cc", "ba"]),
        ("test/1002_2.png", "c", ["c", "b"], ["c", "b", "a"]),
    )
    return tmp_path


def test_words_come_with_both_of_their_lists(iiit5k: Path) -> None:
    samples = open_iiit5k(iiit5k)

    assert [(sample.image, sample.text, sample.group) for sample in samples] == [
        (iiit5k / "test/1002_1.png", "ab", "1002"),
        (iiit5k / "test/1002_2.png", "c", "1002"),
    ]
    assert samples[1].lexicons == {"small": ("c", "b"), "medium": ("c", "b", "a")}
    assert samples[1].origin == Origin(f"{iiit5k}/testdata.mat#2")


def test_the_file_and_its_folder_are_recognised(iiit5k: Path) -> None:
    assert guess_format(iiit5k).name == "iiit5k"
    assert guess_format(iiit5k / "testdata.mat").name == "iiit5k"
    assert not recognises_iiit5k(iiit5k / "test/1002_1.png")


def test_the_words_are_read_with_either_list(iiit5k: Path) -> None:
    result = evaluate(Recognizer(bars.reader()), str(iiit5k), lexicons="medium", alphanumeric=True)

    assert result.exact == 1.0
    assert result.lexicons is not None
    assert (result.lexicons.source, result.lexicons.fewest, result.lexicons.most) == ("medium", 3, 3)


def test_samples_can_be_sent_to_other_processes(iiit5k: Path) -> None:
    assert list(pickle.loads(pickle.dumps(open_iiit5k(iiit5k)))) == list(open_iiit5k(iiit5k))


def test_of_two_files_one_is_to_be_given(iiit5k: Path) -> None:
    mat(iiit5k / "traindata.mat", ("train/1.png", "a", ["a"], ["a"]))

    with pytest.raises(DataError, match=r"testdata\.mat and traindata\.mat are both there; expected one, so give"):
        open_iiit5k(iiit5k)
    assert len(open_iiit5k(iiit5k / "traindata.mat")) == 1


def test_a_file_without_lists_gives_words_alone(tmp_path: Path) -> None:
    path = mat(tmp_path / "testCharBound.mat", ("test/1.png", "a", [], []), fields=FIELDS[:2])

    [sample] = open_samples(path)

    assert (sample.text, sample.lexicons) == ("a", {})


def test_a_word_without_a_text_is_a_bad_row(tmp_path: Path) -> None:
    path = mat(tmp_path / "testdata.mat", ("test/1.png", "", ["a"], ["a"]), ("test/2.png", "b", ["b"], ["b"]))
    bad: list[BadRow] = []

    samples = open_iiit5k(path, report=bad.append)

    assert [sample.text for sample in samples] == ["b"]
    assert [(row.path, row.kind) for row in bad] == [(f"{path}#1", "empty-text")]
    with pytest.raises(DataError, match=r"testdata\.mat#1: the text of 'test/1\.png' is empty"):
        open_iiit5k(path)


def test_another_matlab_file_says_what_it_holds(tmp_path: Path) -> None:
    savemat = pytest.importorskip("scipy.io").savemat
    savemat(tmp_path / "other.mat", {"weights": np.zeros(3)})

    with pytest.raises(DataError, match=r"other\.mat: it holds weights; expected testdata\.mat or traindata\.mat of"):
        open_iiit5k(tmp_path / "other.mat")


@pytest.mark.parametrize("content", [b"", b"MATLAB 5.0 MAT-file", b"MATLAB 5.0" + bytes(300), b"text\n" * 50])
def test_a_damaged_file_is_an_error(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("scipy.io")
    (tmp_path / "testdata.mat").write_bytes(content)

    with pytest.raises(DataError, match=r"testdata\.mat: "):
        open_iiit5k(tmp_path)


def test_a_file_that_was_cut_short_is_an_error(iiit5k: Path) -> None:
    whole = (iiit5k / "testdata.mat").read_bytes()
    (iiit5k / "testdata.mat").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(DataError, match="no MATLAB file that can be read"):
        open_iiit5k(iiit5k)


def test_a_file_of_version_7_3_is_named(tmp_path: Path) -> None:
    pytest.importorskip("scipy.io")
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    (tmp_path / "testdata.mat").write_bytes(header + bytes(400))

    with pytest.raises(DataError, match=r"a MATLAB file of version 7\.3; expected one of version 5"):
        open_iiit5k(tmp_path)


def test_nothing_where_a_set_should_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        open_iiit5k(tmp_path / "gone")
    with pytest.raises(DataError, match=r"no testdata\.mat and no traindata\.mat in it"):
        open_iiit5k(tmp_path)


SVT = """\
<?xml version="1.0" encoding="utf-8"?>
<tagset>
  <image>
    <imageName>img/00_00.png</imageName>
    <address>1 Main Street</address>
    <lex>AB,CC,BA</lex>
    <Resolution x="60" y="4"/>
    <taggedRectangles>
      <taggedRectangle height="4" width="16" x="8" y="0"><tag>ab</tag></taggedRectangle>
      <taggedRectangle height="4" width="8" x="32" y="0"><tag>c</tag></taggedRectangle>
    </taggedRectangles>
  </image>
</tagset>
"""


@pytest.fixture
def svt(tmp_path: Path) -> Path:
    """A photograph with two words in it, and the file that says where."""
    (tmp_path / "img").mkdir()
    # Bars and paper of 4 px each: ab from 8 px on, c from 32.
    photograph = bars.picture("ab", lead=8).convert("L")
    wide = photograph.resize((60, 4)).copy()
    wide.paste(255, (0, 0, 60, 4))
    wide.paste(photograph, (0, 0))
    wide.paste(bars.picture("c"), (32, 0))
    wide.save(tmp_path / "img/00_00.png")
    (tmp_path / "test.xml").write_text(SVT)
    return tmp_path


def test_words_are_cut_out_of_their_photograph(svt: Path) -> None:
    samples = open_tagged_words(svt)

    first = np.asarray(open_image(samples[0]))
    assert first.tolist() == np.asarray(bars.picture("ab")).tolist()
    assert (samples[1].name, samples[1].group) == (f"{svt}/img/00_00.png#2", "img/00_00.png")
    assert samples[0].origin == Origin(f"{svt}/test.xml", 9)


def test_the_words_of_a_photograph_share_its_list(svt: Path) -> None:
    result = evaluate(
        Recognizer(bars.reader()), [open_tagged_words(svt)[0]], lexicons="lexicon", ignore_case=True, alphanumeric=True
    )

    assert result.lexicons is not None
    assert (result.exact, result.lexicons.most, result.lexicons.lacking_truth) == (1.0, 3, 0)


def test_a_set_of_photographs_is_recognised_by_its_root(svt: Path) -> None:
    (svt / "page.xml").write_text("<PcGts/>")

    assert guess_format(svt / "test.xml").name == "svt"
    assert recognises_tagged_words(svt)
    assert not recognises_tagged_words(svt / "page.xml")


def test_of_train_and_test_one_is_to_be_given(svt: Path) -> None:
    (svt / "train.xml").write_text(SVT)

    with pytest.raises(
        DataError, match=r"test\.xml and train\.xml are both there; expected one, so give the one to read"
    ):
        open_tagged_words(svt)


def test_images_of_one_word_each_are_read_too(tmp_path: Path) -> None:
    bars.write(tmp_path / "word/1", {"1.png": "ab"})
    (tmp_path / "word.xml").write_text('<imagelist><image file="word/1/1.png" tag="ab" /></imagelist>')

    [sample] = open_tagged_words(tmp_path / "word.xml")

    assert (sample.image, sample.text, sample.lexicons) == (tmp_path / "word/1/1.png", "ab", {})


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("<tag>c</tag>", "<tag> </tag>", r"test\.xml:10: the text of 'img/00_00\.png#2' is empty"),
        ('width="8"', 'width="0"', r"test\.xml:10: img/00_00\.png#2: the box is 0 by 4 px; expected two or more"),
        ('x="32"', 'x="far"', r"test\.xml:10: x of the box is 'far'; expected a number of px"),
        ('x="32"', "", r"test\.xml:10: x of the box is ''; expected a number of px"),
        ("img/00_00.png", "", r"test\.xml:9: the image has no imageName"),
        ("tagset", "words", r"test\.xml:2: the root element is 'words'; expected tagset or imagelist"),
    ],
)
def test_what_is_wrong_with_a_word_is_told(svt: Path, before: str, after: str, complaint: str) -> None:
    (svt / "test.xml").write_text(SVT.replace(before, after))

    with pytest.raises(DataError, match=complaint):
        open_tagged_words(svt / "test.xml")


def test_both_formats_hold_what_is_asked_of_a_strangers(iiit5k: Path, svt: Path) -> None:
    # Both fixtures share the folder; each format is given its own file.
    registry = load_registry("none")

    check_source(registry.source("iiit5k"), iiit5k / "testdata.mat", samples=2)
    check_source(registry.source("svt"), svt / "test.xml", samples=2)


def test_without_scipy_it_is_recognised_and_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "testdata.mat").write_bytes(b"MATLAB 5.0 MAT-file")
    for module in ["scipy", *(known for known in sys.modules if known.startswith("scipy."))]:
        monkeypatch.setitem(sys.modules, module, None)

    assert guess_format(tmp_path).name == "iiit5k"
    with pytest.raises(
        DependencyError, match=r"needs the package scipy; install it with: pip install 'ocrkit\[scipy\]'"
    ):
        open_iiit5k(tmp_path)
