"""Get stars from SkyServer: run the lecture's query, or another, and keep its answer as a table."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from stellar_gui.commands.console import follow, say, warn, write_json, write_result
from stellar_gui.commands.options import table_to_write, whole_number
from stellar_gui.errors import InputError

if TYPE_CHECKING:
    from stellar_gui.catalog.sky_server.sql import Split

EXAMPLE = """\
The query is sent to the server and nowhere else; --show tells the exact address and query, and sends nothing. The
answer is kept with the query, the time and the server in the table's own metadata. SkyServer gives 500,000 rows for one
query at most: --split asks for ranges of a column one after the other, a second apart. Their complete parts wait in the
folder OUT.parts until all are there, so that the same command goes on after a failure.

example:
  stellar-gui fetch stars.parquet
  stellar-gui fetch stars.parquet --sql my_query.sql --stars 1000
  stellar-gui fetch stars.parquet --stars 500000 --split ra --parts 12"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """OUT, --sql, --server, --release, --stars, --split, --parts, --show, --json."""
    parser.add_argument("out", type=table_to_write, metavar="OUT", help="the table to write; its ending is its format")
    parser.add_argument("--sql", type=Path, metavar="FILE", help="a file with a SELECT query (default: the lecture's)")
    parser.add_argument("--server", metavar="URL", help="the server's address (default: https://skyserver.sdss.org)")
    parser.add_argument("--release", metavar="NAME", help="the data release (default: dr18)")
    parser.add_argument(
        "--stars",
        type=whole_number,
        metavar="N",
        help="rows of each request at most, in place of the query's own limit",
    )
    parser.add_argument("--split", choices=("ra", "objid"), help="ask for ranges of this column, one after the other")
    parser.add_argument("--parts", type=whole_number, metavar="N", help="number of the ranges (default: 10)")
    parser.add_argument("--show", action="store_true", help="tell what would be sent, and send nothing")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object: rows, parts, cut_off, server, query"
    )


def run(arguments: argparse.Namespace) -> None:
    """Ask, receive, write."""
    from stellar_gui.catalog.sky_server.examples import LECTURE
    from stellar_gui.catalog.sky_server.fetching import Query, fetch
    from stellar_gui.catalog.sky_server.server import DEFAULT_ADDRESS, DEFAULT_RELEASE, Server
    from stellar_gui.catalog.sky_server.sql import remarks

    address = DEFAULT_ADDRESS if arguments.server is None else arguments.server
    server = Server(address, DEFAULT_RELEASE if arguments.release is None else arguments.release)
    sql = LECTURE if arguments.sql is None else _text(arguments.sql)
    query = Query(sql, server, arguments.stars, _split(arguments))
    for remark in remarks(query.sql):
        warn(remark)
    if arguments.show:
        write_result(str(request) for request in query.requests())
        return
    sent = "a query" if query.split is None else f"{query.split.parts:,} queries"
    say(f"sending {sent} to {server.address} ({server.release.upper()})")
    done = follow(fetch(query, arguments.out), "SkyServer")
    if done.warning:
        warn(done.warning)
    if arguments.json:
        write_json(
            {
                "rows": done.rows,
                "parts": done.parts,
                "cut_off": done.cut_off,
                "server": server.address,
                "query": query.sql,
            }
        )
    else:
        write_result([f"{done.rows:,} stars from {server.host} in {arguments.out}"])


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        why = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "it is not a text in UTF-8"
        raise InputError(f"{path}: the query cannot be read ({why}); give a text file with a SELECT query.") from error


def _split(arguments: argparse.Namespace) -> "Split | None":
    from stellar_gui.catalog.sky_server.sql import Split

    if arguments.split is None:
        if arguments.parts is not None:
            raise InputError("--parts wants --split ra or --split objid")
        return None
    return Split(arguments.split, 10 if arguments.parts is None else arguments.parts)
