"""Reading pages from a program: everything by keyword."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Unpack

from ocrkit.errors import OptionError
from ocrkit.layout.records import Layout
from ocrkit.model_files import find_model, load_model
from ocrkit.pages.finding import Segmenting, choose_segmenter
from ocrkit.pages.opening import open_scans
from ocrkit.pages.reader import PageReader
from ocrkit.reading_model import ReadingModel
from ocrkit.recognition import Recognizer
from ocrkit.runtime_choice import finder_runtime, sooner_runtime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ocrkit.ctc.ngram import Unit
    from ocrkit.layout.records import Page
    from ocrkit.layout.scan import ReadPage
    from ocrkit.pages.opening import GivenPages
    from ocrkit.pages.reader import FindLines
    from ocrkit.plugin.page_specs import Segmenter
    from ocrkit.plugin.registry import Registry
    from ocrkit.recognition.asked import DecodingKeywords, GivenLanguageModel, GivenLexicon
    from ocrkit.recognition.recognizer import OnError

__all__ = ["read_pages"]


def read_pages(
    places: GivenPages,
    *,
    model: str | os.PathLike[str] | ReadingModel | Recognizer | None = None,
    charset: str | None = None,
    segmenter: str | Segmenter | Layout | None = None,
    segmenter_model: str | os.PathLike[str] | None = None,
    segmenter_options: Mapping[str, object] | None = None,
    pages: str | int | Iterable[int] | None = None,
    dpi: float | None = None,
    password: str | None = None,
    errors: OnError = "report",
    reject: float | None = None,
    lexicon: GivenLexicon | None = None,
    language_model: GivenLanguageModel | None = None,
    lm_unit: Unit = "character",
    decoder: str | None = None,
    device: str = "auto",
    batch_size: int = 32,
    precision: str = "auto",
    runtime: str = "auto",
    correct: str | None = None,
    correct_options: Mapping[str, object] | None = None,
    registry: Registry | None = None,
    **asked: Unpack[DecodingKeywords],
) -> Iterator[Page]:
    """Find the lines of pages and read them, page by page as they are asked for.

    Args:
        places: files (images, TIFFs of several pages, PDFs), folders, globs, Pillow images, arrays, bytes of files, one
            or several.
        model: an installed model's name, a run's folder, a model file, a ``Model``, or a ``Recognizer``, which has its
            own decoder and corrector already; None takes the newest run, or else an installed model.
        charset: what it should read, where no model is named.
        segmenter: what finds the lines: a name, what a segmenter's ``build`` gave, or a ``Layout`` that all the pages
            have; None takes ``lines`` where a model for it is installed, else ``bands``.
        segmenter_model: the segmenter's model, a file or an installed one's name.
        segmenter_options: its options by their names.
        pages: those that are wanted of every file, ``1-3,7,10-``, or their numbers.
        dpi: pixels an inch that pages of PDFs are drawn at, and that a picture is taken to have that tells none.
        password: of PDFs that are locked.
        errors: what becomes of a page that cannot be opened: ``report`` gives one whose ``error`` says why, ``skip``
            leaves it out, ``raise`` ends the reading.
        reject: the share of wrong readings to stay below: a line that is not sure enough has no text.
        lexicon: the entries that may be read: a file, words, or a ``Lexicon``.
        language_model: an ARPA file, or an ``NgramModel``.
        lm_unit: what such a file is a model of, ``character`` or ``word``.
        decoder: a decoder's name; None chooses by the options.
        device: ``auto`` (CUDA where there is one), or what torch calls it.
        batch_size: lines in a forward pass.
        precision: ``auto``, ``float32`` or ``bfloat16``.
        runtime: what computes the network: ``torch``, ``onnx``, or ``auto`` for torch where it is installed, the
            model has a file for it, and ONNX Runtime is not known to read sooner here.
        correct: a corrector's name, by which words are mended once they are read; None for none.
        correct_options: that corrector's own options, by their names.
        registry: where names are looked up; None for the default one.
        asked: further fields of ``DecoderOptions``, as ``Recognizer.load`` takes them.

    Raises:
        UnknownNameError: there is no such model, segmenter, decoder, corrector or option.
        MissingFileError: a file or folder is not there.
        ImageError: a page cannot be opened, and ``errors`` is ``raise``.
        OcrkitError: whatever else is wrong with a file or an option.
    """
    scans = open_scans(places, pages=pages, dpi=dpi, password=password)
    name, sooner = "", sooner_runtime(device, precision)
    if not isinstance(model, ReadingModel | Recognizer):
        wanted = None if model is None else os.fspath(model)
        found = find_model(wanted, charset=charset, runtime=runtime, sooner=sooner, registry=registry)
        model, name = load_model(found.path, runtime=runtime, registry=registry), found.name
    if isinstance(model, Recognizer):
        given = {"lexicon": lexicon, "language_model": language_model, "decoder": decoder, **asked}
        given |= {"correct": correct, "correct_options": correct_options}
        for option, value in given.items():
            if value is not None:
                raise OptionError(
                    f"{option} is {value!r}, and the recogniser has its decoder and corrector; make it with that one"
                )
        recognizer = model
    else:
        recognizer = Recognizer.load(
            model,
            lexicon=lexicon,
            language_model=language_model,
            lm_unit=lm_unit,
            decoder=decoder,
            device=device,
            batch_size=batch_size,
            precision=precision,
            correct=correct,
            correct_options=correct_options,
            registry=registry,
            **asked,
        )
    finds = finder_runtime(runtime, sooner, named=segmenter_model)
    find, called = _finder(recognizer, segmenter, segmenter_model, segmenter_options, finds, registry)
    reader = PageReader(recognizer, find, model=name, segmenter=called, keep_all=isinstance(segmenter, Layout))
    return _pages(reader.read(scans, errors=errors, reject=reject))


def _finder(
    recognizer: Recognizer,
    segmenter: str | Segmenter | Layout | None,
    weights: str | os.PathLike[str] | None,
    options: Mapping[str, object] | None,
    runtime: str,
    registry: Registry | None,
) -> tuple[FindLines, str]:
    """What gives each page's layout, and what it is called."""
    if isinstance(segmenter, Layout):
        layout = segmenter
        return lambda _scan, _grey: layout, ""
    charset = recognizer.model.charset
    if segmenter is None or isinstance(segmenter, str):
        chosen = choose_segmenter(segmenter, weights=weights, options=options, runtime=runtime, registry=registry)
        return Segmenting(chosen.segmenter, charset), chosen.name
    return Segmenting(segmenter, charset), type(segmenter).__name__


def _pages(read: Iterator[ReadPage]) -> Iterator[Page]:
    for page, _ in read:
        yield page
