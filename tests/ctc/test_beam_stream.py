"""Beam search of a line whose frames come bit by bit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import below_zero

from ocrkit.ctc import BeamStream, Decoded, beam_search
from ocrkit.errors import EmissionsError, OptionError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def line_of(seed: int, frames: int = 40, labels: int = 6, scale: float = 2.0) -> NDArray[np.float32]:
    return below_zero((np.random.default_rng(seed).normal(size=(frames, labels)) * scale).astype(np.float32))


def assert_same(one: Decoded, other: Decoded) -> None:
    for name in Decoded.__slots__:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 2**32),
    st.lists(st.integers(0, 9), max_size=8),
    st.integers(0, 5),
    st.sampled_from([(1, 1, 0.3), (4, 2, 1e-3), (16, 9, 0.0), (100, 1, 1e-3)]),
    st.sampled_from([0.1, 2.0, 300.0]),
)
def test_however_the_line_is_cut_the_answer_is_that_of_the_whole(
    seed: int, cuts: list[int], blank: int, options: tuple[int, int, float], scale: float
) -> None:
    line = line_of(seed, frames=sum(cuts), scale=scale)
    chosen = dict(zip(("beam_width", "n_best", "token_cut"), options, strict=True))
    stream = BeamStream(6, blank=blank, **chosen)  # type: ignore[arg-type]

    for end, size in zip(np.cumsum(cuts), cuts, strict=True):
        stream.push(line[end - size : end])

    assert len(stream) == len(line)
    assert_same(stream.finish(), beam_search(line, blank=blank, **chosen))  # type: ignore[arg-type]


def test_the_best_so_far_is_that_of_the_frames_so_far() -> None:
    line = line_of(1)
    stream = BeamStream(6)

    for frame in range(len(line)):
        stream.push(line[frame : frame + 1])
        best = beam_search(line[: frame + 1])[0][0]

        assert stream.best.labels.tolist() == best.labels.tolist()
        assert stream.best.score == best.score


def test_a_stream_without_frames_is_the_empty_hypothesis() -> None:
    stream = BeamStream(4)

    assert (stream.best.labels.tolist(), stream.best.score) == ([], 0.0)
    assert_same(stream.finish(), beam_search(np.zeros((0, 4), np.float32)))


def test_pushed_frames_may_be_overwritten() -> None:
    line = line_of(2)
    buffer = np.empty((1, 6), np.float32)
    stream = BeamStream(6)

    for frame in line:
        buffer[0] = frame
        stream.push(buffer)

    assert_same(stream.finish(), beam_search(line))


def test_a_finished_stream_takes_no_more_frames() -> None:
    stream = BeamStream(6)
    stream.push(line_of(3))
    finished = stream.finish()

    assert_same(stream.finish(), finished)
    with pytest.raises(OptionError, match="the stream is finished; start another BeamStream"):
        stream.push(line_of(3))


@pytest.mark.parametrize(
    ("frames", "message"),
    [
        (np.zeros((2, 5), np.float32), "the frames have 5 labels; the stream has 6"),
        (np.zeros((2, 3, 6), np.float32), r"frames has shape \(2, 3, 6\); expected \(frames, labels\), of one line"),
        (np.zeros((2, 6)), "dtype float64"),
        (np.array([[0] * 6, [0, 0, 0, np.nan, 0, 0]], np.float32), r"frame 1, label 3\] is nan"),
    ],
)
def test_frames_that_do_not_fit_are_refused_and_none_taken(frames: NDArray[np.float32], message: str) -> None:
    stream = BeamStream(6)

    with pytest.raises(EmissionsError, match=message):
        stream.push(frames)

    assert len(stream) == 0


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (0, {}, "labels is 0; it is at least 1"),
        (3, {"blank": 3}, r"blank is 3; with 3 labels it is one of 0\.\.2"),
        (3, {"beam_width": 0}, "beam_width is 0"),
        (3, {"n_best": 0}, "n_best is 0"),
        (3, {"token_cut": 2.0}, "token_cut is 2.0"),
    ],
)
def test_options_out_of_range_are_refused(labels: int, options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        BeamStream(labels, **options)  # type: ignore[arg-type]
