"""Latent coordinates that can be compared: the canonical form, and frames of a film turned towards each other."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from stellar_gui.autoencoder.network import AutoEncoder

_FLAT: Final = 1e-12
"""A latent direction whose variance is below this share of the largest counts as unused and is not stretched."""


@dataclass(frozen=True, eq=False)
class CanonicalForm:
    """The map canonical = (latent - centre) @ matrix; centre: (m,), matrix: (m, m), both float64."""

    centre: NDArray[np.float64]
    matrix: NDArray[np.float64]

    def apply(self, latent: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, m) latent -> (n, m) canonical coordinates."""
        canonical: NDArray[np.float64] = (latent - self.centre) @ self.matrix
        return canonical


def canonical_form(latent: NDArray[np.float32], whitened: NDArray[np.float32]) -> CanonicalForm:
    """The canonical form of the latent positions (n, m) of stars with whitened magnitudes (n, 5).

    In it the stars have mean 0 and variance 1 along each axis, and the axes are the principal directions of the latent
    positions as the network gave them, the widest first. Sign rule: each axis points so that it grows with that
    principal component of the magnitudes with which it correlates most strongly.
    """
    centre = latent.mean(axis=0, dtype=np.float64)
    centred = latent - centre
    variance, axes = np.linalg.eigh(centred.T @ centred / len(latent))
    variance, axes = variance[::-1], axes[:, ::-1]
    stretch = np.where(variance > _FLAT * variance[0], variance, variance[0] if variance[0] > 0 else 1.0)
    matrix = axes / np.sqrt(stretch)
    agreement = (centred @ matrix).T @ whitened
    strongest = agreement[range(len(agreement)), np.abs(agreement).argmax(axis=1)]
    return CanonicalForm(centre, matrix * np.where(strongest < 0, -1.0, 1.0))


def fold(network: AutoEncoder, form: CanonicalForm) -> None:
    """Let the network give canonical coordinates: its encoder's last and its decoder's first layer take the map over.

    Reconstructions stay what they were, to float32 rounding.
    """
    last, first = network.encoder[-1], network.decoder[0]
    assert isinstance(last, nn.Linear) and isinstance(first, nn.Linear)
    weight, bias = _float64(last.weight), _float64(last.bias)
    _assign(last, form.matrix.T @ weight, (bias - form.centre) @ form.matrix)
    weight, bias = _float64(first.weight), _float64(first.bias)
    _assign(first, weight @ np.linalg.inv(form.matrix).T, bias + weight @ form.centre)


def align(latent: NDArray[np.float64], earlier: NDArray[np.float64]) -> NDArray[np.float64]:
    """Latent positions (n, m) turned and mirrored to lie as close as possible to earlier ones (n, m); both centred."""
    turned: NDArray[np.float64] = latent @ turn_towards(latent, earlier)
    return turned


def turn_towards(latent: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """The orthogonal (m, m) matrix by which latent positions (n, m) come as close as possible to others; both centred.

    The orthogonal Procrustes solution of Schoenemann 1966, Psychometrika 31, 1.
    """
    left, _, right = np.linalg.svd(latent.T.astype(np.float64) @ other)
    turn: NDArray[np.float64] = left @ right
    return turn


def _float64(values: torch.Tensor) -> NDArray[np.float64]:
    array: NDArray[np.float64] = values.detach().cpu().double().numpy()
    return array


def _assign(layer: nn.Linear, weight: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight).float())
        layer.bias.copy_(torch.from_numpy(bias).float())
