"""What a page of a collection costs: CPU seconds by part, memory and disk, for models, runtimes and kinds of pages.

``PYTHONPATH=benchmarks python -m collection_cost FOLDER …`` reads the pages of each folder as a process of
``ocrkit read -o`` does, one page after another on one thread, with each of ``--readers``, in a process of its own;
without a folder, pages are drawn. All times are CPU seconds of the process a page, the first page apart, so that other
work on the machine alters them little. ``--check N`` then reads N links to the pages by the command itself, in two
processes, and says how far the CPU seconds of all processes are from those that the parts let expect.

Parts: list (files named, and looked up among records), records (claims and records), open (file to picture), turn
(pages that lie or lean), maps (the network of the segmenter), lines (the rest of finding lines), cut, fit (lines to the
network's height), network, decode, words (their places), write (files), rest.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from itertools import islice, product
from pathlib import Path

from collection_cost.parts import PARTS
from collection_cost.processes import cpu_of_all
from collection_cost.reading import Cost, Reader, cost_of

from ocrkit.collections.tasks import Collection

_HEADS = ("pages", "lines", "start", "MB", "out KB", "record B", "page", "an hour", *PARTS)
_ROW = "| {:14} | {:22} |" + " {:>8} |" * len(_HEADS)
_WORKERS = 2


def main() -> None:
    """Read in turns, and print the table."""
    asked = _asked()
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    formats = tuple(asked.to or ["alto"])
    with tempfile.TemporaryDirectory() as drawn:
        folders = asked.folders or [_drawn(Path(drawn), asked.draw)]
        print(_ROW.format("pages", "reader", *_HEADS))
        print(_ROW.format("---", "---", *["--:"] * len(_HEADS)), flush=True)
        for folder, spelled in product(folders, asked.readers):
            model, _, runtime = spelled.partition("|")
            reader = Reader(model, runtime or "auto", asked.segmenter, asked.lexicon, asked.lm)
            cost = _alone(folder, reader, formats)
            print(_ROW.format(Path(folder).name, spelled.replace("|", ", "), *_cells(cost)), flush=True)
            if asked.check:
                print(_checked(folder, reader, formats, cost, asked.check), file=sys.stderr, flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", help="images and PDFs, two pages at least in each")
    parser.add_argument("--readers", nargs="+", default=["malayalam-fast|torch"], help="MODEL|RUNTIME")
    parser.add_argument("--segmenter", help="another than the one that is taken unasked")
    parser.add_argument("--lexicon", help="a file of words")
    parser.add_argument("--lm", help="a language model, ARPA")
    parser.add_argument("--to", nargs="+", help="formats, alto by default")
    parser.add_argument("--draw", type=int, default=4, help="pages that are drawn where no folder is named")
    parser.add_argument(
        "--check", type=int, default=0, metavar="N", help="read N links to pictures by the command, too"
    )
    return parser.parse_args()


def _alone(folder: str, reader: Reader, formats: tuple[str, ...]) -> Cost:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(cost_of, [folder], reader, formats).result()


def _cells(cost: Cost) -> list[str]:
    return [
        str(cost.pages),
        str(cost.lines),
        f"{cost.start:.1f}",
        f"{cost.memory / 1e6:.0f}",
        f"{cost.written / 1e3:.1f}",
        f"{cost.noted:.0f}",
        f"{cost.page():.3f}",
        f"{3600 / cost.page():.0f}",
        *(f"{cost.seconds[part] / cost.pages:.4f}" for part in PARTS),
    ]


def _checked(folder: str, reader: Reader, formats: tuple[str, ...], cost: Cost, wanted: int) -> str:
    """How far the command is from what the parts let expect."""
    with tempfile.TemporaryDirectory() as scratch:
        many, output = Path(scratch, "pages"), Path(scratch, "out")
        many.mkdir()
        # The first page warms up, and is not among those that were counted.
        paths = [Path(task.place).resolve() for task in islice(Collection([folder], output).tasks(), 1, None)]
        for number in range(wanted):
            path = paths[number % len(paths)]
            os.symlink(path, many / f"{number:06}{path.suffix}")
        command = [sys.executable, "-m", "ocrkit", "read", str(many), "-o", str(output), "-m", reader.model]
        command += ["--runtime", reader.runtime, "--workers", str(_WORKERS)]
        command += [word for name in formats for word in ("--to", name)]
        for option, value in (("-s", reader.segmenter), ("--lexicon", reader.lexicon), ("--lm", reader.language_model)):
            command += [] if value is None else [option, value]
        taken = cpu_of_all(command)
    starts = _WORKERS * cost.start
    expected = wanted * cost.page() + starts
    return (
        f"{wanted} pages by the command in {_WORKERS} processes: {taken:.1f} CPU s, {starts:.1f} for their starts; "
        f"the parts let expect {expected:.1f}, {expected / taken:.3f} of it"
    )


def _drawn(folder: Path, wanted: int) -> str:
    """A folder of drawn pages, one column of Malayalam print each."""
    from PIL import Image

    from ocrkit.drawing.pages.drawn_pages import DrawnPages
    from ocrkit.drawing.pages.options import KINDS, PageOptions
    from ocrkit.text.shipped import shipped_charset

    options = PageOptions(kinds={name: float(name == "book") for name in KINDS})
    pages, pictures = DrawnPages(shipped_charset("malayalam"), options, seed=1), Path(folder, "drawn")
    pictures.mkdir()
    for number in range(wanted):
        Image.fromarray(pages[number].image).save(pictures / f"{number:04}.png")
    return str(pictures)


if __name__ == "__main__":
    main()
