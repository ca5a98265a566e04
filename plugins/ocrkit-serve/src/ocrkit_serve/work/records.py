"""What is asked of the reading, the limits that it keeps, and how it says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

__all__ = ["MOST_ALTERNATIVES", "Asked", "Limits", "Metric", "Refused"]

MOST_ALTERNATIVES = 9
"""Other readings of a line, at most."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may cost.

    Attributes:
        max_upload: bytes of a file.
        max_pixels: of a page's picture.
        max_pages: of a file.
        queue: requests and jobs that may wait.
        deadline: seconds until a request is answered.
        open_seconds: CPU seconds for opening a page.
        open_memory: bytes for opening a page.
        keep: seconds that a job's results are kept.
        kept_jobs: that are kept at most; the oldest of those that are done go before their time.
        kept_bytes: of the files and results of kept jobs, likewise.
        lexicon_words: in a request.
    """

    max_upload: int = 32_000_000
    max_pixels: int = 100_000_000
    max_pages: int = 200
    queue: int = 16
    deadline: float = 120.0
    open_seconds: float = 30.0
    open_memory: int = 2_000_000_000
    keep: float = 900.0
    kept_jobs: int = 64
    kept_bytes: int = 1_000_000_000
    lexicon_words: int = 20_000


@dataclass(frozen=True, slots=True)
class Asked:
    """How pages are to be read.

    Attributes:
        kind: whether a file's pages are whole pages, or pictures of one line each.
        model: the name of one of the service's models; None for its first.
        lexicon: words to read by; none where any text may stand there.
        correct: the corrector that mends words; None for none.
        propose: the corrector that proposes others and changes nothing; None for none.
        reject: the share of wrong lines to stay below, by leaving unsure ones unread; None reads all.
        segmenter: what finds the lines; None for the service's own.
        alternatives: further readings of each line, at most.
    """

    kind: Literal["page", "line"] = "page"
    model: str | None = None
    lexicon: tuple[str, ...] = ()
    correct: str | None = None
    propose: str | None = None
    reject: float | None = None
    segmenter: str | None = None
    alternatives: int = 0


class Refused(Exception):  # noqa: N818 - no error, but an answer
    """A request that is not served.

    Attributes:
        status: of the HTTP answer.
        reason: why, in words that may be shown to whoever asked.
        retry_after: seconds after which to try again; None where that would not help.
    """

    def __init__(self, status: int, reason: str, retry_after: int | None = None) -> None:
        super().__init__(status, reason, retry_after)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.reason


class Metric(NamedTuple):
    """What the reading counts, as ``/metrics`` tells it: values by labels, each a tuple of pairs of name and value."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    values: dict[tuple[tuple[str, str], ...], float]
