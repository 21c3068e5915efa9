"""Write a session's stars, or one of its subsets, as a table with latent positions and reconstructed magnitudes."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result
from stellar_gui.commands.options import table_to_write
from stellar_gui.errors import InputError

EXAMPLE = """\
Of a survey that `encode` has written as a folder, the stars are written that an expression chooses, or the rule of a
subset of a session with the model that encoded it; they are read part by part.

example:
  stellar-gui export run.stellar group.parquet --subset selection
  stellar-gui export encoded_survey hot.parquet --where "latent_1 > 0 & u - g < 0.6"
  stellar-gui export encoded_survey halo.csv --subset halo --of run.stellar"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar or SURVEY, OUT, --subset, --flags, --where, --of."""
    parser.add_argument(
        "session", type=Path, metavar="RUN.stellar", help="a session, or a folder with an encoded survey"
    )
    parser.add_argument(
        "out", type=table_to_write, metavar="OUT", help="the table to write; the ending chooses the format"
    )
    parser.add_argument("--flags", action="store_true", help="add a true or false column for each of the subsets")
    parser.add_argument("--subset", metavar="NAME", help="a subset's name, or 'selection' (default: every star)")
    parser.add_argument("--where", metavar="EXPRESSION", help="of a survey: what its columns must be")
    parser.add_argument("--of", type=Path, metavar="RUN.stellar", help="of a survey: the session that has the subset")


def run(arguments: argparse.Namespace) -> None:
    """Open, choose the rows, write."""
    if arguments.session.is_dir():
        _export_survey(arguments)
        return
    if arguments.where is not None or arguments.of is not None:
        raise InputError("--where and --of are for a folder with an encoded survey; use `select` to add a subset.")
    from stellar_gui.session.export import export_rows
    from stellar_gui.session.storage.archive import load_session

    session = follow(load_session(arguments.session), "opening")
    rows, what = session.rows_of(arguments.subset)
    recipe = session.subsets.recipes.get(arguments.subset)
    follow(export_rows(session, rows, arguments.out, what, arguments.flags, recipe), "writing")
    write_result([f"{len(rows):,} stars ({what}) in {arguments.out}"])


def _export_survey(arguments: argparse.Namespace) -> None:
    """Write the stars of an encoded survey that an expression or a subset's rule chooses."""
    from stellar_gui.analysis.plane_index.reading import has_plane_index, open_plane_index
    from stellar_gui.catalog.survey.parts import open_survey
    from stellar_gui.session.survey.selecting import export_chosen, rule_of, where

    if arguments.flags:
        raise InputError("--flags is for a session; leave it out.")
    if (arguments.where is None) == (arguments.subset is None) or (arguments.subset is None) != (arguments.of is None):
        raise InputError("Say which stars of the survey: --where EXPRESSION, or --subset NAME --of RUN.stellar.")
    survey = follow(open_survey(arguments.session), "looking at the files")
    typed, of = arguments.where, arguments.of
    recipe = where(survey, typed) if typed is not None else rule_of(of, arguments.subset)
    index = follow(open_plane_index(arguments.session), "opening") if has_plane_index(arguments.session) else None
    found = follow(export_chosen(survey, recipe, arguments.out, index), "writing")
    write_result([f"{found.chosen:,} of {found.rows:,} rows in {arguments.out}"])
