"""Things done for several in turn."""

from __future__ import annotations

import threading

from ocrkit_serve.work.turns import Turns


def test_things_are_taken_of_each_in_turn_and_in_the_order_of_each() -> None:
    turns, gate, done = Turns(1, "test"), threading.Event(), []
    ended = threading.Event()
    turns.add("first", [gate.wait])  # type: ignore[list-item]  # whose answer nobody takes
    while turns.waiting():
        pass

    turns.add("long", [lambda n=number: done.append(f"long {n}") for number in range(4)])
    turns.add("short", [lambda: done.append("short")])
    turns.add("two", [lambda: done.append("two a"), lambda: done.append("two b"), ended.set])
    gate.set()
    ended.wait(10)
    turns.close(10)

    assert done[:6] == ["long 0", "short", "two a", "long 1", "two b", "long 2"]


def test_what_is_dropped_is_not_begun() -> None:
    turns, gate, done = Turns(1, "test"), threading.Event(), []
    turns.add("first", [gate.wait])  # type: ignore[list-item]
    while turns.waiting():
        pass
    turns.add("other", [lambda: done.append(1)])

    turns.drop("other")
    gate.set()
    turns.add("last", [gate.set])
    turns.close(10)

    assert done == []
