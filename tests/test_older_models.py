"""Model files of before, which do not say what there was no choice of then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ocrkit.checkpoint import read_checkpoint, write_checkpoint
from ocrkit.data.image import Preprocessing
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_does_not_say_what_becomes_of_contrast_keeps_it(tmp_path: Path) -> None:
    options = {"channels": [4], "pools": ["2x2"]}
    parts = Architecture("vgg", options, HeadOptions(rnn=()), Preprocessing(height=16, width=200))
    path = tmp_path / "model.safetensors"
    Model.build(Charset("ab", ("", "a", "b")), parts).save(path)
    checkpoint = read_checkpoint(path)
    del checkpoint.metadata["architecture"]["preprocessing"]["contrast"]  # type: ignore[index]
    write_checkpoint(path, checkpoint.tensors, checkpoint.metadata)

    model = Model.load(path)

    assert model.architecture.preprocessing == Preprocessing(height=16, width=200, contrast="keep")
