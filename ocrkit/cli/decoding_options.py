"""The options that decode and evaluate share: which model, which decoder, which lexicon."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from ocrkit.correcting import LineCorrector
    from ocrkit.ctc import Lexicon, NgramModel
    from ocrkit.data.records import BadImage
    from ocrkit.model_description import Description
    from ocrkit.model_files import Found
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.reading_model import ReadingModel
    from ocrkit.text.charset import Charset

__all__ = [
    "BatchSize",
    "CharsetName",
    "Decoding",
    "Device",
    "ModelName",
    "Precision",
    "Runtime",
    "Workers",
    "describe_model",
    "find_named_model",
    "load_model",
    "load_named_model",
    "progress_beside_results",
    "report_bad",
    "report_rejected",
    "with_decoding",
]

ModelName = Annotated[
    str | None,
    typer.Option(
        "-m",
        "--model",
        metavar="MODEL",
        help="A model file, a run's folder or an installed model; else the newest run, or an installed model.",
    ),
]
CharsetName = Annotated[
    str | None,
    typer.Option("-c", "--charset", metavar="NAME", help="What the model should read, where --model names none."),
]
Device = Annotated[str, typer.Option("-d", "--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, …")]
BatchSize = Annotated[int, typer.Option("-B", "--batch-size", metavar="N", help="Lines in a forward pass.")]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", help="Processes that load images; -1 for one a core, 0 for none.")
]

Precision = Annotated[
    str,
    typer.Option("--precision", metavar="NAME", help="auto, float32, or bfloat16 where rounding leaves no doubt."),
]


Runtime = Annotated[
    str,
    typer.Option("--runtime", metavar="NAME", help="What computes the network: auto, torch or onnx."),
]


def load_model(name: str | None, charset: str | None, runtime: str, sooner: str) -> ReadingModel:
    """The model that the options mean; which one was taken without a name is said on stderr."""
    return load_named_model(name, charset, runtime, sooner)[0]


def load_named_model(name: str | None, charset: str | None, runtime: str, sooner: str) -> tuple[ReadingModel, str]:
    """The same, and what the model is called: an installed one's name, or its file."""
    from ocrkit.model_files import load_model as load_file

    found = find_named_model(name, charset, runtime, sooner)
    return load_file(found.path, runtime=runtime), found.name


def describe_model(name: str | None, charset: str | None) -> Description:
    """What the file of that model says beside its weights; nothing that computes them is needed."""
    from ocrkit.checkpoint import read_metadata
    from ocrkit.model_description import read_description

    path = find_named_model(name, charset, "auto").path
    return read_description(read_metadata(path), str(path))


def find_named_model(name: str | None, charset: str | None, runtime: str = "auto", sooner: str = "torch") -> Found:
    """The file of the model that the options mean; which one was taken without a name is said on stderr.

    What the arguments are ``ocrkit.model_files.find_model`` says.
    """
    from ocrkit.cli.progress import say
    from ocrkit.model_files import find_model, reads

    found = find_model(name, charset=charset, runtime=runtime, sooner=sooner)
    if found.why:
        say(f"reading with {found.path} ({found.why})")
    elif not reads(found.path, charset):
        say(f"note: --charset {charset} only chooses among models, and {found.path} does not read it")
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """An option of decoding: what the library calls it, what the command line does, and what it takes there."""

    field: str
    flag: str
    type: Any
    metavar: str
    help: str
    default: object = None


# Most are fields of DecoderOptions, in the same words; the others choose the decoder, or say how a file is read.
_TABLE = (
    _Row("decoder", "--decoder", str | None, "NAME", "greedy, beam, lexicon, text or a plugin's; else by the options."),
    _Row(
        "lexicon",
        "--lexicon",
        Path | None,
        "FILE",
        "The entries that may be read: one a line, .gz works; or a saved lexicon.",
    ),
    _Row(
        "prior_weight",
        "--prior-weight",
        float | None,
        "W",
        "The factor of the log-frequency that counts in --lexicon give.",
    ),
    _Row("language_model", "--lm", Path | None, "FILE", "An n-gram language model in ARPA format; .gz works."),
    _Row("lm_weight", "--lm-weight", float | None, "W", "The factor of its log-probability; 0.5 by default."),
    _Row("lm_bonus", "--lm-bonus", float | None, "B", "Nats added for each of its units; 0 by default."),
    _Row("lm_unit", "--lm-unit", str, "UNIT", "What it is a model of: character, or word with --lexicon.", "character"),
    _Row(
        "separators",
        "--separators",
        str | None,
        "CHARS",
        "What may stand between entries; else all spaces, punctuation marks, symbols and digits of the charset.",
    ),
    _Row(
        "out_of_lexicon",
        "--out-of-lexicon",
        float | None,
        "NATS",
        "What each character of a word costs that is no entry; else none is read.",
    ),
    _Row("beam_width", "--beam-width", int | None, "N", "Labellings that beam search keeps after each frame."),
    _Row("n_best", "--n-best", int, "N", "Readings of each line, which --to jsonl shows.", 1),
    _Row("threads", "--threads", int, "N", "Threads of the network on a CPU and of the decoder; 0 for one a core.", 0),
    _Row(
        "unencodable",
        "--unencodable",
        str,
        "HOW",
        "Lexicon words that the charset cannot spell: error, or skip.",
        "error",
    ),
    _Row("correct", "--correct", str | None, "NAME", "Mend words once they are read, by this corrector."),
    _Row(
        "correct_options",
        "--correct-option",
        list[str] | None,
        "KEY=VALUE",
        "An option of the corrector's own; repeatable.",
    ),
)
# What is nothing to a decoder.
_ELSEWHERE = ("decoder", "unencodable", "lm_unit", "correct", "correct_options")


@dataclass(frozen=True, slots=True)
class Decoding:
    """What a command line says of decoding, by the table's fields."""

    values: Mapping[str, Any]

    @property
    def decoder(self) -> str | None:
        """The decoder's name, or None where the options choose it."""
        name: str | None = self.values["decoder"]
        return name

    def options(self, charset: Charset) -> DecoderOptions:
        """What is asked of the decoder; lexicon words that are left out are counted on stderr."""
        from ocrkit.plugin.specs import DecoderOptions

        given = dict(self.values)
        skip, by_word = _choice(given, "unencodable", "skip"), _choice(given, "lm_unit", "word")
        made: dict[str, Callable[[Any], Any]] = {
            "lexicon": lambda path: _lexicon(path, charset, skip=skip),
            "language_model": lambda path: _language_model(path, charset, by_word=by_word),
            "separators": lambda symbols: frozenset(charset.encode(symbols, where="--separators")),
        }
        for name, make in made.items():
            given[name] = None if given[name] is None else make(given[name])
        return DecoderOptions(**{field: value for field, value in given.items() if field not in _ELSEWHERE})

    def corrector(self, charset: Charset) -> LineCorrector | None:
        """What mends the lines; None where nothing is to."""
        from ocrkit.config import parse_set
        from ocrkit.correcting import chosen_corrector
        from ocrkit.errors import OptionError

        given: list[str] = self.values["correct_options"] or []
        if wrong := [assignment for assignment in given if not assignment.partition("=")[1]]:
            raise OptionError(f"`correct_options` {wrong[0]!r} is not of the form KEY=VALUE")
        return chosen_corrector(self.values["correct"], charset, parse_set(given))


def with_decoding(*, without: Sequence[str] = ()) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the table's options, where its signature has ``decoding``, which is what it gets of them."""
    rows = [row for row in _TABLE if row.field not in without]

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(**given: Any) -> None:
            values = {row.field: given.pop(row.field) for row in rows}
            command(**given, decoding=Decoding(values))

        taken: list[Parameter] = []
        for own in signature(command, eval_str=True).parameters.values():
            taken += map(_parameter, rows) if own.name == "decoding" else [own.replace(kind=Parameter.KEYWORD_ONLY)]
        # What Typer makes the command line of.
        vars(run)["__signature__"] = Signature(taken)
        run.__annotations__ = {each.name: each.annotation for each in taken}
        return run

    return give


def _parameter(row: _Row) -> Parameter:
    option = typer.Option(row.default, row.flag, metavar=row.metavar, help=row.help)
    return Parameter(row.field, Parameter.KEYWORD_ONLY, default=option, annotation=row.type)


def _choice(given: Mapping[str, Any], field: str, other: str) -> bool:
    """Whether the one of two values is given that is not the default."""
    from ocrkit.errors import OptionError

    [usual] = [row.default for row in _TABLE if row.field == field]
    if given[field] not in (usual, other):
        raise OptionError(f"`{field}` is {given[field]!r}; expected {usual} or {other}")
    return bool(given[field] == other)


def _lexicon(path: Path, charset: Charset, *, skip: bool) -> Lexicon:
    from ocrkit.cli.progress import say
    from ocrkit.ctc import Lexicon
    from ocrkit.text.lexicon import is_saved_lexicon, read_lexicon

    if is_saved_lexicon(path):
        return Lexicon.open(path, charset=charset)
    file = read_lexicon(path, charset, unencodable="skip" if skip else "error")
    if file.skipped:
        named = ", ".join(map(repr, file.skipped[:3])) + (", …" if len(file.skipped) > 3 else "")
        words = "1 word" if len(file.skipped) == 1 else f"{len(file.skipped)} words"
        say(f"left out {words} of {path} that charset {charset.name!r} cannot spell: {named}")
    return file.build()


def _language_model(path: Path, charset: Charset, *, by_word: bool) -> NgramModel:
    from ocrkit.ctc import NgramModel

    return NgramModel.read(path, charset, unit="word" if by_word else "character")


def progress_beside_results(stage: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """A function that shows on stderr how many of how many are done, where stdout is not the same terminal."""
    from ocrkit.cli.progress import counting

    return nullcontext(lambda _done, _total: None) if sys.stdout.isatty() else counting(stage)


def report_bad(bad: list[BadImage], total: int) -> None:
    """Name the images that could not be read, and count them."""
    from ocrkit.cli.progress import say

    for image in bad:
        say(f"left out {image}")
    if bad:
        say(f"{len(bad)} of {total} images could not be opened")


def report_rejected(rejected: int, total: int, options: DecoderOptions, charset: Charset) -> None:
    """Count the lines that have no reading, with what may be the matter with the lexicon."""
    from ocrkit.cli.progress import say

    if rejected:
        case = "" if options.lexicon is None else _case(options.lexicon, charset)
        hint = f"; all of its entries are in {case} case" if case else ""
        say(f"{rejected} of {total} lines rejected: no entry of the lexicon fits what they show{hint}")


def _case(lexicon: Lexicon, charset: Charset) -> str:
    """The case that all entries are in, as far as the first ones tell; empty where there is none, or several."""
    entries = [charset.decode(lexicon.labels(entry).tolist()) for entry in range(min(1000, len(lexicon)))]
    text = " ".join(entries)
    return "lower" if text.islower() else "upper" if text.isupper() else ""
