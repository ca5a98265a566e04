"""Whether a data source recognises without harm, and lists samples that can be opened."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ocrkit.data.paged import page_in
from ocrkit.data.records import Sample
from ocrkit.errors import PluginError
from ocrkit.plugin.specs import SourceOptions
from ocrkit.plugin.testing.verdict import require, require_summary, running

if TYPE_CHECKING:
    from ocrkit.plugin.specs import SourceSpec

__all__ = ["check_source"]


def check_source(
    spec: SourceSpec, location: Path | None = None, *, options: SourceOptions | None = None, samples: int | None = None
) -> None:
    """Check that a source answers about any path, and, given data of its format, lists and opens them.

    Args:
        spec: the source.
        location: data of its format; where None, only ``recognises`` is checked, unless ``options`` are given, as for
            a source that makes its samples up.
        options: what it is opened with.
        samples: how many there are, where that is known.

    Raises:
        PluginError: ``recognises`` raises, claims what is surely not its own, or denies ``location``; or the samples
            are no sequence of ``Sample``, cannot be sent to a worker process, or their images cannot be opened.
    """
    what = f"source {spec.name!r}"
    require_summary(what, spec.summary)
    require(isinstance(spec.precedence, int), f"{what} has the precedence {spec.precedence!r}; expected an int")
    with tempfile.TemporaryDirectory() as folder:
        _check_strange_paths(what, spec, Path(folder))
    if location is not None:
        with running(f"{what}: recognises({str(location)!r})"):
            recognised = spec.recognises(location)
        require(isinstance(recognised, bool), f"{what}: recognises gives {recognised!r}; expected True or False")
    if location is None and options is None:
        return
    with running(f"{what}: open"):
        listed = spec.open(location, options or SourceOptions())
    require(
        isinstance(listed, Sequence), f"{what}: open gives a {type(listed).__name__}; expected a sequence of Sample"
    )
    require(samples is None or len(listed) == samples, f"{what}: open lists {len(listed)} samples of {samples}")
    for index in sorted({0, len(listed) // 2, len(listed) - 1} & set(range(len(listed)))):
        _check_sample(f"{what}: sample {index}", listed[index])
    with running(f"{what}: pickling its samples, as worker processes need"):
        pickle.dumps(listed)


def _check_strange_paths(what: str, spec: SourceSpec, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty.txt").touch()
    (folder / "noise.bin").write_bytes(bytes(range(256)))
    for name in ("empty", "empty.txt", "noise.bin", "missing"):
        with running(f"{what}: recognises({name!r})"):
            answer = spec.recognises(folder / name)
        require(answer is False, f"{what}: recognises({name!r}) gives {answer!r}; expected False, for nothing is there")


def _check_sample(what: str, sample: object) -> None:
    if not isinstance(sample, Sample):
        raise PluginError(f"{what} is a {type(sample).__name__}; expected a Sample")
    require(isinstance(sample.name, str) and bool(sample.name), f"{what} has the name {sample.name!r}; expected text")
    require(
        sample.text is None or isinstance(sample.text, str),
        f"{what} has the text {sample.text!r}; expected a string, or None where it is unknown",
    )
    if isinstance(sample.image, Path):
        there = sample.image.is_file() or page_in(sample.image) is not None
        require(there, f"{what}: there is no file {str(sample.image)!r}")
        return
    from PIL import Image

    require(callable(sample.image), f"{what}: image is a {type(sample.image).__name__}; expected a Path or a function")
    with running(f"{what}: making its image"):
        image = sample.image()
    require(isinstance(image, Image.Image), f"{what}: its image is a {type(image).__name__}; expected a Pillow image")
    require(min(image.size) > 0, f"{what}: its image is {image.size[0]} by {image.size[1]} px")
