"""The objective: what a training makes small, and what validation compares."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stellar_gui.autoencoder.config import BANDS, TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.features import Features
from stellar_gui.errors import TrainingError

CALIBRATION_ERROR: Final = 0.02
"""mag, added in quadrature to photometric errors before they weigh the loss: the survey's calibration is no better in u
(Padmanabhan et al. 2008, ApJ 674, 1217), and without it a few bright stars would decide everything."""

UNKNOWN_FROM: Final = 10.0
"""mag; an error as large as this is a placeholder."""

_FLAT: Final = 1e-6
"""Variance, in units of the features', below which a principal direction of the features is not stretched further."""


@dataclass(frozen=True)
class Stars:
    """What the objective needs of n stars.

    features: (n, k) float32, the target.
    seen: (n, 5) float32, 0 where a band is masked, 1 elsewhere; None if all are 1.
    weights: (n, l) float32, of each component of the loss; None if all are 1.
    noise: (n, 5) float32, mag, one standard deviation of what is added to the input; None for nothing.
    """

    features: Tensor
    seen: Tensor | None = None
    weights: Tensor | None = None
    noise: Tensor | None = None

    def __len__(self) -> int:
        return len(self.features)

    def take(self, rows: Tensor | slice) -> "Stars":
        """The same of some of the stars."""

        def some(values: Tensor | None) -> Tensor | None:
            return None if values is None else values[rows]

        return Stars(self.features[rows], some(self.seen), some(self.weights), some(self.noise))


class Objective:
    """Turns what is lost between target and output into a loss, as the config says; see TrainingConfig.

    typical_errors: (5,) mag, median photometric error of the training stars, for stars whose own is not known; NaN
    where no error is known.
    """

    def __init__(self, config: TrainingConfig, features: Features, details: Details) -> None:
        """details: of the training stars. Raises TrainingError where errors are needed and a band has none."""
        self._config, self._features = config, features
        self.typical_errors = _typical(details.errors)
        if config.needs_errors and not np.isfinite(self.typical_errors).all():
            raise TrainingError(
                "The photometric errors of the stars are not known, and the training asks for them; name their columns "
                "(such as err_u), or train without weights and without added noise."
            )
        to_loss = _to_loss(config.loss_in, features)
        self._to_loss = self._tensor(to_loss)
        self._to_bands = self._tensor(features.backward)
        self._bands_to_loss = np.eye(BANDS) if config.loss_in == "magnitudes" else features.forward @ to_loss
        self._by_bands = self._tensor(self._bands_to_loss)
        self._forward = self._tensor(features.forward)
        self._plain = config.features == config.loss_in == "magnitudes" and config.loss == "quadratic"
        self._scale = self._tensor(features.scaling.scale)
        self._weight_unit = 1.0
        if config.loss == "weighted":
            self._weight_unit = float(np.mean(self._inverse_variance(details.errors)))

    def stars(self, features: NDArray[np.float32], details: Details, noisy: bool = False) -> Stars:
        """What the objective needs of stars with features (n, k) and these details; noisy: of those to learn from."""
        weights = None
        if self._config.loss == "weighted":
            weights = self._inverse_variance(details.errors, len(features)) / self._weight_unit
        seen = None
        if details.masked is not None and details.masked.any():
            seen = (~details.masked).astype(np.float32)
            if self._config.loss_in != "whitened":
                touched = self._bands_to_loss.astype(np.float32) != 0
                whole = (seen @ touched == touched.sum(axis=0)).astype(np.float32)
                weights = whole if weights is None else weights * whole
        noise = None
        if noisy and self._config.denoise:
            noise = self._known(details.errors, len(features))
            noise = noise if seen is None else noise * seen
        others = (None if values is None else self._tensor(values) for values in (seen, weights, noise))
        return Stars(self._tensor(features), *others)

    def input(self, stars: Stars, generator: torch.Generator) -> Tensor:
        """(n, k): what the network is given, with noise from a generator on the CPU where the config says so."""
        if stars.noise is None:
            return stars.features
        noise = torch.randn(stars.noise.shape, generator=generator).to(stars.noise.device) * stars.noise
        return stars.features + noise @ self._forward

    def loss(self, output: Tensor, stars: Stars) -> Tensor:
        """The mean loss of stars whose features the network gives as output (n, k)."""
        lost = output - stars.features
        if self._plain and stars.weights is None:
            return (lost * self._scale).square().mean()
        penalty = self._penalty(lost, stars)
        if stars.weights is None:
            return penalty.mean()
        return (penalty * stars.weights).sum() / self._total(stars.weights, penalty)

    def loss_and_gradient(self, output: Tensor, stars: Stars) -> tuple[float, Tensor]:
        """The same loss, and its gradient with respect to the output (n, k)."""
        if self._plain and stars.weights is None:
            lost = (output - stars.features) * self._scale
            return float(lost.square().mean()), lost * (self._scale * (2 / lost.numel()))
        output = output.detach().requires_grad_()
        loss = self.loss(output, stars)
        (gradient,) = torch.autograd.grad(loss, output)
        return float(loss.detach()), gradient

    def per_star(self, output: Tensor, stars: Stars) -> NDArray[np.float64]:
        """(n,) float64: each star's part of the loss; their mean is the loss of them all."""
        penalty = self._penalty(output - stars.features, stars).cpu().double()
        if stars.weights is None:
            losses: NDArray[np.float64] = penalty.mean(dim=1).numpy()
            return losses
        weights = stars.weights.cpu()
        shares: NDArray[np.float64] = (penalty * weights).sum(dim=1).numpy()
        return shares * (len(stars) / float(self._total(weights, penalty)))

    def residuals(self, output: Tensor, stars: Stars) -> NDArray[np.float32]:
        """(n, 5) float32, mag: original - reconstruction; NaN in masked bands."""
        residual = (stars.features - output) @ self._to_bands
        if stars.seen is not None:
            residual = residual.masked_fill(stars.seen == 0, float("nan"))
        values: NDArray[np.float32] = residual.cpu().numpy()
        return values

    def _penalty(self, lost: Tensor, stars: Stars) -> Tensor:
        """(n, l): loss of each star and component, not yet weighted."""
        if stars.seen is not None and self._config.loss_in == "whitened":
            parts = (lost @ self._to_bands * stars.seen) @ self._by_bands
        else:
            parts = lost @ self._to_loss
        if self._config.loss != "huber":
            return parts.square()
        delta, size = self._config.huber_delta, parts.abs()
        return torch.where(size < delta, size.square(), delta * (2 * size - delta))

    def _total(self, weights: Tensor, penalty: Tensor) -> Tensor:
        """What the weighted sum is divided by: the components of the loss that are seen, each counted once."""
        if self._config.loss == "weighted":
            return torch.count_nonzero(weights).clamp(min=1).to(penalty.dtype)
        return weights.sum().clamp(min=1).to(penalty.dtype)

    def _tensor(self, values: NDArray[np.floating]) -> Tensor:
        """Values as float32 on the device; those that are float32 already are not copied on the CPU."""
        return torch.from_numpy(np.ascontiguousarray(values, np.float32)).to(self._config.device)

    def _known(self, errors: NDArray[np.float32] | None, stars: int) -> NDArray[np.float32]:
        """(n, 5) mag: each star's photometric errors, the typical ones where they are not known."""
        typical = np.broadcast_to(self.typical_errors.astype(np.float32), (stars, len(self.typical_errors)))
        return typical if errors is None else np.where(_is_known(errors), errors, typical)

    def _inverse_variance(self, errors: NDArray[np.float32] | None, stars: int = 0) -> NDArray[np.float64]:
        """(n, l): one over the variance that photometric errors cause in each component of the loss."""
        known = self._known(errors, stars if errors is None else len(errors))
        variance = np.square(known, dtype=np.float64) + CALIBRATION_ERROR**2
        inverse: NDArray[np.float64] = 1 / (
            variance @ np.square(self._bands_to_loss.astype(np.float32).astype(np.float64))
        )
        return inverse


def _to_loss(loss_in: str, features: Features) -> NDArray[np.float64]:
    """(k, l): what is lost in features @ it = the components of which the loss is made."""
    if loss_in == "magnitudes":
        return features.backward
    if loss_in == "colours" or features.kind == "magnitudes":
        return np.eye(features.count)
    spread = (features.scaling.axes * features.scaling.scale).T @ features.forward
    variance, axes = np.linalg.eigh(spread.T @ spread)
    whitening: NDArray[np.float64] = axes / np.sqrt(np.maximum(variance, _FLAT))
    return whitening


def _is_known(errors: NDArray[np.float32]) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        known: NDArray[np.bool_] = (errors > 0) & (errors < UNKNOWN_FROM)
    return known


def _typical(errors: NDArray[np.float32] | None) -> NDArray[np.float64]:
    """(5,) mag: median of each band's known errors, NaN where there are none."""
    if errors is None:
        return np.full(BANDS, np.nan)
    known = _is_known(errors)
    return np.array([np.median(errors[known[:, k], k]) if known[:, k].any() else np.nan for k in range(BANDS)])
