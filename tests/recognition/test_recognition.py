"""Reading images with a model whose answers follow by arithmetic; see ``bars``."""

from __future__ import annotations

import math
import multiprocessing
import threading
from typing import TYPE_CHECKING, Any

import bars
import numpy as np
import pytest
import torch
from PIL import Image

from ocrkit.ctc import Lexicon, NgramModel, greedy
from ocrkit.data.records import Prediction, Sample
from ocrkit.errors import EmissionsError, OptionError, UnknownNameError
from ocrkit.plugin.registry import Registry
from ocrkit.plugin.specs import DecoderOptions, DecoderSpec
from ocrkit.recognition import Recognizer, choose_decoder, decode_posteriors, make_decoder
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ABC = bars.ABC


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def sample(image: Image.Image, name: str = "line") -> Sample:
    return Sample(name, lambda: image)


def read_one(model: object, image: Image.Image, **options: object) -> Prediction:
    [reading] = Recognizer(model, **options).read([sample(image)])  # type: ignore[arg-type]
    assert isinstance(reading, Prediction)
    return reading


def test_a_line_is_read() -> None:
    assert read_one(bars.reader(), bars.picture("cabba")).text == "cabba"


def test_readings_keep_the_order_of_the_samples_whatever_their_width() -> None:
    texts = ["a", "abcabc", "", "bb", "cab", "abababab", "c"]
    samples = [sample(bars.picture(text), name=f"{number}") for number, text in enumerate(texts)]

    readings = list(Recognizer(bars.reader(), batch_size=2).read(samples))

    assert [(reading.name, reading.text) for reading in readings if isinstance(reading, Prediction)] == [
        (f"{number}", text) for number, text in enumerate(texts)
    ]


@pytest.mark.parametrize(("precision", "apart"), [("float32", 1e-3), ("bfloat16", 0.05)])
def test_a_line_alone_and_among_others_reads_the_same(precision: str, apart: float) -> None:
    torch.manual_seed(3)
    model = trained_like()
    rng = np.random.default_rng(5)
    images = [Image.fromarray(rng.integers(0, 256, (16, width), dtype=np.uint8)) for width in (31, 90, 47, 8, 64)]
    samples = [sample(image, name=f"{number}") for number, image in enumerate(images)]

    together = list(Recognizer(model, batch_size=5, precision=precision).read(samples))
    reader = Recognizer(model, batch_size=1, precision=precision)
    alone = [reading for one in samples for reading in reader.read([one])]

    for among, single in zip(together, alone, strict=True):
        assert isinstance(among, Prediction)
        assert isinstance(single, Prediction)
        assert among.text == single.text
        assert among.score == pytest.approx(single.score, abs=apart)


def trained_like() -> object:
    """A network with every kind of layer and random weights, so that any leak of padding would show."""
    from ocrkit.data.image import Preprocessing
    from ocrkit.model import Architecture, Model
    from ocrkit.nets.options import HeadOptions, LstmLayer

    options = {"channels": [8, 8], "pools": ["2x2", "2x2"]}
    head = HeadOptions(rnn=(LstmLayer(8),))
    return Model.build(ABC, Architecture("vgg", options, head, Preprocessing(height=16, contrast="keep")))


def test_a_bad_image_stands_in_its_place_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no image")
    samples = [
        sample(bars.picture("ab"), "first"),
        Sample("text.png", tmp_path / "text.png"),
        Sample("gone.png", tmp_path / "gone.png"),
        sample(bars.picture("ba"), "last"),
    ]

    readings = list(Recognizer(bars.reader()).read(samples))

    assert [reading.name for reading in readings] == ["first", "text.png", "gone.png", "last"]
    assert [reading.text for reading in readings] == ["ab", "", "", "ba"]
    assert [bool(reading.error) for reading in readings] == [False, True, True, False]
    assert "no such file" in readings[2].error


def test_a_character_spans_its_frame_in_px_of_the_image() -> None:
    reading = read_one(bars.reader(), bars.picture("ab"))

    # Bars of 4 px at 0 and at 8.
    assert [(c.text, c.left, c.right) for c in reading.characters] == [("a", 0, 4), ("b", 8, 12)]


def test_spans_are_in_px_before_scaling() -> None:
    reading = read_one(bars.reader(), bars.picture("ab", scale=3))

    assert [(c.text, c.left, c.right) for c in reading.characters] == [("a", 0, 12), ("b", 24, 36)]


def test_spans_count_the_frames_that_are_skipped() -> None:
    # Two frames of paper come first; the network drops them.
    reading = read_one(bars.reader(skip_frames=2), bars.picture("ab", lead=8))

    assert [(c.text, c.left, c.right) for c in reading.characters] == [("a", 8, 12), ("b", 16, 20)]


def test_spans_follow_a_stretched_image() -> None:
    # 48 px squeezed into 16 px of input: a frame of 4 px is 12 px of the image.
    wide = bars.picture("ab").resize((48, 4), Image.Resampling.NEAREST)

    reading = read_one(bars.reader(fit="stretch", width=16), wide)

    assert [(c.text, c.left, c.right) for c in reading.characters] == [("a", 0, 12), ("b", 24, 36)]


def test_spans_of_an_image_on_its_side_are_those_of_the_upright_one(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter clockwise
    path = tmp_path / "side.png"
    bars.picture("abc").transpose(Image.Transpose.ROTATE_90).save(path, exif=exif)

    [reading] = Recognizer(bars.reader()).read([Sample("side.png", path)])

    assert isinstance(reading, Prediction)
    assert [(c.text, c.left, c.right) for c in reading.characters] == [("a", 0, 4), ("b", 8, 12), ("c", 16, 20)]


def test_confidences_are_the_probabilities_of_label_and_line() -> None:
    reading = read_one(bars.reader(), bars.picture("c"))

    # Ink 1, levels 0, 1/3, 2/3, 1: the label's probability is that of the nearest level among squared distances.
    inks = np.arange(4) / 3
    of_c = 1 / np.exp(-bars.SHARPNESS * (1 - inks) ** 2).sum()
    of_blank = 1 / np.exp(-bars.SHARPNESS * inks**2).sum()
    assert reading.characters[0].confidence == pytest.approx(of_c, abs=1e-6)
    # Two frames: c then blank; also c c, and blank c, which are next to impossible.
    assert reading.confidence == pytest.approx(of_c * of_blank, abs=1e-4)
    assert math.exp(reading.score) == pytest.approx(reading.confidence, abs=1e-6)


def test_a_picture_without_a_whole_frame_reads_as_nothing() -> None:
    reading = read_one(bars.reader(), Image.new("L", (1, 4), 255))

    assert (reading.text, reading.characters, reading.rejected) == ("", (), False)


def test_n_best_readings_come_best_first_without_the_text_itself() -> None:
    reading = read_one(bars.reader(), bars.picture("abc"), options=DecoderOptions(n_best=3))

    assert reading.text == "abc"
    assert len(reading.alternatives) == 2
    assert "abc" not in [other.text for other in reading.alternatives]
    assert reading.score >= reading.alternatives[0].score >= reading.alternatives[1].score


def test_a_text_that_labels_spell_in_two_ways_is_read_once() -> None:
    charset = Charset("pairs", ("", "a", "b", "ab"))
    # "ab" as one label: 0.5 x 0.9 + 0.5 x 0.02 + 0.14 x 0.02; as two: 0.3 x 0.06.
    log_probs = np.log(np.array([[[0.14, 0.3, 0.06, 0.5], [0.9, 0.02, 0.06, 0.02]]], dtype=np.float32))

    options = DecoderOptions(n_best=20, beam_width=50)
    [reading] = decode_posteriors(log_probs, None, charset, name="p", decoder="beam", options=options)

    assert [reading.text, *(other.text for other in reading.alternatives)].count("ab") == 1
    assert reading.text == "ab"


def test_a_lexicon_makes_the_line_one_of_its_entries() -> None:
    options = DecoderOptions(lexicon=Lexicon.from_words(["abcc", "ca"], ABC))

    assert read_one(bars.reader(), bars.picture("abca"), options=options).text == "abcc"


def test_a_line_that_no_entry_fits_is_rejected() -> None:
    # One letter's two frames cannot spell three.
    options = DecoderOptions(lexicon=Lexicon.from_words(["abc"], ABC))

    reading = read_one(bars.reader(), bars.picture("a"), options=options)

    assert (reading.text, reading.rejected, reading.confidence) == ("", True, 0.0)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (DecoderOptions(), "greedy"),
        (DecoderOptions(beam_width=4), "beam"),
        (DecoderOptions(n_best=2), "beam"),
        (DecoderOptions(lexicon=Lexicon([[1]])), "lexicon"),
    ],
)
def test_the_options_choose_the_decoder(options: DecoderOptions, expected: str) -> None:
    assert choose_decoder(ABC, None, options) == expected


def test_a_lexicon_for_a_charset_with_a_space_is_one_of_words() -> None:
    options = DecoderOptions(lexicon=Lexicon([[1]]))

    assert choose_decoder(bars.AB_AND_SPACE, None, options) == "text"
    assert choose_decoder(bars.AB_AND_SPACE, "lexicon", options) == "lexicon"


@pytest.mark.parametrize(
    "asked", [{"separators": frozenset({2})}, {"out_of_lexicon": 1.0}, {"language_model": object()}]
)
def test_what_stands_between_entries_makes_it_a_lexicon_of_words(asked: dict[str, Any]) -> None:
    assert choose_decoder(ABC, None, DecoderOptions(lexicon=Lexicon([[1]]), **asked)) == "text"


def test_a_line_of_words_is_read_with_a_lexicon_of_words() -> None:
    options = DecoderOptions(lexicon=Lexicon.from_words(["ab", "b"], bars.AB_AND_SPACE))

    spaced = bars.AB_AND_SPACE
    assert read_one(bars.reader(spaced), bars.picture("ab b  ab", spaced), options=options).text == "ab b  ab"
    assert read_one(bars.reader(spaced), bars.picture("b a", spaced), options=options).text != "b a"


@pytest.mark.parametrize(
    ("decoder", "options", "complaint"),
    [
        ("lexicon", DecoderOptions(), "needs a lexicon; give it a word list with `lexicon`"),
        (None, DecoderOptions(beam_width=0), "beam_width is 0; it is at least 1"),
        (None, DecoderOptions(n_best=0), "n_best is 0; it is at least 1"),
        (None, DecoderOptions(threads=-1), "threads is -1; it is at least 0"),
        ("greedy", DecoderOptions(beam_width=3), "cannot honour `beam_width`"),
    ],
)
def test_a_decoder_that_cannot_be_made_says_why(decoder: str | None, options: DecoderOptions, complaint: str) -> None:
    with pytest.raises(OptionError, match=complaint):
        make_decoder(ABC, decoder, options)


def test_an_unknown_decoder_names_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="no decoder 'bean'; did you mean 'beam'"):
        make_decoder(ABC, "bean", DecoderOptions())


@pytest.mark.parametrize("option", ["batch_size=0", "workers=-2"])
def test_a_number_out_of_range_is_refused(option: str) -> None:
    name, value = option.split("=")

    with pytest.raises(OptionError, match=f"{name} is {value}; it is at least"):
        Recognizer(bars.reader(), **{name: int(value)})  # type: ignore[arg-type]


def test_lines_of_very_different_length_keep_their_readings() -> None:
    texts = ["ab" * 600, "c", "ba" * 700, "a"]  # up to 11,200 px, beyond what a batch of four holds

    readings = list(Recognizer(bars.reader(), batch_size=4).read([sample(bars.picture(text)) for text in texts]))

    assert [reading.text for reading in readings if isinstance(reading, Prediction)] == texts


class Failing:
    def decode(self, log_probs: object, lengths: object) -> object:
        raise EmissionsError("from the decoding thread")


def with_decoder(decoder: object) -> Registry:
    class Plugin:
        from ocrkit import hookimpl

        @hookimpl
        def ocrkit_decoders(self) -> Iterator[DecoderSpec]:
            yield DecoderSpec("own", "A decoder for a test.", False, lambda charset, options: decoder)  # type: ignore[arg-type, return-value]

    registry = Registry()
    registry.register(Plugin(), trusted=True)
    return registry


class OfTensors:
    def decode(self, log_probs: object, lengths: object) -> object:
        return greedy(log_probs, lengths)  # type: ignore[arg-type]

    def decode_tensor(self, log_probs: object, lengths: object) -> object:
        raise EmissionsError("nothing lies on a device here")


def test_what_lies_in_the_cpus_memory_is_decoded_as_an_array() -> None:
    reading = read_one(
        bars.reader(), bars.picture("ab"), device="cpu", decoder="own", registry=with_decoder(OfTensors())
    )

    assert reading.text == "ab"


def test_an_error_of_the_decoding_thread_surfaces() -> None:
    recognizer = Recognizer(bars.reader(), decoder="own", registry=with_decoder(Failing()))

    with pytest.raises(EmissionsError, match="from the decoding thread"):
        list(recognizer.read([sample(bars.picture("a"))]))


class Watched:
    """Greedy, noting which threads decode."""

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()

    def decode(self, log_probs: object, lengths: object) -> object:
        self.threads.add(threading.current_thread())
        return greedy(log_probs, lengths)  # type: ignore[arg-type]


def test_an_iterator_left_midway_leaves_no_thread_behind() -> None:
    decoder = Watched()
    recognizer = Recognizer(bars.reader(), decoder="own", batch_size=1, registry=with_decoder(decoder))
    readings = recognizer.read([sample(bars.picture("ab"))] * 40)

    for _ in range(5):
        next(readings)
    readings.close()

    assert decoder.threads
    assert not any(thread.is_alive() for thread in decoder.threads)
    assert threading.main_thread() not in decoder.threads


def test_an_iterator_left_midway_leaves_no_worker_behind(tmp_path: Path) -> None:
    bars.picture("ab").save(tmp_path / "line.png")
    recognizer = Recognizer(bars.reader(), batch_size=1, workers=1)
    others = {*multiprocessing.active_children()}

    readings = recognizer.read([Sample("line.png", tmp_path / "line.png")] * 20)
    first = next(readings)
    working = {*multiprocessing.active_children()} - others
    readings.close()

    assert isinstance(first, Prediction)
    assert first.text == "ab"
    assert len(working) == 1
    assert not working & {*multiprocessing.active_children()}


def test_the_samples_are_taken_a_few_at_a_time() -> None:
    taken = []

    def many() -> Iterator[Sample]:
        for number in range(1000):
            taken.append(number)
            yield sample(bars.picture("a"))

    next(Recognizer(bars.reader(), batch_size=2).read(many()))

    assert len(taken) == 2


def test_confidence_is_the_probability_of_the_text_whatever_ranked_it() -> None:
    arpa = b"\\data\\\nngram 1=4\n\\1-grams:\n-0.6\ta\n-0.6\tb\n-0.6\tc\n-0.6\t</s>\n\\end\\\n"
    options = DecoderOptions(language_model=NgramModel(arpa, ABC), lm_weight=1.0)

    reading = read_one(bars.reader(), bars.picture("ab"), options=options)

    alone = read_one(bars.reader(), bars.picture("ab"), decoder="beam")
    assert reading.text == alone.text == "ab"
    assert reading.confidence == pytest.approx(alone.confidence) == pytest.approx(math.exp(alone.score))
    assert reading.score == pytest.approx(alone.score + 3 * math.log(10**-0.6), abs=1e-3)
