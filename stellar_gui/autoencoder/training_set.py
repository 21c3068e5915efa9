"""The stars of a training: how they are split, what the network sees of them, and what is found on them at the end."""

from collections.abc import Sequence
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.assessment import Findings
from stellar_gui.autoencoder.checkpoint import fingerprint
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.evaluation import latent_shares
from stellar_gui.autoencoder.features import Features, without_dust
from stellar_gui.autoencoder.jitter import Jitter
from stellar_gui.autoencoder.network import AutoEncoder
from stellar_gui.autoencoder.objective import Objective, Stars
from stellar_gui.autoencoder.report import ResidualSums
from stellar_gui.autoencoder.scaling import Scaling
from stellar_gui.autoencoder.split import Split, split
from stellar_gui.errors import TrainingError

FEWEST_STARS: Final = 20
FEWEST_COMPLETE: Final = 6
"""Training stars with all five bands; fewer say nothing of how five magnitudes vary together."""
SOME_STARS: Final = 200_000
"""As many tell of a latent space what there is to tell."""


class TrainingSet:
    """Stars (n, 5) float32, mag, as a training with some config uses them; details: what else is known of them.

    split: which of them train, validate and test. scaling, features, objective: fitted on those that train.
    Raises TrainingError for fewer than 20 stars, magnitudes that are neither finite nor masked, and errors that are
    needed and not known; InputError for an extinction that is to be corrected and not known.
    """

    def __init__(self, magnitudes: NDArray[np.float32], config: TrainingConfig, details: Details) -> None:
        _require_usable(magnitudes, details)
        self._config, self._details = config, details
        self.split: Split = split(len(magnitudes), config.seed, config.fractions)
        self._magnitudes = without_dust(magnitudes, details, config)
        self.scaling = Scaling.fit(self._magnitudes[self._complete(self.split.train)])
        if details.masked is not None:
            self._magnitudes = self.scaling.fill(self._magnitudes, details.masked)
        self.features = Features.of(config.features, self.scaling)
        self.objective = Objective(config, self.features, details.take(self.split.train))

    def __len__(self) -> int:
        return len(self._magnitudes)

    @cached_property
    def fingerprint(self) -> str:
        """What tells these stars from others."""
        return fingerprint(self._magnitudes, self._details)

    def features_of(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """(k, f) the features of some rows."""
        return self.features.take(self._magnitudes[rows])

    def stars(self, rows: NDArray[np.int64], noisy: bool = False) -> Stars:
        """What the objective needs of some rows; noisy: of those to learn from."""
        return self.objective.stars(self.features_of(rows), self._details.take(rows), noisy)

    def jitter(self) -> Jitter:
        """What moves the stars to learn from."""
        rows = self.split.train
        return Jitter(
            self.features,
            self._config.network.latent,
            self._magnitudes[rows[:SOME_STARS]],
            len(rows),
            self._config.device,
        )

    def findings(self, network: AutoEncoder, sums: Sequence[ResidualSums], residual: NDArray[np.float32]) -> Findings:
        """What was found with a network in its canonical form.

        sums: the residuals of training, validation and test stars; residual: of the test stars, (n, 5) mag.
        """
        rows = self.split.test
        train, validation, test = sums
        left = self.features.principal_component_residuals(self._magnitudes[rows], self._config.network.latent)
        details = self._details.take(rows)
        return Findings(
            train=train,
            validation=validation,
            test=test,
            residual=residual,
            pca_residual=left if details.masked is None else np.where(details.masked, np.float32(np.nan), left),
            magnitudes=self._magnitudes[rows],
            errors=details.errors,
            latent_shares=latent_shares(network, self.objective, self.stars(rows[:SOME_STARS])),
        )

    def _complete(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the training stars of which every band was detected; they settle the scaling."""
        if self._details.masked is None:
            return rows
        complete = rows[~self._details.masked[rows].any(axis=1)]
        if len(complete) < FEWEST_COMPLETE:
            raise TrainingError(
                f"Only {len(complete)} of the stars to train with were detected in all five bands; at least "
                f"{FEWEST_COMPLETE} are needed to learn from."
            )
        return complete


def _require_usable(magnitudes: NDArray[np.float32], details: Details) -> None:
    """Raise TrainingError for too few stars, and for magnitudes that are neither finite nor masked."""
    if len(magnitudes) < FEWEST_STARS:
        raise TrainingError(
            f"There are too few stars to train on: {len(magnitudes)} take part, at least {FEWEST_STARS} are needed; "
            "relax the quality checks or open a larger table."
        )
    usable = np.isfinite(magnitudes)
    if not (usable if details.masked is None else usable | details.masked).all():
        raise TrainingError("Some magnitudes are not finite numbers; leave those stars out of the training.")
