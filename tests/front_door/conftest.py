"""A reader of bars, its file, and a folder of labelled bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bars
import pytest
import torch

import ocrkit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
