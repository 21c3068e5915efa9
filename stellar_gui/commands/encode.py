"""Add latent positions, reconstructed magnitudes and residuals of a session's network to every row of a table."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, warn, write_result
from stellar_gui.commands.options import (
    add_column_option,
    add_dust_option,
    add_table_option,
    columns_of,
    table_to_write,
)

EXAMPLE = """\
Every row is kept, in order. One that fails the session's quality checks, or lacks a band, has empty values in
the added columns and the reason in the added column `quality`, which is empty where the row is good. Where CATALOG has
a column of an added name already, that one keeps its values as NAME_source. Memory does not grow with a table of CSV,
ECSV, Parquet or FITS that is written as CSV or Parquet; a VOTable is read as a whole, and FITS, VOTable and ECSV are
written as a whole. With a dust map, E(B-V) at each star is added as `ebv_map`.

example:
  stellar-gui encode run.stellar more_stars.csv -o encoded.parquet"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, CATALOG, -o, columns."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("catalog", type=Path, metavar="CATALOG", help="a table of stars")
    parser.add_argument("-o", "--output", type=table_to_write, required=True, metavar="OUT", help="the table to write")
    add_table_option(parser)
    add_column_option(parser)
    add_dust_option(parser, "for a model that corrects for extinction, in place of the table's columns")


def run(arguments: argparse.Namespace) -> None:
    """Open the model, then read, encode and write piece by piece."""
    from stellar_gui.session.encoding import encode_file
    from stellar_gui.session.storage.archive import load_model

    stored = follow(load_model(arguments.session), "opening")
    work = encode_file(
        stored, arguments.catalog, arguments.output, columns_of(arguments), arguments.dust_map, arguments.table
    )
    counts = follow(work, "encoding")
    if counts.dust_note:
        warn(counts.dust_note)
    write_result([f"{counts.rows:,} rows, {counts.encoded:,} of them encoded, in {arguments.output}"])
