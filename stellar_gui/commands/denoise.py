"""Write a session's table with reconstructed magnitudes in place of the measured ones."""

import argparse
from dataclasses import asdict
from pathlib import Path

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import table_to_write

EXAMPLE = """\
All rows and columns are kept, in order. The column denoise_flag is empty where the magnitudes are the network's; else
the measured ones stay and it says why: "error too large" (three standard deviations beyond stars of like brightness,
in the logarithm), or the quality check that the row fails. Noise falls only where it is larger than what the network
leaves: of simulated stars, with two latent numbers in u alone, with three in z, and in g of faint stars.

example:
  stellar-gui denoise run.stellar denoised.parquet --originals"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT, --originals, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("out", type=table_to_write, metavar="OUT", help="the table to write; its ending is its format")
    parser.add_argument("--originals", action="store_true", help="add the measured magnitudes as NAME_original")
    parser.add_argument("--json", action="store_true", help="print one JSON object: replaced, unbelievable, rejected")


def run(arguments: argparse.Namespace) -> None:
    """Open, replace, write."""
    from stellar_gui.session.denoising import denoise
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    done = follow(denoise(session, arguments.out, arguments.originals), "writing")
    if arguments.json:
        write_json(asdict(done))
    else:
        write_result(
            [
                f"{done.replaced:,} stars denoised in {arguments.out}; {done.unbelievable:,} keep their magnitudes as "
                f"their error is too large, {done.rejected:,} as they fail the quality checks"
            ]
        )
