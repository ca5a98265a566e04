"""Decoding where the network's output lies on a CUDA device, compared with the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import numpy as np
import pytest
import torch

from ocrkit.ctc import greedy
from ocrkit.data.records import Prediction, Sample
from ocrkit.errors import EmissionsError
from ocrkit.plugin.device_decoding import greedy_on_device
from ocrkit.recognition import Recognizer

if TYPE_CHECKING:
    from PIL import Image

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device here"),
]


@pytest.mark.parametrize(("frames", "labels"), [(1, 2), (30, 37), (80, 6000)])
def test_a_tensor_on_the_device_gives_what_its_array_gives(frames: int, labels: int) -> None:
    rng = np.random.default_rng(1)
    log_probs = rng.normal(size=(16, frames, labels)).astype(np.float32) * 4
    lengths = rng.integers(0, frames + 1, 16)
    log_probs[np.arange(frames) >= lengths[:, None]] = np.nan

    found = greedy_on_device(torch.from_numpy(log_probs).cuda(), lengths)

    wanted = greedy(log_probs, lengths, rescore=True)
    np.testing.assert_array_equal(found.labels, wanted.labels)
    np.testing.assert_array_equal(found.label_offsets, wanted.label_offsets)
    np.testing.assert_array_equal(found.frames, wanted.frames)
    np.testing.assert_allclose(found.confidences, wanted.confidences, rtol=1e-5)
    np.testing.assert_allclose(found.scores, wanted.scores, rtol=1e-6, atol=1e-4)


@pytest.mark.parametrize("labels", [3, 80, 6000])
def test_equal_values_go_to_the_lowest_label_there_too(labels: int) -> None:
    log_probs = -np.random.default_rng(2).integers(0, 3, (20, 30, labels)).astype(np.float32)

    found = greedy_on_device(torch.from_numpy(log_probs).cuda(), np.full(20, 30))

    np.testing.assert_array_equal(found.labels, greedy(log_probs).labels)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_probability_is_refused_there_too(value: float) -> None:
    log_probs = torch.zeros(2, 3, 4, device="cuda").log_softmax(2)
    log_probs[1, 2] = value

    with pytest.raises(EmissionsError, match=r"log_probs\[line 1, frame 2"):
        greedy_on_device(log_probs, np.array([3, 3]))


@pytest.mark.parametrize("decoder", ["greedy", "beam"])
def test_readings_scores_and_places_are_those_of_the_cpu(decoder: str) -> None:
    texts = ["cab", "", "a", "abcabcabc", "bb", "cacb"] * 20
    samples = [sample(bars.picture(text), str(number)) for number, text in enumerate(texts)]

    readings = {
        device: [
            found
            for found in Recognizer(bars.reader(), decoder=decoder, device=device, batch_size=8).read(samples)
            if isinstance(found, Prediction)
        ]
        for device in ("cpu", "cuda")
    }

    assert [found.text for found in readings["cuda"]] == texts
    for there, here in zip(readings["cuda"], readings["cpu"], strict=True):
        assert there.score == pytest.approx(here.score, abs=1e-2)  # TF32 convolutions have ten bits of mantissa
        assert [(c.text, c.left, c.right) for c in there.characters] == [
            (c.text, c.left, c.right) for c in here.characters
        ]


def sample(image: Image.Image, name: str) -> Sample:
    return Sample(name, lambda: image)
