"""Whether an exported network gives what it gives in torch."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ocrkit.errors import DependencyError, ExportError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import onnx
    from numpy.typing import NDArray

    from ocrkit.nets.crnn import Crnn
    from ocrkit.nets.segmentation.labeller import Labeller

__all__ = ["Parity", "compare_labeller_with_torch", "compare_with_torch"]

_TOLERANCE = 1e-4  # nats, or of a map's value
_TIE = 2e-5  # nats between two labels that the order of additions may decide
_MOST_LINES = 8
_ROOM = 3000  # px of all lines of a batch, padding included: what a large network reads in a fraction of a second
_STROKE = 4  # px
_NARROW = (1, 2, 3, 5, 8)  # px, of which some give no frame


@dataclass(frozen=True, slots=True)
class Parity:
    """What was compared, and how far apart the two were.

    Attributes:
        batches: of lines, or pictures.
        frames: that count.
        difference: the largest of log-probabilities, in nats, or of values of maps.
    """

    batches: int
    frames: int
    difference: float


def compare_with_torch(
    network: Crnn,
    model: onnx.ModelProto | str | os.PathLike[str],
    *,
    batches: int = 24,
    widest: int = 1500,
    seed: int = 0,
) -> Parity:
    """Read ragged batches with onnxruntime and with torch: 1 to 8 lines, 1 to ``widest`` px wide, and some of no width.

    The first batches are those in which exports most often go wrong: one line, a line of 1 px, lines without a frame,
    a batch with more padding than any line needs.

    Args:
        network: left as it is; compared as it is in evaluation mode.
        model: its export, or the file of it.
        batches: how many.
        widest: px of the widest line.
        seed: what they are drawn from.

    Raises:
        ExportError: a label or a length differs, or a log-probability by 1e-4 or more; the message has the batch's
            shape. Of two labels within 2e-5 of each other either may be the likelier.
        DependencyError: onnxruntime is not installed.
    """
    session = open_session(model)
    height = int(session.get_inputs()[0].shape[2])
    draws = np.random.default_rng(seed)
    frames, difference = 0, 0.0
    with evaluating(network):
        for index in range(batches):
            images, widths = _batch(draws, index, height, widest)
            found = _found(session, {"images": images, "widths": widths}, images.shape, widths)
            log_probs, lengths = _expected(network, images, widths)
            where = _told(images.shape, widths)
            difference = max(difference, _compare(found[0], found[1], log_probs, lengths, where))
            frames += int(lengths.sum())
    return Parity(batches, frames, difference)


def compare_labeller_with_torch(
    network: Labeller,
    model: onnx.ModelProto | str | os.PathLike[str],
    *,
    heights: Collection[int],
    pictures: int = 8,
    seed: int = 0,
) -> Parity:
    """Label pictures of drawn sizes, 1 to 700 px each way, with onnxruntime and with torch.

    Args:
        network: left as it is; compared as it is in evaluation mode.
        model: its export, or the file of it.
        heights: the maps that hold heights.
        pictures: how many.
        seed: what they are drawn from.

    Raises:
        ExportError: a value differs by 1e-4 or more, or a shape; the message has the picture's shape.
        DependencyError: onnxruntime is not installed.
    """
    session = open_session(model)
    draws = np.random.default_rng(seed)
    values, difference = 0, 0.0
    with evaluating(network):
        for index in range(pictures):
            sides = (1, 1) if index == 0 else tuple(int(draws.integers(1, 700)) for _ in range(2))
            ink = draws.random((1 + index % 2, 1, *sides), np.float32)
            [found] = _found(session, {"ink": ink}, ink.shape, None)
            expected = _maps(network, ink, heights)
            if found.shape != expected.shape:
                told = f"ink of shape {ink.shape} gives maps of shape {found.shape}"
                raise ExportError(f"{told} by ONNX, {expected.shape} in torch")
            apart = float(np.abs(found - expected).max())
            if not apart < _TOLERANCE:
                raise ExportError(f"maps of ink of shape {ink.shape} differ from torch's by {apart:.2g}")
            difference, values = max(difference, apart), values + expected.size
    return Parity(pictures, values, difference)


def open_session(model: onnx.ModelProto | str | os.PathLike[str]) -> Any:
    """An onnxruntime session of one thread, which says nothing.

    Raises:
        ExportError: onnxruntime does not take the model.
        DependencyError: it is not installed.
    """
    try:
        import onnxruntime
    except ImportError as error:
        raise DependencyError(
            "exports are checked by onnxruntime, which is not installed; pip install 'ocrkit[export]'"
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    given = os.fspath(model) if isinstance(model, str | os.PathLike) else model.SerializeToString()
    try:
        return onnxruntime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its exceptions have no root but this
        raise ExportError(f"onnxruntime does not take the export: {_in_one_line(error)}") from error


@contextmanager
def evaluating(network: torch.nn.Module) -> Iterator[None]:
    """While its block runs, the network is in evaluation mode."""
    modes = {module: module.training for module in network.modules()}
    network.eval()
    try:
        yield
    finally:
        for module, training in modes.items():
            module.training = training


def _batch(
    draws: np.random.Generator, index: int, height: int, widest: int
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Images with ink in their padding too, and their widths."""
    if index == 0:
        widths = [int(draws.integers(widest // 8, widest // 4))]
    elif index == 1:
        widths = [1]
    elif index == 2:
        widths = [0, *_NARROW, 40]
    else:
        count = int(draws.integers(1, _MOST_LINES + 1))
        # Even in their logarithms, so that narrow lines are as many as wide ones.
        most = min(widest, _ROOM // count)
        widths = [round(math.exp(draws.uniform(0, math.log(most)))) for _ in range(count)]
        if index % 5 == 4:
            widths = [max(widths)] * count
    room = max(widths) + (int(draws.integers(1, 120)) if index % 3 == 0 else 0)
    return _strokes(draws, (len(widths), 1, height, max(1, room))), np.array(widths, np.int64)


def _strokes(draws: np.random.Generator, shape: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Ink in strokes of some px on paper: noise, pixel by pixel, drives a network to where rounding grows large."""
    coarse = draws.random((*shape[:2], shape[2] // _STROKE + 1, shape[3] // _STROKE + 1), np.float32)
    coarse[coarse < draws.uniform(0.6, 0.9)] = 0
    fine: NDArray[np.float32] = coarse.repeat(_STROKE, 2).repeat(_STROKE, 3)[:, :, : shape[2], : shape[3]]
    return np.ascontiguousarray(fine)


def _expected(
    network: Crnn, images: NDArray[np.float32], widths: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """What torch gives; nothing for a batch too narrow for a frame, at which a plugin's backbone may fail in torch."""
    if network.backbone.frames(images.shape[3]) < 1:  # type: ignore[operator]  # an nn.Module of that role
        return np.zeros((len(images), 0, network.labels), np.float32), np.zeros(len(images), np.int64)
    with torch.inference_mode():
        expected = network(torch.from_numpy(images).to(_device(network)), torch.from_numpy(widths))
    log_probs, lengths = (tensor.cpu().numpy() for tensor in expected)
    return log_probs, lengths


def _found(session: Any, inputs: dict[str, Any], shape: tuple[int, ...], widths: Any) -> list[Any]:
    try:
        return list(session.run(None, inputs))
    except Exception as error:  # its exceptions have no root but this
        raise ExportError(f"onnxruntime fails on {_told(shape, widths)}: {_in_one_line(error)}") from error


def _compare(
    found: NDArray[np.float32],
    found_lengths: NDArray[np.int64],
    log_probs: NDArray[np.float32],
    lengths: NDArray[np.int64],
    where: str,
) -> float:
    """The largest difference of the frames that count."""
    if found_lengths.tolist() != lengths.tolist():
        raise ExportError(f"{where}: {found_lengths.tolist()} frames count by ONNX, in torch {lengths.tolist()}")
    if found.shape != log_probs.shape:
        raise ExportError(f"{where}: log_probs are {found.shape} by ONNX, in torch {log_probs.shape}")
    counts = np.arange(log_probs.shape[1]) < lengths[:, None]
    ours, theirs = found[counts], log_probs[counts]
    if not ours.size:
        return 0.0
    apart = float(np.abs(ours - theirs).max())
    if not apart < _TOLERANCE:
        raise ExportError(f"{where}: log-probabilities differ from torch's by {apart:.2g}; expected below {_TOLERANCE}")
    second, first = np.partition(theirs, -2, axis=1)[:, -2:].T
    decided = first - second > _TIE
    if (ours.argmax(1) != theirs.argmax(1))[decided].any():
        raise ExportError(f"{where}: labels differ from torch's")
    return apart


def _maps(network: Labeller, ink: NDArray[np.float32], heights: Collection[int]) -> NDArray[np.float32]:
    """What torch makes of ink, brought to the next multiples."""
    sides = [max(1, -(-side // network.multiple)) * network.multiple for side in ink.shape[2:]]
    padded = np.zeros((*ink.shape[:2], *sides), np.float32)
    padded[..., : ink.shape[2], : ink.shape[3]] = ink
    with torch.inference_mode():
        logits = network(torch.from_numpy(padded).to(_device(network)))
        maps = torch.sigmoid(logits)
        maps[:, list(heights)] = logits[:, list(heights)].clamp(min=0)
    array: NDArray[np.float32] = maps.cpu().numpy()
    return array


def _device(network: torch.nn.Module) -> torch.device:
    return next(network.parameters()).device


def _told(shape: tuple[int, ...], widths: NDArray[np.int64] | None) -> str:
    lines = "" if widths is None else f", lines {widths.tolist()} px wide"
    return f"a batch of shape {tuple(shape)}{lines}"


def _in_one_line(error: BaseException) -> str:
    return " ".join(str(error).split())
