"""Lines of different widths in a graph: how wide each is, layer after layer, and which columns are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ocrkit.nets.exporting.graph import Graph

__all__ = ["Widths", "add_count"]


class Widths:
    """Each line's own columns at one layer, (B,), and those of the batch, (1,)."""

    def __init__(self, graph: Graph, own: str, room: str) -> None:
        self._graph = graph
        self._mask: str | None = None
        self.own = own
        self.room = room

    def through(self, *, size: int = 1, pool: int = 1) -> Widths:
        """Those after unpadded windows of ``size`` columns, and a pool of ``pool``."""
        if size == 1 and pool == 1:
            return self
        return Widths(self._graph, self._fewer(self.own, size, pool), self._fewer(self.room, size, pool))

    def owned(self, columns: str, *, axes: tuple[int, ...] = (1, 2)) -> str:
        """Whether each column of ``columns``, (B, C, H, W), is its line's own: (B, 1, 1, W), bool.

        Args:
            columns: what is asked about; its width is its last dimension.
            axes: the dimensions of one that the answer has, besides lines and columns.
        """
        graph = self._graph
        count = graph.add("Squeeze", add_count(graph, columns, len(axes) + 1), graph.integers(0))
        place = graph.add("Range", graph.integer(0), count, graph.integer(1))  # (W,)
        own = graph.add("Unsqueeze", self.own, graph.integers(1))  # (B, 1)
        return graph.add("Unsqueeze", graph.add("Less", place, own), graph.integers(*axes))

    def masked(self, columns: str) -> str:
        """(B, C, H, W) with zeros past each line's own columns."""
        if self._mask is None:
            self._mask = self._graph.add("Cast", self.owned(columns), to=1)  # float32
        return self._graph.add("Mul", columns, self._mask)

    def _fewer(self, count: str, size: int, pool: int) -> str:
        graph = self._graph
        if size > 1:
            count = graph.add("Max", graph.add("Sub", count, graph.integers(size - 1)), graph.integers(0))
        return count if pool == 1 else graph.add("Div", count, graph.integers(pool))


def add_count(graph: Graph, value: str, axis: int) -> str:
    """(1,): the size of one of a tensor's dimensions."""
    return graph.add("Shape", value, start=axis, end=axis + 1)
