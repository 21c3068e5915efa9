"""Find clusters among a session's stars and write the stars as a table with a column `cluster`, -1 for noise."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import positive_number, seed, table_to_write, whole_number

if TYPE_CHECKING:
    from stellar_gui.analysis.clusters import ClusterSettings

EXAMPLE = """\
Clusters are counted from 0, the largest first. A Gaussian mixture (gmm) takes as many components as the Bayesian
information criterion asks for, and merges those that overlap; HDBSCAN finds dense places of any shape, and leaves the
stars between them as noise. Beyond 20,000 stars the clusters are looked for in as many, drawn by the seed, and the
other stars are placed by them.

example:
  stellar-gui clusters run.stellar clusters.parquet --method hdbscan --smallest 2 --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT, the method and its settings."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument(
        "out", type=table_to_write, metavar="OUT", help="the table to write; the ending chooses the format"
    )
    parser.add_argument("--method", choices=("gmm", "hdbscan"), default="gmm", help="(default: gmm)")
    parser.add_argument(
        "--space",
        choices=("latent", "features"),
        default="latent",
        help="where distances are taken: on the latent plane, or among the numbers that the network reads, whitened "
        "magnitudes or scaled colours (default: latent)",
    )
    parser.add_argument(
        "--smallest",
        type=positive_number,
        metavar="PERCENT",
        help="hdbscan: stars of the smallest cluster, in percent of all that take part (default: 1)",
    )
    parser.add_argument(
        "--components", type=whole_number, metavar="N", help="gmm: Gaussian components (default: as the BIC asks for)"
    )
    parser.add_argument(
        "--overlap",
        type=positive_number,
        metavar="NATS",
        help="gmm: merge components as long as that takes so much uncertainty from each of their stars (default: 0.06)",
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="(default: 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object with sizes, noise and silhouettes")


def run(arguments: argparse.Namespace) -> None:
    """Open, find clusters, write, and tell what was found."""
    from stellar_gui.analysis.clusters import ClusterSettings, as_finding
    from stellar_gui.catalog.atomic import require_target
    from stellar_gui.errors import InputError
    from stellar_gui.session.clusters import cluster_stars
    from stellar_gui.session.export import export_rows
    from stellar_gui.session.storage.archive import load_session

    settings = _settings(arguments, ClusterSettings(arguments.method, arguments.space, seed=arguments.seed))
    require_target(arguments.out)
    session = follow(load_session(arguments.session), "opening")
    try:
        clustering = follow(cluster_stars(session, settings), "finding clusters")
    except InputError as error:
        raise InputError(f"{arguments.session.name}: {error}") from error
    finding = as_finding(clustering, None if session.model is None else session.model.id)
    others = tuple(other for other in session.findings if other.name != finding.name)
    rows, what = session.rows_of(None)
    follow(export_rows(replace(session, findings=(*others, finding)), rows, arguments.out, what), "writing")
    stars = int(session.quality.kept.sum())
    if arguments.json:
        write_json({"stars": stars, "sizes": clustering.sizes.tolist(), "noise": clustering.noise, **finding.recipe})
        return
    told = "not known" if clustering.silhouette is None else f"{clustering.silhouette:.3f}"
    clusters = len(clustering.sizes)
    write_result(
        [
            f"{stars:,} stars in {clusters} cluster{'s' if clusters != 1 else ''}, {clustering.noise:.1%} noise; "
            f"mean silhouette {told}; written to {arguments.out}",
            clustering.note,
            *(f"  cluster {k:<3}{size:>12,}{size / stars:>9.1%}" for k, size in enumerate(clustering.sizes.tolist())),
        ]
    )


def _settings(arguments: argparse.Namespace, settings: "ClusterSettings") -> "ClusterSettings":
    """The settings with what was given; raises InputError for an option of the other method, or out of range."""
    from stellar_gui.analysis.clusters import MOST_COMPONENTS
    from stellar_gui.errors import InputError

    mine = ("smallest",) if arguments.method == "hdbscan" else ("components", "overlap")
    given = {name: getattr(arguments, name) for name in ("smallest", "components", "overlap")}
    given = {name: value for name, value in given.items() if value is not None}
    for name in given:
        if name not in mine:
            raise InputError(f"--{name} is of the other method; leave it out, or choose --method.")
    if not 1 <= given.get("components", 1) <= MOST_COMPONENTS:
        raise InputError(f"--components wants a number from 1 to {MOST_COMPONENTS}")
    if "smallest" in given:
        given["smallest"] /= 100
        if given["smallest"] > 0.5:
            raise InputError("--smallest wants at most 50 percent")
    return replace(settings, **given)
