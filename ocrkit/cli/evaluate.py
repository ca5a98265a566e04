"""``ocrkit evaluate``: a model's errors on labelled lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli import decoding_options as shared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ocrkit.data.records import Sample
    from ocrkit.evaluation import CommonError, Comparison, Evaluation
    from ocrkit.evaluation.tuning import LmTrial
    from ocrkit.plugin.specs import DecoderOptions
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
) -> None:
    """Measure a model's errors on labelled lines.

    Both texts are compared in the charset's normal form, NFC, with runs of spaces as one. Characters that the charset
    lacks count as errors. Images that cannot be opened are skipped and counted.
    """
    from ocrkit.cli import own_lexicons
    from ocrkit.cli.progress import counting

    loaded = shared.load_model(model, charset)
    samples = _samples(data, format_, pattern, loaded.charset)
    options = decoding.options(loaded.charset)
    from ocrkit.evaluation import Comparison
    from ocrkit.evaluation import evaluate as run_evaluation
    from ocrkit.recognition import Recognizer

    decoder = decoding.decoder
    recognizer = Recognizer(
        loaded, decoder=decoder, options=options, device=device, batch_size=batch_size, workers=workers,
        precision=precision,
    )  # fmt: skip
    if lexicons is not None:
        own_lexicons.check_alone(decoder, options)
    comparison = Comparison(loaded.charset, ignore_case, alphanumeric)
    shown = _Shown(as_json, errors, sheet, coverage)
    if tune_lm:
        own = {"--lexicons": lexicons, "--plain-words": plain_words}
        _tune(recognizer, samples, options, comparison, decoder=decoder, shown=shown, own=own)
        return
    with counting("reading") as progress:
        result = run_evaluation(
            recognizer,
            samples,
            lexicons=lexicons,
            ignore_case=ignore_case,
            alphanumeric=alphanumeric,
            plain_words=plain_words,
            progress=progress,
        )
    _report(result, len(samples))
    own_lexicons.report_lists(result, lexicons, samples)
    shared.report_rejected(result.rejected, result.count, options, loaded.charset)
    _show(result, comparison, shown, loaded.calibration)


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
    from ocrkit.cli.own_lexicons import interval, print_lists
    from ocrkit.text.naming import described

    print(f"lines      {result.count} in {result.seconds:.1f} s; {result.skipped} skipped, {result.rejected} rejected")
    print(f"CER        {result.cer:.4f}")
    print(f"by akshara {result.akshara_cer:.4f}")
    print(f"WER        {result.wer:.4f}")
    print(f"exact      {result.exact:.4f} ({interval(result.exact_interval)})")
    if result.lexicons is not None:
        print_lists(result.lexicons)
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
