"""Whether a decoder reads a tensor as it reads an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.plugin.testing.verdict import require, running

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded
    from ocrkit.plugin.specs import TensorDecoder

__all__ = ["check_tensor"]

_TOLERANCE = 1e-4  # nats, or of a probability


def check_tensor(
    what: str, decoder: TensorDecoder, log_probs: NDArray[np.float32], lengths: NDArray[np.int64], decoded: Decoded
) -> None:
    """Check that ``decode_tensor`` gives what ``decode`` gave: ``decoded``.

    Raises:
        PluginError: it fails, or gives something else.
    """
    import numpy as np
    import torch

    given = torch.from_numpy(log_probs.copy())
    with running(f"{what}: decode_tensor"):
        found = decoder.decode_tensor(given, lengths)
    unchanged = np.array_equal(given.numpy(), log_probs, equal_nan=True)
    require(unchanged, f"{what}: decode_tensor writes to the tensor that it is given")
    for name in ("line_offsets", "label_offsets", "labels", "frames", "entries"):
        left, right = getattr(decoded, name), getattr(found, name)
        require(
            np.array_equal(left, right),
            f"{what}: decode gives the {name} {left.tolist()}, decode_tensor {right.tolist()}; expected the same",
        )
    for name in ("confidences", "scores", "acoustic_scores"):
        left, right = getattr(decoded, name), getattr(found, name)
        require(
            np.allclose(left, right, rtol=1e-5, atol=_TOLERANCE),
            f"{what}: decode gives the {name} {left.tolist()}, decode_tensor {right.tolist()}; expected the same, "
            "up to rounding",
        )
