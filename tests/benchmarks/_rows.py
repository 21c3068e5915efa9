"""A row of a benchmark's table."""

from typing import Any


def row(
    work: str, ours: float, peer: float, unit: str, ratio: float, sign: str, bar: float, all_ours: Any, met: Any = None
) -> dict[str, Any]:
    """A row of the table; spread: the lowest and the highest of ours."""
    if met is None:
        met = ratio >= bar if sign == ">=" else ratio <= bar
    return {
        "work": work, "ours": float(ours), "peer": float(peer), "unit": unit, "ratio": float(ratio),
        "bar": f"{sign} {bar:g}", "met": bool(met), "spread": [float(min(all_ours)), float(max(all_ours))],
    }  # fmt: skip
