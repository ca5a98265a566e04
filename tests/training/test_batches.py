from __future__ import annotations

import numpy as np
import torch

from ocrkit.training.batches import ink_of, make_batch


def test_a_batch_pads_images_with_paper_and_joins_labels() -> None:
    images = [np.zeros((4, 3), np.uint8), np.zeros((4, 5), np.uint8)]

    batch = make_batch(images, [np.array([1, 2]), np.array([3])])

    assert batch.images.shape == (2, 1, 4, 5)
    assert batch.images[0, 0, 0].tolist() == [1, 1, 1, 0, 0]
    assert batch.widths.tolist() == [3, 5]
    assert batch.labels.tolist() == [1, 2, 3]
    assert batch.label_lengths.tolist() == [2, 1]
    assert len(batch) == 2
    assert batch.all_labels == 3


def test_ink_is_nothing_on_paper_and_one_where_it_is_black() -> None:
    grey = torch.arange(256, dtype=torch.uint8).reshape(1, 2, 128)

    ink = ink_of(grey)

    assert ink.shape == (1, 1, 2, 128)
    assert ink.dtype == torch.float32
    np.testing.assert_allclose(ink.ravel().numpy(), (255 - np.arange(256)) / 255, rtol=1e-6)
