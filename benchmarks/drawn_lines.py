"""Where the time of drawn lines goes: run as a script, this prints a table of milliseconds a line of one core.

``python benchmarks/drawn_lines.py`` draws lines of one to eight words of a union of charsets, as training and
``ocrkit data synth`` do, and writes them into an LMDB. It counts the time of the processor, of which other work on the
machine takes little, and takes the median of several rounds.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from ocrkit.data.records import Sample
from ocrkit.data.writers import encode
from ocrkit.data.writers.lmdb import LmdbWriter
from ocrkit.drawing.degradations.chain import degrade
from ocrkit.drawing.rendering.forme import place_letters, place_run
from ocrkit.drawing.rendering.masks import draw_mask
from ocrkit.drawing.synthetic import Synthetic, SyntheticOptions
from ocrkit.plugin.charset_expression import resolve_charset

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

PARTS: dict[Callable[..., Any], str] = {
    draw_mask: "shaping and FreeType",
    place_letters: "setting letters one by one",
    place_run: "setting letters in a run",
    degrade: "degradations",
}
REST = "the rest of drawing"
TEXT, ENCODE, WRITE = "text and face", "encoding as PNG", "writing into an LMDB"
DRAWING = (TEXT, *PARTS.values(), REST)


class Clock:
    """Seconds of the processor by part: what a part calls counts for itself alone."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._inside: list[str] = []
        self._since = time.process_time()

    def begin(self, part: str) -> None:
        self._pass()
        self._inside.append(part)

    def end(self) -> None:
        self._pass()
        self._inside.pop()

    def _pass(self) -> None:
        now = time.process_time()
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._since
        self._since = now

    def watch(self, function: Callable[..., Any], part: str) -> None:
        """Put a function that is timed in the place of one, wherever ocrkit's drawing has it by name."""

        def timed(*given: Any, **named: Any) -> Any:
            self.begin(part)
            try:
                return function(*given, **named)
            finally:
                self.end()

        for name, module in list(sys.modules.items()):
            if name.startswith("ocrkit.drawing") and getattr(module, function.__name__, None) is function:
                setattr(module, function.__name__, timed)


def drawn(samples: Synthetic, begin: int, count: int, clock: Clock) -> list[Sample]:
    """Samples of ready pictures."""
    ready = []
    for index in range(begin, begin + count):
        clock.begin(TEXT)
        sample = samples[index]
        clock.end()
        assert not isinstance(sample.image, Path)
        clock.begin(REST)
        image = sample.image()
        clock.end()
        ready.append(Sample(sample.name, _Ready(image), sample.text, group=sample.group))
    return ready


class _Ready:
    """A picture that is there already."""

    def __init__(self, image: Image) -> None:
        self._image = image

    def __call__(self) -> Image:
        return self._image


def written(samples: list[Sample], folder: Path, clock: Clock) -> None:
    """Encode samples, and write them."""
    clock.begin(ENCODE)
    encoded = [encode(sample) for sample in samples]
    clock.end()
    clock.begin(WRITE)
    writer = LmdbWriter(folder, len(samples))
    for sample in encoded:
        writer.add(sample)
    writer.finish()
    clock.end()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--charset", default="malayalam+english+ascii", help="what to draw from")
    parser.add_argument("--words", type=int, nargs=2, default=(1, 8), help="fewest and most words a line")
    parser.add_argument("--degrade", type=float, default=0.5, help="how worn the lines are")
    parser.add_argument("--count", type=int, default=1000, help="lines a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, each of other lines")
    given = parser.parse_args()
    options = SyntheticOptions(count=10**9, line_words=tuple(given.words), degrade=given.degrade)
    samples = Synthetic(resolve_charset(given.charset), options, seed=1)
    drawn(samples, 0, 300, Clock())  # opens fonts, and keeps the commonest letters
    rounds = []
    clock = Clock()
    for function, part in PARTS.items():
        clock.watch(function, part)
    for index in range(given.rounds):
        clock.seconds.clear()
        ready = drawn(samples, 1000 + index * given.count, given.count, clock)
        words = sum(len((sample.text or "").split()) for sample in ready)
        with tempfile.TemporaryDirectory() as folder:
            written(ready, Path(folder) / "lines.lmdb", clock)
        rounds.append((dict(clock.seconds), words))
    report(rounds, given.count)


def report(rounds: list[tuple[dict[str, float], int]], count: int) -> None:
    """Print the medians."""

    def middle(*parts: str) -> float:
        return median(sum(seconds.get(part, 0.0) for part in parts) for seconds, _ in rounds)

    print("| part | ms a line |\n|---|--:|")
    for part in (*DRAWING, ENCODE, WRITE):
        print(f"| {part} | {1e3 * middle(part) / count:.2f} |")
    drawing, all_of_it = middle(*DRAWING), middle(*DRAWING, ENCODE, WRITE)
    words = median(words for _, words in rounds)
    print(f"\ndrawn: {count / drawing:.0f} lines or {words / drawing:.0f} words a second of a core")
    print(f"written too: {count / all_of_it:.0f} lines or {words / all_of_it:.0f} words")


if __name__ == "__main__":
    main()
