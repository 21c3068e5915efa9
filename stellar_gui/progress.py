"""How long work tells how far it is: a generator's yields, drained by whoever does not care."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Progress:
    """How far a piece of work is.

    done, total: in units of `unit` (rows, bytes, stars); total is 0 where it is not known. note: what is shown in place
    of amount and rate, where the work itself knows better.
    """

    done: float
    total: float
    unit: str
    note: str = ""


def drain(work: Generator[Any, Any, Result]) -> Result:
    """Run a generator to its end, ignore what it yields and return what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result
