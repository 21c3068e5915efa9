"""Unpack a compressed catalogue to a table; the ending of OUT chooses the format."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result
from stellar_gui.commands.options import table_to_write

EXAMPLE = """\
example:
  stellar-gui decompress stars.stellarz stars.parquet"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """IN.stellarz, OUT."""
    parser.add_argument("compressed", type=Path, metavar="IN.stellarz", help="a compressed catalogue")
    parser.add_argument("out", type=table_to_write, metavar="OUT", help="the table to write")


def run(arguments: argparse.Namespace) -> None:
    """Decode and write."""
    from stellar_gui.catalog.writing import save_table
    from stellar_gui.session.compression import decompress
    from stellar_gui.session.export import source_metadata

    catalog = follow(decompress(arguments.compressed), "decoding")
    metadata = {**catalog.metadata, **source_metadata(catalog.provenance)}
    follow(save_table(catalog.table, arguments.out, metadata, catalog.units), "writing")
    write_result([f"{len(catalog):,} stars in {arguments.out}; {catalog.metadata['compressed']}"])
