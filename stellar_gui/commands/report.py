"""Write a session as one page of HTML: data, checks, training, errors, maps, subsets, findings and their origin."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result

EXAMPLE = """\
The page needs no other file, no script and no connection; it is light or dark as the reader's system is, and prints on
A4. The same session gives the same page.

example:
  stellar-gui report run.stellar report.html"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT.html."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session")
    parser.add_argument("out", type=Path, metavar="OUT.html", help="the page to write")


def run(arguments: argparse.Namespace) -> None:
    """Open, write."""
    from stellar_gui.catalog.atomic import require_target
    from stellar_gui.session.report.page import write_report
    from stellar_gui.session.storage.archive import load_session

    require_target(arguments.out)
    session = follow(load_session(arguments.session), "opening")
    follow(write_report(session, arguments.out), "writing the report")
    write_result([f"the report on {session.catalog.provenance.name} is {arguments.out}"])
