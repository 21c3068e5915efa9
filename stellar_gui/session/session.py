"""The session: one piece of work as a value."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.findings import Finding
from stellar_gui.analysis.star_columns import StarColumns
from stellar_gui.analysis.subsets import Subsets
from stellar_gui.autoencoder.embedding import Embedding
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import Quality, QualityCuts, check
from stellar_gui.errors import InputError
from stellar_gui.session.run import Run, proposed_name
from stellar_gui.session.view import View

if TYPE_CHECKING:
    from stellar_gui.autoencoder.checkpoint import Checkpoint
    from stellar_gui.autoencoder.model import TrainedModel

Mask = NDArray[np.bool_]
SELECTION: Final = "selection"


def now() -> str:
    """The present time, UTC, in ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, eq=False)
class Session:
    """A catalogue of n stars, what takes part of it, and what has been made of it.

    model, embedding: of the current run, None before training; the model holds its seed and settings.
    subsets: as a mapping (n,) bool by name; plain masks that are given become subsets whose recipe is their rows.
    selection: (n,) bool, None where nothing was selected yet.
    checkpoint: of a training of these stars that was paused or stopped, from which it can go on; None without one.
    created: ISO 8601 time, UTC.
    runs: all trainings that are kept, in the order of their making, the current one among them; where only a model is
    given, the one run that it makes.
    findings: what analyses say of every star, each of its own name.
    view: how the stars are shown.
    All arrays are read-only. Raises ValueError where the number of rows differs, or the model is of none of the runs.
    """

    catalog: Catalog
    cuts: QualityCuts = field(default_factory=QualityCuts)
    model: "TrainedModel | None" = None
    embedding: Embedding | None = None
    subsets: Subsets = field(default_factory=Subsets)
    selection: Mask | None = None
    checkpoint: "Checkpoint | None" = None
    created: str = field(default_factory=now)
    runs: tuple[Run, ...] = ()
    findings: tuple[Finding, ...] = ()
    view: View = field(default_factory=View)

    def __post_init__(self) -> None:
        object.__setattr__(self, "subsets", Subsets.of(self.subsets))
        masks = [*self.subsets.values(), *([] if self.selection is None else [self.selection])]
        for mask in masks:
            mask.setflags(write=False)
            if mask.shape != (len(self.catalog),):
                raise ValueError(f"a subset of {mask.shape} rows over a catalogue of {len(self.catalog)}")
        if self.embedding is not None and len(self.embedding) != len(self.catalog):
            raise ValueError(f"an embedding of {len(self.embedding)} rows over a catalogue of {len(self.catalog)}")
        if any(len(finding.values) != len(self.catalog) for finding in self.findings):
            raise ValueError(f"a finding of other rows over a catalogue of {len(self.catalog)}")
        if self.model is not None and not self.runs:
            run = Run(proposed_name(self.model.config), self.model, self.created)
            object.__setattr__(self, "runs", (run,))
        if self.model is not None and self.run is None:
            raise ValueError("the model of a session is that of one of its runs")

    @property
    def run(self) -> Run | None:
        """The current run; None before training."""
        return next((run for run in self.runs if run.model is self.model), None)

    @cached_property
    def quality(self) -> Quality:
        """Which rows take part under the cuts, and why the others do not."""
        return check(self.catalog, self.cuts)

    @property
    def columns(self) -> StarColumns:
        """What can be said of the stars by name, as in expressions."""
        model = None if self.model is None else self.model.id
        return StarColumns(self.catalog, self.embedding, model, self.quality.kept, self.subsets, self.findings)

    def rows_of(self, subset: str | None) -> tuple[NDArray[np.intp], str]:
        """Row numbers of a named subset, of the saved selection ('selection'), or of every row (None).

        Also what they are, in words. A subset that is itself named 'selection' goes before the selection.
        Raises InputError, with the names there are, for an unknown name.
        """
        if subset is None:
            return np.arange(len(self.catalog)), "all stars"
        if subset in self.subsets:
            return np.flatnonzero(self.subsets[subset]), f"subset {subset}"
        if subset == SELECTION and self.selection is not None:
            return np.flatnonzero(self.selection), SELECTION
        names = [*self.subsets, *([SELECTION] if self.selection is not None else [])]
        known = f"it has {', '.join(names)}" if names else "it has no subsets and no selection"
        raise InputError(f"the session has no subset “{subset}”; {known}.")
