"""``ocrkit decode``: what stands in images, or in saved log-probabilities."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ocrkit.data.records import BadImage, Prediction, Sample
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.text.charset import Charset

__all__ = ["app"]

app = typer.Typer(help="Read line images, or decode saved log-probabilities.")

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[INPUTS]...",
        help="Images, folders and globs, or .npy and .npz log-probabilities; without any, a list on stdin.",
    ),
]
To = Annotated[str, typer.Option("--to", metavar="FORMAT", help="tsv (path<TAB>text), text or jsonl.")]


@app.command()
def decode(
    inputs: Inputs = None,
    model: shared.ModelName = None,
    charset: shared.CharsetName = None,
    decoder: shared.DecoderName = None,
    lexicon: shared.LexiconFile = None,
    beam_width: shared.BeamWidth = None,
    n_best: shared.NBest = 1,
    to: To = "tsv",
    unencodable: shared.Unencodable = "error",
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    workers: shared.Workers = 0,
    threads: shared.Threads = 0,
) -> None:
    """Read line images, or decode saved log-probabilities.

    Results go to stdout in the order of the inputs; images that cannot be read are named on stderr, and the exit
    code is then 1.
    """
    from ocrkit.data.posteriors import is_posteriors
    from ocrkit.plugin.registry import default_registry

    render = default_registry().renderer(to).render
    given = _given(inputs)
    posteriors = [place for place in given if is_posteriors(place)]
    images = _samples([place for place in given if not is_posteriors(place)])
    settings = {
        "lexicon": lexicon,
        "beam_width": beam_width,
        "n_best": n_best,
        "threads": threads,
        "unencodable": unencodable,
    }
    bad: list[BadImage] = []
    if posteriors:
        _check_alone(images)
        symbols = _charset(model, charset)
        options = shared.decoder_options(symbols, **settings)  # type: ignore[arg-type]  # the values are typed above
        predictions = _read_posteriors(posteriors, symbols, decoder, options)
    else:
        from ocrkit.recognition import Recognizer

        loaded = shared.load_model(model, charset)
        options = shared.decoder_options(loaded.charset, **settings)  # type: ignore[arg-type]
        recognizer = Recognizer(
            loaded, decoder=decoder, options=options, device=device, batch_size=batch_size, workers=workers
        )
        predictions = _good(recognizer.read(images), bad)
    for piece in render(predictions):
        sys.stdout.write(piece)
    shared.report_bad(bad, len(images))
    if bad:
        raise typer.Exit(1)


def _given(inputs: list[str] | None) -> list[str]:
    from ocrkit.errors import DataError

    if inputs:
        return inputs
    if sys.stdin is None or sys.stdin.isatty():
        raise DataError("nothing to read: name images, folders or globs, or pipe a list of them in")
    listed = [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not listed:
        raise DataError("nothing to read: the list on stdin is empty")
    return listed


def _samples(places: list[str]) -> list[Sample]:
    from ocrkit.data.sources.images import unlabelled

    return unlabelled(places) if places else []


def _check_alone(images: list[Sample]) -> None:
    from ocrkit.errors import DataError

    if images:
        raise DataError("images and saved log-probabilities do not go together; decode them one after the other")


def _charset(model: str | None, charset: str | None) -> Charset:
    """The charset of saved log-probabilities: the one named, else the model's."""
    if charset is not None and model is None:
        from ocrkit.plugin.charset_expression import resolve_charset

        return resolve_charset(charset)
    return shared.load_model(model, charset).charset


def _read_posteriors(
    places: list[str], charset: Charset, decoder: str | None, options: DecoderOptions
) -> Iterator[Prediction]:
    from ocrkit.data.posteriors import read_posteriors
    from ocrkit.recognition import decode_posteriors

    for place in places:
        saved = read_posteriors(place)
        yield from decode_posteriors(
            saved.log_probs, saved.lengths, charset, name=place, decoder=decoder, options=options
        )


def _good(readings: Iterable[Prediction | BadImage], bad: list[BadImage]) -> Iterator[Prediction]:
    """The predictions among the readings; the others are added to ``bad``."""
    from ocrkit.data.records import BadImage

    for reading in readings:
        if isinstance(reading, BadImage):
            bad.append(reading)
        else:
            yield reading
