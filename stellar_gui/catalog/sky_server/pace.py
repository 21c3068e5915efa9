"""One query a second: requests to a server are held apart, whoever makes them."""

import threading
import time
from collections.abc import Callable


class Pace:
    """Hands out the moments at which a server may be asked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}

    def reserve(self, host: str, interval: float) -> float:
        """Take the host's next moment, at least `interval` seconds after the last one; returns the seconds until it."""
        with self._lock:
            now = self._clock()
            moment = max(now, self._next.get(host, now))
            self._next[host] = moment + interval
            return moment - now
