"""Made-up histories of trainings."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stellar_gui.autoencoder.report import History


def history(
    training: ArrayLike,
    validation: ArrayLike,
    best_epoch: int = 0,
    *,
    mse: ArrayLike | None = None,
    rms: NDArray[np.float64] | None = None,
) -> History:
    """A run with these losses; mse: of the validation stars, mag^2, where it is not the loss.

    Batches spread by a fifth; rms: (k, 5), by default falling with the epochs.
    """
    train, valid = np.array(training, np.float64), np.array(validation, np.float64)
    epochs = np.arange(1, len(train) + 1)
    falling = (np.outer(1 / np.maximum(epochs, 1), [5.0, 4.0, 3.0, 2.0, 1.0]) / 10) if rms is None else rms
    return History(
        epoch=epochs,
        train_loss=train,
        validation_loss=valid,
        learning_rate=0.01 / epochs,
        validation_mse=valid.copy() if mse is None else np.array(mse, np.float64),
        train_low=train * 0.8,
        train_high=train * 1.2,
        gradient_norm=1.0 / epochs,
        rms_per_band=falling,
        bias_per_band=-falling / 10,
        best_epoch=best_epoch,
    )


def old_history(training: ArrayLike, validation: ArrayLike, best_epoch: int) -> History:
    """A run as version 1 of the model file holds it: without spread, gradient and bands."""
    train = np.array(training, np.float64)
    arrays = {
        "epoch": np.arange(1, len(train) + 1),
        "train_loss": train,
        "validation_loss": np.array(validation, np.float64),
        "learning_rate": np.full(len(train), 0.01),
    }
    return History.of(arrays, "", best_epoch)
