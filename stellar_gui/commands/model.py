"""Write a session's network as a folder for other programs: its weights, and a Python module that applies them."""

import argparse
from pathlib import Path

from stellar_gui.commands.console import follow, write_result

EXAMPLE = """\
OUT_FOLDER gets model.safetensors and model.py, which needs only torch and numpy: `load()`, then `encode` from
magnitudes (n, 5) to latent coordinates and `decode` back, with scaling and canonical form built in.

example:
  stellar-gui model run.stellar my_model"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """RUN.stellar, OUT_FOLDER."""
    parser.add_argument("session", type=Path, metavar="RUN.stellar", help="a session with a trained model")
    parser.add_argument("folder", type=Path, metavar="OUT_FOLDER", help="the folder to write, made if need be")


def run(arguments: argparse.Namespace) -> None:
    """Open the model, write it."""
    from stellar_gui.session.model_export import export_model
    from stellar_gui.session.storage.archive import load_model

    stored = follow(load_model(arguments.session), "opening")
    files = export_model(stored.model, arguments.folder)
    write_result([f"model {stored.model.id} in {' and '.join(map(str, files))}"])
