"""The options that decode and evaluate share: which model, which decoder, which lexicon."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from ocrkit.ctc import Lexicon, NgramModel
    from ocrkit.data.records import BadImage
    from ocrkit.model import Model
    from ocrkit.plugin.specs import DecoderOptions
    from ocrkit.text.charset import Charset

__all__ = [
    "BatchSize",
    "BeamWidth",
    "CharsetName",
    "DecoderName",
    "Device",
    "LanguageModelFile",
    "LexiconFile",
    "LmBonus",
    "LmUnit",
    "LmWeight",
    "ModelName",
    "NBest",
    "OutOfLexicon",
    "PriorWeight",
    "Separators",
    "Threads",
    "Unencodable",
    "Workers",
    "decoder_options",
    "load_model",
    "progress_beside_results",
    "report_bad",
]

ModelName = Annotated[
    str | None,
    typer.Option(
        "-m",
        "--model",
        metavar="MODEL",
        help="A model file, a run's folder or an installed model; else the newest run below ./runs.",
    ),
]
CharsetName = Annotated[
    str | None,
    typer.Option("-c", "--charset", metavar="NAME", help="What the model should read, where --model names none."),
]
DecoderName = Annotated[
    str | None,
    typer.Option("--decoder", metavar="NAME", help="greedy, beam, lexicon, text or a plugin's; else by the options."),
]
LexiconFile = Annotated[
    Path | None,
    typer.Option(
        "--lexicon", metavar="FILE", help="The entries that may be read: one a line, .gz works; or a saved lexicon."
    ),
]
PriorWeight = Annotated[
    float | None,
    typer.Option("--prior-weight", metavar="W", help="The factor of the log-frequency that counts in --lexicon give."),
]
LanguageModelFile = Annotated[
    Path | None, typer.Option("--lm", metavar="FILE", help="An n-gram language model in ARPA format; .gz works.")
]
LmWeight = Annotated[
    float | None, typer.Option("--lm-weight", metavar="W", help="The factor of its log-probability; 0.5 by default.")
]
LmBonus = Annotated[
    float | None, typer.Option("--lm-bonus", metavar="B", help="Nats added for each of its units; 0 by default.")
]
LmUnit = Annotated[
    str, typer.Option("--lm-unit", metavar="UNIT", help="What it is a model of: character, or word with --lexicon.")
]
Separators = Annotated[
    str | None,
    typer.Option(
        "--separators",
        metavar="CHARS",
        help="What may stand between entries; else all spaces, punctuation marks, symbols and digits of the charset.",
    ),
]
OutOfLexicon = Annotated[
    float | None,
    typer.Option(
        "--out-of-lexicon",
        metavar="NATS",
        help="What each character of a word costs that is no entry; else none is read.",
    ),
]
BeamWidth = Annotated[
    int | None, typer.Option("--beam-width", metavar="N", help="Labellings that beam search keeps after each frame.")
]
NBest = Annotated[int, typer.Option("--n-best", metavar="N", help="Readings of each line, which --to jsonl shows.")]
Threads = Annotated[int, typer.Option("--threads", metavar="N", help="Threads of the decoder; 0 for one a core.")]
Unencodable = Annotated[
    str,
    typer.Option("--unencodable", metavar="HOW", help="Lexicon words that the charset cannot spell: error, or skip."),
]
Device = Annotated[str, typer.Option("-d", "--device", metavar="NAME", help="auto, cpu, cuda, cuda:1, …")]
BatchSize = Annotated[int, typer.Option("-B", "--batch-size", metavar="N", help="Lines in a forward pass.")]
Workers = Annotated[
    int, typer.Option("--workers", metavar="N", help="Processes that load images; -1 for one a core, 0 for none.")
]


def load_model(name: str | None, charset: str | None) -> Model:
    """The model that the options mean; which one was taken without a name is said on stderr."""
    from ocrkit.cli.progress import say
    from ocrkit.model_files import find_model, reads

    found = find_model(name, charset=charset)
    if found.why:
        say(f"reading with {found.path} ({found.why})")
    elif not reads(found.path, charset):
        say(f"note: --charset {charset} only chooses among models, and {found.path} does not read it")
    from ocrkit.model import Model

    return Model.load(found.path)


def decoder_options(
    charset: Charset,
    *,
    lexicon: Path | None,
    prior_weight: float | None,
    lm: Path | None,
    lm_weight: float | None,
    lm_bonus: float | None,
    lm_unit: str,
    separators: str | None,
    out_of_lexicon: float | None,
    beam_width: int | None,
    n_best: int,
    threads: int,
    unencodable: str,
) -> DecoderOptions:
    """What the options ask of a decoder; lexicon words that are left out are counted on stderr."""
    from ocrkit.errors import OptionError
    from ocrkit.plugin.specs import DecoderOptions

    if unencodable not in ("error", "skip"):
        raise OptionError(f"--unencodable is {unencodable!r}; expected error or skip")
    return DecoderOptions(
        lexicon=None if lexicon is None else _lexicon(lexicon, charset, skip=unencodable == "skip"),
        prior_weight=prior_weight,
        language_model=None if lm is None else _language_model(lm, charset, lm_unit),
        lm_weight=lm_weight,
        lm_bonus=lm_bonus,
        separators=None if separators is None else frozenset(charset.encode(separators, where="--separators")),
        out_of_lexicon=out_of_lexicon,
        beam_width=beam_width,
        n_best=n_best,
        threads=threads,
    )


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


def _language_model(path: Path, charset: Charset, unit: str) -> NgramModel:
    from ocrkit.ctc import NgramModel
    from ocrkit.errors import OptionError

    if unit not in ("character", "word"):
        raise OptionError(f"--lm-unit is {unit!r}; expected character or word")
    return NgramModel.read(path, charset, unit="word" if unit == "word" else "character")


def progress_beside_results(stage: str) -> AbstractContextManager[Callable[[int, int], None]]:
    """A function that shows on stderr how many of how many are done, where stdout is not the same terminal."""
    from ocrkit.cli.progress import counting

    return nullcontext(lambda _done, _total: None) if sys.stdout.isatty() else counting(stage)


def report_bad(bad: list[BadImage], total: int) -> None:
    """Name the images that could not be read, and count them."""
    from ocrkit.cli.progress import say

    for image in bad:
        say(f"left out {image.name}: {image.reason}")
    if bad:
        say(f"{len(bad)} of {total} images could not be opened")
