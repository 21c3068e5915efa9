"""How often a training reports: a few times a second, and seldom enough that its reports cost next to nothing."""

from typing import Final

INTERVAL: Final = 0.2
"""Seconds of training between two reports, at least."""
SHARE: Final = 0.03
"""Of the time of training that reports may take, by which the latent positions of the live map are computed."""


class Pace:
    """Says when a report is due, by a clock in seconds; what the last one cost decides on the next."""

    def __init__(self, now: float = 0.0) -> None:
        self._next = now + INTERVAL

    def is_due(self, now: float) -> bool:
        """Whether it is time for a report."""
        return now >= self._next

    def told(self, begun: float, ended: float) -> None:
        """Take note of when a report was begun and ended."""
        self._next = ended + max(INTERVAL, (ended - begun) / SHARE)
