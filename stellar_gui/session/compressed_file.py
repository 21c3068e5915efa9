"""Compressed catalogues (`NAME.stellarz`): what is in them, and reading that within limits."""

import json
import math
from collections.abc import Generator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from stellar_gui import __version__
from stellar_gui.catalog.bands import BAND_NAMES
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.storage.container import MANIFEST, MODEL, ArchiveKind, read_members
from stellar_gui.session.storage.manifest import Manifest

ENDING: Final = ".stellarz"
FORMAT: Final = "stellar-gui compressed catalogue"
FORMAT_VERSION: Final = 1
SOURCE: Final = "source.json"
LATENTS: Final = "latents.parquet"
EXACT: Final = "exact.parquet"
OTHERS: Final = "others.parquet"
KIND: Final = ArchiveKind(
    "compressed catalogue",
    {
        MANIFEST: 2**20,
        SOURCE: 16 * 2**20,
        MODEL: 2 * 2**30,
        LATENTS: 2 * 2**30,
        EXACT: 8 * 2**30,
        OTHERS: 16 * 2**30,
    },
)


@dataclass(frozen=True)
class Loss:
    """How far decoded magnitudes of a band are from the originals, mag: root mean square, 95 and 99.9 percent of them.

    None where no star is decoded.
    """

    rms: float | None
    p95: float | None
    p999: float | None


@dataclass(frozen=True)
class Compression:
    """What a compressed catalogue says of itself.

    rows: of the table. exact: those whose magnitudes are kept as they are, since they take no part, a band has no
    detection, or the error is above `keep_beyond` (root mean square of the five bands, mag).
    latent: numbers per decoded star, in units of `step`; mean_magnitude_step: mag, where each star's mean magnitude
    goes round the network, else None.
    columns: of the table, in order. loss: by band, over the decoded stars.
    packed: bytes by member. magnitudes: bytes of five float32 per row; parquet: bytes of the whole table as this
    program writes it in Parquet.
    """

    rows: int
    exact: int
    keep_beyond: float
    latent: int
    step: float
    mean_magnitude_step: float | None
    columns: tuple[str, ...]
    loss: Mapping[str, Loss]
    packed: Mapping[str, int]
    magnitudes: int
    parquet: int

    @property
    def magnitudes_ratio(self) -> float:
        """How many times smaller latents, network and exact magnitudes are than five float32 per star."""
        return self.magnitudes / max(sum(self.packed[name] for name in (LATENTS, MODEL, EXACT)), 1)

    @property
    def table_ratio(self) -> float:
        """How many times smaller the compressed catalogue is than the table as Parquet."""
        return self.parquet / max(sum(self.packed.values()), 1)

    @property
    def in_words(self) -> str:
        """What was lost, in one sentence."""
        losses = ", ".join(f"{band} {loss.rms:.3f}" for band, loss in self.loss.items() if loss.rms is not None)
        return (
            f"the magnitudes of {self.rows - self.exact:,} of {self.rows:,} stars are decoded from {self.latent} "
            "latent numbers each" + (f"; rms of the loss, mag: {losses}" if losses else "")
        )

    def facts(self) -> dict[str, Any]:
        """What people want to know, as JSON can hold it."""
        told = asdict(self)
        del told["columns"]
        return {**told, "magnitudes_ratio": self.magnitudes_ratio, "table_ratio": self.table_ratio}

    def to_json(self, created: str) -> bytes:
        """The manifest; equal values give equal bytes."""
        head = {"format": FORMAT, "format_version": FORMAT_VERSION, "program_version": __version__, "created": created}
        return json.dumps({**head, "columns": list(self.columns), **self.facts()}, indent=1).encode("ascii")

    @classmethod
    def from_json(cls, data: bytes, name: str) -> "Compression":
        """Read a manifest; name is what an error calls its file.

        Raises InputError where it is none, is damaged, or was made by a newer version.
        """
        try:
            content = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise InputError(f"{name}: damaged; its manifest cannot be read.") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise InputError(f"{name}: not a compressed catalogue of Stellar GUI.")
        try:
            if _count(content["format_version"]) > FORMAT_VERSION:
                raise InputError(f"{name}: made by a newer version of Stellar GUI; update to open it.")
            step = content["mean_magnitude_step"]
            return cls(
                rows=_count(content["rows"]),
                exact=_count(content["exact"]),
                keep_beyond=_positive(content["keep_beyond"]),
                latent=_count(content["latent"]),
                step=_number(content["step"]),
                mean_magnitude_step=None if step is None else _number(step),
                columns=tuple(_text(column) for column in content["columns"]),
                loss={band: _loss(content["loss"][band]) for band in BAND_NAMES},
                packed={member: _count(content["packed"][member]) for member in (LATENTS, EXACT, OTHERS, MODEL)},
                magnitudes=_count(content["magnitudes"]),
                parquet=_count(content["parquet"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise InputError(f"{name}: damaged; its manifest is not as it should be.") from error


@dataclass(frozen=True, eq=False)
class Described:
    """What a compressed catalogue says of itself, and of the catalogue that it was made from."""

    compression: Compression
    source: Manifest


def is_compressed(path: Path) -> bool:
    """Whether a file is a compressed catalogue by its name."""
    return path.suffix.lower() == ENDING


def read_description(path: Path) -> Described:
    """Only what the file says of itself; raises InputError where it is missing, damaged or no compressed catalogue."""
    return description_of(drain(read_members(path, frozenset({MANIFEST, SOURCE}), KIND)), path.name)


def read_parts(path: Path) -> Generator[Progress, None, tuple[Described, dict[str, bytes]]]:
    """What the file says of itself, and all its members; raises InputError where it is damaged or lacks one."""
    members = yield from read_members(path, frozenset(KIND.limits), KIND)
    described = description_of(members, path.name)
    if missing := sorted(KIND.limits.keys() - members.keys()):
        raise InputError(f"{path.name}: damaged; it has no {missing[0]}.")
    return described, members


def description_of(members: Mapping[str, bytes], name: str) -> Described:
    """What members say; raises InputError where that does not fit together."""
    compression = Compression.from_json(members[MANIFEST], name)
    if SOURCE not in members:
        raise InputError(f"{name}: damaged; it has no {SOURCE}.")
    source = Manifest.from_json(members[SOURCE], name)
    bands = {source.columns[band] for band in BAND_NAMES}
    if source.rows != compression.rows or source.model is None or not bands <= set(compression.columns):
        raise InputError(f"{name}: damaged; what it says of itself does not fit together.")
    return Described(compression, source)


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**40:
        raise ValueError("a count")
    return value


def _positive(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < float(value) < math.inf:
        raise ValueError("a number above 0")
    return float(value)


def _number(value: object) -> float:
    number = _positive(value)
    if number >= 1e6:
        raise ValueError("a number out of range")
    return number


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a name")
    return value


def _loss(content: Mapping[str, Any]) -> Loss:
    told = [content[name] for name in ("rms", "p95", "p999")]
    return Loss(*(None if value is None else _size(value) for value in told))


def _size(value: object) -> float:
    return 0.0 if value == 0 else _positive(value)
