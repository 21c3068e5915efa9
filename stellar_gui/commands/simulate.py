"""Write the built-in sample of simulated stars as a table; the ending of OUT chooses the format."""

import argparse

from stellar_gui.commands.console import write_result
from stellar_gui.commands.options import seed, table_to_write, whole_number

EXAMPLE = """\
example:
  stellar-gui simulate stars.parquet --stars 100000 --seed 7"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUT, --stars, --seed."""
    parser.add_argument(
        "out", type=table_to_write, metavar="OUT", help="the table to write, e.g. stars.csv or stars.parquet"
    )
    parser.add_argument(
        "--stars", type=whole_number, default=255_000, metavar="N", help="number of stars (default: 255000)"
    )
    parser.add_argument("--seed", type=seed, default=0, metavar="N", help="same seed, same stars (default: 0)")


def run(arguments: argparse.Namespace) -> None:
    """Simulate and write."""
    from stellar_gui.catalog.simulation import simulate
    from stellar_gui.catalog.writing import write_table
    from stellar_gui.session.export import source_metadata

    catalog = simulate(arguments.stars, arguments.seed)
    write_table(catalog.table, arguments.out, source_metadata(catalog.provenance), catalog.units, comments=False)
    write_result([f"{len(catalog):,} simulated stars in {arguments.out}"])
