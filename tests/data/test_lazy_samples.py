"""Sequences of samples that are made when asked for."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocrkit.data.records import Sample
from ocrkit.data.sources.lazy import ChainedSamples


def _samples(names: list[str]) -> list[Sample]:
    return [Sample(name, Path(name)) for name in names]


@given(st.lists(st.lists(st.text("abc", min_size=1, max_size=3), max_size=4), max_size=5))
def test_chained_samples_are_those_of_all_parts_in_order(parts: list[list[str]]) -> None:
    chained = ChainedSamples.of(_samples(part) for part in parts)
    whole = [sample for part in parts for sample in _samples(part)]
    assert len(chained) == len(whole)
    assert list(chained) == whole
    assert list(chained[::-2]) == whole[::-2]
    assert [chained[k] for k in range(-len(whole), len(whole))] == whole + whole
    with pytest.raises(IndexError):
        chained[len(whole)]


def test_a_slice_goes_to_another_process_with_its_parts() -> None:
    chained = ChainedSamples.of([_samples(["a", "b"]), _samples(["c"])])
    there = pickle.loads(pickle.dumps(chained[1:]))
    assert [sample.name for sample in there] == ["b", "c"]
