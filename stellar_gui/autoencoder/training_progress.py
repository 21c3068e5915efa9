"""What a training tells of itself while it runs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.report import History, ReadOnly


@dataclass(frozen=True, eq=False)
class TrainingProgress(ReadOnly):
    """How far a training is. All arrays are read-only.

    epoch: the current one, counted from 1. epochs: of the whole run, estimated under a time budget.
    step: batches so far. fraction: of the run that is done, 0 to 1.
    loss_unit: of the losses, TrainingConfig.loss_unit.
    train_loss: mean of the batches since the last epoch's end.
    validation_loss: after the last epoch; within the first, that of the first weights.
    best_validation: of the weights that would be kept now, those of best_epoch (0: the first weights).
    waited: whole epochs since the lowest validation loss; what the patience is compared with.
    device: on which it runs.
    validation_mse: mag^2, as validation_loss, whatever the loss is.
    learning_rate, gradient_norm: of the last step, the latter before it is limited.
    stars_per_second: since the last report; in the last one, of the whole training.
    elapsed, time_left: seconds of training, pauses not counted.
    latent: (k, m) float32, where the snapshot's stars lie: centred, unit variance, turned to lie as in the report
    before; in the last report, the model's own latent coordinates.
    snapshot_rows: (k,) int64, the rows of the snapshot's stars among those given, at most 5,000.
    rms_per_band, bias_per_band, bias_error_per_band: (5,) float64, mag, of the validation stars, as validation_loss.
    """

    epoch: int
    epochs: int
    step: int
    fraction: float
    loss_unit: str
    train_loss: float
    validation_loss: float
    validation_mse: float
    best_validation: float
    best_epoch: int
    waited: int
    device: str
    learning_rate: float
    gradient_norm: float
    stars_per_second: float
    elapsed: float
    time_left: float
    history: History
    latent: NDArray[np.float32]
    snapshot_rows: NDArray[np.int64]
    rms_per_band: NDArray[np.float64]
    bias_per_band: NDArray[np.float64]
    bias_error_per_band: NDArray[np.float64]
