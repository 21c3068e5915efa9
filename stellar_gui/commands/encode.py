"""Add latent positions, reconstructed magnitudes and residuals of a session's network to every row of a table."""

import argparse
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

from stellar_gui.commands.console import follow, warn, write_result
from stellar_gui.commands.options import (
    add_column_option,
    add_dust_option,
    add_table_option,
    columns_of,
    positive_count,
    table_to_write,
)
from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from stellar_gui.progress import Progress
    from stellar_gui.session.encoding import Encoded
    from stellar_gui.session.storage.archive import StoredModel

EXAMPLE = """\
Every row is kept, in order. One that fails the session's quality checks, or lacks a band, has empty values in
the added columns and the reason in the added column `quality`, which is empty where the row is good. Where CATALOG has
a column of an added name already, that one keeps its values as NAME_source. Memory does not grow with a table of CSV,
ECSV, Parquet or FITS that is written as CSV or Parquet; a VOTable is read as a whole, and FITS, VOTable and ECSV are
written as a whole. With a dust map, E(B-V) at each star is added as `ebv_map`.

A folder of Parquet files, or a HATS catalogue, becomes a folder OUT with files of the same names, and the index of the
map of all stars. What is there when the work breaks off is kept, there and for a Parquet file of more than a million
rows that is written as Parquet: the same command goes on with it, to the same bytes.

With --workers, --cluster, or an address hats://..., a HATS catalogue is encoded by lsdb on several workers, and comes
back as a HATS catalogue with its margin cache; OUT appears when it is whole. After hats:// stands a path, or an address
that lsdb opens: hats://https://server/catalogue, hats://s3://bucket/catalogue. The added column `source_row` is 2^32
times the number of the partition, in order of pixels, plus the row in it; rows of a margin are copies and have none.
Repeated identifiers are found within a partition. The workers of --cluster need the same version of this program, and
must see the folder of OUT. This needs: pip install 'stellar-gui[survey]'

example:
  stellar-gui encode run.stellar more_stars.csv -o encoded.parquet
  stellar-gui encode run.stellar survey_folder -o encoded_survey
  stellar-gui encode run.stellar hats://survey -o encoded_survey --workers 8
  stellar-gui encode run.stellar hats://https://server/sdss -o encoded_sdss --cluster tcp://host:8786"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, CATALOG, -o, columns."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument(
        "catalog",
        metavar="CATALOG",
        help="a table of stars, a folder of Parquet files, or a HATS catalogue, also as an address hats://...",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="the table, or the folder, to write"
    )
    add_table_option(parser)
    add_column_option(parser)
    add_dust_option(parser, "for a model that corrects for extinction, in place of the table's columns")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--workers",
        type=positive_count,
        metavar="N",
        help="encode a HATS catalogue in N processes of this computer (default for hats://: one for each core)",
    )
    where.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="encode a HATS catalogue on a running Dask cluster, such as tcp://host:8786",
    )


def run(arguments: argparse.Namespace) -> None:
    """Open the model, then read, encode and write piece by piece."""
    from stellar_gui.session.storage.archive import load_model

    stored = follow(load_model(arguments.session), "opening")
    counts = follow(_work(stored, arguments), "encoding")
    if counts.dust_note:
        warn(counts.dust_note)
    found = f"; {counts.found:,} of them were there from before" if counts.found else ""
    write_result([f"{counts.rows:,} rows, {counts.encoded:,} of them encoded, in {arguments.output}{found}"])


def _work(stored: "StoredModel", arguments: argparse.Namespace) -> "Generator[Progress, None, Encoded]":
    """What encodes such a table to such a target."""
    from stellar_gui.session.encoding import encode_file
    from stellar_gui.session.survey.dask_encoding import encode_hats
    from stellar_gui.session.survey.dask_source import is_address
    from stellar_gui.session.survey.encoding import encode_folder, encode_parquet_file, resumable

    target, dust_map, columns = arguments.output, arguments.dust_map, columns_of(arguments)
    cluster, workers = arguments.cluster, arguments.workers
    if is_address(arguments.catalog) or cluster is not None or workers is not None:
        return encode_hats(stored, arguments.catalog, target, columns, dust_map, cluster, workers)
    source = Path(arguments.catalog)
    if source.is_dir():
        return encode_folder(stored, source, target, columns, dust_map)
    try:
        table_to_write(str(target))
    except argparse.ArgumentTypeError as error:
        raise InputError(str(error)) from error
    if arguments.table is None and resumable(source, target):
        return encode_parquet_file(stored, source, target, columns, dust_map)
    return encode_file(stored, source, target, columns, dust_map, arguments.table)
