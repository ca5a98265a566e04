"""``ocrkit decode``: what stands in images, or in saved log-probabilities."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ocrkit.data.records import BadImage, Prediction, Sample
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.recognition import Recognizer
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["app"]

app = typer.Typer(help="Read line images, or decode saved log-probabilities.")

Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUTS",
        help="Images, folders and globs, or .npy and .npz log-probabilities; without any, a list on stdin.",
    ),
]
To = Annotated[str, typer.Option("--to", metavar="FORMAT", help="tsv (path<TAB>text), text or jsonl.")]
Reject = Annotated[
    float | None,
    typer.Option(
        "--reject",
        metavar="P",
        help="Leave out what is not sure enough to keep the share of wrong readings below P, by its calibration.",
    ),
]


@app.command()
@shared.with_decoding()
def decode(
    inputs: Inputs = None,
    model: shared.ModelName = None,
    charset: shared.CharsetName = None,
    *,
    decoding: shared.Decoding,
    to: To = "tsv",
    reject: Reject = None,
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    workers: shared.Workers = -1,
    precision: shared.Precision = "auto",
    runtime: shared.Runtime = "auto",
) -> None:
    """Read line images, or decode saved log-probabilities.

    Results go to stdout in the order of the inputs; images that cannot be opened are named on stderr, and the exit
    code is then 1. Saved log-probabilities need no model where --charset names theirs.
    """
    from ocrkit.plugin.registry import default_registry

    render = default_registry().renderer(to).render
    given, listed = _given(inputs)
    if _are_posteriors(given):
        symbols, calibration = _made_with(model, charset)
        options = decoding.options(symbols)
        counts, judging = _Counts(), _Judging(calibration, reject)
        _write(render(counts.of(_read_posteriors(given, symbols, decoding, options, judging))))
        counts.report(options, symbols, reject)
        return
    samples = _samples(given, missing_ok=listed)
    from ocrkit.runtime_choice import sooner_runtime

    sooner = sooner_runtime(device, precision, lines=len(samples))
    loaded = shared.load_model(model, charset, runtime, sooner)
    options = decoding.options(loaded.charset)
    from ocrkit.recognition import Recognizer

    recognizer = Recognizer(
        loaded,
        decoder=decoding.decoder,
        options=options,
        device=device,
        batch_size=batch_size,
        workers=workers,
        precision=precision,
        corrector=decoding.corrector(loaded.charset),
    )
    counts = _read_images(samples, recognizer, render, reject)
    counts.report(options, loaded.charset, reject)
    shared.report_bad(counts.bad, len(samples))
    if counts.bad:
        raise typer.Exit(1)


class _Judging(NamedTuple):
    """A model's calibration, and the share of wrong readings to stay below by it."""

    calibration: Calibration | None
    reject: float | None


@dataclass(slots=True)
class _Counts:
    """What came of the lines as they went by."""

    read: int = 0
    rejected: int = 0
    doubtful: int = 0
    bad: list[BadImage] = field(default_factory=list)

    def of(self, readings: Iterable[Prediction]) -> Iterator[Prediction]:
        """The same readings, counted."""
        for reading in readings:
            self.read += 1
            self.rejected += reading.rejected and not reading.is_doubtful
            self.doubtful += reading.is_doubtful
            yield reading

    def report(self, options: DecoderOptions, charset: Charset, reject: float | None) -> None:
        """Say how many lines have no reading, and why."""
        from ocrkit.cli.progress import say

        shared.report_rejected(self.rejected, self.read, options, charset)
        if reject is not None:
            say(f"{self.doubtful} of {self.read} readings left out, as --reject {reject:g} asks for surer ones")


def _read_images(
    samples: list[Sample],
    recognizer: Recognizer,
    render: Callable[[Iterable[Prediction]], Iterator[str]],
    reject: float | None,
) -> _Counts:
    from ocrkit.cli.odd_images import OddImages

    counts, odd = _Counts(), OddImages()
    # Closed at once when the reader of stdout leaves, or on Ctrl-C: it may have worker processes.
    with (
        shared.progress_beside_results("reading") as progress,
        closing(recognizer.read(samples, reject=reject)) as readings,
    ):
        good = _good(readings, counts.bad, lambda done: progress(done, len(samples)))
        _write(render(odd.watch(counts.of(good))))
    odd.report()
    return counts


def _given(inputs: list[str] | None) -> tuple[list[str], bool]:
    """What to read, and whether it was listed on stdin, where a name that leads nowhere stops nothing."""
    from ocrkit.errors import DataError

    if inputs:
        return inputs, False
    if sys.stdin is None or sys.stdin.isatty():
        raise DataError("nothing to read: name images, folders or globs, or pipe a list of them in")
    listed = [line.rstrip("\r\n") for line in sys.stdin if line.strip()]
    if not listed:
        raise DataError(
            "nothing to read: the list on stdin is empty; name images, folders or globs, or list them there"
        )
    return listed, True


def _are_posteriors(given: list[str]) -> bool:
    """Whether these are all saved log-probabilities; images and those do not go together."""
    from ocrkit.errors import DataError
    from ocrkit.recognition.posteriors import is_posteriors

    posteriors = [place for place in given if is_posteriors(place)]
    if posteriors and len(posteriors) < len(given):
        raise DataError("images and saved log-probabilities do not go together; decode them one after the other")
    return bool(posteriors)


def _samples(places: list[str], *, missing_ok: bool) -> list[Sample]:
    from ocrkit.data.sources.images import unlabelled

    return unlabelled(places, missing_ok=missing_ok)


def _write(pieces: Iterable[str]) -> None:
    for piece in pieces:
        sys.stdout.write(piece)
        sys.stdout.flush()  # so that whoever reads along sees a line when it is there


def _made_with(model: str | None, charset: str | None) -> tuple[Charset, Calibration | None]:
    """The charset of saved log-probabilities: the one named, else the model's, and that model's calibration."""
    if charset is not None and model is None:
        from ocrkit.plugin.charset_expression import resolve_charset

        return resolve_charset(charset), None
    told = shared.describe_model(model, charset)
    return told.charset, told.calibration


def _read_posteriors(
    places: list[str], charset: Charset, decoding: shared.Decoding, options: DecoderOptions, judging: _Judging
) -> Iterator[Prediction]:
    from ocrkit.recognition import decode_posteriors
    from ocrkit.recognition.posteriors import read_posteriors

    corrector = decoding.corrector(charset)
    for place in places:
        saved = read_posteriors(place)
        yield from decode_posteriors(
            saved.log_probs,
            saved.lengths,
            charset,
            name=place,
            decoder=decoding.decoder,
            options=options,
            calibration=judging.calibration,
            reject=judging.reject,
            corrector=corrector,
        )


def _good(readings: Iterable[Prediction], bad: list[BadImage], progress: Callable[[int], None]) -> Iterator[Prediction]:
    """The predictions among the readings; the others are added to ``bad``."""
    from ocrkit.data.records import BadImage

    for done, reading in enumerate(readings, 1):
        if reading.error:
            bad.append(BadImage(reading.name, reading.error))
        else:
            yield reading
        progress(done)
