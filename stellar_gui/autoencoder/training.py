"""Training: a generator whose yields are progress, pause and stop in one."""

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.assessment import LastTenth, report_on
from stellar_gui.autoencoder.canonical import CanonicalForm, align, canonical_form, fold
from stellar_gui.autoencoder.checkpoint import Checkpoint, optimiser_arrays, restore_optimiser
from stellar_gui.autoencoder.config import Command, TrainingConfig
from stellar_gui.autoencoder.details import NO_DETAILS, Details
from stellar_gui.autoencoder.device import config_here, require_device
from stellar_gui.autoencoder.evaluation import batches, residuals, validate
from stellar_gui.autoencoder.learner import Learner
from stellar_gui.autoencoder.model import TrainedModel, one_thread, run
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.pace import Pace
from stellar_gui.autoencoder.report import FIRST_HISTORY, History, ResidualSums
from stellar_gui.autoencoder.schedule import one_cycle
from stellar_gui.autoencoder.stopwatch import Stopwatch
from stellar_gui.autoencoder.training_progress import TrainingProgress
from stellar_gui.autoencoder.training_set import SOME_STARS, TrainingSet
from stellar_gui.errors import InputError, TrainingError

__all__ = ["Command", "TrainingProgress", "train"]

SNAPSHOT_STARS: Final = 5_000
LAST_TENTH: Final = 0.9
"""Where it begins; what it does to the validation loss tells whether that has settled."""
TrainingSteps = Generator["TrainingProgress | Checkpoint | None", Command | None, TrainedModel]


def train(
    magnitudes: NDArray[np.float32],
    config: TrainingConfig,
    details: Details = NO_DETAILS,
    resume: Checkpoint | None = None,
) -> TrainingSteps:
    """Train a network on stars (n, 5) float32, mag, finite where not masked.

    details: what else is known of the same stars. Masked bands take no part: the network sees there what the star's
    other bands make likely, and neither loss nor errors count them; photometric errors weigh the loss or make noise,
    and extinction is corrected, where the config says so.

    resume: a checkpoint of a training of the same stars with the same config, the device apart, from which to go on; on
    the processor where the config's device is not here, as the model's config then says.

    Yields None after each batch, as a chance to pause or stop, and a TrainingProgress up to five times a second, fewer
    of a large network (see Pace), and at the end. Sending Command.STOP ends the training at once with the best model so
    far; sending Command.CHECKPOINT makes the next yield a Checkpoint, with nothing learned in between; closing the
    generator drops the training. Time between a yield and the next send is a pause.

    The loss is by default the mean squared residual over stars and bands, mag^2; see TrainingConfig for others. In
    training, the stars of a table with far-off measurements are moved a little each time they are seen, see Jitter;
    validation and report take them as they are. The best weights are those of the last epoch whose validation loss
    cannot be told from the lowest: it lies at most one standard error of the stars' paired differences above (the one-
    standard-error rule of Breiman et al. 1984, Classification and Regression Trees); with few validation stars the
    lowest is mostly luck. What is validated, shown and kept is the running average of the weights over the last 200
    steps or so (Polyak and Juditsky 1992, SIAM J. Control Optim. 30, 838): it is free of most of the bias per band by
    which single steps differ, so that a training stopped early is good too.

    The result depends on the stars and the config alone, to the bit, not on pauses, reports or interruptions (a time
    budget apart); torch's global random state is not touched.

    Raises TrainingError for fewer than 20 stars, for magnitudes that are not finite, where photometric errors are
    needed and not known, and where the loss stops being a number before any epoch has improved on the first weights;
    where it does so later, the model has the best weights before, and says so. Raises InputError where an extinction
    that is to be corrected is not known, for a device that is not here, and for a checkpoint that is damaged;
    TrainingError for one of other stars or settings.
    """
    with one_thread():
        training = _Training(magnitudes, config, details, resume)
        stopped = False
        while not stopped and not training.done:
            training.take_step()
            report = training.progress() if training.report_is_due else None
            training.pause()
            command = yield report
            while command is Command.CHECKPOINT:
                command = yield training.checkpoint()
            stopped = command is Command.STOP
            training.go_on()
        if stopped:
            training.stop()
        model = yield from training.finish()
        training.pause()
        yield training.last_progress(model)
        return model


@dataclass
class _Best:
    """The weights that would be kept now, (p,), and the validation loss after their epoch."""

    epoch: int
    loss: float
    weights: torch.Tensor


class _Epoch(NamedTuple):
    """A line of the history; see History."""

    epoch: int
    train_loss: float
    validation_loss: float
    learning_rate: float
    validation_mse: float
    train_low: float
    train_high: float
    gradient_norm: float
    rms_per_band: NDArray[np.float64]
    bias_per_band: NDArray[np.float64]


class _Training:
    """A run between two of its steps."""

    def __init__(
        self, magnitudes: NDArray[np.float32], config: TrainingConfig, details: Details, resume: Checkpoint | None
    ) -> None:
        self._clock = Stopwatch()
        if resume is not None:
            config = config_here(config)
        require_device(config.device)
        self._config = config
        self._set = TrainingSet(magnitudes, config, details)
        self._split, self._objective = self._set.split, self._set.objective
        self._stars = self._set.stars(self._split.train, noisy=True)
        self._validation = self._set.stars(self._split.validation)
        self._snapshot_rows = np.sort(np.random.default_rng(config.seed).permutation(len(magnitudes))[:SNAPSHOT_STARS])
        self._snapshot = self._set.features_of(self._snapshot_rows)
        self._frame: NDArray[np.float64] | None = None

        self._generator = torch.Generator().manual_seed(config.seed)
        self._learner = Learner(config, self._set.features.count, self._objective, self._generator)
        self._jitter = self._set.jitter() if config.jitter else None

        self._batch = min(config.batch_size, len(self._stars))
        self._per_epoch = config.steps_per_epoch(len(self._stars))
        self._steps = self._per_epoch * config.epochs_for(len(self._stars))
        self._step = 0
        self._reported_step, self._reported_at, self._pace = 0, 0.0, Pace()
        self._losses: list[float] = []
        self._gradients: list[float] = []
        self._gradient_norm = self._rate = 0.0
        self._history: list[_Epoch] = []
        self._order = self._generator.get_state()
        self._lowest_epoch = 0
        self._lowest, self._errors = validate(self._learner.averaged_network, self._objective, self._validation)
        self._best = _Best(0, float(self._lowest.mean()), self._learner.average.clone())
        self._before: NDArray[np.float64] | None = None
        self._stopped_because: str | None = None
        self._stopped_at: Checkpoint | None = None
        if resume is not None:
            self._restore(resume)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self._step > 0 and (self._fraction >= 1.0 or self._stopped_because is not None)

    @property
    def report_is_due(self) -> bool:
        """Whether the last report is long enough ago."""
        return self._pace.is_due(self._clock.seconds)

    @property
    def _fraction(self) -> float:
        if self._config.time_budget is not None:
            return min(self._clock.seconds / self._config.time_budget, 1.0)
        return self._step / self._steps

    @property
    def _epoch(self) -> int:
        return max(1, -(-self._step // self._per_epoch))

    def pause(self) -> None:
        """Stop the clock."""
        self._clock.stop()

    def go_on(self) -> None:
        """Let the clock run again."""
        self._clock.start()

    def stop(self) -> None:
        """Note that the user wanted no more, and where to go on if that changes."""
        self._stopped_at = self.checkpoint()
        self._stopped_because = f"Stopped in epoch {self._epoch:,}; the best weights until then are kept."

    def take_step(self) -> None:
        """Learn from one batch; after an epoch's last, validate."""
        position = self._step % self._per_epoch
        if position == 0:
            self._shuffle()
        self._rate = one_cycle(self._fraction, self._config.learning_rate)
        stars = self._shuffled.take(slice(position * self._batch, (position + 1) * self._batch))
        self._step += 1
        loss, self._gradient_norm = self._learner.learn(stars, self._rate, self._step)
        if not np.isfinite(self._gradient_norm):
            self._end_without_a_number()
            return
        self._losses.append(loss)
        self._gradients.append(self._gradient_norm)
        if position == self._per_epoch - 1:
            self._end_epoch()

    def progress(self) -> TrainingProgress:
        """A report of how far it is, with the snapshot turned to lie as in the last."""
        begun = self._clock.seconds
        latent = run(self._learner.averaged_network.encoder, self._snapshot)
        frame = canonical_form(latent, self._snapshot).apply(latent)
        self._frame = frame if self._frame is None else align(frame, self._frame)
        elapsed = self._clock.seconds
        speed = (self._step - self._reported_step) * self._batch / (elapsed - self._reported_at)
        self._reported_step, self._reported_at = self._step, elapsed
        told = self._told(self._frame.astype(np.float32), speed)
        self._pace.told(begun, self._clock.seconds)
        return told

    def last_progress(self, model: TrainedModel) -> TrainingProgress:
        """The report at the end: the snapshot lies where the model has its stars."""
        told = self._told(run(model.network.encoder, self._snapshot), self._step * self._batch / self._trained)
        return replace(told, time_left=0.0)

    def finish(self) -> TrainingSteps:
        """Take the best weights, give them their canonical form and evaluate them on every part of the split."""
        self._trained = self._clock.seconds
        if self._losses:
            self._end_epoch()
        network, last_tenth = self._learner.averaged_network, self._last_tenth()
        self._learner.average.copy_(self._best.weights)
        fold(network, self._canonical_form(network))
        sums = [ResidualSums() for _ in range(3)]
        left: list[NDArray[np.float32]] = []
        for found, rows in zip(sums, (self._split.train, self._split.validation, self._split.test), strict=True):
            left.clear()
            for part in batches(rows):
                residual = residuals(network, self._objective, self._set.stars(part))
                found.add(residual)
                if rows is self._split.test:
                    left.append(residual)
                self.pause()
                yield None
                self.go_on()
        report = report_on(self._set.findings(network, sums, np.concatenate(left)), last_tenth, self._step)
        return TrainedModel(
            network=network.cpu(),
            scaling=self._set.scaling,
            config=self._config,
            stars=len(self._set),
            history=self._history_so_far(),
            report=report,
            seconds=self._clock.seconds,
            epochs=self._epoch,
            stopped_because=self._stopped_because,
            checkpoint=self._stopped_at,
        )

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on from here."""
        arrays = {
            "weights": self._learner.weights.cpu().numpy().copy(),
            "average": self._learner.average.cpu().numpy().copy(),
            "best": self._best.weights.cpu().numpy().copy(),
            "order": self._order.numpy().copy(),
            "generator": self._generator.get_state().numpy().copy(),
            "lowest": self._lowest.copy(),
            "losses": np.array(self._losses, np.float64),
            "gradients": np.array(self._gradients, np.float64),
            **optimiser_arrays(self._learner.optimiser),
        }
        for name, array in (("frame", self._frame), ("before", self._before)):
            if array is not None:
                arrays[name] = array.copy()
        return Checkpoint(
            config=self._config,
            stars=len(self._set),
            fingerprint=self._set.fingerprint,
            step=self._step,
            fraction=self._fraction,
            seconds=self._clock.seconds,
            best_epoch=self._best.epoch,
            best_loss=self._best.loss,
            lowest_epoch=self._lowest_epoch,
            rate=self._rate,
            gradient_norm=self._gradient_norm,
            history=self._history_so_far(),
            errors=self._errors,
            arrays=arrays,
        )

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Be what a training was when it gave a checkpoint."""
        if replace(checkpoint.config, device=self._config.device) != self._config:
            raise TrainingError("The interrupted training had other settings; go on with those, or train anew.")
        if checkpoint.fingerprint != self._set.fingerprint:
            raise TrainingError(
                "The interrupted training was of other stars; choose the same columns and quality checks again, or "
                "train anew."
            )
        if checkpoint.step > self._steps and self._config.time_budget is None:
            raise InputError("The checkpoint is damaged: it lies behind the training's end; train again.")
        self._learner.weights.copy_(checkpoint.tensor("weights", self._learner.weights))
        self._learner.average.copy_(checkpoint.tensor("average", self._learner.average))
        best = checkpoint.tensor("best", self._learner.average).to(self._config.device)
        restore_optimiser(self._learner.optimiser, checkpoint)
        state = self._generator.get_state()
        order, now = checkpoint.tensor("order", state), checkpoint.tensor("generator", state)
        self._step = checkpoint.step
        try:
            self._generator.set_state(order)
            if self._step % self._per_epoch:
                self._shuffle()
            self._generator.set_state(now)
        except RuntimeError as error:
            raise InputError("The checkpoint is damaged: its random numbers cannot go on; train again.") from error
        self._order = order
        self._lowest = checkpoint.tensor("lowest", torch.from_numpy(self._lowest)).numpy()
        if "before" in checkpoint.arrays:
            self._before = checkpoint.tensor("before", torch.from_numpy(self._lowest)).numpy()
        self._losses, self._gradients = checkpoint.numbers("losses"), checkpoint.numbers("gradients")
        self._history = [_Epoch(*line) for line in zip(*checkpoint.history.arrays("").values(), strict=True)]
        self._errors, self._frame = checkpoint.errors, checkpoint.frame(len(self._snapshot), self._config)
        self._best = _Best(checkpoint.best_epoch, checkpoint.best_loss, best)
        self._lowest_epoch = checkpoint.lowest_epoch
        self._rate, self._gradient_norm = checkpoint.rate, checkpoint.gradient_norm
        self._clock = Stopwatch(checkpoint.seconds)
        self._reported_step, self._reported_at = self._step, checkpoint.seconds
        self._pace = Pace(checkpoint.seconds)

    def _shuffle(self) -> None:
        """Lay the training stars out in the order of a new epoch, each moved a little."""
        self._order = self._generator.get_state()
        order = torch.randperm(len(self._stars), generator=self._generator)
        shuffled = self._stars.take(order.to(self._config.device))
        self._shuffled = shuffled if self._jitter is None else self._jitter.moved(shuffled, self._generator)

    def _end_epoch(self) -> None:
        """Validate, write the history, and keep the weights if they are the best."""
        squares, errors = validate(self._learner.averaged_network, self._objective, self._validation)
        loss, losses, gradients = float(squares.mean()), self._losses, self._gradients
        self._losses, self._gradients = [], []
        if not np.isfinite(loss):
            self._end_without_a_number()
            return
        self._errors = errors
        self._history.append(
            _Epoch(
                epoch=self._epoch,
                train_loss=float(np.mean(losses)),
                validation_loss=loss,
                learning_rate=self._rate,
                validation_mse=errors.mse,
                train_low=float(np.percentile(losses, 16)),
                train_high=float(np.percentile(losses, 84)),
                gradient_norm=float(np.median(gradients)),
                rms_per_band=errors.rms,
                bias_per_band=errors.bias,
            )
        )
        above = squares - self._lowest
        if above.mean() <= above.std() / np.sqrt(len(above)):
            self._best = _Best(self._epoch, loss, self._learner.average.clone())
        if self._fraction <= LAST_TENTH:
            self._before = squares
        if above.mean() < 0:
            self._lowest, self._lowest_epoch = squares, self._epoch
        patience = self._config.patience
        waited = self._epoch - self._lowest_epoch
        if patience is not None and waited >= patience and self._fraction < 1 and self._stopped_because is None:
            self._stopped_because = (
                f"No lower validation loss in {patience:,} epochs, so the training ended in epoch {self._epoch:,}; the "
                f"weights of epoch {self._best.epoch:,} are kept."
            )

    def _last_tenth(self) -> LastTenth | None:
        """What it did to the validation stars; None for a training that ended early, or was too short to tell."""
        if self._stopped_because is not None or self._before is None:
            return None
        return LastTenth(self._before, validate(self._learner.averaged_network, self._objective, self._validation)[0])

    def _end_without_a_number(self) -> None:
        if self._best.epoch == 0:
            raise TrainingError(
                "The loss stopped being a number before any epoch had improved on the first weights; train with a "
                "smaller learning rate."
            )
        self._losses, self._gradients = [], []
        self._stopped_because = (
            f"The loss stopped being a number in epoch {self._epoch:,}; the weights of epoch {self._best.epoch:,} are "
            "kept. Train again with a smaller learning rate."
        )

    def _canonical_form(self, network: AutoEncoder) -> CanonicalForm:
        features = self._stars.features[:SOME_STARS].cpu().numpy()
        latent = np.concatenate([run(network.encoder, part) for part in batches(features)])
        return canonical_form(latent, features)

    def _history_so_far(self) -> History:
        columns = list(zip(*self._history, strict=True)) or [()] * FIRST_HISTORY
        arrays = {
            name: np.array(column, np.int64 if name == "epoch" else np.float64)
            for name, column in zip(_Epoch._fields, columns, strict=False)
        }
        return History.of(arrays, "", self._best.epoch)

    def _told(self, latent: NDArray[np.float32], speed: float) -> TrainingProgress:
        elapsed, fraction = self._clock.seconds, self._fraction
        by_time = self._config.time_budget is not None
        epochs = round(self._epoch / fraction) if by_time else self._steps // self._per_epoch
        train_loss = float(np.mean(self._losses)) if self._losses else self._history[-1].train_loss
        return TrainingProgress(
            epoch=self._epoch,
            epochs=max(epochs, self._epoch),
            step=self._step,
            fraction=fraction,
            loss_unit=self._config.loss_unit,
            train_loss=train_loss,
            validation_loss=self._history[-1].validation_loss if self._history else self._best.loss,
            validation_mse=self._errors.mse,
            best_validation=self._best.loss,
            best_epoch=self._best.epoch,
            waited=len(self._history) - self._lowest_epoch,
            device=self._config.device,
            learning_rate=self._rate,
            gradient_norm=self._gradient_norm,
            stars_per_second=speed,
            elapsed=elapsed,
            time_left=elapsed * (1 / fraction - 1),
            history=self._history_so_far(),
            latent=latent,
            snapshot_rows=self._snapshot_rows,
            rms_per_band=self._errors.rms,
            bias_per_band=self._errors.bias,
            bias_error_per_band=self._errors.bias_error,
        )
