"""``ocrkit data synth``: drawn lines or pages on disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ocrkit.cli.data.synth_pages import draw_pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ocrkit.data.records import Sample
    from ocrkit.text.charset import Charset

__all__ = ["synth"]

_ON_THE_SHEET = 100
_TELLING = (".lmdb", ".parquet", ".tsv", ".csv", ".jsonl")  # endings that no folder of labels.tsv is given unasked

CharsetName = Annotated[str, typer.Option("-c", "--charset", metavar="NAME", help="What to draw from.")]
Output = Annotated[
    Path, typer.Option("-o", "--output", metavar="DST", help="A new folder, or a new .lmdb or .parquet.")
]
Pages = Annotated[
    bool, typer.Option("--pages", help="Draw whole pages, each with its lines beside it as PAGE XML, not lines.")
]
Hands = Annotated[
    Path | None,
    typer.Option("--hands", metavar="DIR", help="PAGE or ALTO pages whose lines are set anew; with --pages."),
]
Count = Annotated[int, typer.Option("--count", metavar="N", min=1, help="How many samples.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", min=0, help="The seed: another one draws other samples.")]
Workers = Annotated[
    int, typer.Option("--workers", metavar="W", help="Processes that draw; -1 for one a core, 0 for none.")
]
LineWords = Annotated[
    str | None,
    typer.Option("--line-words", metavar="A-B", help="Fewest and most words a line, such as 1-8; 1 unless given."),
]
Words = Annotated[
    Path | None, typer.Option("--words", metavar="FILE", help="Words to draw: word, or word<TAB>count; .gz works.")
]
Text = Annotated[
    Path | None, typer.Option("--text", metavar="FILE", help="Running text to cut pieces from; .gz works.")
]
Fonts = Annotated[Path | None, typer.Option("--fonts", metavar="DIR", help="A folder of fonts; else the system's.")]
Families = Annotated[
    list[str] | None, typer.Option("--families", metavar="NAME", help="A font family to draw with; may be repeated.")
]
Degrade = Annotated[
    float | None, typer.Option("--degrade", metavar="X", help="How worn they look, 0 (clean) to 1 (the worst).")
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Any setting of drawn lines; may be repeated."),
]
To = Annotated[
    str | None, typer.Option("--to", metavar="FORMAT", help="The format; else by DST's ending, or labels-tsv.")
]
Sheet = Annotated[Path | None, typer.Option("--sheet", metavar="FILE.png", help="A picture of the first 100 samples.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what ocrkit wrote at DST before.")]


def synth(
    output: Output,
    charset: CharsetName = "malayalam",
    pages: Pages = False,
    count: Count = 1000,
    seed: Seed = 0,
    workers: Workers = -1,
    line_words: LineWords = None,
    words: Words = None,
    text: Text = None,
    fonts: Fonts = None,
    families: Families = None,
    hands: Hands = None,
    degrade: Degrade = None,
    set_: Sets = None,
    to: To = None,
    sheet: Sheet = None,
    force: Force = False,
) -> None:
    """Draw words, lines or pages, with their texts.

    The files depend on the options, the seed and the fonts alone, and on no number of workers. Ctrl-C ends the drawing;
    what is drawn by then is written as a whole.
    """
    from ocrkit.config import merge, parse_set
    from ocrkit.errors import OptionError

    flags = {
        "words": words and str(words),
        "text": text and str(text),
        "fonts": fonts and str(fonts),
        "hands": hands and str(hands),
        "families": families,
        "degrade": degrade,
        "line_words": _range(line_words or "1") if line_words or not pages else None,
    }
    settings = parse_set(set_ or [])
    if "count" in settings:
        raise OptionError("--set count says how many, as --count does; give --count")
    if sheet is not None:
        _check_sheet(sheet)
    extra = merge(settings, {key: value for key, value in flags.items() if value is not None})
    if pages:
        _check_of_pages({"--line-words": line_words, "--to": to, "--sheet": sheet})
        draw_pages(output, charset, {**extra, "count": count}, seed=seed, workers=workers, force=force)
        return
    if hands is not None:
        raise OptionError("--hands gives lines for pages; add --pages")
    _draw_lines(output, charset, extra, count=count, seed=seed, workers=workers, to=to, sheet=sheet, force=force)


def _draw_lines(
    output: Path,
    charset: str,
    extra: Mapping[str, object],
    *,
    count: int,
    seed: int,
    workers: int,
    to: str | None,
    sheet: Path | None,
    force: bool,
) -> None:
    """Write drawn lines, and a sheet of them where one is asked for."""
    from ocrkit.cli.progress import say
    from ocrkit.data.writers import format_for
    from ocrkit.plugin.charset_expression import resolve_charset
    from ocrkit.plugin.datasets import open_samples
    from ocrkit.plugin.specs import SourceOptions

    chosen = format_for(output, to or (None if output.suffix.lower() in _TELLING else "labels-tsv"))
    spelled = resolve_charset(charset)
    options = SourceOptions(charset=spelled, seed=seed, count=count, extra=extra)
    samples = open_samples(None, format="synthetic", options=options)
    written, interrupted = _write(samples, output, spelled, chosen.name, force=force, workers=workers)
    if sheet is not None:
        _draw_sheet(samples[: min(written, _ON_THE_SHEET)], sheet)
    print(output)
    if written < count:
        say("interrupted: what is there is whole, and begins as all of it would have")
        raise typer.Exit(128 + interrupted)


def _check_of_pages(flags: Mapping[str, object]) -> None:
    """Refuse what is said of lines alone."""
    from ocrkit.errors import OptionError

    for name, value in flags.items():
        if value is not None:
            raise OptionError(f"{name} is for drawn lines, and --pages draws pages; leave one of them out")


def _write(
    samples: Sequence[Sample], output: Path, charset: Charset, form: str, *, force: bool, workers: int
) -> tuple[int, int]:
    """Write samples and show how it goes; how many there are, and the signal after which they are fewer, or 0."""
    import time

    from ocrkit.cli.progress import Stages, say
    from ocrkit.drawing.written import write_drawn
    from ocrkit.training.interruption import Interruption

    begun = time.monotonic()

    def rate(done: int) -> str:
        return f"{done / max(time.monotonic() - begun, 1e-9):.0f} samples/s"

    with Stages() as stages, Interruption() as interruption:
        written = write_drawn(
            samples,
            output,
            charset=charset,
            to=form,
            force=force,
            workers=workers,
            progress=lambda done, total: stages.update("drawing", done, total, rate(done)),
            stopped=lambda: interruption.requested,
        )
    say(f"{written} of {len(samples)} samples written as {form}, {rate(written)}")
    return written, interruption.signal


def _range(words: str) -> list[int]:
    """The two numbers of ``A-B``, or of ``A`` alone."""
    from ocrkit.errors import OptionError

    fewest, _, most = words.partition("-")
    try:
        return [int(fewest), int(most or fewest)]
    except ValueError:
        raise OptionError(f"--line-words {words!r} is no range; expected one such as 1-8, or a number") from None


def _check_sheet(path: Path) -> None:
    """Refuse a picture that could not be written before everything else is drawn."""
    from PIL import Image

    from ocrkit.errors import OptionError

    if Image.registered_extensions().get(path.suffix.lower()) not in Image.SAVE:
        raise OptionError(f"--sheet {path} has no picture format's ending; expected a file such as sheet.png")
    if not path.parent.is_dir():
        raise OptionError(f"--sheet {path}: there is no folder {str(path.parent)!r}; make it, or name another")


def _draw_sheet(samples: Sequence[Sample], path: Path) -> None:
    from ocrkit.data.image import open_image
    from ocrkit.drawing.sheet import draw_samples, write_sheet
    from ocrkit.errors import OptionError

    try:
        write_sheet(draw_samples([open_image(sample) for sample in samples]), path)
    except (OSError, ValueError) as error:  # ValueError: an ending that no picture format has
        raise OptionError(f"--sheet {path} cannot be written: {error}; expected a file such as sheet.png") from error
