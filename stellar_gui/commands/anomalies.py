"""Rank a session's stars by how odd they are and write them as a table, the oddest first."""

import argparse
from dataclasses import replace
from pathlib import Path
from time import perf_counter

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.commands.options import table_to_write
from stellar_gui.errors import InputError

EXAMPLE = """\
The table has every column that `export` writes, and `anomaly_score`, by which it is sorted, the largest first. Rows
that fail the session's quality checks have no score and are left out.

example:
  stellar-gui anomalies run.stellar odd_stars.csv --method error"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT, --method, --json."""
    from stellar_gui.analysis.anomalies import DEFAULT, METHODS

    parser.formatter_class = argparse.RawTextHelpFormatter
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument(
        "out", type=table_to_write, metavar="OUT", help="the table to write; the ending chooses the format"
    )
    width = max(map(len, METHODS))
    offered = "\n".join(f"{name:<{width}}  {method.title}" for name, method in METHODS.items())
    parser.add_argument(
        "--method",
        choices=METHODS,
        default=DEFAULT,
        metavar="NAME",
        help=f"the score (default: {DEFAULT}), one of\n{offered}",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object: method, stars, left_out, seconds")


def run(arguments: argparse.Namespace) -> None:
    """Open, score, sort, write."""
    from stellar_gui.analysis.anomalies import METHODS
    from stellar_gui.analysis.findings import ANOMALY_SCORE
    from stellar_gui.session.anomalies import order_of, score_stars
    from stellar_gui.session.export import export_rows
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    if session.embedding is None or session.model is None:
        raise InputError(f"{arguments.session}: it has no trained model; train one with stellar-gui train.")
    method, begin = METHODS[arguments.method], perf_counter()
    finding = follow(score_stars(session.catalog, session.embedding, session.model.id, method), "scoring")
    seconds, rows = perf_counter() - begin, order_of(finding)
    others = tuple(one for one in session.findings if one.name != ANOMALY_SCORE)
    scored = replace(session, findings=(*others, finding))
    follow(export_rows(scored, rows, arguments.out, f"by anomaly score, method {method.name}"), "writing")
    left_out = len(session.catalog) - len(rows)
    if arguments.json:
        write_json({"method": method.name, "stars": len(rows), "left_out": left_out, "seconds": round(seconds, 3)})
        return
    write_result([f"{len(rows):,} stars in {arguments.out}, the oddest first ({method.title.lower()}).", method.finds])
