"""How numbers are written for people, as everywhere in the program; see `stellar_gui.numbers`."""

from stellar_gui.numbers import MINUS, count, duration, file_size, fixed, ordinal, share, short, stars

__all__ = ["MINUS", "count", "duration", "file_size", "fixed", "ordinal", "share", "short", "stars"]
