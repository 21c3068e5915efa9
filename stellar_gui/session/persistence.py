"""Whether a subset of a session's stars persists when the network is trained anew: what window and command line ask."""

import contextlib
import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from stellar_gui.analysis.persistence import (
    FEWEST_MEMBERS,
    MEASURES,
    NEIGHBOURS,
    FreshPlane,
    Together,
    Verdict,
    exceeds,
    structure_free,
    together,
    verdict,
)
from stellar_gui.analysis.thumbnail import marked_thumbnail
from stellar_gui.autoencoder.config import TrainingConfig
from stellar_gui.autoencoder.details import Details
from stellar_gui.autoencoder.embedding import Embedding, embed
from stellar_gui.errors import InputError
from stellar_gui.progress import Progress, drain
from stellar_gui.session.details import details_of
from stellar_gui.session.session import Mask, Session

if TYPE_CHECKING:
    from stellar_gui.autoencoder.model import TrainedModel

RUNS: Final = 5
MOST_RUNS: Final = 50
CONTROLS: Final = 3
"""Trainings on stars without structure; the clusters of each map are looked for on the others."""
MOST_STARS: Final = 50_000
"""Stars that the trainings and the planes are of; of more, as many drawn at random, or enough for a small subset."""

_MEASURING: Final = 0.1  # of the time of a training


@dataclass(frozen=True, eq=False)
class Picture:
    """A map the size of a stamp, see `marked_thumbnail`: (side, side) uint16 numbers of all stars and of the subset."""

    stars: NDArray[np.uint16]
    members: NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class PersistenceReport:
    """How a subset stays together on maps that were trained anew with other seeds.

    stars, members: those of the sample on which all rests, and how many of them are the subset's; sampled: whether they
    are not all that take part. group: of the subset, (1, runs); patches: of compact patches of its size at random
    places of the map; control: of the clusters of a map of stars without structure, each on the other two such maps.
    neighbours_kept: the mean share of a star's 30 neighbours on the map that are its neighbours on a new one.
    pictures: of the map, then of the new ones; control_map: the first map of stars without structure, and its picture.
    """

    stars: int
    members: int
    sampled: bool
    group: Together
    patches: Together
    control: Together
    neighbours_kept: float
    pictures: tuple[Picture, ...]
    control_picture: Picture
    control_map: Embedding

    @property
    def runs(self) -> int:
        """Trainings with other seeds."""
        return int(self.group.jaccard.shape[1])

    def mean(self, measure: str) -> float:
        """The subset's mean 'jaccard' or 'purity' over the runs."""
        return float(getattr(self.group, measure).mean())

    def spread(self, measure: str) -> float:
        """Its standard deviation over the runs."""
        return float(getattr(self.group, measure).std())

    @property
    def nulls(self) -> tuple[Together, Together]:
        """The groups that mean nothing: patches and the control map's clusters."""
        return self.patches, self.control

    @property
    def verdict(self) -> Verdict:
        """Whether the subset persists."""
        return verdict(self.group, self.nulls)

    @property
    def sentence(self) -> str:
        """The verdict in words."""
        clustered, pure = (exceeds(self.group, measure, self.nulls) for measure in MEASURES)
        if self.verdict is Verdict.PERSISTS:
            return (
                "It persists: new maps show it as a cluster again, and its stars stay among themselves, both more than "
                "groups without a meaning."
            )
        if self.verdict is Verdict.DOES_NOT:
            return "It does not persist: on new maps it stays together no better than groups without a meaning."
        if clustered and pure:
            why = "it does better than groups without a meaning, but clusters of new maps share less than half of it."
        elif pure:
            why = "its stars stay among themselves, but no cluster of the new maps is like it."
        else:
            why = "new maps show a cluster like it, but its stars mix with others as those of groups without a meaning."
        return f"It persists partly: {why}"

    @property
    def neighbours_sentence(self) -> str:
        """How far neighbours can be trusted at all, in words."""
        return (
            f"Of a star's {NEIGHBOURS} nearest neighbours on the map, {100 * self.neighbours_kept:.0f} % are its "
            "neighbours on a new one."
        )

    @property
    def basis(self) -> str:
        """What all this rests on, in words."""
        drawn = ", drawn at random" if self.sampled else ""
        return (
            f"Measured on {self.stars:,} stars{drawn}, {self.members:,} of them in the subset; "
            f"{self.runs} training{'s' if self.runs != 1 else ''} with other seeds, {CONTROLS} without structure."
        )


def assess_persistence(
    session: Session, members: Mask, runs: int = RUNS
) -> Generator[Progress, None, PersistenceReport]:
    """Train so many times anew, and three times on stars without structure, and measure how the members stay together.

    members: (n,) bool over the catalogue's rows. All that is random has a fixed seed. Closing the generator ends the
    trainings. Raises InputError without a model, for fewer than 20 members or fewer other stars, and for a number of
    runs that cannot be; TrainingError where a training fails.
    """
    from stellar_gui.autoencoder.seeds import train_seeds

    model, embedding = session.model, session.embedding
    if model is None or embedding is None:
        raise InputError("Persistence is measured against the map, and there is none yet; train first.")
    if not 1 <= runs <= MOST_RUNS:
        raise InputError(f"The number of runs is from 1 to {MOST_RUNS}, not {runs}.")
    rows = _sample(session.quality.kept, members)
    group = np.flatnonzero(members[rows])
    config = _config(model.config)
    details = details_of(session.catalog, session.quality, config).take(rows)
    magnitudes = session.catalog.magnitudes[rows]
    free, free_details, free_config = _without_structure(magnitudes, details, config)
    seeds = range(config.seed + 1, config.seed + 1 + max(runs, CONTROLS))
    steps = _Steps(runs + CONTROLS)
    models = yield from steps.trainings(train_seeds(magnitudes, config, seeds[:runs], details))
    controls = yield from steps.trainings(train_seeds(free, free_config, seeds[:CONTROLS], free_details))

    original = Embedding(embedding.latent[rows], embedding.reconstruction[rows], embedding.residual[rows])
    first = FreshPlane(original.latent, len(group))
    yield steps.measured()
    maps, planes = [], []
    for trained in models:
        maps.append(_placed(trained, magnitudes, details))
        planes.append(FreshPlane(maps[-1].latent, len(group)))
        yield steps.measured()
    free_maps, free_planes = [], []
    for trained in controls:
        free_maps.append(_placed(trained, free, free_details))
        free_planes.append(FreshPlane(free_maps[-1].latent, len(group)))
        yield steps.measured()
    marked = members[rows]
    return PersistenceReport(
        stars=len(rows),
        members=len(group),
        sampled=len(rows) < int(session.quality.kept.sum()),
        group=together([group], planes),
        patches=together(first.patches(group, len(group), config.seed), planes),
        control=_control(free_planes, len(group)),
        neighbours_kept=float(np.mean([first.kept(plane) for plane in planes])),
        pictures=tuple(Picture(*marked_thumbnail(each, marked)) for each in (original, *maps)),
        control_picture=Picture(*marked_thumbnail(free_maps[0], np.zeros(len(rows), bool))),
        control_map=free_maps[0],
    )


class _Steps:
    """How far the work is, in trainings; measuring a plane takes a part of the time of one."""

    def __init__(self, trainings: int) -> None:
        self._done, self._total = 0.0, trainings + _MEASURING * (trainings + 1)

    def trainings(
        self, work: "Generator[Progress, None, list[TrainedModel]]"
    ) -> "Generator[Progress, None, list[TrainedModel]]":
        """Pass trainings on."""
        before = self._done
        with contextlib.closing(work):
            while True:
                try:
                    progress = next(work)
                except StopIteration as end:
                    models: list[TrainedModel] = end.value
                    return models
                self._done = before + progress.done
                yield Progress(self._done, self._total, progress.unit)

    def measured(self) -> Progress:
        """A plane has been measured."""
        self._done += _MEASURING
        return Progress(min(self._done, self._total), self._total, "trainings")


def _sample(kept: Mask, members: Mask) -> NDArray[np.intp]:
    """The rows that stand for all that take part, ascending; more than 50,000 where a subset is small.

    Raises InputError for too few members or others.
    """
    rows = np.flatnonzero(kept)
    mine = int(np.count_nonzero(members[rows]))
    if mine < FEWEST_MEMBERS:
        raise InputError(
            f"Of this subset {mine} stars take part, and {FEWEST_MEMBERS} are needed; choose a larger one."
        )
    if len(rows) - mine < FEWEST_MEMBERS:
        raise InputError("This subset is all of the stars, so there is nothing to tell it from; choose a smaller one.")
    wanted = max(MOST_STARS, math.ceil(2 * FEWEST_MEMBERS * len(rows) / mine))
    drawn: NDArray[np.intp] = np.sort(np.random.default_rng(0).permutation(len(rows))[:wanted])
    return rows[drawn]


def _config(config: TrainingConfig) -> TrainingConfig:
    """The settings of a run with those left out that belong to a machine: its time budget and its device."""
    return replace(config, time_budget=None, device="cpu")


def _without_structure(
    magnitudes: NDArray[np.float32], details: Details, config: TrainingConfig
) -> tuple[NDArray[np.float32], Details, TrainingConfig]:
    """Stars without structure as the network would see them, free of dust and with every band detected."""
    seen = magnitudes
    if config.deredden and details.extinction is not None:
        seen = magnitudes - details.extinction
    complete = slice(None) if details.masked is None else ~details.masked.any(axis=1)
    drawn = structure_free(seen[complete], config.seed, len(magnitudes))
    return drawn, Details(errors=details.errors), replace(config, deredden=False)


def _placed(model: "TrainedModel", magnitudes: NDArray[np.float32], details: Details) -> Embedding:
    return drain(embed(model, magnitudes, np.ones(len(magnitudes), bool), details))


def _control(planes: list[FreshPlane], size: int) -> Together:
    """How the clusters of each plane, of sizes like that of the subset, stay together on the others."""
    found = [together(plane.groups(size), [other for other in planes if other is not plane]) for plane in planes]
    return Together(*(np.concatenate([getattr(each, name) for each in found]) for name in MEASURES))
