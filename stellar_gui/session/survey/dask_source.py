"""HATS catalogues as lsdb opens them, from a folder or an address, for encoding on a cluster (the extra `survey`)."""

from collections.abc import Generator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa

from stellar_gui.catalog.formats.arrow_frame import to_frame
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.catalog.survey.hats import find_hats
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.survey.dask_worker import Place
from stellar_gui.session.whole_table import has_class

if TYPE_CHECKING:
    from distributed import Client
    from lsdb import Catalog, MarginCatalog

SCHEME: Final = "hats://"
_FIRST_ROWS: Final = 10_000


@dataclass(frozen=True, eq=False)
class Source:
    """A HATS catalogue that is to be encoded.

    address: of it; name: for messages; catalog: without its margin; margin: the default one, None where there is none;
    first: rows of its first partition, with all columns.
    """

    address: str
    name: str
    catalog: "Catalog"
    margin: "MarginCatalog | None"
    first: pd.DataFrame

    @cached_property
    def numbers(self) -> dict[Place, int]:
        """The partitions' numbers, counted from 0 in the order of HEALPix order and pixel number."""
        places = sorted((int(pixel.order), int(pixel.pixel)) for pixel in self.catalog.get_healpix_pixels())
        return {place: number for number, place in enumerate(places)}

    @property
    def rows(self) -> int:
        """Rows with those of the margin, as the catalogue tells; 0 where it does not."""
        parts = [self.catalog, *([] if self.margin is None else [self.margin])]
        told = [part.hc_structure.catalog_info.total_rows for part in parts]
        return sum(told) if all(told) else 0


def is_address(text: str) -> bool:
    """Whether a text is the address of a HATS catalogue, and not a path."""
    return text.startswith(SCHEME)


def open_source(address: str) -> Source:
    """Open the catalogue in a folder or at an address `hats://...`, which holds a path or what lsdb opens.

    Raises InputError where there is none, or it lacks what lsdb needs.
    """
    import lsdb

    place = address.removeprefix(SCHEME).rstrip("/")
    name = place.rpartition("/")[2] or address
    if "://" not in place:
        place = str(Path(place).absolute())
        if find_hats(Path(place)) is None:
            raise InputError(f"{name}: no HATS catalogue in this folder; give the folder with hats.properties.")
    try:
        catalog = lsdb.open_catalog(place, columns="all")
        margin, catalog.margin = catalog.margin, None
        table = _first_rows(_files(catalog)[0])
    except (OSError, ValueError, TypeError, ImportError, NotImplementedError, pa.ArrowException) as error:
        raise InputError(f"{name}: the HATS catalogue cannot be opened ({_in_line(error)}).") from error
    if not catalog.hc_structure.has_healpix_column():
        raise InputError(f"{name}: no column of HEALPix pixels, which lsdb needs; import it anew with hats-import.")
    columns = [column for column in catalog.columns if column in table.column_names]
    return Source(place, name, catalog, margin, to_frame(table.select(columns), tuple(columns)))


def allowed_class_occurs(
    client: "Client", source: Source, column: str, cuts: QualityCuts
) -> Generator[Progress, None, bool]:
    """Whether a class that the cuts allow occurs in a column of the catalogue; as a rule in the first rows."""
    from distributed import as_completed

    if cuts.classes is None:
        return False
    if has_class(source.first, {"class": column}, cuts):
        return True
    files = _files(source.catalog)
    futures = client.map(_holds_class, files, column=column, cuts=cuts, pure=False)
    try:
        for done, future in enumerate(as_completed(futures), start=1):
            if future.result():
                return True
            yield Progress(done, len(files), "partitions", note="looking for the class")
    finally:
        client.cancel(futures)
    return False


def _files(catalog: "Catalog") -> list[Any]:
    """The partitions' files, or folders of files, as paths of any file system."""
    import hats

    structure = catalog.hc_structure
    folder, ending = structure.catalog_base_dir, structure.catalog_info.npix_suffix
    pixels = catalog.get_healpix_pixels()
    return [hats.io.pixel_catalog_file(folder, pixel, npix_suffix=ending) for pixel in pixels]


def _first_rows(file: Any) -> pa.Table:
    import pyarrow.dataset as ds

    return ds.dataset(file.path, filesystem=file.fs, format="parquet").head(_FIRST_ROWS)


def _holds_class(file: Any, column: str, cuts: QualityCuts) -> bool:
    """Runs on a worker: whether an allowed class occurs in a partition."""
    import pyarrow.dataset as ds

    table = ds.dataset(file.path, filesystem=file.fs, format="parquet").to_table(columns=[column])
    return has_class(to_frame(table, (column,)), {"class": column}, cuts)


def _in_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")[:300]
