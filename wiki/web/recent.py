"""What was asked for last, held in memory for all threads of a process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key that together weigh at most `capacity`; the least recently asked for go first.

    `weigh` says the weight of a value, one each unless told otherwise.
    """

    def __init__(self, capacity: int, weigh: Callable[[Value], int] = lambda _value: 1) -> None:
        self._capacity = capacity
        self._weigh = weigh
        self._held: OrderedDict[Key, Value] = OrderedDict()
        self._weight = 0
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        """What is held under this key, None for nothing."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key]

    def put(self, key: Key, value: Value) -> None:
        """Hold a value, unless it alone is too heavy or one is held under this key."""
        weight = self._weigh(value)
        with self._lock:
            if key in self._held or weight > self._capacity:
                return
            self._held[key] = value
            self._weight += weight
            while self._weight > self._capacity:
                self._weight -= self._weigh(self._held.popitem(last=False)[1])
