"""Tell whether a subset of a session's stars stays together when the network is trained anew with other seeds."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import whole_number
from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from stellar_gui.analysis.persistence import Together
    from stellar_gui.session.persistence import PersistenceReport

EXAMPLE = """\
The network is trained anew with other seeds on the same stars (50,000 drawn at random, of more), and on each new map
two things are measured: the Jaccard overlap of the subset with the cluster, found afresh, that is most like it, and the
purity of its members' 30 nearest neighbours. Both are compared with random compact patches of the map, of the same
size, and with the clusters of a control map: the same network, trained on stars without structure.

example:
  stellar-gui persist run.stellar --subset dwarfs --runs 5 --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, --subset, --runs, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument(
        "--subset", required=True, metavar="NAME", help="a subset of the session, or its saved 'selection'"
    )
    parser.add_argument(
        "--runs", type=whole_number, default=5, metavar="N", help="trainings with other seeds (default: 5)"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: jaccard, jaccard_std, purity, purity_std of the subset; the same in null for "
        "random compact patches and in control for the control map, with the ends of the bands to be passed; "
        "neighbours_kept, verdict",
    )


def run(arguments: argparse.Namespace) -> None:
    """Open, train, measure, tell."""
    import numpy as np

    from stellar_gui.session.persistence import assess_persistence
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    rows, _ = session.rows_of(arguments.subset)
    members = np.zeros(len(session.catalog), bool)
    members[rows] = True
    try:
        report = follow(assess_persistence(session, members, arguments.runs), "training anew")
    except InputError as error:
        raise InputError(f"{arguments.session.name}: {error}") from error
    if arguments.json:
        write_json(_object(report))
    else:
        write_result(_lines(arguments.subset, report))


def _object(report: "PersistenceReport") -> dict[str, Any]:
    group = {
        key: value
        for name in ("jaccard", "purity")
        for key, value in ((name, report.mean(name)), (f"{name}_std", report.spread(name)))
    }
    return {
        **group,
        "null": _null(report.patches),
        "control": _null(report.control),
        "neighbours_kept": report.neighbours_kept,
        "verdict": report.verdict.value,
        "runs": report.runs,
        "stars": report.stars,
        "members": report.members,
    }


def _null(groups: "Together") -> dict[str, float | None]:
    found: dict[str, float | None] = {}
    for name in ("jaccard", "purity"):
        band = groups.band(name)
        for key, value in ((name, band.mean), (f"{name}_std", band.std), (f"{name}_high", band.high)):
            found[key] = value if math.isfinite(value) else None
    return found


def _lines(name: str, report: "PersistenceReport") -> list[str]:
    lines = [f"{name}: {report.sentence}", ""]
    lines.append(f"  {'':<16}{'this subset':>16}{'random patches':>18}{'control map':>16}")
    for measure, title in (("jaccard", "Jaccard overlap"), ("purity", "purity")):
        own = f"{report.mean(measure):.3f} ± {report.spread(measure):.3f}"
        bands = (groups.band(measure) for groups in (report.patches, report.control))
        cells = ("-" if math.isnan(band.mean) else f"{band.low:.3f} to {band.high:.3f}" for band in bands)
        lines.append(
            f"  {title:<16}{own:>16}" + "".join(f"{cell:>{w}}" for cell, w in zip(cells, (18, 16), strict=True))
        )
    return [*lines, "", report.neighbours_sentence, report.basis]
