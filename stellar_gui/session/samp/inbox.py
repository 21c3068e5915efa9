"""Where messages wait for the window: of each kind and sender only the last, however many come."""

from collections.abc import Callable
from threading import Lock
from typing import Final

_MOST: Final = 64


class Inbox:
    """Filled by any thread; `knock` is called by the thread that brings the first item since `take`."""

    def __init__(self, knock: Callable[[], None]) -> None:
        self._knock = knock
        self._lock = Lock()
        self._waiting: dict[object, object] = {}

    def put(self, key: object, item: object) -> object | None:
        """Keep an item; returns what will not be seen: the one of that key before, or the item where too many wait."""
        with self._lock:
            if key not in self._waiting and len(self._waiting) >= _MOST:
                return item
            first = not self._waiting
            before = self._waiting.pop(key, None)
            self._waiting[key] = item
        if first:
            self._knock()
        return before

    def take(self) -> list[object]:
        """All that waits, in the order of coming."""
        with self._lock:
            items = list(self._waiting.values())
            self._waiting.clear()
        return items
