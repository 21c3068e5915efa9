"""How numbers are written for people: true minus, thousands separators, signs, units."""

import math
from datetime import timedelta

MINUS = "\N{MINUS SIGN}"


def count(value: int) -> str:
    """A whole number with thousands separators: 255,000."""
    return f"{value:,}".replace("-", MINUS)


def stars(value: int) -> str:
    """A number of stars in words: '1 star', '3,412 stars'."""
    return f"{count(value)} star" if value == 1 else f"{count(value)} stars"


def files(value: int) -> str:
    """A number of files in words: '1 file', '3,412 files'."""
    return f"{count(value)} file" if value == 1 else f"{count(value)} files"


def fixed(value: float, digits: int = 3, signed: bool = False) -> str:
    """A number with a fixed number of decimals and a true minus; an en dash where it is not finite."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    rounded = round(value, digits) + 0.0  # no negative zero
    text = f"{rounded:+.{digits}f}" if signed else f"{rounded:.{digits}f}"
    return text.replace("-", MINUS)


def short(value: float, digits: int, signed: bool = False) -> str:
    """As `fixed`, but from a million on as a power of ten: '1.24e+18'."""
    if not abs(value) >= 1e6 or not math.isfinite(value):
        return fixed(value, digits, signed)
    return (f"{value:+.2e}" if signed else f"{value:.2e}").replace("-", MINUS)


def share(part: int, whole: int) -> str:
    """A share in percent with one decimal: '7.9 %'."""
    return f"{100 * part / whole:.1f} %" if whole else "0.0 %"


def duration(seconds: float) -> str:
    """A time span as people say it: '3.5 s', '2 min 05 s', '1 h 02 min'."""
    if not math.isfinite(seconds):
        return "\N{EN DASH}"
    if seconds < 59.95:
        return f"{max(seconds, 0.0):.1f} s"
    whole = timedelta(seconds=round(seconds))
    minutes, rest = divmod(int(whole.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def file_size(size: int) -> str:
    """A file's size in decimal units: '1.4 MB'."""
    value = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    raise AssertionError("unreachable")


def ordinal(value: float) -> str:
    """A rounded rank in words: '1st', '41st', '99.9th'; an en dash where it is not finite."""
    if not math.isfinite(value):
        return "\N{EN DASH}"
    if value > 99 and value < 100:
        return f"{math.floor(10 * value) / 10:.1f}th"
    whole = round(value)
    suffix = "th" if 10 <= whole % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(whole % 10, "th")
    return f"{whole}{suffix}"
