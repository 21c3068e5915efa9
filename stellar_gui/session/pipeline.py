"""From a catalogue to a session: clean, train, embed; the one place that the window and the command line use."""

from collections.abc import Generator
from typing import TYPE_CHECKING

from stellar_gui.autoencoder.config import Command, TrainingConfig
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.quality import QualityCuts
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress
from stellar_gui.session.details import details_of, place
from stellar_gui.session.session import Mask, Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.checkpoint import Checkpoint
    from stellar_gui.autoencoder.training import TrainingProgress


def fit(
    catalog: Catalog, cuts: QualityCuts, config: TrainingConfig, resume: "Checkpoint | None" = None
) -> Generator["TrainingProgress | Checkpoint | Progress | None", Command | None, Session]:
    """Train on the rows that pass the cuts and embed them; torch is imported at the first step.

    resume: a checkpoint of an earlier call with the same other arguments, from which to go on.
    Yields what `train` yields (TrainingProgress, and None after each batch), then the embedding's Progress; what is
    sent reaches `train`, so that Command.STOP ends the training early with the best model so far; the session then has
    a checkpoint from which it can go on.
    Raises InputError where no row passes, TrainingError where too few do or the training fails; also where the config
    asks for photometric errors or extinction that the catalogue does not tell.
    """
    from stellar_gui.autoencoder.training import train

    session = Session(catalog, cuts)
    kept = require_stars(session)
    details = details_of(catalog, session.quality, config)
    model = yield from train(catalog.magnitudes[kept], config, details.take(kept), resume)
    embedding = yield from place(model, catalog, session.quality)
    return Session(catalog, cuts, model, embedding, checkpoint=model.checkpoint)


def require_stars(session: Session) -> Mask:
    """The rows that take part, (n,) bool; raises InputError with the reasons where there are none."""
    quality, name, rows = session.quality, session.catalog.provenance.name, len(session.catalog)
    if quality.kept.any():
        return quality.kept
    if not rows:
        raise InputError(f"{name}: no rows in it; choose a table with stars.")
    reasons = ", ".join(f"{count:,} {reason.label}" for reason, count in quality.removed.items() if count)
    raise InputError(
        f"{name}: all {rows:,} rows fail the quality checks ({reasons}); relax the checks or choose other columns."
    )
