"""Queries to begin with, for SkyServer's tables PhotoObj, SpecObj and Star."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Example:
    """A query under a title, and what it gives in one sentence."""

    title: str
    text: str
    sql: str


LECTURE: Final = """\
SELECT TOP 255000
  p.ra, p.dec, s.z AS redshift, p.u, p.g, p.r, p.i, p.z
FROM PhotoObj AS p
  JOIN SpecObj AS s ON s.bestobjid = p.objid
WHERE
  p.u BETWEEN 0 AND 30 AND p.g BETWEEN 0 AND 30 AND p.r BETWEEN 0 AND 30
  AND p.i BETWEEN 0 AND 30 AND p.z BETWEEN 0 AND 30
  AND s.class = 'STAR'
"""

EXAMPLES: Final = (
    Example(
        "The lecture's stars",
        "Magnitudes and redshifts of stars with a spectrum.",
        LECTURE,
    ),
    Example(
        "By spectral class",
        "White dwarfs and carbon stars, told apart by their spectra.",
        """\
SELECT TOP 50000
  p.objid, p.ra, p.dec, p.u, p.g, p.r, p.i, p.z,
  s.class, s.subClass, s.z AS redshift
FROM PhotoObj AS p
  JOIN SpecObj AS s ON s.bestobjid = p.objid
WHERE
  s.class = 'STAR' AND s.zWarning = 0
  AND (s.subClass LIKE 'WD%' OR s.subClass LIKE 'Carbon%')
""",
    ),
    Example(
        "By sky area",
        "Stars within 30 arcminutes of the globular cluster M 13 (250.42, +36.46 degrees).",
        """\
SELECT TOP 100000
  p.objid, p.ra, p.dec, p.u, p.g, p.r, p.i, p.z, n.distance
FROM dbo.fGetNearbyObjEq(250.42, 36.46, 30) AS n
  JOIN Star AS p ON p.objid = n.objid
WHERE p.clean = 1
""",
    ),
    Example(
        "Photometry without spectra",
        "Every star of a strip of sky that was measured well, whether it has a spectrum or not.",
        """\
SELECT TOP 255000
  p.objid, p.ra, p.dec,
  p.psfMag_u, p.psfMag_g, p.psfMag_r, p.psfMag_i, p.psfMag_z
FROM Star AS p
WHERE
  p.ra BETWEEN 180 AND 190 AND p.dec BETWEEN 0 AND 5
  AND p.clean = 1 AND p.psfMag_r BETWEEN 14 AND 21
""",
    ),
    Example(
        "With errors and extinction",
        "Magnitudes with errors and extinction, to weight and to deredden by.",
        """\
SELECT TOP 255000
  p.objid, p.ra, p.dec, s.class, s.z AS redshift,
  p.u, p.g, p.r, p.i, p.z,
  p.err_u, p.err_g, p.err_r, p.err_i, p.err_z,
  p.extinction_u, p.extinction_g, p.extinction_r, p.extinction_i, p.extinction_z
FROM PhotoObj AS p
  JOIN SpecObj AS s ON s.bestobjid = p.objid
WHERE
  p.u BETWEEN 0 AND 30 AND p.g BETWEEN 0 AND 30 AND p.r BETWEEN 0 AND 30
  AND p.i BETWEEN 0 AND 30 AND p.z BETWEEN 0 AND 30
  AND s.class = 'STAR'
""",
    ),
)
