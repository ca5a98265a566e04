"""The check of whole data sets: every sample's label and image, then what is there twice."""

from __future__ import annotations

import dataclasses
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ocrkit.checking.faults import Fault, fault_of_image, fault_of_label
from ocrkit.checking.fingerprints import Fingerprints
from ocrkit.checking.labels import CheckedLabel, check_label, normal_label
from ocrkit.checking.looking import Seen, Unseen, aspect_problem, look_at
from ocrkit.checking.resemblance import compare
from ocrkit.ctc.lengths import length_problem
from ocrkit.data.image import fitted_width
from ocrkit.data.workers import Workers
from ocrkit.errors import ImageError

if TYPE_CHECKING:
    from ocrkit.data.image import Preprocessing
    from ocrkit.data.progress import StageProgress
    from ocrkit.data.records import Sample
    from ocrkit.errors import Origin
    from ocrkit.text.charset import Charset

__all__ = ["Checker", "Frames"]


_COMPARABLE = ("too-long", "aspect")  # images that can be seen, if not used with this label
_WORTH_WORKERS = 256  # samples below which starting processes costs more than it saves


@dataclass(frozen=True, slots=True)
class Frames:
    """What a network makes of an image: how it is fitted, and the frames of a line by its fitted width in px."""

    preprocessing: Preprocessing
    count: Callable[[int], int]


class Checker:
    """Checks data sets of any size: about 45 bytes a sample are kept.

    Args:
        sets: what to check: one set, or training and validation data, which should have no picture in common.
        charset: what the labels are to be spelled in.
        frames: of the network that the data are for.
        doubtful: the origins of samples that a bad row contradicts, to be left out like it.
        workers: processes that open images; 0 opens them in this one, -1 takes a process a core once there is work
            for them.

    Attributes:
        checked: samples whose labels and images have been looked at so far.
        lacking: how often their labels have which character that the charset lacks.
        invisible: how often they have which character without ink that is made a space, or dropped.
    """

    def __init__(
        self,
        *sets: Sequence[Sample],
        charset: Charset,
        frames: Frames,
        doubtful: Collection[Origin] = (),
        workers: int = 0,
    ) -> None:
        self._sets = sets
        self._charset = charset
        self._frames = frames
        self._doubtful = doubtful
        self._total = sum(map(len, sets))
        self._workers = 0 if workers < 0 and self._total < _WORTH_WORKERS else workers
        self._left_out = bytearray(self._total)
        self._prints = Fingerprints(self._total)
        self.checked = 0
        self.lacking = Counter[str]()
        self.invisible = Counter[str]()

    def faults(self, progress: StageProgress) -> Iterator[Fault]:
        """Every fault: of labels and images in the order of the samples, then of what is there twice.

        ``progress`` gives what is told how many are done, by the stage's name. ``checked`` counts along, so that after
        an interruption one knows how far the check came.
        """
        yield from self._looked_at(progress)
        yield from self._repeated()
        yield from self._alike(progress)

    def remainder(self) -> Iterator[Sample]:
        """The clean samples of the first set, in order, once ``faults`` has come to its end; labels in normal spelling.

        Of what is there twice the first is kept; of pictures with two labels none, since one of those is wrong; and
        none that the second set has too.
        """
        for index, sample in enumerate(self._sets[0]):
            if not self._left_out[index]:
                yield dataclasses.replace(sample, text=normal_label(sample.text or "", self._charset))

    @property
    def first(self) -> int:
        """The samples of the first set."""
        return len(self._sets[0])

    @property
    def left_out(self) -> int:
        """The samples of the first set that ``remainder`` does not give."""
        return sum(self._left_out[: len(self._sets[0])])

    def _looked_at(self, progress: StageProgress) -> Iterator[Fault]:
        waiting: deque[Sample] = deque()
        tell = progress("checking")
        with Workers.opened(look_at, count=self._workers, on_death=_killed_its_worker) as workers:
            for index, look in enumerate(workers.map(_noted(self._all(), waiting))):
                sample = waiting.popleft()
                self.checked = index + 1
                self._left_out[index] = sample.origin in self._doubtful
                label = check_label(sample.text, self._charset)
                self.lacking.update(label.lacking)
                self.invisible.update(self._charset.invisible(sample.text or ""))
                for kind, detail in label.faults:
                    self._left_out[index] |= kind != "unnormalised"
                    yield fault_of_label(sample, kind, detail)
                problem = self._problem(look, label)
                if problem is not None:
                    self._left_out[index] = True
                    yield fault_of_image(sample, *problem)
                if isinstance(look, Seen) and label.text and (problem is None or problem[0] in _COMPARABLE):
                    self._prints.add(index, digest=look.digest, outline=look.outline, label=label.text)
                tell(self.checked, self._total)

    def _problem(self, look: Seen | Unseen, label: CheckedLabel) -> tuple[str, str] | None:
        """The kind and detail of what is wrong with an image, beside its label; one fault, however much follows."""
        if isinstance(look, Unseen):
            return look.kind, look.detail
        try:
            width = fitted_width(look.width, look.height, self._frames.preprocessing)
        except ImageError as error:
            return "image", error.reason
        if not label.text:
            return None
        if look.blank:
            return "blank", f"nothing can be seen in its {look.width}x{look.height} px, and its label is {label.text!r}"
        if label.frames is not None:
            problem = length_problem(label.frames, self._frames.count(width))
            if problem is not None:
                return "too-long", problem
        problem = aspect_problem(look.width, look.height, label.text)
        return None if problem is None else ("aspect", problem)

    def _repeated(self) -> Iterator[Fault]:
        for first, later in self._prints.repeated():
            yield self._twice(first, later, "duplicate", "the same pixels as")
            self._prints.forget(later)

    def _alike(self, progress: StageProgress) -> Iterator[Fault]:
        pairs = self._prints.perhaps_alike()
        items = ((self._sample(one), self._sample(other), self._prints.same_label(one, other)) for one, other in pairs)
        found, tell = -1, progress("comparing")
        with Workers.opened(compare, count=self._workers, on_death=_unknown) as workers:
            for done, alike in enumerate(workers.map(items)):
                first, later = pairs[done].tolist()
                if alike and later != found:
                    found = later
                    yield self._twice(first, later, "near-duplicate", "in another size or brightness, the picture of")
                tell(done + 1, len(pairs))

    def _twice(self, first: int, later: int, kind: str, how: str) -> Fault:
        """The fault of a picture that was there before; which of the two is to be left out follows from their sets."""
        earlier, sample = self._sample(first), self._sample(later)
        place = earlier.name + (f" ({earlier.origin})" if earlier.origin else "")
        across = first < len(self._sets[0]) <= later
        where = f"{how} {place}" + (", which is training data" if across else "")
        if self._prints.same_label(first, later):
            self._left_out[first if across else later] = True
            return fault_of_image(sample, kind, where)
        self._left_out[first] = self._left_out[later] = True
        texts = f"labelled {sample.text!r} here and {earlier.text!r} there"
        return fault_of_image(sample, "contradiction", f"{where}, {texts}")

    def _all(self) -> Iterator[Sample]:
        return (sample for samples in self._sets for sample in samples)

    def _sample(self, index: int) -> Sample:
        for samples in self._sets:
            if index < len(samples):
                return samples[int(index)]
            index -= len(samples)
        raise IndexError(index)


def _noted(samples: Iterable[Sample], waiting: deque[Sample]) -> Iterator[Sample]:
    """The samples, each also put where the one who takes the results finds it again."""
    for sample in samples:
        waiting.append(sample)
        yield sample


def _killed_its_worker(sample: Sample) -> Unseen:
    del sample
    return Unseen("image", "the process that opened it crashed, or ran out of memory")


def _unknown(pair: object) -> bool:
    del pair
    return False
