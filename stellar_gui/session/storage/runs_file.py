"""What a session file keeps of its runs in one member: pictures, films, and the models but the current one's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.thumbnail import SIDE
from stellar_gui.autoencoder.film import Film
from stellar_gui.autoencoder.tensor_file import Arrays, pack, unpack
from stellar_gui.errors import InputError
from stellar_gui.session.run import Run

_KEY: Final = "stellar-gui runs"
_KINDS: Final = frozenset({"U8", "U16", "F16", "I64", "F64"})


@dataclass(frozen=True)
class Parts:
    """By the runs' places in their list, counted from 0: models as `model_file` writes them, pictures and films."""

    models: Mapping[int, bytes] = field(default_factory=dict)
    pictures: Mapping[int, NDArray[np.uint16]] = field(default_factory=dict)
    films: Mapping[int, Film] = field(default_factory=dict)


NO_PARTS: Final = Parts()


def worth_saving(runs: Sequence[Run], current: Run | None) -> bool:
    """Whether the runs have more than the current one's model."""
    return any(run is not current or run.picture is not None or run.film is not None for run in runs)


def to_bytes(runs: Sequence[Run], current: Run | None) -> bytes:
    """The runs' parts as a safetensors file, without the model of the current run; equal runs give equal bytes."""
    from stellar_gui.autoencoder import model_file

    arrays: dict[str, NDArray[Any]] = {}
    for place, run in enumerate(runs):
        if run is not current:
            arrays[f"{place}.model"] = np.frombuffer(model_file.to_bytes(run.model), np.uint8)
        if run.picture is not None:
            arrays[f"{place}.picture"] = run.picture
        if run.film is not None:
            arrays |= {f"{place}.film.{name}": values for name, values in run.film.arrays().items()}
    return pack(_KEY, {"runs": len(runs)}, arrays)


def from_bytes(data: bytes, runs: int) -> Parts:
    """Read the parts of so many runs as `to_bytes` wrote them; raises InputError for anything else."""
    values, arrays = unpack(data, _KEY, _KINDS, "runs")
    try:
        if values["runs"] != runs:
            raise ValueError("another number of runs")
        return Parts(
            models={place: part["model"].tobytes() for place, part in _parts(arrays, runs, "model")},
            pictures={place: _picture(part["picture"]) for place, part in _parts(arrays, runs, "picture")},
            films={place: Film.of(part) for place, part in _parts(arrays, runs, "film.latent", "film.")},
        )
    except (KeyError, ValueError) as error:
        raise InputError("Its list of runs does not fit together.") from error


def _parts(arrays: Arrays, runs: int, needed: str, prefix: str = "") -> list[tuple[int, Arrays]]:
    """Place and arrays, by their names without the prefix, of the runs that have the needed one."""
    found: list[tuple[int, Arrays]] = []
    for place in range(runs):
        start = f"{place}.{prefix}"
        if f"{place}.{needed}" in arrays:
            own = {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}
            found.append((place, own))
    return found


def _picture(counts: NDArray[Any]) -> NDArray[np.uint16]:
    if counts.dtype != np.uint16 or counts.shape != (SIDE, SIDE):
        raise ValueError("a picture")
    return counts
