"""Write a session as a Python script that repeats it from its source file: checks, trainings, findings, subsets."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result

EXAMPLE = """\
The script checks that the source file is the same, and ends by writing NAME_repeated.stellar and .parquet beside
itself. On the same machine and version it makes the same latent positions, bit for bit. What no rule makes again,
such as ratings, stands in a table beside it, NAME_stars.parquet; its comments say so.

example:
  stellar-gui script run.stellar run.py
  python run.py"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT.py."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session")
    parser.add_argument("out", type=Path, metavar="OUT.py", help="the script to write")


def run(arguments: argparse.Namespace) -> None:
    """Open, write."""
    from stellar_gui.catalog.atomic import require_target
    from stellar_gui.session.script.document import write_script
    from stellar_gui.session.storage.archive import load_session

    require_target(arguments.out)
    session = follow(load_session(arguments.session), "opening")
    files = follow(write_script(session, arguments.out), "writing the script")
    write_result([f"the script is {' with '.join(map(str, files))}"])
