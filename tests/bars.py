"""A script of grey bars, and a model that reads it without training, for tests whose answers follow by arithmetic.

Letter k of the charset is a bar 4 px wide and 4 px high of the ink k / letters; 4 px of paper follow each letter.
The network keeps the greys; its frames are 4 px wide as well, and each frame's feature is its darkest ink, so its
likeliest label is that of its bar.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image

from ocrkit.data.image import Preprocessing
from ocrkit.model import Architecture, Model
from ocrkit.nets.options import HeadOptions
from ocrkit.text.charset import Charset

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SIZE = 4  # px: a bar's width and height, and a frame's width
SHARPNESS = 100.0

ABC = Charset("abc", ("", "a", "b", "c"))
AB_AND_SPACE = Charset("ab-space", ("", "a", "b", " "))

TINY = """
[preprocessing]
height = 8
[backbone.options]
channels = [4]
pools = ["2x2"]
[head]
rnn = [{ size = 4 }]
[training]
workers = 0
device = "cpu"
epochs = 1
lrate = 0.02
"""
"""The configuration of a network that is trained on a few such pictures in no time."""


def picture(text: str, charset: Charset = ABC, *, scale: int = 1, lead: int = 0) -> Image.Image:
    """``text`` as grey bars, ``lead`` px of paper before it, everything ``scale`` times as large."""
    columns = [255] * lead
    for character in text:
        columns += [_grey(character, charset)] * SIZE + [255] * SIZE
    row = np.repeat(np.array(columns or [255] * SIZE, dtype=np.uint8), scale)
    return Image.fromarray(np.tile(row, (SIZE * scale, 1)))


def reader(
    charset: Charset = ABC, *, fit: str = "pad", width: int | None = None, skip_frames: int = 0, name: str = "bars"
) -> Model:
    """A model that reads the bars of a charset."""
    architecture = Architecture(
        "vgg",
        {"channels": [1], "kernels": [1], "batch_norm": [False], "pools": ["4x4"]},
        HeadOptions(rnn=(), skip_frames=skip_frames),
        Preprocessing(height=SIZE, width=width, fit=fit, contrast="keep"),
    )
    model = Model.build(charset, architecture)
    levels = torch.arange(len(charset)) / (len(charset) - 1)
    state = model.network.state_dict()
    for key, tensor in state.items():
        if key.startswith("backbone."):
            tensor.fill_(1.0 if key.endswith("weight") else 0.0)
    # Up to a term that is the same for all labels: -SHARPNESS * (ink - level) ** 2.
    state["output.weight"].copy_(2 * SHARPNESS * levels[:, None])
    state["output.bias"].copy_(-SHARPNESS * levels**2)
    model.network.eval()
    return model


def write(folder: Path, texts: dict[str, str], charset: Charset = ABC) -> Path:
    """A folder with a picture for each name, and their labels in ``labels.tsv``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        picture(text, charset).save(folder / name)
    lines = "".join(f"{name}\t{text}\n" for name, text in texts.items())
    (folder / "labels.tsv").write_text(lines, encoding="utf-8")
    return folder


def log_probs(texts: list[str], charset: Charset = ABC, *, frames: int) -> NDArray[np.float32]:
    """(lines, frames, labels) posteriors that spell the texts, a blank after each label, blanks to the end."""
    labels = np.zeros((len(texts), frames), dtype=np.int64)
    for row, text in zip(labels, texts, strict=True):
        row[: 2 * len(text) : 2] = [charset.symbols.index(character) for character in text]
    likely, unlikely = np.log(0.91), np.log(0.09 / (len(charset) - 1))
    hits = labels[..., None] == np.arange(len(charset))
    return np.where(hits, likely, unlikely).astype(np.float32)


def _grey(character: str, charset: Charset) -> int:
    return 255 - round(255 * charset.symbols.index(character) / (len(charset) - 1))
