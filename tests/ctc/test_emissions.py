"""What the decoders take, in any layout, and how they refuse the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from ocrkit.ctc import BeamStream, Lexicon, beam_search, greedy, lexicon_search, text_search
from ocrkit.errors import EmissionsError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from ocrkit.ctc import Decoded

WORDS = Lexicon([[1], [2, 3], [1, 1], [3, 1, 2]])
DECODERS = {
    "greedy": greedy,
    "rescored": partial(greedy, rescore=True),
    "beam": partial(beam_search, n_best=3),
    "lexicon": partial(lexicon_search, lexicon=WORDS, n_best=3),
    "text": partial(text_search, lexicon=WORDS, separators=[2], n_best=3),
}
every_decoder = pytest.mark.parametrize("decode", DECODERS.values(), ids=DECODERS)


def random_batch(lines: int = 6, frames: int = 12, labels: int = 7) -> NDArray[np.float32]:
    logits = torch.from_numpy(np.random.default_rng(9).normal(size=(lines, frames, labels)) * 2)
    return logits.log_softmax(-1).to(torch.float32).numpy()


def assert_same(one: Decoded, other: Decoded) -> None:
    for name in Decoded_arrays:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


Decoded_arrays = (
    "labels",
    "frames",
    "confidences",
    "label_offsets",
    "scores",
    "acoustic_scores",
    "entries",
    "line_offsets",
    "proved",
)


def transposed(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(batch.transpose(1, 0, 2)).transpose(1, 0, 2)


def labels_apart(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    wide = np.full((*batch.shape[:2], batch.shape[2] * 3), np.nan, np.float32)
    wide[..., ::3] = batch
    return wide[..., ::3]


def backwards(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(batch[::-1, ::-1, ::-1])[::-1, ::-1, ::-1]


def unaligned(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    memory = np.frombuffer(b"\0" + batch.tobytes(), np.uint8)[1:]
    return memory.view(np.float32).reshape(batch.shape)


def read_only(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    copy = batch.copy()
    copy.flags.writeable = False
    return copy


@every_decoder
@pytest.mark.parametrize(
    "layout",
    [transposed, labels_apart, backwards, unaligned, read_only, np.asfortranarray, torch.from_numpy, memoryview],
)
def test_any_layout_decodes_alike(decode: Callable[..., Decoded], layout: Callable[..., object]) -> None:
    batch = random_batch()

    assert_same(decode(layout(batch)), decode(batch))


@every_decoder
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_an_axis_without_a_stride_decodes_as_its_copies_do(decode: Callable[..., Decoded], axis: int) -> None:
    once = np.take(random_batch(), [0], axis=axis)
    repeated = np.broadcast_to(once, (6, 12, 7))

    assert repeated.strides[axis] == 0
    assert_same(decode(repeated), decode(repeated.copy()))
    assert_same(decode(repeated.astype(np.float16)[:, ::-1]), decode(repeated.astype(np.float16)[:, ::-1].copy()))


@every_decoder
def test_float16_decodes_as_its_values_do_in_float32(decode: Callable[..., Decoded]) -> None:
    halves = random_batch().astype(np.float16)
    halves[0, 0, :3] = [-np.inf, 6e-8, -3e-5]  # the smallest, and subnormals

    assert_same(decode(halves), decode(halves.astype(np.float32)))
    assert_same(decode(torch.from_numpy(halves)), decode(halves.astype(np.float32)))
    assert_same(decode(halves[:, :, ::-1]), decode(halves.astype(np.float32)[:, :, ::-1]))


def bfloat16_bits(batch: NDArray[np.float32]) -> NDArray[np.int16]:
    """The upper halves of float32: what they widen to differs from the values by rounding down."""
    return (batch.view(np.uint32) >> 16).astype(np.uint16).view(np.int16)


@every_decoder
def test_bfloat16_decodes_as_its_values_do_in_float32(decode: Callable[..., Decoded]) -> None:
    bits = bfloat16_bits(random_batch())
    widened = (bits.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    tensor = torch.from_numpy(bits).view(torch.bfloat16)

    assert_same(decode(tensor), decode(widened))
    assert_same(decode(tensor[:, ::2, 1:]), decode(widened[:, ::2, 1:]))
    assert_same(decode(tensor.transpose(0, 1)), decode(widened.transpose(1, 0, 2)))


@every_decoder
def test_bfloat16_of_ml_dtypes_decodes_as_its_values_do(decode: Callable[..., Decoded]) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="ml_dtypes is not installed")
    narrow = random_batch().astype(ml_dtypes.bfloat16)

    assert_same(decode(narrow), decode(narrow.astype(np.float32)))
    assert_same(decode(narrow[::2, :, ::-1]), decode(narrow.astype(np.float32)[::2, :, ::-1]))


@every_decoder
def test_many_labels_decode_alike_whatever_holds_them(decode: Callable[..., Decoded]) -> None:
    # More than fit in registers, and no multiple of a vector.
    halves = random_batch(lines=3, frames=9, labels=301).astype(np.float16)

    assert_same(decode(halves), decode(halves.astype(np.float32)))
    assert_same(decode(halves[:, :, ::-1]), decode(np.ascontiguousarray(halves[:, :, ::-1])))


@every_decoder
def test_one_line_may_come_alone(decode: Callable[..., Decoded]) -> None:
    batch = random_batch()

    assert_same(decode(batch[2]), decode(batch[2:3]))
    assert_same(decode(batch[2], [5]), decode(batch[2, :5]))


@every_decoder
def test_padding_is_never_read(decode: Callable[..., Decoded]) -> None:
    batch = random_batch()
    lengths = np.array([12, 0, 5, 1, 11, 7])
    padded = batch.copy()
    for line, length in enumerate(lengths):
        padded[line, length:] = np.nan

    decoded = decode(padded, lengths)

    for line, length in enumerate(lengths):
        alone = decode(batch[line, :length])[0]
        assert [one.labels.tolist() for one in decoded[line]] == [one.labels.tolist() for one in alone]
        assert [one.score for one in decoded[line]] == [one.score for one in alone]


@every_decoder
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.int64, np.uint64])
def test_lengths_may_be_any_integers(decode: Callable[..., Decoded], dtype: type) -> None:
    batch = random_batch()
    lengths = [3, 0, 12, 1, 2, 3]

    assert_same(decode(batch, np.array(lengths, dtype)), decode(batch, lengths))
    assert_same(decode(batch, torch.tensor(lengths)), decode(batch, lengths))


@every_decoder
def test_the_input_is_not_written_to(decode: Callable[..., Decoded]) -> None:
    batch = random_batch()
    before = batch.copy()

    decode(batch)

    np.testing.assert_array_equal(batch, before)


@every_decoder
def test_the_threads_do_not_change_the_result(decode: Callable[..., Decoded]) -> None:
    batch = random_batch(lines=200)

    alone = decode(batch, threads=1)

    assert_same(decode(batch, threads=8), alone)
    assert_same(decode(batch), alone)


def as_float16(batch: NDArray[np.float32]) -> object:
    return batch.astype(np.float16)


def as_brain(batch: NDArray[np.float32]) -> object:
    return torch.from_numpy(batch).bfloat16()


def backwards(batch: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(batch[:, :, ::-1])[:, :, ::-1]


KINDS = {"float32": np.asarray, "float16": as_float16, "bfloat16": as_brain, "tensor": torch.from_numpy, "-": backwards}
every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@every_kind
@every_decoder
@pytest.mark.parametrize("labels", [7, 300])
@pytest.mark.parametrize("scale", [0.0, 1.0, 9.0])
def test_probabilities_are_refused_as_such(
    decode: Callable[..., Decoded], kind: Callable[[NDArray[np.float32]], object], labels: int, scale: float
) -> None:
    logits = np.random.default_rng(9).normal(size=(2, 5, labels)) * scale
    probabilities = torch.from_numpy(logits).softmax(-1).to(torch.float32).numpy()

    with pytest.raises(EmissionsError, match=r"frame 0\] has values from 0 to 1 that add up to 1.* pass numpy.log"):
        decode(kind(probabilities))


@every_kind
@every_decoder
def test_logits_are_refused_by_their_values_above_zero(
    decode: Callable[..., Decoded], kind: Callable[[NDArray[np.float32]], object]
) -> None:
    logits = random_batch()
    logits[3, 5, 2] = 0.5

    with pytest.raises(EmissionsError, match=r"log_probs\[line 3, frame 5, label 2\] is 0.5, and.*log_softmax"):
        decode(kind(logits))
    decode(kind(logits), [12, 12, 12, 5, 12, 12])


@every_decoder
def test_what_rounding_leaves_above_zero_is_no_fault(decode: Callable[..., Decoded]) -> None:
    log_probs = random_batch()
    log_probs -= log_probs.max(axis=2, keepdims=True)

    decode(log_probs + np.float32(0.015))
    decode((log_probs + np.float32(0.015)).astype(np.float16))
    decode(torch.from_numpy(log_probs + np.float32(0.125)).bfloat16())
    decode(np.zeros((1, 3, 300), np.float32))


def test_a_stream_refuses_what_are_no_logarithms() -> None:
    stream = BeamStream(labels=3)

    with pytest.raises(EmissionsError, match=r"frame 1\] has values from 0 to 1 that add up to 1"):
        stream.push(np.array([[-1, -2, -3], [0.5, 0.25, 0.25]], np.float32))
    with pytest.raises(EmissionsError, match="frame 0, label 1] is 4, and"):
        stream.push(np.array([[-1, 4, 2]], np.float32))


@every_decoder
@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.nan, r"line 1, frame 2, label 3\] is nan"),
        (np.inf, r"line 1, frame 2, label 3\] is \+inf"),
    ],
)
def test_a_value_that_is_no_log_probability_is_named(
    decode: Callable[..., Decoded], value: float, message: str
) -> None:
    batch = random_batch()
    batch[1, 2, 3] = value
    batch[4, 0, 0] = value

    with pytest.raises(EmissionsError, match=message):
        decode(batch)


@every_decoder
def test_a_frame_without_any_possible_label_is_named(decode: Callable[..., Decoded]) -> None:
    batch = random_batch()
    batch[3, 4] = -np.inf

    with pytest.raises(EmissionsError, match=r"line 3, frame 4\] is -inf for every label"):
        decode(batch)


@every_decoder
@pytest.mark.parametrize(
    ("log_probs", "message"),
    [
        (np.zeros((2, 3, 4)), r"dtype float64; expected float32 or float16.*bfloat16.*astype"),
        (np.zeros((2, 3, 4), np.int32), "dtype int32"),
        (np.zeros((2, 3, 4), ">f4"), "machine's byte order"),
        (np.zeros(4, np.float32), r"shape \(4,\); expected \(lines, frames, labels\)"),
        (np.zeros((1, 2, 3, 4), np.float32), r"shape \(1, 2, 3, 4\)"),
        (np.zeros((2, 3, 0), np.float32), "has no labels"),
        ([[0.0, 0.0]], "of type list"),
        (None, "of type NoneType"),
        (torch.zeros(2, 3, 4, requires_grad=True), r"requires grad; pass log_probs\.detach\(\)"),
        (torch.zeros(2, 3, 4, dtype=torch.bfloat16, requires_grad=True), r"requires grad; pass log_probs\.detach\(\)"),
        (torch.zeros(2, 3, 4, dtype=torch.bfloat16, device="meta"), "cannot be read in place"),
        (np.zeros((2, 3, 4), np.int16), "dtype int16; expected float32 or float16"),
        (torch.zeros(2, 3, 4, device="meta"), "cannot be read in place"),
    ],
)
def test_what_is_no_array_of_log_probabilities_is_refused(
    decode: Callable[..., Decoded], log_probs: object, message: str
) -> None:
    with pytest.raises(EmissionsError, match=message):
        decode(log_probs)


@every_decoder
@pytest.mark.parametrize(
    ("lengths", "message"),
    [
        ([1, 2, 3], r"lengths has shape \(3,\); expected \(2,\)"),
        (np.array(3), r"lengths has shape \(\)"),
        (3, r"lengths has shape \(\); expected \(2,\), a number of frames a line"),
        ([1.0, 2.0], "lengths has dtype float64; expected integers"),
        ([True, False], "lengths has dtype bool"),
        ([1, 4], r"lengths\[1\] is 4; it is a number of frames, 0\.\.3"),
        ([-1, 3], r"lengths\[0\] is -1"),
        (np.array([2**63, 0], np.uint64), r"lengths\[0\] is 9223372036854775807"),
    ],
)
def test_lengths_out_of_order_are_refused(decode: Callable[..., Decoded], lengths: object, message: str) -> None:
    with pytest.raises(EmissionsError, match=message):
        decode(np.zeros((2, 3, 4), np.float32), lengths)


@every_decoder
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"blank": 4}, r"blank is 4; with 4 labels it is one of 0\.\.3"),
        ({"blank": -1}, "blank is -1"),
        ({"blank": -5}, "blank is -5"),
        ({"blank": 2**40}, r"blank is 1099511627776; labels are 0\.\.2147483647"),
        ({"blank": 1.0}, "blank is 1.0; expected a whole number"),
        ({"threads": -1}, "threads is -1; it is at least 0"),
        ({"threads": "two"}, "threads is 'two'"),
    ],
)
def test_options_out_of_range_are_refused(
    decode: Callable[..., Decoded], options: dict[str, object], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        decode(np.zeros((2, 3, 4), np.float32), **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam_width": 0}, "beam_width is 0; it is at least 1"),
        ({"beam_width": 2.5}, "beam_width is 2.5; expected a whole number"),
        ({"n_best": 0}, "n_best is 0; it is at least 1"),
        ({"token_cut": -0.1}, r"token_cut is -0\.1; it lies in 0\.\.1"),
        ({"token_cut": 1.1}, r"token_cut is 1\.1"),
        ({"token_cut": float("nan")}, "token_cut is nan"),
        ({"token_cut": 10**400}, r"no float can hold; it lies in 0\.\.1"),
        ({"token_cut": "low"}, "token_cut is 'low'; expected a number"),
    ],
)
def test_options_of_beam_search_out_of_range_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        beam_search(np.zeros((2, 3, 4), np.float32), **options)  # type: ignore[arg-type]
