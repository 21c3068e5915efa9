"""Other planes of the same stars, to compare a latent plane with: principal components, and UMAP where it is there."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.errors import StellarError

UMAP_STARS: Final = 10_000
"""Stars that UMAP places; of more, as many drawn at random with a fixed seed."""

_FEATURES, _PLACES = "features.npy", "places.npy"
_POLL = 0.1  # s


def principal_components(features: NDArray[np.floating], components: int = 2) -> NDArray[np.float32]:
    """(n, components) float32: stars (n, d) along the directions in which they spread most, about their mean.

    Sign rule: the largest number of each direction is positive.
    """
    centred = features - features.mean(axis=0, dtype=np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :components]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])
    positions: NDArray[np.float32] = (centred @ axes).astype(np.float32)
    return positions


def umap_installed() -> bool:
    """Whether the optional package umap-learn is there; it is not loaded."""
    return find_spec("umap") is not None


def umap_plane(features: NDArray[np.floating]) -> Generator[None, None, NDArray[np.float32]]:
    """(n, 2) float32: stars (n, d) placed by UMAP with its default settings and a fixed seed.

    After McInnes, Healy and Melville 2018, arXiv:1802.03426. It runs in a process of its own, since its compiled loops
    would keep the window from answering; closing the generator ends the process. Yields from time to time.
    Raises StellarError where that process fails.
    """
    with tempfile.TemporaryDirectory(prefix="stellar-gui-") as name:
        folder = Path(name)
        np.save(folder / _FEATURES, features)
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        command = [sys.executable, "-P", "-m", __name__, str(folder)]
        with (folder / "errors").open("w+b") as errors:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, env=environment)
            try:
                while process.poll() is None:
                    yield
                    _wait(process)
            finally:
                process.kill()
                process.wait()
            if process.returncode != 0:
                errors.seek(0)
                words = errors.read().decode(errors="replace").strip().splitlines() or ["it said nothing"]
                raise StellarError(f"UMAP could not place the stars ({words[-1]}); install umap-learn anew.")
        places: NDArray[np.float32] = np.load(folder / _PLACES, allow_pickle=False)
        return places


def _wait(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(_POLL)
    except subprocess.TimeoutExpired:
        return


def _place(folder: Path) -> None:
    """What the process does."""
    from umap import UMAP

    features = np.load(folder / _FEATURES, allow_pickle=False)
    places = UMAP(random_state=0, n_jobs=1).fit_transform(features)
    np.save(folder / _PLACES, places.astype(np.float32))


if __name__ == "__main__":
    _place(Path(sys.argv[1]))
