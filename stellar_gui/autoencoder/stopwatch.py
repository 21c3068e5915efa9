"""A clock that can be held."""

from time import perf_counter


class Stopwatch:
    """A stopwatch, running from the start."""

    def __init__(self, before: float = 0.0) -> None:
        """before: seconds that it has run already."""
        self._before = before
        self._started: float | None = perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds that it has run."""
        return self._before + (0.0 if self._started is None else perf_counter() - self._started)

    def stop(self) -> None:
        """Hold it."""
        self._before, self._started = self.seconds, None

    def start(self) -> None:
        """Let it run on."""
        self._started = perf_counter()
