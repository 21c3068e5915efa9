"""Options that several commands share: which column plays which role, and which rows take part."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING

from stellar_gui.commands.console import warn
from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from stellar_gui.catalog.catalog import Catalog
    from stellar_gui.catalog.quality import QualityCuts
    from stellar_gui.catalog.survey.taking import Taking

ALL_CLASSES = "all"


def add_column_option(parser: argparse.ArgumentParser) -> None:
    """--column ROLE=NAME, repeatable."""
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        type=_role_and_name,
        metavar="ROLE=NAME",
        dest="columns",
        help="the column that plays a role (u g r i z ra dec redshift identifier class, err_u ... err_z, ebv, "
        "extinction_u ... extinction_z) where the name is ambiguous, e.g. u=modelMag_u; nothing after the = leaves the "
        "role empty; repeatable",
    )


def add_dust_option(parser: "argparse._ActionsContainer", purpose: str) -> None:
    """--dust-map FILE."""
    parser.add_argument(
        "--dust-map",
        type=Path,
        metavar="FILE",
        help=f"a map of E(B-V), {purpose}: HEALPix in galactic or equatorial coordinates, or one of the two files of "
        "Schlegel, Finkbeiner and Davis (SFD_dust_4096_ngp.fits), the other one beside it",
    )


def add_table_option(parser: argparse.ArgumentParser) -> None:
    """--hdu NAME."""
    parser.add_argument(
        "--hdu",
        metavar="NAME",
        dest="table",
        help="which table of a FITS file or VOTable with several: its name or number (default: the first table)",
    )


def add_part_options(parser: argparse.ArgumentParser) -> None:
    """--sample N, --sample-seed N, --cone RA,DEC,RADIUS."""
    group = parser.add_argument_group(
        "part of a survey (of a Parquet file, a folder of them, or a HATS catalogue, of which the rest is not read)"
    )
    either = group.add_mutually_exclusive_group()
    either.add_argument(
        "--sample", type=whole_number, metavar="N", help="a random sample of N rows (default for a folder: 250,000)"
    )
    either.add_argument(
        "--cone",
        type=_cone,
        metavar="RA,DEC,RADIUS",
        help="all rows within a radius of a place, all in degrees, as in --cone=180.5,-1.2,2",
    )
    group.add_argument("--sample-seed", type=seed, default=0, metavar="N", help="of the sample (default: 0)")


def part_of(arguments: argparse.Namespace, path: Path) -> "Taking | None":
    """The sample or cone of a path that the options choose; None for all of a file."""
    from stellar_gui.catalog.survey.cone import Cone
    from stellar_gui.catalog.survey.sampling import STARS, Sample

    if arguments.cone is not None:
        return Cone(*arguments.cone)
    if arguments.sample is not None or path.is_dir():
        return Sample(STARS if arguments.sample is None else arguments.sample, arguments.sample_seed)
    return None


def _cone(text: str) -> tuple[float, float, float]:
    try:
        ra, dec, radius = (float(part) for part in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not three numbers RA,DEC,RADIUS in degrees") from error
    return ra, dec, radius


def add_quality_options(parser: argparse.ArgumentParser) -> None:
    """The quality switches of the data panel."""
    group = parser.add_argument_group("quality checks (rows that fail take no part)")
    switch = argparse.BooleanOptionalAction
    group.add_argument("--sentinel", action=switch, default=True, help="reject sentinel values such as -9999")
    group.add_argument(
        "--magnitude-range",
        nargs=2,
        type=float,
        default=(0.0, 30.0),
        metavar=("MIN", "MAX"),
        help="reject magnitudes outside this range (default: 0 30)",
    )
    group.add_argument(
        "--no-magnitude-range", action="store_const", const=None, dest="magnitude_range", help="accept any magnitude"
    )
    group.add_argument(
        "--zero-flux", action=switch, default=True, help="reject bands without a detection, at zero flux"
    )
    group.add_argument(
        "--mask-zero-flux",
        action="store_true",
        help="keep the stars of such bands, and leave only the bands out: they neither drive the loss nor count",
    )
    group.add_argument("--unique", action=switch, default=True, help="keep the first of rows with the same identifier")
    group.add_argument(
        "--classes",
        action="append",
        metavar="CLASS",
        help="keep rows of this class only, where the table has a class column; several as STAR,QSO; "
        f"'{ALL_CLASSES}' keeps every class (default: STAR)",
    )


def columns_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Column name by role, as chosen."""
    return dict(arguments.columns)


def cuts_of(arguments: argparse.Namespace) -> "QualityCuts":
    """The quality checks as chosen."""
    from stellar_gui.catalog.quality import QualityCuts

    span = arguments.magnitude_range
    if span is not None and not span[0] < span[1]:
        raise InputError("--magnitude-range wants two numbers, the smaller one first")
    named = [name.strip() for part in arguments.classes or ["STAR"] for name in part.split(",") if name.strip()]
    if not named:
        raise InputError("--classes wants the name of a class, such as STAR, or 'all'")
    return QualityCuts(
        sentinel=arguments.sentinel,
        magnitude_range=None if span is None else tuple(span),
        zero_flux=arguments.zero_flux,
        unique=arguments.unique,
        mask_zero_flux=arguments.mask_zero_flux,
        classes=None if ALL_CLASSES in named else tuple(named),
    )


def warn_of_classes(arguments: argparse.Namespace, catalog: "Catalog") -> None:
    """Warn where the classes that --classes names cannot be told apart, so that every row is kept."""
    from stellar_gui.catalog.quality import class_note

    cuts, name = cuts_of(arguments), catalog.provenance.name
    if not arguments.classes or cuts.classes is None:
        return
    if catalog.labels is None:
        warn(f"{name}: no column with classes, so --classes keeps every row; name it with --column class=NAME.")
    elif note := class_note(catalog, cuts):
        warn(f"{name}: {note}")


def _role_and_name(text: str) -> tuple[str, str]:
    role, separator, name = text.partition("=")
    if not separator or not role:
        raise argparse.ArgumentTypeError(f"'{text}' is not of the form ROLE=NAME, such as u=modelMag_u")
    return role, name


def table_to_write(text: str) -> Path:
    """A path whose ending tells a format that tables are written in, for argparse."""
    from stellar_gui.catalog.reading import ending
    from stellar_gui.catalog.writing import WRITERS

    if ending(Path(text), WRITERS) is None:
        raise argparse.ArgumentTypeError(f"'{text}' has none of the endings {', '.join(WRITERS)}")
    return Path(text)


def session_to_write(text: str) -> Path:
    """A path that ends in .stellar, for argparse."""
    if Path(text).suffix.lower() != ".stellar":
        raise argparse.ArgumentTypeError(f"'{text}' does not end in .stellar")
    return Path(text)


def compressed_to_write(text: str) -> Path:
    """A path that ends in .stellarz, for argparse."""
    if Path(text).suffix.lower() != ".stellarz":
        raise argparse.ArgumentTypeError(f"'{text}' does not end in .stellarz")
    return Path(text)


def whole_number(text: str) -> int:
    """A whole number from 0 on, for argparse; thousands may be separated by _."""
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 0 on")
    return value


def positive_count(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    value = whole_number(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from 1 on")
    return value


def seed(text: str) -> int:
    """A whole number from 0 to 4294967295, for argparse: what every generator of random numbers takes."""
    value = whole_number(text)
    if value >= 2**32:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number below {2**32}")
    return value


def positive_number(text: str) -> float:
    """A finite number above 0, for argparse."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number above 0")
    return value
