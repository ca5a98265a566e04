"""A network that finds lines in 8 bits: quantised by pages, judged by others, refused where it finds other lines."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from ocrkit.errors import DataError, ExportError, FontError, ImageError
from ocrkit.exporting.findings import GraphLabeller, compare_findings
from ocrkit.exporting.quantised import Quantised
from ocrkit.exporting.quantising import quantise
from ocrkit.segmentation.learned import LearnedSegmenter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import onnx
    from numpy.typing import NDArray

    from ocrkit.data.progress import Progress, StageProgress
    from ocrkit.exporting.findings import Findings
    from ocrkit.layout.scan import Scan

__all__ = ["LEAST_ALIKE", "quantise_finder"]

LEAST_ALIKE = 0.98
"""F.7 of the lines found in 8 bits beside those found in float: the network itself has 0.88 to 0.98 beside people."""

_CALIBRATING, _MEASURED = 10, 30  # pages at the most
_FEWEST_PAGES, _FEWEST_LINES = 6, 50
_LARGEST_LOOK = 1400  # px each way of a picture that ranges are learnt from
_SEED = 1913
_DRAWN_X_HEIGHT = (11.0, 18.0)  # px
_DRAWN_PAGES = 24
_DRAWN_CHARSETS = {"malayalam": 1.0, "english+ascii": 1.0}
_ALSO = ("Add", "Resize")  # with which lines are found as without, and somewhat sooner


def quantise_finder(graph: onnx.ModelProto, scans: Sequence[Scan] | None, *, stages: StageProgress) -> Quantised:
    """Quantise a graph that finds lines, and look at pages with both.

    Args:
        graph: the float one, right.
        scans: pages of the kind that will be read; None draws some.
        stages: told how far each stage is.

    Raises:
        ExportError: fewer than ``LEAST_ALIKE`` of the lines are found by both, or the float network finds too few to
            tell.
        DataError, FontError: there are too few pages to quantise by.
        DependencyError: onnxruntime is not installed.
    """
    from ocrkit.nets.exporting.parity import open_session

    pages = _Drawn() if scans is None else _Given(scans)
    calibrating = min(_CALIBRATING, len(pages) // 3)
    session = open_session(graph)
    looked = _looks(session, pages.some(calibrating, stages("loading pages")))
    made = quantise(graph, looked, also=_ALSO, progress=stages("calibrating"))
    both = GraphLabeller(session), GraphLabeller(open_session(made))
    measured = compare_findings(*both, pages.some(_MEASURED, stages("measuring")))
    if measured.lines[0] < _FEWEST_LINES:
        raise ExportError(
            f"the model itself finds {measured.lines[0]} lines on {measured.pages} pages, which cannot tell what 8 "
            f"bits cost; expected {_FEWEST_LINES} or more: give pages that it knows, or export without `int8`"
        )
    if measured.f < LEAST_ALIKE:
        raise ExportError(_too_bad(measured, drawn=scans is None))
    return Quantised(made, measured, calibrating, scans is None, pages.bad)


class _Given:
    """Pages of the user's, in an order by chance that is always the same; those that cannot be opened are counted."""

    def __init__(self, scans: Sequence[Scan]) -> None:
        if len(scans) < _FEWEST_PAGES:
            raise DataError(
                f"there are {len(scans)} pages to quantise by; expected at least {_FEWEST_PAGES}, a third of which are "
                "calibrated on and the others looked at before and after: give more, or none, and some are drawn"
            )
        self.bad = 0
        order = np.random.default_rng(_SEED).permutation(len(scans))
        self._left = deque(scans[place] for place in order.tolist())

    def __len__(self) -> int:
        return len(self._left)

    def some(self, most: int, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """The next pages that can be opened, grey."""
        done = 0
        while done < most and self._left:
            try:
                page = np.asarray(self._left.popleft().image().convert("L"))
            except ImageError:
                self.bad += 1
                continue
            yield page
            done += 1
            progress(done, min(most, done + len(self._left)))


class _Drawn:
    """Pages that are drawn, for a user who gives none."""

    bad = 0

    def __init__(self) -> None:
        from ocrkit.drawing.pages.drawn_pages import DrawnPages
        from ocrkit.drawing.pages.options import PageOptions

        options = PageOptions(count=_DRAWN_PAGES, x_height=_DRAWN_X_HEIGHT, charsets=_DRAWN_CHARSETS)
        try:
            self._pages = DrawnPages(None, options, seed=_SEED)
        except (FontError, DataError) as error:
            raise type(error)(f"no pages can be drawn to quantise by, so give some: {error}") from error
        self._next = 0

    def __len__(self) -> int:
        return len(self._pages) - self._next

    def some(self, most: int, progress: Progress) -> Iterator[NDArray[np.uint8]]:
        """The next pages, grey."""
        count = min(most, len(self))
        for done in range(1, count + 1):
            self._next += 1
            yield self._pages[self._next - 1].image
            progress(done, count)


def _looks(session: Any, pages: Iterator[NDArray[np.uint8]]) -> list[dict[str, NDArray[np.float32]]]:
    """What the network is given while lines are found, no part larger than memory allows."""
    taken: list[dict[str, NDArray[np.float32]]] = []

    def take(ink: NDArray[np.float32]) -> None:
        taken.append({"ink": np.ascontiguousarray(ink[:_LARGEST_LOOK, :_LARGEST_LOOK])[None, None]})

    segmenter = LearnedSegmenter(GraphLabeller(session, take))
    for page in pages:
        segmenter.segment(page)
    if not taken:
        raise DataError("nothing is written on the pages to quantise by; give others, or none, and some are drawn")
    return taken


def _too_bad(measured: Findings, *, drawn: bool) -> str:
    before, after = measured.lines
    others = "pages of yours" if drawn else "more pages, or such as are more like those to be read"
    return (
        f"in 8 bits {after} lines are found on {measured.pages} {'drawn ' if drawn else ''}pages, of which "
        f"{measured.both} are among the {before} found before: F.7 is {measured.f:.4f}, and {LEAST_ALIKE} is expected "
        f"at least; export without `int8`, or calibrate by {others}"
    )
