"""HATS catalogues on disk (IVOA note "HATS", 2025): their properties, and the HEALPix pixel of each partition."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from stellar_gui.catalog.atomic import atomic_target
from stellar_gui.errors import InputError, OutputError

PROPERTIES: Final = ("hats.properties", "properties")
COLLECTION: Final = "collection.properties"
DATASET: Final = "dataset"
SPATIAL_INDEX: Final = "_healpix_29"
"""The column of each row's pixel of order 29, nested, by which a partition is sorted."""

_PIXEL: Final = re.compile(r"Norder=(\d+)[/\\](?:Dir=\d+[/\\])?Npix=(\d+)")
_LARGEST_ORDER: Final = 29
_LARGEST_FILE: Final = 1 << 20
_PARTITIONS: Final = "partition_info.csv"
_SAME_OF_ALL: Final = (_PARTITIONS, "skymap*.fits", "point_map.fits")
_OF_THE_FILES: Final = ("hats_cols_default", "hats_creation_date", "hats_max_bytes", "creator_did", "publisher_did")
"""Properties that do not hold for another catalogue of the same rows."""


@dataclass(frozen=True, order=True)
class Pixel:
    """A pixel of the sky: its HEALPix order and number, nested, in equatorial coordinates."""

    order: int
    number: int


@dataclass(frozen=True, eq=False)
class Hats:
    """What a HATS catalogue says of itself.

    folder: of the catalogue itself, also where it was opened by the collection around it; properties: text by key;
    margins: folders of margin caches that belong to it, the default one first.
    """

    folder: Path
    properties: Mapping[str, str]
    margins: tuple[Path, ...] = ()

    @property
    def position(self) -> tuple[str, str]:
        """The columns of right ascension and declination, deg."""
        return self.properties.get("hats_col_ra", "ra"), self.properties.get("hats_col_dec", "dec")


def find_hats(path: Path) -> Hats | None:
    """The HATS catalogue in a folder, or the main one of a collection of them; None where there is none.

    Raises InputError where the folder holds another product than a table of objects, such as a margin cache, or a
    collection without its main catalogue; OSError.
    """
    if not (collection := path / COLLECTION).is_file():
        return _hats(path)
    told = read_properties(collection)
    name = told.get("hats_primary_table_url", "")
    margins = [told["default_margin"]] if "default_margin" in told else []
    margins += [margin for margin in told.get("all_margins", "").split() if margin not in margins]
    found = _hats(path / name, tuple(path / margin for margin in margins if (path / margin).is_dir())) if name else None
    if found is None:
        raise InputError(f"{path.name}: its main catalogue, {name or 'not named'}, is missing; copy it again.")
    return found


def _hats(folder: Path, margins: tuple[Path, ...] = ()) -> Hats | None:
    """The catalogue in a folder itself; None where there is none."""
    file = next((folder / name for name in PROPERTIES if (folder / name).is_file()), None)
    if file is None:
        return None
    properties = read_properties(file)
    kind = properties.get("dataproduct_type", "object")
    if kind not in ("object", "source"):
        raise InputError(f"{folder.name}: this is a {kind} of a HATS catalogue, not a table of stars; open that one.")
    return Hats(folder, MappingProxyType(properties), margins)


def read_properties(path: Path) -> dict[str, str]:
    """Text by key from lines `key=value`; comments and other lines are passed over. Raises InputError; OSError."""
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(f"{path.name}: far too long for the properties of a HATS catalogue; copy it again.")
    lines = (line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith(("#", "!")))
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


def write_hats_frame(
    hats: Hats, folder: Path, partitions: Mapping[Path, Pixel | None], schema: pa.Schema, builder: str
) -> None:
    """Make a folder of the same partitions, whose rows and pixels are those of a catalogue, a catalogue of its own.

    partitions: its files, and the pixel of each; schema: of them; builder: the program that made them. Its properties
    are the catalogue's but for those that tell of the files, its name that of the folder; maps of the sky and the list
    of partitions, which hold for it as well, are copied. Raises OutputError.
    """
    import pyarrow.parquet as pq

    told = {key: value for key, value in hats.properties.items() if key not in _OF_THE_FILES}
    told |= {"obs_collection": folder.name, "hats_builder": builder}
    try:
        told["hats_estsize"] = str(sum(path.stat().st_size for path in partitions) // 1024)
        for path in sorted(path for pattern in _SAME_OF_ALL for path in hats.folder.glob(pattern)):
            with atomic_target(folder / path.name) as temporary:
                shutil.copyfile(path, temporary)
        if not (folder / _PARTITIONS).exists():
            pixels = sorted({pixel for pixel in partitions.values() if pixel is not None})
            with atomic_target(folder / _PARTITIONS) as temporary:
                lines = ["Norder,Npix", *(f"{pixel.order},{pixel.number}" for pixel in pixels)]
                temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
        with atomic_target(folder / DATASET / "_common_metadata") as temporary:
            pq.write_metadata(schema, temporary)
        with atomic_target(folder / PROPERTIES[0]) as temporary:
            lines = ["#HATS catalog", *(f"{key}={value}" for key, value in told.items())]
            temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder.name}: {(error.strerror or str(error)).lower()}; choose another folder.") from error


def pixel_of(path: Path) -> Pixel | None:
    """The pixel that a partition's path names, as `Norder=2/Dir=0/Npix=101.parquet`; None where it names none."""
    found = _PIXEL.search(str(path))
    if found is None:
        return None
    order, number = int(found[1]), int(found[2])
    return Pixel(order, number) if order <= _LARGEST_ORDER and number < 12 * 4**order else None
