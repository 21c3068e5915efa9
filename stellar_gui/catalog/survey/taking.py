"""A part of a survey as a catalogue: a seeded random sample of its rows, or a cone on the sky; the rest is not read."""

import hashlib
import json
import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import recognise
from stellar_gui.catalog.formats.arrow_frame import column_meta_of, to_frame, unfolded_size, units_of
from stellar_gui.catalog.formats.csv_layout import unique_names
from stellar_gui.catalog.formats.raw_table import LIMITS, Limits, opening_memory, size_in_words
from stellar_gui.catalog.survey.parts import Part, Survey, open_survey
from stellar_gui.errors import InputError, MissingBandsError
from stellar_gui.progress import Progress

STARS: Final = 250_000
"""Rows of a sample where nothing else is said."""
_BATCH: Final = 1 << 16


@dataclass(frozen=True)
class Sample:
    """So many rows, each as likely as any other, without one twice; the same seed chooses the same rows."""

    rows: int = STARS
    seed: int = 0

    def words(self, taken: int, of: int) -> str:
        """What a catalogue says that holds this part of a survey."""
        return f"random sample of {taken:,} of {of:,} rows, seed {self.seed}"


@dataclass(frozen=True)
class Cone:
    """All rows within a radius of a place; ra, dec, radius: deg."""

    ra: float
    dec: float
    radius: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.ra) and abs(self.dec) <= 90):
            raise InputError(f"there is no place RA {self.ra:g}, Dec {self.dec:g} on the sky; Dec is from -90 to 90")
        if not 0 < self.radius <= 180:
            raise InputError(f"a cone has a radius above 0 and up to 180 deg, not {self.radius:g}")

    def words(self, taken: int, of: int) -> str:
        """What a catalogue says that holds this part of a survey."""
        return f"cone of {self.radius!r} deg around RA {self.ra!r}, Dec {self.dec!r}: {taken:,} of {of:,} rows"


Taking = Sample | Cone


def taking_of(words: str) -> Taking | None:
    """The sample, of as many rows as came, or the cone that says of itself `words`; None for other text."""
    if found := re.fullmatch(r"random sample of ([\d,]+) of [\d,]+ rows, seed (\d+)", words):
        return Sample(int(found[1].replace(",", "")), int(found[2]))
    number = r"(-?[\d.]+(?:e[+-]?\d+)?)"
    if found := re.fullmatch(rf"cone of {number} deg around RA {number}, Dec {number}: .*", words):
        return Cone(float(found[2]), float(found[3]), float(found[1]))
    return None


def load_part(
    path: Path, taking: Taking, columns: Mapping[str, str] = MappingProxyType({}), limits: Limits = LIMITS
) -> Generator[Progress, None, Catalog]:
    """Read a sample or a cone of a Parquet file, a folder of them or a HATS catalogue, and recognise its columns.

    The rows come in the survey's order. Only the row groups are read that hold some of them; of a HATS catalogue only
    the partitions that a cone touches. columns: as for `load_catalog`.
    Yields Progress in rows. Raises InputError as `open_survey` and `load_catalog` do, where a cone is empty or what is
    asked for does not fit in memory.
    """
    path = Path(path)
    opened = datetime.now(UTC).isoformat(timespec="seconds")
    survey = yield from open_survey(path)
    try:
        if isinstance(taking, Sample):
            pieces = _sampled(survey, taking)
        else:
            pieces = _in_cone(survey, taking, _position(survey, columns))
        table = yield from _gathered(survey, pieces, limits)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path.name}: one of its files is damaged or has changed; copy it again.") from error
    if not len(table):
        raise InputError(f"{path.name}: no stars in that cone; choose another place or a larger radius.")
    names = unique_names(table.column_names)
    frame = to_frame(table, names)
    try:
        found = recognise(frame, columns)
    except MissingBandsError as error:
        raise MissingBandsError(f"{path.name}: {error}.", error.columns) from error
    except InputError as error:
        raise InputError(f"{path.name}: {error}.") from error
    return Catalog(
        table=frame,
        columns=found.roles,
        provenance=Provenance(
            name=path.name,
            path=str(path.resolve()),
            size=sum(part.size for part in survey.parts),
            sha256=digest_of(survey),
            opened=opened,
            part=taking.words(len(frame), survey.rows),
        ),
        units=units_of(survey.schema),
        candidates=found.candidates,
        ambiguous=found.ambiguous,
        chosen=columns,
        column_meta=column_meta_of(survey.schema),
    )


def digest_of(survey: Survey) -> str:
    """Hex digest (SHA-256) of the names, rows and bytes of a survey's files, which stands for their content."""
    facts = [[survey.name_of(part), part.rows, part.size] for part in survey.parts]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


Pieces = Generator[tuple[pa.Table, int], None, None]
"""Tables of chosen rows, and how many rows were looked at for each."""


def _gathered(survey: Survey, pieces: Pieces, limits: Limits) -> Generator[Progress, None, pa.Table]:
    tables, done, size, rows = [survey.schema.empty_table()], 0, 0, 0
    for table, looked_at in pieces:
        done += looked_at
        if len(table):
            tables.append(table)
            rows += len(table)
            size += sum(unfolded_size(column) for column in table.columns)
            if opening_memory(size, rows) > limits.memory:
                raise InputError(
                    f"{survey.path.name}: that part takes more than {size_in_words(limits.memory)} of memory; "
                    "take a smaller sample or cone."
                )
        yield Progress(min(done, survey.rows), survey.rows, "rows")
    return pa.concat_tables(tables)


def _sampled(survey: Survey, sample: Sample) -> Pieces:
    rng = np.random.default_rng(sample.seed)
    sizes = np.array([part.rows for part in survey.parts], dtype=np.int64)
    wanted = min(sample.rows, survey.rows)
    counts = rng.multivariate_hypergeometric(sizes, wanted, method="marginals") if len(sizes) > 1 else [wanted]
    for part, count in zip(survey.parts, counts, strict=True):
        chosen = np.sort(rng.choice(part.rows, int(count), replace=False, shuffle=False)) if count else _NO_ROWS
        with pq.ParquetFile(part.path) as file:
            ends = np.cumsum([file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)])
            if not len(chosen):
                yield survey.schema.empty_table(), part.rows
                continue
            groups = np.unique(np.searchsorted(ends, chosen, side="right")).tolist()
            for group in groups:
                start = int(ends[group - 1]) if group else 0
                place = start
                for batch in file.iter_batches(_BATCH, row_groups=[group]):
                    first, last = np.searchsorted(chosen, (place, place + len(batch)))
                    yield pa.Table.from_batches([batch]).take(pa.array(chosen[first:last] - place)), len(batch)
                    place += len(batch)


_NO_ROWS: Final[NDArray[np.int64]] = np.empty(0, dtype=np.int64)


def _in_cone(survey: Survey, cone: Cone, position: tuple[str, str]) -> Pieces:
    for part in _touched(survey.parts, cone):
        with pq.ParquetFile(part.path) as file:
            for group in _groups_near(file, cone, position[1]):
                for batch in file.iter_batches(_BATCH, row_groups=[group]):
                    table = pa.Table.from_batches([batch])
                    ra, dec = (table[name].cast(pa.float64()).to_numpy() for name in position)
                    yield table.filter(pa.array(separation(ra, dec, cone.ra, cone.dec) <= cone.radius)), len(batch)
        yield survey.schema.empty_table(), 0


def separation(ra: NDArray[np.float64], dec: NDArray[np.float64], ra0: float, dec0: float) -> NDArray[np.float64]:
    """(n,) float64, deg: great-circle distance of n places from one, all deg, by the haversine formula; NaN stays."""
    a, d, a0, d0 = np.radians(ra), np.radians(dec), np.radians(ra0), np.radians(dec0)
    half = np.sin((d - d0) / 2) ** 2 + np.cos(d) * np.cos(d0) * np.sin((a - a0) / 2) ** 2
    found: NDArray[np.float64] = np.degrees(2 * np.arcsin(np.sqrt(np.clip(half, 0, 1))))
    return found


def _touched(parts: Iterable[Part], cone: Cone) -> list[Part]:
    """The parts of which some stars may lie in a cone: all that have no pixel, and those whose pixel touches it."""
    from astropy import units
    from astropy_healpix import HEALPix

    near: dict[int, frozenset[int]] = {}
    found = []
    for part in parts:
        if part.pixel is not None:
            order = part.pixel.order
            if order not in near:
                grid = HEALPix(2**order, order="nested")
                place = cone.ra * units.deg, cone.dec * units.deg
                near[order] = frozenset(grid.cone_search_lonlat(*place, radius=cone.radius * units.deg).tolist())
            if part.pixel.number not in near[order]:
                continue
        found.append(part)
    return found


def _groups_near(file: pq.ParquetFile, cone: Cone, dec: str) -> list[int]:
    """The row groups whose declinations, as the footer tells them, may lie in a cone."""
    place = file.schema_arrow.names.index(dec)
    near = []
    for number in range(file.num_row_groups):
        known = file.metadata.row_group(number).column(place).statistics
        if (
            known is None
            or not known.has_min_max
            or (known.min <= cone.dec + cone.radius and known.max >= cone.dec - cone.radius)
        ):
            near.append(number)
    return near


def _position(survey: Survey, columns: Mapping[str, str]) -> tuple[str, str]:
    """The columns of right ascension and declination. Raises InputError where there are none."""
    chosen = columns.get("ra"), columns.get("dec")
    names: Sequence[str] = survey.schema.names
    if chosen[0] in names and chosen[1] in names:
        return str(chosen[0]), str(chosen[1])
    if survey.hats is not None and set(survey.hats.position) <= set(names):
        return survey.hats.position
    first = next(part for part in survey.parts if part.rows)
    with pq.ParquetFile(first.path) as file:
        head = pa.Table.from_batches([next(file.iter_batches(1000))])
    try:
        roles = recognise(to_frame(head, unique_names(head.column_names)), columns).roles
    except InputError as error:
        raise InputError(f"{survey.path.name}: {error}.") from error
    if not {"ra", "dec"} <= roles.keys():
        raise InputError(
            f"{survey.path.name}: no columns of right ascension and declination, so that no cone can be taken; "
            "take a sample, or name them, as in --column ra=NAME --column dec=NAME."
        )
    return roles["ra"], roles["dec"]
