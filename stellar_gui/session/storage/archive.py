"""Session files (`NAME.stellar`): saving a session as one archive and opening it again."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.subsets import Subsets
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.columns import ColumnRoles, recognise
from stellar_gui.catalog.writing import atomic_target
from stellar_gui.errors import InputError, StellarError
from stellar_gui.progress import Progress
from stellar_gui.session.details import place
from stellar_gui.session.export import MEAN_MAGNITUDE, latent_names
from stellar_gui.session.run import Run
from stellar_gui.session.session import SELECTION, Mask, Session
from stellar_gui.session.storage import runs_file
from stellar_gui.session.storage.container import (
    CATALOG,
    CHECKPOINT,
    EMBEDDING,
    LIMITS,
    MANIFEST,
    MODEL,
    ROWS,
    RUNS,
    read_members,
    write_members,
)
from stellar_gui.session.storage.manifest import Manifest
from stellar_gui.session.storage.subset_facts import facts_of
from stellar_gui.session.storage.tables import from_parquet, to_parquet
from stellar_gui.session.summary import summarise

if TYPE_CHECKING:
    from stellar_gui.autoencoder.checkpoint import Checkpoint
    from stellar_gui.autoencoder.model import TrainedModel

_RECONSTRUCTED: Final = tuple(f"{band}_rec" for band in BAND_NAMES)


@dataclass(frozen=True, eq=False)
class StoredModel:
    """A session's model and what the session says of it."""

    manifest: Manifest
    model: "TrainedModel"


def save_session(session: Session, path: Path) -> Generator[Progress, None, None]:
    """Write a session to path, atomically; the same session gives the same bytes.

    Raises OutputError where the file cannot be written, or the table holds what no session can.
    """
    members = {MANIFEST: manifest_of(session).to_json()}
    members[CATALOG] = yield from to_parquet(session.catalog.table)
    if session.subsets or session.selection is not None or session.findings:
        members[ROWS] = yield from to_parquet(_rows_table(session))
    if session.embedding is not None:
        members[EMBEDDING] = yield from to_parquet(_embedding_table(session.embedding))
    if session.model is not None:
        from stellar_gui.autoencoder.model_file import to_bytes

        members[MODEL] = to_bytes(session.model)
    if session.checkpoint is not None:
        from stellar_gui.autoencoder import checkpoint

        members[CHECKPOINT] = checkpoint.to_bytes(session.checkpoint)
    if runs_file.worth_saving(session.runs, session.run):
        members[RUNS] = runs_file.to_bytes(session.runs, session.run)
    with atomic_target(path) as target:
        yield from write_members(target, members)


def load_session(path: Path) -> Generator[Progress, None, Session]:
    """Open a session file.

    Raises InputError, before much is read, where the file is missing, unreadable, damaged or cut short, made by a newer
    version, or holds anything that `save_session` does not write (see container.py and tables.py for the limits).
    """
    name = path.name
    members = yield from read_members(path, frozenset(LIMITS))
    manifest = Manifest.from_json(members[MANIFEST], name)
    needed = {CATALOG}
    if manifest.subsets or manifest.has_selection or manifest.findings:
        needed.add(ROWS)
    if manifest.model is not None:
        needed.add(MODEL)
    if manifest.checkpoint is not None:
        needed.add(CHECKPOINT)
    if len(manifest.runs) > (manifest.current is not None):
        needed.add(RUNS)
    if missing := sorted(needed - members.keys()):
        raise InputError(f"{name}: damaged; it has no {missing[0]}.")
    table = yield from from_parquet(members.pop(CATALOG), manifest.rows, name)
    session = Session(_catalog(table, manifest, name), manifest.cuts, created=manifest.created, view=manifest.view)
    if ROWS in needed:
        flags = yield from from_parquet(members.pop(ROWS), manifest.rows, name)
        subsets = Subsets(
            tuple(
                facts.subset(subset, _flag(flags, f"subset_{k}", name))
                for k, (subset, facts) in enumerate(zip(manifest.subsets, manifest.subset_facts, strict=True), 1)
            )
        )
        selection = _flag(flags, SELECTION, name) if manifest.has_selection else None
        findings = tuple(_finding(flags, f"finding_{k}", told, name) for k, told in enumerate(manifest.findings, 1))
        session = replace(session, subsets=subsets, selection=selection, findings=findings)
    if manifest.model is not None:
        model = read_model(members.pop(MODEL), manifest.model, name)
        embedding = None
        if EMBEDDING in members:
            values = yield from from_parquet(members.pop(EMBEDDING), manifest.rows, name)
            embedding = _stored_embedding(values, session, model)
        if embedding is None:
            embedding = yield from place(model, session.catalog, session.quality)
        session = replace(session, model=model, embedding=embedding, runs=_runs(members, manifest, model, name))
    elif manifest.runs:
        session = replace(session, runs=_runs(members, manifest, None, name))
    if manifest.checkpoint is not None:
        session = replace(session, checkpoint=_checkpoint(members.pop(CHECKPOINT), name))
    return session


def load_model(path: Path) -> Generator[Progress, None, StoredModel]:
    """Only the model of a session file and what belongs to it; the tables are left packed.

    Raises InputError as `load_session` does, and for a session without a model.
    """
    members = yield from read_members(path, frozenset({MANIFEST, MODEL}))
    manifest = Manifest.from_json(members[MANIFEST], path.name)
    if manifest.model is None:
        raise InputError(f"{path.name}: no trained model in it; train one and save the session again.")
    if MODEL not in members:
        raise InputError(f"{path.name}: damaged; it has no {MODEL}.")
    return StoredModel(manifest, read_model(members[MODEL], manifest.model, path.name))


def manifest_of(session: Session) -> Manifest:
    """What a session says of itself."""
    catalog, model = session.catalog, session.model
    return Manifest(
        created=session.created,
        rows=len(catalog),
        provenance=catalog.provenance,
        columns=dict(catalog.columns),
        units=dict(catalog.units),
        metadata=dict(catalog.metadata),
        column_meta=dict(catalog.column_meta),
        chosen=dict(catalog.chosen),
        cuts=session.cuts,
        subsets=tuple(session.subsets),
        subset_facts=facts_of(session.subsets),
        has_selection=session.selection is not None,
        model=None if model is None else _model_facts(model),
        checkpoint=None if session.checkpoint is None else _checkpoint_facts(session.checkpoint),
        runs=tuple({"name": run.name, "created": run.created} | _model_facts(run.model) for run in session.runs),
        current=None if session.run is None else session.runs.index(session.run),
        findings=tuple(_finding_facts(finding) for finding in session.findings),
        summary=summarise(catalog, session.quality),
        view=session.view,
    )


def _model_facts(model: "TrainedModel") -> dict[str, Any]:
    report = model.report
    return {
        "id": model.id,
        "training": model.config.to_dict(),
        "stars": model.stars,
        "epochs": model.epochs,
        "seconds": round(model.seconds, 3),
        "test_mse": report.test_mse,
        "pca_mse": report.pca_mse,
        "stopped_because": model.stopped_because,
    }


def _checkpoint_facts(checkpoint: "Checkpoint") -> dict[str, Any]:
    return {
        "training": checkpoint.config.to_dict(),
        "epoch": checkpoint.epoch,
        "fraction": checkpoint.fraction,
        "seconds": round(checkpoint.seconds, 3),
    }


def _finding_facts(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "title": finding.title,
        "unit": finding.unit,
        "labels": {str(code): text for code, text in finding.labels.items()},
        "recipe": dict(finding.recipe),
    }


def _rows_table(session: Session) -> pd.DataFrame:
    columns: dict[str, Any] = {f"subset_{k}": mask for k, mask in enumerate(session.subsets.values(), 1)}
    if session.selection is not None:
        columns[SELECTION] = session.selection
    columns |= {f"finding_{k}": finding.values for k, finding in enumerate(session.findings, 1)}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(session.catalog)))


def _embedding_table(embedding: Embedding) -> pd.DataFrame:
    names = [*latent_names(embedding.latent.shape[1]), *_RECONSTRUCTED]
    table = pd.DataFrame(np.hstack([embedding.latent, embedding.reconstruction]), columns=names)
    return table if embedding.brightness is None else table.assign(**{MEAN_MAGNITUDE: embedding.brightness})


def _catalog(table: pd.DataFrame, manifest: Manifest, name: str) -> Catalog:
    if missing := sorted(set(manifest.columns.values()) - set(table.columns)):
        raise InputError(f"{name}: damaged; its table has no column “{missing[0]}”.")
    try:
        found = recognise(table, manifest.chosen)
    except InputError as error:
        raise InputError(f"{name}: damaged; {error}.") from error
    return Catalog(
        table=table,
        columns=ColumnRoles(MappingProxyType(dict(manifest.columns))),
        provenance=manifest.provenance,
        units=manifest.units,
        candidates=found.candidates,
        ambiguous=found.ambiguous,
        metadata=manifest.metadata,
        column_meta=manifest.column_meta,
        chosen=manifest.chosen,
    )


def _flag(flags: pd.DataFrame, column: str, name: str) -> Mask:
    if column not in flags.columns or flags[column].dtype != np.bool_:
        raise InputError(f"{name}: damaged; its list of rows lacks {column}.")
    return flags[column].to_numpy(copy=True)


def _finding(rows: pd.DataFrame, column: str, told: Mapping[str, Any], name: str) -> Finding:
    if column not in rows.columns:
        raise InputError(f"{name}: damaged; its list of rows lacks {column}.")
    try:
        return Finding(values=rows[column].to_numpy(copy=True), **told)
    except ValueError as error:
        raise InputError(f"{name}: damaged; {error}.") from error


def read_model(data: bytes, described: Mapping[str, Any], name: str) -> "TrainedModel":
    """The model in a member of the file called name, which must be the described one; raises InputError otherwise."""
    from stellar_gui.autoencoder.model_file import from_bytes

    try:
        model = from_bytes(data)
    except StellarError as error:
        raise InputError(f"{name}: damaged; {str(error).rstrip('.')}.") from error
    if model.id != described.get("id"):
        raise InputError(f"{name}: damaged; its model is not the one that its manifest names.")
    return model


def _checkpoint(data: bytes, name: str) -> "Checkpoint":
    from stellar_gui.autoencoder.checkpoint import from_bytes

    try:
        return from_bytes(data)
    except StellarError as error:
        raise InputError(f"{name}: damaged; {str(error).rstrip('.')}.") from error


def _runs(members: Mapping[str, bytes], manifest: Manifest, model: "TrainedModel | None", name: str) -> tuple[Run, ...]:
    """The runs as the manifest lists them; of a session of version 2 none, so that its model makes one."""
    try:
        parts = runs_file.from_bytes(members[RUNS], len(manifest.runs)) if RUNS in members else runs_file.NO_PARTS
    except StellarError as error:
        raise InputError(f"{name}: damaged; {str(error).rstrip('.')}.") from error
    runs = []
    for number, told in enumerate(manifest.runs):
        if number == manifest.current:
            assert model is not None
            own = model
        elif number in parts.models:
            own = read_model(parts.models[number], told, name)
        else:
            raise InputError(f"{name}: damaged; it has no model of the run “{told['name']}”.")
        runs.append(Run(told["name"], own, told["created"], parts.pictures.get(number), parts.films.get(number)))
    return tuple(runs)


def _stored_embedding(values: pd.DataFrame, session: Session, model: "TrainedModel") -> Embedding | None:
    """The embedding as saved; None where it is not that of the rows that take part, so that it must be made anew."""
    latent = latent_names(model.config.network.latent)
    passed = [MEAN_MAGNITUDE] if model.features.passes_brightness else []
    names = [*latent, *_RECONSTRUCTED, *passed]
    if list(values.columns) != names or not (values.dtypes == np.float32).all():
        return None
    if not np.array_equal(np.isfinite(values.to_numpy()).all(axis=1), session.quality.kept):
        return None
    reconstruction = np.ascontiguousarray(values[list(_RECONSTRUCTED)].to_numpy())
    residual = session.catalog.magnitudes - reconstruction
    if session.quality.masked is not None:
        residual[session.quality.masked] = np.nan
    return Embedding(
        latent=np.ascontiguousarray(values[list(latent)].to_numpy()),
        reconstruction=reconstruction,
        residual=residual,
        brightness=values[MEAN_MAGNITUDE].to_numpy() if passed else None,
    )
