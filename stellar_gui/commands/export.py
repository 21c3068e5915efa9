"""Write a session's stars, or one of its subsets, as a table with latent positions and reconstructed magnitudes."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result
from stellar_gui.commands.options import table_to_write

EXAMPLE = """\
example:
  stellar-gui export run.stellar group.parquet --subset selection"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT, --subset, --flags."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session")
    parser.add_argument(
        "out", type=table_to_write, metavar="OUT", help="the table to write; the ending chooses the format"
    )
    parser.add_argument("--flags", action="store_true", help="add a true or false column for each of the subsets")
    parser.add_argument("--subset", metavar="NAME", help="a subset's name, or 'selection' (default: every star)")


def run(arguments: argparse.Namespace) -> None:
    """Open, choose the rows, write."""
    from stellar_gui.session.export import export_rows
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    rows, what = session.rows_of(arguments.subset)
    recipe = session.subsets.recipes.get(arguments.subset)
    follow(export_rows(session, rows, arguments.out, what, arguments.flags, recipe), "writing")
    write_result([f"{len(rows):,} stars ({what}) in {arguments.out}"])
