"""What is known of a column besides its name and unit."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ColumnMeta:
    """What a column means.

    ucd: Unified Content Descriptor (IVOA's UCD1+), such as `phot.mag;em.opt.U`; description: a sentence. Empty where
    they are not known.
    """

    ucd: str = ""
    description: str = ""
