"""Add a subset to a session: the stars that meet an expression, or the recipe of another session's subset."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_json, write_result
from stellar_gui.errors import InputError

EXAMPLE = """\
An expression compares columns with numbers, texts in quotes, and each other: the table's own columns, u g r i z,
latent_1 latent_2 ..., rec_error, u_rec ... z_rec, u_res ... z_res, what analyses have found (cluster), and + - * /
between them. < <= == != >= > bind tighter than ~, that tighter than &, and that tighter than |; brackets group. not,
and, or may be written for ~ & |, and bind as they do. The name of a subset stands for its stars. Names that are these
words, or have other characters than letters, digits and _, stand in `backticks`; an expression that begins with - in
brackets. Missing values meet no comparison. Only stars that take part are chosen. A subset of a name that is taken gets
the new stars in place of its own.

example:
  stellar-gui select run.stellar "latent_1 > 0 & u - g < 0.6" --name blue --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, EXPRESSION or --from, --name, --json."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="the session to add the subset to")
    parser.add_argument("expression", metavar="EXPRESSION", nargs="?", help="which stars, as below")
    parser.add_argument(
        "--from",
        type=Path,
        metavar="OTHER.stellar",
        dest="other",
        help="instead of an expression: apply the recipe of that session's subset NAME to the stars of this one",
    )
    parser.add_argument("--name", required=True, metavar="NAME", help="what the subset is called")
    parser.add_argument("--json", action="store_true", help="print one JSON object: name, stars, share, replaced")


def run(arguments: argparse.Namespace) -> None:
    """Open, select, save, tell."""
    from stellar_gui.session.selecting import select_as_in, select_by_expression
    from stellar_gui.session.storage.archive import load_session, save_session

    if (arguments.expression is None) == (arguments.other is None):
        raise InputError("give either an EXPRESSION or --from (see stellar-gui select --help)")
    session = follow(load_session(arguments.session), "opening")
    if arguments.other is None:
        selected = select_by_expression(session, arguments.expression, arguments.name)
    else:
        other = follow(load_session(arguments.other), "opening")
        selected = select_as_in(session, other, arguments.name)
    follow(save_session(selected, arguments.session), "saving")
    name = " ".join(arguments.name.split())
    stars, of = int(selected.subsets[name].sum()), int(session.quality.kept.sum())
    replaced = name in session.subsets
    if arguments.json:
        share = stars / of if of else 0.0
        write_json({"name": name, "stars": stars, "share": share, "replaced": replaced})
    else:
        before = f" (replaced {name}, {session.subsets[name].sum():,} stars before)" if replaced else ""
        write_result([f"{stars:,} of {of:,} stars are the subset {name} of {arguments.session}{before}"])
