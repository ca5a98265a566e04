"""What was made, kept for the next who asks, as far as some bytes reach."""

from __future__ import annotations

from typing import Generic, TypeVar

__all__ = ["KeptBytes"]

Key = TypeVar("Key")
Value = TypeVar("Value")


class KeptBytes(Generic[Key, Value]):
    """Values by key, of at most so many bytes. What was not asked for lately goes, half of all at a time.

    That costs a look-up one dictionary, where a strict order of use would cost it a change of two.
    """

    def __init__(self, most: int) -> None:
        """Keep up to ``most`` bytes."""
        self._most = most
        self._young: dict[Key, tuple[Value, int]] = {}
        self._old: dict[Key, tuple[Value, int]] = {}
        self._bytes = 0  # of the young ones

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def get(self, key: Key) -> Value | None:
        """The value that was kept, or None where there is none any more."""
        found = self._young.get(key)
        if found is None:
            found = self._old.pop(key, None)
            if found is None:
                return None
            self.keep(key, *found)
        return found[0]

    def keep(self, key: Key, value: Value, size: int) -> None:
        """Keep ``value``, of ``size`` bytes."""
        if 2 * (self._bytes + size) > self._most:
            self._old, self._young, self._bytes = self._young, {}, 0
        self._young[key] = value, size
        self._bytes += size
