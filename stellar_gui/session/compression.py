"""Compressing a catalogue to latent positions and a network, and decoding it again."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog, Provenance
from stellar_gui.catalog.columns import ColumnRoles, numbers, recognise
from stellar_gui.catalog.photometry import extinction
from stellar_gui.catalog.writing import atomic_target
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.compressed_file import (
    EXACT,
    LATENTS,
    OTHERS,
    SOURCE,
    Compression,
    Described,
    Loss,
    description_of,
    read_parts,
)
from stellar_gui.session.details import details_of
from stellar_gui.session.export import MEAN_MAGNITUDE, latent_names
from stellar_gui.session.session import Mask, Session, now
from stellar_gui.session.storage.archive import manifest_of, read_model
from stellar_gui.session.storage.container import MANIFEST, MODEL, write_members
from stellar_gui.session.storage.manifest import Manifest
from stellar_gui.session.storage.tables import from_parquet, to_parquet

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

DIMENSIONS: Final = (2, 3, 4)
KEEP_BEYOND: Final = 0.5
"""mag, root mean square of a star's five residuals: beyond it the measured magnitudes are kept."""
DECIMALS: Final = 5
MEAN_MAGNITUDE_STEP: Final = 1e-3
_STEPS: Final = tuple(2.0**-k for k in range(2, 13))
_ALLOWED: Final = 0.1
"""By which share of the network's own rms the rounding of latent positions may add an rms, in any band."""
_LARGEST: Final = np.iinfo(np.int16).max
_SAMPLE: Final = 20_000
_BATCH: Final = 1 << 16
_ROW: Final = "row"


def compress(
    session: Session, path: Path, latent: int | None = None, keep_beyond: float = KEEP_BEYOND
) -> Generator[Any, Any, Compression]:
    """Write a session's table as a compressed catalogue, atomically; the same session gives the same bytes.

    latent: numbers per star; None takes those of the session's run. Where none of the session's runs has as many, one
    is trained with the settings of the current run, or the defaults. keep_beyond: mag; rows with a larger error keep
    their magnitudes, as do those that take no part and those with a band without a detection.
    Latent positions are rounded to whole multiples of a step, the largest power of two that adds an rms of at most a
    tenth of the network's own in every band.
    Yields what `fit` yields while it trains, and Progress. Raises InputError for a session without stars or, without
    `latent`, without a model; TrainingError where the training fails; OutputError where the file cannot be written.
    """
    session = yield from _with_model(session, latent)
    catalog, model, embedding = session.catalog, session.model, session.embedding
    assert model is not None and embedding is not None
    details = details_of(catalog, session.quality, model.config)
    step = _step(model, session)
    whole = _rounded(embedding.latent, step)
    brightness = None if embedding.brightness is None else _rounded(embedding.brightness[:, None], MEAN_MAGNITUDE_STEP)
    exact = ~session.quality.kept | (np.abs(whole) > _LARGEST).any(axis=1)
    if session.quality.masked is not None:
        exact |= session.quality.masked.any(axis=1)
    whole[exact] = 0
    decoded = yield from _decode(model, whole, step, brightness, details.extinction)
    residual = catalog.magnitudes.astype(np.float64) - decoded
    with np.errstate(invalid="ignore"):
        exact |= ~(np.sqrt(np.mean(residual**2, axis=1)) <= keep_beyond)
    whole[exact] = 0
    if brightness is not None:
        brightness[exact] = 0

    from stellar_gui.autoencoder.model_file import to_bytes

    names = [catalog.columns[band] for band in BAND_NAMES]
    members = {
        LATENTS: (yield from to_parquet(_latent_table(whole, brightness), smallest=True)),
        EXACT: (yield from to_parquet(_exact_table(catalog, exact), smallest=True)),
        OTHERS: (yield from to_parquet(catalog.table.drop(columns=names), smallest=True)),
        MODEL: to_bytes(model),
    }
    plain = yield from to_parquet(catalog.table)
    compression = Compression(
        rows=len(catalog),
        exact=int(exact.sum()),
        keep_beyond=keep_beyond,
        latent=whole.shape[1],
        step=step,
        mean_magnitude_step=None if brightness is None else MEAN_MAGNITUDE_STEP,
        columns=tuple(str(name) for name in catalog.table.columns),
        loss={band: _loss(residual[~exact, k]) for k, band in enumerate(BAND_NAMES)},
        packed={name: len(content) for name, content in members.items()},
        magnitudes=4 * len(BAND_NAMES) * len(catalog),
        parquet=len(plain),
    )
    source = manifest_of(Session(catalog, session.cuts, model, embedding, created=session.created))
    head = {MANIFEST: compression.to_json(session.created), SOURCE: source.to_json()}
    description_of(head, path.name)
    with atomic_target(path) as target:
        yield from write_members(target, head | members)
    return compression


def decompress(path: Path) -> Generator[Progress, None, Catalog]:
    """The catalogue in a compressed file, its magnitudes decoded but for the rows that are kept exactly.

    Its metadata state the loss, and where it comes from. Raises InputError where the file is missing, damaged, made by
    a newer version, or no compressed catalogue.
    """
    described, members = yield from read_parts(path)
    compression, source, name = described.compression, described.source, path.name
    assert source.model is not None
    model = read_model(members[MODEL], source.model, name)
    latents = yield from from_parquet(members[LATENTS], compression.rows, name)
    exact = yield from from_parquet(members[EXACT], compression.exact, name)
    table = yield from _others(members[OTHERS], described, name)
    whole, brightness = _whole(latents, described, model, name)
    bands = [source.columns[band] for band in BAND_NAMES]
    kept = _kept_rows(exact, bands, compression.rows, name)
    roles, provenance = ColumnRoles(MappingProxyType(dict(source.columns))), _provenance(path, source)
    dust = extinction(Catalog(table, roles, provenance)) if model.config.deredden else None
    dust = None if dust is None else np.nan_to_num(dust, nan=0.0)
    decoded = yield from _decode(model, whole, compression.step, brightness, dust)
    for k, band in enumerate(bands):
        values = np.round(decoded[:, k].astype(np.float64), DECIMALS)
        values[kept] = numbers(exact[band])
        table[band] = values
    try:
        found = recognise(table, source.chosen)
    except InputError as error:
        raise InputError(f"{name}: damaged; {error}.") from error
    origin = source.provenance.path or source.provenance.name
    return Catalog(
        table=table,
        columns=roles,
        provenance=provenance,
        units=source.units,
        candidates=found.candidates,
        metadata={**source.metadata, "compressed": compression.in_words, "compressed_from": origin},
        chosen=source.chosen,
        column_meta=source.column_meta,
    )


def _with_model(session: Session, latent: int | None) -> Generator[Any, Any, Session]:
    """The session with a run of that latent dimension as its current one, trained where there is none."""
    from stellar_gui.autoencoder.config import TrainingConfig
    from stellar_gui.session.details import place
    from stellar_gui.session.pipeline import fit

    model = session.model
    wanted = latent if model is None else latent or model.config.network.latent
    if wanted is None:
        raise InputError(f"{session.catalog.provenance.name}: no trained model in the session; train one first.")
    models = [*([] if model is None else [model]), *(run.model for run in reversed(session.runs))]
    found = next((one for one in models if one.config.network.latent == wanted), None)
    if found is None:
        config = TrainingConfig() if model is None else model.config
        config = replace(config, network=replace(config.network, latent=wanted))
        fitted = yield from fit(session.catalog, session.cuts, config)
        return replace(fitted, created=session.created)
    if found is model and session.embedding is not None:
        return session
    embedding = yield from place(found, session.catalog, session.quality)
    return replace(session, model=found, embedding=embedding)


def _step(model: "TrainedModel", session: Session) -> float:
    """The step of the latent positions, from a sample of the stars."""
    assert session.embedding is not None
    rows = np.flatnonzero(session.quality.kept)
    rows = rows[:: max(len(rows) // _SAMPLE, 1)]
    latent = session.embedding.latent[rows]
    own = np.sqrt(np.nanmean(session.embedding.residual[rows].astype(np.float64) ** 2, axis=0))
    there = model.decode(latent)
    for step in _STEPS[:-1]:
        moved = model.decode((_rounded(latent, step) * step).astype(np.float32))
        if (np.sqrt(np.mean((moved.astype(np.float64) - there) ** 2, axis=0)) <= _ALLOWED * own).all():
            return step
    return _STEPS[-1]


def _rounded(values: NDArray[np.float32], step: float) -> NDArray[np.int32]:
    """Whole multiples of a step, 0 for NaN; of what is beyond int32 the largest."""
    multiples = np.rint(np.nan_to_num(values.astype(np.float64), nan=0.0) / step)
    return np.clip(multiples, -(2**30), 2**30).astype(np.int32)


def _decode(
    model: "TrainedModel",
    whole: NDArray[np.int32],
    step: float,
    brightness: NDArray[np.int32] | None,
    dust: NDArray[np.float32] | None,
) -> Generator[Progress, None, NDArray[np.float32]]:
    """(n, 5) float32, mag, of rounded latent positions (n, m) and mean magnitudes (n, 1)."""
    decoded = np.empty((len(whole), len(BAND_NAMES)), np.float32)
    for start in range(0, len(whole), _BATCH):
        rows = slice(start, start + _BATCH)
        mean = None if brightness is None else (brightness[rows, 0] * MEAN_MAGNITUDE_STEP).astype(np.float32)
        decoded[rows] = model.decode((whole[rows] * step).astype(np.float32), mean)
        if dust is not None:
            decoded[rows] += dust[rows]
        yield Progress(min(start + _BATCH, len(whole)), len(whole), "stars")
    return decoded


def _latent_table(whole: NDArray[np.int32], brightness: NDArray[np.int32] | None) -> pd.DataFrame:
    columns = dict(zip(latent_names(whole.shape[1]), whole.T, strict=True))
    if brightness is not None:
        columns[MEAN_MAGNITUDE] = brightness[:, 0]
    return pd.DataFrame(columns)


def _exact_table(catalog: Catalog, exact: Mask) -> pd.DataFrame:
    """Row number and magnitudes, as they are, of some rows."""
    rows = np.flatnonzero(exact)
    names = [catalog.columns[band] for band in BAND_NAMES]
    columns = {name: numbers(catalog.table[name].iloc[rows]) for name in names}
    return pd.DataFrame({_ROW: rows.astype(np.int64), **columns})


def _loss(residual: NDArray[np.float64]) -> Loss:
    if not len(residual):
        return Loss(None, None, None)
    p95, p999 = np.percentile(np.abs(residual), (95, 99.9))
    return Loss(*(round(float(value), 6) for value in (np.sqrt(np.mean(residual**2)), p95, p999)))


def _others(data: bytes, described: Described, name: str) -> Generator[Progress, None, pd.DataFrame]:
    """The whole table, its magnitudes still to be decoded."""
    compression, source = described.compression, described.source
    bands = [source.columns[band] for band in BAND_NAMES]
    wanted = [column for column in compression.columns if column not in bands]
    table = pd.DataFrame(index=pd.RangeIndex(compression.rows))
    if wanted:
        table = yield from from_parquet(data, compression.rows, name)
    if list(table.columns) != wanted or not set(source.columns.values()) <= set(compression.columns):
        raise InputError(f"{name}: damaged; its columns are not those that it names.")
    return table.assign(**dict.fromkeys(bands, np.nan))[list(compression.columns)]


def _whole(
    table: pd.DataFrame, described: Described, model: "TrainedModel", name: str
) -> tuple[NDArray[np.int32], NDArray[np.int32] | None]:
    """The rounded latent positions and mean magnitudes of a table, after a look at whether the model can take them."""
    compression = described.compression
    if compression.step not in _STEPS or compression.mean_magnitude_step not in (None, MEAN_MAGNITUDE_STEP):
        raise InputError(f"{name}: damaged; it has its numbers in steps that no such file has.")
    passed = [MEAN_MAGNITUDE] if compression.mean_magnitude_step is not None else []
    wanted = [*latent_names(compression.latent), *passed]
    fits = compression.latent == model.config.network.latent and bool(passed) == model.features.passes_brightness
    if not fits or list(table.columns) != wanted or not (table.dtypes == np.int32).all():
        raise InputError(f"{name}: damaged; its latent positions are not those of its network.")
    values = table.to_numpy(np.int32)
    return values[:, : compression.latent], values[:, compression.latent :] if passed else None


def _kept_rows(exact: pd.DataFrame, bands: list[str], rows: int, name: str) -> NDArray[np.int64]:
    """The rows whose magnitudes are kept exactly, which the table has in their order."""
    right = list(exact.columns) == [_ROW, *bands] and (exact[bands].dtypes == np.float64).all()
    if right and exact[_ROW].dtype == np.int64:
        found: NDArray[np.int64] = exact[_ROW].to_numpy()
        if (found >= 0).all() and (found < rows).all() and (found[1:] > found[:-1]).all():
            return found
    raise InputError(f"{name}: damaged; its list of exact magnitudes is not as it should be.")


def _provenance(path: Path, source: Manifest) -> Provenance:
    """Of a catalogue that is decoded from a file."""
    content, made_from = path.read_bytes(), source.provenance
    return Provenance(
        name=path.name,
        path=str(path.resolve()),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        opened=now(),
        query=made_from.query,
        dust_map=made_from.dust_map,
        part=made_from.part,
    )
