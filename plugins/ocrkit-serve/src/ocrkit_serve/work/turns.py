"""What is to be done, taken from all who ask in turn, so that nobody waits behind another's whole document."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

__all__ = ["Turns"]


class Turns:
    """Threads that do what several ask for, one thing of each at a time.

    Args:
        threads: how many.
        name: of the threads.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._condition = threading.Condition()
        self._asked: OrderedDict[Hashable, deque[Callable[[], None]]] = OrderedDict()
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"{name} {n}", daemon=True) for n in range(threads)]
        self._started = False

    def add(self, who: Hashable, things: Iterable[Callable[[], None]]) -> None:
        """Have things done, in their order, after at most one thing of each other who asked; none of them may raise."""
        with self._condition:
            if not self._started:
                self._started = True
                for thread in self._threads:
                    thread.start()
            self._asked.setdefault(who, deque()).extend(things)
            self._condition.notify_all()

    def drop(self, who: Hashable) -> None:
        """Forget what somebody asked for and nobody has begun."""
        with self._condition:
            self._asked.pop(who, None)

    def waiting(self) -> int:
        """How many things are not begun."""
        with self._condition:
            return sum(map(len, self._asked.values()))

    def close(self, seconds: float) -> None:
        """Begin nothing more, and wait at most so long for what is in hand."""
        with self._condition:
            self._closed = True
            self._asked.clear()
            self._condition.notify_all()
        for thread in self._threads if self._started else []:
            thread.join(seconds)

    def _work(self) -> None:
        while (thing := self._next()) is not None:
            thing()
            del thing  # which may hold a page's picture

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._asked and not self._closed:
                self._condition.wait()
            if self._closed:
                return None
            who, things = self._asked.popitem(last=False)
            thing = things.popleft()
            if things:
                self._asked[who] = things  # behind all others
            return thing
