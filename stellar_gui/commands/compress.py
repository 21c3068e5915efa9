"""Pack a session's table: latent positions and the network in place of the five magnitudes."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import compressed_to_write, positive_number

EXAMPLE = """\
The magnitudes are decoded again with a loss, which the file states per band (info tells it). Rows whose error is larger
than --keep-beyond, that fail the quality checks or were not detected in a band keep their magnitudes as they are; all
other columns are kept without loss. Where the session has no network of --latent numbers, one is trained first.

example:
  stellar-gui compress run.stellar stars.stellarz --latent 3"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT.stellarz, --latent, --keep-beyond, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session")
    parser.add_argument("out", type=compressed_to_write, metavar="OUT.stellarz", help="the file to write")
    parser.add_argument(
        "--latent", type=int, choices=(2, 3, 4), help="numbers per star (default: as many as the session's run has)"
    )
    parser.add_argument(
        "--keep-beyond",
        type=positive_number,
        default=0.5,
        metavar="MAG",
        help="keep the magnitudes of stars with a larger error, root mean square of the bands (default: 0.5)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object: sizes, ratios, loss per band")


def run(arguments: argparse.Namespace) -> None:
    """Open, train where needed, pack, and tell what was lost."""
    from stellar_gui.catalog.atomic import require_target
    from stellar_gui.session.compression import compress
    from stellar_gui.session.storage.archive import load_session

    require_target(arguments.out)
    session = follow(load_session(arguments.session), "opening")
    done = follow(compress(session, arguments.out, arguments.latent, arguments.keep_beyond), "compressing")
    if arguments.json:
        write_json(done.facts())
    else:
        write_result([f"{done.rows:,} stars in {arguments.out}", *compression_lines(done.facts())])


def compression_lines(facts: Mapping[str, Any]) -> list[str]:
    """Sizes and losses for people, from what `Compression.facts` tells."""
    lines = [
        f"  {'latent numbers':<26}{facts['latent']:>9}",
        f"  {'decoded stars':<26}{facts['rows'] - facts['exact']:>9,}",
        f"  {'kept as they are':<26}{facts['exact']:>9,}",
        f"  {'times smaller: magnitudes':<26}{facts['magnitudes_ratio']:>9.2f}",
        f"  {'times smaller than Parquet':<26}{facts['table_ratio']:>9.2f}",
        f"  {'loss, mag':<26}{'rms':>9}{'95 %':>9}{'99.9 %':>9}",
    ]
    for band, loss in facts["loss"].items():
        values = "".join("        -" if value is None else f"{value:9.3f}" for value in loss.values())
        lines.append(f"  {band:<26}{values}")
    return lines
