"""How catalogues name their columns: spellings of bands, their errors, dust, sky position, redshift, name and class."""

import re
from typing import Final

from stellar_gui.catalog.bands import BAND_NAMES

_UNIT: Final = re.compile(
    r"^(?P<name>.*\S)\s*(?:\[(?P<bracket>[^][]*)\]|(?<=\s)\((?P<paren>[^()]*)\)|\((?P<known>mag|ABmag|deg|degrees?)\))\s*$",
    re.IGNORECASE | re.DOTALL,
)


def _patterns() -> tuple[str, ...]:
    """Spellings of a magnitude column without case and separators, `{}` for the band, the preferred first."""
    patterns = ["{}", "{}mag", "mag{}", "sdss{}", "{}sdss"]
    for kind in ("model", "psf", "cmodel", "dered", "petro", "fiber", "fiber2", "exp", "dev", "aper", "auto"):
        patterns += [f"{kind}mag{{}}", f"{{}}{kind}mag", f"mag{kind}{{}}", f"{{}}mag{kind}"]
        if kind in ("model", "psf", "cmodel", "dered"):
            patterns += [f"{kind}{{}}", f"{{}}{kind}"]
    return tuple(patterns)


FAMILIES: Final = _patterns()
"""Families of magnitude columns in the order in which they are preferred: plain `u` (in SDSS's PhotoObj the model
magnitude), `umag`, then model, PSF, composite model, dereddened, Petrosian, fibre and other magnitudes."""

BAND_SPELLINGS: Final = {family.format(band): (family, band) for family in FAMILIES for band in BAND_NAMES}
"""(family, band) by a column's name without case and separators."""

POSITIONS: Final = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("ra", "de"),
    ("raicrs", "deicrs"),
    ("raicrs", "decicrs"),
    ("radeg", "decdeg"),
    ("radeg", "dedeg"),
    ("rightascension", "declination"),
    ("alphaj2000", "deltaj2000"),
    ("alpha", "delta"),
)
"""Pairs of names of right ascension and declination, the preferred first."""

REDSHIFTS: Final = ("redshift", "zred", "zspec", "specz", "zsp", "zhelio", "zbest", "photoz", "zphot")
IDENTIFIERS: Final = (
    "objid",
    "photoobjid",
    "bestobjid",
    "objectid",
    "sourceid",
    "starid",
    "thingid",
    "specobjid",
    "id",
    "sdssid",
    "sdssname",
    "objname",
    "designation",
    "name",
    "sdss",
)
CLASSES: Final = (
    "class",
    "specclass",
    "objclass",
    "objectclass",
    "spectype",
    "classification",
    "label",
    "objtype",
    "type",
)

REDDENINGS: Final = ("ebvmap", "ebv", "ebmv", "sfdebv", "ebvsfd", "sfebv", "ebvsf")
_ERRORS_OF: Final = (
    "{kind}err{band}",
    "err{name}",
    "{name}err",
    "{name}error",
    "e{name}",
    "sigma{name}",
    "{name}sigma",
)
_ERRORS: Final = ("err{band}", "{band}err", "e{band}", "{band}error", "modelmagerr{band}", "psfmagerr{band}")
_EXTINCTIONS: Final = ("extinction{band}", "ext{band}", "galext{band}", "a{band}")


def error_names(band: str, column: str) -> tuple[str, ...]:
    """Names, without case and separators, of the errors of magnitudes in a column, the likeliest first.

    `psfMagErr_u` for `psfMag_u`, `e_umag` for `umag`, `Err_u` or `u_err` for any.
    """
    name = plain(column)
    kind = name.removesuffix(band) if len(name) > 1 and name.endswith(band) else name
    own = [form.format(kind=kind, name=name, band=band) for form in _ERRORS_OF]
    return tuple(dict.fromkeys([*own, *(form.format(band=band) for form in _ERRORS)]))


def extinction_names(band: str) -> tuple[str, ...]:
    """Names, without case and separators, of a band's extinction, such as `extinction_r` and `A_r`."""
    return tuple(form.format(band=band) for form in _EXTINCTIONS)


def split_unit(column: str) -> tuple[str, str | None]:
    """The name and the unit in a heading such as `u [mag]`, `u (mag)` or `u(mag)`; None where there is no unit."""
    match = _UNIT.match(column)
    if match is None:
        return column.strip(), None
    unit = match["bracket"] or match["paren"] or match["known"] or ""
    return match["name"].strip(), unit.strip() or None


def plain(column: str) -> str:
    """A column's name without unit, case and separators: `psfMag_u [mag]` becomes `psfmagu`."""
    return re.sub(r"[\W_]+", "", split_unit(column)[0].lower())
