"""What a model needs of a catalogue beside its magnitudes, and placing its stars with it."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import numpy as np

from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.embedding import Embedding, embed
from stellar_gui.catalog.catalog import Catalog
from stellar_gui.catalog.photometry import extinction, photometric_errors
from stellar_gui.catalog.quality import Quality
from stellar_gui.progress import Progress

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel


def details_of(catalog: Catalog, quality: Quality, config: TrainingConfig) -> Details:
    """Photometric errors where the catalogue has them, masked bands, and the extinction if the config corrects it.

    A star whose extinction is not known counts as free of dust. Raises InputError for magnitudes that are corrected
    already.
    """
    dust = extinction(catalog) if config.deredden else None
    return Details(
        errors=photometric_errors(catalog),
        masked=quality.masked,
        extinction=None if dust is None else np.nan_to_num(dust, nan=0.0),
    )


def place(model: "TrainedModel", catalog: Catalog, quality: Quality) -> Generator[Progress, None, Embedding]:
    """Embed the stars of a catalogue that take part.

    Raises InputError where the model corrects for an extinction that the catalogue does not tell.
    """
    details = details_of(catalog, quality, model.config)
    return (yield from embed(model, catalog.magnitudes, quality.kept, details))
