"""``ocrkit align``: the known text of pages laid on their lines, which makes training lines of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ocrkit.cli import decoding_options as shared
from ocrkit.cli import page_options
from ocrkit.cli.alignment_talk import AlignmentTalk

__all__ = ["app"]

app = typer.Typer(help="Lay the known text of pages on their lines, to train on.")

Pages = Annotated[str, typer.Argument(metavar="PAGES", help="An image, a PDF, a folder of them, or a glob.")]
Texts = Annotated[
    Path,
    typer.Argument(
        metavar="TEXTS", help="A folder of NAME.txt for each NAME.png, or one file with a form feed between pages."
    ),
]
Output = Annotated[Path, typer.Option("-o", "--output", metavar="OUT", help="The folder or file to write.")]
To = Annotated[
    str,
    typer.Option(
        "--to",
        metavar="FORMAT",
        help="Cut lines as labels-tsv, gt.txt, lmdb, …; or files of the pages: page, alto, json, ….",
    ),
]
LineBreaks = Annotated[
    str,
    typer.Option(
        "--breaks",
        metavar="WHERE",
        help="Where lines may end: lines (as in the text), words, hyphens (in words, too), anywhere.",
    ),
]
MinConfidence = Annotated[
    float,
    typer.Option("--min-confidence", metavar="P", min=0.0, max=1.0, help="Leave out lines that fit their text worse."),
]
SkipCost = Annotated[
    float | None,
    typer.Option("--skip-cost", metavar="NATS", help="What it costs to leave out a character of text or page; 12."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace what ocrkit wrote at OUT before.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON: a page an object, with its lines and what is left.")]


@app.command()
def align(
    pages: Pages,
    texts: Texts,
    output: Output,
    to: To = "labels-tsv",
    model: shared.ModelName = None,
    charset: shared.CharsetName = None,
    segmenter: page_options.SegmenterName = None,
    segmenter_model: page_options.SegmenterModel = None,
    layout: page_options.Layouts = None,
    breaks: LineBreaks = "words",
    min_confidence: MinConfidence = 0.02,
    skip_cost: SkipCost = None,
    numbers: page_options.Numbers = None,
    dpi: page_options.Dpi = None,
    password: page_options.Password = None,
    force: Force = False,
    as_json: AsJson = False,
    device: shared.Device = "auto",
    batch_size: shared.BatchSize = 32,
    precision: shared.Precision = "auto",
    runtime: shared.Runtime = "auto",
) -> None:
    """Lay the known text of pages on their lines, to train on.

    The lines of each page are found, and of all ways to part the text among them the likeliest is taken, whether the
    text has line ends of its own or not. Words that no line has are named on stderr, and so are lines that got no text.
    Lines that fit their text badly are left out; the exit code is 1 where a page could not be used at all.
    """
    from ocrkit.cli.progress import Stages
    from ocrkit.errors import FileError
    from ocrkit.pages.aligning import Costs, PageAligner, PageTexts, as_breaks, writing_aligned
    from ocrkit.pages.opening import open_scans
    from ocrkit.recognition import Recognizer
    from ocrkit.runtime_choice import finder_runtime, sooner_runtime

    given = PageTexts(texts)
    scans = open_scans(pages, pages=numbers, dpi=dpi, password=password)
    total = scans.count()
    costs = Costs() if skip_cost is None else Costs(line=skip_cost, text=skip_cost)
    talk = AlignmentTalk(min_confidence)
    with writing_aligned(output, to, pages=total, force=force, source=Path(pages)) as writer, Stages() as stages:
        sooner = sooner_runtime(device, precision)
        loaded, name = shared.load_named_model(model, charset, runtime, sooner)
        finds = finder_runtime(runtime, sooner, named=segmenter_model)
        find, called = page_options.finder(loaded.charset, segmenter, segmenter_model, layout, runtime=finds)
        recognizer = Recognizer(loaded, device=device, batch_size=batch_size, precision=precision)
        aligner = PageAligner(recognizer, find, breaks=as_breaks(breaks), costs=costs, model=name, segmenter=called)
        for done, scan in enumerate(scans, 1):
            try:
                writer.add(talk.take(aligner.align(scan, given.of(scan))))
            except FileError as error:
                talk.leave_out(scan, error)
            stages.update("aligning", done, total or done, f"{talk.kept} lines")
    talk.report(as_json)
    if not as_json:
        print(output)
    if talk.bad:
        raise typer.Exit(1)
