"""Decode the latent plane along a path: magnitudes and colours at even steps, and where the decoder extrapolates."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import add_table_option, table_to_write

EXAMPLE = """\
POINTS is a table with the columns latent_1, latent_2: the corners of the path, two at least, in order. OUT has one row
for each step: path_length, latent_1, latent_2 (latent units), u, g, r, i, z, u_g, g_r, r_i, i_z (mag), extrapolated
(whether the point lies outside the populated region), and the nearest star with its distance. A network of colours
alone gets the nearest star's mean magnitude, so that only the colours are the point's own.

The populated region holds 99.5 percent of the stars: the places whose tenth nearest star is no farther away than that
of so many stars.

example:
  stellar-gui path run.stellar corners.csv -o along.csv --steps 100"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, POINTS, -o, --steps, --json."""
    from stellar_gui.analysis.paths import STEPS

    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("points", type=Path, metavar="POINTS", help="a table with the corners of the path")
    parser.add_argument("-o", "--output", type=table_to_write, required=True, metavar="OUT", help="the table to write")
    parser.add_argument(
        "--steps", type=int, default=STEPS, metavar="N", help=f"evenly spaced points, the ends included ({STEPS})"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object: points, length, extrapolated")
    add_table_option(parser)


def run(arguments: argparse.Namespace) -> None:
    """Open, decode, write."""
    from stellar_gui.session.probing import path_file
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    work = path_file(session, arguments.points, arguments.output, arguments.steps, arguments.table)
    path, probed = follow(work, "decoding")
    outside = int(probed.extrapolated.sum())
    if arguments.json:
        write_json({"points": len(probed), "length": path.total, "extrapolated": outside})
        return
    write_result(
        [
            f"{len(probed):,} points along {path.total:.3f} latent units in {arguments.output}; "
            f"{outside:,} of them are extrapolated."
        ]
    )
