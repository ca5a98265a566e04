"""``ocrkit evaluate``: a model's errors on labelled lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import decoding_options as shared
from ocrkit.cli import page_options, page_scores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ocrkit.data.records import Sample
    from ocrkit.evaluation import CommonError, Comparison, Evaluation
    from ocrkit.evaluation.tuning import LmTrial
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.reading_model import ReadingModel
    from ocrkit.recognition import Recognizer
    from ocrkit.text.calibration import Calibration
    from ocrkit.text.charset import Charset

__all__ = ["app"]

app = typer.Typer(help="Measure a model's errors on labelled lines.")

Data = Annotated[list[str], typer.Argument(metavar="DATA", help="Folders or tables of labelled lines.")]
Pattern = Annotated[
    str | None,
    typer.Option("--pattern", metavar="TEXT", help="Which part of file names is the text, as {text}_{}."),
]
Format = Annotated[
    str | None, typer.Option("--format", metavar="NAME", help="The format of the data; else it is guessed.")
]
IgnoreCase = Annotated[bool, typer.Option("--ignore-case", help="Compare without regard to case.")]
Alphanumeric = Annotated[bool, typer.Option("--alphanumeric", help="Compare letters A-Z, a-z and digits 0-9 alone.")]
PlainWords = Annotated[
    bool,
    typer.Option("--plain-words", help="Leave out lines whose text has other characters than those, or fewer than 3."),
]
Lexicons = Annotated[
    str | None,
    typer.Option(
        "--lexicons",
        metavar="LISTS",
        help="Read each line with its own list of words: a file of lists (FILE or FILE#KEY), or a column of the data.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: rates are fractions of 1.")]
Errors = Annotated[
    int | None,
    typer.Option("--errors", metavar="N", min=1, help="Show the N commonest errors, with lines that have them."),
]
Sheet = Annotated[
    str | None,
    typer.Option(
        "--sheet",
        metavar="FILE.png",
        help="Draw the first 20 lines with what was read; with --errors, lines that have those, and the worst lines.",
    ),
]
Coverage = Annotated[
    str | None,
    typer.Option("--coverage", metavar="FILE.png", help="Draw how errors fall as doubtful readings are left out."),
]

TuneLm = Annotated[
    bool, typer.Option("--tune-lm", help="Try weights and bonuses of --lm, print their errors and the best, and end.")
]

WholePages = Annotated[
    bool,
    typer.Option("--pages", help="DATA is whole pages: folders of images with PAGE or ALTO files, or such files."),
]
Partial = Annotated[bool, typer.Option("--partial", help="With --pages: the files do not list all lines of a page.")]
LinesOnly = Annotated[bool, typer.Option("--lines-only", help="With --pages: find the lines, and read nothing.")]


@app.command()
@shared.with_decoding(without=["n_best"])
def evaluate(
    data: Data,
    model: shared.ModelName = None,
    charset: shared.CharsetName = None,
    format_: Format = None,
    pattern: Pattern = None,
    *,
    decoding: shared.Decoding,
    whole_pages: WholePages = False,
    segmenter: page_options.SegmenterName = None,
    segmenter_model: page_options.SegmenterModel = None,
    partial: Partial = False,
    lines_only: LinesOnly = False,
    tune_lm: TuneLm = False,
    lexicons: Lexicons = None,
    ignore_case: IgnoreCase = False,
    alphanumeric: Alphanumeric = False,
    plain_words: PlainWords = False,
    as_json: AsJson = False,
    errors: Errors = None,
    sheet: Sheet = None,
    coverage: Coverage = None,
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    workers: shared.Workers = -1,
    precision: shared.Precision = "auto",
    runtime: shared.Runtime = "auto",
) -> None:
    """Measure a model's errors on labelled lines.

    Both texts are compared in the charset's normal form, NFC, with runs of spaces as one. Characters that the charset
    lacks count as errors. Images that cannot be opened are skipped and counted.
    """
    from ocrkit.runtime_choice import finder_runtime

    reading = _Reading(model, charset, decoding, device, batch_size, workers, precision, runtime)
    lines = _Lines(format_, pattern, lexicons, plain_words, tune_lm, _Shown(as_json, errors, sheet, coverage))
    comparing = _Comparing(ignore_case, alphanumeric)
    finds = finder_runtime(runtime, reading.sooner, named=segmenter_model)
    found = page_scores.Found(segmenter, segmenter_model, partial, lines_only, finds)
    if not whole_pages:
        page_scores.refuse_without_pages(found)
        _evaluate_lines(data, lines, reading, comparing)
        return
    lines.refuse()
    if lines_only:
        from ocrkit.plugin.charset_expression import resolve_charset

        page_scores.evaluate_places(data, found, resolve_charset(charset or "english"), None, None, as_json=as_json)
        return
    loaded = reading.load()
    recognizer = reading.recognizer(loaded)
    page_scores.evaluate_places(data, found, loaded.charset, recognizer, comparing.of(loaded.charset), as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a command line says of the model, and of how it reads."""

    model: str | None
    charset: str | None
    decoding: shared.Decoding
    device: str
    batch_size: int
    workers: int
    precision: str
    runtime: str

    @property
    def sooner(self) -> str:
        """What is done sooner here: torch or ONNX Runtime."""
        from ocrkit.runtime_choice import sooner_runtime

        return sooner_runtime(self.device, self.precision)

    def load(self) -> ReadingModel:
        return shared.load_model(self.model, self.charset, self.runtime, self.sooner)

    def recognizer(self, loaded: ReadingModel, options: DecoderOptions | None = None) -> Recognizer:
        options = self.decoding.options(loaded.charset) if options is None else options
        from ocrkit.recognition import Recognizer

        return Recognizer(
            loaded, decoder=self.decoding.decoder, options=options, device=self.device, batch_size=self.batch_size,
            workers=self.workers, precision=self.precision, corrector=self.decoding.corrector(loaded.charset),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Comparing:
    """What a command line says of what makes two texts equal."""

    ignore_case: bool
    alphanumeric: bool

    def of(self, charset: Charset) -> Comparison:
        from ocrkit.evaluation import Comparison

        return Comparison(charset, self.ignore_case, self.alphanumeric)


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a command line says that is of labelled lines alone."""

    format: str | None
    pattern: str | None
    lexicons: str | None
    plain_words: bool
    tune_lm: bool
    shown: _Shown

    def refuse(self) -> None:
        """Refuse all of it, where whole pages are evaluated."""
        from ocrkit.errors import OptionError

        asked = {
            "--format": self.format, "--pattern": self.pattern, "--lexicons": self.lexicons,
            "--plain-words": self.plain_words, "--tune-lm": self.tune_lm, "--errors": self.shown.errors,
            "--sheet": self.shown.sheet, "--coverage": self.shown.coverage,
        }  # fmt: skip
        if passed_over := next((flag for flag, value in asked.items() if value), ""):
            raise OptionError(f"--pages heeds no {passed_over}, which is for labelled lines; leave one of them out")


def _evaluate_lines(data: list[str], lines: _Lines, reading: _Reading, comparing: _Comparing) -> None:
    from ocrkit.cli import own_lexicons
    from ocrkit.cli.progress import counting

    loaded = reading.load()
    samples = _samples(data, lines.format, lines.pattern, loaded.charset)
    decoder, options = reading.decoding.decoder, reading.decoding.options(loaded.charset)
    recognizer = reading.recognizer(loaded, options)
    from ocrkit.evaluation import evaluate as run_evaluation

    if lines.lexicons is not None:
        own_lexicons.check_alone(decoder, options)
    comparison = comparing.of(loaded.charset)
    if lines.tune_lm:
        own = {"--lexicons": lines.lexicons, "--plain-words": lines.plain_words, "--correct": recognizer.corrector}
        _tune(recognizer, samples, options, comparison, decoder=decoder, shown=lines.shown, own=own)
        return
    with counting("reading") as progress:
        result = run_evaluation(
            recognizer,
            samples,
            lexicons=lines.lexicons,
            ignore_case=comparing.ignore_case,
            alphanumeric=comparing.alphanumeric,
            plain_words=lines.plain_words,
            progress=progress,
        )
    _report(result, len(samples))
    own_lexicons.report_lists(result, lines.lexicons, samples)
    shared.report_rejected(result.rejected, result.count, options, loaded.charset)
    _show(result, comparison, lines.shown, loaded.calibration)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a command line wants to see what came of the lines."""

    as_json: bool
    errors: int | None
    sheet: str | None
    coverage: str | None


def _show(result: Evaluation, comparison: Comparison, shown: _Shown, calibration: Calibration | None) -> None:
    from ocrkit.cli.common_errors import first_rows, rows_of_errors, write_rows
    from ocrkit.evaluation import common_errors

    common = () if shown.errors is None else common_errors(result, comparison, shown.errors)
    if shown.sheet is not None:
        rows = rows_of_errors(result, common, comparison) if common else first_rows(result, comparison)
        write_rows(rows, shown.sheet)
    if shown.coverage is not None:
        _draw_coverage(result, shown.coverage, calibration)
    (_print_json if shown.as_json else _print)(result, common)


def _report(result: Evaluation, total: int) -> None:
    """Name the images that could not be opened, and those that are odd."""
    from ocrkit.cli.odd_images import OddImages

    shared.report_bad(list(result.bad), total)
    odd = OddImages()
    for _ in odd.watch(line.prediction for line in result.lines):
        pass
    odd.report()


def _tune(
    recognizer: Recognizer,
    samples: Sequence[Sample],
    options: DecoderOptions,
    comparison: Comparison,
    *,
    decoder: str | None,
    shown: _Shown,
    own: Mapping[str, object],
) -> None:
    """Print what each weight and bonus gives."""
    from ocrkit.errors import OptionError
    from ocrkit.evaluation.tuning import tune_language_model

    if options.asked.keys() & {"lm_weight", "lm_bonus"}:
        raise OptionError("--tune-lm chooses --lm-weight and --lm-bonus itself; leave them out")
    beside = {"--errors": shown.errors, "--sheet": shown.sheet, "--coverage": shown.coverage, **own}
    if passed_over := next((flag for flag, value in beside.items() if value), ""):
        raise OptionError(
            f"--tune-lm heeds no {passed_over}; give the best weight and bonus without --tune-lm for that"
        )
    trials = tune_language_model(
        recognizer,
        samples,
        options,
        decoder=decoder,
        ignore_case=comparison.ignore_case,
        alphanumeric=comparison.alphanumeric,
    )
    (_print_trials_json if shown.as_json else _print_trials)(trials)


def _print_trials(trials: list[LmTrial]) -> None:
    """By weight and bonus, and then the best."""
    print("weight  bonus  CER     WER")
    for trial in sorted(trials, key=lambda one: (one.weight, one.bonus)):
        print(f"{trial.weight:<6g}  {trial.bonus:<5g}  {trial.cer:.4f}  {trial.wer:.4f}")
    print(f"best: --lm-weight {trials[0].weight:g} --lm-bonus {trials[0].bonus:g}")


def _print_trials_json(trials: list[LmTrial]) -> None:
    from dataclasses import asdict

    from ocrkit.cli.listing import print_json

    print_json([asdict(trial) for trial in trials])


def _samples(places: list[str], form: str | None, pattern: str | None, charset: Charset) -> Sequence[Sample]:
    from ocrkit.cli.progress import counting
    from ocrkit.data.sources.lazy import ChainedSamples
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    with counting("listing") as progress:
        extra = {} if pattern is None else {"pattern": pattern}
        options = SourceOptions(charset=charset, extra=extra, progress=progress)
        return ChainedSamples.of(open_samples(place, format=form, options=options) for place in places)


def _print_json(result: Evaluation, errors: Sequence[CommonError]) -> None:
    from ocrkit.cli.listing import print_json

    print_json(result.to_dict() | ({"errors": [error.to_dict() for error in errors]} if errors else {}))


def _print(result: Evaluation, errors: Sequence[CommonError]) -> None:
    from ocrkit.cli.common_errors import print_errors, visible
    from ocrkit.cli.correction_table import print_correction
    from ocrkit.cli.own_lexicons import interval, print_lists
    from ocrkit.text.naming import described

    print(f"lines      {result.count} in {result.seconds:.1f} s; {result.skipped} skipped, {result.rejected} rejected")
    print(f"CER        {result.cer:.4f}")
    print(f"by akshara {result.akshara_cer:.4f}")
    print(f"WER        {result.wer:.4f}")
    print(f"exact      {result.exact:.4f} ({interval(result.exact_interval)})")
    if result.lexicons is not None:
        print_lists(result.lexicons)
    if result.correction is not None:
        print_correction(result.correction)
    print(f"confidence calibration error {result.calibration_error:.4f}, Brier score {result.brier:.4f}")
    if result.unencodable:
        named = ", ".join(f"{described(c)} {n}x" for c, n in result.lacking.most_common(10))
        print(f"lacking    {result.unencodable} characters that the charset does not have: {named}")
    if errors:
        print_errors(errors)
    elif result.akshara_confusions:
        print("confusions (count, text, read)")
        for confusion in result.akshara_confusions:
            print(f"{confusion.count:6}  {visible(confusion.reference)}  {visible(confusion.read)}")


def _draw_coverage(result: Evaluation, path: str, calibration: Calibration | None) -> None:
    from ocrkit.cli.progress import say
    from ocrkit.evaluation import draw_coverage

    if missing := draw_coverage(path, result, calibration):
        say(missing)
