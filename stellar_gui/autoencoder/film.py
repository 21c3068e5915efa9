"""The film of a training: where some stars lay while the network learned, kept small by dropping every second frame."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from stellar_gui.autoencoder.report import ReadOnly

if TYPE_CHECKING:
    from stellar_gui.autoencoder.training_progress import TrainingProgress

MOST_FRAMES: Final = 120
_LARGEST: Final = float(np.finfo(np.float16).max)


@dataclass(frozen=True, eq=False)
class Film(ReadOnly):
    """Frames of a training, turned to lie as the model's own latent coordinates do. All arrays are read-only.

    latent: (f, k, m) float16, the same k stars in each of f frames, the last as the model places them.
    epoch: (f,) int64, the one that each frame lies in; validation_mse: (f,) float64, mag^2, as the training told it.
    Raises ValueError where they do not belong together.
    """

    latent: NDArray[np.float16]
    epoch: NDArray[np.int64]
    validation_mse: NDArray[np.float64]

    def __post_init__(self) -> None:
        super().__post_init__()
        kinds = [values.dtype.name for values in (self.latent, self.epoch, self.validation_mse)]
        if kinds != ["float16", "int64", "float64"] or self.latent.ndim != 3:
            raise ValueError("a film is made of float16 positions, whole epochs and float64 errors")
        if not 0 < len(self.latent) == len(self.epoch) == len(self.validation_mse):
            raise ValueError("a film has an epoch and an error for each of its frames")

    def __len__(self) -> int:
        return len(self.epoch)

    def frame(self, number: int) -> NDArray[np.float32]:
        """(k, m) float32: the latent positions in a frame, counted from 0."""
        positions: NDArray[np.float32] = self.latent[number].astype(np.float32)
        return positions

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The film as arrays by name, for a file."""
        return {"latent": self.latent, "epoch": self.epoch, "validation_mse": self.validation_mse}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> "Film":
        """The film of arrays as `arrays` gave them. Raises KeyError or ValueError for others."""
        if not np.isfinite(arrays["latent"]).all():
            raise ValueError("a film's positions are finite")
        return cls(arrays["latent"], arrays["epoch"], arrays["validation_mse"])


class _Frame(NamedTuple):
    """What is kept of a report; latent: (k, m) float32."""

    latent: NDArray[np.float32]
    epoch: int
    validation_mse: float


class FilmRecorder:
    """Takes the reports of one training, at even steps of it however long it lasts, at most `MOST_FRAMES` of them."""

    def __init__(self) -> None:
        self._frames: list[_Frame] = []
        self._last: _Frame | None = None
        self._every, self._seen = 1, 0

    def record(self, progress: "TrainingProgress") -> None:
        """Take a report, or leave it out where only every second or fewer are kept by now."""
        self._last = frame = _Frame(progress.latent, progress.epoch, progress.validation_mse)
        if self._seen % self._every == 0:
            if len(self._frames) == MOST_FRAMES - 1:
                self._frames, self._every = self._frames[::2], 2 * self._every
            if self._seen % self._every == 0:
                self._frames.append(frame)
        self._seen += 1

    def film(self) -> Film | None:
        """The film up to the last report, that of the finished model; None of fewer than two reports."""
        last, frames = self._last, [frame for frame in self._frames if frame is not self._last]
        if last is None or not frames:
            return None
        from stellar_gui.autoencoder.canonical import turn_towards

        turn = turn_towards(frames[-1].latent, last.latent).astype(np.float32)
        latent = np.stack([frame.latent for frame in (*frames, last)])
        latent[:-1] = (latent[:-1].reshape(-1, len(turn)) @ turn).reshape(latent[:-1].shape)
        return Film(
            latent=np.clip(latent, -_LARGEST, _LARGEST, out=latent).astype(np.float16),
            epoch=np.array([frame.epoch for frame in (*frames, last)], np.int64),
            validation_mse=np.array([frame.validation_mse for frame in (*frames, last)], np.float64),
        )
