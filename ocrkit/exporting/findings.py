"""Two networks that find lines side by side on the same pages: which lines both find, and how long they look."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ocrkit.evaluation.pages import compare_lines, page_ink
from ocrkit.evaluation.pages.scores import lines_of
from ocrkit.segmentation.learned import LearnedSegmenter
from ocrkit.segmentation.looking import look_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from ocrkit.segmentation.turning import Labeller

__all__ = ["Findings", "GraphLabeller", "compare_findings"]

_SHARED = 0.7  # of the ink of both that is in both: F.7 of page evaluation


@dataclass(frozen=True, slots=True)
class Findings:
    """What two networks find on the same pages, the first of each pair the one that was there before.

    Attributes:
        pages: that were looked at.
        lines: that each found.
        both: lines of the first that the second found too, by 0.7 of their ink.
        gain: how often the second looks at a pixel while the first does so once: the median over the pages.
    """

    pages: int
    lines: tuple[int, int]
    both: int
    gain: float

    unit: ClassVar = "pages"

    @property
    def f(self) -> float:
        """F.7 of the second's lines, with the first's as truth; 1 where neither finds any."""
        return 2 * self.both / sum(self.lines) if any(self.lines) else 1.0

    def to_dict(self) -> dict[str, object]:
        """What the record of a file says of it."""
        found = {"lines": list(self.lines), "both": self.both, "f70": round(self.f, 4)}
        return {"pages": self.pages, **found, "gain": round(self.gain, 3)}


class GraphLabeller:
    """An onnxruntime session of an exported network, as a segmenter asks it.

    Args:
        session: of an exported network.
        seen: takes the ink that the network is given.
    """

    def __init__(self, session: Any, seen: Callable[[NDArray[np.float32]], None] = lambda _ink: None) -> None:
        self._session, self._seen = session, seen

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The seven maps of a picture in working scale."""
        return look_at(picture, self._labelled)

    def _labelled(self, ink: NDArray[np.float32]) -> NDArray[np.float32]:
        self._seen(ink)
        [maps] = self._session.run(None, {"ink": np.ascontiguousarray(ink)[None, None]})
        first: NDArray[np.float32] = maps[0]
        return first


def compare_findings(before: Labeller, after: Labeller, pages: Iterable[NDArray[np.uint8]]) -> Findings:
    """Find the lines of each page with both, one after the other, by one thread's own time.

    Args:
        before: gives the maps by which the first finds lines.
        after: likewise the second.
        pages: (H, W) grey, 255 for white; each is asked for when the one before is done.
    """
    done, both = 0, 0
    counts = [0, 0]
    ratios = []
    for done, page in enumerate(pages, 1):
        timed = _Timed(before), _Timed(after)
        layouts = {}
        # Whichever comes second finds the page in the cache.
        for which in (0, 1) if done % 2 else (1, 0):
            layouts[which] = lines_of(LearnedSegmenter(timed[which]).segment(page))
            counts[which] += len(layouts[which])
        both += len(compare_lines(layouts[1], layouts[0], page_ink(page)).pairs(_SHARED))
        if all(each.seconds > 0 for each in timed):
            ratios.append(timed[0].pace() / timed[1].pace())
    return Findings(done, (counts[0], counts[1]), both, float(np.median(ratios)) if ratios else 1.0)


class _Timed:
    """A labeller that counts the pixels that it looks at, and the seconds."""

    def __init__(self, labeller: Labeller) -> None:
        self.seconds, self._pixels = 0.0, 0
        self._labeller = labeller

    def maps(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        begun = time.thread_time()
        maps = self._labeller.maps(picture)
        self.seconds += time.thread_time() - begun
        self._pixels += picture.size
        return maps

    def pace(self) -> float:
        """Seconds a pixel."""
        return self.seconds / max(1, self._pixels)
