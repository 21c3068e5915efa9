"""Tell how far a session's latent plane keeps its stars' neighbourhoods, against principal components and UMAP."""

import argparse
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from stellar_gui.session.trust import TrustReport

EXAMPLE = """\
Trustworthiness is 1 where stars that are neighbours on the plane are alike, continuity where stars that are alike are
neighbours on the plane, for 10, 30 and 100 neighbours among at most 5,000 stars drawn with a fixed seed. UMAP is
compared where the optional package is installed: pip install "stellar-gui[umap]".

example:
  stellar-gui trust run.stellar --json"""

TITLES = {"latent": "latent plane", "pca": "PCA", "umap": "UMAP"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument(
        "--json",
        action="store_true",
        help="print one JSON object: stars (compared), and for latent, pca and umap trustworthiness and continuity "
        "by number of neighbours (null where there are too few stars)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Open, compare, tell."""
    from stellar_gui.analysis.projections import umap_installed
    from stellar_gui.session.storage.archive import load_session
    from stellar_gui.session.trust import assess_trust, umap_places

    session = follow(load_session(arguments.session), "opening")
    model, embedding, catalog, quality = session.model, session.embedding, session.catalog, session.quality
    if model is None or embedding is None:
        raise InputError(f"{arguments.session.name}: no trained model in it; train one and save the session again.")
    umap = follow(umap_places(model, catalog, quality), "placing by UMAP") if umap_installed() else None
    report = follow(assess_trust(model, catalog, quality, embedding, umap), "comparing")
    if arguments.json:
        write_json(_object(report))
    else:
        write_result(_lines(arguments.session, report))


def _object(report: "TrustReport") -> dict[str, Any]:
    return {
        "stars": report.stars,
        **{
            name: {
                measure: {str(k): None if math.isnan(value) else value for k, value in values.items()}
                for measure, values in (("trustworthiness", kept.trustworthiness), ("continuity", kept.continuity))
            }
            for name, kept in report.planes.items()
        },
    }


def _lines(file: Path, report: "TrustReport") -> list[str]:
    lines = [f"{file}: neighbourhoods of {report.stars:,} stars", ""]
    lines.append(f"  {'':<24}" + "".join(f"{TITLES[name]:>14}" for name in report.planes))
    for measure in ("trustworthiness", "continuity"):
        for k in report.planes["latent"].trustworthiness:
            values = (getattr(kept, measure)[k] for kept in report.planes.values())
            cells = "".join(f"{'-' if math.isnan(value) else f'{value:.4f}':>14}" for value in values)
            lines.append(f"  {f'{measure}, k = {k}':<24}{cells}")
    return lines
