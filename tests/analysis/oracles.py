"""Answers by brute force and exact arithmetic, to hold the fast ones against."""

from collections.abc import Sequence
from fractions import Fraction


def even_odd(outline: Sequence[tuple[float, float]], x: float, y: float) -> bool | None:
    """The rule by exact rational arithmetic; None on the outline."""
    inside, px, py = False, Fraction(x), Fraction(y)
    exact = [(Fraction(a), Fraction(b)) for a, b in outline]
    for (ax, ay), (bx, by) in zip(exact, exact[1:] + exact[:1], strict=True):
        turn = (bx - ax) * (py - ay) - (by - ay) * (px - ax)
        if turn == 0 and min(ax, bx) <= px <= max(ax, bx) and min(ay, by) <= py <= max(ay, by):
            return None
        if (ay > py) != (by > py) and (turn > 0) == (by > ay):
            inside = not inside
    return inside
