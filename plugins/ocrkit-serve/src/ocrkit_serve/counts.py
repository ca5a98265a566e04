"""What the service counts of its requests, and how ``/metrics`` writes counts."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Counts", "Labels", "Metric", "exposition"]

_BOUNDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)  # seconds
_METHODS = {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}


Labels: TypeAlias = tuple[tuple[str, str], ...]
"""Names and values."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that is told.

    Attributes:
        name: in Prometheus's letters.
        kind: whether it only grows.
        help: what it is, in one line.
        values: by labels.
    """

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    values: Mapping[Labels, float]


@dataclass(slots=True)
class Counts:
    """Requests, by what became of them."""

    _answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    _within: Counter[tuple[str, float]] = field(default_factory=Counter)
    _seconds: Counter[str] = field(default_factory=Counter)
    _number: Counter[str] = field(default_factory=Counter)
    _under_way: int = 0

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Count a request as under way while the block runs."""
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer; ``status`` 0 where whoever asked had left."""
        # Labels are of a small number, whatever is sent.
        self._answers[route, method if method in _METHODS else "other", status] += 1
        self._seconds[route] += seconds  # type: ignore[assignment] # a counter of floats
        self._number[route] += 1
        for bound in _BOUNDS:
            if seconds <= bound:
                self._within[route, bound] += 1

    def metrics(self) -> Iterator[Metric]:
        """All of them."""
        answers: dict[Labels, float] = {
            (("route", route), ("method", method), ("status", str(status))): float(count)
            for (route, method, status), count in self._answers.items()
        }
        yield Metric("ocrkit_requests_total", "counter", "Requests by route, method and status; 0: left.", answers)
        yield Metric("ocrkit_requests_under_way", "gauge", "Requests under way.", {(): float(self._under_way)})
        yield Metric("ocrkit_request_seconds", "histogram", "Seconds until a request was answered.", self._histogram())

    def _histogram(self) -> dict[Labels, float]:
        values: dict[Labels, float] = {}
        for route, number in self._number.items():
            for bound in _BOUNDS:
                values[("", "_bucket"), ("route", route), ("le", f"{bound:g}")] = float(self._within[route, bound])
            values[("", "_bucket"), ("route", route), ("le", "+Inf")] = float(number)
            values[("", "_sum"), ("route", route)] = float(self._seconds[route])
            values[("", "_count"), ("route", route)] = float(number)
        return values


def exposition(metrics: Iterable[Metric]) -> str:
    """Metrics in Prometheus's text format 0.0.4; a label without a name is what is added to the metric's own name."""
    lines = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {_escaped(metric.help)}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        lines.extend(_sample(metric.name, labels, value) for labels, value in metric.values.items())
    return "\n".join(lines) + "\n"


def _sample(name: str, labels: Labels, value: float) -> str:
    ending = "".join(value for label, value in labels if not label)
    written = ",".join(f'{label}="{_quoted(value)}"' for label, value in labels if label)
    return f"{name}{ending}{f'{{{written}}}' if written else ''} {value:.10g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', '\\"')
