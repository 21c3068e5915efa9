"""Compute the magnitudes that a session's network gives for latent positions."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, warn, write_result
from stellar_gui.commands.options import add_table_option, table_to_write

EXAMPLE = """\
LATENTS is a table with the columns latent_1, latent_2; OUT has them and u, g, r, i, z (mag), row by row. A
position that is not finite has no magnitudes. A network of colours alone needs a star's brightness too: the column
mean_magnitude, as `encode` writes it; without it every star gets the mean of the training stars, and only the colours
are its own.

example:
  stellar-gui decode run.stellar positions.csv -o magnitudes.csv"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, LATENTS, -o."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("latents", type=Path, metavar="LATENTS", help="a table with latent positions")
    parser.add_argument("-o", "--output", type=table_to_write, required=True, metavar="OUT", help="the table to write")
    add_table_option(parser)


def run(arguments: argparse.Namespace) -> None:
    """Open the model, decode, write."""
    from stellar_gui.session.encoding import decode_file
    from stellar_gui.session.storage.archive import load_model

    stored = follow(load_model(arguments.session), "opening")
    decoded = follow(decode_file(stored, arguments.latents, arguments.output, arguments.table), "decoding")
    if decoded.typical_brightness:
        warn(
            f"{arguments.latents.name}: no column mean_magnitude, so every star has the training stars' mean; the "
            "colours are right, the brightness is only typical."
        )
    write_result([f"{decoded.rows:,} positions decoded in {arguments.output}"])
