"""The Python interface: five lines read, train and evaluate, and mistakes are told with the way out."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
import torch
from PIL import Image

import ocrkit
from ocrkit.ctc import Lexicon, NgramModel, greedy
from ocrkit.data.records import Sample
from ocrkit.errors import (
    ConfigError,
    DataError,
    ImageError,
    LexiconError,
    MissingFileError,
    OptionError,
    UnknownNameError,
)
from ocrkit.plugin.specs import DecoderOptions
from ocrkit.recognition.asked import DecodingKeywords
from ocrkit.training.by_keyword import RunKeywords, config_of
from ocrkit.training.settings import DataSettings, RunConfig, TrainingSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
SMALL = {
    "charset": "from-data",
    "preprocessing": {"height": 16},
    "backbone": {"options": {"channels": [8, 12], "pools": ["2x2", "2x1"]}},
    "head": {"rnn": [{"size": 12}]},
    "batch_size": 8,
    "device": "cpu",
    "precision": "float32",
    "workers": 0,
}


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def reader() -> ocrkit.Recognizer:
    return ocrkit.Recognizer(bars.reader())


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    bars.reader().save(tmp_path / "bars.safetensors")
    return tmp_path / "bars.safetensors"


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A folder of ten labelled bars."""
    folder = tmp_path / "lines"
    folder.mkdir()
    texts = ["ab", "ba", "cab", "abc", "cc", "a", "b", "c", "bac", "acb"]
    for number, text in enumerate(texts):
        bars.picture(text).save(folder / f"{number}.png")
    rows = "".join(f"{number}.png\t{text}\n" for number, text in enumerate(texts))
    (folder / "labels.tsv").write_text(rows, "utf-8")
    return folder


@pytest.mark.parametrize("name", ocrkit.__all__)
def test_every_public_name_is_there_and_described(name: str) -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")

    assert getattr(ocrkit, name) is not None
    assert name == "__version__" or f"`{name}`" in page.split("## Every public name")[1]


def test_a_name_that_is_not_public_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="recogniser"):
        _ = ocrkit.recogniser


def test_files_paths_pictures_arrays_and_bytes_are_read_alike(reader: ocrkit.Recognizer, tmp_path: Path) -> None:
    picture = bars.picture("cab")
    picture.save(tmp_path / "a.png")
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    grey = np.asarray(picture.convert("L"))
    given = [
        str(tmp_path / "a.png"),
        tmp_path / "a.png",
        picture,
        grey,
        np.stack([grey] * 3, axis=2),
        grey[:, :, None],
        grey.astype(np.float32) / 255,
        grey.astype(np.float64) / 255,
        packed.getvalue(),
        Sample("line", tmp_path / "a.png"),
    ]

    readings = list(reader.read(given))

    assert [(reading.text, reading.error) for reading in readings] == [("cab", "")] * len(given)
    assert [reading.name for reading in readings[2:4]] == ["image 2", "image 3"]


def test_true_is_white_in_an_array_of_booleans(reader: ocrkit.Recognizer) -> None:
    [line] = reader.read([np.asarray(bars.picture("cc").convert("L")) > 127])  # the bar of c is black

    assert line.text == "cc"


def test_a_picture_is_still_the_callers_own_after_it_was_read(reader: ocrkit.Recognizer, tmp_path: Path) -> None:
    bars.picture("ab").save(tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as picture:
        first, second = ([line.text for line in reader.read([picture])] for _ in range(2))

    assert first == second == ["ab"]


def test_a_folder_works_where_a_list_does(reader: ocrkit.Recognizer, labelled: Path) -> None:
    assert [line.text for line in reader.read(labelled)] == [line.text for line in reader.read(str(labelled))]
    assert [line.text for line in reader.read(labelled)][:3] == ["ab", "ba", "cab"]


def test_images_are_taken_as_readings_are(reader: ocrkit.Recognizer) -> None:
    def images() -> Iterator[Image.Image]:
        while True:
            yield bars.picture("b")

    assert next(reader.read(images())).text == "b"


@pytest.mark.parametrize(
    "image",
    ["line.png", Path("line.png"), bars.picture("a"), np.zeros((8, 8), np.uint8), b"\x89PNG", Sample("a", Path("a"))],
    ids=lambda image: type(image).__name__,
)
def test_one_image_is_refused_with_the_way_out(
    reader: ocrkit.Recognizer, image: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bars.picture("a").save("line.png")

    with pytest.raises(DataError, match=r"put it in one, \["):
        reader.read(image)  # type: ignore[arg-type]


@pytest.mark.parametrize("images", [None, 7])
def test_what_is_no_list_at_all_is_refused(reader: ocrkit.Recognizer, images: object) -> None:
    with pytest.raises(DataError, match="expected a folder, or a list of images"):
        reader.read(images)  # type: ignore[arg-type]


def test_a_folder_that_is_not_there_is_named(reader: ocrkit.Recognizer) -> None:
    with pytest.raises(MissingFileError, match="'nowhere'"):
        reader.read("nowhere")


@pytest.mark.parametrize(
    ("image", "error"),
    [
        ("gone.png", "no such file"),
        (None, "it is one NoneType; expected a file's name, a Pillow image"),
        (np.zeros((3, 20, 30), np.uint8), r"has shape \(3, 20, 30\).*move the channels to the end"),
        (np.zeros((20, 0), np.uint8), "no pixels"),
        (np.zeros(20, np.uint8), r"expected \(height, width\)"),
        (np.full((20, 30), 200.0), "values outside 0 to 1"),
        (np.full((20, 30), np.nan), "values outside 0 to 1"),
        (np.zeros((20, 30), np.int64), "the array is int64"),
        (b"no image", "it holds text, not an image"),
        (b"", "the image is empty"),
    ],
)
def test_a_bad_image_is_told_in_its_place(reader: ocrkit.Recognizer, image: object, error: str) -> None:
    first, bad, last = reader.read([bars.picture("a"), image, bars.picture("b")])  # type: ignore[list-item]

    assert (first.text, last.text) == ("a", "b")
    assert (bad.text, bad.confidence, bad.rejected) == ("", 0.0, False)
    assert re.search(error, bad.error), bad.error


def test_bad_images_are_left_out_where_that_is_asked(reader: ocrkit.Recognizer) -> None:
    images = ["gone.png", bars.picture("b"), "away.png"]

    assert [line.text for line in reader.read(images, errors="skip")] == ["b"]


def test_a_bad_image_ends_the_reading_where_that_is_asked(reader: ocrkit.Recognizer) -> None:
    readings = reader.read([bars.picture("a"), "gone.png", bars.picture("b")], errors="raise")

    assert next(readings).text == "a"
    with pytest.raises(ImageError, match=r"gone\.png: no such file"):
        next(readings)


def test_an_unknown_way_with_errors_is_refused_at_once(reader: ocrkit.Recognizer) -> None:
    with pytest.raises(OptionError, match="errors is 'ignore'; expected 'report', 'raise', 'skip'"):
        reader.read([], errors="ignore")  # type: ignore[arg-type]


def test_threads_share_a_recogniser(reader: ocrkit.Recognizer) -> None:
    texts = ["ab", "cabba", "c", "bb", "abcabc"] * 8
    found: dict[int, list[str]] = {}

    def read(number: int) -> None:
        mine = texts[number:] + texts[:number]
        found[number] = [line.text for line in reader.read([bars.picture(text) for text in mine])]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {number: texts[number:] + texts[:number] for number in range(6)}


def test_a_model_is_loaded_by_file_folder_and_itself(model_file: Path) -> None:
    folder = model_file.parent / "run"
    folder.mkdir()
    model_file.rename(folder / "model.safetensors")

    for name in (folder, str(folder), folder / "model.safetensors", bars.reader()):
        [line] = ocrkit.Recognizer.load(name).read([bars.picture("ab")])
        assert line.text == "ab"


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingFileError, match="no model file"):
        ocrkit.Recognizer.load("nowhere/model.safetensors")


def test_a_lexicon_is_a_list_a_file_or_a_lexicon(model_file: Path, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("abc\ncc\n", "utf-8")
    lexicon = Lexicon.from_words(["abc", "cc"], bars.ABC)

    for given in (["abc", "cc"], ("abc", "cc"), tmp_path / "words.txt", str(tmp_path / "words.txt"), lexicon):
        [line] = ocrkit.Recognizer.load(model_file, lexicon=given).read([bars.picture("abb")])
        assert line.text in {"abc", "cc"}


def test_a_language_model_is_a_file_or_a_model(model_file: Path, tmp_path: Path) -> None:
    arpa = "\\data\\\nngram 1=5\n\n\\1-grams:\n-0.7\t<s>\n-0.7\t</s>\n-0.7\ta\n-0.7\tb\n-0.7\tc\n\n\\end\\\n"
    (tmp_path / "abc.arpa").write_text(arpa, "utf-8")
    model = NgramModel.read(tmp_path / "abc.arpa", bars.ABC)

    for given in (tmp_path / "abc.arpa", str(tmp_path / "abc.arpa"), model):
        [line] = ocrkit.Recognizer.load(model_file, language_model=given, lm_weight=0.1).read([bars.picture("ab")])
        assert line.text == "ab"
    with pytest.raises(OptionError, match="language_model is 7; expected an ARPA file"):
        ocrkit.Recognizer.load(model_file, language_model=7)  # type: ignore[arg-type]


def test_options_of_decoders_go_by_their_names(model_file: Path) -> None:
    [line] = ocrkit.Recognizer.load(model_file, beam_width=8, n_best=3).read([bars.picture("ab")])

    assert line.text == "ab"
    assert line.alternatives
    with pytest.raises(UnknownNameError, match="no option 'beamwidth'; did you mean 'beam_width'"):
        ocrkit.Recognizer.load(model_file, beamwidth=8)  # type: ignore[call-arg]


def test_the_keywords_of_decoding_are_the_fields_of_its_options() -> None:
    assert set(DecodingKeywords.__annotations__) == {field.name for field in fields(DecoderOptions)} - {
        "lexicon",
        "language_model",
    }


def test_the_keywords_of_training_are_the_fields_of_a_run() -> None:
    of_tables = {field.name for cls in (DataSettings, TrainingSettings) for field in fields(cls)}

    assert set(RunKeywords.__annotations__) == {field.name for field in fields(RunConfig)} - {"data"} | of_tables


def test_keywords_reach_the_tables_that_they_belong_to() -> None:
    config = config_of(
        [Path("lines"), "more.tsv"],
        settings={"charset": "english", "epochs": 3, "max_bad": 0.5, "evaluation": "dev", "backbone": "resnet"},
    )

    assert config.data.training == ("lines", "more.tsv")
    assert config.data.evaluation == ("dev",)
    assert (config.charset, config.training.epochs, config.data.max_bad) == ("english", 3, 0.5)
    assert config.backbone.name == "resnet"


def test_keywords_lie_over_the_configuration_and_that_over_the_recipe() -> None:
    config = config_of("lines", config={"training": {"epochs": 4, "lag": 2}}, recipe="captcha", settings={"epochs": 3})
    recipe = config_of("lines", recipe="captcha", settings={})

    assert (config.training.epochs, config.training.lag) == (3, 2)
    assert config.preprocessing == recipe.preprocessing != RunConfig().preprocessing


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"epoch": 5}, UnknownNameError, "no setting 'epoch'; did you mean 'epochs'"),
        ({"epochs": "5"}, ConfigError, "training: epochs is '5'; expected a whole number"),
        ({"epochs": 0}, OptionError, "epochs is 0; expected at least 1"),
        ({"charset": None}, ConfigError, "charset is None; expected a string"),
    ],
)
def test_a_wrong_setting_is_told(settings: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        ocrkit.train("lines", **settings)  # type: ignore[arg-type]


def test_a_configuration_in_the_place_of_data_is_told() -> None:
    with pytest.raises(OptionError, match=r"give it by keyword: train\(config=...\)"):
        ocrkit.train(RunConfig())  # type: ignore[arg-type]


def test_five_lines_train_and_read(labelled: Path, tmp_path: Path) -> None:
    outcome = ocrkit.train(labelled, epochs=1, validation_fraction=0.2, output=tmp_path / "run", **SMALL)  # type: ignore[arg-type]
    reader = ocrkit.Recognizer.load(outcome.folder)

    assert len(list(reader.read(labelled))) == 10
    assert outcome.epochs == 1


def test_a_reader_is_evaluated_on_folders_tables_samples_and_pairs(reader: ocrkit.Recognizer, labelled: Path) -> None:
    pairs = [(labelled / "0.png", "ab"), (bars.picture("ba"), "bb")]

    assert ocrkit.evaluate(reader, labelled).cer == 0
    assert ocrkit.evaluate(reader, str(labelled / "labels.tsv")).count == 10
    assert ocrkit.evaluate(reader, [labelled, labelled / "labels.tsv"]).count == 20
    assert ocrkit.evaluate(reader, [Sample("x", labelled / "0.png", "ab")]).exact == 1
    assert ocrkit.evaluate(reader, pairs).cer == pytest.approx(1 / 4)


@pytest.mark.parametrize("lines", [None, 7, [1, 2], [("a.png",)]])
def test_what_is_no_labelled_line_is_refused(reader: ocrkit.Recognizer, lines: object) -> None:
    with pytest.raises(DataError, match="expected a folder or table of labelled lines"):
        ocrkit.evaluate(reader, lines)  # type: ignore[arg-type]


def test_a_name_in_the_place_of_a_reader_is_told(labelled: Path) -> None:
    with pytest.raises(OptionError, match="expected a Recognizer"):
        ocrkit.evaluate("malayalam", labelled)  # type: ignore[arg-type]


def test_symbols_serve_where_a_charset_is_asked() -> None:
    symbols = ["", "a", "b"]
    lexicon = Lexicon.from_words(["ab", "ba"], symbols)

    assert lexicon.labels(0).tolist() == [1, 2]
    assert greedy(np.log(np.full((1, 2, 3), 1 / 3, np.float32))).texts(bars.ABC) == [""]


@pytest.mark.parametrize(
    ("symbols", "message"),
    [
        ("english", "expected a Charset, or the text of each label.*resolve_charset"),
        (None, "charset is None; expected a Charset"),
        (["a", "b"], "none of the 2 symbols is empty, as the blank's is"),
        (["", 7], "the symbol of label 1 is 7; expected a string"),
    ],
)
def test_what_is_neither_charset_nor_symbols_is_told(symbols: object, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        Lexicon.from_words(["a"], symbols)  # type: ignore[arg-type]


def test_words_that_the_symbols_lack_are_told() -> None:
    with pytest.raises(LexiconError, match="cannot be spelled with these symbols: 'abc'"):
        Lexicon.from_words(["abc"], ["", "a", "b"])
