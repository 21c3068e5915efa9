"""How the reconstructed magnitudes change with the place on the latent plane: exact derivatives of the decoder."""

from copy import deepcopy

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS
from stellar_gui.autoencoder.model import TrainedModel, one_thread


def decoder_jacobian(model: TrainedModel, latent: NDArray[np.floating]) -> NDArray[np.float64]:
    """Derivatives of the decoder at latent positions (k, m): (k, 5, m) float64, mag per latent unit.

    They are those of the magnitudes that `model.decode` gives, at a fixed brightness for features that do not hold it,
    by automatic differentiation in double precision.
    """
    decoder = deepcopy(model.network.decoder).double()
    points = torch.tensor(latent, dtype=torch.float64, requires_grad=True)
    with one_thread():
        magnitudes = decoder(points) @ torch.tensor(model.features.backward)
        sums = magnitudes.sum(dim=0)  # a point's magnitudes depend on no other point
        rows = [torch.autograd.grad(sums[band], points, retain_graph=True)[0] for band in range(BANDS)]
    jacobian: NDArray[np.float64] = torch.stack(rows, dim=1).numpy()
    return jacobian
