"""Training stars moved a little each time they are seen, so that a small table is not learned by heart."""

import math
from dataclasses import replace
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from stellar_gui.autoencoder.config import BANDS
from stellar_gui.autoencoder.features import Features
from stellar_gui.autoencoder.objective import Stars

SHARE: Final = 0.5
"""Width of the jitter, in units of what the leading principal components leave of the stars."""
STRAYS: Final = 0.05
"""Share of stars of which one band is moved far, as in a measurement that went wrong."""
STRAY_WIDTH: Final = 10.0
"""How far, in the same units."""
FAR: Final = 5.0
"""Standard deviations, along a direction that the latent space loses, beyond which a star counts as far off."""
FULL_ABOVE: Final = 0.005
"""Share of stars far off from which on the jitter is full: 0.009 and 0.010 in two tables of SDSS, 0 in a clean one."""
FULL_BELOW: Final = 10_000
"""Training stars; with more, jitter and strays become fewer as 1 / number: a large table is not learned by heart."""


class Jitter:
    """Draws stars near the training stars: a smoothed bootstrap, or vicinal risk (Chapelle et al. 2000, NIPS 13).

    Both what the network sees and what it is to reconstruct are moved. All bands get normal noise; now and then one
    band is moved far; masked bands stay. In a small table of real stars a few far-off measurements, each unlike those
    of the training stars, make half of the squared error of the test stars; a network that has seen others in their
    place errs less. A table without far-off stars is left as it is: there the jitter would only blur.
    """

    def __init__(
        self, features: Features, latent: int, some: NDArray[np.float32], stars: int, device: str = "cpu"
    ) -> None:
        """features: fitted on the training stars, of which there are so many, on a device; latent: dimensions.

        some: magnitudes (n, 5) of some of them, mag, masked bands filled.
        """
        scaling, passed = features.scaling, latent + features.passes_brightness
        left = math.sqrt(float(np.square(scaling.scale[passed:]).sum()) / BANDS)
        lost = (some - scaling.mean) @ (scaling.axes / scaling.scale)[:, passed:]
        far_off = float((np.abs(lost) > FAR).any(axis=1).mean())
        fullness = min(1.0, FULL_BELOW / stars) * min(1.0, far_off / FULL_ABOVE)
        self._to_features = torch.from_numpy(features.forward.astype(np.float32)).to(device)
        self._width, self._reach = SHARE * left * math.sqrt(fullness), STRAY_WIDTH * left
        self._strays = STRAYS * fullness

    def moved(self, stars: Stars, generator: torch.Generator) -> Stars:
        """Stars in random order, moved a little; the very same where nothing is to be moved.

        generator: on the CPU.
        """
        if self._width == 0.0:
            return stars
        count = len(stars)
        shift = torch.randn(count, BANDS, generator=generator).mul_(self._width)
        strays = round(self._strays * count)
        rows = torch.arange(strays) * count // max(strays, 1)
        bands = torch.randint(BANDS, (strays,), generator=generator)
        shift[rows, bands] += torch.randn(strays, generator=generator) * self._reach
        shift = shift.to(stars.features.device)
        if stars.seen is not None:
            shift *= stars.seen
        return replace(stars, features=torch.addmm(stars.features, shift, self._to_features))
