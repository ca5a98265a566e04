"""Confidences of calibrated models: readings stay, probabilities follow the temperature, doubtful ones are left out."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from PIL import Image
from torch.nn.functional import ctc_loss

from ocrkit import hookimpl
from ocrkit.ctc import Lexicon, greedy
from ocrkit.data.image import Preprocessing
from ocrkit.data.records import Prediction, Sample
from ocrkit.errors import OptionError
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions
from ocrkit.plugin.registry import Registry, load_registry
from ocrkit.plugin.specs import DecoderOptions, DecoderSpec
from ocrkit.recognition import Recognizer, decode_posteriors
from ocrkit.text.calibration import Calibration, CoveragePoint
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

AB = Charset("ab", ("", "a", "b", " "))
LEXICON = Lexicon.from_words(["a", "ab", "ba", "aba", "bab"], AB)


def unsure_model(*, scale: float = 1.0) -> Model:
    """Random weights; the output's, and so the log-probabilities before they are normalised, times ``scale``."""
    torch.manual_seed(2)
    options = {"channels": [4], "kernels": [3], "batch_norm": [False], "pools": ["4x4"]}
    model = Model.build(AB, Architecture("vgg", options, HeadOptions(rnn=()), Preprocessing(height=4, contrast="keep")))
    with torch.no_grad():
        model.network.output.weight.mul_(6 * scale)
        model.network.output.bias.mul_(6 * scale)
    model.network.eval()
    return model


def samples(count: int = 12) -> list[Sample]:
    rng = np.random.default_rng(4)
    pictures = [Image.fromarray(rng.integers(0, 256, (4, 4 * (1 + n % 6)), np.uint8)) for n in range(count)]
    return [Sample(f"{number}", picture.copy) for number, picture in enumerate(pictures)]


def calibrated(model: Model, temperature: float = 1.0, curve: tuple[CoveragePoint, ...] = ()) -> Model:
    model.calibration = Calibration(temperature, 1000, "drawn", 0.1, 0.0, curve)
    return model


def read(model: Model, *, reject: float | None = None, **given: object) -> list[Prediction]:
    recognizer = Recognizer(model, device="cpu", **given)  # type: ignore[arg-type]
    return list(recognizer.read(samples(), reject=reject))


class Boaster:
    """A plugin whose decoder is always certain of what it reads."""

    @hookimpl
    def ocrkit_decoders(self) -> list[DecoderSpec]:
        return [DecoderSpec("boaster", "Boasts.", needs_lexicon=False, build=lambda _charset, _options: self)]

    def decode(self, log_probs: NDArray[np.float32], lengths: NDArray[np.int64]) -> Decoded:
        found = greedy(log_probs, lengths)
        return replace(found, acoustic_scores=np.zeros_like(found.scores))


def boasting() -> Registry:
    registry = load_registry("none")
    registry.register(Boaster(), trusted=True)
    return registry


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"decoder": "beam", "options": DecoderOptions(n_best=3)},
        {"decoder": "lexicon", "options": DecoderOptions(lexicon=LEXICON)},
        {"decoder": "text", "options": DecoderOptions(lexicon=LEXICON, out_of_lexicon=2.0)},
        {"decoder": "boaster", "registry": boasting()},
    ],
    ids=["greedy", "beam", "lexicon", "text", "plugin"],
)
def test_a_temperature_changes_confidences_and_no_reading(given: dict[str, object]) -> None:
    plain = read(unsure_model(), **given)
    tempered = read(calibrated(unsure_model(), 3.0), **given)

    log_probs = list(Recognizer(unsure_model(), device="cpu").log_probs(samples()))
    for before, after, line in zip(plain, tempered, log_probs, strict=True):
        assert (before.text, before.score, before.rejected) == (after.text, after.score, after.rejected)
        assert before.alternatives == after.alternatives
        if after.rejected:
            continue
        assert isinstance(line, np.ndarray)
        divided = (torch.from_numpy(line).double() / 3).log_softmax(-1)
        labels = torch.tensor([AB.encode(after.text)], dtype=torch.long)
        nats = ctc_loss(divided[:, None], labels, [len(line)], [labels.shape[1]], reduction="sum")
        assert after.confidence == pytest.approx(math.exp(-float(nats)), rel=1e-4)
        assert [character.left for character in before.characters] == [character.left for character in after.characters]


def test_a_model_three_times_as_sure_is_as_sure_at_temperature_three() -> None:
    plain, tempered = read(unsure_model()), read(calibrated(unsure_model(scale=3.0), 3.0))

    assert [line.text for line in tempered] == [line.text for line in plain]
    for before, after in zip(plain, tempered, strict=True):
        assert after.confidence == pytest.approx(before.confidence, rel=1e-3)
        for ours, theirs in zip(before.characters, after.characters, strict=True):
            assert theirs.confidence == pytest.approx(ours.confidence, rel=1e-3)


def test_what_is_not_sure_enough_has_no_text_and_keeps_its_place() -> None:
    plain = read(unsure_model())
    middle = sorted(line.confidence for line in plain)[6]
    curve = (CoveragePoint(middle, 500, 4), CoveragePoint(0.0, 1000, 300))

    judged = read(calibrated(unsure_model(), curve=curve), reject=0.01)

    assert [line.name for line in judged] == [line.name for line in plain]
    for before, after in zip(plain, judged, strict=True):
        doubtful = before.confidence < middle
        assert (after.rejected, after.is_doubtful) == (doubtful, doubtful)
        assert after.text == ("" if doubtful else before.text)
        assert bool(after.characters) == bool(before.characters and not doubtful)
        assert (after.confidence, after.score) == (before.confidence, before.score)


def test_without_a_share_nothing_is_left_out() -> None:
    curve = (CoveragePoint(1.1, 1, 0),)

    assert not any(line.rejected for line in read(calibrated(unsure_model(), curve=curve)))


def test_a_model_that_is_not_calibrated_cannot_judge() -> None:
    with pytest.raises(OptionError, match=r"reject is 0.05, and the model is not calibrated.*ocrkit models calibrate"):
        read(unsure_model(), reject=0.05)


def test_a_share_is_judged_before_anything_is_read() -> None:
    recognizer = Recognizer(unsure_model(), device="cpu")

    with pytest.raises(OptionError, match="between 0 and 1"):
        recognizer.read(samples(), reject=5)


def test_saved_log_probabilities_are_judged_alike() -> None:
    [line] = list(Recognizer(unsure_model(), device="cpu").log_probs(samples(1)))
    assert isinstance(line, np.ndarray)
    calibration = Calibration(2.0, 1000, "drawn", 0.1, 0.0, (CoveragePoint(1.1, 500, 0), CoveragePoint(0.0, 1000, 300)))
    [of_image] = list(Recognizer(calibrated(unsure_model(), 2.0), device="cpu").read(samples(1)))

    [kept] = decode_posteriors(line, None, AB, name="p", calibration=calibration)
    [left_out] = decode_posteriors(line, None, AB, name="p", calibration=calibration, reject=0.01)

    assert (kept.text, kept.confidence) == (of_image.text, pytest.approx(of_image.confidence, rel=1e-5))
    assert (left_out.text, left_out.rejected) == ("", True)
    with pytest.raises(OptionError, match="not calibrated"):
        decode_posteriors(line, None, AB, name="p", reject=0.01)
